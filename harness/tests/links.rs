//! Every link into a specification leads to an existing place, and every behaviour that a scenario
//! claims to cover exists in web-platform-tests.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use peerstate::scenario::suite;

const ANCHORS: &str = include_str!("links/webrtc.txt");
const SECTIONS: &str = include_str!("links/rfc.txt");
const BEHAVIOURS: &str = include_str!("links/web-platform-tests.txt");

const WEBRTC: [&str; 2] = [
    "https://www.w3.org/TR/webrtc/#",
    "https://www.w3.org/TR/2025/REC-webrtc-20250313/#",
];
const RFC: &str = "https://www.rfc-editor.org/rfc/rfc";

/// Returns the lines of a list that are not comments.
fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#'))
}

/// Where links are: in scenarios, documents, and outputs.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut todo: Vec<PathBuf> = [
        "scenarios",
        "docs",
        "model/src",
        "model/editions",
        "harness/src",
    ]
    .map(|folder| root.join(folder))
    .into();
    todo.extend(["README.md", "ARCHITECTURE.md"].map(|file| root.join(file)));
    let mut files = Vec::new();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(
                fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else {
            files.push(path);
        }
    }
    files
}

/// Returns what follows each of the prefixes in a text, up to the end of the link.
fn links<'t>(text: &'t str, prefix: &str) -> Vec<&'t str> {
    let rests = text.match_indices(prefix);
    rests
        .map(|(place, _)| {
            let rest = &text[place + prefix.len()..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_#.".contains(c));
            rest[..end.unwrap_or(rest.len())].trim_end_matches('.')
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let anchors: BTreeSet<&str> = lines(ANCHORS).collect();
    let sections: BTreeSet<String> = lines(SECTIONS)
        .map(|line| {
            let mut words = line.split(' ');
            let (rfc, section) = (words.next().unwrap(), words.next().unwrap());
            assert!(words.next().is_some(), "{line}: a section has a title");
            format!("{rfc}#section-{section}")
        })
        .collect();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in files() {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        let name = file.display();
        for prefix in WEBRTC {
            for anchor in links(&text, prefix) {
                count += 1;
                if !anchors.contains(anchor) {
                    wrong.push(format!("{name}: no anchor #{anchor} in the Recommendation"));
                }
            }
        }
        for section in links(&text, RFC) {
            count += 1;
            if section.contains('#') && !sections.contains(section) {
                wrong.push(format!(
                    "{name}: RFC {section} is not listed in harness/tests/links/rfc.txt"
                ));
            }
        }
        if text.contains("8829") && text.contains("RFC") {
            wrong.push(format!("{name}: RFC 8829 is obsoleted by RFC 9429"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 300, "{count} links were found");
}

#[test]
fn every_scenario_names_its_sentence_and_what_it_covers_is_there() {
    let behaviours: BTreeSet<&str> = lines(BEHAVIOURS).collect();
    for scenario in suite::embedded().unwrap() {
        assert!(
            !scenario.spec.is_empty(),
            "{}: no link to its sentence",
            scenario.id
        );
        for covered in &scenario.covers {
            let id = &scenario.id;
            assert!(
                behaviours.contains(covered.as_str()),
                "{id} covers {covered}, which is not there"
            );
        }
    }
}
