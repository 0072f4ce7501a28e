//! Reading a trace from JSON Lines: every problem at once, each with its line and column.
//!
//! The tables of keys that read a line also give the JSON Schema.

mod entry;
mod error;
mod shapes;

use serde_json::{Value as Json, json};

use super::{Entry, Header, Trace};
use crate::input::fields::Problems;
use crate::input::keys::open_keys;
use crate::input::located::{Located, Position, Refused};
use crate::input::names;
use crate::input::shape::document;
use crate::input::yaml::{Document, Node};

pub use error::TraceError;
pub(super) use shapes::{choice, peers, text};

/// The longest text that is read, in bytes.
pub const LONGEST_TRACE_BYTES: u64 = 32 << 20;

/// The latest moment that an entry may have, in milliseconds: a year. A longer trace is a mistake,
/// and up to here the arithmetic is exact.
const LONGEST_MILLIS: f64 = 366.0 * 86_400_000.0;

/// The longest line that is read, in bytes.
const LONGEST_LINE_BYTES: usize = 1 << 20;

/// The most problems of one file that are shown.
const MOST_PROBLEMS: usize = 50;

/// Reads a trace.
///
/// # Errors
///
/// If the text has a problem: every problem, up to a number that a person can read.
pub fn read(file: &str, bytes: &[u8]) -> Result<Trace, Refused<TraceError>> {
    if bytes.len() as u64 > LONGEST_TRACE_BYTES {
        return Err(Refused::one(file, None, TraceError::TooLong));
    }
    // A byte order mark is not part of the text.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let position = Position::of_bytes(bytes, &error);
        Refused::one(file, Some(position), TraceError::NotUtf8)
    })?;
    let mut reader = Reader {
        problems: Vec::new(),
        header: None,
        entries: Vec::new(),
    };
    let mut lines = text
        .strip_suffix('\n')
        .unwrap_or(text)
        .split('\n')
        .enumerate();
    let first = lines.next().filter(|_| !text.trim().is_empty());
    let Some((_, first)) = first else {
        return Err(Refused::one(
            file,
            Some(Position { line: 1, column: 1 }),
            TraceError::Empty,
        ));
    };
    reader.header(first);
    for (index, line) in lines {
        if reader.problems.len() >= MOST_PROBLEMS {
            break;
        }
        reader.entry(index + 1, line);
    }
    match reader.header {
        Some(header) if reader.problems.is_empty() => Ok(Trace {
            header,
            entries: reader.entries,
        }),
        _ => Err(Refused {
            file: file.to_owned(),
            problems: reader.problems,
        }),
    }
}

/// The JSON Schema of one line of a trace.
#[must_use]
pub fn schema() -> Json {
    document("One line of a peerstate trace, version 1", |definitions| {
        json!({
            "if": { "required": ["trace"] },
            "then": open_keys::<_, Header>().schema(definitions),
            "else": entry::schema(definitions),
        })
    })
}

struct Reader {
    problems: Vec<Located<TraceError>>,
    header: Option<Header>,
    entries: Vec<Entry>,
}

