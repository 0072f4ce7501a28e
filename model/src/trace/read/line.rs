//! Reading one line of a trace: the header, or an entry.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{LONGEST_MILLIS, TraceError};
use crate::input::names;
use crate::input::words::Word;
use crate::states::{
    DtlsTransportState, IceConnectionState, IceGathererState, IceGatheringState, IceTransportState,
    PeerConnectionState, SignalingState, UnknownState,
};
use crate::trace::{
    ActionResult, At, Attribute, Entry, State, TransportKind, TransportState, UnknownValue,
    ValuePlace, What,
};

/// A line under way: its object, and the problems found in it, each at a path of keys.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) problems: Vec<(Vec<Key>, TraceError)>,
    /// Values of an entry that their enums do not have.
    unknown: Vec<UnknownValue>,
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

    pub(super) fn missing(&mut self, path: &[Key], key: &'static str) {
        self.problems
            .push((path.to_vec(), TraceError::Missing(key)));
    }

    pub(super) fn text(
        &mut self,
        path: &[Key],
        expected: &'static str,
        value: &Value,
    ) -> Option<String> {
        if let Value::String(text) = value {
            return Some(text.clone());
        }
        self.expected(path, expected, value);
        None
    }

    /// One of a few words of the format.
    pub(super) fn choice<T: Word>(&mut self, path: &[Key], value: &Value) -> Option<T> {
        let found = value.as_str();
        let chosen = T::ALL.iter().find(|word| found == Some(word.as_str()));
        if chosen.is_none() {
            let words: Vec<_> = T::ALL.iter().map(|word| word.as_str()).collect();
            let problem = TraceError::Choice {
                suggestion: names::nearest(found.unwrap_or_default(), words.iter().copied()),
                found: describe(value),
                words: words.join("`, `"),
            };
            self.problems.push((path.to_vec(), problem));
        }
        chosen.copied()
    }

    /// Refuses every key of an object but those that the format has.
    pub(super) fn reject_unknown(
        &mut self,
        path: &[Key],
        object: &Map<String, Value>,
        known: &[&str],
    ) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let problem = TraceError::UnknownKey {
                found: names::shorten(key),
                suggestion: names::nearest(key, known.iter().copied()),
                known: known.join(", "),
            };
            let path = [path, &[Key::Name(key.clone())]].concat();
            self.problems.push((path, problem));
        }
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
            let number = whole(&value);
            if number.is_none() {
                self.expected(&name("task"), "a whole number", &value);
            }
            number
        });
        let ended = object.remove("ended").and_then(|value| {
            if !value.is_boolean() {
                self.expected(&name("ended"), "`true` or `false`", &value);
            }
            value.as_bool()
        });
        Some(Entry {
            line,
            at: at?,
            peer: peer?,
            what: what?,
            state,
            transports,
            task,
            ended: ended.unwrap_or_default(),
            unknown: std::mem::take(&mut self.unknown),
            extra: object,
        })
    }

    fn read_at(&mut self, path: &[Key], value: &Value) -> Option<At> {
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
                let mut word = |key: &str| Some(([Key::Name(key.to_owned())], object.remove(key)?));
                let phase = word("phase").and_then(|(path, value)| self.choice(&path, &value));
                let description = word("type").and_then(|(path, value)| self.choice(&path, &value));
                Some(What::Action {
                    name: text?,
                    result,
                    phase,
                    description,
                })
            }
            "event" => Some(self.read_event(text?, object)),
            "sample" => text.map(What::Sample),
            _ => text.map(What::Note),
        }
    }

    fn read_event(&mut self, event: String, object: &mut Map<String, Value>) -> What {
        let transport = object
            .remove("transport")
            .and_then(|value| self.read_id(&[Key::Name("transport".to_owned())], &value));
        let kind = object
            .remove("kind")
            .and_then(|value| self.choice(&[Key::Name("kind".to_owned())], &value));
        let value = object.remove("value").and_then(|value| {
            self.text(&[Key::Name("value".to_owned())], "a state: a text", &value)
        });
        if let Some(text) = &value
            && let Some(error) = unknown_value(&event, kind, text)
        {
            self.unknown.push(UnknownValue {
                place: ValuePlace::Value,
                error,
                value: text.clone(),
            });
        }
        What::Event {
            name: event,
            transport,
            kind,
            value,
        }
    }

    /// The id of a transport. Vendors number theirs; a number is as stable as a text.
    fn read_id(&mut self, path: &[Key], value: &Value) -> Option<String> {
        match value {
            Value::Number(number) => Some(number.to_string()),
            other => self.text(path, "the id of a transport: a text", other),
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
        self.reject_unknown(path, object, &Attribute::ALL.map(Attribute::as_str));
        State {
            connection_state: self.attribute(path, object, Attribute::ConnectionState),
            ice_connection_state: self.attribute(path, object, Attribute::IceConnectionState),
            ice_gathering_state: self.attribute(path, object, Attribute::IceGatheringState),
            signaling_state: self.attribute(path, object, Attribute::SignalingState),
        }
    }

    fn attribute<S: std::str::FromStr<Err = UnknownState>>(
        &mut self,
        path: &[Key],
        object: &Map<String, Value>,
        attribute: Attribute,
    ) -> Option<S> {
        let place = ValuePlace::Attribute(attribute);
        self.state(path, object, attribute.as_str(), place)
    }

    /// A state. One that the enum does not have is what was seen, not a mistake of the file: it is
    /// kept aside, and what it stands for is not observed.
    fn state<S: std::str::FromStr<Err = UnknownState>>(
        &mut self,
        path: &[Key],
        object: &Map<String, Value>,
        key: &str,
        place: ValuePlace,
    ) -> Option<S> {
        let value = object.get(key)?;
        let path = [path, &[Key::Name(key.to_owned())]].concat();
        let value = self.text(&path, "a state: a text", value)?;
        match value.parse() {
            Ok(state) => Some(state),
            Err(error) => {
                self.unknown.push(UnknownValue {
                    place,
                    error,
                    value,
                });
                None
            }
        }
    }

    fn read_transports(&mut self, items: &[Value]) -> Vec<TransportState> {
        let mut transports: Vec<TransportState> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = [Key::Name("transports".to_owned()), Key::Index(index)];
            let Value::Object(object) = item else {
                self.expected(&path, "a transport: an object with `id`", item);
                continue;
            };
            self.reject_unknown(&path, object, &["id", "ice", "dtls", "gathering"]);
            let Some(id) = object.get("id") else {
                self.missing(&path, "id");
                continue;
            };
            let id_path = [&path[..], &[Key::Name("id".to_owned())]].concat();
            let id = self.read_id(&id_path, id).unwrap_or_default();
            if transports.iter().any(|other| other.id == id) {
                let problem = TraceError::DuplicateTransport(names::shorten(&id));
                self.problems.push((id_path, problem));
            }
            let place = |key| ValuePlace::Transport { index, key };
            transports.push(TransportState {
                id,
                ice: self.state(&path, object, "ice", place("ice")),
                dtls: self.state(&path, object, "dtls", place("dtls")),
                gathering: self.state(&path, object, "gathering", place("gathering")),
            });
        }
        transports
    }
}

