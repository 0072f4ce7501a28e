//! The JSON Schema of a scenario.

use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceGatheringState, IceTransportState,
    PeerConnectionState, SignalingState, StateEnum,
};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{DRAFT, a_text, at_least_one, one_or_more, text_definition};
use crate::implementation::Method;
use crate::implementation::capability::Capability;
use crate::implementation::configuration::Configuration;
use crate::scenario::{ERRORS, EVENTS, MOST_PEERS, RESERVED};

/// The methods that can not be called without arguments.
const OF_MEDIA: &[&str] = &["addTransceiver", "addTrack", "removeTrack"];

/// The schema of a scenario file.
#[must_use]
pub fn scenario() -> Value {
    let mut generator = SchemaGenerator::default();
    let configuration = generator.subschema_for::<Configuration>().to_value();
    let capability = generator.subschema_for::<Capability>().to_value();
    let mut definitions = generator.take_definitions(true);
    definitions.values_mut().for_each(as_read);
    let duration = json!({
        "type": "string",
        "pattern": r"^[0-9]+(\.[0-9]+)? *(us|µs|ms|s|m|min|h)$",
    });
    definitions.insert("text".to_owned(), text_definition());
    definitions.insert("duration".to_owned(), duration);
    definitions.insert("alteration".to_owned(), alteration(json!({})));
    definitions.insert("call".to_owned(), call(&configuration));
    definitions.insert("step".to_owned(), step());
    let text_or_texts = one_or_more(&a_text());
    json!({
        "$schema": DRAFT,
        "title": "A peerstate scenario, version 1",
        "type": "object",
        "required": ["title", "steps"],
        "additionalProperties": false,
        "properties": {
            "title": a_text(),
            "about": a_text(),
            "spec": text_or_texts,
            "tags": text_or_texts,
            "covers": text_or_texts,
            "requires": one_or_more(&capability),
            "seed": { "type": "integer", "minimum": 0, "maximum": u64::MAX },
            "limit": { "$ref": "#/$defs/duration" },
            "peers": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": MOST_PEERS,
                "propertyNames": { "allOf": [a_text(), { "not": { "enum": RESERVED } }] },
                "additionalProperties": { "anyOf": [configuration, { "type": "null" }] },
            },
            "steps": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/step" } },
        },
        "$defs": definitions,
    })
}

/// Makes a schema derived from a type say what the reader takes: a member that is not given is left
/// out, not null, and text holds no control characters.
fn as_read(schema: &mut Value) {
    if let Value::Object(object) = schema {
        if let Some(Value::Array(types)) = object.get("type")
            && let Some(only) = types.iter().find(|of| **of != "null").cloned()
        {
            object.insert("type".to_owned(), only);
        }
        if let Some(Value::Array(forms)) = object.get_mut("anyOf") {
            forms.retain(|form| *form != json!({ "type": "null" }));
        }
        let is_free_text = object.get("type").is_some_and(|of| of == "string")
            && !["const", "enum"]
                .iter()
                .any(|key| object.contains_key(*key));
        if is_free_text {
            object.remove("type");
            object.insert("$ref".to_owned(), json!("#/$defs/text"));
        }
        object.values_mut().for_each(as_read);
    } else if let Value::Array(items) = schema {
        items.iter_mut().for_each(as_read);
    }
}

fn states<S: StateEnum>() -> Value {
    let names: Vec<_> = S::ALL.iter().map(|state| state.as_str()).collect();
    at_least_one(&json!({ "enum": names }))
}

