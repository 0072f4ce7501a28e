//! Faults of the values that are reported, and of their events.

use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState,
};
use peerstate_model::trace::{State, What};

use super::seen::{
    Seen, and_fired, connection, fired, fired_if, fired_once, ice, is_event, reports, returns,
    unless,
};
use super::{Hooks, NOTHING, Wrong};

pub(super) const TABLE: &[Wrong] = &[
    Wrong {
        name: "connectionstatechange-never",
        does: "connectionstatechange is never fired.",
        caught_by: &["connect/data-channel"],
        hooks: Hooks {
            entry: |_, _, entry| unless(is_event(&entry, "connectionstatechange"), entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "iceconnectionstatechange-never",
        does: "iceconnectionstatechange is never fired.",
        caught_by: &["connect/trickle"],
        hooks: Hooks {
            entry: |_, _, entry| unless(is_event(&entry, "iceconnectionstatechange"), entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "events-twice",
        does: "connectionstatechange and iceconnectionstatechange are fired twice for each change.",
        caught_by: &["event/on-change"],
        hooks: Hooks {
            entry: |_, _, entry| {
                let twice = is_event(&entry, "connectionstatechange")
                    || is_event(&entry, "iceconnectionstatechange");
                if twice {
                    vec![entry.clone(), entry]
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "signalingstatechange-twice",
        does: "signalingstatechange is fired twice for each change.",
        caught_by: &["event/on-change"],
        hooks: Hooks {
            entry: |_, _, entry| {
                if is_event(&entry, "signalingstatechange") {
                    vec![entry.clone(), entry]
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "stale-connectionState",
        does: "connectionState reads its old value in its event.",
        caught_by: &["event/on-change", "connect/data-channel"],
        hooks: Hooks {
            entry: |seen, peer, mut entry| {
                if is_event(&entry, "connectionstatechange") {
                    let before = seen.peers[peer.0].state.connection_state;
                    entry.state = connection(before.unwrap_or(PeerConnectionState::New));
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "stale-iceConnectionState",
        does: "iceConnectionState reads its old value in its event.",
        caught_by: &["event/on-change", "connect/trickle"],
        hooks: Hooks {
            entry: |seen, peer, mut entry| {
                if is_event(&entry, "iceconnectionstatechange") {
                    let before = seen.peers[peer.0].state.ice_connection_state;
                    entry.state = ice(before.unwrap_or(IceConnectionState::New));
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "connected-before-dtls",
        does: "connectionState becomes connected with ICE, before DTLS is connected.",
        caught_by: &["ice/cut-until-failed", "event/on-change"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let connected = connection(PeerConnectionState::Connected);
                if reports(&entry, ice(IceConnectionState::Connected)) {
                    seen.note(peer, "early");
                    let mut early = fired(entry.at, &entry.peer, connected);
                    early.transports.clone_from(&entry.transports);
                    return vec![entry, early];
                }
                unless(
                    reports(&entry, connected) && seen.noted(peer, "early"),
                    entry,
                )
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "connected-never",
        does: "connectionState never becomes connected.",
        caught_by: &["connect/data-channel", "connect/audio"],
        hooks: Hooks {
            entry: |_, _, entry| {
                let connected = connection(PeerConnectionState::Connected);
                unless(reports(&entry, connected), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "connecting-never",
        does: "connectionState changes from new to connected at once.",
        caught_by: &["connection-state/transition"],
        hooks: Hooks {
            entry: |_, _, entry| {
                let connecting = connection(PeerConnectionState::Connecting);
                unless(reports(&entry, connecting), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "connected-reported-again",
        does: "connectionState falls back to connecting a second after it was connected.",
        caught_by: &["connect/receive-only-video"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                if reports(&entry, connection(PeerConnectionState::Connected)) {
                    seen.note(peer, "connected");
                }
                vec![entry]
            },
            passed: |seen| {
                let due = |seen: &Seen, peer| seen.noted_before(peer, "connected", 1);
                let connecting = connection(PeerConnectionState::Connecting);
                fired_once(seen, "fallen back", due, connecting)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "says-something-while-new",
        does: "A newly constructed connection reports that it is new.",
        caught_by: &["connect/fresh"],
        hooks: Hooks {
            passed: |seen| {
                fired_once(
                    seen,
                    "said",
                    |_, _| true,
                    connection(PeerConnectionState::New),
                )
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "local-offer-begins-checks",
        does: "setLocalDescription() of an offer changes iceConnectionState to checking.",
        caught_by: &["connect/new-before-the-exchange"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let known = &seen.peers[peer.0];
                let offered = known.set.len() == 1 && known.set[0].0;
                let due = offered && !known.closed && returns(&entry, "setLocalDescription");
                fired_if(due, entry, ice(IceConnectionState::Checking))
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "ice-transport-skips-checking",
        does: "An ICE transport changes from new to connected.",
        caught_by: &["ice-transport/transition"],
        hooks: Hooks {
            entry: |_, _, mut entry| {
                for transport in entry.transports.iter_mut().flatten() {
                    if transport.ice == Some(IceTransportState::Checking) {
                        transport.ice = Some(IceTransportState::New);
                    }
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "dtls-transport-skips-connecting",
        does: "A DTLS transport changes from new to connected.",
        caught_by: &["dtls/new-until-ice-connects"],
        hooks: Hooks {
            entry: |_, _, mut entry| {
                for transport in entry.transports.iter_mut().flatten() {
                    if transport.dtls == Some(DtlsTransportState::Connecting) {
                        transport.dtls = Some(DtlsTransportState::New);
                    }
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "dtls-transport-never-connected",
        does: "A DTLS transport stays connecting.",
        caught_by: &["event/on-change"],
        hooks: Hooks {
            entry: |_, _, mut entry| {
                for transport in entry.transports.iter_mut().flatten() {
                    if transport.dtls == Some(DtlsTransportState::Connected) {
                        transport.dtls = Some(DtlsTransportState::Connecting);
                    }
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "data-channel-never-opens",
        does: "A data channel never opens.",
        caught_by: &["connect/data-channel", "connect/negotiated-data-channel"],
        hooks: Hooks {
            entry: |_, _, entry| {
                let opens = is_event(&entry, "open") || is_event(&entry, "datachannel");
                unless(opens, entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "negotiationneeded-never",
        does: "negotiationneeded is never fired.",
        caught_by: &[
            "negotiation/needed-for-channels",
            "negotiation/needed-for-tracks",
        ],
        hooks: Hooks {
            entry: |_, _, entry| unless(is_event(&entry, "negotiationneeded"), entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "negotiationneeded-twice",
        does: "negotiationneeded is fired twice.",
        caught_by: &["negotiation/needed-for-channels"],
        hooks: Hooks {
            entry: |_, _, entry| {
                if is_event(&entry, "negotiationneeded") {
                    vec![entry.clone(), entry]
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "connection-event-for-ice-event",
        does: "Every iceconnectionstatechange fires a connectionstatechange too.",
        caught_by: &["event/on-change"],
        hooks: Hooks {
            entry: |seen, peer, entry| match entry.what {
                What::Event { .. }
                    if entry.state
                        == (State {
                            ice_connection_state: entry.state.ice_connection_state,
                            ..State::default()
                        })
                        && entry.state.ice_connection_state.is_some() =>
                {
                    let known = seen.peers[peer.0].state.connection_state;
                    and_fired(entry, connection(known.unwrap_or(PeerConnectionState::New)))
                }
                _ => vec![entry],
            },
            ..NOTHING
        },
    },
];
