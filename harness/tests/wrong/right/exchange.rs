//! Implementations that exchange descriptions and gather correctly, and differ from webrtc-rs in
//! one thing.

use peerstate::implementation::{Call, Description, DescriptionType};
use peerstate_model::states::{IceGatheringState, SignalingState};
use peerstate_model::trace::{Attribute, Entry, What};

use super::super::seen::{
    PeerSeen, and_fired, fired_if, gathering, is_event, refused, reports, returns, ufrag, unless,
};
use super::super::{Hooks, NOTHING, Passed, Right};
use super::{hold, release};

pub(super) const TABLE: &[Right] = &[
    Right {
        name: "negotiationneeded-a-moment-later",
        does: "negotiationneeded is fired a moment later, as a queued task may, unless signalingState \
               is no longer stable then.",
        not_in: &[],
        hooks: Hooks {
            call: |seen, peer, call| {
                if call.description().is_some() {
                    seen.peers[peer.0].held = None;
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| hold(seen, peer, entry, "negotiationneeded"),
            passed: |seen| release(seen, |_, _| true),
            ..NOTHING
        },
    },
    Right {
        name: "gathering-takes-a-moment",
        does: "Gathering takes a moment longer.",
        not_in: &[],
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
    Right {
        name: "gathers-for-sections",
        does: "Gathering is reported when it begins, and only if there is a section with new ICE \
               credentials; rolling back a first offer discards its transport.",
        not_in: &[],
        hooks: Hooks {
            call: |seen, peer, call| {
                if let Call::SetLocalDescription(Some(one)) = &call
                    && is_gathered_for(&seen.peers[peer.0], one)
                {
                    seen.note(peer, "to gather");
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| {
                if returns(&entry, "setLocalDescription") && has_no_transport(&seen.peers[peer.0]) {
                    let gathers = seen.peers[peer.0].notes.remove("gathers").is_some();
                    let gathered = seen.peers[peer.0].notes.remove("gathered").is_some();
                    let new = gathering(IceGatheringState::New);
                    return fired_if(gathers || gathered, entry, new);
                }
                let gathered =
                    is_event(&entry, "icecandidate") || is_event(&entry, "icegatheringstatechange");
                let begins = gathered || returns(&entry, "setLocalDescription");
                if begins && seen.peers[peer.0].notes.remove("to gather").is_some() {
                    seen.note(peer, "gathers");
                    let mut shown = and_fired(entry, gathering(IceGatheringState::Gathering));
                    if gathered {
                        shown.reverse();
                    }
                    return shown;
                }
                let gathers = seen.noted(peer, "gathers");
                if reports(&entry, gathering(IceGatheringState::Complete)) {
                    seen.peers[peer.0].notes.remove("gathers");
                    seen.note(peer, "gathered");
                }
                unless(gathered && !gathers, entry)
            },
            ..NOTHING
        },
    },
    Right {
        name: "restart-needs-negotiation",
        does: "restartIce() fires negotiationneeded, once for each negotiation.",
        not_in: &[],
        hooks: Hooks {
            call: |seen, peer, call| {
                if call.description().is_some() {
                    seen.peers[peer.0].notes.remove("needed");
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| {
                if is_event(&entry, "negotiationneeded") {
                    let new = seen.note(peer, "needed");
                    return unless(!new, entry);
                }
                let known = &seen.peers[peer.0];
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
    Right {
        name: "glare-rolls-back",
        does: "An offer in have-local-offer rolls back the local one; webrtc-rs refuses it.",
        not_in: &[],
        hooks: Hooks {
            call: |seen, peer, call| {
                let offered = call.description() == Some(DescriptionType::Offer)
                    && matches!(call, Call::SetRemoteDescription(_))
                    && seen.peers[peer.0].signaling() == SignalingState::HaveLocalOffer
                    && !seen.peers[peer.0].closed;
                if offered {
                    let rollback = Description {
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
    Right {
        name: "answers-are-held-against-offers",
        does: "A remote answer with a different number of sections than the offer is refused.",
        not_in: &[],
        hooks: Hooks {
            call: |seen, peer, call| match &call {
                Call::SetRemoteDescription(answer)
                    if answer.kind == DescriptionType::Answer
                        && seen.peers[peer.0].signaling() == SignalingState::HaveLocalOffer =>
                {
                    let offer = seen.peers[peer.0].set.last();
                    let is_of_it = offer.is_some_and(|(_, one)| sections(one) == sections(answer));
                    if is_of_it {
                        Passed::On(call)
                    } else {
                        Passed::Answered(refused("InvalidAccessError"))
                    }
                }
                _ => Passed::On(call),
            },
            ..NOTHING
        },
    },
];

/// Whether a local description has a section to gather for, which no description before it had.
fn is_gathered_for(known: &PeerSeen, description: &Description) -> bool {
    let since = known.set.iter().rev().take_while(|(_, one)| {
        one.kind != DescriptionType::Rollback || !is_undone_by_rollback(known)
    });
    let mut local = since.filter(|(local, _)| *local);
    let is_new = !local.any(|(_, one)| ufrag(one) == ufrag(description));
    sections(description) > 0 && is_new && !known.closed
}

/// Whether a rollback discards the transports: nothing was answered before.
fn is_undone_by_rollback(known: &PeerSeen) -> bool {
    let mut set = known.set.iter();
    set.all(|(_, one)| one.kind != DescriptionType::Answer)
}

/// Whether the last description that was set is a rollback that discarded the transports.
fn has_no_transport(known: &PeerSeen) -> bool {
    let last = known.set.last();
    let rolled_back = last.is_some_and(|(_, one)| one.kind == DescriptionType::Rollback);
    rolled_back && is_undone_by_rollback(known)
}

/// How many media sections a description has.
fn sections(description: &Description) -> usize {
    let lines = description.sdp.lines();
    lines.filter(|line| line.starts_with("m=")).count()
}