fn object(required: &[&str], properties: &Value) -> Value {
    json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

fn alteration(further: Value) -> Value {
    let mut properties = json!({
        "fingerprint": { "enum": ["wrong", "extra"] },
        "bundle": { "const": "none" },
        "candidates": { "const": "none" },
        "setup": { "enum": ["active", "passive", "actpass", "holdconn"] },
        "reject": { "type": "integer", "minimum": 0, "maximum": 255 },
    });
    if let (Value::Object(properties), Value::Object(further)) = (&mut properties, further) {
        properties.extend(further);
    }
    object(&[], &properties)
}

/// One thing, and perhaps `fails` and `stop` besides.
fn step() -> Value {
    let call = json!({ "$ref": "#/$defs/call" });
    // What stands beside a call, and is no call.
    let mut beside: Map<String, Value> = RESERVED
        .iter()
        .map(|word| ((*word).to_owned(), json!(false)))
        .collect();
    beside.insert("fails".to_owned(), json!(true));
    beside.insert("stop".to_owned(), json!(true));
    // One thing, with so many keys beside it.
    let keys = |beside: usize| json!({ "minProperties": beside + 1, "maxProperties": beside + 1 });
    let of_call = json!({
        "properties": beside,
        "additionalProperties": { "not": { "type": "object", "required": ["fails"] } },
    });
    json!({
        "type": "object",
        "properties": {
            "negotiate": negotiate(),
            "network": network(),
            "expect": expect(),
            "wait": { "$ref": "#/$defs/duration" },
            "fails": { "enum": ERRORS },
            "stop": { "type": "boolean" },
        },
        // Any other key is the name of a peer, with a method.
        "additionalProperties": call,
        "allOf": [{ "if": { "required": ["fails"] }, "then": of_call }],
        "if": { "required": ["stop"] },
        "then": { "if": { "required": ["fails"] }, "then": keys(2), "else": keys(1) },
        "else": { "if": { "required": ["fails"] }, "then": keys(1), "else": keys(0) },
    })
}

fn negotiate() -> Value {
    let side = json!({ "$ref": "#/$defs/alteration" });
    object(
        &["offerer", "answerer"],
        &json!({
            "offerer": a_text(),
            "answerer": a_text(),
            "trickle": { "type": "boolean" },
            "iceRestart": { "type": "boolean" },
            "alter": alteration(json!({ "offer": side, "answer": side })),
        }),
    )
}

fn network() -> Value {
    let mut change = object(
        &[],
        &json!({
            "between": { "type": "array", "items": a_text(), "minItems": 2, "maxItems": 2 },
            "from": a_text(),
            "to": a_text(),
            "cut": { "type": "boolean" },
            "loss": { "type": "number", "minimum": 0, "maximum": 1 },
            "latency": { "$ref": "#/$defs/duration" },
        }),
    );
    change["anyOf"] = json!([
        { "required": ["cut"] }, { "required": ["loss"] }, { "required": ["latency"] },
    ]);
    change["dependentRequired"] = json!({ "from": ["to"], "to": ["from"] });
    change["not"] = json!({ "required": ["between", "from"] });
    json!({ "anyOf": [{ "enum": ["cut", "restore"] }, change] })
}

/// Attributes that must come to hold, or events that must be dispatched.
fn expect() -> Value {
    let duration = json!({ "$ref": "#/$defs/duration" });
    let peers = at_least_one(&a_text());
    let event = json!({ "enum": EVENTS });
    let (events, some) = (one_or_more(&event), at_least_one(&event));
    let mut of_attributes = object(
        &["peer"],
        &json!({
            "peer": peers,
            "connectionState": states::<PeerConnectionState>(),
            "iceConnectionState": states::<IceConnectionState>(),
            "iceGatheringState": states::<IceGatheringState>(),
            "signalingState": states::<SignalingState>(),
            "iceTransportState": states::<IceTransportState>(),
            "dtlsTransportState": states::<DtlsTransportState>(),
            "within": duration,
        }),
    );
    of_attributes["anyOf"] = [
        "connectionState",
        "iceConnectionState",
        "iceGatheringState",
        "signalingState",
        "iceTransportState",
        "dtlsTransportState",
    ]
    .map(|attribute| json!({ "required": [attribute] }))
    .into();
    let mut changes = object(
        &[],
        &json!({
            "connectionState": states::<PeerConnectionState>(),
            "iceConnectionState": states::<IceConnectionState>(),
            "iceGatheringState": states::<IceGatheringState>(),
            "signalingState": states::<SignalingState>(),
        }),
    );
    changes["minProperties"] = json!(1);
    let mut of_events = object(
        &["peer", "during"],
        &json!({
            "peer": peers,
            "events": events,
            "once": events,
            "never": events,
            "changes": changes,
            "during": duration,
        }),
    );
    of_events["anyOf"] = json!([
        { "required": ["events"], "properties": { "events": some } },
        { "required": ["once"], "properties": { "once": some } },
        { "required": ["never"], "properties": { "never": some } },
        { "required": ["changes"] },
    ]);
    json!({ "anyOf": [of_attributes, of_events] })
}

fn call(configuration: &Value) -> Value {
    let mut properties = methods(configuration);
    properties["fails"] = json!({ "enum": ERRORS });
    let names = Method::ALL.iter().map(|method| method.as_str());
    let alone: Vec<_> = names.filter(|name| !OF_MEDIA.contains(name)).collect();
    let mut with_arguments = object(&[], &properties);
    with_arguments["minProperties"] = json!(1);
    with_arguments["if"] = json!({ "required": ["fails"] });
    with_arguments["then"] = json!({ "minProperties": 2, "maxProperties": 2 });
    with_arguments["else"] = json!({ "maxProperties": 1 });
    json!({ "anyOf": [{ "enum": alone }, with_arguments] })
}

fn methods(configuration: &Value) -> Value {
    let media = json!({ "enum": ["audio", "video"] });
    let kind = |further: Value| {
        let mut properties = json!({ "kind": media });
        if let (Value::Object(properties), Value::Object(further)) = (&mut properties, further) {
            properties.extend(further);
        }
        json!({ "anyOf": [media, object(&["kind"], &properties)] })
    };
    let direction = json!({ "enum": ["sendrecv", "sendonly", "recvonly", "inactive"] });
    let arguments =
        |properties: Value| json!({ "anyOf": [{ "type": "null" }, object(&[], &properties)] });
    let description = arguments(json!({
        "from": a_text(),
        "type": { "enum": ["offer", "pranswer", "answer", "rollback"] },
        "alter": { "$ref": "#/$defs/alteration" },
    }));
    let boolean = json!({ "type": "boolean" });
    let number = json!({ "type": "integer", "minimum": 0, "maximum": 65535 });
    let mut channel = object(
        &[],
        &json!({ "label": a_text(), "negotiated": boolean, "id": number }),
    );
    channel["if"] = json!({
        "required": ["negotiated"], "properties": { "negotiated": { "const": true } },
    });
    channel["then"] = json!({ "required": ["id"] });
    let candidates = json!({ "anyOf": [
        { "type": "null" },
        object(&["from"], &json!({ "from": a_text(), "again": boolean })),
        object(&["end"], &json!({ "end": { "const": true } })),
        object(&["candidate"], &json!({
            "candidate": a_text(),
            "sdpMid": a_text(),
            "sdpMLineIndex": number,
            "usernameFragment": a_text(),
        })),
    ]});
    json!({
        "createDataChannel": { "anyOf": [{ "type": "null" }, channel] },
        "addTransceiver": kind(json!({ "direction": direction })),
        "addTrack": kind(json!({})),
        "removeTrack": kind(json!({})),
        "createOffer": arguments(json!({ "as": a_text(), "iceRestart": boolean })),
        "createAnswer": arguments(json!({ "as": a_text() })),
        "setLocalDescription": description,
        "setRemoteDescription": description,
        "addIceCandidate": candidates,
        "restartIce": arguments(json!({})),
        "setConfiguration": { "anyOf": [{ "type": "null" }, configuration] },
        "getStats": arguments(json!({})),
        "close": arguments(json!({})),
    })
}
