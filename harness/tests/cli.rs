//! The command line from a user's view: what it prints, and how it ends.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;
#[macro_use]
mod snapshot;

use std::fs;
use std::path::PathBuf;

use called::{call, command};
use rstest::rstest;

/// Returns what a call printed, and its exit status.
fn peerstate(arguments: &[&str]) -> String {
    peerstate_with(arguments, "")
}

fn peerstate_with(arguments: &[&str], input: &str) -> String {
    format!("{:#}", call(".", arguments, input))
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({
        filters => vec![(r"\d+\.\d\d s\n", "[time]\n"), (r#"time="\d\.\d+""#, r#"time="[time]""#), (r"/\S+/peerstate-cli-\w+/", "[dir]/"), (r"(?s)<(style|script)>.*?</", "<$1>[of every page]</")],
    }, {
        snapshot!("cli__{name}", text);
    });
}

/// Returns a file with this text, in a folder that is removed when the test ends.
fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::Builder::new()
        .prefix("peerstate-cli-")
        .tempdir()
        .unwrap();
    let path = dir.path().join(name);
    fs::write(&path, text).unwrap();
    (dir, path)
}

const TRACE: &str = r#"{"trace": 1, "implementation": {"name": "example", "version": "1"}, "clock": "virtual", "peers": ["alice"]}
{"at": 0, "peer": "alice", "action": "setLocalDescription", "result": "ok"}
{"at": 5, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 5, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "checking"}}
{"at": 9, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "completed"}}
{"at": 20, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connected"}, "transports": [{"id": "0", "ice": "completed", "dtls": "connected"}]}
{"at": 30, "peer": "alice", "action": "close", "result": "ok", "state": {"connectionState": "closed"}}
"#;

#[rstest]
#[case("help", &["--help"])]
#[case("run_help", &["run", "--help"])]
#[case("run_human", &["run", "close/fresh", "connect/data-channel", "connect/relay-only"])]
#[case("run_json", &["run", "close/fresh", "dtls/wrong-fingerprint-in-answer", "--format", "json"])]
#[case("run_junit", &["run", "close/fresh", "connect/data-channel", "--format", "junit"])]
#[case("run_html", &["run", "close/fresh", "connect/data-channel", "--format", "html"])]
#[case("run_unknown_scenario", &["run", "connect/data-chanel"])]
#[case("run_unknown_implementation", &["run", "--impl", "webrtc"])]
#[case("run_unknown_edition", &["run", "--edition", "repared"])]
#[case("run_bad_shard", &["run", "--shard", "5/4"])]
#[case("run_no_such_verb", &["rnu"])]
#[case("list_rules", &["list", "rules"])]
#[case("list_editions", &["list", "editions"])]
#[case("list_implementations", &["list", "implementations"])]
#[case("explain", &["explain", "event/order"])]
#[case("explain_property", &["explain", "event/none-after-close"])]
#[case("explain_law", &["explain", "law/connected"])]
#[case("explain_kind", &["explain", "regression"])]
#[case("explain_unknown", &["explain", "event/ordr"])]
#[case("check_human", &["check", "--edition", "w3c-rec-2025-03-13", "--transports", "1"])]
#[case("check_json", &["check", "--edition", "repaired", "--transports", "0", "--format", "json"])]
#[case("check_no_algorithm", &["check", "--edition", "mdn-ko"])]
#[case("check_too_many", &["check", "--transports", "9"])]
#[case("derive_human", &["derive", "--edition", "repaired", "(connected,new) (completed,connected)"])]
#[case("derive_json", &["derive", "--edition", "w3c-rec-2021-01-26", "--format", "json", "(connected,new)"])]
#[case("derive_lacking", &["derive", "--edition", "devdocs-ice", "--format", "json", "--closed", ""])]
#[case("derive_bad_transports", &["derive", "--edition", "repaired", "(connected,checking)"])]
#[case("derive_bad_reading", &["derive", "--edition", "repaired", "--reading", "z", ""])]
#[case("lint_human", &["lint", "w3c-rec-2021-01-26", "w3c-rec-2025-03-13", "w3c-ed-2026-05"])]
#[case("lint_json", &["lint", "w3c-rec-2025-03-13", "--format", "json"])]
#[case("lint_repaired", &["lint", "repaired"])]
#[case("lint_policy", &[
    "lint", "repaired", "--policy", "all-ice-transports-closed=new", "--policy", "closed-in-a-handler=not-fired",
])]
#[case("lint_unknown_policy", &["lint", "repaired", "--policy", "closd"])]
#[case("lint_unknown_answer", &["lint", "repaired", "--policy", "closed-dtls-transport=faild"])]
#[case("check_policy", &["check", "--edition", "repaired", "--transports", "1", "--policy", "all"])]
#[case("explain_policy", &["explain", "closed-in-a-handler"])]
#[case("lint_details", &["lint", "w3c-ed-2026-05", "--details"])]
#[case("lint_suggest", &["lint", "w3c-rec-2021-01-26", "--suggest"])]
#[case("lint_suggest_json", &["lint", "w3c-rec-2025-03-13", "--suggest", "--format", "json"])]
#[case("lint_markdown", &["lint", "w3c-2020-01-23", "repaired", "--suggest", "--format", "markdown"])]
#[case("lint_html", &["lint", "w3c-2021-10-21", "repaired", "--suggest", "--format", "html"])]
#[case("lint_unknown_edition", &["lint", "w3c-rec-2025-03-31"])]
#[case("lint_missing_file", &["lint", "drafts/mine.yaml"])]
#[case("diff_human", &["diff", "w3c-rec-2021-01-26", "w3c-rec-2025-03-13"])]
#[case("diff_json", &["diff", "w3c-2021-10-21", "w3c-rec-2025-03-13", "--format", "json"])]
#[case("diff_repaired", &["diff", "w3c-rec-2025-03-13", "repaired"])]
#[case("diff_all", &["diff", "--all"])]
#[case("diff_all_json", &["diff", "--all", "--enum", "RTCIceConnectionState", "--format", "json"])]
#[case("diff_one", &["diff", "repaired"])]
#[case("diff_lacking", &["diff", "mdn-ko", "devdocs-ice"])]
#[case("judge_missing_file", &["judge", "no-such-file.jsonl"])]
fn output(#[case] name: &str, #[case] arguments: &[&str]) {
    snapshot(name, &peerstate(arguments));
}

