//! Policies: what the values and events should be where the texts leave it open, each as a question
//! with answers and with the public reports that it was discussed in.
//!
//! A text may be at peace with itself and mean the wrong thing; what the right thing is, somebody
//! has to say. What nobody disputes is asked of every text (`undisputed`). What is an open
//! question (`open`, `steps`) is asked where somebody chooses an answer, so that a draft is not
//! held to our taste. The first answer of each question is the one that the edition `repaired`
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
    /// Its stable name.
    pub id: &'static str,
    /// The question, in a sentence.
    pub question: &'static str,
    /// Where it was discussed or decided.
    pub sources: &'static [Source],
    /// The answers; the first is that of the edition `repaired`.
    pub answers: &'static [Answer],
    /// Whether, and why, its first answer is asked for where nobody chooses.
    pub asked: Asked,
}

/// Whether the first answer of a policy is asked for where nobody chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is, for this reason.
    ByDefault(&'static str),
    /// It is not: the question is open, for this reason.
    WhereChosen(&'static str),
}

/// A public report, a pull request, or a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Its name, such as `w3c/webrtc-pc#2827`, or its address.
    pub report: &'static str,
    /// What it says of the question.
    pub says: &'static str,
}

/// An answer to a question.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// Its name, stable within its policy.
    pub id: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// What it asks of a text.
    pub asks: Asks,
}

/// Whether values are as an answer asks, for some facts. It is given the values of any facts.
pub type Law = fn(Facts, &dyn Fn(Facts) -> Values) -> bool;

/// What an answer asks of a text.
#[derive(Debug, Clone, Copy)]
pub enum Asks {
    /// Of the values, for every combination.
    Law(Law),
    /// That no combination gives one of the [`CONTRADICTIONS`].
    NoContradiction,
    /// That this property of the connection model holds.
    Property(&'static str),
    /// Of what the text says itself.
    Text(fn(&Edition) -> bool),
}

const ENUM: &str = "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum";
const ICE_ENUM: &str = "https://www.w3.org/TR/webrtc/#rtciceconnectionstate-enum";

/// Every policy, those that are asked by default first.
pub static POLICIES: LazyLock<Vec<&'static Policy>> = LazyLock::new(|| {
    let undisputed = undisputed::POLICIES.iter();
    let all = undisputed.chain(steps::POLICIES).chain(open::POLICIES);
    let (mut default, open): (Vec<_>, Vec<_>) =
        all.partition(|policy| matches!(policy.asked, Asked::ByDefault(_)));
    default.extend(open);
    default
});

/// The policy with an id.
#[must_use]
pub fn policy(id: &str) -> Option<&'static Policy> {
    POLICIES.iter().copied().find(|policy| policy.id == id)
}

impl Policy {
    /// Whether its first answer is asked for where nobody chooses.
    #[must_use]
    pub const fn is_default(&self) -> bool {
        matches!(self.asked, Asked::ByDefault(_))
    }

    /// Why it is asked by default, or why it is not.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self.asked {
            Asked::ByDefault(reason) | Asked::WhereChosen(reason) => reason,
        }
    }

    /// The answer with an id.
    #[must_use]
    pub fn answer(&self, id: &str) -> Option<&'static Answer> {
        self.answers.iter().find(|answer| answer.id == id)
    }

    /// The section that its laws rest on.
    #[must_use]
    pub fn spec(&self) -> &'static str {
        let sections = self.sources.iter().map(|source| source.report);
        let mut sections = sections.filter(|report| report.starts_with("https://"));
        sections.next().unwrap_or(ENUM)
    }
}

/// The policy, and its answer, that asks for a property of the connection model.
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
