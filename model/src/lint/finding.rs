//! The findings of lint: about a definition, and about the dynamics.

use crate::machine::check::Path;
use crate::policies::Chosen;
use crate::transports::{Combination, Transport};
use crate::words;

words! {
    /// The kinds of findings about definitions.
    pub enum Kind {
        /// No value holds.
        Gap = "gap",
        /// Several values hold.
        Overlap = "overlap",
        /// No combination has a value.
        Unreachable = "unreachable",
        /// The text contradicts its own claim.
        Claim = "claim",
        /// The edition's two aggregates contradict each other.
        Contradiction = "contradiction",
        /// A value differs from what the answer to a policy requires.
        Policy = "policy",
        /// One transport takes a step forward, and the aggregate goes back.
        Regression = "regression",
        /// The text names a state that this kind of transport does not have.
        Naming = "naming",
    }
}

impl Kind {
    /// Returns what the kind means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Gap => "No value applies.",
            Self::Overlap => "Several values apply, although each predicate is evaluated alone.",
            Self::Unreachable => "No combination has a value that the text defines.",
            Self::Claim => "The text contradicts its own claims about its states.",
            Self::Contradiction => {
                "`connectionState` and `iceConnectionState` contradict each other."
            }
            Self::Policy => "A value differs from what the answer to a policy requires.",
            Self::Regression => {
                "One transport takes a step forward (ICE: new, checking, connected, completed; DTLS: \
                 new, connecting, connected), and the value goes back."
            }
            Self::Naming => "The text names a state that this kind of transport does not have.",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// The number of counted open combinations that have it; for a regression, the number from
    /// which some step goes back; zero if it is not about combinations.
    pub combinations: usize,
    /// The smallest combination that has it; for a regression, the one before the step.
    pub example: Option<Combination>,
    /// A finding may have several causes. This is the smallest combination of each cause, including
    /// the example: no transports; each value of `iceConnectionState` that occurs with the value of
    /// `connectionState`; each set of values of an overlap; each pair of values of a regression;
    /// each smallest set of ICE states of a gap of `iceConnectionState`. Empty if the causes are
    /// not distinguished.
    pub families: Vec<Combination>,
    /// The open combinations of at most two transports that have it.
    pub small: Vec<Vec<Transport>>,
    /// The policy and the answer that require something else; `None` if the text contradicts
    /// itself.
    pub policy: Option<Chosen>,
    /// A description.
    pub message: String,
}

/// The findings of one reading of one enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumReport {
    /// The W3C name of the enum.
    pub enum_name: &'static str,
    /// The id of the reading.
    pub reading: String,
    /// Whether it is the default one.
    pub default: bool,
    /// The findings, by kind.
    pub findings: Vec<Finding>,
}

words! {
    /// The kinds of findings about the dynamics.
    pub enum DynamicsKind {
        /// The text does not say when the values are derived.
        Unspecified = "unspecified",
        /// A value is not updated when a transport is created or discarded.
        Stale = "stale",
        /// `close()` leaves a value, fires an event, or the text does not say whether it does.
        Close = "close",
        /// The events of one change have no defined order, or their handlers read old values.
        Order = "order",
        /// A transport's change updates the values in a second task.
        SecondTask = "second-task",
        /// An event is fired without a change, or the wrong event is fired.
        Event = "event",
        /// The text does not say which transports count, or leaves some out.
        Transports = "transports",
        /// An attribute returns the slot of another attribute.
        Getter = "getter",
    }
}

impl DynamicsKind {
    /// Returns what the kind means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Unspecified => "The text does not say when the values are derived.",
            Self::Stale => "A value is not updated when a transport is created or discarded.",
            Self::Close => {
                "`close()` leaves a value, fires an event, or the text does not say whether it does."
            }
            Self::Order => {
                "The events of one change have no defined order, or their handlers read old values."
            }
            Self::SecondTask => "A transport's change updates the values in a second task.",
            Self::Event => "An event is fired without a change, or the wrong event is fired.",
            Self::Transports => "The text does not say which transports count, or leaves some out.",
            Self::Getter => "An attribute returns the slot of another attribute.",
        }
    }
}

/// One finding about the dynamics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DynamicsFinding {
    /// Its kind.
    pub kind: DynamicsKind,
    /// Its stable name: that of the property that fails, or `says/…` if the text leaves something
    /// out.
    pub about: &'static str,
    /// A description.
    pub message: String,
    /// A shortest path that shows it, if the text has an algorithm to run.
    pub path: Option<Path>,
    /// The policy and the answer that require something else; `None` if no policy is involved.
    pub policy: Option<Chosen>,
}
