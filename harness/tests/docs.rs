//! The README shows what a run prints, links lead to existing files, and the behaviours that
//! scenarios cover are known.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use called::call;
use peerstate::input::Format;
use peerstate::scenario::MOST_PEERS;
use peerstate::scenario::suite;
use peerstate_model::input::yaml::{DEEPEST_NESTING, MOST_NODES};
use rstest::rstest;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The scenarios whose rows the README shows.
const SHOWN: [&str; 9] = [
    "close/by-offerer",
    "close/fresh",
    "connect/data-channel",
    "connect/no-candidates",
    "dtls/wrong-fingerprint-in-answer",
    "ice/cut-and-restore",
    "ice/cut-until-failed",
    "ice/restart-after-failed",
    "negotiation/glare",
];

/// The number of deviations that the README shows: those that most scenarios show.
const DEVIATIONS_SHOWN: usize = 4;

#[test]
fn the_readme_shows_what_a_run_prints() {
    let called = call(".", ["run"], "");
    assert_eq!(called.status, 0, "{called}");
    let path = root().join("README.md");
    let stored = fs::read_to_string(&path).unwrap();
    let fresh = readme(&stored, &called.out);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &fresh).unwrap();
    } else {
        assert!(stored == fresh, "README.md is stale: cargo xtask update");
    }
}

/// The other commands print what the README shows of them, line by line.
#[test]
fn the_readme_shows_what_check_and_lint_print() {
    let stored = fs::read_to_string(root().join("README.md")).unwrap();
    let mut shown = 0;
    for block in fenced(&stored, "console") {
        let (command, lines) = block.split_once('\n').unwrap_or((block, ""));
        let Some((_, arguments)) = command.split_once("-- ") else {
            continue;
        };
        let called = call(".", arguments.split_whitespace(), "");
        assert_eq!(called.status, 0, "{command}: {called}");
        for line in lines.lines().filter(|line| *line != "…") {
            let is_printed = called.out.lines().any(|other| other == line);
            assert!(is_printed, "{command} does not print: {line}");
            shown += 1;
        }
    }
    assert!(shown > 10, "{shown} lines are shown");
}

/// Returns the README with the numbers and lines of a run.
fn readme(stored: &str, printed: &str) -> String {
    let block = fenced(stored, "console")[0];
    let command = block.lines().next().unwrap();
    let fresh = format!("{command}\n{}", excerpt(printed));
    let count = |text: &str, before: &str| {
        let rest = text.split_once(before).unwrap().1;
        rest.split_once(" scenarios").unwrap().0.to_owned()
    };
    let replayed = format!("replayed {} scenarios", count(stored, "replayed "));
    let replays = format!("replayed {} scenarios", count(printed, ", "));
    stored
        .replacen(block, &fresh, 1)
        .replacen(&replayed, &replays, 1)
}

/// Returns the summary, the most frequent deviations and some rows of what a run prints.
fn excerpt(printed: &str) -> String {
    let (above, table) = printed.split_once("\nexpected ").unwrap();
    let (summary, deviations) = above.split_once("\n\n").unwrap();
    let mut lines: Vec<&str> = summary.lines().chain([""]).collect();
    // A heading, and two lines for each deviation.
    lines.extend(deviations.lines().take(1 + 2 * DEVIATIONS_SHOWN));
    let heading = format!("expected {}", table.lines().next().unwrap());
    lines.extend(["…", "", &heading]);
    for id in SHOWN {
        let row = table
            .lines()
            .find(|line| line.split_whitespace().any(|word| word == id));
        lines.push(row.unwrap());
    }
    lines.push("…");
    lines.join("\n")
}

