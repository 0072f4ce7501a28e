//! The check of the connection model, as JSON.

use std::io::{self, Write};

use peerstate_model::machine::check::{self, CheckReport, PropertyReport};
use peerstate_model::machine::explore::Explored;
use schemars::JsonSchema;
use serde::Serialize;

use crate::report::SCHEMA;

/// The output of `check --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckReports {
    /// The version of this format: 1.
    schema: u32,
    editions: Vec<EditionReport>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct EditionReport {
    edition: String,
    /// The largest number of transports at one time.
    transports: usize,
    /// Why the machine was not explored, so that only the laws were checked; null if it was
    /// explored.
    not_explored: Option<String>,
    /// The number of states that the checker generated; 0 if the machine was not explored, and
    /// likewise below.
    states: usize,
    /// The number of distinct states.
    unique_states: usize,
    /// The number of states on the longest of the shortest paths.
    depth: usize,
    properties: Vec<Property>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Property {
    id: String,
    sentence: String,
    spec: String,
    /// holds, witnessed, known-counterexample, counterexample, unseen or gone.
    outcome: &'static str,
    /// The shortest path, step by step; null if there is none.
    path: Option<Vec<String>>,
    /// Why it is listed as known.
    reason: Option<String>,
}

impl CheckReports {
    /// Returns the report on some editions.
    #[must_use]
    pub fn of(reports: &[CheckReport]) -> Self {
        Self {
            schema: SCHEMA,
            editions: reports.iter().map(of_edition).collect(),
        }
    }
}

/// Writes the report on some editions as one document.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, reports: &[CheckReport]) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &CheckReports::of(reports))?;
    writeln!(out)
}

fn of_edition(report: &CheckReport) -> EditionReport {
    let (explored, why) = (report.explored.ok(), report.explored.err());
    let count = |of: fn(Explored) -> usize| explored.map_or(0, of);
    EditionReport {
        edition: report.edition.clone(),
        transports: report.most_transports,
        not_explored: why.map(|why| why.to_string()),
        states: count(|explored| explored.states),
        unique_states: count(|explored| explored.unique_states),
        depth: count(|explored| explored.depth),
        properties: report.properties.iter().map(of_property).collect(),
    }
}

fn of_property(property: &PropertyReport) -> Property {
    let (outcome, path, reason) = match &property.outcome {
        check::Outcome::Holds => ("holds", None, None),
        check::Outcome::Witnessed(path) => ("witnessed", Some(path), None),
        check::Outcome::KnownCounterexample { path, reason } => {
            ("known-counterexample", Some(path), Some(reason))
        }
        check::Outcome::Counterexample(path) => ("counterexample", Some(path), None),
        check::Outcome::Unseen => ("unseen", None, None),
        check::Outcome::Gone { reason } => ("gone", None, Some(reason)),
    };
    Property {
        id: property.id.clone(),
        sentence: property.sentence.clone(),
        spec: property.spec.clone(),
        outcome,
        path: path.map(|path| path.steps.iter().map(ToString::to_string).collect()),
        reason: reason.cloned(),
    }
}