#[rstest]
#[case("judge_human", &["judge", "-"])]
#[case("judge_json", &["judge", "-", "--format", "json"])]
#[case("judge_by_another_edition", &["judge", "-", "--edition", "w3c-rec-2025-03-13"])]
fn verdict(#[case] name: &str, #[case] arguments: &[&str]) {
    snapshot(name, &peerstate_with(arguments, TRACE));
}

#[test]
fn an_empty_list_of_known_deviations_makes_them_failures() {
    let (_dir, known) = file("known.yaml", "[]\n");
    let text = peerstate(&[
        "run",
        "negotiation/round",
        "--known",
        known.to_str().unwrap(),
    ]);
    snapshot("run_fail", &text);
}

#[test]
fn a_known_deviation_that_is_gone_fails_the_run() {
    let entry = "- {rule: close/silent, scenarios: [\"close/*\"], reason: x, since: \"1\"}\n\
                 - {rule: close/terminal, scenarios: [close/fresh], reason: x, since: \"1\"}\n";
    let (_dir, known) = file("known.yaml", entry);
    let known = known.to_str().unwrap();
    let text = peerstate(&["run", "close/fresh", "--known", known]);
    // One scenario of many that match the pattern does not show that the deviation is gone.
    assert!(text.contains("\nfixed close/fresh: "), "{text}");
    let next = format!("\nNext: remove what is fixed from {known}\n");
    assert!(text.contains(&next), "{text}");
    assert!(!text.contains("close/silent is listed"), "{text}");
    assert!(text.ends_with("--- exit status 1\n"), "{text}");
    let text = peerstate(&["run", "close/*", "--known", known]);
    assert!(
        text.contains("close/silent is listed as known in close/* but no longer happens"),
        "{text}"
    );
}

