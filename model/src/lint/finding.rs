//! What lint tells: of a definition, and of the dynamics.

use crate::machine::check::Path;
use crate::policies::Chosen;
use crate::transports::{Combination, Transport};

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// No value holds.
    Gap,
    /// Several values hold.
    Overlap,
    /// No combination has a value.
    Unreachable,
    /// The text contradicts a claim that it makes itself.
    Claim,
    /// The two aggregates of the edition tell different stories.
    Contradiction,
    /// A value is not what the answer to a policy asks.
    Policy,
    /// One transport takes a step forward, and the aggregate goes back.
    Regression,
    /// A state is named that the kind of transport does not have.
    Naming,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Gap,
        Self::Overlap,
        Self::Unreachable,
        Self::Claim,
        Self::Contradiction,
        Self::Policy,
        Self::Regression,
        Self::Naming,
    ];

    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Gap => "No value applies.",
            Self::Overlap => "Several values apply, and each is to be judged alone.",
            Self::Unreachable => "A value is defined that no combination has.",
            Self::Claim => "The text contradicts what it says of its own states.",
            Self::Contradiction => {
                "`connectionState` and `iceConnectionState` tell different stories."
            }
            Self::Policy => "A value is not what the answer to a policy asks.",
            Self::Regression => {
                "One transport takes a step forward (ICE from new over checking and connected to \
                 completed, DTLS from new over connecting to connected), and the value goes back."
            }
            Self::Naming => "A state is named that the kind of transport does not have.",
        }
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Overlap => "overlap",
            Self::Unreachable => "unreachable",
            Self::Claim => "claim",
            Self::Contradiction => "contradiction",
            Self::Policy => "policy",
            Self::Regression => "regression",
            Self::Naming => "naming",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// How many open combinations of at most so many transports as were asked for have it; for a
    /// regression, from how many some step goes back; zero where it is not one of combinations.
    pub combinations: usize,
    /// The smallest combination that has it; for a regression, the one before the step.
    pub example: Option<Combination>,
    /// A finding may have several causes. The smallest combination of each, the example among them:
    /// no transports; each value of `iceConnectionState` where `connectionState` has it; each set of
    /// values of an overlap; each pair of values of a regression; each smallest set of ICE states
    /// of a gap of `iceConnectionState`. Empty where the causes are not told apart.
    pub families: Vec<Combination>,
    /// The open combinations of at most two transports that have it.
    pub small: Vec<Vec<Transport>>,
    /// The policy, and its answer, that asks for something else; `None` where it is the text that
    /// is not at peace with itself.
    pub policy: Option<Chosen>,
    /// What it is, in words.
    pub message: String,
}

/// The findings of one reading of one enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumReport {
    /// The W3C name of the enum.
    pub enum_name: &'static str,
    /// The reading.
    pub reading: String,
    /// Whether it is the default one.
    pub default: bool,
    /// The findings, by kind.
    pub findings: Vec<Finding>,
}

/// The kinds of findings about the dynamics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DynamicsKind {
    /// Nothing says when the values are derived.
    Unspecified,
    /// A value does not follow when a transport is made or discarded.
    Stale,
    /// `close()` leaves a value, fires an event, or is not said to do either.
    Close,
    /// Events of one change are in no order, or their handlers read old values.
    Order,
    /// A transport's change updates the values in a second task.
    SecondTask,
    /// An event is fired for no change, or another event than the one that is meant.
    Event,
    /// Which transports count is not said, or leaves some out.
    Transports,
    /// An attribute returns another slot than its own.
    Getter,
}

impl DynamicsKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Unspecified,
        Self::Stale,
        Self::Close,
        Self::Order,
        Self::SecondTask,
        Self::Event,
        Self::Transports,
        Self::Getter,
    ];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Stale => "stale",
            Self::Close => "close",
            Self::Order => "order",
            Self::SecondTask => "second-task",
            Self::Event => "event",
            Self::Transports => "transports",
            Self::Getter => "getter",
        }
    }

    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Unspecified => "Nothing says when the values are derived.",
            Self::Stale => "A value does not follow when a transport is made or discarded.",
            Self::Close => "`close()` leaves a value, fires an event, or is not said to do either.",
            Self::Order => {
                "The events of one change are in no order, or their handlers read old values."
            }
            Self::SecondTask => "A transport's change updates the values in a second task.",
            Self::Event => {
                "An event is fired without a change, or it is another than the one that is meant."
            }
            Self::Transports => "Which transports count is not said, or leaves some out.",
            Self::Getter => "An attribute returns another slot than its own.",
        }
    }
}

/// One finding about the dynamics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DynamicsFinding {
    /// Its kind.
    pub kind: DynamicsKind,
    /// Its stable name: that of the property that fails, or `says/…` for what the text leaves out.
    pub about: &'static str,
    /// What it is, in words.
    pub message: String,
    /// The shortest path that shows it, where the text has an algorithm to run.
    pub path: Option<Path>,
    /// The policy, and its answer, that asks for something else; `None` where it is no question of
    /// policy.
    pub policy: Option<Chosen>,
}
