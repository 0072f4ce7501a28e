//! Implementations that are as right as webrtc-rs, and in one thing another: slower, stricter, or
//! right where it is wrong. What a scenario says of them must not hang on that; what it would say
//! without one of its steps shows what the step is for.

use std::time::Duration;

use peerstate::implementation::{Call, DescriptionType, PeerIndex};
use peerstate_model::states::{
    IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState,
};
use peerstate_model::trace::{Attribute, Entry, What};

use super::seen::{
    PeerSeen, Seen, connection, fired, gathering, ice, is_event, reports, returns, unless,
};
use super::{Hooks, NOTHING, Passed, Wrong};

/// How much slower a slow implementation is.
const SLOWER: Duration = Duration::from_millis(400);

pub(super) const TABLE: &[Wrong] = &[
    Wrong {
        name: "waits-for-the-end-of-candidates",
        does: "failed and completed are reported only once addIceCandidate() or a description has \
               ended the candidates of the other side, whether or not that says that it trickles.",
        caught_by: &["close/not-by-the-other-side", "close/while-failed"],
        hooks: Hooks {
            call: |seen, peer, call| {
                if ends_candidates(&call) {
                    seen.note(peer, "end of candidates");
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| {
                let needs = [
                    connection(PeerConnectionState::Failed),
                    ice(IceConnectionState::Failed),
                    ice(IceConnectionState::Completed),
                ];
                let needs = needs.iter().any(|state| reports(&entry, *state));
                unless(needs && !seen.noted(peer, "end of candidates"), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "completed-follows-the-end-of-candidates",
        does: "iceConnectionState becomes completed a moment after it is connected and the end of \
               candidates was signalled.",
        caught_by: &[
            "ice/restart-after-failed",
            "ice/restart-while-completed",
            "negotiation/add-media",
            "negotiation/again-from-the-other-side",
            "negotiation/again",
            "negotiation/remove-media",
        ],
        hooks: Hooks {
            call: |seen, peer, call| {
                if ends_candidates(&call) {
                    seen.note(peer, "end of candidates");
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| {
                if is_event(&entry, "iceconnectionstatechange") {
                    let connected = reports(&entry, ice(IceConnectionState::Connected));
                    seen.peers[peer].held = connected.then(|| entry.clone());
                }
                vec![entry]
            },
            passed: |seen| {
                let due = |seen: &Seen, peer: usize| seen.noted(peer, "end of candidates");
                release(seen, due)
                    .into_iter()
                    .map(|connected| {
                        let completed = ice(IceConnectionState::Completed);
                        fired(connected.at, &connected.peer, completed)
                    })
                    .collect()
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "negotiationneeded-a-moment-later",
        does: "negotiationneeded is fired a moment later, as a queued task may, unless signalingState \
               is no longer stable then.",
        caught_by: &[],
        hooks: Hooks {
            call: |seen, peer, call| {
                if call.description().is_some() {
                    seen.peers[peer].held = None;
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| hold(seen, peer, entry, "negotiationneeded"),
            passed: |seen| release(seen, |_, _| true),
            ..NOTHING
        },
    },
    Wrong {
        name: "gathering-takes-a-moment",
        does: "Gathering takes a moment longer.",
        caught_by: &[],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                if reports(&entry, gathering(IceGatheringState::Complete)) {
                    hold(seen, peer, entry, Attribute::IceGatheringState.event())
                } else {
                    vec![entry]
                }
            },
            passed: |seen| release(seen, |_, _| true),
            ..NOTHING
        },
    },
    Wrong {
        name: "new-without-candidates",
        does: "A connection stays new until it has a candidate of the other side, or hears from it, \
               where webrtc-rs checks nothing and says that it does.",
        caught_by: &[],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let connecting = reports(&entry, connection(PeerConnectionState::Connecting));
                let checking = reports(&entry, ice(IceConnectionState::Checking));
                if (connecting || checking) && !has_candidates(&seen.peers[peer]) {
                    let held = if connecting {
                        HELD_CONNECTION
                    } else {
                        HELD_ICE
                    };
                    seen.note(peer, held);
                    return Vec::new();
                }
                let reported = is_event(&entry, "connectionstatechange")
                    || is_event(&entry, "iceconnectionstatechange");
                let begins = has_candidates(&seen.peers[peer]) || reported;
                let mut shown = vec![entry.clone()];
                for (held, state) in [
                    (HELD_CONNECTION, connection(PeerConnectionState::Connecting)),
                    (HELD_ICE, ice(IceConnectionState::Checking)),
                ] {
                    let open = !seen.peers[peer].closed;
                    if begins && open && seen.peers[peer].notes.remove(held).is_some() {
                        let event = fired(entry.at, &entry.peer, state);
                        let place = if reported { 0 } else { shown.len() };
                        shown.insert(place, event);
                    }
                }
                shown
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "no-peer-reflexive-candidates",
        does: "A check from an address that no candidate of the other side has is ignored, as behind \
               a firewall.",
        caught_by: &[
            "connect/candidates-of-the-answerer-only",
            "connect/candidates-of-the-offerer-only",
            "connect/late-candidates",
            "ice/candidate-malformed",
            "ice/candidate-unresolvable",
        ],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let connects = reports(&entry, connection(PeerConnectionState::Connected))
                    || reports(&entry, ice(IceConnectionState::Connected));
                unless(connects && !has_candidates(&seen.peers[peer]), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "restart-needs-negotiation",
        does: "restartIce() fires negotiationneeded, once for each negotiation.",
        caught_by: &[],
        hooks: Hooks {
            call: |seen, peer, call| {
                if call.description().is_some() {
                    seen.peers[peer].notes.remove("needed");
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| {
                if is_event(&entry, "negotiationneeded") {
                    let new = seen.note(peer, "needed");
                    return unless(!new, entry);
                }
                let known = &seen.peers[peer];
                let stable = known.signaling() == SignalingState::Stable;
                let due = stable && !known.closed && !known.set.is_empty();
                if returns(&entry, "restartIce") && due && seen.note(peer, "needed") {
                    let what = What::event("negotiationneeded");
                    let event = Entry::new(entry.at, &entry.peer, what);
                    return vec![entry, event];
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "glare-rolls-back",
        does: "An offer in have-local-offer rolls the local one back, where webrtc-rs refuses it.",
        caught_by: &[],
        hooks: Hooks {
            call: |seen, peer, call| {
                let offered = call.description() == Some(DescriptionType::Offer)
                    && matches!(call, Call::SetRemoteDescription(_))
                    && seen.peers[peer].signaling() == SignalingState::HaveLocalOffer
                    && !seen.peers[peer].closed;
                if offered {
                    let rollback = peerstate::implementation::Description {
                        kind: DescriptionType::Rollback,
                        sdp: String::new(),
                    };
                    Passed::Behind(Call::SetLocalDescription(Some(rollback)), call)
                } else {
                    Passed::On(call)
                }
            },
            ..NOTHING
        },
    },
];

/// The note that connectionstatechange with connecting is held back.
const HELD_CONNECTION: &str = "connecting is held back";

/// The note that iceconnectionstatechange with checking is held back.
const HELD_ICE: &str = "checking is held back";

/// Whether a peer was given a candidate of the other side, by itself or in a description.
fn has_candidates(known: &PeerSeen) -> bool {
    let mut set = known.set.iter();
    let in_description = set.any(|(local, one)| !local && one.sdp.contains("a=candidate:"));
    in_description || !known.given.is_empty()
}

/// Holds an event back, to be released a moment later.
fn hold(seen: &mut Seen, peer: PeerIndex, entry: Entry, event: &str) -> Vec<Entry> {
    if is_event(&entry, event) && !seen.peers[peer].closed {
        seen.peers[peer].held = Some(entry);
        Vec::new()
    } else {
        vec![entry]
    }
}

/// What was held back for long enough and is due.
fn release(seen: &mut Seen, due: impl Fn(&Seen, PeerIndex) -> bool) -> Vec<Entry> {
    let now = seen.now;
    let long_enough = |entry: &mut Entry| now.since_start() >= entry.at.since_start() + SLOWER;
    let mut shown = Vec::new();
    for peer in 0..seen.peers.len() {
        if !due(seen, peer) {
            continue;
        }
        let known = &mut seen.peers[peer];
        if let Some(mut entry) = known.held.take_if(long_enough)
            && !known.closed
        {
            entry.at = now;
            // What the transports read is seen anew.
            entry.transports = None;
            shown.push(entry);
        }
    }
    shown
}

/// Whether a call says that the other side has no more candidates, whatever it says of trickling.
fn ends_candidates(call: &Call) -> bool {
    match call {
        Call::AddIceCandidate(candidate) => {
            let candidate = candidate.as_ref();
            candidate.is_none_or(|candidate| candidate.candidate.is_empty())
        }
        Call::SetRemoteDescription(description) => description.sdp.contains("a=end-of-candidates"),
        _ => false,
    }
}
