//! Faults of `close()`, at the side that calls it and at the other.

use peerstate::implementation::{Call, PeerIndex, Returned};
use peerstate_model::states::{
    IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState,
};
use peerstate_model::trace::{Entry, What};

use super::seen::{
    PeerSeen, Seen, connection, fired, fired_if, gathering, ice, is_event, needed_if, refused,
    returns, signaling, unless,
};
use super::{Hooks, NOTHING, Passed, Wrong};

pub(super) const TABLE: &[Wrong] = &[
    Wrong {
        name: "close-fires-connectionstatechange",
        does: "close() fires connectionstatechange.",
        caught_by: &["close/by-offerer", "event/none-after-close"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let closes = closes(seen, peer, &entry);
                fired_if(closes, entry, connection(PeerConnectionState::Closed))
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "close-fires-iceconnectionstatechange",
        does: "close() fires iceconnectionstatechange.",
        caught_by: &["close/by-offerer", "event/none-after-close"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let closes = closes(seen, peer, &entry);
                fired_if(closes, entry, ice(IceConnectionState::Closed))
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "close-fires-signalingstatechange",
        does: "close() fires signalingstatechange.",
        caught_by: &["close/by-offerer", "event/none-after-close"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let closes = closes(seen, peer, &entry);
                fired_if(closes, entry, signaling(SignalingState::Closed))
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "close-ends-gathering",
        does: "close() fires icegatheringstatechange.",
        caught_by: &["close/by-offerer", "event/none-after-close"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let closes = closes(seen, peer, &entry);
                fired_if(closes, entry, gathering(IceGatheringState::New))
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "queued-task-ignores-close",
        does: "A task that was queued before close() fires connectionstatechange after it.",
        caught_by: &["close/while-checking", "event/none-after-close"],
        hooks: Hooks {
            passed: |seen| {
                let mut shown = Vec::new();
                for peer in (0..seen.peers.len()).map(PeerIndex) {
                    let known = &seen.peers[peer.0];
                    let connecting = Some(PeerConnectionState::Connecting);
                    let under_way = known.before_close.connection_state == connecting;
                    if known.closed && under_way && seen.note(peer, "queued task") {
                        let connected = connection(PeerConnectionState::Connected);
                        shown.push(fired(seen.now, &seen.peers[peer.0].name, connected));
                    }
                }
                shown
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "negotiationneeded-ignores-close",
        does: "A pending negotiation fires negotiationneeded after close().",
        caught_by: &["negotiation/needed-not-after-close"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let adds = ["addTransceiver", "addTrack"];
                if seen.peers[peer.0].signaling() != SignalingState::Stable
                    && adds.iter().any(|method| returns(&entry, method))
                {
                    seen.note(peer, "to be negotiated");
                }
                let due = closes(seen, peer, &entry) && seen.noted(peer, "to be negotiated");
                needed_if(due, entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "close-keeps-connectionState",
        does: "connectionState does not change with close().",
        caught_by: &["close/by-offerer"],
        hooks: Hooks {
            entry: |seen, peer, mut entry| {
                if closes(seen, peer, &entry) {
                    let before = seen.peers[peer.0].state.connection_state;
                    let state = before.unwrap_or(PeerConnectionState::New);
                    entry.state.connection_state = Some(state);
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "close-keeps-signalingState",
        does: "signalingState does not change with close().",
        caught_by: &["close/by-offerer"],
        hooks: Hooks {
            entry: |seen, peer, mut entry| {
                if closes(seen, peer, &entry) {
                    entry.state.signaling_state = Some(seen.peers[peer.0].signaling());
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "close-keeps-transports",
        does: "close() does not change the transports.",
        caught_by: &["close/transports", "close/attributes"],
        hooks: Hooks {
            call: |seen, peer, call| {
                if call == Call::Close && seen.note(peer, "closing") {
                    let known = &mut seen.peers[peer.0];
                    known.kept.clone_from(&known.transports);
                }
                Passed::On(call)
            },
            entry: |seen, peer, mut entry| {
                if seen.noted(peer, "closing") && entry.transports.is_some() {
                    entry.transports.clone_from(&seen.peers[peer.0].kept);
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "close-does-nothing",
        does: "close() returns and does nothing.",
        caught_by: &["close/transports", "dtls/remote-close"],
        hooks: Hooks {
            call: |_, _, call| match call {
                Call::Close => Passed::Answered(Returned::Ok),
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "close-refused-twice",
        does: "A second close() is refused.",
        caught_by: &["close/twice"],
        hooks: Hooks {
            call: |seen, peer, call| match call {
                Call::Close if seen.peers[peer.0].closed => {
                    Passed::Answered(refused("InvalidStateError"))
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "closed-by-the-other-side",
        does: "A connection is closed when the other side closes its own.",
        caught_by: &["close/by-both", "close/only-by-close"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let left = seen.other_closed(peer) && !seen.peers[peer.0].closed;
                let first = left && seen.note(peer, "closed by the other side");
                fired_if(first, entry, connection(PeerConnectionState::Closed))
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "dead-after-remote-close",
        does: "A connection refuses every call once the other side has closed.",
        caught_by: &["close/not-by-the-other-side"],
        hooks: Hooks {
            call: |seen, peer, call| match call {
                Call::Close => Passed::On(Call::Close),
                _ if seen.other_closed(peer) && !seen.peers[peer.0].closed => {
                    Passed::Answered(refused("InvalidStateError"))
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "remote-close-unnoticed",
        does: "The other side's close() changes no transport and closes no data channel.",
        caught_by: &["dtls/remote-close", "close/attributes"],
        hooks: Hooks {
            entry: |seen, peer, mut entry| {
                let left = seen.other_closed(peer) && !seen.peers[peer.0].closed;
                if !left {
                    return vec![entry];
                }
                if seen.note(peer, "left") {
                    let known = &mut seen.peers[peer.0];
                    known.kept.clone_from(&known.transports);
                }
                if entry.transports.is_some() {
                    entry.transports.clone_from(&seen.peers[peer.0].kept);
                }
                unless(
                    is_event(&entry, "close") || is_event(&entry, "closing"),
                    entry,
                )
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "vanished-peer-unnoticed",
        does: "A peer that has gone is never reported as disconnected or failed.",
        caught_by: &["ice/peer-vanishes"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let left = seen.other_closed(peer) && !seen.peers[peer.0].closed;
                let lost = is_event(&entry, "connectionstatechange")
                    || is_event(&entry, "iceconnectionstatechange");
                unless(left && lost, entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "driver-dies",
        does: "The driver of a connection ends by itself as soon as it is connected.",
        caught_by: &["implementation/alive"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let connected = entry.state == connection(PeerConnectionState::Connected);
                if !connected || !seen.note(peer, "dead") {
                    return vec![entry];
                }
                let mut end = Entry::new(entry.at, &entry.peer, What::Sample("poll".to_owned()));
                end.ended = true;
                vec![entry, end]
            },
            ..NOTHING
        },
    },
];

/// Whether an entry is the first return of a peer's `close()`.
fn closes(seen: &Seen, peer: PeerIndex, entry: &Entry) -> bool {
    let PeerSeen { closed, .. } = seen.peers[peer.0];
    !closed && returns(entry, "close")
}
