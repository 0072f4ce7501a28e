//! Faults of offers and answers, `signalingState` and rollback.

use peerstate::implementation::{Call, DescriptionType, PeerIndex};
use peerstate_model::states::{IceConnectionState, PeerConnectionState, SignalingState};
use peerstate_model::trace::{ActionResult, Entry, Phase, State, What};

use super::seen::{
    Seen, accepted, and_fired, connection, fired, fired_once, ice, is_event, needed_if, refused,
    reports, returns, signaling, unless,
};
use super::{Hooks, NOTHING, Passed, Wrong};

pub(super) const TABLE: &[Wrong] = &[
    Wrong {
        name: "rollback-in-stable",
        does: "A rollback in stable is accepted.",
        caught_by: &["negotiation/rollback-in-stable"],
        hooks: Hooks {
            returned: |_, _, call, returned| {
                let rollback = call.description() == Some(DescriptionType::Rollback);
                accepted(rollback, returned)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "rollback-refused",
        does: "A rollback is always refused.",
        caught_by: &[
            "negotiation/rollback-local-offer",
            "negotiation/rollback-remote-offer",
        ],
        hooks: Hooks {
            call: |_, _, call| match call.description() {
                Some(DescriptionType::Rollback) => Passed::Answered(refused("InvalidStateError")),
                _ => Passed::On(call),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "rollback-is-silent",
        does: "A rollback fires no signalingstatechange.",
        caught_by: &["signaling-state/after-description"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let stable = reports(&entry, signaling(SignalingState::Stable));
                unless(stable && seen.noted(peer, "rollback"), entry)
            },
            call: |seen, peer, call| {
                match call.description() {
                    Some(DescriptionType::Rollback) => {
                        seen.note(peer, "rollback");
                    }
                    Some(_) => {
                        seen.peers[peer.0].notes.remove("rollback");
                    }
                    None => {}
                }
                Passed::On(call)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "answer-in-stable",
        does: "An answer is accepted in stable.",
        caught_by: &[
            "negotiation/answer-in-stable",
            "negotiation/remote-answer-in-stable",
        ],
        hooks: Hooks {
            returned: |seen, peer, call, returned| {
                let answer = call.description() == Some(DescriptionType::Answer);
                let stable = seen.peers[peer.0].signaling() == SignalingState::Stable;
                accepted(answer && stable && !seen.peers[peer.0].closed, returned)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "pranswer-in-stable",
        does: "A provisional answer is accepted in stable.",
        caught_by: &["negotiation/pranswer-in-stable"],
        hooks: Hooks {
            returned: |seen, peer, call, returned| {
                let answer = call.description() == Some(DescriptionType::Pranswer);
                let stable = seen.peers[peer.0].signaling() == SignalingState::Stable;
                accepted(answer && stable && !seen.peers[peer.0].closed, returned)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "pranswer-is-final",
        does: "A provisional answer leads to stable.",
        caught_by: &["negotiation/pranswer", "signaling-state/after-description"],
        hooks: Hooks {
            entry: |_, _, mut entry| {
                let provisional = [
                    SignalingState::HaveLocalPranswer,
                    SignalingState::HaveRemotePranswer,
                ];
                if provisional
                    .iter()
                    .any(|state| reports(&entry, signaling(*state)))
                {
                    entry.state = signaling(SignalingState::Stable);
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "refusal-changes-signalingState",
        does: "A refused description still changes signalingState to have-local-offer.",
        caught_by: &[
            "negotiation/same-offer-twice",
            "signaling-state/after-description",
        ],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let refused = matches!(&entry.what, What::Action { name, result: Some(result), .. }
                    if name.ends_with("Description")
                        && *result != ActionResult::Ok);
                if refused && !seen.peers[peer.0].closed {
                    during_call(entry, signaling(SignalingState::HaveLocalOffer))
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "signalingstatechange-never",
        does: "signalingstatechange is never fired.",
        caught_by: &["negotiation/round", "signaling-state/after-description"],
        hooks: Hooks {
            entry: |_, _, entry| unless(is_event(&entry, "signalingstatechange"), entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "signalingstatechange-after-promise",
        does: "signalingstatechange is fired after the promise of the call has settled.",
        caught_by: &["event/before-promise"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                if is_event(&entry, "signalingstatechange") {
                    seen.peers[peer.0].held = Some(entry);
                    return Vec::new();
                }
                let sets = returns(&entry, "setLocalDescription")
                    || returns(&entry, "setRemoteDescription");
                match seen.peers[peer.0].held.take() {
                    Some(mut held) if sets => {
                        held.at = entry.at;
                        vec![entry, held]
                    }
                    held => {
                        seen.peers[peer.0].held = held;
                        vec![entry]
                    }
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "negotiation-restarts-ice",
        does: "Every further negotiation changes iceConnectionState to checking and back.",
        caught_by: &["negotiation/again", "negotiation/add-media"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let known = &seen.peers[peer.0];
                let connected =
                    known.state.connection_state == Some(PeerConnectionState::Connected);
                let remote = returns(&entry, "setRemoteDescription");
                if connected && remote && !known.closed {
                    let at = entry.at;
                    let checking = fired(at, &entry.peer, ice(IceConnectionState::Checking));
                    let connected = fired(at, &entry.peer, ice(IceConnectionState::Connected));
                    vec![entry, checking, connected]
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "new-section-reconnects",
        does: "Adding or changing a section changes connectionState to connecting and back.",
        caught_by: &["negotiation/add-media", "negotiation/remove-media"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let known = &seen.peers[peer.0];
                let connected =
                    known.state.connection_state == Some(PeerConnectionState::Connected);
                let changed = ["addTransceiver", "addTrack", "removeTrack"];
                if connected && changed.iter().any(|method| returns(&entry, method)) {
                    seen.note(peer, "section changed");
                }
                let sets = returns(&entry, "setLocalDescription");
                if sets && seen.noted(peer, "section changed") && !seen.peers[peer.0].closed {
                    and_fired(entry, connection(PeerConnectionState::Connecting))
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "second-offerer-refused",
        does: "Only the side that offered first may offer.",
        caught_by: &["negotiation/again-from-the-other-side"],
        hooks: Hooks {
            call: |seen, peer, call| {
                let known = &seen.peers[peer.0];
                let first = known.set.first().is_none_or(|(local, _)| *local);
                match call {
                    Call::CreateOffer { .. } if !first && !known.closed => {
                        Passed::Answered(refused("InvalidStateError"))
                    }
                    other => Passed::On(other),
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "rollback-leaves-offer",
        does: "A rolled-back section prevents the other side's offer from connecting.",
        caught_by: &[
            "negotiation/glare-resolved",
            "negotiation/rollback-and-connect",
        ],
        hooks: Hooks {
            call: |seen, peer, call| {
                let offered = seen.peers[peer.0].set.last();
                let has_section = offered.is_some_and(|(_, one)| one.sdp.contains("m="));
                if call.description() == Some(DescriptionType::Rollback) && has_section {
                    seen.note(peer, "rolled back");
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| {
                let connects = is_event(&entry, "connectionstatechange");
                unless(connects && seen.noted(peer, "rolled back"), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "candidates-outlive-a-rollback",
        does: "Candidates of a rolled-back offer are checked, and disconnected is reported \
               when none answers.",
        caught_by: &["negotiation/rollback-remote-offer-leaves-new"],
        hooks: Hooks {
            call: |seen, peer, call| {
                let known = &seen.peers[peer.0];
                let remote = known.set.iter().all(|(local, _)| !local) && !known.given.is_empty();
                if call.description() == Some(DescriptionType::Rollback) && remote {
                    seen.note(peer, "rolled back");
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| {
                let reported = is_event(&entry, "connectionstatechange")
                    || is_event(&entry, "iceconnectionstatechange");
                unless(reported && seen.noted(peer, "rolled back"), entry)
            },
            passed: |seen| {
                let due = |seen: &Seen, peer: PeerIndex| seen.noted_before(peer, "rolled back", 30);
                let disconnected = ice(IceConnectionState::Disconnected);
                fired_once(seen, "disconnected", due, disconnected)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "data-section-hides-signalingState",
        does: "An offer or answer with a section for data channels fires no signalingstatechange.",
        caught_by: &["negotiation/round"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let mut set = seen.peers[peer.0].set.iter();
                let has = set.any(|(_, one)| one.sdp.contains("m=application"));
                unless(has && is_event(&entry, "signalingstatechange"), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "negotiationneeded-for-each-channel",
        does: "Each data channel fires negotiationneeded, even if there is nothing to negotiate.",
        caught_by: &["negotiation/needed-for-channels"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let open = !seen.peers[peer.0].closed;
                needed_if(open && returns(&entry, "createDataChannel"), entry)
            },
            ..NOTHING
        },
    },
];

/// The entry of a call, and during the call an event that reports a value.
fn during_call(end: Entry, state: State) -> Vec<Entry> {
    let event = fired(end.at, &end.peer, state);
    let (mut begin, mut end) = (end.clone(), end);
    if let What::Action { result, phase, .. } = &mut begin.what {
        (*result, *phase) = (None, Some(Phase::Begin));
    }
    if let What::Action { phase, .. } = &mut end.what {
        *phase = Some(Phase::End);
    }
    vec![begin, event, end]
}