/// The list that a run drafts excuses the next run, and keeps the existing entries.
#[test]
fn a_drafted_list_is_of_use() {
    let (dir, known) = file("known.yaml", "[]\n");
    let draft = dir.path().join("draft.yaml");
    let (known, draft) = (known.to_str().unwrap(), draft.to_str().unwrap());
    let run = |more: &[&str]| peerstate(&[&["run", "ice"], more].concat());
    let text = run(&["--known", known, "--write-known", draft]);
    assert!(text.contains("\nNext: peerstate run --known "), "{text}");
    assert!(text.ends_with("--- exit status 1\n"), "{text}");
    let drafted = fs::read_to_string(draft).unwrap();
    let expected = "implementation: \"webrtc-rs\"\ndeviations:\n\n  - id: ";
    assert!(drafted.starts_with(expected), "{drafted}");
    let text = run(&["--known", draft]);
    let reasons = drafted.matches("reason: \"TODO").count();
    assert!(reasons > 5, "{drafted}");
    let expected = format!("draft.yaml: {reasons} reasons are still to be written");
    assert!(text.contains(&expected), "{text}");
    assert!(text.ends_with("--- exit status 0\n"), "{text}");
    // Written again, it is the same, except for the added text.
    let reason = "reason: \"It is so.\"";
    let (before, after) = drafted.split_once("reason: \"TODO").unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    let filled = format!("{before}{reason}\n{after}");
    fs::write(draft, &filled).unwrap();
    run(&["--known", draft, "--write-known", draft]);
    assert_eq!(fs::read_to_string(draft).unwrap(), filled);
    // What no longer happens is removed, and what was not run stays.
    let gone = "\n  - id: gone\n    rule: close/silent\n    scenarios: [ice/restart-method]\n    \
                reason: x\n    since: \"1\"\n";
    let elsewhere = "\n  - id: \"elsewhere\"\n    rule: \"close/silent\"\n    \
                     scenarios: [\"mine\"]\n    reason: \"x\"\n    since: \"1\"\n";
    fs::write(draft, format!("{filled}{elsewhere}{gone}")).unwrap();
    run(&["--known", draft, "--write-known", draft]);
    let expected = format!("{filled}{elsewhere}");
    assert_eq!(fs::read_to_string(draft).unwrap(), expected);
}

#[test]
fn a_list_excuses_no_other_implementation() {
    let (_dir, known) = file("known.yaml", "implementation: other\ndeviations: []\n");
    let known = known.to_str().unwrap();
    let text = peerstate(&["run", "close/fresh", "--known", known]);
    let expected = "known.yaml lists the known deviations of `other`; they do not excuse \
                    `webrtc-rs`";
    assert!(text.contains(expected), "{text}");
    assert!(text.ends_with("--- exit status 2\n"), "{text}");
}

/// The list of another implementation does not excuse a trace.
#[test]
fn a_list_of_its_own_excuses_a_trace() {
    let list = |of: &str| {
        format!(
            "implementation: {of}\ndeviations:\n  - {{id: all, rule: [event/on-change, \
             connection-state/transition, ice-connection-state/transition, event/order, \
             connection-state/derivation, ice-connection-state/derivation, \
             states/consistent-pair, close/attributes, dtls-transport/transition], \
             scenarios: ['**'], message: ['e', 'a'], reason: x, since: \"1\"}}\n"
        )
    };
    for (of, status) in [("example", 0), ("other", 1)] {
        let (_dir, known) = file("known.yaml", &list(of));
        let known = known.to_str().unwrap();
        let text = peerstate_with(&["judge", "-", "--known", known], TRACE);
        let end = format!("--- exit status {status}\n");
        assert!(text.ends_with(&end), "{of}: {text}");
    }
}

