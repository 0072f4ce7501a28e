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
use crate::definitions::json::{DeriveReport, DiffReport, LintReport, LintReports, MatrixReport};
use crate::report::check::CheckReports;
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

/// The schema of a file that describes an edition, published or a draft.
#[must_use]
pub fn edition() -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let text = json!({ "type": "string" });
    let id = json!({ "type": "string", "pattern": "^\\S+$" });
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
        "$defs": { "predicate": predicate, "lists": lists },
    })
}

/// The schema of the definition of one enum.
fn definition<S: StateEnum>() -> Value {
    let names: Vec<_> = S::ALL.iter().map(|state| state.as_str()).collect();
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
            "readings": { "type": "array", "minItems": 1, "items": {
                "type": "object",
                "required": ["id", "default", "basis", "vacuous_all", "states"],
                "additionalProperties": false,
                "properties": {
                    "id": { "type": "string", "pattern": "^\\S+$" },
                    "default": { "type": "boolean" },
                    "basis": { "type": "string" },
                    "vacuous_all": { "type": "boolean" },
                    "order": order,
                    "states": {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": false,
                        "properties": predicates,
                    },
                },
            }},
        },
    })
}

fn dynamics() -> Value {
    let text = json!({ "type": "string" });
    let boolean = json!({ "type": "boolean" });
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "derivation_algorithm": { "type": ["boolean", "string"] },
            "rederive_triggers": { "type": "array", "items": text },
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

/// The schema of the JSON reports: of `run`, `judge`, `check`, `lint`, `diff` and `derive`.
#[must_use]
pub fn report() -> Value {
    let mut generator = SchemaGenerator::default();
    let run: Schema = generator.subschema_for::<RunReport>();
    let judge: Schema = generator.subschema_for::<JudgeReport>();
    let check: Schema = generator.subschema_for::<CheckReports>();
    let lint: Schema = generator.subschema_for::<LintReport>();
    let lints: Schema = generator.subschema_for::<LintReports>();
    let diff: Schema = generator.subschema_for::<DiffReport>();
    let matrix: Schema = generator.subschema_for::<MatrixReport>();
    let derive: Schema = generator.subschema_for::<DeriveReport>();
    let definitions = generator.take_definitions(true);
    json!({
        "$schema": DRAFT,
        "title": "A JSON report of peerstate, schema 1",
        "anyOf": [run, judge, check, lint, lints, diff, matrix, derive],
        "$defs": definitions,
    })
}
