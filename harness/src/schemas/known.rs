//! The JSON Schema of a list of known deviations.

use serde_json::{Value, json};

use super::{DRAFT, a_text, text_definition};
use crate::known;

/// The schema of a list of known deviations.
#[must_use]
pub fn known() -> Value {
    let rules: Vec<_> = known::rules().collect();
    let entry = json!({
        "type": "object",
        "required": ["rule", "scenarios", "reason", "since"],
        "additionalProperties": false,
        "properties": {
            "id": { "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" },
            "rule": { "enum": rules },
            "scenarios": { "type": "array", "minItems": 1, "items": a_text() },
            "peer": a_text(),
            "message": a_text(),
            "reason": { "allOf": [a_text(), { "pattern": r"\S" }] },
            "since": a_text(),
            "link": a_text(),
        },
        // A fault of the implementation is of no peer.
        "if": { "properties": { "rule": { "const": known::ERROR } } },
        "then": { "properties": { "peer": false } },
    });
    json!({
        "$schema": DRAFT,
        "title": "A list of known deviations, version 1",
        "anyOf": [{ "type": "null" }, { "type": "array", "items": entry }],
        "$defs": { "text": text_definition() },
    })
}
