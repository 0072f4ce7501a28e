//! What one peer showed, as the rules look at it.

use std::time::Duration;

use crate::editions::{Edition, Facts};
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};
use crate::trace::{Clock, Entry, Phase, Trace, TransportState, What};
use crate::transports::Transport;

/// The events that rules judge.
const JUDGED_EVENTS: &[&str] = &[
    "connectionstatechange",
    "iceconnectionstatechange",
    "icegatheringstatechange",
    "signalingstatechange",
    "statechange",
    "gatheringstatechange",
    "selectedcandidatepairchange",
];

/// The entries of one peer, and the edition they are judged by.
#[derive(Debug)]
pub struct View<'t> {
    pub(super) edition: &'t Edition,
    pub(super) entries: Vec<&'t Entry>,
    /// Whether the trace tells of calls at all, of any peer.
    pub(super) has_actions: bool,
    clock: Clock,
}

/// The values of the two attributes that some transports give together.
pub(super) type Pair = (PeerConnectionState, IceConnectionState);

impl<'t> View<'t> {
    /// What a peer showed in a trace.
    #[must_use]
    pub fn of(trace: &'t Trace, peer: &str, edition: &'t Edition) -> Self {
        let is_action = |entry: &&Entry| matches!(entry.what, What::Action { .. });
        Self {
            edition,
            entries: trace
                .entries
                .iter()
                .filter(|entry| entry.peer == peer)
                .collect(),
            has_actions: trace.entries.iter().any(|entry| is_action(&entry)),
            clock: trace.header.clock,
        }
    }

    /// The place of the entry that tells that `close()` was called, if it was.
    pub(super) fn close_begun(&self) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| matches!(&entry.what, What::Action { name, .. } if name == "close"))
    }

    /// The place of the entry that tells that `close()` has returned.
    pub(super) fn close_returned(&self) -> Option<usize> {
        self.entries.iter().position(|entry| {
            matches!(&entry.what, What::Action { name, phase, .. }
                if name == "close" && *phase != Some(Phase::Begin))
        })
    }

    /// The entries before `close()` was called.
    pub(super) fn open_entries(&self) -> &[&'t Entry] {
        let end = self.close_begun().unwrap_or(self.entries.len());
        self.entries.get(..end).unwrap_or_default()
    }

    /// Whether what an entry shows has had time to be told by events: another entry of this peer,
    /// or the end of the trace, comes later than tasks that were queued may take.
    ///
    /// On a real clock tasks wait for the event loop. In virtual time they take none or next to
    /// none, as the clock's keeper will have it.
    pub(super) fn is_settled(&self, place: usize, until: usize) -> bool {
        const LONGEST_QUEUE: Duration = Duration::from_millis(100);
        const LONGEST_VIRTUAL_QUEUE: Duration = Duration::from_millis(10);
        let patience = match self.clock {
            Clock::Virtual => LONGEST_VIRTUAL_QUEUE,
            Clock::Real => LONGEST_QUEUE,
        };
        let Some(entry) = self.entries.get(place) else {
            return false;
        };
        let is_end = |entry: &Entry| matches!(&entry.what, What::Sample(why) if why == "end");
        if is_end(entry) {
            return true;
        }
        self.entries
            .get(place + 1..until.min(self.entries.len()))
            .unwrap_or_default()
            .iter()
            .any(|later| {
                later.at.since_start() > entry.at.since_start() + patience || is_end(later)
            })
    }

    /// The values of `connectionState` and `iceConnectionState` that the edition gives for
    /// transports whose states are all known.
    pub(super) fn derive(
        &self,
        transports: &[TransportState],
    ) -> (
        Option<StateSet<PeerConnectionState>>,
        Option<StateSet<IceConnectionState>>,
    ) {
        let all: Option<Vec<Transport>> = transports
            .iter()
            .map(|t| Some(Transport::new(t.ice?, t.dtls?)))
            .collect();
        let ice: Option<Vec<Transport>> = transports
            .iter()
            .map(|t| Some(Transport::new(t.ice?, Dtls::New)))
            .collect();
        let derive = |transports: Vec<Transport>| {
            self.edition.derive_by(
                self.edition
                    .connection_state
                    .as_ref()
                    .map(|d| d.default_reading()),
                self.edition
                    .ice_connection_state
                    .as_ref()
                    .map(|d| d.default_reading()),
                &Facts::of_transports(false, &transports),
            )
        };
        (
            all.and_then(|transports| derive(transports).connection_state),
            ice.and_then(|transports| derive(transports).ice_connection_state),
        )
    }

    /// The pairs of values that transports can give together by this edition. `plausible` leaves
    /// out transports that no sequence of steps leads to: DTLS needs an ICE transport that has
    /// been connected, and a closed ICE transport has its DTLS transport closed with it.
    pub(super) fn pairs(&self, plausible: bool) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for ice in StateSet::<Ice>::all() {
            for dtls in StateSet::<Dtls>::all() {
                if ice.is_empty() != dtls.is_empty() || (plausible && !is_plausible(ice, dtls)) {
                    continue;
                }
                let facts = Facts {
                    closed: false,
                    ice,
                    dtls,
                    ice_connection_state: StateSet::empty(),
                };
                let derived = self.edition.derive_by(
                    self.edition
                        .connection_state
                        .as_ref()
                        .map(|d| d.default_reading()),
                    self.edition
                        .ice_connection_state
                        .as_ref()
                        .map(|d| d.default_reading()),
                    &facts,
                );
                let (Some(connection), Some(ice)) =
                    (derived.connection_state, derived.ice_connection_state)
                else {
                    return Vec::new();
                };
                for value in connection.iter() {
                    for ice_value in ice.iter() {
                        if !pairs.contains(&(value, ice_value)) {
                            pairs.push((value, ice_value));
                        }
                    }
                }
            }
        }
        pairs
    }
}

/// Whether plausible transports can have exactly these states among them.
fn is_plausible(ice: StateSet<Ice>, dtls: StateSet<Dtls>) -> bool {
    let goes_with = |ice: Ice| -> StateSet<Dtls> {
        match ice {
            Ice::New => [Dtls::New, Dtls::Closed].into_iter().collect(),
            Ice::Closed => [Dtls::Closed, Dtls::Failed].into_iter().collect(),
            _ => StateSet::full(),
        }
    };
    let allowed = ice
        .iter()
        .fold(StateSet::empty(), |all, i| goes_with(i).union(all));
    dtls.is_subset(allowed) && ice.iter().all(|i| goes_with(i).intersects(dtls))
}

/// The name of the event that an entry tells of, if rules judge it.
pub(super) fn judged_event(entry: &Entry) -> Option<&str> {
    match &entry.what {
        What::Event { name, .. } if JUDGED_EVENTS.contains(&name.as_str()) => Some(name),
        _ => None,
    }
}

/// Whether an entry tells of an event with this name.
pub(super) fn is_event(entry: &Entry, event: &str) -> bool {
    matches!(&entry.what, What::Event { name, .. } if name == event)
}
