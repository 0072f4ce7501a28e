//! Policies: what the values and events should be where the texts leave it open. Each is a question
//! with answers and with the public reports that discuss it.
//!
//! A text may be consistent and still mean the wrong thing, and somebody has to say what is right.
//! The answers that nobody disputes (`undisputed`) are checked for every text. An open question
//! (`open`, `steps`) is checked only if somebody chooses an answer, so that a draft is not judged
//! by our preference. The first answer to each question is the one that the edition `repaired`
//! gives.

mod choice;
mod open;
mod pairs;
mod steps;
mod undisputed;
mod values;

use std::sync::LazyLock;

pub use choice::{Choices, Chosen, PolicyError};
pub use pairs::{CONTRADICTIONS, Contradiction, Unless, contradiction};
pub(crate) use values::broken_by_readings;
pub use values::{Broken, Values, broken_laws, is_kept};

use crate::editions::{Edition, Facts};

/// A question about the values or the events.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Its stable id.
    pub id: &'static str,
    /// The question, in a sentence.
    pub question: &'static str,
    /// Where it was discussed or decided.
    pub sources: &'static [Source],
    /// The answers; the first is that of the edition `repaired`.
    pub answers: &'static [Answer],
    /// Whether its first answer is checked by default, and why.
    pub asked: Asked,
}

/// Whether the first answer of a policy is checked by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is checked, for this reason.
    ByDefault(&'static str),
    /// It is not checked: the question is open, for this reason.
    WhereChosen(&'static str),
}

/// A public report, a pull request, or a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Its name, such as `w3c/webrtc-pc#2827`, or its address.
    pub report: &'static str,
    /// What it says about the question.
    pub says: &'static str,
}

/// An answer to a question.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// Its id, stable within its policy.
    pub id: &'static str,
    /// The answer, in a sentence.
    pub sentence: &'static str,
    /// What it requires of a text.
    pub asks: Asks,
}

/// Returns whether the values satisfy an answer, for some facts. It can query the values for any
/// facts.
pub type Law = fn(Facts, &dyn Fn(Facts) -> Values) -> bool;

/// What an answer requires of a text.
#[derive(Debug, Clone, Copy)]
pub enum Asks {
    /// A law about the values, for every combination.
    Law(Law),
    /// No combination gives one of the [`CONTRADICTIONS`].
    NoContradiction,
    /// This property of the connection model holds.
    Property(&'static str),
    /// A requirement on what the text itself says.
    Text(fn(&Edition) -> bool),
}

const ENUM: &str = "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum";
const ICE_ENUM: &str = "https://www.w3.org/TR/webrtc/#rtciceconnectionstate-enum";

/// Every policy, first those that are checked by default.
pub static POLICIES: LazyLock<Vec<&'static Policy>> = LazyLock::new(|| {
    let undisputed = undisputed::POLICIES.iter();
    let all = undisputed.chain(steps::POLICIES).chain(open::POLICIES);
    let (mut default, open): (Vec<_>, Vec<_>) =
        all.partition(|policy| matches!(policy.asked, Asked::ByDefault(_)));
    default.extend(open);
    default
});

/// Returns the policy with this id.
#[must_use]
pub fn policy(id: &str) -> Option<&'static Policy> {
    POLICIES.iter().copied().find(|policy| policy.id == id)
}

impl Policy {
    /// Returns whether its first answer is checked by default.
    #[must_use]
    pub const fn is_default(&self) -> bool {
        matches!(self.asked, Asked::ByDefault(_))
    }

    /// Returns why it is checked by default, or why it is not.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self.asked {
            Asked::ByDefault(reason) | Asked::WhereChosen(reason) => reason,
        }
    }

    /// Returns the answer with this id.
    #[must_use]
    pub fn answer(&self, id: &str) -> Option<&'static Answer> {
        self.answers.iter().find(|answer| answer.id == id)
    }

    /// Returns the section that its laws are based on.
    #[must_use]
    pub fn spec(&self) -> &'static str {
        let sections = self.sources.iter().map(|source| source.report);
        let mut sections = sections.filter(|report| report.starts_with("https://"));
        sections.next().unwrap_or(ENUM)
    }
}

/// Returns the policy and the answer that require a property of the connection model.
#[must_use]
pub fn of_property(property: &str) -> Option<Chosen> {
    POLICIES.iter().find_map(|policy| {
        let mut answers = policy.answers.iter();
        let asks = |answer: &&Answer| matches!(answer.asks, Asks::Property(id) if id == property);
        answers.find(asks).map(|answer| Chosen {
            policy: policy.id,
            answer: answer.id,
        })
    })
}
