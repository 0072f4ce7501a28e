//! Verdicts on recorded traces: the judged traces, and the deviations over all of them.

pub mod human;
pub mod json;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use peerstate_model::editions::Edition;
use peerstate_model::rules::{self, Verdict};
use peerstate_model::trace::{Implementation, Trace, Warning};

use crate::input;
use crate::recordings::Recording;
use crate::run::deviations::{KnownDeviations, match_known};

pub use json::JudgeReport;

/// A judged trace.
#[derive(Debug)]
pub struct JudgedTrace {
    /// Its source, as the user named it: a path, or `-`.
    pub file: String,
    /// The trace.
    pub trace: Trace,
    /// What is suspicious in it.
    pub warnings: Vec<Warning>,
    /// The verdict.
    pub verdict: Verdict,
    /// For each finding, whether it is known; `None` if no list was given.
    pub known: Option<Vec<bool>>,
}

impl JudgedTrace {
    /// Judges a trace by an edition. A list of known deviations excuses only its own
    /// implementation.
    #[must_use]
    pub fn of(
        file: &str,
        recording: Recording,
        edition: &Edition,
        known: Option<&KnownDeviations>,
    ) -> Self {
        let Recording {
            trace, warnings, ..
        } = recording;
        let verdict = rules::judge(&trace, edition);
        let scenario = trace.header.scenario.clone().unwrap_or_default();
        let implementation = &trace.header.implementation.name;
        let known = known.filter(|known| known.is_of(implementation));
        let known = known.map(|known| {
            let listed = match_known(known, &scenario, &verdict.findings);
            listed.iter().map(Option::is_some).collect()
        });
        Self {
            file: file.to_owned(),
            trace,
            warnings,
            verdict,
            known,
        }
    }

    /// Returns its name in reports.
    fn name(&self) -> String {
        input::shown(Path::new(&self.file))
    }

    fn is_known(&self, finding: usize) -> Option<bool> {
        self.known
            .as_ref()
            .and_then(|known| known.get(finding).copied())
    }

    /// Whether it shows a deviation that is not listed as known.
    fn has_unknown(&self) -> bool {
        (0..self.verdict.findings.len()).any(|finding| self.is_known(finding) != Some(true))
    }

    /// Returns whether it conforms, except for known deviations. A trace by which nothing could be
    /// judged is not a success.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        match self.verdict.outcome {
            rules::Outcome::Conforms => true,
            rules::Outcome::Violates => !self.has_unknown(),
            rules::Outcome::Inconclusive => false,
        }
    }
}

/// A deviation of an implementation, over all traces.
#[derive(Debug)]
struct Row {
    implementation: Implementation,
    rule: &'static str,
    /// What is wrong, in the words of `what`.
    deviation: String,
    /// The deviations that this row groups.
    variants: BTreeSet<String>,
    traces: usize,
    count: usize,
    file: String,
    line: usize,
    known: Option<bool>,
}

/// Returns the deviations of each implementation. Those for which `what` returns the same text form
/// one row. Rows that most traces show come first. A finding that follows from another is not
/// counted.
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