/// A scenario has one id, however it is named, and printed commands can be typed.
#[test]
fn a_file_has_one_id_and_can_be_named_again() {
    let dir = tempfile::Builder::new()
        .prefix("peerstate-cli-")
        .tempdir()
        .unwrap();
    let folder = dir.path().join("scenarios/mine");
    fs::create_dir_all(&folder).unwrap();
    let text = "title: x\nsteps:\n  - expect: {peer: alice, connectionState: connected}\n";
    fs::write(folder.join("one.yaml"), text).unwrap();
    let path = folder.join("one.yaml");
    for name in [dir.path(), &dir.path().join("scenarios"), &folder, &path] {
        let text = peerstate(&["run", name.to_str().unwrap()]);
        assert!(text.contains("\nfail mine/one: x\n"), "{text}");
        let path = path.to_str().unwrap();
        let next = format!("\nNext: peerstate run {path} --details\n");
        assert!(text.contains(&next), "{text}");
    }
    let entry = "- {rule: scenario/expectation, scenarios: [mine/one], reason: x, since: \"1\"}\n";
    let known = dir.path().join("known.yaml");
    fs::write(&known, entry).unwrap();
    let (path, known) = (path.to_str().unwrap(), known.to_str().unwrap());
    let text = peerstate(&["run", path, "--known", known]);
    assert!(text.ends_with("--- exit status 0\n"), "{text}");
}

#[rstest]
#[case(&["close/fresh", "--filter", "ice/*"], "nothing to run: no scenario matches `ice/*` (", 2)]
#[case(&["--filter", "iec"], "nothing to run: no scenario matches `iec`, did you mean `ice`? (", 2)]
#[case(&["close/fresh", "--shard", "2/2"], "nothing to run: part 2 of 2 is empty; scenarios to divide: 1", 2)]
#[case(&["negotiation/parameterless"], "Nothing was run: the implementation lacks ", 1)]
fn a_run_of_nothing_is_no_success(
    #[case] arguments: &[&str],
    #[case] said: &str,
    #[case] status: u8,
) {
    let text = peerstate(&[&["run"], arguments].concat());
    assert!(text.contains(said), "{text}");
    assert!(
        text.ends_with(&format!("--- exit status {status}\n")),
        "{text}"
    );
}

/// Every known deviation of this project has an id, and none is listed for every scenario in which
/// its rule is broken.
#[test]
fn the_own_list_is_by_cause() {
    let text = include_str!("../known/webrtc-rs.yaml");
    let known = peerstate::run::deviations::KnownDeviations::parse("known", text).unwrap();
    assert_eq!(known.implementation.as_deref(), Some("webrtc-rs"));
    for entry in &known.entries {
        let name = entry.name();
        assert!(entry.id.is_some() && entry.has_reason(), "{name}");
        let is_wide = entry.scenarios.iter().any(|pattern| pattern.contains('*'));
        assert!(!is_wide || !entry.messages.is_empty(), "{name}");
    }
}

#[test]
fn a_bad_scenario_is_told_with_every_problem() {
    let bad = "\
title: x
tittle: y
peers: {alice: {bundlePolicy: max-bundel}, bob: {harness: {addresses: 9}}, wait: {}}
requires: [netwrok]
limit: 5
steps:
  - alcie: close
  - alice: {createOffr: {}}
  - alice: {createOffer: {}, createAnswer: {}}
  - alice: {setRemoteDescription: {from: o1}}
  - bob: close
    fails: InvalidState
  - expect: {peer: [alice, carol], connectionState: conected, within: 5}
  - expect: {peer: alice, events: [conectionstatechange]}
  - expect: {peer: alice}
  - expect: {peer: alice, connectionState: new, events: [open], during: 1s}
  - negotiate: {offerer: alice, answerer: alice, alter: {fingerprint: right}}
  - network: {between: [alice], loss: 2}
  - wait: 5 fortnights
  - wait: 1s
    negotiate: {}
";
    let (_dir, path) = file("bad.yaml", bad);
    snapshot(
        "run_bad_scenario",
        &peerstate(&["run", path.to_str().unwrap()]),
    );
}

