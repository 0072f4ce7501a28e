//! The problems of a trace.

use super::{LONGEST_LINE_BYTES, LONGEST_TRACE_BYTES};
use crate::input::fields::ShapeError;
use crate::input::names;
use crate::input::yaml::{Found, YamlError};
use crate::trace::At;

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
    /// The bytes are not UTF-8.
    #[error("expected UTF-8, found other bytes")]
    NotUtf8,
    /// The text is empty.
    #[error("expected the header, such as `{{\"trace\": 1, …}}`, found nothing")]
    Empty,
    /// A line is not JSON, or an object of it has a key twice.
    #[error(transparent)]
    Json(#[from] YamlError),
    /// A line is empty.
    #[error("expected an entry, found an empty line")]
    EmptyLine,
    /// The first line is not a header.
    #[error(
        "expected the header, an object with the key `trace`, found an entry or something else"
    )]
    NoHeader,
    /// A value has the wrong shape.
    #[error("expected {expected}, found {}", in_json(found))]
    Expected {
        /// What was expected.
        expected: String,
        /// What was found.
        found: Found,
    },
    /// An object has a key that the format does not have.
    #[error("unknown key `{found}`{suggestion} (there are {})", known.join(", "))]
    UnknownKey {
        /// What was read.
        found: String,
        /// The nearest known one.
        suggestion: names::Suggestion,
        /// The known keys.
        known: Vec<&'static str>,
    },
    /// A key is not there, or a value has the wrong shape in another way.
    #[error(transparent)]
    Shape(ShapeError),
    /// The format has another version.
    #[error("this reads version 1 of the format, found {}", in_json(found))]
    Version {
        /// What was read.
        found: Found,
    },
    /// The format does not have the word here.
    #[error("expected one of `{}`, found {}{suggestion}", words.join("`, `"), in_json(found))]
    Choice {
        /// What was read.
        found: Found,
        /// The nearest known word.
        suggestion: names::Suggestion,
        /// The known words.
        words: Vec<&'static str>,
    },
    /// Two transports of one list have the same id.
    #[error("duplicate transport `{0}`")]
    DuplicateTransport(String),
    /// An entry names a peer that the header does not declare.
    #[error("the header declares no peer `{found}`{} (it has {known})", suggestion)]
    UnknownPeer {
        /// What was read.
        found: String,
        /// The nearest declared one.
        suggestion: names::Suggestion,
        /// The declared ones.
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
    /// An entry does not have exactly one of the keys that say what it reports.
    #[error("expected exactly one of `action`, `event`, `sample`, `note`, found {found}")]
    NotOneThing {
        /// Those that it has.
        found: String,
    },
    /// Two peers have the same name.
    #[error("duplicate peer `{0}`")]
    DuplicatePeer(String),
}

impl From<ShapeError> for TraceError {
    fn from(error: ShapeError) -> Self {
        match error {
            ShapeError::Expected { expected, found } => Self::Expected { expected, found },
            ShapeError::Unknown {
                key,
                suggestion,
                known,
            } => Self::UnknownKey {
                found: key,
                suggestion,
                known,
            },
            other => Self::Shape(other),
        }
    }
}

/// What a value is, in the words of JSON.
fn in_json(found: &Found) -> String {
    match found {
        Found::Null => "null".to_owned(),
        Found::Text(text) => format!("`{text}`"),
        Found::Mapping => "an object".to_owned(),
        other => other.to_string(),
    }
}
