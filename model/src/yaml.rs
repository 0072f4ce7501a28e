//! YAML with a way back from every value to its line.
//!
//! The one module that knows `serde_yaml`. That library tells line and column for the errors it
//! finds itself, but not for a value that was read well and means nothing. So [`Document::parse`]
//! reads a text into a tree whose nodes are numbered in the order of the text, and
//! [`Document::position`] reads the text again up to the node with that number and stops there
//! with an error of our own, which the library then locates.
//!
//! What is read may be hostile: size, depth and the number of values after aliases are expanded
//! are all bounded.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::located::{Position, Refused};
use crate::names;

/// The longest text that is read, in bytes.
pub const LONGEST_TEXT_BYTES: usize = 1 << 17;

/// How long a text may be that is read without a look at its nesting first, in bytes.
const SHORT_TEXT_BYTES: usize = 1 << 16;

/// The most values that a text may hold once its aliases are expanded.
const MOST_NODES: usize = 200_000;

/// The most collections that may be open inside each other.
const DEEPEST_NESTING: usize = 100;

/// A text that is no acceptable YAML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    /// The text is longer than [`LONGEST_TEXT_BYTES`].
    #[error("the text is longer than {LONGEST_TEXT_BYTES} bytes, which is the most that is read")]
    TooLong,
    /// The bytes are no UTF-8.
    #[error("expected UTF-8, found other bytes")]
    NotUtf8,
    /// There is a second document.
    #[error("a second document begins here; a file holds one")]
    SecondDocument,
    /// Collections are nested too deeply.
    #[error("collections are nested more than {DEEPEST_NESTING} deep; nothing here needs that")]
    TooDeep,
    /// The text is no YAML, or holds what this project does not use.
    #[error("not readable as YAML: {0}")]
    Syntax(String),
}

/// The number of a node in its document, in the order of the text; keys are nodes too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

/// A value and its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The number.
    pub id: NodeId,
    /// The value.
    pub value: Value,
}

/// A value, as YAML's core schema types it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in the order of the text; a key may stand twice.
    Mapping(Vec<Entry>),
}

/// One key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The number of the key.
    pub id: NodeId,
    /// The key; a key that is no text is written as text.
    pub key: String,
    /// The value.
    pub value: Node,
}

impl Value {
    /// What the value is, for messages: `` the text `x` ``, `a list`, `the number 3`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Bool(value) => format!("`{value}`"),
            Self::Integer(value) => format!("the number {value}"),
            Self::Float(value) => format!("the number {value:?}"),
            Self::String(text) => format!("the text `{}`", names::shorten(text)),
            Self::Sequence(_) => "a list".to_owned(),
            Self::Mapping(_) => "a mapping".to_owned(),
        }
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

/// A text and the tree that was read from it.
#[derive(Debug, Clone)]
pub struct Document<'t> {
    text: &'t str,
    root: Node,
}

impl<'t> Document<'t> {
    /// Reads a text of exactly one YAML document.
    ///
    /// # Errors
    ///
    /// When the text is too long, too deep, holds too many values once its aliases are expanded,
    /// or is no YAML; with the place, as far as it is known.
    pub fn parse(file: &str, text: &'t str) -> Result<Self, Refused<YamlError>> {
        if text.len() > LONGEST_TEXT_BYTES {
            return Err(Refused::one(file, None, YamlError::TooLong));
        }
        if let Some(position) = first_too_deep(text) {
            return Err(Refused::one(file, Some(position), YamlError::TooDeep));
        }
        let next = Cell::new(0);
        match walk(text, &next, None) {
            Ok(root) => Ok(Self { text, root }),
            Err(error) => Err(refused(file, text, &error)),
        }
    }

