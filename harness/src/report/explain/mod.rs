//! The explanation of an id: of a rule for traces, a property of the connection model, a policy, a
//! kind of lint finding, or a requirement of lint.

pub mod human;

use peerstate_model::input::names::{self, Suggestion};
use peerstate_model::lint::{self, DynamicsKind, Kind};
use peerstate_model::machine::properties::{PROPERTIES, PropertyInfo};
use peerstate_model::policies::{self, POLICIES, Policy};
use peerstate_model::rules::{self, RULES, Rule};

/// Something that can be explained.
#[derive(Debug)]
pub enum Explained {
    /// A rule for traces.
    Rule {
        /// The rule.
        rule: &'static Rule,
        /// The property of the model with the same name, if there is one.
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
    /// A requirement on every text.
    Question {
        /// The name that its findings have in `about`.
        about: &'static str,
        /// The requirement.
        asks: &'static str,
    },
}

/// Nothing has this id.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no rule, property, policy, kind of finding or question `{found}`{suggestion}\n\
     Next: peerstate list rules; peerstate check and peerstate lint name the others."
)]
pub struct Unexplained {
    /// The id that was given.
    pub found: String,
    /// The nearest known id.
    pub suggestion: Suggestion,
}

impl Explained {
    /// Finds what an id refers to.
    ///
    /// # Errors
    ///
    /// If nothing has this id.
    pub fn find(id: &str) -> Result<Self, Unexplained> {
        let property = PROPERTIES.iter().find(|property| property.id == id);
        if let Some(rule) = rules::rule(id) {
            return Ok(Self::Rule { rule, property });
        }
        if let Some(property) = property {
            return Ok(Self::Property(property));
        }
        // A check names a law by its policy, and adds the answer unless it is the first.
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
