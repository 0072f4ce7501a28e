//! `peerstate report` and `report diff`: what they print, what they refuse, and how they end.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;
#[macro_use]
mod snapshot;

use std::fs;
use std::path::Path;

use called::call;
use rstest::rstest;
use tempfile::TempDir;

/// Returns what a call in a folder printed, and its exit status.
fn peerstate(folder: &Path, arguments: &str) -> String {
    call(folder, arguments.split(' '), "").to_string()
}

/// Returns a folder with old and new results. In the new ones, webrtc-rs has no list of known
/// deviations, runs one scenario less and another one more; rtc is gone, and str0m is new.
fn results() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("none.yaml"), "[]\n").unwrap();
    let runs = [
        "--impl webrtc-rs --out old/webrtc-rs close/fresh connect/data-channel ice/cut-until-failed",
        "--impl rtc --out old/rtc close/fresh connect/data-channel connect/relay-silent",
        "--impl webrtc-rs --out new/webrtc-rs --known none.yaml close/fresh connect/data-channel \
         connect/audio",
        "--impl str0m --out new/str0m close/fresh connect/data-channel gathering/rollback",
    ];
    for run in runs {
        let said = peerstate(folder.path(), &format!("run --date 2026-11-22 {run}"));
        assert!(!said.contains("exit status 2"), "{said}");
    }
    folder
}

#[rstest]
#[case("markdown", "report old new/str0m")]
#[case("json", "report old new/str0m --format json")]
#[case("one", "report old/webrtc-rs/results.json")]
#[case("unexpected", "report new")]
#[case("diff", "report diff old new")]
#[case("diff_back", "report diff new old")]
#[case("diff_markdown", "report diff old new --format markdown")]
#[case("diff_json", "report diff old new --format json")]
fn output(#[case] name: &str, #[case] arguments: &str) {
    let printed = peerstate(results().path(), arguments);
    snapshot!("report__{name}", printed);
}

/// A deviation that a scenario did not show before is worse, even if it is known; here the old results
/// are those of another stack.
#[rstest]
#[case("human")]
#[case("markdown")]
fn new_deviations_are_shown(#[case] format: &str) {
    let folder = results();
    let path = folder.path().join("old/rtc/results.json");
    let text = fs::read_to_string(&path).unwrap();
    let renamed = text.replace("\"name\": \"rtc\"", "\"name\": \"webrtc-rs\"");
    assert_ne!(text, renamed);
    fs::write(folder.path().join("other.json"), renamed).unwrap();
    let forth = format!("report diff old/webrtc-rs other.json --format {format}");
    let back = format!("report diff other.json old/webrtc-rs --format {format}");
    let shown = [forth, back].map(|arguments| peerstate(folder.path(), &arguments));
    assert!(shown[0].contains("new") && shown[0].ends_with("exit status 1\n"));
    snapshot!("report__deviations_{format}", shown.concat());
}

/// Status 1 only if something got worse.
#[rstest]
#[case("report old", 0)]
#[case("report new", 0)]
#[case("report diff old old", 0)]
#[case("report diff old/webrtc-rs new", 1)]
#[case("report diff new/webrtc-rs old/webrtc-rs", 0)]
#[case("report diff old/rtc new", 2)]
#[case("report", 2)]
fn a_report_ends_with_its_status(#[case] arguments: &str, #[case] status: i32) {
    let said = peerstate(results().path(), arguments);
    assert!(said.ends_with(&format!("exit status {status}\n")), "{said}");
}

/// The shards of a run give the same as the whole run.
#[test]
fn shards_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let run = |rest: &str| {
        let arguments = format!("run --impl str0m --date 2026-11-22 close/* {rest}");
        let said = peerstate(folder.path(), &arguments);
        assert!(said.ends_with("exit status 0\n"), "{said}");
    };
    run("--out whole");
    for shard in 1..=3 {
        run(&format!("--out shards/{shard} --shard {shard}/3"));
    }
    for format in ["markdown", "json", "html"] {
        let of = |name: &str| peerstate(folder.path(), &format!("report {name} --format {format}"));
        let (whole, shards) = (of("whole"), of("shards"));
        assert!(whole.contains("close/fresh") && whole.ends_with("exit status 0\n"));
        assert_eq!(whole, shards);
    }
    let twice = peerstate(folder.path(), "report whole shards/2");
    assert!(twice.contains("has a second result of close/"), "{twice}");
}

