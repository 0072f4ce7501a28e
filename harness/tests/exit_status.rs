//! Exit statuses: tests each row of `docs/exit-status.md` that can occur, and that the page, the
//! README and `--help` agree.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;

use std::fs;
use std::path::Path;

use called::{call, command};
use rstest::rstest;
use tempfile::TempDir;

const HEADER: &str = r#"{"trace": 1, "implementation": {"name": "x", "version": "1"}, "clock": "virtual", "peers": ["alice"], "observes": {"actions": true}}"#;
const CONFORMING: &str = r#"{"at": 0, "peer": "alice", "action": "close", "result": "ok", "state": {"connectionState": "closed"}}"#;
const VIOLATING: &str = r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "closed"}}"#;
/// An event that no rule is about, with almost the name of a judged one.
const MISSPELT: &str = r#"{"at": 0, "peer": "alice", "event": "connectionStateChange"}"#;

/// Entries of a dump, of which one is not known.
const UNKNOWN_AND_CLOSED: &str =
    r#"{"type": "teleport", "timestamp": 0}, {"type": "close", "timestamp": 1}"#;

const KNOWN_OF_TRACE: &str =
    "- {rule: close/only-by-close, scenarios: ['**'], reason: r, since: '1'}\n";
const GONE: &str = "- {rule: close/terminal, scenarios: [close/fresh], reason: r, since: '1'}\n";
const KNOWN_ERROR: &str =
    "- {rule: error, scenarios: [connect/relay-only], reason: r, since: '1'}\n";

/// Results of a run without scenarios' findings; `RESULT` is that of the one scenario.
const RESULTS: &str = r#"{"schema": 1, "edition": "repaired", "implementation": {"name": "x", "version": "1"},
"deviations": [], "fixed": [], "scenarios": [{"scenario": "a/b", "result": "RESULT", "expectations": "met",
"deviations": [], "checks": [], "findings": [], "unobserved": []}]}"#;

