//! Attributes that read other values than their events report, and other faults that may appear at
//! any moment.

use peerstate::implementation::{Call, Description, DescriptionType, PeerIndex, Returned};
use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceGatheringState, IceTransportState,
    PeerConnectionState, SignalingState,
};
use peerstate_model::trace::{Attribute, Entry, State, What};

use super::seen::{Seen, connection, fired, gathering, ice, is_event, signaling};
use super::{Hooks, NOTHING, Wrong};

pub(super) const TABLE: &[Wrong] = &[
    Wrong {
        name: "connectionState-behind-its-event",
        does: "connectionState reads its old value after its event.",
        caught_by: &["connect/data-channel"],
        hooks: Hooks {
            entry: |seen, peer, entry| behind(seen, peer, entry, Attribute::ConnectionState),
            ..NOTHING
        },
    },
    Wrong {
        name: "iceConnectionState-behind-its-event",
        does: "iceConnectionState reads its old value after its event.",
        caught_by: &["connect/trickle"],
        hooks: Hooks {
            entry: |seen, peer, entry| behind(seen, peer, entry, Attribute::IceConnectionState),
            ..NOTHING
        },
    },
    Wrong {
        name: "iceGatheringState-behind-its-event",
        does: "iceGatheringState reads its old value after its event.",
        caught_by: &["gathering/one-section"],
        hooks: Hooks {
            entry: |seen, peer, entry| behind(seen, peer, entry, Attribute::IceGatheringState),
            ..NOTHING
        },
    },
    Wrong {
        name: "signalingState-behind-a-local-description",
        does: "signalingState reads its old value after the event of setLocalDescription().",
        caught_by: &["negotiation/round"],
        hooks: Hooks {
            entry: |seen, peer, entry| match seen.peers[peer.0].set.last() {
                Some((true, _)) => behind(seen, peer, entry, Attribute::SignalingState),
                _ => vec![entry],
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "signalingState-behind-a-remote-description",
        does: "signalingState reads its old value after the event of setRemoteDescription().",
        caught_by: &["negotiation/round"],
        hooks: Hooks {
            entry: |seen, peer, entry| match seen.peers[peer.0].set.last() {
                Some((false, _)) => behind(seen, peer, entry, Attribute::SignalingState),
                _ => vec![entry],
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "attributes-reset",
        does: "The attributes read their initial values whenever time has passed.",
        caught_by: &["connect/data-channel"],
        hooks: Hooks {
            passed: |seen| read_at_every_peer(seen, initial()),
            ..NOTHING
        },
    },
    Wrong {
        name: "attributes-ahead",
        does: "The attributes read connected, complete and have-local-offer whenever time has passed.",
        caught_by: &["connect/no-candidates"],
        hooks: Hooks {
            passed: |seen| read_at_every_peer(seen, ahead()),
            ..NOTHING
        },
    },
    Wrong {
        name: "transports-reset",
        does: "The transports read new whenever time has passed.",
        caught_by: &["dtls/remote-close", "ice-transport/transition"],
        hooks: Hooks {
            passed: |seen| {
                let mut shown = read_at_every_peer(seen, State::default());
                for entry in &mut shown {
                    let known = &seen.peers[seen.place(&entry.peer).0].transports;
                    entry.transports.clone_from(known);
                    for transport in entry.transports.iter_mut().flatten() {
                        transport.ice = Some(IceTransportState::New);
                        transport.dtls = Some(DtlsTransportState::New);
                    }
                }
                shown
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "events-out-of-nothing",
        does: "Every event is fired every few seconds without a reason.",
        caught_by: &["connect/fresh"],
        hooks: Hooks {
            passed: |seen| {
                let peers = (0..seen.peers.len()).map(PeerIndex);
                let peers: Vec<_> = peers.filter(|peer| is_due(seen, *peer)).collect();
                peers
                    .into_iter()
                    .flat_map(|peer| every_event(seen, peer))
                    .collect()
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "events-lost",
        does: "No event is fired any more.",
        caught_by: &["negotiation/round"],
        hooks: Hooks {
            entry: |_, _, entry| match entry.what {
                What::Event { .. } => Vec::new(),
                _ => vec![entry],
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "nothing-refused",
        does: "No call is ever refused.",
        caught_by: &["after-close/create-offer", "negotiation/rollback-in-stable"],
        hooks: Hooks {
            returned: |_, _, call, returned| match (call, returned) {
                (Call::CreateOffer { .. }, Returned::Refused { .. }) => {
                    Returned::Description(made(DescriptionType::Offer))
                }
                (Call::CreateAnswer, Returned::Refused { .. }) => {
                    Returned::Description(made(DescriptionType::Answer))
                }
                (_, Returned::Refused { .. }) => Returned::Ok,
                (_, other) => other,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "call-after-close-fires",
        does: "A call after close() fires signalingstatechange, whatever it returns.",
        caught_by: &["event/none-after-close"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let called = matches!(entry.what, What::Action { .. });
                if called && seen.peers[peer.0].closed {
                    let state = State {
                        signaling_state: Some(SignalingState::Closed),
                        ..State::default()
                    };
                    let event = fired(entry.at, &entry.peer, state);
                    vec![entry, event]
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "call-after-close-reopens",
        does: "After a call on a closed connection, its attributes read as if it were new.",
        caught_by: &["after-close/add-track", "close/twice"],
        hooks: Hooks {
            entry: |seen, peer, mut entry| {
                let called = matches!(entry.what, What::Action { .. });
                if called && seen.peers[peer.0].closed {
                    entry.state = initial();
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
];

/// Events that are not of an attribute.
const OTHER_EVENTS: &[&str] = &[
    "icecandidate",
    "negotiationneeded",
    "statechange",
    "gatheringstatechange",
    "selectedcandidatepairchange",
    "open",
    "datachannel",
    "track",
    "closing",
    "close",
    "error",
];

/// Whether a peer has been quiet for a few seconds. If so, the quiet period starts again.
fn is_due(seen: &mut Seen, peer: PeerIndex) -> bool {
    if seen.noted_before(peer, "fired", 5) {
        seen.peers[peer.0].notes.remove("fired");
    }
    seen.note(peer, "fired")
}

/// One of every event, without a new value.
fn every_event(seen: &Seen, peer: PeerIndex) -> Vec<Entry> {
    let (known, at) = (&seen.peers[peer.0], seen.now);
    let State {
        connection_state,
        ice_connection_state,
        ice_gathering_state,
        signaling_state,
    } = known.state;
    let reported = [
        connection(connection_state.unwrap_or(PeerConnectionState::New)),
        ice(ice_connection_state.unwrap_or(IceConnectionState::New)),
        gathering(ice_gathering_state.unwrap_or(IceGatheringState::New)),
        signaling(signaling_state.unwrap_or(SignalingState::Stable)),
    ];
    let reported = reported
        .into_iter()
        .map(|state| fired(at, &known.name, state));
    let others = OTHER_EVENTS.iter();
    let others = others.map(|name| Entry::new(at, &known.name, What::event(name)));
    reported.chain(others).collect()
}

/// The attributes of a connection that was just constructed.
fn initial() -> State {
    State {
        connection_state: Some(PeerConnectionState::New),
        ice_connection_state: Some(IceConnectionState::New),
        ice_gathering_state: Some(IceGatheringState::New),
        signaling_state: Some(SignalingState::Stable),
    }
}

/// Values that the attributes may have in a connection that has been in use for long.
fn ahead() -> State {
    State {
        connection_state: Some(PeerConnectionState::Connected),
        ice_connection_state: Some(IceConnectionState::Connected),
        ice_gathering_state: Some(IceGatheringState::Complete),
        signaling_state: Some(SignalingState::HaveLocalOffer),
    }
}

/// A sample of every peer that reads these values.
fn read_at_every_peer(seen: &Seen, state: State) -> Vec<Entry> {
    let peers = seen.peers.iter();
    let samples = peers.map(|peer| {
        let mut entry = Entry::new(seen.now, &peer.name, What::Sample("poll".to_owned()));
        entry.state = state;
        entry
    });
    samples.collect()
}

/// The entry; after an event of the attribute, also a sample that reads the value before it.
fn behind(seen: &Seen, peer: PeerIndex, entry: Entry, attribute: Attribute) -> Vec<Entry> {
    if !is_event(&entry, attribute.event()) {
        return vec![entry];
    }
    let (before, initial) = (seen.peers[peer.0].state, initial());
    let mut sample = Entry::new(entry.at, &entry.peer, What::Sample("poll".to_owned()));
    let state = &mut sample.state;
    match attribute {
        Attribute::ConnectionState => {
            state.connection_state = before.connection_state.or(initial.connection_state);
        }
        Attribute::IceConnectionState => {
            state.ice_connection_state =
                before.ice_connection_state.or(initial.ice_connection_state);
        }
        Attribute::IceGatheringState => {
            state.ice_gathering_state = before.ice_gathering_state.or(initial.ice_gathering_state);
        }
        Attribute::SignalingState => {
            state.signaling_state = before.signaling_state.or(initial.signaling_state);
        }
    }
    vec![entry, sample]
}

fn made(kind: DescriptionType) -> Description {
    Description {
        kind,
        sdp: String::new(),
    }
}
