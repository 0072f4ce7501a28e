//! `peerstate adapter check`: exercises an adapter and names each mistake.
//!
//! An exercise ends at its first mistake; the next begins with a new process. Whatever the adapter
//! claims is tried: a capability that it lists must be there.

mod bench;
mod capabilities;
mod exercises;

use std::time::Duration;

use peerstate_model::trace::Clock;

use self::bench::{Bench, Mistake};
use self::exercises::EXERCISES;
use super::process::CommandLine;
use super::protocol::{Hello, Lack};
use super::{Adapter, AdapterError, introduce};
use crate::implementation::{Capability, Implementation};

/// What came of an exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The adapter did as it must.
    Passed,
    /// It did not; what it did, and what it must do.
    Mistake(String),
    /// The adapter says that it lacks what the exercise is about; why.
    Skipped(String),
}

/// An exercise and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exercised {
    /// What the adapter must do, as a sentence without its subject.
    pub must: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// Exercises an adapter.
///
/// # Errors
///
/// When it can not be started, or does not introduce itself.
pub fn check(
    command: &CommandLine,
    timeout: Duration,
    mut done: impl FnMut(&Exercised),
) -> Result<Vec<Exercised>, AdapterError> {
    let adapter = Adapter::open(command.clone(), timeout)?;
    let (hello, profile) = (adapter.hello().clone(), adapter.profile());
    drop(adapter);
    let mut all = Vec::new();
    let mut give = |must: String, outcome| {
        let exercised = Exercised { must, outcome };
        done(&exercised);
        all.push(exercised);
    };
    give(
        "answer hello, and observe what a trace can hold".to_owned(),
        Outcome::Passed,
    );
    for (must, exercise) in EXERCISES {
        let outcome = run(command, &hello, timeout, *exercise);
        give((*must).to_owned(), outcome);
    }
    for capability in Capability::ALL {
        let must = format!("have the capability {capability}, if it lists it");
        let lack = Lack::Capability(capability);
        let is_named = hello.capabilities.contains(&capability) || hello.lacks.contains_key(&lack);
        if capability == Capability::Network && hello.clock == Clock::Real && !is_named {
            // The network is the harness's own: the adapter has nothing to say about it.
            continue;
        }
        let outcome = if profile.has(capability) {
            run(command, &hello, timeout, |bench| {
                bench.capability(capability)
            })
        } else {
            let reason = profile.why_not(capability).cloned();
            Outcome::Skipped(
                reason.unwrap_or_else(|| "not listed, and `lacks` gives no reason".to_owned()),
            )
        };
        give(must, outcome);
    }
    Ok(all)
}

fn run(
    command: &CommandLine,
    hello: &Hello,
    timeout: Duration,
    exercise: impl FnOnce(&mut Bench) -> Result<(), Mistake>,
) -> Outcome {
    let connection = match introduce(command) {
        Ok((connection, _)) => connection,
        Err(error) => return Outcome::Mistake(error.to_string()),
    };
    let mut bench = Bench::new(hello.clone(), connection, timeout);
    match exercise(&mut bench) {
        Ok(()) => Outcome::Passed,
        Err(Mistake(text)) => Outcome::Mistake(text),
    }
}
