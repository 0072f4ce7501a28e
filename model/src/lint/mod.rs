//! Lint: checks definitions for any number of transports.
//!
//! # Why a finite search covers any number
//!
//! A predicate depends only on *which* ICE states and *which* DTLS states are present
//! ([`Facts`](crate::editions::Facts)). So the value that a reading gives for a combination depends
//! only on two sets: at most 127 × 31 pairs of non-empty sets, no transports, and closed. Every
//! pair of non-empty sets `(I, D)` belongs to a combination of at most seven transports: pair the
//! states of the larger set with those of the smaller, repeating its last. So a search of every
//! pair of sets covers every combination of any number of transports.
//!
//! A step of one transport changes one element and leaves the others. The others are again a pair
//! of sets, so every step of any number of transports is one of 3,938 such pairs (with the empty
//! one) and 29 steps; eight transports realise them all.
//!
//! Tests compare this with plain enumeration of combinations by a separate evaluator.

mod answers;
mod closed;
mod compare;
mod dynamics;
mod edits;
mod finding;
mod findings;
pub mod mutants;
mod regression;
mod remarks;
mod says;
mod search;
mod suggest;

pub use answers::{Change, answers, change};
pub use compare::{Difference, Group, compare, disagreements};
pub use dynamics::{DynamicsProposal, OF_THE_MACHINE, suggest_dynamics};
pub use edits::{Edit, EditKind, edits_of_predicate, edits_of_reading};
pub use finding::{DynamicsFinding, DynamicsKind, EnumReport, Finding, Kind};
pub use remarks::Remark;
pub use suggest::{Proposal, Suggestions, suggest};

use crate::editions::Edition;
use crate::machine::model::NoMachine;
use crate::policies::Choices;

/// A requirement on every text that the machine does not check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The stable name, which a finding repeats in `about`.
    pub about: &'static str,
    /// The kind of such a finding.
    pub kind: DynamicsKind,
    /// The requirement, in a sentence.
    pub asks: &'static str,
}

/// Returns every such requirement.
#[must_use]
pub fn asked() -> Vec<Asked> {
    says::asked().chain(closed::ASKED).collect()
}

/// The result of linting an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linted {
    /// The id of the edition.
    pub edition: String,
    /// The answers to policies that were checked.
    pub choices: Choices,
    /// The findings of each reading of each enum.
    pub enums: Vec<EnumReport>,
    /// The findings about how and when the values are updated.
    pub dynamics: Vec<DynamicsFinding>,
    /// Remarks: what readers reported, and what turned out to be intended.
    pub remarks: Vec<Remark>,
    /// Why there was no machine to explore, so that its steps and events were not checked.
    pub not_explored: Option<NoMachine>,
}

impl Linted {
    /// Returns whether there are no findings.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.dynamics.is_empty() && self.enums.iter().all(|report| report.findings.is_empty())
    }
}

/// Lints an edition: every reading of both enums, for any number of transports, and its dynamics.
/// Combinations of at most `up_to` transports are counted. Only the policies that nobody disputes
/// are checked.
#[must_use]
pub fn lint(edition: &Edition, up_to: usize) -> Linted {
    lint_by(edition, up_to, Choices::default())
}

/// Like [`lint`], with other policies.
#[must_use]
pub fn lint_by(edition: &Edition, up_to: usize, choices: Choices) -> Linted {
    Linted {
        edition: edition.id.clone(),
        enums: findings::lint_enums(edition, up_to, &choices),
        dynamics: dynamics::lint_dynamics(edition, &choices),
        remarks: remarks::remarks(edition),
        not_explored: NoMachine::of(edition),
        choices,
    }
}
