//! Runs a scenario: its steps, one by one, in a session of an implementation.
//!
//! A failed expectation ends neither the run nor the judging, unless its step has `stop: true`. A
//! run ends with its last step, with such a step, when its limit has passed, or with a fault of the
//! implementation. In each case, the trace so far is kept.

mod alter;
mod attributes;
pub mod deviations;
pub mod files;
mod observable;
mod recorder;
pub mod selection;
mod steps;
mod supported;
pub mod verdict;

use peerstate_model::trace::{At, Entry, Header, Trace, What};

use crate::implementation::{ConstructorRefused, Fault, Setup, StartError};
pub use observable::LeftOut;
pub use supported::{Lacking, Supported};

/// The result of running a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The trace.
    pub trace: Trace,
    /// The result of each expectation, in the order in which they were decided.
    pub checks: Vec<Check>,
    /// How it ended.
    pub end: RunEnd,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEnd {
    /// Every step was done.
    Finished,
    /// A step with `stop: true` failed; the steps after it were not run.
    Stopped {
        /// The line of the step.
        line: usize,
    },
    /// The limit passed first.
    LimitPassed {
        /// The line of the step that was running.
        line: usize,
    },
    /// The implementation broke.
    Fault {
        /// The line of the step that was running.
        line: usize,
        /// The fault.
        fault: Fault,
    },
}

/// The result of an expectation at one peer: of an `expect`, of a `fails`, or of a call that must
/// succeed, which is listed only if it did not.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The line of the step in the scenario; 0 for the constructor, which no step calls.
    pub line: usize,
    /// The peer.
    pub peer: String,
    /// When it was decided.
    pub at: At,
    /// The values that it depends on but that were not observed at that time, each with where it
    /// was assumed from.
    pub assumed: Vec<String>,
    /// How it was missed; `None` if it was met.
    pub missed: Option<Missed>,
}

/// How an expectation was missed.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed {
    /// The line of the trace that notes it, from 1.
    pub trace_line: usize,
    /// What is wrong, without details of this run.
    pub deviation: String,
    /// What was expected, and what was observed.
    pub message: String,
}

/// Runs a scenario. `seed` takes the place of the scenario's own.
///
/// # Errors
///
/// If the implementation could not be run at all.
pub fn run(supported: &Supported<'_>, seed: Option<u64>) -> Result<Run, StartError> {
    let Supported {
        scenario,
        implementation,
        profile,
        ..
    } = supported;
    let setup = Setup {
        peers: scenario.peers.clone(),
        seed: seed.unwrap_or(scenario.seed),
    };
    let mut session = match implementation.start(&setup) {
        Ok(session) => session,
        Err(StartError::Refused(refusal)) => return Ok(refused(supported, &refusal)),
        Err(StartError::Fault(fault)) => {
            return Ok(Run {
                trace: trace(supported, Vec::new()),
                checks: Vec::new(),
                end: RunEnd::Fault { line: 0, fault },
            });
        }
        Err(error) => return Err(error),
    };
    let reads = &profile.observes.attributes;
    let mut steps = steps::Stepper::new(scenario, session.as_mut(), reads);
    let end = steps.run();
    let (mut entries, checks) = steps.into_parts();
    for (place, entry) in entries.iter_mut().enumerate() {
        // The header is the first line.
        entry.line = place + 2;
    }
    Ok(Run {
        trace: trace(supported, entries),
        checks,
        end,
    })
}

/// Returns the run of a scenario in which a constructor is refused, which is always a failure.
fn refused(supported: &Supported<'_>, refusal: &ConstructorRefused) -> Run {
    let ConstructorRefused {
        peer,
        error,
        message,
    } = refusal;
    let deviation = format!("the constructor must succeed, but failed with {error}");
    let missed = Missed {
        trace_line: 2,
        message: format!("{deviation}: {message}"),
        deviation,
    };
    let mut note = Entry::new(At::default(), peer, What::Note(missed.message.clone()));
    note.line = missed.trace_line;
    Run {
        trace: trace(supported, vec![note]),
        checks: vec![Check {
            line: 0,
            peer: peer.clone(),
            at: At::default(),
            assumed: Vec::new(),
            missed: Some(missed),
        }],
        end: RunEnd::Stopped { line: 0 },
    }
}

/// Returns the trace of a run.
fn trace(supported: &Supported<'_>, entries: Vec<Entry>) -> Trace {
    let Supported {
        scenario, profile, ..
    } = supported;
    let header = Header {
        trace: 1,
        implementation: profile.identity.clone(),
        scenario: Some(scenario.id.clone()),
        clock: profile.clock,
        peers: scenario.peer_names().map(str::to_owned).collect(),
        observes: profile.observes.clone(),
    };
    Trace { header, entries }
}

/// Returns the entries of one peer.
pub(crate) fn of_peer<'e>(entries: &'e [Entry], peer: &'e str) -> impl Iterator<Item = &'e Entry> {
    entries.iter().filter(move |entry| entry.peer == peer)
}
