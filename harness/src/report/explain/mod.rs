//! What an id stands for: a rule of traces, a property of the connection model, a policy, a kind of
//! finding of lint, or what such a finding is about.

pub mod human;

use peerstate_model::input::names::{self, Suggestion};
use peerstate_model::lint::{self, DynamicsKind, Kind};
use peerstate_model::machine::properties::{PROPERTIES, PropertyInfo};
use peerstate_model::policies::{self, POLICIES, Policy};
use peerstate_model::rules::{self, RULES, Rule};

/// What there is to explain.
#[derive(Debug)]
pub enum Explained {
    /// A rule of traces.
    Rule {
        /// The rule.
        rule: &'static Rule,
        /// The property of the model that has its name, if one has.
        property: Option<&'static PropertyInfo>,
    },
    /// A property of the connection model.
    Property(&'static PropertyInfo),
    /// A policy.
    Policy(&'static Policy),
    /// A kind of finding about a definition.
    Kind(Kind),
    /// A kind of finding about the dynamics.
    DynamicsKind(DynamicsKind),
    /// Something that is asked of every text.
    Question {
        /// What a finding is then about.
        about: &'static str,
        /// The question.
        asks: &'static str,
    },
}

/// There is nothing with this id.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no rule, property, policy, kind of finding or question `{found}`{suggestion}\n\
     Next: peerstate list rules; the others are named by peerstate check and peerstate lint."
)]
pub struct Unexplained {
    /// What was asked for.
    pub found: String,
    /// What it may be a slip of.
    pub suggestion: Suggestion,
}

impl Explained {
    /// What an id stands for.
    ///
    /// # Errors
    ///
    /// When it stands for nothing.
    pub fn find(id: &str) -> Result<Self, Unexplained> {
        let property = PROPERTIES.iter().find(|property| property.id == id);
        if let Some(rule) = rules::rule(id) {
            return Ok(Self::Rule { rule, property });
        }
        if let Some(property) = property {
            return Ok(Self::Property(property));
        }
        // A check names a law by its policy, and by the answer unless that is the first.
        let law = id.strip_prefix("law/").unwrap_or(id);
        if let Some(policy) = policies::policy(law.split_once('=').map_or(law, |(id, _)| id)) {
            return Ok(Self::Policy(policy));
        }
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == id) {
            return Ok(Self::Kind(kind));
        }
        let mut dynamics = DynamicsKind::ALL.into_iter();
        if let Some(kind) = dynamics.find(|kind| kind.as_str() == id) {
            return Ok(Self::DynamicsKind(kind));
        }
        let mut questions = lint::asked().into_iter();
        match questions.find(|question| question.about == id) {
            Some(question) => Ok(Self::Question {
                about: question.about,
                asks: question.asks,
            }),
            None => Err(unexplained(id)),
        }
    }
}

fn unexplained(id: &str) -> Unexplained {
    let questions = lint::asked();
    let all = RULES.iter().map(|rule| rule.id);
    let all = all.chain(PROPERTIES.iter().map(|property| property.id));
    let all = all.chain(POLICIES.iter().map(|policy| policy.id));
    let all = all.chain(Kind::ALL.iter().map(|kind| kind.as_str()));
    let all = all.chain(DynamicsKind::ALL.iter().map(|kind| kind.as_str()));
    let all = all.chain(questions.iter().map(|question| question.about));
    Unexplained {
        found: names::shorten(id),
        suggestion: names::nearest(id, all),
    }
}
