//! The JSON Schema of an edition.

use peerstate_model::editions::{Answer, Dynamics, TransportSet, Trigger};
use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState, StateEnum,
};
use serde_json::{Value, json};

use super::{DRAFT, a_text, text_definition};

/// The schema of a file that describes an edition, published or a draft.
#[must_use]
pub fn edition() -> Value {
    let text = a_text();
    let texts = json!({ "type": "array", "items": text });
    let id = json!({ "$ref": "#/$defs/id" });
    let ice: Vec<_> = IceTransportState::ALL.iter().map(|s| s.as_str()).collect();
    let dtls: Vec<_> = DtlsTransportState::ALL.iter().map(|s| s.as_str()).collect();
    // The prose of some editions names states of the other kind; they are kept, and never match.
    let mut either = ice.clone();
    either.extend(dtls.iter().filter(|state| !ice.contains(state)));
    let some_of = |names: &[&str]| json!({ "type": "array", "items": { "enum": names } });
    let lists = json!({
        "type": "object",
        "minProperties": 1,
        "additionalProperties": false,
        "properties": { "ice": some_of(&either), "dtls": some_of(&either) },
    });
    let values: Vec<_> = IceConnectionState::ALL.iter().map(|s| s.as_str()).collect();
    let predicates = json!({
        "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/predicate" },
    });
    let predicate = json!({
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
        "properties": {
            "closed": { "type": "boolean" },
            "any": { "$ref": "#/$defs/lists" },
            "all": { "$ref": "#/$defs/lists" },
            "none": { "$ref": "#/$defs/lists" },
            "no_transports": { "type": "boolean" },
            "ice_connection_state": some_of(&values),
            "all_of": predicates,
            "any_of": predicates,
            "otherwise": { "const": true },
        },
    });
    let claim = json!({
        "type": "object",
        "required": ["id", "enum", "state", "must", "quote"],
        "additionalProperties": false,
        "properties": {
            "id": id,
            "enum": { "enum": [PeerConnectionState::NAME, IceConnectionState::NAME] },
            "state": text,
            "must": { "$ref": "#/$defs/predicate" },
            "quote": text,
        },
        "allOf": [claimed::<PeerConnectionState>(), claimed::<IceConnectionState>()],
    });
    // One word of which every character is seen.
    let word = json!({
        "type": "string",
        "pattern": r"^[^\s\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+$",
    });
    json!({
        "$schema": DRAFT,
        "title": "An edition of the definitions, version 1",
        "type": "object",
        "required": ["id", "date", "source", "status", "transport_set", "enums"],
        "additionalProperties": false,
        "properties": {
            "schema": { "const": 1 },
            "id": id,
            "date": text,
            "source": text,
            "also": texts,
            "status": text,
            "in_force": text,
            "transport_set": said(&one_of(&TransportSet::words())),
            "ice_from": text,
            "enums": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": false,
                "properties": {
                    "RTCPeerConnectionState": definition::<PeerConnectionState>(),
                    "RTCIceConnectionState": definition::<IceConnectionState>(),
                },
            },
            "claims": { "type": "array", "items": claim },
            "dynamics": dynamics(),
            "notes": texts,
            "changes": texts,
        },
        "$defs": {
            "text": text_definition(),
            "id": word,
            "predicate": predicate,
            "lists": lists,
        },
    })
}

/// What a claim about one enum must be besides: about one of its values.
fn claimed<S: StateEnum>() -> Value {
    json!({
        "if": { "properties": { "enum": { "const": S::NAME } } },
        "then": { "properties": { "state": { "enum": names::<S>() } } },
    })
}

fn names<S: StateEnum>() -> Vec<&'static str> {
    S::ALL.iter().map(|state| state.as_str()).collect()
}

/// The schema of the definition of one enum.
fn definition<S: StateEnum>() -> Value {
    let names = names::<S>();
    let predicates: serde_json::Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "$ref": "#/$defs/predicate" })))
        .collect();
    let order = json!({ "type": "array", "items": { "enum": names }, "uniqueItems": true });
    json!({
        "type": "object",
        "required": ["mode", "readings"],
        "additionalProperties": false,
        "properties": {
            "mode": { "enum": ["first_match", "independent"] },
            "order": order,
            "readings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "default", "basis", "vacuous_all", "states"],
                    "additionalProperties": false,
                    "properties": {
                        "id": { "$ref": "#/$defs/id" },
                        "default": { "type": "boolean" },
                        "basis": a_text(),
                        "vacuous_all": { "type": "boolean" },
                        "order": order,
                        "states": {
                            "type": "object",
                            "minProperties": 1,
                            "additionalProperties": false,
                            "properties": predicates,
                        },
                    },
                },
                // Exactly one is the default.
                "contains": { "properties": { "default": { "const": true } } },
                "minContains": 1,
                "maxContains": 1,
            },
        },
        "if": { "properties": { "mode": { "const": "first_match" } } },
        "then": { "anyOf": [
            { "required": ["order"] },
            { "properties": { "readings": { "items": { "required": ["order"] } } } },
        ]},
    })
}

fn dynamics() -> Value {
    let triggers: Vec<_> = Trigger::ALL
        .iter()
        .map(|trigger| trigger.as_str())
        .collect();
    let triggers = json!({ "type": "array", "items": { "enum": triggers } });
    let questions = Dynamics::questions().into_iter();
    let mut properties: serde_json::Map<String, Value> = questions
        .map(|(key, words)| (key.to_owned(), said(&one_of(&words))))
        .collect();
    properties.insert("rederive_triggers".to_owned(), said(&triggers));
    properties.insert("changed_by".to_owned(), a_text());
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

/// One of the words of a question; what YAML writes as a truth value is one in JSON too.
fn one_of(words: &[&str]) -> Value {
    let words = words.iter().map(|word| match *word {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        word => Value::from(word),
    });
    json!({ "enum": words.collect::<Vec<_>>() })
}

/// An answer alone, or with the words of the text beside it.
fn said(answer: &Value) -> Value {
    let with_quote = json!({
        "type": "object",
        "required": ["is"],
        "additionalProperties": false,
        "properties": { "is": answer, "quote": a_text() },
    });
    json!({ "anyOf": [answer, with_quote] })
}
