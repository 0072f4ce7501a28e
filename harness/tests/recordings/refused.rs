//! Files that are not recordings, and damaged ones.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use peerstate::recordings::{self, Format};
use peerstate_model::trace::{self, LONGEST_TRACE_BYTES};
use proptest::prelude::*;
use rstest::rstest;

use super::{read, real};

fn refusal(bytes: &[u8], from: Option<Format>) -> String {
    let refused = recordings::read("dump", bytes.to_vec(), from).unwrap_err();
    refused.to_string()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[rstest]
#[case(
    b"{\"PeerConnections\": {}}",
    None,
    "dump: the dump has no connections; open chrome://"
)]
#[case(
    b"{\"PeerConnections\": []}",
    None,
    "dump: `PeerConnections`: expected an object, found a list"
)]
#[case(
    b"{\n \"PeerConnections\": {\n}",
    None,
    "dump:3:1: not readable as JSON: EOF while parsing an object"
)]
#[case(
    b"{\"PeerConnections\": {\"1-1\": {}}}",
    None,
    "dump: `updateLog` of connection `1-1`: expected a list, found nothing"
)]
#[case(
    b"{\"PeerConnections\": {\"1-1\": {\"updateLog\": [{\"type\": 5}]}}}",
    None,
    "dump: connection `1-1`, updateLog[0], `type`: expected a text, found the number 5"
)]
#[case(
    b"{\"PeerConnections\": {\"1-1\": {\"updateLog\": [{\"type\": \"close\", \"time\": \"now\"}]}}}",
    None,
    "updateLog[0], `time`: expected a text with a time, such as `18.9.2025, 16:24:45`, found `now`"
)]
#[case(
    b"{\"PeerConnections\": {\"1-1\": {\"updateLog\": [{\"type\": \"close\"}]}}}",
    None,
    "updateLog[0], `timestamp`: expected a number of milliseconds, found nothing"
)]
#[case(
    b"RTCStatsDump\n{\"fileFormat\": 2}\n",
    None,
    "dump:2:1: `fileFormat`: expected the number 3, found the number 2"
)]
#[case(b"RTCStatsDump\n", None, "dump:2:1: not readable as JSON: EOF")]
#[case(
    b"RTCStatsDump\n{\"fileFormat\":3}\n",
    None,
    "the dump has no connections"
)]
#[case(
    b"RTCStatsDump\n{\"fileFormat\":3}\n[\"close\",\"1-1\",null,\"x\"]",
    None,
    "dump:3:1: the time, the last value: expected a number of milliseconds, found `x`"
)]
#[case(
    b"[\"close\"]",
    None,
    "dump:1:1: the line: expected a list: [method, connection, value,"
)]
#[case(
    b"[[], \"PC_0\", 1]",
    None,
    "the method, the first value: expected a text or a number, found a list"
)]
#[case(
    b"[\"close\", 5, 1]",
    None,
    "the connection, the second value: expected a text or null, found"
)]
#[case(
    b"[\"onconnectionstatechange\", \"PC_0\", {}, 1]",
    None,
    "expected a state: a text, found an object"
)]
#[case(b"[\"close\"\n", None, "dump:1:8: not readable as JSON")]
#[case(
    b"[\"restartIce\",\"a\",null,1]\n[\"close\",\"a\",null,1795307591000]",
    None,
    "dump:2:1: the time: expected milliseconds, within a year of the first time"
)]
#[case(
    b"[\"close\",\"\xff\"",
    Some(Format::RtcstatsLines),
    "dump:1:11: expected UTF-8"
)]
#[case(
    b"{\"PeerConnections\": {}}",
    Some(Format::Trace),
    "expected the header"
)]
#[case(
    b"{\"PeerConnections\": {}}",
    Some(Format::Rtcstats),
    "dump:1:1: the first line: expected `RTCStatsDump`"
)]
#[case(
    b"{}",
    None,
    "dump:1:1: expected the header, an object with the key `trace`"
)]
#[case(b"", None, "dump:1:1: expected the header")]
fn a_bad_dump_is_refused_with_the_place(
    #[case] dump: &[u8],
    #[case] from: Option<Format>,
    #[case] message: &str,
) {
    let refused = refusal(dump, from);
    assert!(refused.contains(message), "{refused}");
}

#[test]
fn a_damaged_or_endless_gzip_file_is_refused() {
    let whole = real("rtcstats.gz");
    let cut = refusal(&whole[..whole.len() / 2], None);
    assert!(
        cut.starts_with("dump: the gzip file is damaged or incomplete"),
        "{cut}"
    );
    let longest = usize::try_from(LONGEST_TRACE_BYTES).unwrap();
    let bomb = gzip(&vec![b' '; longest + 1]);
    assert!(bomb.len() < longest / 500);
    let refused = refusal(&bomb, None);
    assert!(
        refused.contains("unpacks to more than 33554432 bytes"),
        "{refused}"
    );
    // A trace may be compressed as well.
    let recording = read(&real("rtcstats-npm-5.2.0.jsonl"));
    let packed = gzip(recording.trace.to_json_lines().as_bytes());
    let unpacked = read(&packed);
    assert_eq!(unpacked.format, Format::Trace);
    assert_eq!(unpacked.trace, recording.trace);
}

proptest! {
    /// Whatever the bytes are, they are refused.
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(recordings::read("dump", bytes, None).is_err());
    }

    /// A real dump with other bytes at one place is refused, or becomes a trace that can be read.
    #[test]
    fn no_damage_panics(
        dump in prop::sample::select(vec!["rtcstats-npm-5.2.0.jsonl", "webrtc-internals-failed.json"]),
        place in any::<prop::sample::Index>(),
        bytes in prop::sample::select(vec!["", "\"", "}", "[", "9", "-1e308", "null", "\\u0000", "\u{202e}"]),
        length in 0..20_usize,
    ) {
        // The first lines have calls and events of every kind.
        let mut dump = real(dump);
        dump.truncate(10_000);
        let start = place.index(dump.len());
        let end = (start + length).min(dump.len());
        dump.splice(start..end, bytes.bytes());
        if let Ok(recording) = recordings::read("dump", dump, None) {
            let text = recording.trace.to_json_lines();
            prop_assert_eq!(trace::read("trace", text.as_bytes()).unwrap(), recording.trace);
        }
    }
}
