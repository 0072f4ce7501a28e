//! JSON Schemas of the formats, made from the types, so that editors complete and check.
//!
//! They are checked in under `harness/schemas/`; a test keeps them fresh.

use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceGathererState, IceGatheringState, IceTransportState,
    PeerConnectionState, SignalingState, StateEnum,
};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::capability::Capability;
use crate::configuration::Configuration;
use crate::report::json::{JudgeReport, RunReport};
use crate::scenario::EVENTS;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A schema as it is checked in.
#[must_use]
pub fn text(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).unwrap_or_default()
}

/// The schema of a scenario file.
#[must_use]
pub fn scenario() -> Value {
    let mut generator = SchemaGenerator::default();
    let configuration = generator.subschema_for::<Configuration>().to_value();
    let capability = generator.subschema_for::<Capability>().to_value();
    let mut definitions = generator.take_definitions(true);
    let duration = json!({ "type": "string", "pattern": r"^\d+(\.\d+)?\s*(us|µs|ms|s|m|min|h)$" });
    definitions.insert("duration".to_owned(), duration);
    definitions.insert("alteration".to_owned(), alteration(json!({})));
    definitions.insert("step".to_owned(), step(&configuration));
    let text_or_texts = one_or_more(&json!({ "type": "string" }));
    json!({
        "$schema": DRAFT,
        "title": "A peerstate scenario, version 1",
        "type": "object",
        "required": ["title", "steps"],
        "additionalProperties": false,
        "properties": {
            "title": { "type": "string" },
            "about": { "type": "string" },
            "spec": text_or_texts,
            "tags": text_or_texts,
            "covers": text_or_texts,
            "requires": one_or_more(&capability),
            "seed": { "type": "integer", "minimum": 0 },
            "limit": { "$ref": "#/$defs/duration" },
            "peers": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": { "anyOf": [configuration, { "type": "null" }] },
            },
            "steps": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/step" } },
        },
        "$defs": definitions,
    })
}

fn one_or_more(item: &Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item }] })
}

fn states<S: StateEnum>() -> Value {
    let names: Vec<_> = S::ALL.iter().map(|state| state.as_str()).collect();
    one_or_more(&json!({ "enum": names }))
}

