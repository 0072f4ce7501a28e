//! What `peerstate check`, `lint` and `explore` report for a draft without dynamics, and what they
//! refuse.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;
#[macro_use]
mod snapshot;

use std::fs;
use std::net::TcpListener;

use called::call;
use rstest::rstest;

/// Returns what a call printed, and its exit status.
fn peerstate(arguments: &[&str]) -> String {
    call(".", arguments, "").to_string()
}

const REPAIRED: &str = include_str!("../../model/editions/repaired.yaml");

/// Returns the repaired edition without the description of how the values change.
fn without_dynamics() -> String {
    let (definitions, rest) = REPAIRED.split_once("\ndynamics:\n").unwrap();
    let after = rest.lines().skip_while(|line| line.starts_with(' '));
    let after: Vec<&str> = after.collect();
    format!("{definitions}\n{}\n", after.join("\n"))
}

fn draft(text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("draft.yaml");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}

#[test]
fn a_draft_without_dynamics_is_checked_by_the_laws() {
    let (_dir, path) = draft(&without_dynamics());
    let printed = peerstate(&["check", "--edition", &path]);
    insta::with_settings!({
        filters => vec![(r"\d+\.\d\d s\n", "[time]\n")],
    }, {
        snapshot!("cli__check_definitions", printed);
    });
}

#[test]
fn a_law_that_is_broken_is_reported_without_dynamics_too() {
    let broken = without_dynamics().replace("{any: {ice: [failed]}}", "{all: {ice: [failed]}}");
    let (_dir, path) = draft(&broken);
    let printed = peerstate(&["check", "--edition", &path]);
    assert!(
        printed.contains("  fails            law/failed "),
        "{printed}"
    );
    assert!(printed.ends_with("--- exit status 1\n"), "{printed}");
    let printed = peerstate(&["check", "--edition", &path, "--format", "json"]);
    let why = "\"not_explored\": \"it has no algorithm that updates both values";
    assert!(printed.contains(why), "{printed}");
    assert!(printed.ends_with("--- exit status 1\n"), "{printed}");
}

/// In every format, lint reports what it could not check.
#[rstest]
#[case(
    "human",
    "  no findings\n  not checked: the steps that change the values"
)]
#[case("json", "\"not_looked_at\": \"the steps that change the values")]
#[case("markdown", "\nNot checked: the steps that change the values")]
#[case("html", "<p>Not checked: the steps that change the values")]
fn lint_says_what_it_did_not_look_at(#[case] format: &str, #[case] message: &str) {
    let (_dir, path) = draft(&without_dynamics());
    let printed = peerstate(&["lint", &path, "--format", format]);
    assert!(printed.contains(message), "{printed}");
    assert!(printed.ends_with("--- exit status 0\n"), "{printed}");
    let whole = peerstate(&["lint", "repaired", "--format", format]);
    assert!(!whole.to_lowercase().contains("not checked"), "{whole}");
}

/// Both verbs refuse an edition without a model in the same words.
#[rstest]
#[case::transports(&["--transports", "9"], "expected at most 6 transports, found 9")]
#[case::edition(&["--edition", "mdn-ko"], "it does not define RTCIceConnectionState")]
#[case::unknown(&["--edition", "repared"], "did you mean `repaired`?")]
fn check_and_explore_refuse_alike(#[case] arguments: &[&str], #[case] message: &str) {
    for verb in ["check", "explore"] {
        let printed = peerstate(&[&[verb], arguments].concat());
        assert!(printed.contains(message), "{verb}: {printed}");
        assert!(
            printed.ends_with("--- exit status 2\n"),
            "{verb}: {printed}"
        );
    }
}

/// `check` checks only the definitions; there is nothing to explore.
#[test]
fn a_draft_without_dynamics_is_not_explored() {
    let (_dir, path) = draft(&without_dynamics());
    let printed = peerstate(&["explore", "--edition", &path]);
    assert!(
        printed.contains("no machine to explore: it has no algorithm"),
        "{printed}"
    );
    assert!(printed.ends_with("--- exit status 2\n"), "{printed}");
}

#[test]
fn a_port_that_is_taken_is_reported_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let printed = peerstate(&["explore", "--address", &address]);
    let start = format!("the Explorer can not listen at {address}: ");
    assert!(printed.starts_with(&start), "{printed}");
    assert!(
        printed.contains("; choose another address, such as `--address 127.0.0.1:"),
        "{printed}"
    );
    assert_eq!(printed.lines().count(), 2, "{printed}");
    assert!(printed.ends_with("--- exit status 2\n"), "{printed}");
}
