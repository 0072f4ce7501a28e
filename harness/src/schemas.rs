//! JSON Schemas of the formats, made from the types, so that editors complete and check.
//!
//! They are checked in under `harness/schemas/`; a test keeps them fresh.

use peerstate_model::states::{DtlsTransportState, IceGathererState, IceTransportState};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::definitions::json::{DeriveReport, DiffReport, LintReport, LintReports, MatrixReport};
use crate::report::check::CheckReports;
use crate::report::json::{JudgeReport, RunReport};

mod edition;
mod known;
mod scenario;

pub use edition::edition;
pub use known::known;
pub use scenario::scenario;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A schema as it is checked in.
#[must_use]
pub fn text(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).unwrap_or_default()
}

/// Text as the readers take it: without control characters, but for line breaks and tabs.
fn text_definition() -> Value {
    json!({
        "type": "string",
        "pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$",
    })
}

/// A reference to [`text_definition`], which stands in every schema under this name.
fn a_text() -> Value {
    json!({ "$ref": "#/$defs/text" })
}

fn one_or_more(item: &Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item }] })
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
