//! The description of an implementation: its identity, what it shows, and what a scenario can do
//! with it.

use std::collections::{BTreeMap, BTreeSet};

use peerstate_model::trace::{Clock, Implementation as Identity, Observes};

use super::Capability;

/// The description of an implementation: its identity, what it shows, and what a scenario can do
/// with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name and version, as traces report them.
    pub identity: Identity,
    /// The clock of its traces.
    pub clock: Clock,
    /// What its traces can show. A rule about anything else is not judged.
    pub observes: Observes,
    /// What it lets a scenario do. A scenario that requires more is unsupported, and not run.
    pub capabilities: BTreeSet<Capability>,
    /// Why it lacks a capability, a method or a member of `RTCConfiguration`, by name. A scenario
    /// that calls such a method or gives such a member is unsupported, and not run.
    pub lacks: BTreeMap<String, String>,
    /// What it is known to get wrong, if there is a list.
    pub known_deviations: Option<KnownList>,
}

impl Profile {
    /// Returns a profile with defaults: its traces may show anything, it has no capability, and
    /// there is no list of known deviations.
    #[must_use]
    pub fn new(name: &str, version: &str, clock: Clock) -> Self {
        Self {
            identity: Identity {
                name: name.to_owned(),
                version: version.to_owned(),
            },
            clock,
            observes: Observes::default(),
            capabilities: BTreeSet::new(),
            lacks: BTreeMap::new(),
            known_deviations: None,
        }
    }

    /// Returns whether it has a capability, or one that includes it.
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        let includes = capability.included_in();
        self.capabilities.contains(&capability)
            || includes.is_some_and(|of| self.capabilities.contains(&of))
                && !self.lacks.contains_key(capability.as_str())
    }

    /// Returns why it lacks a capability, or else the one that includes it.
    #[must_use]
    pub fn why_not(&self, capability: Capability) -> Option<&String> {
        let reason = |of: Capability| self.lacks.get(of.as_str());
        reason(capability).or_else(|| reason(capability.included_in()?))
    }
}

/// A list of known deviations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownList {
    /// Its name in messages, such as the path of the file.
    pub name: &'static str,
    /// The YAML (`docs/known-format.md`).
    pub text: &'static str,
}