impl Reader {
    fn parse(&mut self, number: usize, line: &str) -> Option<Node> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (column, problem) = if line.len() > LONGEST_LINE_BYTES {
            (1, TraceError::LineTooLong)
        } else if line.trim().is_empty() {
            (1, TraceError::EmptyLine)
        } else {
            match Node::from_json(line) {
                Ok(node) => return Some(node),
                Err((column, problem)) => (column, problem.into()),
            }
        };
        let line = number;
        self.problems.push(Located {
            position: Some(Position { line, column }),
            problem,
        });
        None
    }

    fn header(&mut self, text: &str) {
        let Some(node) = self.parse(1, text) else {
            return;
        };
        let mut problems = Problems::default();
        if node.get("trace").is_some() {
            self.header = open_keys().read(&node, &mut problems);
        } else {
            problems.add(node.id, TraceError::NoHeader);
        }
        self.locate(1, text, problems);
    }

    fn entry(&mut self, number: usize, text: &str) {
        let Some(node) = self.parse(number, text) else {
            return;
        };
        let mut problems = Problems::default();
        if let Some(read) = entry::read(&node, number, &mut problems) {
            let entry = read.entry;
            if let Some(header) = &self.header
                && !header.peers.contains(&entry.peer)
            {
                let peers = header.peers.iter().map(String::as_str);
                let problem = TraceError::UnknownPeer {
                    found: names::shorten(&entry.peer),
                    suggestion: names::nearest(&entry.peer, peers),
                    known: header.peers.join(", "),
                };
                problems.add(read.peer, problem);
            }
            if let Some(last) = self.entries.last()
                && entry.at < last.at
            {
                let (at, before) = (entry.at, last.at);
                problems.add(read.at, TraceError::Backwards { at, before });
            }
            self.entries.push(entry);
        }
        self.locate(number, text, problems);
    }

    /// Notes the problems of a line with their places.
    fn locate(&mut self, line: usize, text: &str, problems: Problems<TraceError>) {
        if problems.is_empty() {
            return;
        }
        // The reader of YAML finds the place of every value, except in a line that is too long for
        // it.
        let document = Document::parse("", text).ok();
        let position = |node| {
            let position = document
                .as_ref()
                .and_then(|document| document.position(node));
            let column = position.map_or(1, |position| position.column);
            Some(Position { line, column })
        };
        self.problems.extend(problems.located(position));
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const HEADER: &str = r#"{"trace": 1, "implementation": {"name": "x", "version": "1"}, "clock": "virtual", "peers": ["alice", "bob"]}"#;

    fn trace(lines: &[&str]) -> Result<Trace, Refused<TraceError>> {
        read(
            "t.jsonl",
            format!("{HEADER}\n{}\n", lines.join("\n")).as_bytes(),
        )
    }

    #[test]
    fn the_examples_of_the_format_are_read() {
        let trace = trace(&[
            r#"{"at": 0, "peer": "alice", "action": "close", "result": {"error": "InvalidStateError"}, "argument": 1}"#,
            r#"{"at": 31, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}"#,
            r#"{"at": 31.25, "peer": "bob", "event": "statechange", "transport": "0", "kind": "ice"}"#,
            r#"{"at": 40, "peer": "bob", "sample": "poll", "transports": []}"#,
            r#"{"at": 40, "peer": "bob", "note": "…", "task": 3}"#,
        ])
        .unwrap();
        assert_eq!(trace.entries.len(), 5);
        assert_eq!(trace.entries[0].extra.get("argument"), Some(&Json::from(1)));
        assert_eq!(trace.entries[2].at.to_string(), "31.25");
        assert_eq!(trace.entries[3].transports, Some(Vec::new()));
        let again = read("t.jsonl", trace.to_json_lines().as_bytes()).unwrap();
        assert_eq!(again, trace);
        assert_eq!(again.to_json_lines(), trace.to_json_lines());
    }

    #[test]
    fn what_was_observed_and_values_of_no_enum_are_read_and_written() {
        let header = r#"{"trace": 1, "implementation": {"name": "x", "version": "1"}, "clock": "real", "peers": ["bob"], "observes": {"events": ["statechange"], "attributes": "argument", "actions": true, "tasks": false, "order": false, "transports": "some"}}"#;
        let lines = [
            r#"{"at": 0, "peer": "bob", "action": "setLocalDescription", "phase": "end", "result": "ok", "type": "offer"}"#,
            r#"{"at": 1, "peer": "bob", "event": "statechange", "transport": 0, "kind": "ice", "value": "Checking"}"#,
            r#"{"at": 1, "peer": "bob", "sample": "poll", "state": {"connectionState": "checking", "signalingState": "stable"}, "transports": [{"id": "0", "dtls": "checking"}]}"#,
            r#"{"at": 2, "peer": "bob", "sample": "poll", "ended": true}"#,
        ];
        let text = format!("\u{feff}{header}\n{}\n", lines.join("\n"));
        let trace = read("t.jsonl", text.as_bytes()).unwrap();
        let observes = &trace.header.observes;
        assert_eq!(
            observes.read(crate::trace::Attribute::SignalingState),
            crate::trace::Read::Argument
        );
        assert_eq!(
            (observes.actions, observes.order),
            (Some(true), Some(false))
        );
        assert_eq!(
            trace.entries[1].unknown[0].error.to_string(),
            "RTCIceTransportState has no value `Checking`, did you mean `checking`? (it has new, \
             checking, connected, completed, disconnected, failed, closed)"
        );
        assert_eq!(trace.entries[2].unknown.len(), 2);
        assert_eq!(trace.entries[2].state.connection_state, None);
        assert!(trace.entries[3].ended);
        let again = read("t.jsonl", trace.to_json_lines().as_bytes()).unwrap();
        assert_eq!(again, trace);
        let expected: Vec<serde_json::Value> = lines[2..]
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(trace.entries[2].to_json(), expected[0]);
        assert_eq!(trace.entries[3].to_json(), expected[1]);
    }

    #[rstest]
    #[case(
        r#""observes": {"orders": true}"#,
        "unknown key `orders`, did you mean `order`?"
    )]
    #[case(
        r#""observes": {"attributes": {"connectionState": "liev"}}"#,
        "found `liev`, did you mean `live`?"
    )]
    #[case(
        r#""observes": {"transports": "al"}"#,
        "found `al`, did you mean `all`?"
    )]
    #[case(
        r#""observes": {"tasks": 1}"#,
        "expected `true` or `false`, found the number 1"
    )]
    #[case(
        r#""observes": {"events": "statechange"}"#,
        "expected a list of the names of events"
    )]
    #[case(
        r#""clock": "virtula""#,
        "expected one of `virtual`, `real`, found `virtula`, did you mean `virtual`?"
    )]
    fn a_header_is_read_strictly(#[case] part: &str, #[case] message: &str) {
        let clock = if part.contains("clock") {
            ""
        } else {
            r#""clock": "real", "#
        };
        let header = format!(
            r#"{{"trace": 1, "implementation": {{"name": "x", "version": "1"}}, "peers": ["bob"], {clock}{part}}}"#
        );
        let refused = read("t", header.as_bytes()).unwrap_err().to_string();
        assert!(refused.contains(message), "{refused}");
    }

    #[test]
    fn line_feeds_and_their_kin_do_not_matter() {
        let text = format!("{HEADER}\r\n{{\"at\":0,\"peer\":\"bob\",\"note\":\"\"}}");
        assert_eq!(read("t", text.as_bytes()).unwrap().entries.len(), 1);
        assert_eq!(read("t", HEADER.as_bytes()).unwrap().entries.len(), 0);
    }

    #[rstest]
    #[case("{", "t.jsonl:2:1: not readable as JSON: EOF while parsing an object")]
    #[case(
        r#"{"at": 0, "peer": "alcie", "note": ""}"#,
        "t.jsonl:2:19: the header declares no peer `alcie`, did you mean `alice`? (it has alice, bob)"
    )]
    #[case(
        r#"{"at": 0, "peer": "bob"}"#,
        "t.jsonl:2:1: expected exactly one of `action`, `event`, `sample`, `note`, found none"
    )]
    #[case(
        r#"{"at": 0, "peer": "bob", "note": "", "event": "x"}"#,
        "found event and note"
    )]
    #[case(
        r#"{"at": "0", "peer": "bob", "note": ""}"#,
        "t.jsonl:2:8: expected milliseconds since the start: a number, not negative, found `0`"
    )]
    #[case(r#"{"at": -1, "peer": "bob", "note": ""}"#, "found the number -1")]
    #[case(
        r#"{"at": 0, "peer": "bob", "sample": "x", "state": {"connectionstate": "new"}}"#,
        "t.jsonl:2:51: unknown key `connectionstate`, did you mean `connectionState`? (there are connectionState, iceConnectionState, iceGatheringState, signalingState)"
    )]
    #[case(
        r#"{"at": 0, "peer": "bob", "sample": "x", "transports": [{"id": 0, "ICE": "failed"}]}"#,
        "t.jsonl:2:66: unknown key `ICE`, did you mean `ice`? (there are id, ice, dtls, gathering)"
    )]
    #[case(
        r#"{"at": 0, "peer": "bob", "sample": "x", "transports": [{"id": 0}, {"id": "0"}]}"#,
        "t.jsonl:2:74: duplicate transport `0`"
    )]
    #[case(
        r#"{"at": 0, "peer": "bob", "note": "x", "peer": "alice"}"#,
        "t.jsonl:2:44: duplicate key `peer`"
    )]
    #[case(
        r#"{"at": 0, "peer": "bob", "action": "setLocalDescription", "type": "ofer"}"#,
        "expected one of `offer`, `pranswer`, `answer`, `rollback`, found `ofer`, did you mean `offer`?"
    )]
    #[case(
        r#"{"at": 0, "peer": "bob", "event": "statechange", "kind": "DTLS"}"#,
        "expected one of `ice`, `dtls`, found `DTLS`, did you mean `dtls`?"
    )]
    #[case(
        r#"{"at": 0, "peer": "bob", "sample": "x", "transports": [{"ice": "new"}]}"#,
        "t.jsonl:2:56: the key `id` is missing"
    )]
    #[case(
        r#"{"at": 0, "peer": "bob", "action": "x", "result": "fine"}"#,
        "expected `ok` or `{\"error\": \"…\"}`, found `fine`"
    )]
    #[case(r#"{"peer": "bob", "note": ""}"#, "the key `at` is missing")]
    #[case("[]", "t.jsonl:2:1: expected an entry: an object, found a list")]
    #[case("", "t.jsonl:2:1: expected an entry, found an empty line")]
    #[case(
        "{\"at\": 0, \"peer\": \"bob\", \"note\": \"\u{0}\"}",
        "t.jsonl:2:35: not readable as JSON: control character"
    )]
    fn a_bad_line_is_refused_with_the_place(#[case] line: &str, #[case] message: &str) {
        let good = r#"{"at": 0, "peer": "bob", "note": ""}"#;
        let refused = trace(&[line, good]).unwrap_err().to_string();
        assert!(refused.contains(message), "{refused}");
    }

    #[test]
    fn time_does_not_run_backwards() {
        let refused = trace(&[
            r#"{"at": 5, "peer": "bob", "note": ""}"#,
            r#"{"at": 4.5, "peer": "bob", "note": ""}"#,
        ])
        .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "t.jsonl:3:8: time runs backwards: 4.5 ms after 5 ms"
        );
    }

    #[rstest]
    #[case("", "t:1:1: expected the header")]
    #[case(
        "{\"at\": 0}",
        "t:1:1: expected the header, an object with the key `trace`"
    )]
    #[case(
        "{\"trace\": 2}",
        "t:1:11: this reads version 1 of the format, found the number 2"
    )]
    #[case("{\"trace\": 1}", "the key `implementation` is missing")]
    fn a_trace_needs_its_header(#[case] text: &str, #[case] message: &str) {
        let refused = read("t", text.as_bytes()).unwrap_err().to_string();
        assert!(refused.contains(message), "{refused}");
    }

    #[test]
    fn hostile_texts_are_refused() {
        let deep = format!("{HEADER}\n{}", "[".repeat(100_000));
        assert!(read("t", deep.as_bytes()).is_err());
        assert!(read("t", &[0xff; 1000]).is_err());
        assert!(read("t", &[0; 1000]).is_err());
        let many = format!("{HEADER}\n{}", "x\n".repeat(100_000));
        assert_eq!(
            read("t", many.as_bytes()).unwrap_err().problems.len(),
            MOST_PROBLEMS
        );
        let long = vec![b' '; usize::try_from(LONGEST_TRACE_BYTES).unwrap() + 1];
        assert_eq!(
            read("t", &long).unwrap_err().problems[0].problem,
            TraceError::TooLong
        );
    }
}