#[test]
fn a_draft_of_ones_own_is_linted_or_refused() {
    let repaired = include_str!("../../model/editions/repaired.yaml");
    let draft = repaired.replace("id: repaired", "id: my-draft");
    let (_dir, path) = file(
        "draft.yaml",
        &draft.replace("[connected, completed]}", "[completed]}"),
    );
    let told = peerstate(&["lint", path.to_str().unwrap()]);
    // A draft has no known findings, so every finding counts.
    assert!(
        told.contains("RTCPeerConnectionState\n    unlisted  claim "),
        "{told}"
    );
    assert!(told.starts_with(path.to_str().unwrap()), "{told}");
    assert!(told.ends_with("--- exit status 1\n"), "{told}");
    let next = format!("Next: peerstate lint {} --suggest", path.display());
    assert!(told.contains(&next), "{told}");
    let told = peerstate(&["lint", path.to_str().unwrap(), "--suggest"]);
    let mended = "in `connected`, add `connected` to the states of iceConnectionState";
    assert!(told.contains(mended), "{told}");
    let (_dir, path) = file(
        "draft.yaml",
        &draft
            .replace("[checking]", "[cheking]")
            .replace("[new, checking]", "[new, cheking]"),
    );
    let told = peerstate(&["lint", path.to_str().unwrap()]);
    assert!(told.contains("did you mean `checking`?"), "{told}");
    assert!(told.ends_with("--- exit status 2\n"), "{told}");
}

/// Every verb that accepts a draft refuses a malformed one completely, with the line.
#[rstest]
#[case(
    "unknown state",
    "failed: {any: {ice: [failed]}}",
    "failed: {any: {ice: [faild]}}",
    ":44:32: "
)]
#[case(
    "unknown value",
    "closed: {closed: true}",
    "closd: {closed: true}",
    ":43:11: "
)]
#[case("missing row", "          closed: {closed: true}\n", "", ":43:11: ")]
#[case("wrong type", "vacuous_all: true", "vacuous_all: perhaps", ":26:22: ")]
#[case(
    "cycle",
    "failed: {any: {ice: [failed]}}",
    "failed: {ice_connection_state: [failed]}",
    ":44:20: "
)]
#[case("itself", "\nenums:", "\nice_from: repaired\nenums:", ":18:11: ")]
#[case("no YAML", "schema: 1", "schema: [1", ":7:3: ")]
#[case(
    "unknown mode",
    "first_match\n    order: [closed, failed, disconnected, new, checking",
    "first\n    order: [closed, failed, disconnected, new, checking",
    ":35:11: "
)]
fn a_malformed_draft_is_refused(
    #[case] what: &str,
    #[case] right: &str,
    #[case] wrong: &str,
    #[case] line: &str,
) {
    let repaired = include_str!("../../model/editions/repaired.yaml");
    let (_dir, path) = file("draft.yaml", &repaired.replacen(right, wrong, 1));
    let path = path.to_str().unwrap();
    let verbs: [&[&str]; 3] = [
        &["lint", path],
        &["diff", "repaired", path],
        &["derive", "--edition", path, ""],
    ];
    for verb in verbs {
        let told = peerstate(verb);
        assert!(
            told.contains(&format!("draft.yaml{line}")),
            "{what}: {told}"
        );
        assert!(told.ends_with("--- exit status 2\n"), "{what}: {told}");
    }
}

#[test]
fn a_bad_trace_is_told_with_every_problem() {
    let bad = TRACE
        .replace("\"at\": 20", "\"at\": 2")
        .replace("\"checking\"}}", "\"cheking\"}}")
        .replace("\"action\": \"close\"", "\"acton\": \"close\"");
    snapshot("judge_bad_trace", &peerstate_with(&["judge", "-"], &bad));
}

#[rstest]
#[case("- ".repeat(40_000), "nested more than")]
#[case("- ".repeat(20_000), "nested more than")]
#[case("[".repeat(60_000), "nested more than")]
#[case("a: \u{0}".to_owned(), "control characters are not allowed")]
#[case(String::new(), "expected a scenario")]
#[case("title: [".to_owned(), "not readable as YAML")]
fn a_hostile_scenario_is_refused(#[case] text: String, #[case] message: &str) {
    let (_dir, path) = file("hostile.yaml", &text);
    let told = peerstate(&["run", path.to_str().unwrap()]);
    assert!(
        told.contains(message) && told.ends_with("--- exit status 2\n"),
        "{told}"
    );
}

