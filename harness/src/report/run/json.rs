//! A run, as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use peerstate_model::trace::{Clock, Implementation};
use schemars::JsonSchema;
use serde::Serialize;

use super::summary::{Deviation, Summary, Unsteady, unsteady};
use super::{Counts, Date, Ran};
use crate::report::SCHEMA;
use crate::report::finding::json::FindingReport;
use crate::report::judge::json::TraceReport;
use crate::run::verdict::Judged;
use crate::run::{Check, LeftOut};

/// The output of `run --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunReport {
    /// The version of this format: 1.
    schema: u32,
    /// The edition by which the traces are judged.
    edition: String,
    /// The implementation under test.
    implementation: Implementation,
    /// The version of peerstate that ran it.
    peerstate: String,
    /// The day of the run, as `2026-11-22`, if it was given or the results were written to a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Date>,
    /// Whose time the traces are in.
    clock: Clock,
    /// The seed that replaced those of the scenarios.
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    /// The number of scenarios that behave as specified: their expectations hold.
    behave: usize,
    /// The number of scenarios that do not.
    deviate: usize,
    /// The deviations of the implementation: first those that are not known, then by the number of
    /// scenarios.
    deviations: Vec<Deviation>,
    /// The scenarios, in order.
    scenarios: Vec<ScenarioReport>,
    /// The number of scenarios with each result.
    summary: serde_json::Map<String, serde_json::Value>,
    /// The known deviations with a pattern that no longer happen.
    fixed: Vec<String>,
}

/// The result of an expectation at one peer.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckReport {
    /// The line of the step in the scenario; 0 for the constructor.
    line: usize,
    peer: String,
    /// When it was decided, in milliseconds since the start.
    at: f64,
    met: bool,
    /// What was expected and what was observed, if it was not met.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Whether it depends on a value that was not observed at that time.
    assumed: bool,
    /// Which values, and what they were assumed from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    assumptions: Vec<String>,
}

/// The result of a scenario.
#[derive(Debug, Serialize, JsonSchema)]
struct ScenarioReport {
    /// Its id.
    scenario: String,
    /// Its title.
    title: String,
    /// Links to the sentences of the specification that it asserts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spec: Vec<String>,
    /// The peers of its trace; empty if nothing was run.
    peers: Vec<String>,
    /// pass, known, fail, fixed, unsupported, inconclusive or error.
    result: String,
    /// Whether its expectations hold: met, not-met or none.
    expectations: String,
    /// The ids of the known deviations that its trace shows.
    deviations: Vec<String>,
    /// The result of each expectation.
    checks: Vec<CheckReport>,
    /// The parts of the expectations that are not judged, since the implementation does not show
    /// them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOut>,
    /// The file to which its trace was written (`--trace-dir`).
    trace: Option<String>,
    /// How its runs differ, if it was repeated in real time (`--repeat`). The rest is about the run
    /// that is furthest from what is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    repeated: Option<RepeatedReport>,
    /// Why it is unsupported, inconclusive, an error or fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The verdict; absent if nothing was run.
    #[serde(flatten)]
    verdict: Option<TraceReport>,
}

/// How the runs of a scenario differ.
#[derive(Debug, Serialize, JsonSchema)]
struct RepeatedReport {
    /// How many runs there were.
    runs: usize,
    /// How many runs had each result.
    results: BTreeMap<String, usize>,
    /// The deviations that not every run shows.
    unsteady: Vec<Unsteady>,
}

/// Writes the JSON document.
///
/// # Errors
///
/// When nothing can be written.
pub fn write(out: &mut dyn Write, ran: &Ran<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &RunReport::of(ran))?;
    writeln!(out)
}

impl RunReport {
    fn of(ran: &Ran<'_>) -> Self {
        let Summary {
            behave,
            deviate,
            deviations,
            ..
        } = Summary::new(ran.judged, ran.known);
        let scenarios = ran.judged.iter();
        let summary = Counts::of(ran.judged);
        let summary = summary.iter().map(|(of, count)| (of.to_string(), count));
        Self {
            schema: SCHEMA,
            edition: ran.edition.to_owned(),
            implementation: ran.implementation.clone(),
            peerstate: env!("CARGO_PKG_VERSION").to_owned(),
            date: ran.date,
            clock: ran.clock,
            seed: ran.seed,
            behave,
            deviate,
            deviations,
            scenarios: scenarios
                .map(|judged| ScenarioReport::of(ran, judged))
                .collect(),
            summary: summary.map(|(of, count)| (of, count.into())).collect(),
            fixed: ran.stale.iter().map(ToString::to_string).collect(),
        }
    }
}

impl ScenarioReport {
    fn of(ran: &Ran<'_>, judged: &Judged) -> Self {
        let file = ran.trace_file(judged).map(str::to_owned);
        let verdict = judged.verdict.as_ref().map(|verdict| {
            let findings = judged
                .findings
                .iter()
                .map(|(finding, known)| {
                    FindingReport::listed(finding, ran.known_name(*known).as_deref())
                })
                .collect();
            TraceReport::new(file.clone(), verdict, findings)
        });
        Self {
            scenario: judged.scenario.clone(),
            title: judged.title.clone(),
            spec: judged.spec.clone(),
            peers: judged.peers().to_vec(),
            result: judged.result.to_string(),
            expectations: judged.expectations.as_str().to_owned(),
            deviations: judged.deviations.clone(),
            checks: judged.checks.iter().map(CheckReport::from).collect(),
            left_out: judged.left_out.clone(),
            trace: file,
            repeated: RepeatedReport::of(ran, judged),
            reason: judged.reason.clone(),
            verdict,
        }
    }
}

impl RepeatedReport {
    fn of(ran: &Ran<'_>, judged: &Judged) -> Option<Self> {
        if judged.again.is_empty() {
            return None;
        }
        let mut results = BTreeMap::new();
        for run in judged.runs() {
            *results.entry(run.result.to_string()).or_default() += 1;
        }
        Some(Self {
            runs: judged.runs().count(),
            results,
            unsteady: unsteady(judged, ran.known),
        })
    }
}

impl From<&Check> for CheckReport {
    fn from(check: &Check) -> Self {
        Self {
            line: check.line,
            peer: check.peer.clone(),
            at: check.at.millis(),
            met: check.missed.is_none(),
            message: check.missed.as_ref().map(|missed| missed.message.clone()),
            assumed: !check.assumed.is_empty(),
            assumptions: check.assumed.clone(),
        }
    }
}
