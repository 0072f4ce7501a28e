//! Reports of a run: one stream of events, and a reporter for each format.

#[cfg(feature = "html")]
pub mod html;
pub mod human;
pub mod json;
#[cfg(feature = "junit")]
pub mod junit;
mod story;
pub mod summary;

use std::io;

use peerstate_model::trace::{Clock, Implementation};

use crate::run::deviations::{KnownDeviation, Stale};
use crate::run::verdict::{Judged, Result};

/// What happens in a run.
#[derive(Debug)]
pub enum RunEvent<'e> {
    /// It begins.
    Started {
        /// The implementation under test.
        implementation: &'e Implementation,
        /// Whether its traces have virtual or real time.
        clock: Clock,
        /// The edition by which it is judged.
        edition: &'e str,
        /// The number of scenarios.
        scenarios: usize,
    },
    /// A scenario has been run and judged; scenarios are reported in their order.
    Judged {
        /// Its result.
        judged: &'e Judged,
        /// The file its trace was written to, if it was.
        trace_file: Option<&'e str>,
    },
    /// It has ended.
    Finished(Finished<'e>),
}

/// How a run ended.
#[derive(Debug, Clone, Copy)]
pub struct Finished<'e> {
    /// Every known deviation, in the order of the list.
    pub known: &'e [KnownDeviation],
    /// What is listed but no longer happens, beyond what the result of a scenario says.
    pub stale: &'e [Stale<'e>],
    /// The name of the list.
    pub known_file: &'e str,
}

/// Something that reports a run.
pub trait Reporter {
    /// Handles an event; writes whenever the format requires it.
    ///
    /// # Errors
    ///
    /// If the output can not be written.
    fn event(&mut self, event: &RunEvent<'_>) -> io::Result<()>;
}

/// The number of scenarios with each result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts([usize; Result::ALL.len()]);

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, result: Result) {
        if let Some(place) = Result::ALL.iter().position(|other| *other == result) {
            self.0[place] += 1;
        }
    }

    /// Returns the results that occurred, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (Result, usize)> {
        Result::ALL
            .into_iter()
            .zip(self.0)
            .filter(|(_, count)| *count > 0)
    }
}