    /// Reads bytes as [`parse`](Self::parse) reads text.
    ///
    /// # Errors
    ///
    /// When they are no UTF-8, with the place of the first that is not.
    pub fn text(file: &str, bytes: &'t [u8]) -> Result<&'t str, Refused<YamlError>> {
        std::str::from_utf8(bytes).map_err(|error| {
            let position = Position::of_bytes(bytes, &error);
            Refused::one(file, Some(position), YamlError::NotUtf8)
        })
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Where a node stands. Reads the text again, so ask only for what will be shown.
    #[must_use]
    pub fn position(&self, node: NodeId) -> Option<Position> {
        let next = Cell::new(0);
        let error = walk(self.text, &next, Some(node.0)).err()?;
        position_of(self.text, &error)
    }
}

/// Reads a text, failing at the node with the number `stop_at` if one is given.
fn walk(text: &str, next: &Cell<usize>, stop_at: Option<usize>) -> Result<Node, serde_yaml::Error> {
    let key = false;
    NodeSeed { next, stop_at, key }.deserialize(serde_yaml::Deserializer::from_str(text))
}

/// Where the library found an error.
fn position_of(text: &str, error: &serde_yaml::Error) -> Option<Position> {
    // Its lines end where YAML 1.1 ends them, at characters that no editor breaks a line at; so the
    // place is counted from the index, which is in characters and leaves out a byte order mark.
    let index = error.location()?.index();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let before = text.char_indices().nth(index).map(|(byte, _)| byte);
    // A value that is not there has no place of its own: the library then points past the end.
    let shown = text.get(..before.unwrap_or(text.trim_end().len()))?;
    Some(Position::behind(shown))
}

/// The library's error with its place, which it tells in more than one way.
fn refused(file: &str, text: &str, error: &serde_yaml::Error) -> Refused<YamlError> {
    let message = error.to_string();
    if message.contains("more than one document") {
        let position = second_document(text);
        return Refused::one(file, position, YamlError::SecondDocument);
    }
    // What the scanner refuses has an index in bytes, and no location.
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
        key: false,
    };
    position_of(text, &seed.deserialize(second).err()?)
}

/// Where collections are first nested deeper than [`DEEPEST_NESTING`], judged by the text alone.
///
/// The library has a limit of its own, but reaches it only after work that grows with the square
/// of the depth, which matters for a long text. This looks at the brackets and at the dashes that
/// lead a line, those in quotes and comments among them, which no text has in such numbers.
fn first_too_deep(text: &str) -> Option<Position> {
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

#[derive(Clone, Copy)]
struct NodeSeed<'c> {
    next: &'c Cell<usize>,
    stop_at: Option<usize>,
    /// Whether a key is read, which must be text.
    key: bool,
}

impl NodeSeed<'_> {
    fn number<E: de::Error>(self) -> Result<NodeId, E> {
        let id = self.next.get();
        if self.stop_at == Some(id) {
            return Err(E::custom("here"));
        }
        if id >= MOST_NODES {
            return Err(E::custom(format_args!(
                "more than {MOST_NODES} values, aliases expanded"
            )));
        }
        self.next.set(id + 1);
        Ok(NodeId(id))
    }

    fn collection<E: de::Error>(self) -> Result<NodeId, E> {
        if self.key {
            return Err(E::custom("a key must be text"));
        }
        self.number()
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

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        self.scalar(Value::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        self.scalar(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let id = self.collection()?;
        let mut nodes = Vec::new();
        while let Some(node) = sequence.next_element_seed(self)? {
            nodes.push(node);
        }
        Ok(Node {
            id,
            value: Value::Sequence(nodes),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut mapping: A) -> Result<Node, A::Error> {
        let id = self.collection()?;
        let mut entries = Vec::new();
        let of_keys = Self { key: true, ..self };
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
            let value = mapping.next_value_seed(self)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "title: A\nsteps:\n  - alice: close\n  - wait: 5s\npeers: {bob: {}}\n";

    /// Every key and scalar of `node` as `text@line:column`, in order.
    fn places(document: &Document<'_>, node: &Node, out: &mut Vec<String>) {
        let at = |id| {
            document
                .position(id)
                .map_or("-".to_owned(), |p| p.to_string())
        };
        match &node.value {
            Value::Sequence(nodes) => nodes.iter().for_each(|n| places(document, n, out)),
            Value::Mapping(entries) => {
                for entry in entries {
                    out.push(format!("{}@{}", entry.key, at(entry.id)));
                    places(document, &entry.value, out);
                }
            }
            scalar => out.push(format!("{}@{}", scalar.describe(), at(node.id))),
        }
    }

    #[test]
    fn every_node_is_found_again() {
        let document = Document::parse("x.yaml", TEXT).unwrap();
        let mut found = Vec::new();
        places(&document, document.root(), &mut found);
        assert_eq!(
            found,
            [
                "title@1:1",
                "the text `A`@1:8",
                "steps@2:1",
                "alice@3:5",
                "the text `close`@3:12",
                "wait@4:5",
                "the text `5s`@4:11",
                "peers@5:1",
                "bob@5:9"
            ]
        );
    }

    #[test]
    fn nothing_at_all_is_null() {
        for text in ["", "\n", "# only a comment\n", "~"] {
            assert_eq!(
                Document::parse("x.yaml", text).unwrap().root().value,
                Value::Null
            );
        }
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let refused = Document::parse("x.yaml", "a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
        assert!(refused.to_string().starts_with("x.yaml:"), "{refused}");
        assert!(refused.problems[0].position.is_some());
    }

    // Without the bounds above, these texts would keep this test busy for minutes.
    #[test]
    fn hostile_texts_are_refused() {
        let aliases = (0..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
            let m = n + 1;
            text + &format!("a{m}: &a{m} [*a{n}, *a{n}, *a{n}, *a{n}, *a{n}]\n")
        });
        let hostile = [
            "[".repeat(LONGEST_TEXT_BYTES),
            "{a: ".repeat(LONGEST_TEXT_BYTES / 4),
            "- ".repeat(LONGEST_TEXT_BYTES / 2),
            "? ".repeat(LONGEST_TEXT_BYTES / 2),
            (0..1400)
                .map(|n| format!("{}a:\n", " ".repeat(n)))
                .collect(),
            "\u{0}".to_owned(),
            "a: \u{0}".to_owned(),
            "x".repeat(LONGEST_TEXT_BYTES + 1),
            "a: !tag b".to_owned(),
            "--- a\n--- b\n".to_owned(),
            aliases,
        ];
        for text in &hostile {
            assert!(
                Document::parse("x.yaml", text).is_err(),
                "{}",
                names::shorten(text)
            );
        }
    }
}
