//! Why a file could not be read as a trace or a dump.

use std::fmt;

use peerstate_model::input::located::{Located, Position};
use peerstate_model::input::names;
use peerstate_model::trace::{LONGEST_TRACE_BYTES, TraceError};
use serde_json::Value;

/// One problem of a recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// The file is a trace, with this problem.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// It begins like a gzip file and can not be unpacked.
    #[error("the gzip file is damaged or incomplete ({0}); save or download it again")]
    Gzip(String),
    /// It is too long once it is unpacked.
    #[error(
        "the file unpacks to more than {LONGEST_TRACE_BYTES} bytes, which is the most that is read; \
         record less, or remove the statistics"
    )]
    TooLong,
    /// The bytes are not UTF-8.
    #[error("expected UTF-8, found other bytes; save the dump as it was downloaded")]
    NotUtf8,
    /// The text, or one line of it, is not JSON.
    #[error("not readable as JSON: {0}")]
    Json(String),
    /// Something that is needed is missing or has another type.
    #[error("{of}: expected {expected}, found {found}")]
    Expected {
        /// The part of the dump.
        of: String,
        /// What was expected.
        expected: &'static str,
        /// What came.
        found: String,
    },
    /// There is nothing to judge.
    #[error(
        "the dump has no connections; open chrome://webrtc-internals before the connections, and \
         save the dump before they are closed"
    )]
    NoConnections,
    /// The trace that the dump makes is refused.
    #[error("the dump can not be converted: its trace is refused: {0}")]
    Converted(String),
}

/// A problem with its place.
pub(super) type Problem = Located<RecordingError>;

/// A place in a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A line, from 1.
    Line(usize),
    /// An entry of the log of a connection, from 0.
    Entry { connection: String, index: usize },
}

impl Place {
    /// Returns its place among the entries of the same time.
    pub(super) const fn order(&self) -> usize {
        match self {
            Self::Line(line) => *line,
            Self::Entry { index, .. } => *index + 1,
        }
    }

    /// Returns the problem of a value that is not what it must be.
    pub(super) fn expected(&self, of: &str, expected: &'static str, found: &Value) -> Problem {
        let (position, of) = match self {
            Self::Line(line) => (Some(at_line(*line)), of.to_owned()),
            Self::Entry { connection, index } => {
                let connection = names::shorten(connection);
                let of = format!("connection `{connection}`, updateLog[{index}], {of}");
                (None, of)
            }
        };
        let found = describe(found);
        let problem = RecordingError::Expected {
            of,
            expected,
            found,
        };
        Located { position, problem }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Entry { index, .. } => write!(f, "updateLog[{index}]"),
        }
    }
}

/// Returns the problem of a part of a dump that has no line.
pub(super) fn expected(of: &str, expected: &'static str, found: &Value) -> Problem {
    let (of, found) = (of.to_owned(), describe(found));
    whole(RecordingError::Expected {
        of,
        expected,
        found,
    })
}

/// Returns a problem of the whole file.
pub(super) const fn whole(problem: RecordingError) -> Problem {
    Located {
        position: None,
        problem,
    }
}

/// Returns the problem of a text that is not JSON; `line` is the line at which the text begins.
pub(super) fn not_json(error: &serde_json::Error, line: usize) -> Problem {
    let (position, message) = Position::of_json(error, line);
    Located {
        position: Some(position),
        problem: RecordingError::Json(message),
    }
}

const fn at_line(line: usize) -> Position {
    Position { line, column: 1 }
}

/// Returns what a value is, in the words of JSON.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("`{}`", names::shorten(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