/// The limits on the pages of the formats are those of the readers.
#[rstest]
#[case("scenario-format", Format::Scenario)]
#[case("edition-format", Format::Edition)]
#[case("known-format", Format::Known)]
fn the_limits_of_a_format_are_in_its_page(#[case] name: &str, #[case] format: Format) {
    let page = fs::read_to_string(root().join(format!("docs/{name}.md"))).unwrap();
    let mut limits = vec![
        format!("{} bytes", thousands(format.longest_bytes())),
        format!("nested at most {DEEPEST_NESTING} deep"),
        format!("{} values", thousands(MOST_NODES as u64)),
    ];
    if format == Format::Scenario {
        limits.extend([
            format!("at most {MOST_PEERS} |"),
            format!("{MOST_PEERS} peers"),
        ]);
    }
    for limit in limits {
        assert!(
            page.contains(&limit),
            "docs/{name}.md does not say `{limit}`"
        );
    }
    // The page has no other number of bytes.
    let numbers = page.matches("bytes").count() + page.matches("iB").count();
    assert_eq!(numbers, 1, "docs/{name}.md states more than one size");
}

/// Returns a number as people write it, with a comma before every three digits.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}

/// Every example of a trace in the pages can be read, and the vendors' example is judged as the
/// page says.
#[rstest]
#[case("trace-format")]
#[case("vendors")]
fn examples_of_traces_are_read(#[case] name: &str) {
    let page = fs::read_to_string(root().join(format!("docs/{name}.md"))).unwrap();
    let blocks = fenced(&page, "json");
    assert!(!blocks.is_empty());
    let header = blocks[0].lines().next().unwrap();
    for block in &blocks {
        let text = if block.starts_with("{\"trace\"") {
            (*block).to_owned()
        } else {
            format!("{header}\n{block}")
        };
        let trace = peerstate_model::trace::read(name, text.as_bytes()).unwrap();
        assert_eq!(trace.entries.len() + 1, text.lines().count());
        assert_eq!(trace.warnings(), []);
        assert!(trace.entries.iter().all(|entry| entry.unknown.is_empty()));
    }
}

/// The recording in the vendors' page gets the verdict that the page shows, and the page's list of
/// known deviations excuses it.
#[test]
fn the_recording_of_the_vendors_is_judged_as_shown() {
    let page = fs::read_to_string(root().join("docs/vendors.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, kind: &str| {
        fs::write(folder.path().join(name), fenced(&page, kind)[0]).unwrap();
    };
    write("caller.jsonl", "json");
    write("my-stack.yaml", "yaml");
    let judge = |arguments: &[&str]| {
        let arguments = [&["judge", "caller.jsonl"], arguments].concat();
        call(&folder, arguments, "")
    };
    let judged = judge(&[]);
    assert_eq!(judged.status, 1, "{judged}");
    let shown = fenced(&page, "console")[0];
    for line in shown.lines().skip(1) {
        let line = line.trim_end_matches('…');
        assert!(judged.out.contains(line), "{line}\nis not in\n{judged}");
    }
    let judged = judge(&["--known", "my-stack.yaml"]);
    assert_eq!(judged.status, 0, "{judged}");
}

/// The commands of the page about dumps print what it shows of them, one after the other in a folder
/// with dumps under the names that people give them.
#[test]
fn dumps_are_judged_as_shown() {
    let page = fs::read_to_string(root().join("docs/judging.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (dump, name) in [
        ("webrtc-internals.gz", "webrtc_internals_dump.gz"),
        ("rtcstats.gz", "rtcstats_dump.gz"),
        ("rtcstats-npm-5.2.0.jsonl", "rtcstats.jsonl"),
    ] {
        let dump = root().join("harness/tests/dumps").join(dump);
        fs::copy(dump, folder.path().join(name)).unwrap();
    }
    let (mut commands, mut shown) = (0, 0);
    for block in fenced(&page, "console") {
        let mut printed = String::new();
        for line in block.lines() {
            if let Some(arguments) = line.strip_prefix("$ peerstate ") {
                let called = call(&folder, arguments.split_whitespace(), "");
                assert_eq!(called.status, 0, "{line}: {called}");
                printed = called.out;
                commands += 1;
            } else if line != "…" {
                let is_printed = printed.lines().any(|other| other == line);
                assert!(is_printed, "{line}\nis not in\n{printed}");
                shown += 1;
            }
        }
    }
    assert_eq!((commands, shown), (5, 7));
}

/// Returns the fenced blocks of one kind.
fn fenced<'p>(page: &'p str, kind: &str) -> Vec<&'p str> {
    let begin = format!("```{kind}\n");
    let blocks = page.split(begin.as_str()).skip(1);
    blocks
        .filter_map(|rest| rest.split("\n```").next())
        .collect()
}

