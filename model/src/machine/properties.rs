//! What must hold of every state of the machine.

use stateright::{Expectation, Property};

use super::connection::Fault;
use super::model::ConnectionModel;
use crate::states::{IceConnectionState, PeerConnectionState};

type State = super::connection::Connection;

/// A property: its id, what it says, and where that stands.
#[derive(Debug, Clone, Copy)]
pub struct PropertyInfo {
    /// Its stable name.
    pub id: &'static str,
    /// What it says, in one sentence.
    pub sentence: &'static str,
    /// The section it rests on.
    pub spec: &'static str,
    condition: fn(&ConnectionModel, &State) -> bool,
}

impl PropertyInfo {
    /// Whether the property holds in a state.
    #[must_use]
    pub fn holds(&self, model: &ConnectionModel, state: &State) -> bool {
        (self.condition)(model, state)
    }
}

const ENUM: &str = "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum";
const CLOSE: &str = "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close";
const ICE_CHANGE: &str = "https://www.w3.org/TR/webrtc/#rtcicetransport";

/// Every invariant.
pub const PROPERTIES: &[PropertyInfo] = &[
    PropertyInfo {
        id: "closed/exactly-when-closed",
        sentence: "connectionState and iceConnectionState are closed exactly when [[IsClosed]] is \
                   true.",
        spec: CLOSE,
        condition: |_, state| {
            (state.connection_state == PeerConnectionState::Closed) == state.closed
                && (state.ice_connection_state == IceConnectionState::Closed) == state.closed
        },
    },
    PropertyInfo {
        id: "value/defined",
        sentence: "Exactly one value is defined for every combination of transports.",
        spec: ENUM,
        condition: |model, state| {
            state.closed || {
                let transports = state.transports.as_slice();
                let ice = model.rulebook.ice_connection_state(transports).single();
                ice.is_some_and(|ice| {
                    model
                        .rulebook
                        .connection_state(transports, ice)
                        .single()
                        .is_some()
                })
            }
        },
    },
    PropertyInfo {
        id: "value/failed",
        sentence: "connectionState is failed exactly as defined.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnectionstate-failed",
        condition: |model, state| exactly(model, state, PeerConnectionState::Failed),
    },
    PropertyInfo {
        id: "value/disconnected",
        sentence: "connectionState is disconnected exactly as defined.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnectionstate-disconnected",
        condition: |model, state| exactly(model, state, PeerConnectionState::Disconnected),
    },
    PropertyInfo {
        id: "value/new",
        sentence: "connectionState is new exactly as defined.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnectionstate-new",
        condition: |model, state| exactly(model, state, PeerConnectionState::New),
    },
    PropertyInfo {
        id: "value/connected",
        sentence: "connectionState is connected exactly as defined.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnectionstate-connected",
        condition: |model, state| exactly(model, state, PeerConnectionState::Connected),
    },
    PropertyInfo {
        id: "value/connecting",
        sentence: "connectionState is connecting exactly as defined.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnectionstate-connecting",
        condition: |model, state| exactly(model, state, PeerConnectionState::Connecting),
    },
    PropertyInfo {
        id: "value/not-stale",
        sentence: "The values follow when a transport is made or discarded.",
        spec: ENUM,
        condition: |model, state| {
            state.closed || !state.is_settled() || {
                let transports = state.transports.as_slice();
                let ice = model.rulebook.ice_connection_state(transports);
                let connection = ice
                    .single()
                    .map(|ice| model.rulebook.connection_state(transports, ice))
                    .unwrap_or_default();
                !state.stale
                    || ((ice.is_empty() || ice.contains(state.ice_connection_state))
                        && (connection.is_empty() || connection.contains(state.connection_state)))
            }
        },
    },
    PropertyInfo {
        id: "value/no-step-back",
        sentence: "A step forward of one ICE transport takes neither value back.",
        spec: ENUM,
        condition: |_, state| !state.faults.has(Fault::StepBack),
    },
    PropertyInfo {
        id: "event/none-after-close",
        sentence: "No event is fired by close() or after it.",
        spec: CLOSE,
        condition: |_, state| !state.faults.has(Fault::EventAfterClose),
    },
    PropertyInfo {
        id: "event/none-after-handler-closes",
        sentence: "Once a handler has called close(), the rest of the events of its task is not \
                   fired.",
        spec: CLOSE,
        condition: |_, state| !state.faults.has(Fault::EventAfterHandlerCloses),
    },
    PropertyInfo {
        id: "event/on-change",
        sentence: "An event is fired for every change of its value, and none without one.",
        spec: "https://www.w3.org/TR/webrtc/#event-connectionstatechange",
        condition: |_, state| !state.faults.has(Fault::EventNotOnChange),
    },
    PropertyInfo {
        id: "event/order",
        sentence: "statechange is fired first, then iceconnectionstatechange, then \
                   connectionstatechange.",
        spec: ICE_CHANGE,
        condition: |_, state| !state.faults.has(Fault::EventOrder),
    },
    PropertyInfo {
        id: "event/attributes-current",
        sentence: "Inside a handler both attributes have the values of the transports.",
        spec: ICE_CHANGE,
        condition: |_, state| !state.faults.has(Fault::AttributesNotCurrent),
    },
    PropertyInfo {
        id: "event/statechange-current",
        sentence: "Inside a handler of a transport's statechange both attributes have the values \
                   of the transports.",
        spec: "https://www.w3.org/TR/webrtc/#rtcdtlstransport-interface",
        condition: |_, state| !state.faults.has(Fault::StateChangeNotCurrent),
    },
];

/// Whether the slot has a value exactly when the definition gives it, once no task is queued and
/// unless the set of transports has changed since ([`value/not-stale`](PROPERTIES) judges that).
fn exactly(model: &ConnectionModel, state: &State, value: PeerConnectionState) -> bool {
    if state.closed || !state.is_settled() || state.stale {
        return true;
    }
    let transports = state.transports.as_slice();
    let holding = model
        .rulebook
        .connection_state(transports, state.ice_connection_state);
    // Where no value is defined there is nothing to be exact about.
    holding.is_empty() || (state.connection_state == value) == holding.contains(value)
}

/// The properties as Stateright takes them.
pub(super) fn properties() -> Vec<Property<ConnectionModel>> {
    PROPERTIES
        .iter()
        .map(|info| Property {
            expectation: Expectation::Always,
            name: info.id,
            condition: info.condition,
        })
        .collect()
}
