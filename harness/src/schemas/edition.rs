//! The JSON Schema of an edition.

use peerstate_model::editions::TRIGGERS;
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
            "transport_set": text,
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
    let text = a_text();
    // What looks like a word of the format must be one; anything else is the text's own words.
    let trigger = json!({ "allOf": [text, { "anyOf": [
        { "enum": TRIGGERS },
        { "pattern": "^[^_]*$" },
        { "pattern": " " },
    ]}]});
    let boolean = json!({ "type": "boolean" });
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "derivation_algorithm": { "anyOf": [
                boolean,
                { "allOf": [text, { "not": { "enum": ["true", "false", "yes", "no"] } }] },
            ]},
            "rederive_triggers": { "type": "array", "items": trigger },
            "close_fires_connectionstatechange": text,
            "close_fires_iceconnectionstatechange": text,
            "ice_path_isclosed_abort": boolean,
            "dtls_path_isclosed_abort": boolean,
            "dtls_transport_isclosed_abort": boolean,
            "event_isclosed_abort": boolean,
            "connection_state_on_close": text,
            "ice_state_on_close": text,
            "ice_event_order": text,
            "ice_update_event": text,
            "dtls_event_order": text,
            "connectionstate_getter": text,
            "connection_state_derived_from": text,
            "changed_by": text,
        },
    })
}
