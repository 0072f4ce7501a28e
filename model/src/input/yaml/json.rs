//! JSON, which is YAML: the same tree, read by a parser made for it.

use serde_json::{Map, Number, Value as Json};

use super::read::{DUPLICATE_KEY, walk_json};
use super::{Node, Value, YamlError};
use crate::input::located::Position;
use crate::input::names;

impl Node {
    /// Reads a text of JSON that has no duplicate keys. Its nodes have the numbers that
    /// [`Document::parse`](super::Document::parse) gives them.
    ///
    /// # Errors
    ///
    /// If the text is not JSON: the reason, with the column, from 1, in bytes.
    pub fn from_json(text: &str) -> Result<Self, (usize, YamlError)> {
        walk_json(text).map_err(|error| {
            let (position, message) = Position::of_json(&error, 1);
            let problem = match message.strip_prefix(DUPLICATE_KEY) {
                Some(key) => YamlError::DuplicateKey {
                    key: names::shorten(key),
                    first: None,
                },
                None => YamlError::Json(message),
            };
            (position.column, problem)
        })
    }
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Integer(number) => Number::from_i128(*number).map_or(Self::Null, Self::Number),
            Value::Float(number) => Number::from_f64(*number).map_or(Self::Null, Self::Number),
            Value::String(text) => Self::String(text.clone()),
            Value::Sequence(items) => items.iter().map(|item| Self::from(&item.value)).collect(),
            Value::Mapping(entries) => {
                let entry = |entry: &super::Entry| (entry.key.clone(), (&entry.value.value).into());
                Self::Object(entries.iter().map(entry).collect::<Map<_, _>>())
            }
        }
    }
}
