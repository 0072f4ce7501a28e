//! From a text to its tree by `serde_yaml`, and from that library's errors to ours.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, Visitor};

use super::{DEEPEST_NESTING, Entry, MOST_NODES, Node, NodeId, Value, YamlError};
use crate::input::located::{Position, Refused};

/// The longest text, in bytes, that is read without a check of its nesting first.
pub(super) const SHORT_TEXT_BYTES: usize = 1 << 16;

/// Reads a text, failing at the node with the number `stop_at` if one is given.
pub(super) fn walk(
    text: &str,
    next: &Cell<usize>,
    stop_at: Option<usize>,
) -> Result<Node, serde_yaml::Error> {
    let seed = NodeSeed {
        next,
        stop_at,
        syntax: Syntax::Yaml,
        key: false,
        depth: 0,
    };
    seed.deserialize(serde_yaml::Deserializer::from_str(text))
}

/// Reads a text of JSON. Its length bounds it, and the library its depth.
pub(super) fn walk_json(text: &str) -> Result<Node, serde_json::Error> {
    let seed = NodeSeed {
        next: &Cell::new(0),
        stop_at: None,
        syntax: Syntax::Json,
        key: false,
        depth: 0,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let node = seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(node)
}

/// Where the library found an error.
pub(super) fn position_of(text: &str, error: &serde_yaml::Error) -> Option<Position> {
    // Its lines end where YAML 1.1 ends them, at characters that no editor breaks a line at; so the
    // place is counted from the index, which is in characters.
    let index = error.location()?.index();
    let before = text.char_indices().nth(index).map(|(byte, _)| byte);
    // A value that is not there has no place of its own: the library then points past the end.
    let shown = text.get(..before.unwrap_or(text.trim_end().len()))?;
    Some(Position::behind(shown))
}

/// The library's error with its place, which it gives in more than one way.
pub(super) fn refused(file: &str, text: &str, error: &serde_yaml::Error) -> Refused<YamlError> {
    let message = error.to_string();
    if message.contains("more than one document") {
        let position = second_document(text);
        return Refused::one(file, position, YamlError::SecondDocument);
    }
    if message.contains(TOO_DEEP) || message.contains("recursion limit exceeded") {
        return Refused::one(file, position_of(text, error), YamlError::TooDeep);
    }
    // An error of the scanner has an index in bytes, and no location.
    if let Some((what, index)) = message.rsplit_once(" at position ")
        && let Ok(index) = index.parse::<usize>()
    {
        let before = text.get(..index).unwrap_or_default();
        let problem = YamlError::Syntax(what.to_owned());
        return Refused::one(file, Some(Position::behind(before)), problem);
    }
    // The library ends its message with the location, which is shown in front instead.
    let what = message
        .rfind(" at line ")
        .map_or(message.as_str(), |at| &message[..at]);
    let problem = YamlError::Syntax(what.to_owned());
    Refused::one(file, position_of(text, error), problem)
}

/// The first value of a second document.
fn second_document(text: &str) -> Option<Position> {
    let second = serde_yaml::Deserializer::from_str(text).nth(1)?;
    let seed = NodeSeed {
        next: &Cell::new(0),
        stop_at: Some(0),
        syntax: Syntax::Yaml,
        key: false,
        depth: 0,
    };
    position_of(text, &seed.deserialize(second).err()?)
}

/// Where collections are first nested deeper than [`DEEPEST_NESTING`], judged by the text alone.
///
/// The library has a limit of its own, but reaches it only after work that grows with the square of
/// the depth, which matters for a long text. This counts the brackets and the dashes that lead a
/// line. It also counts those in quotes and comments, of which no text has so many.
pub(super) fn first_too_deep(text: &str) -> Option<Position> {
    if text.len() <= SHORT_TEXT_BYTES {
        return None;
    }
    let mut open = 0_usize;
    for (index, line) in text.lines().enumerate() {
        let mut dashes = 0_usize;
        let mut leading = true;
        for (column, character) in line.chars().enumerate() {
            match character {
                '[' | '{' => open += 1,
                ']' | '}' => open = open.saturating_sub(1),
                '-' | '?' | ':' if leading => dashes += 1,
                _ => {}
            }
            leading &= matches!(character, '-' | '?' | ':' | ' ' | '\t');
            if open > DEEPEST_NESTING || dashes > DEEPEST_NESTING {
                return Some(Position {
                    line: index + 1,
                    column: column + 1,
                });
            }
        }
    }
    None
}

/// The message of our own error by which [`refused`] knows that collections are nested too deeply.
const TOO_DEEP: &str = "nested too deeply";

/// The beginning of the message of our own error for a duplicate key in an object of JSON.
pub(super) const DUPLICATE_KEY: &str = "duplicate key ";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Yaml,
    Json,
}

