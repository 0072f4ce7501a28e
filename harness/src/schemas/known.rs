//! The JSON Schema of a list of known deviations.

use serde_json::{Value, json};

use super::{DRAFT, a_text, at_least_one, text_definition};
use crate::run::deviations;

/// The schema of a list of known deviations.
#[must_use]
pub fn known() -> Value {
    let rule = json!({ "enum": deviations::rules().collect::<Vec<_>>() });
    let is_error = json!({ "const": deviations::ERROR });
    let entry = json!({
        "type": "object",
        "required": ["rule", "scenarios", "reason", "since"],
        "additionalProperties": false,
        "properties": {
            "id": { "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" },
            "rule": at_least_one(&rule),
            "scenarios": { "type": "array", "minItems": 1, "items": a_text() },
            "peer": a_text(),
            "message": at_least_one(&a_text()),
            "reason": { "allOf": [a_text(), { "pattern": r"\S" }] },
            "since": a_text(),
            "link": a_text(),
        },
        // A fault of the implementation is of no peer.
        "if": { "properties": { "rule": { "anyOf": [
            is_error,
            { "type": "array", "contains": is_error },
        ] } } },
        "then": { "properties": { "peer": false } },
    });
    let deviations = json!({ "type": "array", "items": { "$ref": "#/$defs/deviation" } });
    json!({
        "$schema": DRAFT,
        "title": "A list of known deviations, version 1",
        "anyOf": [
            { "type": "null" },
            deviations,
            {
                "type": "object",
                "required": ["implementation", "deviations"],
                "additionalProperties": false,
                "properties": { "implementation": a_text(), "deviations": deviations },
            },
        ],
        "$defs": { "text": text_definition(), "deviation": entry },
    })
}
