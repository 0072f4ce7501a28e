//! Verdicts on recorded traces: what was judged, and the report of it for machines.

mod human;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use peerstate_model::rules::{Outcome, Verdict};
use peerstate_model::trace::{Implementation, Trace, Warning};
use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use super::finding::FindingReport;
use crate::input;

pub use super::text::count;
pub use human::write;

/// The output of `judge --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JudgeReport {
    /// The version of this format: 1.
    pub schema: u32,
    /// The edition that the traces are judged by.
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
    /// In how many traces it shows.
    traces: usize,
    /// In how many places.
    count: usize,
    /// The first trace that shows it.
    file: String,
    /// The line there, from 1.
    line: usize,
    /// Whether it is listed as known everywhere; absent where no list was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<bool>,
}

/// The verdict on one trace.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TraceReport {
    /// The file of the trace; null where it was not written to one.
    pub file: Option<String>,
    /// conforms, violates or inconclusive.
    pub verdict: String,
    /// The published editions whose definitions give every value that could be compared. This is
    /// about values alone and no verdict.
    pub agrees_with: Vec<String>,
    /// The deviations.
    pub findings: Vec<FindingReport>,
    /// The rules that could not be judged by this trace.
    pub unobserved: Vec<String>,
    /// What is most likely a slip of the trace's author.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningReport>,
}

/// Something strange in a trace that was read all the same.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WarningReport {
    line: usize,
    message: String,
}

impl TraceReport {
    /// The report of a verdict; `findings` may hold more than the oracle's own.
    #[must_use]
    pub fn new(file: Option<String>, verdict: &Verdict, findings: Vec<FindingReport>) -> Self {
        let outcome = if findings.is_empty() {
            verdict.outcome
        } else {
            Outcome::Violates
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

/// A trace that was judged.
#[derive(Debug)]
pub struct JudgedTrace {
    /// Where it came from, as it was named: a path, or `-`.
    pub file: String,
    /// The trace.
    pub trace: Trace,
    /// The verdict.
    pub verdict: Verdict,
    /// For each finding, whether it is listed as known; `None` where no list was given.
    pub known: Option<Vec<bool>>,
}

impl JudgedTrace {
    /// What it is called in reports.
    fn name(&self) -> String {
        input::shown(Path::new(&self.file))
    }

    fn is_known(&self, finding: usize) -> Option<bool> {
        self.known
            .as_ref()
            .and_then(|known| known.get(finding).copied())
    }

    /// Whether it shows a deviation that is not listed as known.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        (0..self.verdict.findings.len()).any(|finding| self.is_known(finding) != Some(true))
    }
}

/// Everything as one document.
#[must_use]
pub fn report(edition: &str, judged: &[JudgedTrace]) -> JudgeReport {
    let traces = judged.iter().map(|one| {
        let findings = one.verdict.findings.iter().enumerate();
        let findings = findings.map(|(place, f)| FindingReport::new(f, one.is_known(place)));
        let mut report = TraceReport::new(Some(one.name()), &one.verdict, findings.collect());
        let warnings = one.trace.warnings().into_iter();
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

/// Every deviation once, those that show in most traces first.
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

/// A deviation of an implementation, over all traces.
#[derive(Debug)]
struct Row {
    implementation: Implementation,
    rule: &'static str,
    /// What is wrong, as it was asked for.
    deviation: String,
    /// The deviations that were put together.
    variants: BTreeSet<String>,
    traces: usize,
    count: usize,
    file: String,
    line: usize,
    known: Option<bool>,
}

/// The deviations of each implementation, those of which `what` makes the same text put together;
/// those that show in most traces first. What follows from another is not counted.
fn collect(judged: &[JudgedTrace], what: impl Fn(&str) -> String) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places: BTreeMap<_, usize> = BTreeMap::new();
    for one in judged {
        let implementation = &one.trace.header.implementation;
        let mut here = BTreeSet::new();
        for (place, finding) in one.verdict.findings.iter().enumerate() {
            if finding.because.is_some() {
                continue;
            }
            let deviation = what(&finding.deviation);
            let name = (&implementation.name, &implementation.version);
            let row = *places
                .entry((name, finding.rule, deviation.clone()))
                .or_insert(rows.len());
            let listed = one.is_known(place);
            if row == rows.len() {
                rows.push(Row {
                    implementation: implementation.clone(),
                    rule: finding.rule,
                    deviation,
                    variants: BTreeSet::new(),
                    traces: 0,
                    count: 0,
                    file: one.file.clone(),
                    line: finding.first().line,
                    known: listed,
                });
            }
            let is_new_here = here.insert(row);
            if let Some(row) = rows.get_mut(row) {
                row.variants.insert(finding.deviation.clone());
                row.traces += usize::from(is_new_here);
                row.count += finding.count;
                row.known = row.known.zip(listed).map(|(one, other)| one && other);
            }
        }
    }
    let weight = |row: &Row| (std::cmp::Reverse(row.traces), std::cmp::Reverse(row.count));
    rows.sort_by(|one, other| {
        let names = one.implementation.name.cmp(&other.implementation.name);
        names.then(weight(one).cmp(&weight(other)))
    });
    rows
}