/// A badge for each implementation, after the schema of shields.io.
#[test]
fn a_badge_says_how_many_scenarios_are_as_specified() {
    let folder = results();
    peerstate(
        folder.path(),
        "report old/webrtc-rs new/str0m --badges badges",
    );
    let badge = |name: &str| {
        let text = fs::read_to_string(folder.path().join("badges").join(name)).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    let of = badge("webrtc-rs.json");
    assert_eq!(of["schemaVersion"], 1);
    assert_eq!(of["label"], "webrtc-rs 0.21.1");
    assert_eq!(of["message"], "3 of 3 as specified");
    assert_eq!(of["color"], "yellow");
    peerstate(folder.path(), "report new --badges badges");
    assert_eq!(badge("webrtc-rs.json")["color"], "red");
}

/// Two versions of an implementation are two columns.
#[test]
fn versions_are_told_apart() {
    let folder = results();
    let path = folder.path().join("old/rtc/results.json");
    let text = fs::read_to_string(&path).unwrap();
    let other = text.replace("\"version\": \"0.21.1\"", "\"version\": \"0.22.0\"");
    assert_ne!(text, other);
    fs::write(folder.path().join("other.json"), other).unwrap();
    let shown = peerstate(folder.path(), "report old/rtc other.json --format json");
    assert!(shown.contains("\"key\": \"rtc@0.21.1\""), "{shown}");
    assert!(shown.contains("\"key\": \"rtc@0.22.0\""), "{shown}");
}

/// A file that does not hold results is refused with its place, what was found and what is expected.
#[rstest]
#[case(
    "\"schema\": 1",
    "\"schema\": 2",
    "results.json: expected version 1 of the format (`schema`), found 2"
)]
#[case("\"schema\": 1", "\"schema\": one", "results.json:2:")]
#[case("\"schema\": 1,", "", "missing field `schema`")]
#[case(
    "\"result\": \"known\"",
    "\"result\": \"passed\"",
    "unknown variant `passed`, expected one of `pass`, `known`"
)]
#[case(
    "\"rule\": \"event/order\"",
    "\"rule\": \"event/oder\"",
    "did you mean `event/order`?"
)]
#[case("\"edition\"", "\"editions\"", "missing field `edition`")]
#[case(
    "\"at\": ",
    "\"at\": -",
    "expected milliseconds since the start, found -"
)]
#[case(
    "2026-11-22",
    "2026-22-11",
    "expected a date such as 2026-11-22, found `2026-22-11`"
)]
#[case(
    "close/fresh",
    "connect/data-channel",
    "found two of `connect/data-channel`"
)]
fn what_is_not_results_is_refused(#[case] old: &str, #[case] new: &str, #[case] said: &str) {
    let folder = tempfile::tempdir().unwrap();
    let run = "run --date 2026-11-22 --out of close/fresh connect/data-channel";
    peerstate(folder.path(), run);
    let path = folder.path().join("of/results.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{old} is not in {text}");
    fs::write(&path, text.replace(old, new)).unwrap();
    let shown = peerstate(folder.path(), "report of");
    assert!(shown.contains(said), "{shown}");
    assert!(shown.starts_with("of/results.json:"), "{shown}");
    assert!(shown.ends_with("exit status 2\n"), "{shown}");
}

#[rstest]
#[case("report gone", "gone: there is no such file")]
#[case(
    "report empty",
    "empty: expected results in the folder, found no file *.json in it"
)]
#[case(
    "run --out none.yaml close/fresh",
    "--out none.yaml: this is not a folder"
)]
#[case("run --out of --trace-dir traces close/fresh", "cannot be used with")]
#[case(
    "run --date yesterday close/fresh",
    "expected a date such as 2026-11-22"
)]
fn what_is_missing_is_named(#[case] arguments: &str, #[case] said: &str) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("none.yaml"), "[]\n").unwrap();
    let shown = peerstate(folder.path(), arguments);
    assert!(shown.contains(said), "{shown}");
    assert!(shown.ends_with("exit status 2\n"), "{shown}");
}

/// `results.json` names its traces from its folder, so that the folder can be moved.
#[test]
fn a_folder_of_results_can_be_moved() {
    let folder = results();
    fs::rename(folder.path().join("old"), folder.path().join("moved")).unwrap();
    let page = peerstate(folder.path(), "report moved/webrtc-rs --format html");
    assert!(page.contains("class=\"scroll timeline\""));
    assert!(!page.contains("was not found"));
    let results = fs::read_to_string(folder.path().join("moved/webrtc-rs/results.json")).unwrap();
    assert!(results.contains("\"trace\": \"traces/close/fresh.jsonl\""));
    assert!(results.contains("\"date\": \"2026-11-22\""));
}
