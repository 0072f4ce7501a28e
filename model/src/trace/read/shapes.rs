//! How the values of a trace are written.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{LONGEST_MILLIS, TraceError};
use crate::input::fields::{Problems, ShapeError};
use crate::input::names;
use crate::input::shape::{Shape, list, number};
use crate::input::words::Word;
use crate::input::yaml::{Node, Value};
use crate::states::UnknownState;
use crate::trace::{ActionResult, At};

/// A state as it was observed: a value of its enum, or the reason why it is none, and the whole
/// text.
///
/// A value that the enum does not have is a deviation of the implementation, not a mistake in the
/// file.
pub(super) type Seen<S> = Result<S, (UnknownState, String)>;

/// Any text. Unlike the texts of other files, it may hold control characters.
pub(in crate::trace) fn text(expected: &'static str) -> Shape<TraceError, String> {
    Shape::new(
        move |node, problems| read_text(node, expected, problems).map(str::to_owned),
        |_| json!({ "type": "string" }),
    )
}

fn read_text<'n>(
    node: &'n Node,
    expected: &str,
    problems: &mut Problems<TraceError>,
) -> Option<&'n str> {
    let text = node.value.as_str();
    if text.is_none() {
        problems.add(node.id, ShapeError::expected(expected, &node.value));
    }
    text
}

/// One of a few words of the format.
pub(in crate::trace) fn choice<T: Word>() -> Shape<TraceError, T> {
    Shape::new(
        |node, problems| {
            let text = node.value.as_str();
            let word = T::ALL.iter().find(|word| text == Some(word.as_str()));
            if word.is_none() {
                let words = T::words();
                let problem = TraceError::Choice {
                    found: node.value.describe(),
                    suggestion: names::nearest(text.unwrap_or_default(), words.iter().copied()),
                    words,
                };
                problems.add(node.id, problem);
            }
            word.copied()
        },
        |_| json!({ "enum": T::words() }),
    )
}

pub(super) fn seen<S: FromStr<Err = UnknownState> + 'static>() -> Shape<TraceError, Seen<S>> {
    Shape::new(
        |node, problems| {
            let text = read_text(node, "a state: a text", problems)?;
            Some(text.parse().map_err(|error| (error, text.to_owned())))
        },
        |_| json!({ "type": "string" }),
    )
}

/// Milliseconds since the start.
pub(super) fn moment() -> Shape<TraceError, At> {
    const EXPECTED: &str = "milliseconds since the start: a number, not negative";
    number(0.0..=LONGEST_MILLIS, EXPECTED)
        .map(|millis| At::after(Duration::from_secs_f64((millis * 1e3).round() / 1e6)))
}

/// The id of a transport. Vendors number theirs; a number is as stable as a text.
pub(super) fn id() -> Shape<TraceError, String> {
    Shape::new(
        |node, problems| match &node.value {
            number @ (Value::Integer(_) | Value::Float(_)) => Some(Json::from(number).to_string()),
            _ => read_text(node, "the id of a transport: a text", problems).map(str::to_owned),
        },
        |_| json!({ "type": ["string", "number"] }),
    )
}

/// How a call returned.
pub(super) fn result() -> Shape<TraceError, ActionResult> {
    Shape::new(
        |node, problems| {
            let error = node.get("error").and_then(|error| error.value.as_str());
            match (node.value.as_str(), error) {
                (Some("ok"), _) => Some(ActionResult::Ok),
                (None, Some(error)) => Some(ActionResult::Error(error.to_owned())),
                _ => {
                    let expected = "`ok` or `{\"error\": \"…\"}`";
                    problems.add(node.id, ShapeError::expected(expected, &node.value));
                    None
                }
            }
        },
        |_| {
            let error = json!({
                "type": "object",
                "required": ["error"],
                "properties": { "error": { "type": "string" } },
            });
            json!({ "anyOf": [{ "const": "ok" }, error] })
        },
    )
}

/// The names of the peers.
pub(in crate::trace) fn peers() -> Shape<TraceError, Vec<String>> {
    const EXPECTED: &str = "a list of one or more names";
    list(EXPECTED, text("the name of a peer").placed())
        .at_least_one(|found| ShapeError::expected(EXPECTED, found).into())
        .then(|names, _, problems| {
            let mut seen = BTreeSet::new();
            for name in &names {
                let duplicate = name.value.iter().find(|name| !seen.insert(name.as_str()));
                if let Some(duplicate) = duplicate {
                    let problem = TraceError::DuplicatePeer(names::shorten(duplicate));
                    problems.add(name.node, problem);
                }
            }
            let names: Vec<_> = names.into_iter().filter_map(|name| name.value).collect();
            (!names.is_empty()).then_some(names)
        })
        .and(json!({ "uniqueItems": true }))
}
