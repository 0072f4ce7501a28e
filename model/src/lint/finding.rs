//! What lint tells of a definition.

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
    /// One transport takes a step forward, and the aggregate goes back.
    Regression,
    /// A state is named that the kind of transport does not have.
    Naming,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Gap,
        Self::Overlap,
        Self::Unreachable,
        Self::Claim,
        Self::Contradiction,
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
    /// The open combinations of at most two transports that have it.
    pub small: Vec<Vec<Transport>>,
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
