//! What there is: scenarios, editions, rules, implementations.

pub mod human;

use peerstate_model::editions;
use peerstate_model::rules::RULES;

use crate::implementation::Profile;
use crate::implementations;
use crate::scenario::suite::{self, SuiteError};

/// One of the things that are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it is called.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
}

/// The scenarios that are compiled in, with their titles.
///
/// # Errors
///
/// When one of them is not a scenario, which a test keeps from happening.
pub fn scenarios() -> Result<Vec<Listed>, SuiteError> {
    let listed = suite::embedded()?.into_iter().map(|scenario| Listed {
        name: scenario.id,
        about: scenario.title,
    });
    Ok(listed.collect())
}

/// The editions that are compiled in, with their dates and what they are.
#[must_use]
pub fn editions() -> Vec<Listed> {
    let listed = editions::editions().iter().map(|edition| Listed {
        name: edition.id.clone(),
        about: format!("{}; {}", edition.date, edition.status),
    });
    listed.collect()
}

/// The rules, with what they require.
#[must_use]
pub fn rules() -> Vec<Listed> {
    let listed = RULES.iter().map(|rule| Listed {
        name: rule.id.to_owned(),
        about: rule.requirement.to_owned(),
    });
    listed.collect()
}

/// The implementations, with their versions and capabilities.
#[must_use]
pub fn implementations() -> Vec<Listed> {
    let all = implementations::all().into_iter();
    let listed = all.map(|implementation| {
        let Profile {
            identity,
            capabilities,
            ..
        } = implementation.profile();
        let capabilities: Vec<_> = capabilities.iter().map(ToString::to_string).collect();
        Listed {
            name: identity.name,
            about: format!("{}; {}", identity.version, capabilities.join(", ")),
        }
    });
    listed.collect()
}
