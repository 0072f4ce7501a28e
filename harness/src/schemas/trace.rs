//! The schema of a trace.

use peerstate_model::trace::{
    Attribute, Clock, DescriptionType, Implementation, LONGEST_MILLIS, Phase, Read, TransportKind,
    TransportsListed,
};
use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::DRAFT;

/// Returns the schema of one line of a trace.
///
/// A state is a string: one that its enum does not have is a deviation of the implementation, not a
/// mistake in the file.
#[must_use]
pub fn trace() -> Value {
    let mut generator = SchemaGenerator::default();
    let implementation = generator.subschema_for::<Implementation>().to_value();
    let definitions = generator.take_definitions(true);
    let text = json!({ "type": "string" });
    let closed = |properties: Value| json!({ "type": "object", "additionalProperties": false, "properties": properties });
    let flag = json!({ "type": "boolean" });
    let attributes = |value: &Value| {
        let names = Attribute::ALL.map(|attribute| (attribute.as_str().to_owned(), value.clone()));
        closed(Value::Object(names.into_iter().collect()))
    };
    let way = json!({ "enum": Read::ALL });
    let observes = closed(json!({
        "events": { "type": "array", "items": text },
        "attributes": { "anyOf": [way, attributes(&way)] },
        "actions": flag,
        "tasks": flag,
        "order": flag,
        "transports": { "enum": TransportsListed::ALL },
    }));
    let header = json!({
        "type": "object",
        "required": ["trace", "implementation", "clock", "peers"],
        "properties": {
            "trace": { "const": 1 },
            "implementation": implementation,
            "scenario": text,
            "clock": { "enum": Clock::ALL },
            "peers": { "type": "array", "items": text, "minItems": 1, "uniqueItems": true },
            "observes": observes,
        },
    });
    let state = attributes(&json!({
        "type": "string",
        "description": "The W3C string; any other is a deviation (value/known).",
    }));
    let id = json!({ "type": ["string", "number"] });
    let mut transport = closed(json!({ "id": id, "ice": text, "dtls": text, "gathering": text }));
    transport["required"] = json!(["id"]);
    let error = json!({
        "type": "object",
        "required": ["error"],
        "properties": { "error": text },
    });
    let entry = json!({
        "type": "object",
        "required": ["at", "peer"],
        "properties": {
            "at": { "type": "number", "minimum": 0, "maximum": LONGEST_MILLIS },
            "peer": text,
            "action": text,
            "event": text,
            "sample": text,
            "note": text,
            "state": state,
            "transports": { "type": "array", "items": transport },
            "task": { "type": "integer", "minimum": 0, "maximum": u64::MAX },
            "ended": flag,
        },
        "allOf": [
            { "if": { "required": ["action"] }, "then": { "properties": {
                "result": { "anyOf": [{ "const": "ok" }, error] },
                "phase": { "enum": Phase::ALL },
                "type": { "enum": DescriptionType::ALL },
            } } },
            { "if": { "required": ["event"] }, "then": { "properties": {
                "transport": id,
                "kind": { "enum": TransportKind::ALL },
                "value": text,
            } } },
        ],
        "oneOf": [
            { "required": ["action"] },
            { "required": ["event"] },
            { "required": ["sample"] },
            { "required": ["note"] },
        ],
    });
    json!({
        "$schema": DRAFT,
        "title": "One line of a peerstate trace, version 1",
        "if": { "required": ["trace"] },
        "then": header,
        "else": entry,
        "$defs": definitions,
    })
}
