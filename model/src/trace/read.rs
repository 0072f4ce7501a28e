//! Reading a trace from JSON Lines: every problem at once, each with its line and column.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{
    ActionResult, At, Clock, Entry, Header, Implementation, Phase, State, Trace, TransportKind,
    TransportState, What,
};
use crate::located::{Located, Position, Refused};
use crate::names;
use crate::states::UnknownState;
use crate::yaml;

/// The longest text that is read, in bytes.
pub const LONGEST_TRACE_BYTES: u64 = 32 << 20;

/// The longest line that is read, in bytes.
const LONGEST_LINE_BYTES: usize = 1 << 20;

/// The most problems of one file that are shown.
const MOST_PROBLEMS: usize = 50;

/// One problem of a trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// The file could not be read.
    #[error("the file can not be read: {0}")]
    Unreadable(String),
    /// The text is too long.
    #[error("the trace is longer than {LONGEST_TRACE_BYTES} bytes, which is the most that is read")]
    TooLong,
    /// A line is too long.
    #[error("the line is longer than {LONGEST_LINE_BYTES} bytes, which is the most that is read")]
    LineTooLong,
    /// The bytes are no UTF-8.
    #[error("expected UTF-8, found other bytes")]
    NotUtf8,
    /// The text is empty.
    #[error("expected the header, such as `{{\"trace\": 1, …}}`, found nothing")]
    Empty,
    /// A line is no JSON.
    #[error("not readable as JSON: {0}")]
    Json(String),
    /// A line is empty.
    #[error("expected an entry, found an empty line")]
    EmptyLine,
    /// The first line is no header.
    #[error(
        "expected the header, an object with the key `trace`, found an entry or something else"
    )]
    NoHeader,
    /// A value has the wrong shape.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What was expected.
        expected: &'static str,
        /// What came.
        found: String,
    },
    /// A key is not there.
    #[error("the key `{0}` is missing")]
    Missing(&'static str),
    /// The format has another version.
    #[error("this reads version 1 of the format, found {found}")]
    Version {
        /// What was read.
        found: String,
    },
    /// A string is no value of the enum.
    #[error(transparent)]
    State(#[from] UnknownState),
    /// An entry names a peer that the header does not.
    #[error("the header declares no peer `{found}`{} (it has {known})", suggestion)]
    UnknownPeer {
        /// What was read.
        found: String,
        /// The nearest declared one.
        suggestion: names::Suggestion,
        /// Those declared.
        known: String,
    },
    /// Time runs backwards.
    #[error("time runs backwards: {at} ms after {before} ms")]
    Backwards {
        /// The moment of this entry.
        at: At,
        /// That of the entry before.
        before: At,
    },
    /// An entry is not one thing.
    #[error("expected exactly one of `action`, `event`, `sample`, `note`, found {found}")]
    NotOneThing {
        /// Which of them there are.
        found: String,
    },
    /// Two peers have the same name.
    #[error("the peer `{0}` stands twice")]
    DuplicatePeer(String),
}

/// Reads a trace.
///
/// # Errors
///
/// Every problem of the text, up to a number that a person can bear.
pub fn read(file: &str, bytes: &[u8]) -> Result<Trace, Refused<TraceError>> {
    if bytes.len() as u64 > LONGEST_TRACE_BYTES {
        return Err(Refused::one(file, None, TraceError::TooLong));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let before = String::from_utf8_lossy(before);
        let line = before.split('\n').count();
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |last| last.chars().count())
            + 1;
        Refused::one(file, Some(Position { line, column }), TraceError::NotUtf8)
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

struct Reader {
    problems: Vec<Located<TraceError>>,
    header: Option<Header>,
    entries: Vec<Entry>,
}

/// A line under way: its object, and the problems found in it, each at a path of keys.
struct Line {
    problems: Vec<(Vec<Key>, TraceError)>,
}

#[derive(Debug, Clone)]
enum Key {
    Name(String),
    Index(usize),
}

impl Reader {
    fn parse(&mut self, number: usize, line: &str) -> Option<Value> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let at = |column| {
            Some(Position {
                line: number,
                column,
            })
        };
        let problem = if line.len() > LONGEST_LINE_BYTES {
            (at(1), TraceError::LineTooLong)
        } else if line.trim().is_empty() {
            (at(1), TraceError::EmptyLine)
        } else {
            match serde_json::from_str(line) {
                Ok(value) => return Some(value),
                Err(error) => {
                    let text = error.to_string();
                    let text = text.split(" at line ").next().unwrap_or(&text).to_owned();
                    (at(error.column().max(1)), TraceError::Json(text))
                }
            }
        };
        self.problems.push(Located {
            position: problem.0,
            problem: problem.1,
        });
        None
    }

    fn header(&mut self, text: &str) {
        let Some(value) = self.parse(1, text) else {
            return;
        };
        let mut line = Line {
            problems: Vec::new(),
        };
        let header = match value.as_object() {
            Some(object) if object.contains_key("trace") => line.read_header(object),
            _ => {
                line.problems.push((Vec::new(), TraceError::NoHeader));
                None
            }
        };
        self.take_problems(1, text, line);
        self.header = header;
    }

    fn entry(&mut self, number: usize, text: &str) {
        let Some(value) = self.parse(number, text) else {
            return;
        };
        let mut line = Line {
            problems: Vec::new(),
        };
        let entry = match value {
            Value::Object(object) => line.read_entry(number, object),
            other => {
                line.expected(&[], "an entry: an object", &other);
                None
            }
        };
        if let Some(entry) = &entry {
            if let Some(header) = &self.header
                && !header.peers.contains(&entry.peer)
            {
                let problem = TraceError::UnknownPeer {
                    found: names::shorten(&entry.peer),
                    suggestion: names::nearest(
                        &entry.peer,
                        header.peers.iter().map(String::as_str),
                    ),
                    known: header.peers.join(", "),
                };
                line.problems
                    .push((vec![Key::Name("peer".to_owned())], problem));
            }
            if let Some(last) = self.entries.last()
                && entry.at < last.at
            {
                let problem = TraceError::Backwards {
                    at: entry.at,
                    before: last.at,
                };
                line.problems
                    .push((vec![Key::Name("at".to_owned())], problem));
            }
        }
        self.take_problems(number, text, line);
        self.entries.extend(entry);
    }

    fn take_problems(&mut self, number: usize, text: &str, line: Line) {
        if line.problems.is_empty() {
            return;
        }
        // JSON is YAML, and the YAML reader knows where every value stands.
        let document = yaml::Document::parse("", text).ok();
        for (path, problem) in line.problems {
            let column = document
                .as_ref()
                .and_then(|document| column_of(document, &path))
                .unwrap_or(1);
            let position = Some(Position {
                line: number,
                column,
            });
            self.problems.push(Located { position, problem });
        }
    }
}

fn column_of(document: &yaml::Document<'_>, path: &[Key]) -> Option<usize> {
    let mut node = document.root();
    for key in path {
        node = match (key, &node.value) {
            (Key::Name(name), yaml::Value::Mapping(entries)) => {
                &entries.iter().rfind(|entry| entry.key == *name)?.value
            }
            (Key::Index(index), yaml::Value::Sequence(items)) => items.get(*index)?,
            _ => return None,
        };
    }
    document.position(node.id).map(|position| position.column)
}

impl Line {
    fn expected(&mut self, path: &[Key], expected: &'static str, found: &Value) {
        let found = describe(found);
        self.problems
            .push((path.to_vec(), TraceError::Expected { expected, found }));
    }

    fn missing(&mut self, path: &[Key], key: &'static str) {
        self.problems
            .push((path.to_vec(), TraceError::Missing(key)));
    }

    fn text(&mut self, path: &[Key], expected: &'static str, value: &Value) -> Option<String> {
        if let Value::String(text) = value {
            return Some(text.clone());
        }
        self.expected(path, expected, value);
        None
    }

    fn read_header(&mut self, object: &Map<String, Value>) -> Option<Header> {
        let name = |key: &str| vec![Key::Name(key.to_owned())];
        if object.get("trace").and_then(Value::as_u64) != Some(1) {
            let found = object.get("trace").map(describe).unwrap_or_default();
            self.problems
                .push((name("trace"), TraceError::Version { found }));
        }
        let implementation = match object.get("implementation") {
            None => {
                self.missing(&[], "implementation");
                None
            }
            Some(value) => self.read_implementation(&name("implementation"), value),
        };
        let scenario = object
            .get("scenario")
            .and_then(|v| self.text(&name("scenario"), "an id", v));
        let clock = match object.get("clock") {
            None => {
                self.missing(&[], "clock");
                None
            }
            Some(Value::String(text)) if text == "virtual" => Some(Clock::Virtual),
            Some(Value::String(text)) if text == "real" => Some(Clock::Real),
            Some(other) => {
                self.expected(&name("clock"), "`virtual` or `real`", other);
                None
            }
        };
        let peers = match object.get("peers") {
            None => {
                self.missing(&[], "peers");
                None
            }
            Some(Value::Array(items)) if !items.is_empty() => Some(self.read_peers(items)),
            Some(other) => {
                self.expected(&name("peers"), "a list of one or more names", other);
                None
            }
        };
        Some(Header {
            trace: 1,
            implementation: implementation?,
            scenario,
            clock: clock?,
            peers: peers?,
        })
    }

    fn read_implementation(&mut self, path: &[Key], value: &Value) -> Option<Implementation> {
        let Value::Object(object) = value else {
            self.expected(path, "an object with `name` and `version`", value);
            return None;
        };
        let mut field = |key: &'static str| match object.get(key) {
            None => {
                self.missing(path, key);
                None
            }
            Some(value) => {
                let path = [path, &[Key::Name(key.to_owned())]].concat();
                self.text(&path, "text", value)
            }
        };
        let (name, version) = (field("name"), field("version"));
        Some(Implementation {
            name: name?,
            version: version?,
        })
    }

    fn read_peers(&mut self, items: &[Value]) -> Vec<String> {
        let mut peers = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, item) in items.iter().enumerate() {
            let path = [Key::Name("peers".to_owned()), Key::Index(index)];
            if let Some(name) = self.text(&path, "the name of a peer", item) {
                if !seen.insert(name.clone()) {
                    let problem = TraceError::DuplicatePeer(names::shorten(&name));
                    self.problems.push((path.to_vec(), problem));
                }
                peers.push(name);
            }
        }
        peers
    }

    fn read_entry(&mut self, line: usize, mut object: Map<String, Value>) -> Option<Entry> {
        let name = |key: &str| vec![Key::Name(key.to_owned())];
        let at = match object.remove("at") {
            None => {
                self.missing(&[], "at");
                None
            }
            Some(value) => self.read_at(&name("at"), &value),
        };
        let peer = match object.remove("peer") {
            None => {
                self.missing(&[], "peer");
                None
            }
            Some(value) => self.text(&name("peer"), "the name of a peer", &value),
        };
        let what = self.read_what(&mut object);
        let state = match object.remove("state") {
            None => State::default(),
            Some(value) => self.read_state(&name("state"), &value),
        };
        let transports = match object.remove("transports") {
            None => None,
            Some(Value::Array(items)) => Some(self.read_transports(&items)),
            Some(other) => {
                self.expected(&name("transports"), "a list of transports", &other);
                None
            }
        };
        let task = object.remove("task").and_then(|value| {
            if value.as_u64().is_none() {
                self.expected(&name("task"), "a whole number", &value);
            }
            value.as_u64()
        });
        Some(Entry {
            line,
            at: at?,
            peer: peer?,
            what: what?,
            state,
            transports,
            task,
            extra: object,
        })
    }

    fn read_at(&mut self, path: &[Key], value: &Value) -> Option<At> {
        // A trace of a year is a mistake, and keeps the arithmetic exact.
        const LONGEST_MILLIS: f64 = 366.0 * 86_400_000.0;
        let millis = value
            .as_f64()
            .filter(|millis| (0.0..=LONGEST_MILLIS).contains(millis));
        if millis.is_none() {
            self.expected(
                path,
                "milliseconds since the start: a number, not negative",
                value,
            );
        }
        millis.map(|millis| At::after(Duration::from_secs_f64((millis * 1e3).round() / 1e6)))
    }

    fn read_what(&mut self, object: &mut Map<String, Value>) -> Option<What> {
        let kinds = ["action", "event", "sample", "note"];
        let present: Vec<&str> = kinds
            .iter()
            .copied()
            .filter(|kind| object.contains_key(*kind))
            .collect();
        let [kind] = present.as_slice() else {
            let found = if present.is_empty() {
                "none".to_owned()
            } else {
                present.join(" and ")
            };
            self.problems
                .push((Vec::new(), TraceError::NotOneThing { found }));
            return None;
        };
        let value = object.remove(*kind)?;
        let text = self.text(&[Key::Name((*kind).to_owned())], "text", &value);
        match *kind {
            "action" => {
                let result = object.remove("result");
                let result = result.and_then(|value| self.read_result(&value));
                let phase = object.remove("phase");
                let phase = phase.and_then(|value| match value.as_str() {
                    Some("begin") => Some(Phase::Begin),
                    Some("end") => Some(Phase::End),
                    _ => {
                        let path = [Key::Name("phase".to_owned())];
                        self.expected(&path, "`begin` or `end`", &value);
                        None
                    }
                });
                Some(What::Action {
                    name: text?,
                    result,
                    phase,
                })
            }
            "event" => {
                let transport = object.remove("transport").and_then(|value| {
                    self.text(
                        &[Key::Name("transport".to_owned())],
                        "the id of a transport",
                        &value,
                    )
                });
                let kind = object
                    .remove("kind")
                    .and_then(|value| match value.as_str() {
                        Some("ice") => Some(TransportKind::Ice),
                        Some("dtls") => Some(TransportKind::Dtls),
                        _ => {
                            let path = [Key::Name("kind".to_owned())];
                            self.expected(&path, "`ice` or `dtls`", &value);
                            None
                        }
                    });
                Some(What::Event {
                    name: text?,
                    transport,
                    kind,
                })
            }
            "sample" => text.map(What::Sample),
            _ => text.map(What::Note),
        }
    }

    fn read_result(&mut self, value: &Value) -> Option<ActionResult> {
        let error = value.get("error").and_then(Value::as_str);
        match (value.as_str(), error) {
            (Some("ok"), _) => Some(ActionResult::Ok),
            (None, Some(error)) => Some(ActionResult::Error(error.to_owned())),
            _ => {
                let path = [Key::Name("result".to_owned())];
                self.expected(&path, "`ok` or `{\"error\": \"…\"}`", value);
                None
            }
        }
    }

    fn read_state(&mut self, path: &[Key], value: &Value) -> State {
        let Value::Object(object) = value else {
            self.expected(path, "an object of attributes", value);
            return State::default();
        };
        State {
            connection_state: self.attribute(path, object, "connectionState"),
            ice_connection_state: self.attribute(path, object, "iceConnectionState"),
            ice_gathering_state: self.attribute(path, object, "iceGatheringState"),
            signaling_state: self.attribute(path, object, "signalingState"),
        }
    }

    fn attribute<S: std::str::FromStr<Err = UnknownState>>(
        &mut self,
        path: &[Key],
        object: &Map<String, Value>,
        key: &str,
    ) -> Option<S> {
        let value = object.get(key)?;
        let path = [path, &[Key::Name(key.to_owned())]].concat();
        let text = self.text(&path, "a state: a text", value)?;
        match text.parse() {
            Ok(state) => Some(state),
            Err(error) => {
                self.problems.push((path, error.into()));
                None
            }
        }
    }

    fn read_transports(&mut self, items: &[Value]) -> Vec<TransportState> {
        let mut transports = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = [Key::Name("transports".to_owned()), Key::Index(index)];
            let Value::Object(object) = item else {
                self.expected(&path, "a transport: an object with `id`", item);
                continue;
            };
            let Some(id) = object.get("id") else {
                self.missing(&path, "id");
                continue;
            };
            let id_path = [&path[..], &[Key::Name("id".to_owned())]].concat();
            let id = match id {
                // Vendors number their transports; a number is as stable as a text.
                Value::Number(number) => Some(number.to_string()),
                other => self.text(&id_path, "an id: a text", other),
            };
            let transport = TransportState {
                id: id.unwrap_or_default(),
                ice: self.attribute(&path, object, "ice"),
                dtls: self.attribute(&path, object, "dtls"),
                gathering: self.attribute(&path, object, "gathering"),
            };
            transports.push(transport);
        }
        transports
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("`{}`", names::shorten(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
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
        assert_eq!(
            trace.entries[0].extra.get("argument"),
            Some(&Value::from(1))
        );
        assert_eq!(trace.entries[2].at.to_string(), "31.25");
        assert_eq!(trace.entries[3].transports, Some(Vec::new()));
        let again = read("t.jsonl", trace.to_json_lines().as_bytes()).unwrap();
        assert_eq!(again, trace);
        assert_eq!(again.to_json_lines(), trace.to_json_lines());
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
        r#"{"at": 0, "peer": "bob", "sample": "x", "state": {"connectionState": "checking"}}"#,
        "t.jsonl:2:70: RTCPeerConnectionState has no value `checking`"
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