/// Why the value that an event carries is none of what the event reports.
fn unknown_value(event: &str, kind: Option<TransportKind>, text: &str) -> Option<UnknownState> {
    match (Attribute::of_event(event), event, kind) {
        (Some(Attribute::ConnectionState), ..) => text.parse::<PeerConnectionState>().err(),
        (Some(Attribute::IceConnectionState), ..) => text.parse::<IceConnectionState>().err(),
        (Some(Attribute::IceGatheringState), ..) => text.parse::<IceGatheringState>().err(),
        (Some(Attribute::SignalingState), ..) => text.parse::<SignalingState>().err(),
        (None, "gatheringstatechange", _) => text.parse::<IceGathererState>().err(),
        (None, "statechange", Some(TransportKind::Dtls)) => {
            text.parse::<DtlsTransportState>().err()
        }
        (None, "statechange", Some(TransportKind::Ice)) => text.parse::<IceTransportState>().err(),
        (None, "statechange", None) => {
            let dtls = text.parse::<DtlsTransportState>();
            dtls.and(Ok(()))
                .err()
                .and(text.parse::<IceTransportState>().err())
        }
        _ => None,
    }
}

/// A whole number that is not negative. JSON has one kind of numbers: `1.0` is 1.
pub(super) fn whole(value: &Value) -> Option<u64> {
    /// One more than the greatest.
    const END: f64 = 18_446_744_073_709_551_616.0;
    let float = value
        .as_f64()
        .filter(|float| (0.0..END).contains(float) && float.fract() == 0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and in the range"
    )]
    value.as_u64().or(float.map(|float| float as u64))
}

pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("`{}`", names::shorten(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
