//! Lists of scenarios, editions, rules and implementations.

pub mod human;

use peerstate_model::editions;
use peerstate_model::rules::RULES;

use crate::implementation::Profile;
use crate::implementations;
use crate::scenario::suite::{self, SuiteError};

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// A description in one line.
    pub about: String,
}

/// Returns the compiled-in scenarios, with their titles.
///
/// # Errors
///
/// If one of them is not a valid scenario. A test checks that they all are.
pub fn scenarios() -> Result<Vec<Listed>, SuiteError> {
    let listed = suite::embedded()?.into_iter().map(|scenario| Listed {
        name: scenario.id,
        about: scenario.title,
    });
    Ok(listed.collect())
}

/// Returns the compiled-in editions, with their dates and status.
#[must_use]
pub fn editions() -> Vec<Listed> {
    let listed = editions::editions().iter().map(|edition| Listed {
        name: edition.id.clone(),
        about: format!("{}; {}", edition.date, edition.status),
    });
    listed.collect()
}

/// Returns the rules, with their requirements.
#[must_use]
pub fn rules() -> Vec<Listed> {
    let listed = RULES.iter().map(|rule| Listed {
        name: rule.id.to_owned(),
        about: rule.requirement.to_owned(),
    });
    listed.collect()
}

/// Returns the implementations, with their versions and capabilities.
#[must_use]
pub fn implementations() -> Vec<Listed> {
    let all = implementations::profiles().into_iter();
    let listed = all.map(|profile| {
        let Profile {
            identity,
            clock,
            capabilities,
            ..
        } = profile;
        let capabilities: Vec<_> = capabilities.iter().map(ToString::to_string).collect();
        Listed {
            name: identity.name,
            about: format!(
                "{}, {clock} time; {}",
                identity.version,
                capabilities.join(", ")
            ),
        }
    });
    listed.collect()
}
