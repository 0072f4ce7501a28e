//! Reading one line of a trace: the header, or an entry.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::TraceError;
use crate::names;
use crate::states::UnknownState;
use crate::trace::{
    ActionResult, At, Clock, Entry, Header, Implementation, Phase, State, TransportKind,
    TransportState, What,
};

/// A line under way: its object, and the problems found in it, each at a path of keys.
pub(super) struct Line {
    pub(super) problems: Vec<(Vec<Key>, TraceError)>,
}

/// One step on the way to a value.
#[derive(Debug, Clone)]
pub(super) enum Key {
    Name(String),
    Index(usize),
}

impl Line {
    pub(super) fn expected(&mut self, path: &[Key], expected: &'static str, found: &Value) {
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

    pub(super) fn read_header(&mut self, object: &Map<String, Value>) -> Option<Header> {
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

    pub(super) fn read_entry(
        &mut self,
        line: usize,
        mut object: Map<String, Value>,
    ) -> Option<Entry> {
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
