//! Writing a trace as JSON Lines: the same trace always gives the same bytes.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{At, Entry, Trace, ValuePlace, What};
use crate::invariant::Invariant;

impl Trace {
    /// The trace as JSON Lines, with a line feed after every line.
    #[must_use]
    pub fn to_json_lines(&self) -> String {
        let header = serde_json::to_value(&self.header).unwrap_or(Value::Null);
        let mut text = format!("{header}\n");
        for entry in &self.entries {
            text.push_str(&entry.to_json().to_string());
            text.push('\n');
        }
        text
    }
}

impl Entry {
    /// The entry as one JSON object, keys in the order of the format's description.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("at".to_owned(), millis(self.at));
        object.insert("peer".to_owned(), json!(self.peer));
        match &self.what {
            What::Action {
                name,
                result,
                phase,
                description,
            } => {
                object.insert("action".to_owned(), json!(name));
                if let Some(description) = description {
                    object.insert("type".to_owned(), json!(description));
                }
                if let Some(phase) = phase {
                    object.insert("phase".to_owned(), json!(phase));
                }
                if let Some(result) = result {
                    object.insert("result".to_owned(), json!(result));
                }
            }
            What::Event {
                name,
                transport,
                kind,
                value,
            } => {
                object.insert("event".to_owned(), json!(name));
                if let Some(transport) = transport {
                    object.insert("transport".to_owned(), json!(transport));
                }
                if let Some(kind) = kind {
                    object.insert("kind".to_owned(), json!(kind));
                }
                if let Some(value) = value {
                    object.insert("value".to_owned(), json!(value));
                }
            }
            What::Sample(why) => {
                object.insert("sample".to_owned(), json!(why));
            }
            What::Note(text) => {
                object.insert("note".to_owned(), json!(text));
            }
        }
        let mut state = members(self.state);
        let mut transports: Option<Vec<_>> = self
            .transports
            .as_ref()
            .map(|transports| transports.iter().map(members).collect());
        for unknown in &self.unknown {
            let (object, key) = match unknown.place {
                ValuePlace::Attribute(attribute) => (Some(&mut state), attribute.as_str()),
                ValuePlace::Transport { index, key } => {
                    (transports.as_mut().and_then(|all| all.get_mut(index)), key)
                }
                // The event already holds the value.
                ValuePlace::Value => continue,
            };
            if let Some(object) = object {
                object.insert(key.to_owned(), json!(unknown.value));
            }
        }
        if !state.is_empty() {
            object.insert("state".to_owned(), Value::Object(state));
        }
        if let Some(transports) = transports {
            let transports = transports.into_iter().map(Value::Object).collect();
            object.insert("transports".to_owned(), Value::Array(transports));
        }
        if let Some(task) = self.task {
            object.insert("task".to_owned(), json!(task));
        }
        if self.ended {
            object.insert("ended".to_owned(), json!(true));
        }
        for (key, value) in &self.extra {
            object.entry(key.clone()).or_insert_with(|| value.clone());
        }
        Value::Object(object)
    }
}

/// Whole milliseconds as an integer, others with their decimals.
fn millis(at: At) -> Value {
    let micros = u64::try_from(at.since_start().as_micros()).unwrap_or(u64::MAX);
    if micros % 1000 == 0 {
        return json!(micros / 1000);
    }
    // The text of a moment is a JSON number.
    serde_json::from_str(&at.to_string()).unwrap_or(Value::Null)
}

/// The members of an object.
fn members(object: impl Serialize) -> Map<String, Value> {
    let members = match serde_json::to_value(object) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    };
    members.invariant("a struct is written as an object")
}
