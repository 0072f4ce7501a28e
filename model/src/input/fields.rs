//! Reading a YAML mapping by its keys, collecting every problem instead of stopping at the first.

use crate::input::located::{Located, Position, Refused};
use crate::input::names::{self, Suggestion};
use crate::input::yaml::{Document, Entry, Found, Node, NodeId, Value, YamlError};

/// The most problems of one file that are shown.
const MOST_PROBLEMS: usize = 50;

/// A value of the wrong shape, whatever it means.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// The value is something else.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What was expected.
        expected: String,
        /// What was found.
        found: Found,
    },
    /// A key is not there.
    #[error("the key `{key}` is missing")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// The format does not have the key here.
    #[error("unknown key `{key}`{suggestion} (known here: {})", known.join(", "))]
    Unknown {
        /// The key.
        key: String,
        /// The nearest known one.
        suggestion: Suggestion,
        /// All known ones.
        known: Vec<&'static str>,
    },
    /// The format does not have the word here.
    #[error("there is no {kind} `{found}`{suggestion} (known: {})", known.join(", "))]
    Word {
        /// What kind of thing was expected.
        kind: &'static str,
        /// What was read.
        found: String,
        /// The nearest known one.
        suggestion: Suggestion,
        /// All known ones.
        known: Vec<&'static str>,
    },
    /// A text holds control characters.
    #[error("the text holds a control character, U+{code:04X}")]
    Control {
        /// The first of them.
        code: u32,
    },
}

impl ShapeError {
    /// The problem of a value that is not as expected.
    #[must_use]
    pub fn expected(expected: &str, found: &Value) -> Self {
        Self::Expected {
            expected: expected.to_owned(),
            found: found.describe(),
        }
    }

    /// The problem of an unknown word.
    #[must_use]
    pub fn word(kind: &'static str, found: &str, known: Vec<&'static str>) -> Self {
        Self::Word {
            kind,
            found: names::shorten(found),
            suggestion: names::nearest(found, known.iter().copied()),
            known,
        }
    }
}

/// The problems found in a document so far, each with the node it concerns.
#[derive(Debug, Clone)]
pub struct Problems<E> {
    found: Vec<(NodeId, E)>,
}

impl<E> Default for Problems<E> {
    fn default() -> Self {
        Self { found: Vec::new() }
    }
}

impl<E> Problems<E> {
    /// Notes a problem.
    pub fn add(&mut self, node: NodeId, problem: impl Into<E>) {
        self.found.push((node, problem.into()));
    }

    /// Keeps the value of a success, and notes the problem of a failure.
    pub fn keep<T, F: Into<E>>(&mut self, node: NodeId, result: Result<T, F>) -> Option<T> {
        result.map_err(|problem| self.add(node, problem)).ok()
    }

    /// The value, if there is no problem and no mapping has a duplicate key; else the refusal of
    /// the whole text, with every problem in the order of the text.
    ///
    /// # Errors
    ///
    /// When a problem was noted, or there is no value; a missing value always comes with a problem.
    pub fn finish<T>(
        mut self,
        file: &str,
        document: &Document<'_>,
        value: Option<T>,
    ) -> Result<T, Refused<E>>
    where
        E: From<YamlError>,
    {
        for (node, problem) in document.duplicate_keys().take(MOST_PROBLEMS) {
            self.add(node, problem);
        }
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => {
                let problems = self.located(|node| document.position(node));
                Err(Refused {
                    file: file.to_owned(),
                    problems,
                })
            }
        }
    }

    /// The first problems in the order of the text, with their places.
    pub fn located(mut self, position: impl Fn(NodeId) -> Option<Position>) -> Vec<Located<E>> {
        self.found.sort_by_key(|(node, _)| *node);
        let found = self.found.into_iter().take(MOST_PROBLEMS);
        let located = found.map(|(node, problem)| Located {
            position: position(node),
            problem,
        });
        located.collect()
    }

    /// Whether there is no problem so far.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// The entries of a mapping, taken out key by key.
#[derive(Debug)]
pub struct Fields<'d> {
    /// The node of the mapping.
    pub id: NodeId,
    entries: &'d [Entry],
    known: Vec<&'static str>,
    /// Keys with a problem that was noted already.
    passed_over: Vec<&'static str>,
}

