//! Reading how and when a text updates the values and fires events, and which transports count: a
//! word of the format a question, with the words of the text beside it or without.

use std::collections::BTreeSet;

use super::former::{self, FORMER_KEYS};
use super::{EditionError, Found};
use crate::editions::dynamics::{Answer, Dynamics, ReadAnswers, Said, Trigger};
use crate::input::fields::{self, Fields, ShapeError};
use crate::input::names;
use crate::input::yaml::{Node, Value};

pub(super) fn read_dynamics(node: &Node, problems: &mut Found) -> Option<Dynamics> {
    let fields = Fields::of(node, "the dynamics: a mapping", problems)?;
    let mut reader = Reader { fields, problems };
    for (key, now) in FORMER_KEYS {
        reader.refuse_former(key, now);
    }
    let dynamics = Dynamics::read(&mut reader);
    reader.fields.reject_unknown(reader.problems);
    Some(dynamics)
}

/// An answer, in the short form or with a quote; `None` for what is none, which is a problem.
pub(super) fn read_answer<T: Answer>(
    key: &'static str,
    node: &Node,
    problems: &mut Found,
) -> Option<Said<T>> {
    let (node, quote) = read_said(node, problems)?;
    let written = written(&node.value);
    let answer = T::ALL
        .iter()
        .find(|answer| written == Some(answer.as_str()));
    let Some(&is) = answer else {
        problems.add(node.id, not_an_answer(key, &node.value, T::words()));
        return None;
    };
    Some(Said { is, quote })
}

/// The keys of the long form.
fn read_said<'d>(node: &'d Node, problems: &mut Found) -> Option<(&'d Node, Option<String>)> {
    if !matches!(node.value, Value::Mapping(_)) {
        return Some((node, None));
    }
    let mut fields = Fields::of(node, "an answer: `is`, `quote`", problems)?;
    let is = fields.required("is", problems);
    let quote = fields
        .optional("quote")
        .and_then(|node| fields::text(node, "text", problems))
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    fields.reject_unknown(problems);
    Some((is?, quote))
}

/// The word that a value is. In quotes `true` would be text, and is no word.
fn written(value: &Value) -> Option<&str> {
    match value {
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        Value::String(text) if !matches!(text.as_str(), "true" | "false") => Some(text),
        _ => None,
    }
}

fn not_an_answer(key: &'static str, found: &Value, known: Vec<&'static str>) -> EditionError {
    let Some(word) = written(found) else {
        let known: Vec<_> = known.iter().map(|word| format!("`{word}`")).collect();
        return ShapeError::expected(&format!("one of {}", known.join(", ")), found).into();
    };
    EditionError::NotAnAnswer {
        key,
        found: names::shorten(word),
        former: former::answer(key, word),
        suggestion: names::nearest(word, known.iter().copied()),
        known,
    }
}

struct Reader<'d, 'p> {
    fields: Fields<'d>,
    problems: &'p mut Found,
}

impl Reader<'_, '_> {
    /// A key of the former format is a problem that names the one in its place.
    fn refuse_former(&mut self, key: &'static str, now: &'static str) {
        let entries = self.fields.entries().iter();
        for entry in entries.filter(|entry| entry.key == key) {
            let questions = Dynamics::questions().into_iter();
            let known = questions.filter(|(question, _)| *question == now);
            let problem = EditionError::FormerKey {
                key,
                now,
                former: written(&entry.value.value).and_then(|word| former::answer(now, word)),
                known: known.flat_map(|(_, words)| words).collect(),
            };
            self.problems.add(entry.id, problem);
            self.fields.pass_over(key);
        }
    }
}

impl ReadAnswers for Reader<'_, '_> {
    fn answer<T: Answer>(&mut self, key: &'static str) -> Said<T> {
        let node = self.fields.optional(key);
        let said = node.and_then(|node| read_answer(key, node, self.problems));
        said.unwrap_or_else(|| Said {
            // Where a file is not refused, the key was left out.
            is: T::default(),
            quote: None,
        })
    }

    fn triggers(&mut self, key: &'static str) -> Said<BTreeSet<Trigger>> {
        let mut said = Said::default();
        let node = self.fields.optional(key);
        let Some((node, quote)) = node.and_then(|node| read_said(node, self.problems)) else {
            return said;
        };
        said.quote = quote;
        for item in fields::list(node, "a list of triggers", self.problems)
            .into_iter()
            .flatten()
        {
            let Some(text) = fields::text(item, "a trigger", self.problems) else {
                continue;
            };
            let trigger = Trigger::ALL.iter().find(|other| other.as_str() == text);
            if let Some(trigger) = trigger {
                said.is.insert(*trigger);
                continue;
            }
            let known: Vec<_> = Trigger::ALL.iter().map(|one| one.as_str()).collect();
            let problem = EditionError::Trigger {
                found: names::shorten(text),
                suggestion: names::nearest(text, known.iter().copied()),
                former: former::trigger(text),
                known,
            };
            self.problems.add(item.id, problem);
        }
        said
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        let node = self.fields.optional(key)?;
        fields::text(node, "text", self.problems).map(str::to_owned)
    }
}
