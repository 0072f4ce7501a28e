//! What no compiler checks: the length of files, who may know what, and words that do not belong.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_LINES: usize = 500;

const CRATES: &[&str] = &[
    "model/src",
    "harness/src",
    "harness/sim/src",
    "harness/clock/src",
];

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn named(folders: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in folders {
        sources(&root().join(folder), &mut found);
    }
    found
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn files_are_short() {
    for (name, text) in named(CRATES) {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST_LINES,
            "{name} has {lines} lines, more than {LONGEST_LINES}: split it by concept"
        );
    }
}

#[test]
fn every_module_says_what_it_is() {
    for (name, text) in named(CRATES) {
        assert!(
            text.starts_with("//! ") || text.starts_with("#![doc"),
            "{name} has no documentation of its own"
        );
    }
}

/// A lookup that fails must not become "no value holds" or "law kept": what is empty is written out,
/// and what must be there is asserted (`invariant.rs`).
#[test]
fn the_checker_has_no_silent_default() {
    for (name, text) in named(&["model/src/lint", "model/src/rules", "model/src/editions"]) {
        let code = text.split("#[cfg(test)]").next().unwrap();
        assert!(!code.contains("unwrap_or_default"), "{name}");
    }
}

#[test]
fn the_model_does_no_io_and_has_no_clock() {
    let forbidden = [
        "std::fs",
        "std::io",
        "std::net",
        "std::thread",
        "std::env",
        "std::process",
        "Instant::now",
        "SystemTime",
        "async fn",
        "println!",
    ];
    for (name, text) in named(&["model/src"]) {
        for word in forbidden {
            assert!(!text.contains(word), "{name} uses {word}");
        }
    }
}

#[test]
fn libraries_are_known_where_they_should_be() {
    let rules: &[(&str, &[&str])] = &[
        ("serde_yaml::", &["model/src/input/yaml/"]),
        (
            "stateright::",
            &["model/src/machine/", "harness/src/cli/check.rs"],
        ),
        ("webrtc::", &["harness/src/implementations/webrtc_rs/"]),
        (
            "rtc::",
            &[
                "harness/src/implementations/webrtc_rs/",
                "harness/src/implementations/rtc/",
                "harness/src/implementations/rtc_types/",
            ],
        ),
        ("str0m::", &["harness/src/implementations/str0m/"]),
        ("webrtc_017::", &["harness/src/implementations/webrtc_017/"]),
        ("tokio::", &["harness/src/implementations/webrtc_017/"]),
    ];
    for (name, text) in named(CRATES) {
        for (library, allowed) in rules {
            let used = text
                .lines()
                .any(|line| line.trim_start().starts_with(&format!("use {library}")));
            let fine = allowed.iter().any(|place| name.starts_with(place));
            assert!(!used || fine, "{name} uses {library}");
        }
    }
}