impl<'d> Fields<'d> {
    /// The entries of `node`; a problem if it is not a mapping.
    pub fn of<E: From<ShapeError>>(
        node: &'d Node,
        expected: &str,
        problems: &mut Problems<E>,
    ) -> Option<Self> {
        let Value::Mapping(entries) = &node.value else {
            problems.add(node.id, ShapeError::expected(expected, &node.value));
            return None;
        };
        Some(Self {
            id: node.id,
            entries,
            // More than most tables have.
            known: Vec::with_capacity(16),
            passed_over: Vec::new(),
        })
    }

    /// All entries, in the order of the text.
    #[must_use]
    pub const fn entries(&self) -> &'d [Entry] {
        self.entries
    }

    /// The value of a key, if it is there. The key counts as known from now on.
    pub fn optional(&mut self, key: &'static str) -> Option<&'d Node> {
        self.known.push(key);
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    /// Accepts a key without listing it among the known ones: a problem was noted already.
    pub fn pass_over(&mut self, key: &'static str) {
        self.passed_over.push(key);
    }

    /// The value of a key; a problem if it is not there.
    pub fn required<E: From<ShapeError>>(
        &mut self,
        key: &'static str,
        problems: &mut Problems<E>,
    ) -> Option<&'d Node> {
        let value = self.optional(key);
        if value.is_none() {
            problems.add(self.id, ShapeError::Missing { key });
        }
        value
    }

    /// Notes a problem for every key that was not read.
    pub fn reject_unknown<E: From<ShapeError>>(self, problems: &mut Problems<E>) {
        for entry in self.others() {
            let suggestion = names::nearest(&entry.key, self.known.iter().copied());
            let (key, known) = (names::shorten(&entry.key), self.known.clone());
            problems.add(
                entry.id,
                ShapeError::Unknown {
                    key,
                    suggestion,
                    known,
                },
            );
        }
    }

    /// The entries whose keys were not read.
    pub fn others(&self) -> impl Iterator<Item = &'d Entry> {
        self.entries.iter().filter(|entry| {
            let key = entry.key.as_str();
            !self.known.contains(&key) && !self.passed_over.contains(&key)
        })
    }
}

/// The text of a node; a problem if it is something else.
pub fn text<'d, E: From<ShapeError>>(
    node: &'d Node,
    expected: &str,
    problems: &mut Problems<E>,
) -> Option<&'d str> {
    let Some(text) = node.value.as_str() else {
        problems.add(node.id, ShapeError::expected(expected, &node.value));
        return None;
    };
    is_text(node.id, text, problems).then_some(text)
}

/// Whether a text, or a key, holds no control characters; a problem if it does.
pub fn is_text<E: From<ShapeError>>(node: NodeId, text: &str, problems: &mut Problems<E>) -> bool {
    let is_control = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
    let control = text.chars().find(is_control).map(u32::from);
    if let Some(code) = control {
        problems.add(node, ShapeError::Control { code });
    }
    control.is_none()
}

/// The whole number that a value is: `3`, and also `3.0`, which is the same number in JSON.
#[must_use]
pub fn whole(value: &Value) -> Option<i128> {
    // An `i128` holds every whole number that a format has.
    const LARGEST: f64 = 1e30;
    match *value {
        Value::Integer(number) => Some(number),
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and in range")]
        Value::Float(number) if number.fract() == 0.0 && number.abs() <= LARGEST => {
            Some(number as i128)
        }
        _ => None,
    }
}

/// The truth value of a node; a problem if it is something else.
pub fn boolean<E: From<ShapeError>>(node: &Node, problems: &mut Problems<E>) -> Option<bool> {
    if let Value::Bool(value) = node.value {
        return Some(value);
    }
    problems.add(
        node.id,
        ShapeError::expected("`true` or `false`", &node.value),
    );
    None
}

/// The items of a list; a problem if it is something else.
pub fn list<'d, E: From<ShapeError>>(
    node: &'d Node,
    expected: &str,
    problems: &mut Problems<E>,
) -> Option<&'d [Node]> {
    if let Value::Sequence(items) = &node.value {
        return Some(items);
    }
    problems.add(node.id, ShapeError::expected(expected, &node.value));
    None
}