fn alteration(further: Value) -> Value {
    let mut properties = json!({
        "fingerprint": { "const": "wrong" },
        "bundle": { "const": "none" },
        "candidates": { "const": "none" },
        "setup": { "enum": ["active", "passive", "actpass", "holdconn"] },
        "reject": { "type": "integer", "minimum": 0, "maximum": 255 },
    });
    if let (Value::Object(properties), Value::Object(further)) = (&mut properties, further) {
        properties.extend(further);
    }
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn step(configuration: &Value) -> Value {
    let object = |required: &[&str], properties: Value| {
        json!({
            "type": "object",
            "required": required,
            "additionalProperties": false,
            "properties": properties,
        })
    };
    let side = json!({ "$ref": "#/$defs/alteration" });
    let alter = alteration(json!({ "offer": side, "answer": side }));
    let duration = json!({ "$ref": "#/$defs/duration" });
    let events = one_or_more(&json!({ "enum": EVENTS }));
    let peers = one_or_more(&json!({ "type": "string" }));
    let negotiate = object(
        &["offerer", "answerer"],
        json!({
            "offerer": { "type": "string" },
            "answerer": { "type": "string" },
            "trickle": { "type": "boolean" },
            "iceRestart": { "type": "boolean" },
            "alter": alter,
        }),
    );
    let network = json!({ "anyOf": [
        { "enum": ["cut", "restore"] },
        object(&[], json!({
            "between": { "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": 2 },
            "from": { "type": "string" },
            "to": { "type": "string" },
            "cut": { "type": "boolean" },
            "loss": { "type": "number", "minimum": 0, "maximum": 1 },
            "latency": duration,
        })),
    ]});
    let expect = object(
        &["peer"],
        json!({
            "peer": peers,
            "connectionState": states::<PeerConnectionState>(),
            "iceConnectionState": states::<IceConnectionState>(),
            "iceGatheringState": states::<IceGatheringState>(),
            "signalingState": states::<SignalingState>(),
            "iceTransportState": states::<IceTransportState>(),
            "dtlsTransportState": states::<DtlsTransportState>(),
            "within": duration,
            "events": events,
            "never": events,
            "during": duration,
        }),
    );
    json!({
        "type": "object",
        "properties": {
            "negotiate": negotiate,
            "network": network,
            "expect": expect,
            "wait": duration,
            "fails": { "type": "string" },
        },
        // Any other key is the name of a peer, with a method.
        "additionalProperties": call(configuration),
    })
}

fn call(configuration: &Value) -> Value {
    let media = json!({ "enum": ["audio", "video"] });
    let kind = json!({ "anyOf": [media, {
        "type": "object",
        "required": ["kind"],
        "additionalProperties": false,
        "properties": {
            "kind": media,
            "direction": { "enum": ["sendrecv", "sendonly", "recvonly", "inactive"] },
        },
    }]});
    let arguments = |properties: Value| {
        json!({ "anyOf": [{ "type": "null" }, {
            "type": "object",
            "additionalProperties": false,
            "properties": properties,
        }]})
    };
    let description = arguments(json!({
        "from": { "type": "string" },
        "type": { "enum": ["offer", "pranswer", "answer", "rollback"] },
        "alter": { "$ref": "#/$defs/alteration" },
    }));
    let methods = json!({
        "createDataChannel": arguments(json!({
            "label": { "type": "string" },
            "negotiated": { "type": "boolean" },
            "id": { "type": "integer", "minimum": 0, "maximum": 65535 },
        })),
        "addTransceiver": kind,
        "addTrack": kind,
        "removeTrack": kind,
        "createOffer": arguments(json!({
            "as": { "type": "string" },
            "iceRestart": { "type": "boolean" },
        })),
        "createAnswer": arguments(json!({ "as": { "type": "string" } })),
        "setLocalDescription": description,
        "setRemoteDescription": description,
        "addIceCandidate": arguments(json!({
            "from": { "type": "string" },
            "again": { "type": "boolean" },
            "end": { "type": "boolean" },
            "candidate": { "type": "string" },
            "sdpMid": { "type": "string" },
            "sdpMLineIndex": { "type": "integer" },
            "usernameFragment": { "type": "string" },
        })),
        "restartIce": arguments(json!({})),
        "setConfiguration": { "anyOf": [{ "type": "null" }, configuration] },
        "getStats": arguments(json!({})),
        "close": arguments(json!({})),
        "fails": { "type": "string" },
    });
    let names: Vec<String> = methods
        .as_object()
        .map(|methods| {
            methods
                .keys()
                .filter(|name| *name != "fails")
                .cloned()
                .collect()
        })
        .unwrap_or_default();
    json!({ "anyOf": [
        { "enum": names },
        { "type": "object", "additionalProperties": false, "properties": methods },
    ]})
}

/// The schema of one line of a trace: the header, or an entry.
#[must_use]
pub fn trace() -> Value {
    let mut generator = SchemaGenerator::default();
    let header = generator
        .subschema_for::<peerstate_model::trace::Header>()
        .to_value();
    let state = generator
        .subschema_for::<peerstate_model::trace::State>()
        .to_value();
    let result = generator
        .subschema_for::<peerstate_model::trace::ActionResult>()
        .to_value();
    let phase = generator
        .subschema_for::<peerstate_model::trace::Phase>()
        .to_value();
    let kind = generator
        .subschema_for::<peerstate_model::trace::TransportKind>()
        .to_value();
    let definitions = generator.take_definitions(true);
    let names = |states: Vec<&'static str>| json!({ "enum": states });
    let transport = json!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": { "type": ["string", "number"] },
            "ice": names(IceTransportState::ALL.iter().map(|s| s.as_str()).collect()),
            "dtls": names(DtlsTransportState::ALL.iter().map(|s| s.as_str()).collect()),
            "gathering": names(IceGathererState::ALL.iter().map(|s| s.as_str()).collect()),
        },
    });
    let entry = json!({
        "type": "object",
        "required": ["at", "peer"],
        "properties": {
            "at": { "type": "number", "minimum": 0 },
            "peer": { "type": "string" },
            "action": { "type": "string" },
            "event": { "type": "string" },
            "sample": { "type": "string" },
            "note": { "type": "string" },
            "result": result,
            "phase": phase,
            "transport": { "type": "string" },
            "kind": kind,
            "state": state,
            "transports": { "type": "array", "items": transport },
            "task": { "type": "integer", "minimum": 0 },
        },
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
        "oneOf": [header, entry],
        "$defs": definitions,
    })
}

/// The schema of the JSON reports: of `run`, and of `judge`.
#[must_use]
pub fn report() -> Value {
    let mut generator = SchemaGenerator::default();
    let run: Schema = generator.subschema_for::<RunReport>();
    let judge: Schema = generator.subschema_for::<JudgeReport>();
    let definitions = generator.take_definitions(true);
    json!({
        "$schema": DRAFT,
        "title": "A JSON report of peerstate, schema 1",
        "oneOf": [run, judge],
        "$defs": definitions,
    })
}
