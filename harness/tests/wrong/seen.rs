//! The knowledge of a wrong implementation about its peers, and small functions for its hooks.

use std::collections::BTreeMap;

use peerstate::implementation::{Call, Candidate, Description, PeerIndex, Returned, Setup};
use peerstate_model::states::{
    IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState,
};
use peerstate_model::trace::{ActionResult, At, Entry, Phase, State, TransportState, What};

/// The observations of all peers, before a hook changes any of them.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// The time.
    pub(crate) now: At,
    /// The peers, in order.
    pub(crate) peers: Vec<PeerSeen>,
    /// How often the network has been changed.
    pub(crate) network_changes: usize,
}

/// The observations of a peer.
#[derive(Debug, Clone, Default)]
pub(crate) struct PeerSeen {
    /// Its name.
    pub(crate) name: String,
    /// Whether its `close()` has returned.
    pub(crate) closed: bool,
    /// The last value of each attribute.
    pub(crate) state: State,
    /// The last states of its transports.
    pub(crate) transports: Option<Vec<TransportState>>,
    /// The descriptions that it has made, in order.
    pub(crate) made: Vec<Description>,
    /// Descriptions that a hook has changed: the text that it has shown, and the original.
    pub(crate) originals: Vec<(String, Description)>,
    /// The descriptions that were set, in order: whether each was local, and the description.
    pub(crate) set: Vec<(bool, Description)>,
    /// The candidates that it was given.
    pub(crate) given: Vec<Candidate>,
    /// The last value of each attribute before its `close()`.
    pub(crate) before_close: State,
    /// An entry that a hook holds back.
    pub(crate) held: Option<Entry>,
    /// Transports that a hook keeps.
    pub(crate) kept: Option<Vec<TransportState>>,
    /// The notes of hooks, each with its time.
    pub(crate) notes: BTreeMap<&'static str, At>,
}

impl Seen {
    pub(crate) fn of(setup: &Setup) -> Self {
        let peers = setup.peers.iter().map(|peer| PeerSeen {
            name: peer.name.clone(),
            ..PeerSeen::default()
        });
        Self {
            now: At::default(),
            peers: peers.collect(),
            network_changes: 0,
        }
    }

    /// The place of a peer.
    pub(crate) fn place(&self, name: &str) -> PeerIndex {
        let place = self.peers.iter().position(|peer| peer.name == name);
        place.map(PeerIndex).unwrap()
    }

    /// Whether some other peer has closed.
    pub(crate) fn other_closed(&self, peer: PeerIndex) -> bool {
        let mut others = self.peers.iter().enumerate();
        others.any(|(place, other)| place != peer.0 && other.closed)
    }

    /// Adds a note about a peer. Returns whether it is new.
    pub(crate) fn note(&mut self, peer: PeerIndex, what: &'static str) -> bool {
        let now = self.now;
        self.peers[peer.0].notes.insert(what, now).is_none()
    }

    /// Whether a peer has a note.
    pub(crate) fn noted(&self, peer: PeerIndex, what: &str) -> bool {
        self.peers[peer.0].notes.contains_key(what)
    }

    /// Whether a peer has a note that is older than this number of seconds.
    pub(crate) fn noted_before(&self, peer: PeerIndex, what: &str, seconds: u64) -> bool {
        let noted = self.peers[peer.0].notes.get(what);
        noted.is_some_and(|at| {
            self.now
                .since_start()
                .saturating_sub(at.since_start())
                .as_secs()
                >= seconds
        })
    }

    /// Records an entry.
    pub(super) fn learn(&mut self, peer: PeerIndex, entry: &Entry) {
        let known = &mut self.peers[peer.0];
        if let What::Event { .. } = entry.what {
            let (state, new) = (&mut known.state, entry.state);
            state.connection_state = new.connection_state.or(state.connection_state);
            state.ice_connection_state = new.ice_connection_state.or(state.ice_connection_state);
            state.ice_gathering_state = new.ice_gathering_state.or(state.ice_gathering_state);
            state.signaling_state = new.signaling_state.or(state.signaling_state);
        }
        if returns(entry, "close") && !known.closed {
            known.closed = true;
            known.before_close = known.state;
        }
        if entry.transports.is_some() && !known.closed {
            known.transports.clone_from(&entry.transports);
        }
    }

    /// Records the result of a call.
    pub(super) fn learn_call(&mut self, peer: PeerIndex, call: &Call, returned: &Returned) {
        let known = &mut self.peers[peer.0];
        match (call, returned) {
            (_, Returned::Refused { .. }) => {}
            (_, Returned::Description(description)) => known.made.push(description.clone()),
            (Call::SetLocalDescription(Some(description)), _) => {
                known.set.push((true, description.clone()));
            }
            (Call::SetRemoteDescription(description), _) => {
                known.set.push((false, description.clone()));
            }
            (Call::AddIceCandidate(Some(candidate)), _) => known.given.push(candidate.clone()),
            _ => {}
        }
    }
}

