//! Reports of a run: one stream of events, and a reporter a format.

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
        /// Whose time its traces are in.
        clock: Clock,
        /// The edition it is judged by.
        edition: &'e str,
        /// How many scenarios there are.
        scenarios: usize,
    },
    /// A scenario has been run and judged; scenarios come in their order.
    Judged {
        /// What became of it.
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
    /// What is listed and happens no more, beyond what the result of a scenario says.
    pub stale: &'e [Stale<'e>],
    /// The file of the list.
    pub known_file: &'e str,
}

/// Something that reports a run.
pub trait Reporter {
    /// Takes in what happens; writes when it will.
    ///
    /// # Errors
    ///
    /// When nothing can be written.
    fn event(&mut self, event: &RunEvent<'_>) -> io::Result<()>;
}

/// How many scenarios had each result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts([usize; Result::ALL.len()]);

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, result: Result) {
        if let Some(place) = Result::ALL.iter().position(|other| *other == result) {
            self.0[place] += 1;
        }
    }

    /// The results that there were, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (Result, usize)> {
        Result::ALL
            .into_iter()
            .zip(self.0)
            .filter(|(_, count)| *count > 0)
    }
}
