//! Scenarios that an implementation supports: it can do what they require, and shows what they
//! depend on.

use std::collections::BTreeSet;
use std::fmt;

use super::observable::{LeftOut, Observable};
use crate::implementation::{Implementation, Method, Profile};
use crate::scenario::{Action, Scenario};

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
    /// The names of what it can not do, each with the reason, if one is given.
    pub names: Vec<(&'static str, Option<String>)>,
    /// What it does not show, and the scenario depends on.
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
        let lacked = scenario.requires.iter().filter(|one| !profile.has(**one));
        let required = lacked.map(|one| (one.as_str(), profile.why_not(*one)));
        let used = used(scenario)
            .into_iter()
            .filter(|name| profile.lacks.contains_key(*name));
        let used = used.map(|name| (name, profile.lacks.get(name)));
        let names = required.chain(used);
        let mut names: Vec<_> = names
            .map(|(name, reason)| (name, reason.cloned()))
            .collect();
        // What is a capability and a method is named once.
        let mut seen = BTreeSet::new();
        names.retain(|(name, _)| seen.insert(*name));
        let Observable {
            scenario,
            left_out,
            rests_on,
        } = Observable::of(scenario, &profile.observes);
        if names.is_empty() && rests_on.is_empty() {
            Ok(Self {
                implementation,
                profile,
                scenario,
                left_out,
            })
        } else {
            Err(Lacking {
                names,
                unseen: rests_on,
            })
        }
    }
}

/// The methods that a scenario calls and the members of `RTCConfiguration` that it gives.
fn used(scenario: &Scenario) -> BTreeSet<&'static str> {
    let mut used = BTreeSet::new();
    for step in &scenario.steps {
        match &step.action {
            Action::Call { call, .. } => {
                used.insert(call.method().as_str());
            }
            Action::Negotiate(negotiation) => {
                let trickles = negotiation.trickle.then_some(Method::AddIceCandidate);
                let methods = [
                    Method::CreateOffer,
                    Method::CreateAnswer,
                    Method::SetLocalDescription,
                    Method::SetRemoteDescription,
                ];
                let methods = methods.into_iter().chain(trickles);
                used.extend(methods.map(Method::as_str));
            }
            _ => {}
        }
    }
    for peer in &scenario.peers {
        used.extend(peer.configuration.given());
    }
    used
}

impl std::error::Error for Lacking {}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names.iter().map(|(name, reason)| match reason {
            Some(reason) => format!("{name} ({reason})"),
            None => (*name).to_owned(),
        });
        let unseen = self.unseen.iter().map(|name| (*name).to_owned());
        let parts = [
            ("lacks", names.collect::<Vec<_>>()),
            ("does not show", unseen.collect()),
        ];
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
            names: [("network", None), ("rollback", Some("not yet".to_owned()))].into(),
            unseen: ["connectionState"].into(),
        };
        assert_eq!(
            lacking.to_string(),
            "the implementation lacks network, rollback (not yet) and does not show connectionState"
        );
    }
}
