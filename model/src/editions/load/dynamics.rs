//! Reads how and when a text updates the values and fires events, and which transports count: one
//! word of the format for each question, with or without the words of the text.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::json;

use super::former::{self, FORMER_KEYS};
use super::{EditionError, Found, line};
use crate::editions::dynamics::{Answer, Dynamics, Questions, Said, Trigger};
use crate::input::fields::{self, Fields, ShapeError};
use crate::input::keys::{Beside, Keys, Object};
use crate::input::names;
use crate::input::shape::{Shape, list, text, text_schema};
use crate::input::words::Word;
use crate::input::yaml::Value;

/// Reads an answer: the word alone, or the word with a quote.
fn with_quote<T: 'static>(answer: Shape<EditionError, T>) -> Shape<EditionError, Said<T>> {
    let answer = Rc::new(answer);
    let schema = Rc::clone(&answer);
    Shape::new(
        move |node, problems| {
            if !matches!(node.value, Value::Mapping(_)) {
                let is = answer.read(node, problems)?;
                return Some(Said { is, quote: None });
            }
            let mut fields = Fields::of(node, "an answer: `is`, `quote`", problems)?;
            let is = fields.required("is", problems);
            let quote = fields.optional("quote");
            let quote = quote.and_then(|node| line().read(node, problems));
            fields.reject_unknown(problems);
            let is = answer.read(is?, problems)?;
            Some(Said { is, quote })
        },
        move |definitions| {
            let answer = schema.schema(definitions);
            let mut quote = text_schema(definitions);
            quote["description"] = json!("The words of the text; for readers only.");
            let with_quote = json!({
                "type": "object",
                "required": ["is"],
                "additionalProperties": false,
                "properties": { "is": answer, "quote": quote },
            });
            json!({ "anyOf": [answer, with_quote] })
        },
    )
}

/// Reads an answer to a question. A boolean in YAML is also a boolean in JSON.
pub(super) fn said<T: Answer>(key: &'static str) -> Shape<EditionError, Said<T>> {
    with_quote(Shape::new(
        move |node, problems| {
            let written = written(&node.value);
            let mut answers = T::ALL.iter();
            let answer = answers.find(|answer| written == Some(answer.as_str()));
            if answer.is_none() {
                problems.add(node.id, not_an_answer(key, &node.value, T::words()));
            }
            answer.copied()
        },
        |_| {
            let words = T::words().into_iter().map(|word| match word {
                "true" => json!(true),
                "false" => json!(false),
                word => json!(word),
            });
            json!({ "enum": words.collect::<Vec<_>>() })
        },
    ))
}

fn triggers() -> Shape<EditionError, Said<BTreeSet<Trigger>>> {
    let trigger = Shape::new(
        |node, problems| {
            let text = fields::text(node, "a trigger", problems)?;
            let trigger = Trigger::ALL.iter().find(|other| other.as_str() == text);
            if trigger.is_none() {
                let known = Trigger::words();
                let problem = EditionError::Trigger {
                    found: names::shorten(text),
                    suggestion: names::nearest(text, known.iter().copied()),
                    former: former::trigger(text),
                    known,
                };
                problems.add(node.id, problem);
            }
            trigger.copied()
        },
        |_| json!({ "enum": Trigger::ALL }),
    );
    with_quote(list("a list of triggers", trigger).set())
}

impl Keys<EditionError> for Dynamics {
    const EXPECTED: &'static str = "the dynamics: a mapping";

    fn take(fields: &mut Fields<'_>, problems: &mut Found) -> Option<Self> {
        for (key, now) in FORMER_KEYS {
            refuse_former(fields, key, now, problems);
        }
        Some(Self::ask(&mut Taken { fields, problems }))
    }

    fn describe(object: &mut Object<'_>) {
        object.about(&["How and when the text updates the values and fires events."]);
        Self::ask(object);
    }

    fn besides() -> Vec<Beside<EditionError>> {
        Vec::new()
    }
}

/// Answers the questions from a file.
struct Taken<'f, 'd, 'p> {
    fields: &'f mut Fields<'d>,
    problems: &'p mut Found,
}

impl Taken<'_, '_, '_> {
    fn take<T: 'static>(&mut self, key: &'static str, shape: &Shape<EditionError, T>) -> Option<T> {
        shape.read(self.fields.optional(key)?, self.problems)
    }
}

impl Questions for Taken<'_, '_, '_> {
    fn answer<T: Answer>(&mut self, key: &'static str, _: &[&str]) -> Said<T> {
        // If the file is not refused, the key is missing.
        self.take(key, &said(key)).unwrap_or_else(Said::unsaid)
    }

    fn triggers(&mut self, key: &'static str, _: &[&str]) -> Said<BTreeSet<Trigger>> {
        self.take(key, &triggers()).unwrap_or_else(Said::unsaid)
    }

    fn text(&mut self, key: &'static str, _: &[&str]) -> Option<String> {
        self.take(key, &text("text"))
    }
}

/// Collects the questions for a schema, each with its possible answers.
impl Questions for Object<'_> {
    fn answer<T: Answer>(&mut self, key: &'static str, about: &[&str]) -> Said<T> {
        self.key(key, false, about, &said::<T>(key));
        Said::unsaid()
    }

    fn triggers(&mut self, key: &'static str, about: &[&str]) -> Said<BTreeSet<Trigger>> {
        self.key(key, false, about, &triggers());
        Said::unsaid()
    }

    fn text(&mut self, key: &'static str, about: &[&str]) -> Option<String> {
        self.key::<EditionError, _>(key, false, about, &text("text"));
        None
    }
}

/// Reports a key of the former format, and names the key that replaces it.
fn refuse_former(
    fields: &mut Fields<'_>,
    key: &'static str,
    now: &'static str,
    problems: &mut Found,
) {
    let entries = fields.entries().iter();
    for entry in entries.filter(|entry| entry.key == key) {
        let questions = Dynamics::questions().into_iter();
        let known = questions.filter(|(question, _)| *question == now);
        let problem = EditionError::FormerKey {
            key,
            now,
            former: written(&entry.value.value).and_then(|word| former::answer(now, word)),
            known: known.flat_map(|(_, words)| words).collect(),
        };
        problems.add(entry.id, problem);
        fields.pass_over(key);
    }
}

/// Returns the word that a value is. A quoted `true` is text, not a word.
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
