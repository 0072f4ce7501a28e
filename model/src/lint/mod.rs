//! Definitions, checked for any number of transports.
//!
//! # Why a finite search speaks for any number
//!
//! A predicate asks only *which* ICE states and *which* DTLS states are present
//! ([`Facts`](crate::editions::Facts)). So what a reading gives for a combination depends on two
//! sets alone: at most 127 × 31 pairs of non-empty sets, no transports, and closed. Any pair of
//! non-empty sets `(I, D)` is that of some combination, of no more than seven transports: put the
//! states of the larger set side by side with those of the smaller, repeating its last. Searching
//! every pair of sets therefore searches every combination of any number of transports.
//!
//! A step of one transport changes one element and leaves a rest. The rest is again only a pair of
//! sets, so that every step of any number of transports is one of 3,938 rests (with the empty one)
//! and 29 steps; eight transports realise them all.
//!
//! Tests compare this with plain enumeration of combinations by an evaluator of its own.

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

/// Something that is asked of every text beside what the machine shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The stable name, which a finding has in its `about`.
    pub about: &'static str,
    /// The kind of such a finding.
    pub kind: DynamicsKind,
    /// What should be so, in a sentence.
    pub asks: &'static str,
}

/// Everything that is asked.
#[must_use]
pub fn asked() -> Vec<Asked> {
    says::asked().chain(closed::ASKED).collect()
}

/// All that lint says of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linted {
    /// The edition.
    pub edition: String,
    /// The policies that were asked for.
    pub choices: Choices,
    /// The findings of each reading of each enum.
    pub enums: Vec<EnumReport>,
    /// What is wrong with how and when the values are updated.
    pub dynamics: Vec<DynamicsFinding>,
    /// What was asked of the text and found to be meant.
    pub remarks: Vec<Remark>,
    /// Why there was no machine to explore, so that nothing is said of its steps and events.
    pub not_explored: Option<NoMachine>,
}

impl Linted {
    /// Whether there is no finding.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.dynamics.is_empty() && self.enums.iter().all(|report| report.findings.is_empty())
    }
}

/// Lints an edition: every reading of both enums, for any number of transports, and its dynamics.
/// Combinations of at most `up_to` transports are counted. Of the policies those are asked for that
/// nobody disputes.
#[must_use]
pub fn lint(edition: &Edition, up_to: usize) -> Linted {
    lint_by(edition, up_to, Choices::default())
}

/// As [`lint`], by other policies.
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
