//! A run as JSON for machines.

use std::io::{self, Write};

use peerstate_model::trace::Implementation;
use schemars::JsonSchema;
use serde::Serialize;

use super::finding::FindingReport;
use super::judge::TraceReport;
use super::{Counts, Event, Reporter, SCHEMA};

/// The output of `run --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunReport {
    /// The version of this format: 1.
    schema: u32,
    /// The edition that the traces are judged by.
    edition: String,
    /// The implementation under test.
    implementation: Implementation,
    /// The scenarios, in order.
    scenarios: Vec<ScenarioReport>,
    /// How many scenarios had each result.
    summary: serde_json::Map<String, serde_json::Value>,
    /// The known deviations, by a pattern, that happen no more.
    fixed: Vec<String>,
}

/// What became of a scenario.
#[derive(Debug, Serialize, JsonSchema)]
struct ScenarioReport {
    /// Its id.
    scenario: String,
    /// pass, known, fail, fixed, unsupported, inconclusive or error.
    result: String,
    /// The file its trace was written to (`--trace-dir`).
    trace: Option<String>,
    /// Why it is unsupported, inconclusive, an error or fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The verdict; absent where nothing was run.
    #[serde(flatten)]
    verdict: Option<TraceReport>,
}

/// Collects the run and writes one JSON document at its end.
pub struct Json<W> {
    out: W,
    counts: Counts,
    report: RunReport,
}

impl<W: Write> Json<W> {
    /// A reporter to `out`.
    pub fn new(out: W) -> Self {
        let report = RunReport {
            schema: SCHEMA,
            edition: String::new(),
            implementation: Implementation {
                name: String::new(),
                version: String::new(),
            },
            scenarios: Vec::new(),
            summary: serde_json::Map::new(),
            fixed: Vec::new(),
        };
        Self {
            out,
            counts: Counts::default(),
            report,
        }
    }
}

impl<W: Write> Reporter for Json<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started {
                implementation,
                edition,
                ..
            } => {
                self.report.implementation = (*implementation).clone();
                (*edition).clone_into(&mut self.report.edition);
                Ok(())
            }
            Event::Judged { judged, trace_file } => {
                self.counts.add(judged.result);
                let file = trace_file.map(str::to_owned);
                let verdict = judged.verdict.as_ref().map(|verdict| {
                    let findings = judged
                        .findings
                        .iter()
                        .map(|(finding, known)| FindingReport::new(finding, Some(known.is_some())))
                        .collect();
                    TraceReport::new(file.clone(), verdict, findings)
                });
                self.report.scenarios.push(ScenarioReport {
                    scenario: judged.scenario.clone(),
                    result: judged.result.to_string(),
                    trace: file,
                    reason: judged.reason.clone(),
                    verdict,
                });
                Ok(())
            }
            Event::Finished(finished) => {
                for (result, count) in self.counts.iter() {
                    self.report.summary.insert(result.to_string(), count.into());
                }
                self.report.fixed = finished
                    .stale
                    .iter()
                    .map(|entry| entry.rule.clone())
                    .collect();
                serde_json::to_writer_pretty(&mut self.out, &self.report)?;
                writeln!(self.out)
            }
        }
    }
}
