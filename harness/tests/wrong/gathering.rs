//! Faults of gathering and candidates.

use peerstate::implementation::{Call, PeerIndex, Returned};
use peerstate_model::states::{IceConnectionState, IceGatheringState, PeerConnectionState};
use peerstate_model::trace::{ActionResult, Entry, What};

use super::seen::{
    Seen, and_fired, connection, fired_if, fired_once, gathering, ice, is_event, refused, reports,
    returns, unless,
};
use super::{Hooks, NOTHING, Passed, Wrong};

pub(super) const TABLE: &[Wrong] = &[
    Wrong {
        name: "set-local-description-gathers-nothing",
        does: "setLocalDescription() does not start gathering.",
        caught_by: &["gathering/one-section", "connect/trickle"],
        hooks: Hooks {
            candidate: |_, _, _| None,
            entry: |_, _, entry| {
                let gathers =
                    is_event(&entry, "icecandidate") || is_event(&entry, "icegatheringstatechange");
                unless(gathers, entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "gathering-never-complete",
        does: "iceGatheringState never becomes complete.",
        caught_by: &["gathering/one-section"],
        hooks: Hooks {
            entry: |_, _, entry| {
                unless(
                    reports(&entry, gathering(IceGatheringState::Complete)),
                    entry,
                )
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "gathers-on-remote-description",
        does: "A remote offer starts gathering.",
        caught_by: &["gathering/remote-description"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let known = &seen.peers[peer.0];
                let offered = known.set.iter().all(|(local, _)| !local);
                if returns(&entry, "setRemoteDescription") && offered && !known.closed {
                    and_fired(entry, gathering(IceGatheringState::Gathering))
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "end-of-candidates-refused",
        does: "addIceCandidate() refuses the end of candidates.",
        caught_by: &["connect/end-of-candidates"],
        hooks: Hooks {
            call: |seen, peer, call| match call {
                Call::AddIceCandidate(None) if !seen.peers[peer.0].closed => {
                    Passed::Answered(refused("OperationError"))
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "end-of-candidates-fails",
        does: "The end of candidates fails a transport that still checks.",
        caught_by: &["event/on-change"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let ends = entry.extra.get("endOfCandidates") == Some(&true.into())
                    && returns(&entry, "addIceCandidate");
                let state = seen.peers[peer.0].state.ice_connection_state;
                if ends && state == Some(IceConnectionState::Checking) {
                    seen.note(peer, "failed");
                    return and_fired(entry, ice(IceConnectionState::Failed));
                }
                let reported = is_event(&entry, "iceconnectionstatechange")
                    || is_event(&entry, "connectionstatechange");
                unless(reported && seen.noted(peer, "failed"), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "end-of-candidates-gives-up",
        does: "Once the end of candidates was signalled, disconnected is reported as failed.",
        caught_by: &["ice/cut-for-twenty-seconds", "event/on-change"],
        hooks: Hooks {
            call: |seen, peer, call| {
                if call == Call::AddIceCandidate(None) {
                    seen.note(peer, "end of candidates");
                }
                Passed::On(call)
            },
            entry: |seen, peer, mut entry| {
                let ended = seen.noted(peer, "end of candidates");
                if ended && reports(&entry, connection(PeerConnectionState::Disconnected)) {
                    entry.state = connection(PeerConnectionState::Failed);
                } else if ended && reports(&entry, ice(IceConnectionState::Disconnected)) {
                    entry.state = ice(IceConnectionState::Failed);
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "duplicated-candidate-refused",
        does: "addIceCandidate() refuses a candidate that it was given before.",
        caught_by: &["connect/duplicated-candidates"],
        hooks: Hooks {
            call: |seen, peer, call| match call {
                Call::AddIceCandidate(Some(candidate))
                    if seen.peers[peer.0].given.contains(&candidate) =>
                {
                    Passed::Answered(refused("OperationError"))
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "candidates-ignored",
        does: "addIceCandidate() does nothing with a candidate.",
        caught_by: &["connect/trickle"],
        hooks: Hooks {
            call: |_, _, call| match call {
                Call::AddIceCandidate(Some(_)) => Passed::Answered(Returned::Ok),
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "late-candidates-ignored",
        does: "A candidate that arrives two seconds after the description is ignored.",
        caught_by: &["connect/late-candidates"],
        hooks: Hooks {
            call: |seen, peer, call| {
                if matches!(call, Call::SetRemoteDescription(_)) {
                    seen.peers[peer.0].notes.remove("described");
                    seen.note(peer, "described");
                }
                match call {
                    Call::AddIceCandidate(Some(_)) if seen.noted_before(peer, "described", 2) => {
                        Passed::Answered(Returned::Ok)
                    }
                    other => Passed::On(other),
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "gives-up-without-candidates",
        does: "A connection fails if no candidate has arrived two seconds after the answer.",
        caught_by: &["connect/late-candidates"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let reported = is_event(&entry, "connectionstatechange")
                    || is_event(&entry, "iceconnectionstatechange");
                unless(reported && seen.noted(peer, "given up"), entry)
            },
            call: |seen, peer, call| {
                if call.description().is_some() {
                    seen.peers[peer.0].notes.remove("described");
                    seen.note(peer, "described");
                }
                Passed::On(call)
            },
            passed: |seen| {
                let due = |seen: &Seen, peer: PeerIndex| {
                    let known = &seen.peers[peer.0];
                    let waits = known.set.len() >= 2 && known.given.is_empty();
                    waits && seen.noted_before(peer, "described", 2)
                };
                fired_once(seen, "given up", due, ice(IceConnectionState::Failed))
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "candidates-in-descriptions-ignored",
        does: "Candidates inside a description are ignored.",
        caught_by: &["connect/no-trickle"],
        hooks: Hooks {
            call: |_, _, call| match call {
                Call::SetRemoteDescription(mut description) => {
                    let lines = description.sdp.split_inclusive('\n');
                    let kept = lines.filter(|line| !line.starts_with("a=candidate:"));
                    description.sdp = kept.collect();
                    Passed::On(Call::SetRemoteDescription(description))
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "ice-restart-gathers-nothing",
        does: "An offer that restarts ICE does not start gathering.",
        caught_by: &["gathering/restart"],
        hooks: Hooks {
            call: |seen, peer, call| {
                if matches!(call, Call::CreateOffer { ice_restart: true }) {
                    seen.note(peer, "restarts");
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| {
                let gathers =
                    is_event(&entry, "icecandidate") || is_event(&entry, "icegatheringstatechange");
                unless(gathers && seen.noted(peer, "restarts"), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "data-section-gathers-nothing",
        does: "A section for data channels does not start gathering.",
        caught_by: &["gathering/one-section"],
        hooks: Hooks {
            entry: |seen, peer, entry| gathers_without(seen, peer, "m=application", entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "audio-section-gathers-nothing",
        does: "An audio section does not start gathering.",
        caught_by: &["event/on-change"],
        hooks: Hooks {
            entry: |seen, peer, entry| gathers_without(seen, peer, "m=audio", entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "refused-description-gathers",
        does: "A local description with a section starts gathering even if it is refused.",
        caught_by: &[
            "after-close/set-local-description",
            "close/after-create-offer",
        ],
        hooks: Hooks {
            call: |seen, peer, call| {
                match &call {
                    Call::SetLocalDescription(Some(one)) if one.sdp.contains("m=") => {
                        seen.note(peer, "section");
                    }
                    _ => drop(seen.peers[peer.0].notes.remove("section")),
                }
                Passed::On(call)
            },
            entry: |seen, peer, entry| {
                let due = is_refusal(&entry, "setLocalDescription") && seen.noted(peer, "section");
                fired_if(due, entry, gathering(IceGatheringState::Gathering))
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "unresolvable-candidate-refused",
        does: "addIceCandidate() refuses a candidate whose name can not be resolved.",
        caught_by: &["ice/candidate-unresolvable"],
        hooks: Hooks {
            call: |_, _, call| match call {
                Call::AddIceCandidate(Some(one)) if one.candidate.contains(".local ") => {
                    Passed::Answered(refused("OperationError"))
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
];

/// Whether an entry says that a method was refused.
fn is_refusal(entry: &Entry, method: &str) -> bool {
    matches!(&entry.what, What::Action { name, result: Some(ActionResult::Error(_)), .. }
        if name == method)
}

/// The entry, unless it is of gathering in a peer whose local description has such a section.
fn gathers_without(seen: &Seen, peer: PeerIndex, section: &str, entry: Entry) -> Vec<Entry> {
    let gathers = is_event(&entry, "icecandidate") || is_event(&entry, "icegatheringstatechange");
    let mut set = seen.peers[peer.0].set.iter();
    let has = set.any(|(local, description)| *local && description.sdp.contains(section));
    unless(gathers && has, entry)
}
