//! What is known of a peer's attributes at a moment of a run.

use peerstate_model::states::{
    IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState, StateEnum,
};
use peerstate_model::trace::{Entry, State, TransportState};

use crate::scenario::Attributes;

/// What an application knows of a connection that it has watched from the start.
///
/// An attribute that an entry holds is known. Where an implementation has no such attribute to
/// read, its last event tells; before the first event, the attribute is what the specification
/// initialises it to; and after `close()`, which fires no event, it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    connection_state: PeerConnectionState,
    ice_connection_state: IceConnectionState,
    ice_gathering_state: IceGatheringState,
    signaling_state: SignalingState,
    transports: Vec<TransportState>,
}

impl Known {
    /// A connection just constructed.
    pub(super) fn initial() -> Self {
        Self {
            connection_state: PeerConnectionState::New,
            ice_connection_state: IceConnectionState::New,
            ice_gathering_state: IceGatheringState::New,
            signaling_state: SignalingState::Stable,
            transports: Vec::new(),
        }
    }

    /// Takes in that the application has closed the connection.
    pub(super) fn close(&mut self) {
        self.connection_state = PeerConnectionState::Closed;
        self.ice_connection_state = IceConnectionState::Closed;
        self.signaling_state = SignalingState::Closed;
    }

    /// Takes in what an entry tells.
    pub(super) fn learn(&mut self, entry: &Entry) {
        let State {
            connection_state,
            ice_connection_state,
            ice_gathering_state,
            signaling_state,
        } = entry.state;
        self.connection_state = connection_state.unwrap_or(self.connection_state);
        self.ice_connection_state = ice_connection_state.unwrap_or(self.ice_connection_state);
        self.ice_gathering_state = ice_gathering_state.unwrap_or(self.ice_gathering_state);
        self.signaling_state = signaling_state.unwrap_or(self.signaling_state);
        if let Some(transports) = &entry.transports {
            self.transports.clone_from(transports);
        }
    }

    /// Whether gathering has ended.
    pub(super) fn has_gathered(&self) -> bool {
        self.ice_gathering_state == IceGatheringState::Complete
    }

    /// What differs from the attributes asked for: `expected` and `seen`, each one of them.
    pub(super) fn misses(&self, attributes: &Attributes) -> Vec<(String, String)> {
        let mut misses = Vec::new();
        let mut miss = |name: &str, expected: String, seen: String| {
            misses.push((format!("{name} {expected}"), format!("{name} {seen}")));
        };
        let Attributes {
            connection_state,
            ice_connection_state,
            ice_gathering_state,
            signaling_state,
            ice_transport_state,
            dtls_transport_state,
        } = attributes;
        check(
            "connectionState",
            connection_state.as_deref(),
            self.connection_state,
            &mut miss,
        );
        check(
            "iceConnectionState",
            ice_connection_state.as_deref(),
            self.ice_connection_state,
            &mut miss,
        );
        check(
            "iceGatheringState",
            ice_gathering_state.as_deref(),
            self.ice_gathering_state,
            &mut miss,
        );
        check(
            "signalingState",
            signaling_state.as_deref(),
            self.signaling_state,
            &mut miss,
        );
        check_transports(
            "iceTransportState",
            ice_transport_state.as_deref(),
            self.transports.iter().map(|transport| transport.ice),
            &mut miss,
        );
        check_transports(
            "dtlsTransportState",
            dtls_transport_state.as_deref(),
            self.transports.iter().map(|transport| transport.dtls),
            &mut miss,
        );
        misses
    }
}

fn one_of<S: StateEnum>(states: &[S]) -> String {
    states
        .iter()
        .map(|state| state.as_str())
        .collect::<Vec<_>>()
        .join(" or ")
}

fn check<S: StateEnum>(
    name: &str,
    expected: Option<&[S]>,
    seen: S,
    miss: &mut impl FnMut(&str, String, String),
) {
    if let Some(expected) = expected
        && !expected.contains(&seen)
    {
        miss(name, one_of(expected), seen.as_str().to_owned());
    }
}

/// Every transport must be in one of the states, and there must be one.
fn check_transports<S: StateEnum>(
    name: &str,
    expected: Option<&[S]>,
    seen: impl Iterator<Item = Option<S>> + Clone,
    miss: &mut impl FnMut(&str, String, String),
) {
    let Some(expected) = expected else { return };
    let holds = |state: Option<S>| state.is_some_and(|state| expected.contains(&state));
    if seen.clone().next().is_none() || !seen.clone().all(holds) {
        let states: Vec<_> = seen
            .map(|state| state.map_or("unobserved", S::as_str))
            .collect();
        let seen = if states.is_empty() {
            "no transports seen".to_owned()
        } else {
            states.join(", ")
        };
        miss(name, one_of(expected), seen);
    }
}
