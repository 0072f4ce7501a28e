//! The matrix as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use peerstate_model::trace::Implementation;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Matrix, RuleCell};
use crate::report::SCHEMA;
use crate::report::run::Date;
use crate::run::verdict::Result;

/// The output of `report --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ResultsReport {
    /// The version of this format: 1.
    schema: u32,
    /// The implementations, in the order in which they were named.
    implementations: Vec<ImplementationReport>,
    /// The rules by which anything was judged.
    rules: Vec<RuleReport>,
    /// The scenarios, by id.
    scenarios: Vec<ScenarioResults>,
}

/// The run of an implementation.
#[derive(Debug, Serialize, JsonSchema)]
struct ImplementationReport {
    /// Its name in `rules` and `scenarios`.
    key: String,
    implementation: Implementation,
    /// The edition by which it is judged.
    edition: String,
    /// The seed that replaced those of the scenarios.
    seed: Option<u64>,
    /// The day of the run.
    date: Option<Date>,
    /// The version of peerstate that ran it.
    peerstate: Option<String>,
    /// The number of scenarios whose expectations hold.
    behave: usize,
    /// The number of scenarios with each result.
    summary: BTreeMap<&'static str, usize>,
    /// The names of its deviations.
    deviations: Vec<String>,
    /// Whether every result is as expected.
    as_expected: bool,
}

/// How the implementations keep a rule.
#[derive(Debug, Serialize, JsonSchema)]
struct RuleReport {
    rule: &'static str,
    /// By the key of the implementation.
    results: BTreeMap<String, RuleResult>,
}

/// How an implementation keeps a rule.
#[derive(Debug, Serialize, JsonSchema)]
struct RuleResult {
    /// kept, broken as known, broken or not observed.
    keeping: &'static str,
    /// The number of scenarios that could be judged by it.
    judged: usize,
    /// The number of scenarios that break it.
    broken: usize,
}

/// The results of a scenario.
#[derive(Debug, Serialize, JsonSchema)]
struct ScenarioResults {
    scenario: String,
    title: String,
    /// The result, by the key of the implementation; absent if it was not run.
    results: BTreeMap<String, String>,
}

/// Writes the JSON document.
///
/// # Errors
///
/// When nothing can be written.
pub fn write(out: &mut dyn Write, matrix: &Matrix) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &ResultsReport::of(matrix))?;
    writeln!(out)
}

impl ResultsReport {
    fn of(matrix: &Matrix) -> Self {
        let keys = || matrix.columns.iter().map(|column| column.key.clone());
        let folders = matrix.folders();
        Self {
            schema: SCHEMA,
            implementations: implementations(matrix),
            rules: matrix
                .rules()
                .into_iter()
                .map(|(rule, cells)| RuleReport {
                    rule: rule.id,
                    results: keys()
                        .zip(cells.into_iter().map(RuleResult::from))
                        .collect(),
                })
                .collect(),
            scenarios: folders
                .values()
                .flatten()
                .map(|row| {
                    let results = keys().zip(&row.outcomes);
                    ScenarioResults {
                        scenario: row.id.to_owned(),
                        title: row.title.to_owned(),
                        results: results
                            .filter_map(|(key, one)| Some((key, one.as_ref()?.result.to_string())))
                            .collect(),
                    }
                })
                .collect(),
        }
    }
}

fn implementations(matrix: &Matrix) -> Vec<ImplementationReport> {
    let report = |column: &super::Column| {
        let of = &column.results;
        let counts = Result::ALL.map(|result| (result.as_str(), of.count(result)));
        ImplementationReport {
            key: column.key.clone(),
            implementation: of.of.implementation.clone(),
            edition: of.of.edition.clone(),
            seed: of.of.seed,
            date: of.date,
            peerstate: of.peerstate.clone(),
            behave: of.behave(),
            summary: counts.into_iter().filter(|(_, count)| *count > 0).collect(),
            deviations: of.deviations.iter().map(|one| one.name.clone()).collect(),
            as_expected: of.is_as_expected(),
        }
    };
    matrix.columns.iter().map(report).collect()
}

impl From<RuleCell> for RuleResult {
    fn from(cell: RuleCell) -> Self {
        Self {
            keeping: cell.keeping.as_str(),
            judged: cell.judged,
            broken: cell.broken,
        }
    }
}