impl PeerSeen {
    /// Its `signalingState`.
    pub(crate) fn signaling(&self) -> SignalingState {
        let known = self.state.signaling_state;
        known.unwrap_or(SignalingState::Stable)
    }
}

/// The first username fragment of a description.
pub(crate) fn ufrag(description: &Description) -> Option<&str> {
    let mut lines = description.sdp.lines();
    lines.find_map(|line| line.strip_prefix("a=ice-ufrag:"))
}

/// The report of an event of `connectionState`.
pub(crate) fn connection(state: PeerConnectionState) -> State {
    State {
        connection_state: Some(state),
        ..State::default()
    }
}

/// The report of an event of `iceConnectionState`.
pub(crate) fn ice(state: IceConnectionState) -> State {
    State {
        ice_connection_state: Some(state),
        ..State::default()
    }
}

/// The report of an event of `iceGatheringState`.
pub(crate) fn gathering(state: IceGatheringState) -> State {
    State {
        ice_gathering_state: Some(state),
        ..State::default()
    }
}

/// The report of an event of `signalingState`.
pub(crate) fn signaling(state: SignalingState) -> State {
    State {
        signaling_state: Some(state),
        ..State::default()
    }
}

/// Whether an entry is an event of this name.
pub(crate) fn is_event(entry: &Entry, of: &str) -> bool {
    matches!(&entry.what, What::Event { name, .. } if name == of)
}

/// Whether an entry is an event that reports this and nothing else.
pub(crate) fn reports(entry: &Entry, state: State) -> bool {
    matches!(entry.what, What::Event { .. }) && entry.state == state
}

/// Whether an entry is an event that reports one of these and nothing else.
pub(crate) fn reports_one(entry: &Entry, states: &[State]) -> bool {
    states.iter().any(|state| reports(entry, *state))
}

/// Whether an entry is a successful return of a method.
pub(crate) fn returns(entry: &Entry, method: &str) -> bool {
    matches!(&entry.what, What::Action { name, result: Some(ActionResult::Ok), phase, .. }
        if name == method && *phase != Some(Phase::Begin))
}

/// An event of a peer that reports one value and nothing else.
pub(crate) fn fired(at: At, peer: &str, state: State) -> Entry {
    let name = match state {
        State {
            connection_state: Some(_),
            ..
        } => "connectionstatechange",
        State {
            ice_connection_state: Some(_),
            ..
        } => "iceconnectionstatechange",
        State {
            ice_gathering_state: Some(_),
            ..
        } => "icegatheringstatechange",
        _ => "signalingstatechange",
    };
    let mut entry = Entry::new(at, peer, What::event(name));
    entry.state = state;
    entry
}

/// The entry, and after it an event that reports a value.
pub(crate) fn and_fired(entry: Entry, state: State) -> Vec<Entry> {
    let event = fired(entry.at, &entry.peer, state);
    vec![entry, event]
}

/// The entry, and after it an event that reports a value, if the condition holds.
pub(crate) fn fired_if(condition: bool, entry: Entry, state: State) -> Vec<Entry> {
    if condition {
        and_fired(entry, state)
    } else {
        vec![entry]
    }
}

/// The entry, and after it negotiationneeded, if the condition holds.
pub(crate) fn needed_if(condition: bool, entry: Entry) -> Vec<Entry> {
    let needed = Entry::new(entry.at, &entry.peer, What::event("negotiationneeded"));
    if condition {
        vec![entry, needed]
    } else {
        vec![entry]
    }
}

/// An event that reports a value, once, at each of the peers for which it is due.
pub(crate) fn fired_once(
    seen: &mut Seen,
    note: &'static str,
    due: impl Fn(&Seen, PeerIndex) -> bool,
    state: State,
) -> Vec<Entry> {
    let mut shown = Vec::new();
    for peer in (0..seen.peers.len()).map(PeerIndex) {
        if !seen.peers[peer.0].closed && due(seen, peer) && seen.note(peer, note) {
            shown.push(fired(seen.now, &seen.peers[peer.0].name, state));
        }
    }
    shown
}

/// The entry, unless the condition holds.
pub(crate) fn unless(dropped: bool, entry: Entry) -> Vec<Entry> {
    if dropped { Vec::new() } else { vec![entry] }
}

/// A refusal.
pub(crate) fn refused(error: &str) -> Returned {
    Returned::Refused {
        error: error.to_owned(),
        message: "as a wrong implementation does".to_owned(),
    }
}

/// The result, or a success if the condition holds.
pub(crate) fn accepted(condition: bool, returned: Returned) -> Returned {
    match returned {
        Returned::Refused { .. } if condition => Returned::Ok,
        other => other,
    }
}
