//! What must hold of every state of the machine.

use super::connection::Fault;
use super::model::ConnectionModel;
use super::reach;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState,
};
use crate::transports::Transport;

type State = super::connection::Connection;

/// A property: its id, its meaning, and its source.
#[derive(Debug, Clone, Copy)]
pub struct PropertyInfo {
    /// Its stable id.
    pub id: &'static str,
    /// The property, in one sentence.
    pub sentence: &'static str,
    /// A link to the section it is based on.
    pub spec: &'static str,
    pub(super) condition: fn(&ConnectionModel, &State) -> bool,
}

impl PropertyInfo {
    /// Returns whether the property holds in a state.
    #[must_use]
    pub fn holds(&self, model: &ConnectionModel, state: &State) -> bool {
        (self.condition)(model, state)
    }
}

const ENUM: &str = "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum";
const CLOSE: &str = "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close";
const ICE_CHANGE: &str = "https://www.w3.org/TR/webrtc/#rtcicetransport";

/// Every property.
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
        id: "transport/closed-after-close",
        sentence: "Every transport of a closed connection is closed, and stays so.",
        spec: CLOSE,
        condition: |_, state| {
            let closed = Transport::new(IceTransportState::Closed, DtlsTransportState::Closed);
            !state.closed || state.transports.as_slice().iter().all(|one| *one == closed)
        },
    },
    PropertyInfo {
        id: "value/defined",
        sentence: "Exactly one value is defined for every combination of transports.",
        spec: ENUM,
        condition: |model, state| {
            state.closed || model.rulebook.holding(&state.transports).is_defined()
        },
    },
    PropertyInfo {
        id: "value/iceConnectionState",
        sentence: "iceConnectionState is exactly as defined.",
        spec: "https://www.w3.org/TR/webrtc/#rtciceconnectionstate-enum",
        condition: |model, state| {
            let holding = || model.rulebook.ice_connection_state(&state.transports);
            let is_right = |holding: StateSet<IceConnectionState>| {
                holding.is_empty() || holding.contains(state.ice_connection_state)
            };
            may_differ(state) || is_right(holding())
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
        sentence: "The values are updated when a transport is created or discarded.",
        spec: ENUM,
        condition: |model, state| {
            let follow = || {
                let holding = model.rulebook.holding(&state.transports);
                holding.allows(state.ice_connection_state, state.connection_state)
            };
            state.closed || !state.is_settled() || !state.stale || follow()
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
        sentence: "Once a handler has called close(), its task fires no more events.",
        spec: CLOSE,
        condition: |_, state| !state.faults.has(Fault::EventAfterHandlerCloses),
    },
    PropertyInfo {
        id: "event/on-change",
        sentence: "An event is fired for every change of its value, and never without one.",
        spec: "https://www.w3.org/TR/webrtc/#event-connectionstatechange",
        condition: |_, state| !state.faults.has(Fault::EventNotOnChange),
    },
    PropertyInfo {
        id: "event/order",
        sentence: "selectedcandidatepairchange and error are fired first, then statechange, then \
                   iceconnectionstatechange, then connectionstatechange.",
        spec: ICE_CHANGE,
        condition: |_, state| !state.faults.has(Fault::EventOrder),
    },
    PropertyInfo {
        id: "event/attributes-current",
        sentence: "Inside a handler, both attributes have the values of the transports.",
        spec: ICE_CHANGE,
        condition: |_, state| !state.faults.has(Fault::AttributesNotCurrent),
    },
    PropertyInfo {
        id: "event/statechange-current",
        sentence: "Inside a handler of a transport's statechange, both attributes have the \
                   values of the transports.",
        spec: "https://www.w3.org/TR/webrtc/#rtcdtlstransport-interface",
        condition: |_, state| !state.faults.has(Fault::StateChangeNotCurrent),
    },
    PropertyInfo {
        id: "transport/state-set",
        sentence: "A change gives its transport the new state.",
        spec: ICE_CHANGE,
        condition: |_, state| !state.faults.has(Fault::TransportStateNotSet),
    },
    PropertyInfo {
        id: "transport/event-on-change",
        sentence: "statechange is fired for every change of a transport's state, error if the \
                   transport fails, and selectedcandidatepairchange for every change of its pair; \
                   none of them is fired without such a change.",
        spec: "https://www.w3.org/TR/webrtc/#event-icetransport-statechange",
        condition: |_, state| !state.faults.has(Fault::TransportEventNotOnChange),
    },
    PropertyInfo {
        id: "transport/state-current",
        sentence: "Inside a handler of its events, a transport has its new state.",
        spec: ICE_CHANGE,
        condition: |_, state| !state.faults.has(Fault::TransportNotCurrent),
    },
    PropertyInfo {
        id: "reach/closed",
        sentence: "close() leads from every open state to closed.",
        spec: CLOSE,
        condition: reach::closed,
    },
    PropertyInfo {
        id: "reach/connected",
        sentence: "From every open state, connected can be reached if the network works.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnectionstate-connected",
        condition: reach::connected,
    },
];

/// Returns whether the values may differ from those of the transports: while a task is queued, and
/// if the set of transports has changed since ([`value/not-stale`](PROPERTIES) judges that).
const fn may_differ(state: &State) -> bool {
    state.closed || !state.is_settled() || state.stale
}

/// Returns whether the slot has a value exactly when the definition gives it.
fn exactly(model: &ConnectionModel, state: &State, value: PeerConnectionState) -> bool {
    if may_differ(state) {
        return true;
    }
    let ice = state.ice_connection_state;
    let holding = model.rulebook.connection_state(&state.transports, ice);
    // If no value is defined, any value is right.
    holding.is_empty() || (state.connection_state == value) == holding.contains(value)
}