#[test]
fn huge_files_are_refused() {
    let (_dir, path) = file("huge.yaml", "");
    // A sparse file: as long as it claims, but empty on the disk.
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(100 << 20)
        .unwrap();
    let told = peerstate(&["run", path.to_str().unwrap()]);
    let problem = "the file is longer than 131072 bytes, the largest size of a scenario";
    assert!(told.contains(problem), "{told}");
    let told = peerstate(&["judge", path.to_str().unwrap()]);
    assert!(told.contains("the largest size of a trace"), "{told}");
    assert!(told.ends_with("--- exit status 2\n"), "{told}");
}

#[test]
fn traces_written_by_a_run_are_judged_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_str().unwrap();
    peerstate(&["run", "ice/cut-and-restore", "--trace-dir", folder]);
    let trace = dir.path().join("ice/cut-and-restore.jsonl");
    let told = peerstate(&["judge", trace.to_str().unwrap(), "--format", "json"]);
    assert!(told.contains("\"rule\": \"event/order\""), "{told}");
    assert!(told.ends_with("--- exit status 1\n"), "{told}");
}

#[test]
fn shards_are_the_whole_together() {
    let ids = |arguments: &[&str]| -> Vec<String> {
        let text = peerstate(&[&["run", "close", "--format", "json"], arguments].concat());
        let json = text.split("--- exit").next().unwrap().to_owned();
        let report: serde_json::Value = serde_json::from_str(&json).unwrap();
        let scenarios = report["scenarios"].as_array().unwrap().iter();
        scenarios
            .map(|scenario| scenario["scenario"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut together = [
        ids(&["--shard", "1/3"]),
        ids(&["--shard", "2/3"]),
        ids(&["--shard", "3/3"]),
    ]
    .concat();
    together.sort();
    let whole = ids(&[]);
    assert!(whole.len() > 10, "{whole:?}");
    assert_eq!(together, whole);
}

const PUBLISHED: &str = include_str!("../../model/editions/w3c-rec-2021-01-26.yaml");

/// A draft has no known findings, even if it keeps the id of the edition that it copies.
#[test]
fn a_copy_of_a_published_edition_is_a_draft() {
    let (_dir, path) = file("copy.yaml", PUBLISHED);
    let path = path.to_str().unwrap();
    let told = peerstate(&["lint", path]);
    assert!(!told.contains("    known "), "{told}");
    assert!(told.ends_with("--- exit status 1\n"), "{told}");
    let told = peerstate(&["lint", path, "--format", "json"]);
    assert!(
        told.contains("\"edition\": \"w3c-rec-2021-01-26\""),
        "{told}"
    );
    assert!(told.contains(&format!("\"file\": \"{path}\"")), "{told}");
    assert!(!told.contains("\"known\": \""), "{told}");
}

#[test]
fn a_draft_may_come_from_standard_input() {
    let told = peerstate_with(&["lint", "-"], PUBLISHED);
    assert!(told.starts_with("standard input\n"), "{told}");
    let told = peerstate_with(
        &["derive", "--edition", "-", "(connected,new)"],
        "id: x\nid: y\n",
    );
    assert!(
        told.contains("standard input:2:1: duplicate key `id`, first at 1:1"),
        "{told}"
    );
    assert!(told.ends_with("--- exit status 2\n"), "{told}");
}

#[test]
fn drafts_with_one_id_are_told_apart_by_their_files() {
    let (_dir, one) = file("one.yaml", PUBLISHED);
    let text = PUBLISHED.replace("dtls: [connecting]", "dtls: [new, connecting]");
    assert_ne!(text, PUBLISHED);
    let (_dir_of_other, other) = file("other.yaml", &text);
    let told = peerstate(&["diff", one.to_str().unwrap(), other.to_str().unwrap()]);
    snapshot("diff_drafts", &told);
}

#[test]
fn a_difference_on_closed_connections_is_told_apart() {
    let told = peerstate(&[
        "diff",
        "w3c-2015-10-01",
        "w3c-2016-04-14",
        "--format",
        "json",
    ]);
    assert!(
        told.contains("\"combinations\": 0,\n  \"groups\": []"),
        "{told}"
    );
    assert!(
        told.contains("\"closed\": [\n    {\n      \"a\": ["),
        "{told}"
    );
    let told = peerstate(&["diff", "w3c-2015-10-01", "w3c-2016-04-14"]);
    assert!(
        told.contains("new -> new, closed  on a closed connection, such as"),
        "{told}"
    );
}

#[test]
fn a_closed_connection_that_is_not_closed_is_found() {
    let repaired = include_str!("../../model/editions/repaired.yaml");
    let draft = repaired
        .replace("order: [closed, ", "order: [")
        .replace("          closed: {ice_connection_state: [closed]}\n", "")
        .replace("          closed: {closed: true}\n", "");
    let (_dir, path) = file("draft.yaml", &draft);
    snapshot(
        "lint_not_closed",
        &peerstate(&["lint", path.to_str().unwrap()]),
    );
}

/// What an algorithm leaves out is open, not right.
#[test]
fn leaving_out_the_algorithm_is_a_finding() {
    let repaired = include_str!("../../model/editions/repaired.yaml");
    let draft = repaired.replace("  update_steps: both\n", "");
    assert_ne!(draft, repaired);
    let (_dir, path) = file("draft.yaml", &draft);
    let told = peerstate(&["lint", path.to_str().unwrap()]);
    assert!(told.contains("unlisted  unspecified "), "{told}");
}

/// A reader that stops early has read enough; the status is still that of the findings.
#[test]
fn a_closed_pipe_does_not_hide_the_findings() {
    let (_dir, path) = file("copy.yaml", PUBLISHED);
    let arguments = ["lint", path.to_str().unwrap(), "--format", "html"];
    let mut child = command(".", arguments).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty());
}

#[rstest]
#[case("says/getter", "a requirement on every text")]
#[case(
    "event/none-after-handler-closes",
    "a property of the connection model"
)]
fn what_a_finding_is_about_is_explained(#[case] about: &str, #[case] what: &str) {
    let told = peerstate(&["explain", about]);
    assert!(told.contains(&format!("{about}: {what}")), "{told}");
}

