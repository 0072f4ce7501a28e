//! Several adapters in one run: the implementation of one peer connected to that of another.

use std::collections::{BTreeMap, BTreeSet};

use peerstate_model::trace::{Clock, Implementation as Identity, Observes, Read};

use super::Adapter;
use super::parties::{Parties, PartyIndex};
use super::session::AdapterSession;
use crate::implementation::{Capability, Implementation, Profile, Session, Setup, StartError};

/// Adapters of different peers, at least one. Their scenarios run in real time: the relay of the
/// harness connects their sockets. A peer that is not named has the first adapter.
pub struct Joined {
    /// The adapters, each once.
    adapters: Vec<Adapter>,
    /// Which of them each named peer has.
    of_peer: BTreeMap<String, usize>,
}

/// Why adapters can not be connected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotJoined {
    /// The clock of one is virtual.
    #[error(
        "{0} runs in virtual time, and can not be connected to another implementation; expected \
         adapters whose clock is real"
    )]
    Virtual(String),
    /// Two adapters are given for one peer.
    #[error("expected one adapter for {0}, found two")]
    Twice(String),
}

impl Joined {
    /// Joins adapters, each with the peer that it is for.
    ///
    /// # Errors
    ///
    /// When the clock of one is virtual, or a peer has two.
    pub fn new(given: Vec<(String, Adapter)>) -> Result<Self, NotJoined> {
        let (mut adapters, mut of_peer) = (Vec::new(), BTreeMap::new());
        for (peer, adapter) in given {
            if adapter.hello().clock == Clock::Virtual {
                let name = adapter.hello().implementation.name.clone();
                return Err(NotJoined::Virtual(name));
            }
            if of_peer.insert(peer.clone(), adapters.len()).is_some() {
                return Err(NotJoined::Twice(peer));
            }
            adapters.push(adapter);
        }
        Ok(Self { adapters, of_peer })
    }

    /// The adapters' names or versions, each with its peer.
    fn each(&self, of: impl Fn(&Identity) -> &str) -> String {
        let each = self.of_peer.iter().map(|(peer, place)| {
            let identity = &self.adapters[*place].hello().implementation;
            format!("{peer}={}", of(identity))
        });
        each.collect::<Vec<_>>().join(",")
    }
}

impl Implementation for Joined {
    fn profile(&self) -> Profile {
        let name = self.each(|identity| &identity.name);
        let version = self.each(|identity| &identity.version);
        let mut joined = Profile::new(&name, &version, Clock::Real);
        let profiles: Vec<_> = self.adapters.iter().map(Adapter::profile).collect();
        let observes = profiles.iter().map(|profile| profile.observes.clone());
        joined.observes = observes.reduce(weaker).unwrap_or_default();
        let all_have = |capability: &Capability| profiles.iter().all(|one| one.has(*capability));
        joined.capabilities = Capability::ALL.into_iter().filter(all_have).collect();
        for profile in profiles {
            for (lack, reason) in profile.lacks {
                let reason = format!("{}: {reason}", profile.identity.name);
                joined.lacks.entry(lack).or_insert(reason);
            }
        }
        joined
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        let of_peer = setup.peers.iter().map(|peer| {
            let place = self.of_peer.get(&peer.name);
            PartyIndex(place.copied().unwrap_or_default())
        });
        let of_peer = of_peer.collect();
        let parties = self.adapters.iter().map(Adapter::party);
        let parties = parties.collect::<Result<Vec<_>, _>>()?;
        let parties = Parties::new(parties, of_peer);
        let session = AdapterSession::start(parties, &self.profile(), setup)?;
        Ok(Box::new(session))
    }
}

/// What both show. What only one shows is not expected of the other.
fn weaker(one: Observes, other: Observes) -> Observes {
    let events = both(one.events, other.events, |one, other| {
        one.intersection(&other).cloned().collect::<BTreeSet<_>>()
    });
    let mut attributes = one.attributes;
    for (attribute, read) in other.attributes {
        let first = attributes.get(&attribute).copied().unwrap_or(Read::Live);
        attributes.insert(attribute, weaker_read(first, read));
    }
    Observes {
        events,
        attributes,
        actions: both(one.actions, other.actions, |one, other| one && other),
        // Without a word, one of them may have none.
        tasks: Some(one.tasks == Some(true) && other.tasks == Some(true)),
        order: both(one.order, other.order, |one, other| one && other),
        // In the order of the enum, each lists less than the one before.
        transports: both(one.transports, other.transports, Ord::max),
    }
}

/// The one that is given, or what follows from both.
fn both<T>(one: Option<T>, other: Option<T>, join: impl FnOnce(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(join(one, other)),
        (one, other) => one.or(other),
    }
}

const fn weaker_read(one: Read, other: Read) -> Read {
    match (one, other) {
        (Read::Argument, _) | (_, Read::Argument) => Read::Argument,
        (Read::Cached, _) | (_, Read::Cached) => Read::Cached,
        (Read::Live, Read::Live) => Read::Live,
    }
}
