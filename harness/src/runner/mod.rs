//! Running a scenario: its steps, one by one, against a session of an implementation.
//!
//! A run ends with its last step, with the first expectation that does not hold (what follows
//! would rest on it), when its limit has passed, or with a fault of the implementation. Whatever
//! ends it, the trace so far is kept.

mod alter;
mod known;
mod steps;

use std::collections::BTreeSet;

use peerstate_model::trace::{At, Entry, Header, Trace};

use crate::capability::Capability;
use crate::implementation::{Fault, Implementation, Setup, StartError};
use crate::scenario::Scenario;

/// What came of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What was seen.
    pub trace: Trace,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Every step was done and every expectation held.
    Finished,
    /// An expectation did not hold.
    Unexpected(Unexpected),
    /// The limit passed first.
    LimitPassed {
        /// The line of the step that was under way.
        line: usize,
    },
    /// The implementation broke.
    Fault {
        /// The line of the step that was under way.
        line: usize,
        /// How.
        fault: Fault,
    },
}

/// An expectation that did not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Unexpected {
    /// The line of the step in the scenario.
    pub line: usize,
    /// The peer.
    pub peer: String,
    /// When that was clear.
    pub at: At,
    /// What was expected, and what was seen.
    pub message: String,
}

/// What a scenario needs and an implementation lacks.
#[must_use]
pub fn lacking(scenario: &Scenario, implementation: &dyn Implementation) -> BTreeSet<Capability> {
    scenario
        .requires
        .difference(&implementation.capabilities())
        .copied()
        .collect()
}

/// Runs a scenario. `seed` takes the place of the scenario's own.
///
/// # Errors
///
/// When the implementation could not be run at all.
pub fn run(
    scenario: &Scenario,
    implementation: &dyn Implementation,
    seed: Option<u64>,
) -> Result<Run, StartError> {
    let setup = Setup {
        peers: scenario.peers.clone(),
        seed: seed.unwrap_or(scenario.seed),
    };
    let mut session = implementation.start(&setup)?;
    let mut steps = steps::Stepper::new(scenario, session.as_mut());
    let outcome = steps.run();
    let mut entries = steps.into_entries();
    for (place, entry) in entries.iter_mut().enumerate() {
        // The header is the first line.
        entry.line = place + 2;
    }
    let trace = Trace {
        header: header(scenario, implementation),
        entries,
    };
    Ok(Run { trace, outcome })
}

fn header(scenario: &Scenario, implementation: &dyn Implementation) -> Header {
    Header {
        trace: 1,
        implementation: implementation.identity(),
        scenario: Some(scenario.id.clone()),
        clock: implementation.clock(),
        peers: scenario.peer_names().map(str::to_owned).collect(),
        observes: implementation.observes(),
    }
}

/// The entries of one peer.
pub(crate) fn of_peer<'e>(entries: &'e [Entry], peer: &'e str) -> impl Iterator<Item = &'e Entry> {
    entries.iter().filter(move |entry| entry.peer == peer)
}