/// A draft is checked, and judged by, like a published edition; it has no known findings.
#[test]
fn a_draft_is_checked_and_judged_by() {
    let (_dir, path) = file("copy.yaml", PUBLISHED);
    let path = path.to_str().unwrap();
    let told = peerstate(&["check", "--edition", path, "--transports", "1"]);
    assert!(told.contains("  fails            value/defined "), "{told}");
    assert!(!told.contains("fails, as known"), "{told}");
    assert!(told.ends_with("--- exit status 1\n"), "{told}");
    let told = peerstate_with(&["judge", "-", "--edition", path], TRACE);
    assert!(told.contains("by the edition w3c-rec-2021-01-26"), "{told}");
    let told = peerstate(&["run", "close/fresh", "--edition", path]);
    assert!(
        told.contains("judged by the edition w3c-rec-2021-01-26"),
        "{told}"
    );
}

/// What a package installs besides the binary names every verb.
#[rstest]
#[case(&["completions", "bash"])]
#[case(&["completions", "zsh"])]
#[case(&["completions", "fish"])]
#[case(&["man"])]
fn completions_and_the_manual_know_every_verb(#[case] arguments: &[&str]) {
    let printed = peerstate(arguments);
    assert!(printed.ends_with("--- exit status 0\n"));
    for verb in [
        "run", "judge", "check", "lint", "diff", "derive", "show", "explain",
    ] {
        assert!(printed.contains(verb), "{arguments:?} does not name {verb}");
    }
}

#[test]
fn a_verb_has_a_manual_page() {
    let printed = peerstate(&["man", "run"]);
    assert!(printed.contains("peerstate\\-run"), "{printed}");
    assert!(printed.contains("\\-\\-edition"), "{printed}");
    let refused = peerstate(&["man", "rum"]);
    assert!(refused.contains("did you mean `run`?"), "{refused}");
    assert!(refused.ends_with("--- exit status 2\n"), "{refused}");
}
