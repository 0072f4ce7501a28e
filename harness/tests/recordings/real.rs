//! The real dumps conform, and are found if something in them is changed.

use peerstate::recordings::{Format, Recording};
use peerstate_model::rules::Outcome;
use peerstate_model::trace::{self, Attribute, What};
use rstest::rstest;
use serde_json::{Value, json};

use super::{entries, judge, notes, read, real, text_of};

/// Nothing in the real dumps deviates: Chromium did what the page shows, and what a dump can not
/// show is not judged.
#[rstest]
#[case("webrtc-internals.gz", Format::WebrtcInternals, 7, 13)]
#[case("webrtc-internals-closed-kept.gz", Format::WebrtcInternals, 3, 12)]
#[case("webrtc-internals-failed.json", Format::WebrtcInternals, 3, 14)]
#[case("rtcstats.gz", Format::Rtcstats, 9, 11)]
#[case("rtcstats-npm-5.2.0.jsonl", Format::RtcstatsLines, 9, 10)]
fn a_real_dump_conforms(
    #[case] name: &str,
    #[case] format: Format,
    #[case] peers: usize,
    #[case] unobserved: usize,
) {
    let recording = read(&real(name));
    assert_eq!(recording.format, format);
    assert_eq!(recording.warnings, []);
    assert_eq!(recording.trace.header.peers.len(), peers);
    let verdict = judge(&recording);
    assert_eq!(verdict.findings, [], "{name}");
    assert_eq!(verdict.outcome, Outcome::Conforms);
    assert_eq!(verdict.unobserved.len(), unobserved);
}

/// A page that is opened late shows states and no changes, so nothing can be judged.
#[test]
fn a_dump_that_begins_late_is_inconclusive() {
    let recording = read(&real("webrtc-internals-late.gz"));
    let notes = notes(&recording);
    assert_eq!(notes.len(), recording.trace.header.peers.len());
    for note in notes {
        assert!(note.contains("the log begins late"), "{note}");
        assert!(
            note.contains("2 entries that repeat the current state"),
            "{note}"
        );
    }
    let reported = |entry: &Value| (entry["event"].clone(), entry["reported"].clone());
    let last: Vec<_> = entries(&recording).iter().map(reported).collect();
    assert_eq!(last.len(), 12);
    assert!(last.contains(&(json!("connectionstatechange"), json!("failed"))));
    let verdict = judge(&recording);
    assert_eq!(verdict.outcome, Outcome::Inconclusive);
    assert_eq!(verdict.findings, []);
}

/// What `convert` writes is read as the same trace, so it gets the same verdict.
#[rstest]
#[case("webrtc-internals.gz")]
#[case("webrtc-internals-closed-kept.gz")]
#[case("webrtc-internals-failed.json")]
#[case("rtcstats.gz")]
#[case("rtcstats-npm-5.2.0.jsonl")]
fn a_converted_dump_is_the_dump(#[case] name: &str) {
    let recording = read(&real(name));
    let text = recording.trace.to_json_lines();
    assert_eq!(trace::read(name, text.as_bytes()).unwrap(), recording.trace);
    for secret in ["a=fingerprint", "candidate:", "192.0.2."] {
        assert!(text_of(name).contains(secret), "{name} has no {secret}");
        assert!(!text.contains(secret), "{name} keeps {secret}");
    }
}

/// The two pages of Chromium show the same connections.
#[test]
fn both_dumps_of_chromium_are_one_trace() {
    let [internals, rtcstats] =
        ["webrtc-internals.gz", "rtcstats.gz"].map(|name| read(&real(name)));
    let of_peer = |recording: &Recording, peer: &str| -> Vec<String> {
        let entries = recording.trace.entries.iter();
        let entries = entries.filter(|entry| entry.peer == peer);
        let whats = entries.filter(|entry| !matches!(entry.what, What::Note(_)));
        whats
            .map(|entry| format!("{:?} {:?}", entry.what, entry.state))
            .collect()
    };
    for peer in &internals.trace.header.peers {
        assert_eq!(
            of_peer(&internals, peer),
            of_peer(&rtcstats, peer),
            "{peer}"
        );
    }
}

/// A dump that lacks one change of a state, or has another value in one, is mostly found: always
/// where a call requires the state; not where the value is a possible one, such as `failed` for the
/// last `connected`, since a dump has no transports to compare it with.
#[rstest]
#[case("rtcstats-npm-5.2.0.jsonl")]
#[case("rtcstats.gz")]
fn a_corrupt_dump_is_found(#[case] name: &str) {
    let text = text_of(name);
    let lines: Vec<&str> = text.lines().collect();
    let is_found = |place: usize, line: &Value| {
        let line = line.to_string();
        let mut changed = lines.clone();
        changed[place] = &line;
        !judge(&read(changed.join("\n").as_bytes()))
            .findings
            .is_empty()
    };
    let (mut dropped, mut dropped_found) = (0, 0);
    let (mut swapped, mut swapped_found) = (0, 0);
    for (place, line) in lines.iter().enumerate() {
        let Ok(Value::Array(entry)) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let method = entry[0].as_str().unwrap();
        let Some(of) = method.strip_prefix("on").and_then(Attribute::of_event) else {
            continue;
        };
        let mut without = entry.clone();
        without[0] = json!("getStats");
        let is_drop_found = is_found(place, &Value::Array(without));
        dropped += 1;
        dropped_found += usize::from(is_drop_found);
        let is_signaling = of == Attribute::SignalingState;
        assert!(is_drop_found || !is_signaling, "{name}:{place} {line}");
        let value = entry[2].as_str().unwrap();
        for other in of.values() {
            if other == value.trim_matches('"') {
                continue;
            }
            let mut with = entry.clone();
            with[2] = json!(other);
            swapped += 1;
            swapped_found += usize::from(is_found(place, &Value::Array(with)));
        }
    }
    assert_eq!((dropped, dropped_found), (60, 39));
    assert_eq!(swapped, 258);
    assert!(swapped_found >= 174, "{swapped_found}");
}
