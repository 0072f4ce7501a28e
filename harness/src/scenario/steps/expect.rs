//! What must hold, and which events must be fired.

use peerstate_model::input::keys::keys;
use peerstate_model::input::yaml::Node;

use super::{Context, find_peers};
use crate::implementation::Capability;
use crate::scenario::error::Found;
use crate::scenario::keys::{ExpectKeys, Subject};
use crate::scenario::{Action, Attributes, EventExpectation, Expectation};

pub(super) fn read_expectation(
    node: &Node,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> Option<Action> {
    let keys = keys::<_, ExpectKeys>().read(node, problems)?;
    let peers = keys.peer.and_then(|peers| peers.value);
    let peers = find_peers(peers?, context, problems)?;
    if Subject::of(node).events {
        let awaited = keys.events.iter().chain(&keys.once);
        let needed = awaited.filter_map(|event| needs(event));
        context.requires.extend(needed);
        return Some(Action::ExpectEvents(EventExpectation {
            peers,
            events: keys.events,
            once: keys.once,
            never: keys.never,
            changes: keys.changes,
            during: keys.during?,
        }));
    }
    Some(Action::Expect(Expectation {
        peers,
        attributes: Attributes {
            connection_state: keys.connection_state,
            ice_connection_state: keys.ice_connection_state,
            ice_gathering_state: keys.ice_gathering_state,
            signaling_state: keys.signaling_state,
            ice_transport_state: keys.ice_transport_state,
            dtls_transport_state: keys.dtls_transport_state,
        },
        // Without `within`, it must hold at once.
        within: keys.within.unwrap_or_default(),
    }))
}

/// Returns what an implementation must support to dispatch an event that `observes` does not list.
fn needs(event: &str) -> Option<Capability> {
    match event {
        "negotiationneeded" => Some(Capability::NegotiationNeeded),
        "icecandidate" => Some(Capability::IceCandidate),
        _ => None,
    }
}
