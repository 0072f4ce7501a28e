//! Reports of a run: what came of it, and a writer a format.

mod date;
pub mod human;
pub mod json;
#[cfg(feature = "junit")]
pub mod junit;
mod story;
pub mod summary;

use std::collections::BTreeMap;

use peerstate_model::trace::{Clock, Implementation};

use crate::run::deviations::{KnownDeviation, Stale};
use crate::run::verdict::{Judged, Result};

pub use date::{Date, NotADate};

/// A run, as it is reported.
#[derive(Debug, Clone, Copy)]
pub struct Ran<'r> {
    /// The implementation under test.
    pub implementation: &'r Implementation,
    /// Whose time its traces are in.
    pub clock: Clock,
    /// The day of the run, if it is to be reported.
    pub date: Option<Date>,
    /// The seed that replaced those of the scenarios.
    pub seed: Option<u64>,
    /// The edition it is judged by.
    pub edition: &'r str,
    /// What became of the scenarios, in their order.
    pub judged: &'r [Judged],
    /// The files that traces were written to, by the ids of their scenarios.
    pub trace_files: &'r BTreeMap<String, String>,
    /// Every known deviation, in the order of the list.
    pub known: &'r [KnownDeviation],
    /// What is listed and happens no more, beyond what the result of a scenario says.
    pub stale: &'r [Stale<'r>],
    /// The file of the list.
    pub known_file: &'r str,
}

impl Ran<'_> {
    /// Returns the name of the entry that lists a finding, given its index.
    pub(super) fn known_name(&self, entry: Option<usize>) -> Option<String> {
        let entry = self.known.get(entry?)?;
        Some(entry.name())
    }

    /// The file that the trace of a scenario was written to, if it was.
    fn trace_file(&self, judged: &Judged) -> Option<&str> {
        self.trace_files.get(&judged.scenario).map(String::as_str)
    }
}

/// How many scenarios had each result.
#[derive(Debug, Clone, Copy)]
pub struct Counts([usize; Result::ALL.len()]);

impl Counts {
    /// The results of scenarios.
    #[must_use]
    pub fn of(judged: &[Judged]) -> Self {
        let of = |result| judged.iter().filter(|one| one.result == result).count();
        Self(Result::ALL.map(of))
    }

    /// Returns the results that occurred, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (Result, usize)> {
        Result::ALL
            .into_iter()
            .zip(self.0)
            .filter(|(_, count)| *count > 0)
    }
}
