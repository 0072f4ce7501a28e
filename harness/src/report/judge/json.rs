//! Verdicts on recorded traces, as JSON.

use std::io::{self, Write};
use std::path::Path;

use peerstate_model::rules::{self, Verdict};
use peerstate_model::trace::{Implementation, Warning};
use schemars::JsonSchema;
use serde::Serialize;

use super::{JudgedTrace, Row, collect};
use crate::input;
use crate::report::SCHEMA;
use crate::report::finding::json::FindingReport;

/// The output of `judge --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JudgeReport {
    /// The version of this format: 1.
    pub schema: u32,
    /// The edition by which the traces are judged.
    pub edition: String,
    /// The deviations of each implementation over all traces.
    pub deviations: Vec<DeviationReport>,
    /// The traces, in the order of the arguments.
    pub traces: Vec<TraceReport>,
}

/// One deviation of an implementation, over all traces.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeviationReport {
    implementation: Implementation,
    rule: String,
    deviation: String,
    /// The number of traces that show it.
    traces: usize,
    /// The number of places.
    count: usize,
    /// The first trace that shows it.
    file: String,
    /// The line in that trace, from 1.
    line: usize,
    /// Whether it is a known deviation in every trace; absent if no list was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<bool>,
}

/// The verdict on one trace.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TraceReport {
    /// The file of the trace; null if it was not written to one.
    pub file: Option<String>,
    /// conforms, violates or inconclusive.
    pub verdict: String,
    /// The published editions whose definitions give every value that could be compared. This is
    /// only about values, and is not a verdict.
    pub agrees_with: Vec<String>,
    /// The deviations.
    pub findings: Vec<FindingReport>,
    /// The rules that this trace could not be judged by.
    pub unobserved: Vec<String>,
    /// Probable mistakes of the trace's author.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningReport>,
}

/// Something suspicious in a trace that was read nevertheless.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WarningReport {
    line: usize,
    message: String,
}

impl TraceReport {
    /// Returns the report of a verdict; `findings` may include more than the oracle's.
    #[must_use]
    pub fn new(file: Option<String>, verdict: &Verdict, findings: Vec<FindingReport>) -> Self {
        let outcome = if findings.is_empty() {
            verdict.outcome
        } else {
            rules::Outcome::Violates
        };
        Self {
            file,
            verdict: outcome.as_str().to_owned(),
            agrees_with: verdict.agrees_with.clone(),
            findings,
            unobserved: verdict
                .unobserved
                .iter()
                .map(|&rule| rule.to_owned())
                .collect(),
            warnings: Vec::new(),
        }
    }
}

/// Writes the report as one document.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, edition: &str, judged: &[JudgedTrace]) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &report(edition, judged))?;
    writeln!(out)
}

/// Returns the report as one document.
#[must_use]
pub fn report(edition: &str, judged: &[JudgedTrace]) -> JudgeReport {
    let traces = judged.iter().map(|one| {
        let findings = one.verdict.findings.iter().enumerate();
        let findings = findings.map(|(place, f)| FindingReport::new(f, one.is_known(place)));
        let mut report = TraceReport::new(Some(one.name()), &one.verdict, findings.collect());
        let warnings = one.warnings.iter().cloned();
        report.warnings = warnings
            .map(|Warning { line, message }| WarningReport { line, message })
            .collect();
        report
    });
    JudgeReport {
        schema: SCHEMA,
        edition: edition.to_owned(),
        deviations: deviations(judged),
        traces: traces.collect(),
    }
}

/// Returns every deviation once; those that most traces show come first.
fn deviations(judged: &[JudgedTrace]) -> Vec<DeviationReport> {
    let rows = collect(judged, str::to_owned);
    let report = |row: Row| DeviationReport {
        implementation: row.implementation,
        rule: row.rule.to_owned(),
        deviation: row.deviation,
        traces: row.traces,
        count: row.count,
        file: input::shown(Path::new(&row.file)),
        line: row.line,
        known: row.known,
    };
    rows.into_iter().map(report).collect()
}