#[test]
fn links_between_pages_lead_somewhere() {
    let names = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "harness/README.md",
    ];
    let mut pages: Vec<PathBuf> = names.map(|name| root().join(name)).into();
    pages.extend(
        fs::read_dir(root().join("docs"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "md")),
    );
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let local = !target.starts_with("http") && !target.starts_with('#');
            let file = page
                .parent()
                .unwrap()
                .join(target.split('#').next().unwrap());
            assert!(!local || file.exists(), "{} links {target}", page.display());
        }
    }
}

/// The behaviours of web-platform-tests that concern these states and that no scenario covers, each
/// with a reason. A scenario that covers one must remove it from this list.
const NOT_COVERED: &str = include_str!("../../scenarios/wpt-not-covered.txt");

#[test]
fn every_core_behaviour_is_covered_or_has_a_reason_why_not() {
    let covered: BTreeSet<String> = suite::embedded()
        .unwrap()
        .into_iter()
        .flat_map(|scenario| scenario.covers)
        .collect();
    let mut listed = BTreeSet::new();
    for line in NOT_COVERED
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (id, reason) = line.split_once(": ").unwrap_or_else(|| panic_on(line));
        assert!(!reason.trim().is_empty(), "{id} needs a reason");
        assert!(
            !covered.contains(id),
            "{id} is covered now; remove it from the list"
        );
        assert!(listed.insert(id.to_owned()), "duplicate id {id}");
    }
    for id in &covered {
        assert!(id.starts_with("WPT-"), "{id}");
    }
    for id in CORE {
        assert!(
            covered.contains(*id) || listed.contains(*id),
            "{id} is neither covered nor listed"
        );
    }
}

fn panic_on(line: &str) -> (&str, &str) {
    assert!(line.contains(": "), "expected `ID: reason`, found {line}");
    ("", "")
}

/// The behaviours of the core tier: a state's value, its event, or a transport's lifetime.
const CORE: &[&str] = &[
    "WPT-constructor-1",
    "WPT-connectionState-1",
    "WPT-connectionState-2",
    "WPT-connectionState-3",
    "WPT-connectionState-4",
    "WPT-connectionState-5",
    "WPT-connectionState-6",
    "WPT-iceConnectionState-1",
    "WPT-iceConnectionState-2",
    "WPT-iceConnectionState-3",
    "WPT-iceConnectionState-6",
    "WPT-iceConnectionState-7",
    "WPT-iceConnectionState-8",
    "WPT-iceConnectionState-9",
    "WPT-iceConnectionState-disconnected-1",
    "WPT-iceGatheringState-1",
    "WPT-iceGatheringState-2",
    "WPT-iceGatheringState-3",
    "WPT-iceGatheringState-4",
    "WPT-iceGatheringState-5",
    "WPT-iceGatheringState-6",
    "WPT-iceGatheringState-7",
    "WPT-explicit-rollback-iceGatheringState-1",
    "WPT-explicit-rollback-iceGatheringState-2",
    "WPT-explicit-rollback-iceGatheringState-4",
    "WPT-DtlsTransport-state-1",
    "WPT-DtlsTransport-state-2",
    "WPT-DtlsTransport-state-3",
    "WPT-dtls-fingerprint-validation-1",
    "WPT-dtls-close-1",
    "WPT-ice-state-1",
    "WPT-candidate-exchange-1",
    "WPT-candidate-exchange-2",
    "WPT-candidate-exchange-4",
    "WPT-addIceCandidate-connectionSetup-1",
    "WPT-addIceCandidate-connectionSetup-2",
    "WPT-bundle-1",
    "WPT-split-1",
    "WPT-IceTransport-4",
    "WPT-IceTransport-5",
    "WPT-IceTransport-6",
    "WPT-IceTransport-7",
    "WPT-IceTransport-10",
    "WPT-SctpTransport-events-1",
    "WPT-DataChannel-iceRestart-1",
    "WPT-setLocalDescription-parameterless-3",
    "WPT-no-media-call-1",
];
