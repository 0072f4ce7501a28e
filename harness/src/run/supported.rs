//! Scenarios that an implementation supports: it can do what they require, and shows what they
//! depend on.

use std::collections::BTreeSet;
use std::fmt;

use super::observable::{LeftOut, Observable};
use crate::implementation::{Capability, Implementation, Profile};
use crate::scenario::Scenario;

/// A scenario that an implementation supports, without what the implementation does not show.
pub struct Supported<'i> {
    pub(super) implementation: &'i dyn Implementation,
    pub(super) profile: Profile,
    pub(super) scenario: Scenario,
    /// The parts of the expectations that are not judged, in the order of the steps.
    pub left_out: Vec<LeftOut>,
}

/// What a scenario needs and an implementation lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// What it can not do.
    pub capabilities: BTreeSet<Capability>,
    /// What it does not show, and the scenario rests on.
    pub unseen: BTreeSet<&'static str>,
}

impl<'i> Supported<'i> {
    /// Returns a scenario without the parts that an implementation does not show.
    ///
    /// # Errors
    ///
    /// If the implementation lacks what the scenario requires, or does not show what it depends on.
    pub fn of(
        scenario: &Scenario,
        implementation: &'i dyn Implementation,
    ) -> Result<Self, Lacking> {
        let profile = implementation.profile();
        let capabilities = scenario.requires.difference(&profile.capabilities);
        let capabilities: BTreeSet<_> = capabilities.copied().collect();
        let Observable {
            scenario,
            left_out,
            rests_on,
        } = Observable::of(scenario, &profile.observes);
        if capabilities.is_empty() && rests_on.is_empty() {
            Ok(Self {
                implementation,
                profile,
                scenario,
                left_out,
            })
        } else {
            Err(Lacking {
                capabilities,
                unseen: rests_on,
            })
        }
    }
}

impl std::error::Error for Lacking {}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let capabilities: Vec<_> = self.capabilities.iter().map(|c| c.as_str()).collect();
        let unseen: Vec<_> = self.unseen.iter().copied().collect();
        let parts = [("lacks", capabilities), ("does not show", unseen)];
        let parts = parts.into_iter().filter(|(_, names)| !names.is_empty());
        let parts: Vec<_> = parts
            .map(|(verb, names)| format!("{verb} {}", names.join(", ")))
            .collect();
        write!(f, "the implementation {}", parts.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lacking_is_named() {
        let lacking = Lacking {
            capabilities: [Capability::Network, Capability::Exceptions].into(),
            unseen: ["connectionState"].into(),
        };
        assert_eq!(
            lacking.to_string(),
            "the implementation lacks network, exceptions and does not show connectionState"
        );
    }
}
