//! `peerstate show` from a user's view.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

use rstest::rstest;

/// Returns what a call printed with this text on standard input, and its exit status.
fn show(arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_peerstate"))
        .arg("show")
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let written = child.stdin.take().unwrap().write_all(input.as_bytes());
    // A call that is refused may end before it reads.
    if let Err(error) = written {
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    format!(
        "{out}{err}--- exit status {}\n",
        output.status.code().unwrap()
    )
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(format!("cli__{name}"), text);
    });
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
    snapshot(name, &show(arguments, TRACE));
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
    let status = Command::new(env!("CARGO_BIN_EXE_peerstate"))
        .args(["run", "ice/cut-and-restore", "--trace-dir"])
        .arg(dir.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let trace = dir.path().join("ice/cut-and-restore.jsonl");
    let shown = show(&[trace.to_str().unwrap()], "");
    assert!(
        shown.contains("* connectionstatechange connected→disconnected"),
        "{shown}"
    );
    assert!(shown.ends_with("--- exit status 0\n"), "{shown}");
}
