//! Dumps of webrtc-internals and rtcstats: real ones, and ones made by hand for what no real one
//! here has. `dumps/README.md` says what happened in the real ones.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod by_hand;
#[path = "../called/mod.rs"]
mod called;
mod real;
mod refused;
#[macro_use]
#[path = "../snapshot/mod.rs"]
mod snapshot;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use called::call;
use flate2::read::GzDecoder;
use peerstate::recordings::{self, Recording};
use peerstate_model::editions::edition;
use peerstate_model::rules::{self, Verdict};
use peerstate_model::trace::What;
use serde_json::{Value, json};

fn dumps() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dumps")
}

fn real(name: &str) -> Vec<u8> {
    fs::read(dumps().join(name)).unwrap()
}

/// Returns the text of a real dump.
fn text_of(name: &str) -> String {
    let bytes = real(name);
    let mut text = String::new();
    if bytes.starts_with(b"\x1f\x8b") {
        let mut unpacked = GzDecoder::new(bytes.as_slice());
        unpacked.read_to_string(&mut text).unwrap();
        return text;
    }
    String::from_utf8(bytes).unwrap()
}

fn read(bytes: &[u8]) -> Recording {
    recordings::read("dump", bytes.to_vec(), None).unwrap()
}

fn judge(recording: &Recording) -> Verdict {
    rules::judge(&recording.trace, edition("repaired").unwrap())
}

/// Returns a dump of webrtc-internals with one connection, whose log has these entries.
fn internals(log: &[(&str, &str)]) -> String {
    let log = log.iter().enumerate();
    let log: Vec<Value> = log
        .map(
            |(index, (kind, value))| json!({"type": kind, "value": value, "timestamp": 10 * index}),
        )
        .collect();
    json!({"PeerConnections": {"7-1": {"url": "https://example.org/", "updateLog": log}}})
        .to_string()
}

/// Returns a dump of rtcstats, version 3.
fn rtcstats(lines: &[&str]) -> String {
    format!("RTCStatsDump\n{{\"fileFormat\":3}}\n{}\n", lines.join("\n"))
}

/// Returns the entries of the trace that a dump becomes, without those that are notes.
fn entries(recording: &Recording) -> Vec<Value> {
    let entries = recording.trace.entries.iter();
    let entries = entries.filter(|entry| !matches!(entry.what, What::Note(_)));
    entries.map(|entry| entry.to_json()).collect()
}

fn notes(recording: &Recording) -> Vec<&str> {
    let entries = recording.trace.entries.iter();
    let notes = entries.filter_map(|entry| match &entry.what {
        What::Note(text) => Some(text.as_str()),
        _ => None,
    });
    notes.collect()
}

fn peerstate(folder: &Path, arguments: &[&str]) -> String {
    call(folder, arguments, "").to_string()
}

#[test]
fn snapshots() {
    let folder = tempfile::tempdir().unwrap();
    let text = text_of("webrtc-internals-closed-kept.gz");
    // One change of the offerer is missing.
    let wrong = text.replacen("oniceconnectionstatechange", "teleport", 1);
    assert_ne!(wrong, text);
    fs::write(folder.path().join("wrong.json"), wrong).unwrap();
    for (name, arguments) in [
        ("convert_help", &["convert", "--help"][..]),
        ("judged", &["judge", "wrong.json"]),
        ("shown", &["show", "wrong.json"]),
        ("converted", &["convert", "wrong.json"]),
        ("forced", &["judge", "wrong.json", "--from", "rtcstats"]),
    ] {
        let printed = peerstate(folder.path(), arguments);
        snapshot!("recordings__{name}", printed);
    }
}

/// `convert` writes a file, or standard output, and reads standard input.
#[test]
fn a_dump_is_converted_from_and_to_where_the_user_says() {
    let folder = tempfile::tempdir().unwrap();
    let dump = dumps().join("rtcstats.gz");
    let printed = peerstate(
        folder.path(),
        &["convert", dump.to_str().unwrap(), "-o", "t.jsonl"],
    );
    assert_eq!(printed, "--- exit status 0\n");
    let written = fs::read_to_string(folder.path().join("t.jsonl")).unwrap();
    let arguments = ["convert", "-", "--from", "rtcstats"];
    let called = call(".", arguments, real("rtcstats.gz"));
    assert_eq!(called.out, written);
    let again = peerstate(folder.path(), &["convert", "t.jsonl"]);
    assert_eq!(again, format!("{written}--- exit status 0\n"));
    let printed = peerstate(folder.path(), &["convert", "t.jsonl", "-o", "gone/t.jsonl"]);
    assert!(
        printed.contains("the output can not be written: "),
        "{printed}"
    );
    assert!(printed.ends_with("--- exit status 2\n"), "{printed}");
}
