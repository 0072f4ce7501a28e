//! `peerstate judge` from a user's view.

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

/// A trace of one peer that connects and closes as it should.
const CONFORMING: &str = r#"{"trace": 1, "implementation": {"name": "example", "version": "1"}, "clock": "virtual", "peers": ["alice"]}
{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 50, "peer": "alice", "event": "iceconnectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "connected"}, "transports": [{"id": "0", "ice": "connected", "dtls": "connecting"}]}
{"at": 90, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connected", "iceConnectionState": "connected"}, "transports": [{"id": "0", "ice": "connected", "dtls": "connected"}]}
{"at": 200, "peer": "alice", "action": "close", "result": "ok", "state": {"connectionState": "closed", "iceConnectionState": "closed", "signalingState": "closed"}, "transports": [{"id": "0", "ice": "closed", "dtls": "closed"}]}
"#;

/// Two peers whose events of each change are in the wrong order, with values that no transports
/// give.
const VIOLATING: &str = r#"{"trace": 1, "implementation": {"name": "example", "version": "1"}, "scenario": "ice/cut", "clock": "virtual", "peers": ["alice", "bob"]}
{"at": 1, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 1, "peer": "alice", "event": "iceconnectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 2, "peer": "bob", "event": "connectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 2, "peer": "bob", "event": "iceconnectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 50, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "disconnected", "iceConnectionState": "disconnected"}, "transports": [{"id": "0", "ice": "disconnected", "dtls": "new"}]}
{"at": 50, "peer": "alice", "event": "iceconnectionstatechange", "state": {"connectionState": "disconnected", "iceConnectionState": "disconnected"}, "transports": [{"id": "0", "ice": "disconnected", "dtls": "new"}]}
{"at": 90, "peer": "alice", "sample": "poll", "state": {"connectionState": "connected", "iceConnectionState": "failed"}, "transports": [{"id": "0", "ice": "failed", "dtls": "new"}]}
{"at": 900, "peer": "alice", "sample": "end", "state": {"connectionState": "connected", "iceConnectionState": "failed"}, "transports": [{"id": "0", "ice": "failed", "dtls": "new"}]}
"#;

/// The same order, with another wrong value.
const ANOTHER: &str = r#"{"trace": 1, "implementation": {"name": "example", "version": "1"}, "scenario": "connect/audio", "clock": "virtual", "peers": ["alice"]}
{"at": 1, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 1, "peer": "alice", "event": "iceconnectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 90, "peer": "alice", "sample": "poll", "state": {"connectionState": "failed", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 900, "peer": "alice", "sample": "end", "state": {"connectionState": "failed", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
"#;

/// The connection closes by itself; what its values show from then on follows from that.
const CLOSES_BY_ITSELF: &str = r#"{"trace": 1, "implementation": {"name": "example", "version": "1"}, "clock": "virtual", "peers": ["alice"], "observes": {"actions": true}}
{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 70, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "closed", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 900, "peer": "alice", "sample": "end", "state": {"connectionState": "closed", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
"#;

/// Nothing that a rule is about.
const SILENT: &str = r#"{"trace": 1, "implementation": {"name": "example", "version": "1"}, "clock": "real", "peers": ["alice"]}
{"at": 0, "peer": "alice", "event": "icecandidate"}
{"at": 4, "peer": "alice", "note": "nothing more was recorded"}
"#;

/// An event with a misspelt name, so that nothing judges it.
const MISSPELT: &str = r#"{"trace": 1, "implementation": {"name": "example", "version": "1"}, "clock": "real", "peers": ["alice"]}
{"at": 0, "peer": "alice", "event": "connectionStateChange", "state": {"connectionState": "connecting"}}
{"at": 500, "peer": "alice", "event": "connectionStateChange", "state": {"connectionState": "connected"}}
"#;

const KNOWN: &str = "- {id: reversed-events, rule: event/order, scenarios: ['**'], reason: The order is \
                     reversed., since: '1'}\n";

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in [
            ("conforming.jsonl", CONFORMING),
            ("violating.jsonl", VIOLATING),
            ("another.jsonl", ANOTHER),
            ("closes.jsonl", CLOSES_BY_ITSELF),
            ("silent.jsonl", SILENT),
            ("misspelt.jsonl", MISSPELT),
            ("known.yaml", KNOWN),
        ] {
            folder.write(name, text);
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    /// Returns what a call printed, and its exit status.
    fn judge(&self, arguments: &[&str]) -> String {
        let arguments = [&["judge"], arguments].concat();
        format!("{:#}", call(self.path(), arguments, ""))
    }
}

#[rstest]
#[case("violating", &["violating.jsonl"])]
#[case("conforming", &["conforming.jsonl"])]
#[case("consequences", &["closes.jsonl"])]
#[case("inconclusive", &["silent.jsonl"])]
#[case("misspelt", &["misspelt.jsonl"])]
#[case("known", &["violating.jsonl", "--known", "known.yaml"])]
#[case("all", &["violating.jsonl", "--all"])]
#[case("details", &["another.jsonl", "--details"])]
#[case("several", &["violating.jsonl", "conforming.jsonl", "another.jsonl", "silent.jsonl"])]
#[case("several_known", &["violating.jsonl", "another.jsonl", "--known", "known.yaml"])]
#[case("several_all", &["conforming.jsonl", "another.jsonl", "--all"])]
#[case("json", &["violating.jsonl", "misspelt.jsonl", "--known", "known.yaml", "--format", "json"])]
fn output(#[case] name: &str, #[case] arguments: &[&str]) {
    snapshot!("judge__{name}", Folder::new().judge(arguments));
}

/// Whatever a trace contains, no control sequence reaches the terminal, and every line fits the 120
/// columns of output without a terminal, except lines for copying.
#[test]
fn no_text_of_a_trace_leaves_its_place() {
    let hostile = "\\u001b]0;x\\u0007\\n状態 ".repeat(20);
    let folder = Folder::new();
    let replace = |text: &str| {
        let text = text.replace("\"failed\"", &format!("\"{hostile}\""));
        text.replace("example", &hostile).replace("alice", &hostile)
    };
    folder.write("hostile.jsonl", &replace(VIOLATING));
    folder.write("my trace.jsonl", &replace(ANOTHER));
    for arguments in [
        &["hostile.jsonl"][..],
        &["hostile.jsonl", "my trace.jsonl"],
        &["hostile.jsonl", "my trace.jsonl", "--all", "--details"],
        &["hostile.jsonl", "--known", "known.yaml"],
    ] {
        let shown = folder.judge(arguments);
        assert!(shown.contains("value/known"), "{shown}");
        for line in shown.lines() {
            let is_copied = line.contains("peerstate show ") || line.contains("see https://");
            assert!(is_copied || line.chars().count() <= 120, "{line}");
            assert!(!line.contains(char::is_control), "{line}");
        }
    }
    let shown = folder.judge(&["my trace.jsonl", "conforming.jsonl"]);
    assert!(
        shown.contains("peerstate show 'my trace.jsonl' --line "),
        "{shown}"
    );
}

/// A trace on standard input is called that, and the command that shows it reads it from there.
#[test]
fn standard_input_is_judged() {
    let shown = call(".", ["judge", "-"], VIOLATING).out;
    assert!(shown.starts_with("violates  standard input: "), "{shown}");
    assert!(shown.contains("peerstate show - --line "), "{shown}");
}

/// Deviations that differ only in their values are one row of the summary.
#[test]
fn the_summary_puts_values_together() {
    let folder = Folder::new();
    let row = |shown: &str| -> Vec<String> {
        let rows = shown
            .lines()
            .take_while(|line| !line.starts_with("violates"));
        let rows = rows.filter(|line| line.contains("connection-state/derivation"));
        rows.filter(|line| !line.contains("ice-connection-state"))
            .map(|line| line.trim().to_owned())
            .collect()
    };
    let both = folder.judge(&["violating.jsonl", "another.jsonl"]);
    assert_eq!(
        row(&both),
        [
            "2       2  connection-state/derivation  connectionState is … where it should be …, in 2 ways"
        ]
    );
    let one = folder.judge(&["conforming.jsonl", "another.jsonl"]);
    assert_eq!(
        row(&one),
        [
            "1       1  connection-state/derivation  connectionState is `failed` where it should be `connecting`"
        ]
    );
}