/// Returns a folder with the files that the rows name.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let trace = |entries: &[&str]| format!("{HEADER}\n{}\n", entries.join("\n"));
    write("conforming.jsonl", &trace(&[CONFORMING]));
    write("violating.jsonl", &trace(&[VIOLATING]));
    write("misspelt.jsonl", &trace(&[MISSPELT]));
    write("misspelt-and-closed.jsonl", &trace(&[MISSPELT, CONFORMING]));
    write("bad.jsonl", "{}\n");
    let dump = |log: &str| format!(r#"{{"PeerConnections": {{"1-1": {{"updateLog": [{log}]}}}}}}"#);
    write("strange.json", &dump(UNKNOWN_AND_CLOSED));
    write("empty.json", r#"{"PeerConnections": {}}"#);
    adapter_that_breaks(folder.path());
    for (name, result) in [("results", "pass"), ("worse", "inconclusive")] {
        fs::create_dir(folder.path().join(name)).unwrap();
        let results = RESULTS.replace("RESULT", result);
        write(&format!("{name}/results.json"), &results);
    }
    write("none.yaml", "[]\n");
    write("known.yaml", KNOWN_OF_TRACE);
    write("gone.yaml", GONE);
    write("error.yaml", KNOWN_ERROR);
    write(
        "occasional.yaml",
        &KNOWN_OF_TRACE.replace("reason", "occasional: true, reason"),
    );
    write("limit.yaml", "title: x\nlimit: 1ms\nsteps: [{wait: 1s}]\n");
    write("bad.yaml", "title: x\n");
    let lacking = "title: x\nrequires: [several-transports]\nsteps: [{wait: 1s}]\n";
    write("lacking.yaml", lacking);
    let repaired = include_str!("../../model/editions/repaired.yaml");
    write("good-draft.yaml", repaired);
    let regressing = repaired.replace("[connected, completed]}", "[completed]}");
    assert_ne!(regressing, repaired);
    write("draft.yaml", &regressing);
    folder
}

/// An adapter that introduces itself, and ends when it is to create a peer.
#[cfg(unix)]
fn adapter_that_breaks(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;

    let hello = r#"{"id":1,"result":{"protocol":1,"implementation":{"name":"x","version":"1"},"clock":"real"}}"#;
    let script = format!("#!/bin/sh\nread line\necho '{hello}'\nread line\nexit 4\n");
    let path = folder.join("breaks");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn adapter_that_breaks(_: &Path) {}

#[rstest]
// Nothing deviates.
#[case("run close/fresh", 0, "1 behaves")]
#[case("judge conforming.jsonl", 0, "conforms")]
// A deviation that is not in any list.
#[case("run negotiation/round --known none.yaml", 1, "none known")]
#[case("judge violating.jsonl", 1, "violates")]
#[case("judge conforming.jsonl violating.jsonl", 1, "violates")]
#[case("judge violating.jsonl --known none.yaml", 1, "violates")]
// All deviations are known, including what follows from them.
#[case("run connect/data-channel", 0, "all known")]
#[case("judge violating.jsonl --known known.yaml", 0, "violates")]
// A listed deviation that no longer happens.
#[case("run close/fresh --known gone.yaml", 1, "fixed")]
#[case("judge conforming.jsonl --known gone.yaml", 0, "conforms")]
// Nothing can be decided.
#[case("run limit.yaml", 1, "inconclusive")]
#[case("judge misspelt.jsonl", 1, "inconclusive")]
#[case("judge conforming.jsonl misspelt.jsonl", 1, "inconclusive")]
// A trace by which nothing can be judged, of a scenario whose expectations hold.
#[case("run connect/fresh", 0, "1 behaves")]
// What the implementation lacks, and what breaks it.
#[case("run lacking.yaml", 1, "Nothing was run")]
#[case("run connect/relay-only --known none.yaml", 1, "not known")]
#[case("run connect/relay-only", 0, "1 deviation, known")]
#[case("run close/fresh --shard 2/2", 2, "nothing to run")]
// What can not be started, and what breaks.
#[case("run close/fresh --adapter nowhere", 3, "could not be started")]
#[case("run close/fresh --adapter false", 3, "ended: exit status: 1")]
#[case("adapter check nowhere", 3, "could not be started")]
#[cfg_attr(
    unix,
    case("run close/fresh --adapter ./breaks", 1, "ended: exit status: 4")
)]
#[cfg_attr(unix, case("adapter check ./breaks", 1, "mistakes"))]
#[case("run close/fresh --adapter '", 2, "expected a command")]
#[case("adapter serve rtx", 2, "did you mean `rtc`?")]
// A warning.
#[case(
    "judge misspelt-and-closed.jsonl",
    0,
    "did you mean `connectionstatechange`?"
)]
#[case("judge strange.json", 0, "`teleport` (once) is not known")]
// Missing files, and refused ones.
#[case("run close/frsh", 2, "did you mean `close/fresh`?")]
#[case("run --filter frsh", 2, "no scenario matches")]
#[case("judge gone.jsonl", 2, "there is no such file")]
#[case("run bad.yaml", 2, "bad.yaml")]
#[case("run --scenarios gone", 2, "gone")]
#[case("run --scenarios .", 2, "bad.yaml")]
#[case("run close/fresh bad.yaml", 2, "bad.yaml")]
#[case("run close/fresh --known bad.yaml", 2, "bad.yaml")]
#[case("run close/fresh --edition bad.yaml", 2, "bad.yaml")]
#[case("run close/fresh --known occasional.yaml", 2, "runs in virtual time")]
#[case("judge violating.jsonl bad.jsonl", 2, "bad.jsonl:1:1: ")]
#[case("judge conforming.jsonl empty.json", 2, "no connections")]
#[case("judge violating.jsonl --known bad.yaml", 2, "bad.yaml")]
// The other verbs.
#[case("check --edition repaired --transports 1", 0, "holds")]
#[case(
    "check --edition w3c-rec-2025-03-13 --transports 1",
    0,
    "fails, as known"
)]
#[case("check --edition draft.yaml --transports 1", 1, "fails")]
#[case("lint w3c-rec-2025-03-13", 0, "known")]
#[case("lint draft.yaml", 1, "unlisted")]
#[case("lint good-draft.yaml", 0, "no findings")]
#[case("report results", 0, "Every result is as expected")]
#[case("report diff results results", 0, "Nothing got worse")]
#[case("report diff results worse", 1, "Something got worse")]
#[case("report diff results conforming.jsonl", 2, "conforming.jsonl:")]
#[case("diff w3c-rec-2021-01-26 repaired", 0, "combination")]
#[case("derive --edition w3c-rec-2025-03-13 (connected,new)", 0, "applies")]
#[case("show violating.jsonl", 0, "connectionstatechange")]
#[case("convert strange.json", 0, "\"action\":\"close\"")]
#[case("convert empty.json", 2, "no connections")]
#[case("explain event/order", 0, "event/order")]
#[case("list rules", 0, "event/order")]
#[case("schema trace", 0, "trace")]
#[case("--help", 0, "Exit status: ")]
#[case("--version", 0, "peerstate")]
#[case("show", 2, "<TRACE>")]
#[case("lint bad.yaml", 2, "bad.yaml")]
#[case("explain event/oder", 2, "did you mean")]
#[case("list everything", 2, "possible values")]
fn a_call_ends_with_the_status_of_the_table(
    #[case] arguments: &str,
    #[case] status: i32,
    #[case] said: &str,
) {
    let called = call(&folder(), arguments.split(' '), "");
    assert_eq!(called.status, status, "{called}");
    assert!(called.to_string().contains(said), "{called}");
}

/// Output that can not be written is status 2; output that nobody reads any more is not.
#[cfg(target_os = "linux")]
#[test]
fn output_that_can_not_be_written_is_status_2() {
    let folder = folder();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut judge = command(&folder, ["judge", "violating.jsonl"]);
    assert_eq!(judge.stdout(full).status().unwrap().code(), Some(2));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(judge.stdout(writer).status().unwrap().code(), Some(1));
}

/// The page, the README and `--help` describe the same statuses in the same words.
#[test]
fn the_pages_and_help_agree() {
    let help = call(".", ["--help"], "").out;
    let words: Vec<&str> = help.split_whitespace().collect();
    let help = words.join(" ");
    let (_, line) = help.split_once("Exit status: ").unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    assert!(readme.contains(&format!("Exit status: {line} ")), "{line}");
    assert!(readme.contains("(docs/exit-status.md)"));
    let page = fs::read_to_string(root.join("docs/exit-status.md")).unwrap();
    let statuses: Vec<&str> = line.trim_end_matches('.').split("; ").collect();
    assert_eq!(statuses.len(), 4, "{line}");
    for (number, status) in statuses.iter().enumerate() {
        let (found, meaning) = status.split_once(' ').unwrap();
        assert_eq!(found, number.to_string());
        assert!(
            page.contains(&format!("| {found} | {meaning} |\n")),
            "{status}"
        );
    }
}