#[derive(Clone, Copy)]
struct NodeSeed<'c> {
    next: &'c Cell<usize>,
    stop_at: Option<usize>,
    syntax: Syntax,
    /// Whether a key is read. A key must be text.
    key: bool,
    /// How many collections are open around the node.
    depth: usize,
}

impl NodeSeed<'_> {
    fn number<E: de::Error>(self) -> Result<NodeId, E> {
        let id = self.next.get();
        if self.stop_at == Some(id) {
            return Err(E::custom("here"));
        }
        if self.syntax == Syntax::Yaml && id >= MOST_NODES {
            return Err(E::custom(format_args!(
                "more than {MOST_NODES} values, aliases expanded"
            )));
        }
        self.next.set(id + 1);
        Ok(NodeId(id))
    }

    /// The number of a collection, and what reads its items.
    fn collection<E: de::Error>(self) -> Result<(NodeId, Self), E> {
        if self.key {
            return Err(E::custom("a key must be text"));
        }
        if self.syntax == Syntax::Yaml && self.depth == DEEPEST_NESTING {
            return Err(E::custom(TOO_DEEP));
        }
        let depth = self.depth + 1;
        Ok((self.number()?, Self { depth, ..self }))
    }

    fn scalar<E: de::Error>(self, value: Value) -> Result<Node, E> {
        Ok(Node {
            id: self.number()?,
            value,
        })
    }
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value without a tag")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        self.scalar(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        self.scalar(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        self.scalar(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        self.scalar(Value::Integer(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        self.scalar(Value::Integer(value.into()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Node, E> {
        self.scalar(Value::Integer(value))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Node, E> {
        #[expect(clippy::cast_precision_loss, reason = "nothing here counts so far")]
        let number = i128::try_from(value).map_or(Value::Float(value as f64), Value::Integer);
        self.scalar(number)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Node, A::Error> {
        Err(de::Error::custom("tags, such as `!x`, mean nothing here"))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        self.scalar(Value::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        self.scalar(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let (id, inside) = self.collection()?;
        let mut nodes = Vec::new();
        while let Some(node) = sequence.next_element_seed(inside)? {
            nodes.push(node);
        }
        Ok(Node {
            id,
            value: Value::Sequence(nodes),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut mapping: A) -> Result<Node, A::Error> {
        let (id, inside) = self.collection()?;
        let mut entries = Vec::new();
        let mut keys = KeysSoFar::default();
        let of_keys = Self {
            key: true,
            ..inside
        };
        while let Some(key) = mapping.next_key_seed(of_keys)? {
            let text = match key.value {
                Value::String(text) => text,
                Value::Bool(value) => value.to_string(),
                Value::Integer(value) => value.to_string(),
                Value::Float(value) => value.to_string(),
                Value::Null => "null".to_owned(),
                Value::Sequence(_) | Value::Mapping(_) => {
                    return Err(de::Error::custom("a key must be text"));
                }
            };
            if self.syntax == Syntax::Json && keys.holds(&entries, &text) {
                return Err(de::Error::custom(format_args!("{DUPLICATE_KEY}{text}")));
            }
            let value = mapping.next_value_seed(inside)?;
            entries.push(Entry {
                id: key.id,
                key: text,
                value,
            });
        }
        Ok(Node {
            id,
            value: Value::Mapping(entries),
        })
    }
}

/// The keys of an object that is being read.
#[derive(Default)]
struct KeysSoFar(HashSet<String>);

impl KeysSoFar {
    /// Whether an object of these entries has a key. A few keys are compared faster than hashed.
    fn holds(&mut self, entries: &[Entry], key: &str) -> bool {
        const FEW: usize = 32;
        if entries.len() < FEW {
            return entries.iter().any(|entry| entry.key == key);
        }
        if self.0.is_empty() {
            self.0.extend(entries.iter().map(|entry| entry.key.clone()));
        }
        !self.0.insert(key.to_owned())
    }
}
