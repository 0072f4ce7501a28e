//! What changed between two sets of results, as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Change, DeviationChange, ResultsDiff, ScenarioChange};
use crate::report::SCHEMA;

/// The output of `report diff --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ResultsDiffReport {
    /// The version of this format: 1.
    schema: u32,
    /// Whether something got worse.
    worse: bool,
    /// The implementations that both results have.
    implementations: Vec<ImplementationDiff>,
    /// The implementations that only the new results have.
    added: Vec<String>,
    /// The implementations that only the old results have.
    removed: Vec<String>,
}

/// What changed in an implementation.
#[derive(Debug, Serialize, JsonSchema)]
struct ImplementationDiff {
    name: String,
    /// Whether something got worse.
    worse: bool,
    /// What changed in the run: version, edition, seed or peerstate.
    run: BTreeMap<&'static str, RunDiff>,
    /// The scenarios whose result changed.
    scenarios: Vec<ScenarioDiff>,
    /// The deviations that only the new results have.
    new: Vec<DeviationDiff>,
    /// The deviations that only the old results have.
    gone: Vec<DeviationDiff>,
    /// The scenarios that only the new results have, with their results.
    added: BTreeMap<String, String>,
    /// The scenarios that only the old results have.
    removed: Vec<String>,
}

/// The old and the new.
#[derive(Debug, Serialize, JsonSchema)]
struct RunDiff {
    old: String,
    new: String,
}

/// A scenario whose result changed.
#[derive(Debug, Serialize, JsonSchema)]
struct ScenarioDiff {
    scenario: String,
    old: String,
    new: String,
    worse: bool,
    /// Why the new result is not as expected; empty if it is.
    cause: String,
}

/// A deviation that is new, or gone.
#[derive(Debug, Serialize, JsonSchema)]
struct DeviationDiff {
    id: String,
    known: bool,
    reason: String,
    /// The number of scenarios that show it.
    scenarios: usize,
    /// Whether a scenario shows it that both results have.
    in_both: bool,
}

/// Writes the JSON document.
///
/// # Errors
///
/// When nothing can be written.
pub fn write(out: &mut dyn Write, diff: &ResultsDiff) -> io::Result<()> {
    let report = ResultsDiffReport {
        schema: SCHEMA,
        worse: diff.is_worse(),
        implementations: diff.changes.iter().map(ImplementationDiff::from).collect(),
        added: diff.added.clone(),
        removed: diff.removed.clone(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

impl From<&Change> for ImplementationDiff {
    fn from(change: &Change) -> Self {
        let run = change.of_run.iter().cloned();
        let added = change.added.iter();
        Self {
            name: change.name.clone(),
            worse: change.is_worse(),
            run: run
                .map(|(what, old, new)| (what, RunDiff { old, new }))
                .collect(),
            scenarios: change.scenarios.iter().map(ScenarioDiff::from).collect(),
            new: change.new.iter().map(DeviationDiff::from).collect(),
            gone: change.gone.iter().map(DeviationDiff::from).collect(),
            added: added
                .map(|(id, result)| (id.clone(), result.to_string()))
                .collect(),
            removed: change.removed.clone(),
        }
    }
}

impl From<&ScenarioChange> for ScenarioDiff {
    fn from(change: &ScenarioChange) -> Self {
        Self {
            scenario: change.scenario.clone(),
            old: change.old.to_string(),
            new: change.new.to_string(),
            worse: change.is_worse(),
            cause: change.cause.clone(),
        }
    }
}

impl From<&DeviationChange> for DeviationDiff {
    fn from(change: &DeviationChange) -> Self {
        Self {
            id: change.name.clone(),
            known: change.is_known,
            reason: change.reason.clone(),
            scenarios: change.scenarios,
            in_both: change.in_both,
        }
    }
}
