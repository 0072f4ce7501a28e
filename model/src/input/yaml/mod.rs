//! YAML with a way back from every value to its line.
//!
//! The one module that knows `serde_yaml`. That library gives line and column for the errors that
//! it finds itself, but not for a value that it accepts and we refuse. So [`Document::parse`] reads
//! a text into a tree whose nodes are numbered in the order of the text, and [`Document::position`]
//! reads the text again up to the node with that number and stops there with an error of our own,
//! which the library then locates.
//!
//! A text may be hostile: its size, its depth and the number of values after aliases are expanded
//! are all bounded.

mod json;
mod read;

use std::cell::Cell;
use std::collections::{BTreeMap, btree_map};
use std::fmt;

use self::read::{first_too_deep, position_of, refused, walk};
use crate::input::located::{Position, Refused};
use crate::input::names;

/// The longest text that is read, in bytes.
pub const LONGEST_TEXT_BYTES: usize = 1 << 17;

/// The most values that a text may hold once its aliases are expanded.
pub const MOST_NODES: usize = 200_000;

/// The most collections that may be open inside each other.
pub const DEEPEST_NESTING: usize = 100;

/// A text that is not acceptable YAML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    /// The text is longer than [`LONGEST_TEXT_BYTES`].
    #[error("the text is longer than {LONGEST_TEXT_BYTES} bytes, which is the most that is read")]
    TooLong,
    /// A mapping has a key twice.
    #[error("duplicate key `{key}`{}", first.map(|at| format!(", first at {at}")).unwrap_or_default())]
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it is first.
        first: Option<Position>,
    },
    /// There is a second document.
    #[error("a second document begins here; a file holds one")]
    SecondDocument,
    /// Collections are nested too deeply.
    #[error("collections are nested more than {DEEPEST_NESTING} deep; nothing here needs that")]
    TooDeep,
    /// The text can not be read as YAML, or holds what this project does not use.
    #[error("not readable as YAML: {0}")]
    Syntax(String),
    /// The text can not be read as JSON.
    #[error("not readable as JSON: {0}")]
    Json(String),
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

impl Node {
    /// The value of a key, where this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.value.get(key)
    }

    /// The items of a list; of anything else, the node itself as the only item.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Sequence(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
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
    /// Keys and values, in the order of the text, duplicate keys included.
    Mapping(Vec<Entry>),
}

/// One key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The number of the key.
    pub id: NodeId,
    /// The key; a key that is not text is written as text.
    pub key: String,
    /// The value.
    pub value: Node,
}

/// A description of a value for messages: `` the text `x` ``, `a list`, `the number 3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// Text, as much of it as fits a message.
    Text(String),
    /// A list.
    List,
    /// A mapping.
    Mapping,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Bool(value) => write!(f, "`{value}`"),
            Self::Number(number) => write!(f, "the number {number}"),
            Self::Text(text) => write!(f, "the text `{text}`"),
            Self::List => f.write_str("a list"),
            Self::Mapping => f.write_str("a mapping"),
        }
    }
}

impl Value {
    /// The description of the value for messages.
    #[must_use]
    pub fn describe(&self) -> Found {
        match self {
            Self::Null => Found::Null,
            Self::Bool(value) => Found::Bool(*value),
            Self::Integer(value) => Found::Number(value.to_string()),
            Self::Float(value) => Found::Number(format!("{value:?}")),
            Self::String(text) => Found::Text(names::shorten(text)),
            Self::Sequence(_) => Found::List,
            Self::Mapping(_) => Found::Mapping,
        }
    }

    /// The value of a key, where this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Self::Mapping(entries) = self else {
            return None;
        };
        let entry = entries.iter().find(|entry| entry.key == key);
        entry.map(|entry| &entry.value)
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
    /// or can not be read as YAML; with the place, as far as it is known.
    pub fn parse(file: &str, text: &'t str) -> Result<Self, Refused<YamlError>> {
        // A byte order mark is not part of the text.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
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

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The place of a node. This reads the text again, so call it only for places that are shown.
    #[must_use]
    pub fn position(&self, node: NodeId) -> Option<Position> {
        let next = Cell::new(0);
        let error = walk(self.text, &next, Some(node.0)).err()?;
        position_of(self.text, &error)
    }

    /// Every duplicate key, in the order of the text: its node, and the problem.
    pub fn duplicate_keys(&self) -> impl Iterator<Item = (NodeId, YamlError)> {
        let mut found = Vec::new();
        find_duplicate_keys(&self.root, &mut found);
        found.into_iter().map(|(entry, first)| {
            let key = names::shorten(&entry.key);
            let first = self.position(first);
            (entry.id, YamlError::DuplicateKey { key, first })
        })
    }
}

/// Each entry with a duplicate key, with the node of the first such key.
fn find_duplicate_keys<'n>(node: &'n Node, found: &mut Vec<(&'n Entry, NodeId)>) {
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|n| find_duplicate_keys(n, found)),
        Value::Mapping(entries) => {
            let mut seen = BTreeMap::new();
            for entry in entries {
                match seen.entry(entry.key.as_str()) {
                    btree_map::Entry::Vacant(place) => _ = place.insert(entry.id),
                    btree_map::Entry::Occupied(first) => found.push((entry, *first.get())),
                }
                find_duplicate_keys(&entry.value, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::read::SHORT_TEXT_BYTES;
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
    fn a_byte_order_mark_moves_no_column() {
        let text = format!("\u{feff}{TEXT}");
        let mut found = Vec::new();
        let document = Document::parse("x.yaml", &text).unwrap();
        places(&document, document.root(), &mut found);
        assert_eq!(found[..2], ["title@1:1", "the text `A`@1:8"]);
        let refused = Document::parse("x.yaml", "\u{feff}a: [}\n").unwrap_err();
        let without = Document::parse("x.yaml", "a: [}\n").unwrap_err();
        assert_eq!(refused, without);
    }

    #[test]
    fn duplicate_keys_are_found_at_every_depth() {
        let text = "a: 1\nb: [{c: 1, d: 2, c: 3}]\na: {e: 1, e: 2}\na: 4\n";
        let document = Document::parse("x.yaml", text).unwrap();
        let found: Vec<String> = document
            .duplicate_keys()
            .map(|(id, problem)| format!("{}: {problem}", document.position(id).unwrap()))
            .collect();
        assert_eq!(
            found,
            [
                "2:18: duplicate key `c`, first at 2:6",
                "3:1: duplicate key `a`, first at 1:1",
                "3:11: duplicate key `e`, first at 3:5",
                "4:1: duplicate key `a`, first at 1:1",
            ]
        );
    }

    #[test]
    fn the_limit_of_nesting_is_the_same_for_short_and_for_long_texts() {
        let nested = |depth: usize, padding: usize| {
            let text = "[".repeat(depth) + &"]".repeat(depth) + &" ".repeat(padding);
            Document::parse("x.yaml", &text).map(|_| ())
        };
        for padding in [0, SHORT_TEXT_BYTES] {
            assert_eq!(nested(DEEPEST_NESTING, padding), Ok(()));
            let refused = nested(DEEPEST_NESTING + 1, padding).unwrap_err();
            assert_eq!(refused.problems[0].problem, YamlError::TooDeep);
            let place = refused.problems[0].position.unwrap();
            assert_eq!((place.line, place.column), (1, DEEPEST_NESTING + 1));
        }
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
