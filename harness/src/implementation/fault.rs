//! The faults that end a session early, and the errors that prevent one from starting.

use std::time::Duration;

/// A session that can not continue: a result of the run, which never ends the harness.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The implementation panicked.
    #[error("the implementation panicked: {message}")]
    Panicked {
        /// Its message, and where in the source.
        message: String,
    },
    /// The implementation ended by itself, such as a child process that exited.
    #[error("the implementation ended: {reason}")]
    Ended {
        /// Why, if that is known.
        reason: String,
    },
    /// A call never returned although nothing was left to happen.
    #[error("{during} never returned: nothing is left that could wake it (deadlock)")]
    Deadlock {
        /// The method, or `constructor`.
        during: &'static str,
    },
    /// The implementation kept itself busy while time did not advance.
    #[error("the implementation was polled {polls} times while time did not advance (livelock)")]
    Livelock {
        /// How often it was polled.
        polls: u64,
    },
    /// The implementation did not respond in time, by the clock of its traces.
    #[error("{during} did not return within {} s", after.as_secs_f64())]
    TimedOut {
        /// The method, or what else the harness waited for.
        during: &'static str,
        /// How long the harness waited.
        after: Duration,
    },
    /// The implementation was sent a request and did not answer it.
    #[error("{during} was not answered within {} s{said}", after.as_secs_f64())]
    NoAnswer {
        /// The method, or what else was requested.
        during: &'static str,
        /// How long the answer was waited for.
        after: Duration,
        /// The end of its standard error, as the end of a sentence.
        said: String,
    },
    /// The implementation broke the protocol by which it is driven.
    #[error("the adapter {what}{}{said}", wrote_what(wrote.as_deref()))]
    Misbehaved {
        /// What it did.
        what: String,
        /// The beginning of what it wrote.
        wrote: Option<String>,
        /// The end of its standard error, as the end of a sentence.
        said: String,
    },
}

fn wrote_what(line: Option<&str>) -> String {
    let line = line.map(|line| format!("; it wrote `{line}`"));
    line.unwrap_or_default()
}

/// Why a session could not be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The implementation could not be run: a mistake of the setup, and not a result.
    #[error("{implementation} could not be started: {reason}")]
    Unavailable {
        /// Its name.
        implementation: String,
        /// Why.
        reason: String,
    },
    /// It refused to construct one of the peers, which is a result of the scenario.
    #[error(transparent)]
    Refused(#[from] ConstructorRefused),
    /// It broke while it constructed the peers, which is a result of the scenario.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl StartError {
    /// The error that an implementation could not be run.
    #[must_use]
    pub fn unavailable(implementation: &str, reason: &impl ToString) -> Self {
        Self::Unavailable {
            implementation: implementation.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// A constructor that threw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the constructor of {peer} failed with {error}: {message}")]
pub struct ConstructorRefused {
    /// The peer to construct.
    pub peer: String,
    /// The name of the error, such as `InvalidAccessError`.
    pub error: String,
    /// The message of the implementation.
    pub message: String,
}
