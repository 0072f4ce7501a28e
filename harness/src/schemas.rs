//! JSON Schemas of the formats, generated from the types, so that editors can complete and check.
//!
//! They are checked in under `harness/schemas/`; a test checks that they are up to date.

use schemars::{Schema, SchemaGenerator};
pub use serde_json::Value;
use serde_json::json;

#[cfg(feature = "adapter")]
use crate::adapter::protocol::{Hello, Message, Reading, Request};
use crate::report::check::json::CheckReports;
use crate::report::derive::json::DeriveReport;
use crate::report::diff::json::{DiffReport, MatrixReport};
use crate::report::judge::JudgeReport;
use crate::report::lint::json::{LintReport, LintReports};
use crate::report::matrix::diff::json::ResultsDiffReport;
use crate::report::matrix::json::ResultsReport;
use crate::report::run::json::RunReport;

pub use crate::run::deviations::schema as known;
pub use crate::scenario::schema as scenario;
pub use peerstate_model::editions::schema as edition;
pub use peerstate_model::trace::schema as trace;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Returns a schema as text, as it is checked in.
#[must_use]
pub fn text(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).unwrap_or_default()
}

/// Returns the schema of the JSON reports of `run`, `judge`, `check`, `lint`, `diff`, `derive` and `report`.
#[must_use]
pub fn report() -> Value {
    let mut generator = SchemaGenerator::default();
    let reports = [
        generator.subschema_for::<RunReport>(),
        generator.subschema_for::<JudgeReport>(),
        generator.subschema_for::<CheckReports>(),
        generator.subschema_for::<LintReport>(),
        generator.subschema_for::<LintReports>(),
        generator.subschema_for::<DiffReport>(),
        generator.subschema_for::<MatrixReport>(),
        generator.subschema_for::<DeriveReport>(),
        generator.subschema_for::<ResultsReport>(),
        generator.subschema_for::<ResultsDiffReport>(),
    ];
    any_of("A JSON report of peerstate, schema 1", &reports, generator)
}

/// Returns the schema of the lines between the harness and an adapter, and of the results that need
/// more than the schema of an answer.
#[cfg(feature = "adapter")]
#[must_use]
pub fn adapter() -> Value {
    let mut generator = SchemaGenerator::default();
    let lines = [
        generator.subschema_for::<Request>(),
        generator.subschema_for::<Message>(),
    ];
    // Defined, so that editors find them: each is the `result` of an answer.
    let _: Schema = generator.subschema_for::<Hello>();
    let _: Schema = generator.subschema_for::<Reading>();
    let title = "A line between peerstate and an adapter, protocol 1";
    any_of(title, &lines, generator)
}

/// Returns the schema of a document that is one of several.
fn any_of(title: &str, documents: &[Schema], mut generator: SchemaGenerator) -> Value {
    let definitions = generator.take_definitions(true);
    json!({
        "$schema": DRAFT,
        "title": title,
        "anyOf": documents,
        "$defs": definitions,
    })
}
