//! `peerstate show` from a user's view.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;
#[macro_use]
mod snapshot;

use called::call;
use rstest::rstest;

/// Returns what a call printed with this text on standard input, and its exit status.
fn show(arguments: &[&str], input: &str) -> String {
    let arguments = [&["show"], arguments].concat();
    call(".", arguments, input).to_string()
}

const TRACE: &str = r#"{"trace": 1, "implementation": {"name": "example", "version": "1"}, "scenario": "connect/data-channel", "clock": "real", "peers": ["alice", "bob"]}
{"at": 0, "peer": "alice", "action": "setLocalDescription", "result": "ok", "state": {"connectionState": "new", "iceConnectionState": "new"}}
{"at": 1, "peer": "alice", "event": "icecandidate", "state": {"connectionState": "new", "iceConnectionState": "new"}}
{"at": 2.5, "peer": "bob", "action": "setRemoteDescription", "result": {"error": "InvalidStateError"}}
{"at": 5, "peer": "alice", "event": "iceconnectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 5, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}
{"at": 20, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connected", "iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "connected"}]}
{"at": 21, "peer": "bob", "note": "gave\nup \u001b[31mat last \u202e"}
{"at": 30, "peer": "alice", "action": "close", "result": "ok", "state": {"connectionState": "closed"}, "transports": []}
"#;

#[rstest]
#[case("show_help", &["--help"])]
#[case("show", &["-"])]
#[case("show_narrow", &["-", "--width", "70"])]
#[case("show_details", &["-", "--details"])]
#[case("show_line", &["-", "--line", "6", "--context", "2"])]
#[case("show_line_that_is_none", &["-", "--line", "10"])]
#[case("show_missing_file", &["no-such-file.jsonl"])]
fn output(#[case] name: &str, #[case] arguments: &[&str]) {
    snapshot!("cli__{name}", show(arguments, TRACE));
}

#[rstest]
#[case(&["-", "--line", "1"], TRACE, "line 1 of the trace is not an entry: its entries are the lines 2 to 9")]
#[case(&["-", "--line", "2"], TRACE.lines().next().unwrap(), "it has a header and no entries")]
#[case(&["-", "--context", "2"], TRACE, "--line <N>")]
#[case(&["-", "--width", "3"], TRACE, "3 is not in 20..")]
#[case(&["-"], "{}", "standard input:1:1: expected the header")]
fn what_can_not_be_shown_is_refused(
    #[case] arguments: &[&str],
    #[case] trace: &str,
    #[case] message: &str,
) {
    let printed = show(arguments, trace);
    assert!(printed.contains(message), "{printed}");
    assert!(printed.ends_with("--- exit status 2\n"), "{printed}");
}

/// A trace with the longest and strangest texts fits the width, and so does its heading.
#[test]
fn no_text_of_a_trace_leaves_its_place() {
    let hostile = "\\u001b]0;x\\u0007\\n状態 ".repeat(20);
    let trace = TRACE
        .replace("example", &hostile)
        .replace("connect/data-channel", &hostile)
        .replace("bob", &hostile)
        .replace("gave", &hostile);
    let shown = show(&["-", "--width", "60"], &trace);
    assert!(shown.contains("setRemoteDescription"), "{shown}");
    for line in shown.lines() {
        assert!(line.chars().count() <= 60, "{line}");
        assert!(!line.contains(char::is_control), "{line}");
    }
}

/// A trace that `run` wrote is shown with every change of the states.
#[test]
fn a_recorded_trace_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_str().unwrap();
    let arguments = ["run", "ice/cut-and-restore", "--trace-dir", folder];
    assert_eq!(call(".", arguments, "").status, 0);
    let trace = dir.path().join("ice/cut-and-restore.jsonl");
    let shown = show(&[trace.to_str().unwrap()], "");
    assert!(
        shown.contains("* connectionstatechange connected→disconnected"),
        "{shown}"
    );
    assert!(shown.ends_with("--- exit status 0\n"), "{shown}");
}
