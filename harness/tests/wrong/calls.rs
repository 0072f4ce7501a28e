//! Faults of calls: accepted or refused where they must not be, or with side effects.

use peerstate::implementation::{Call, Description, DescriptionType, PeerIndex, Returned};
use peerstate_model::states::{
    IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState,
};

use super::seen::{Seen, accepted, and_fired, connection, gathering, ice, refused, returns};
use super::{Hooks, NOTHING, Passed, Wrong};

pub(super) const TABLE: &[Wrong] = &[
    Wrong {
        name: "create-offer-after-close",
        does: "createOffer() succeeds after close().",
        caught_by: &["after-close/create-offer"],
        hooks: Hooks {
            returned: |seen, peer, call, returned| match call {
                Call::CreateOffer { .. } => made_after_close(seen, peer, call, returned),
                _ => returned,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "create-answer-after-close",
        does: "createAnswer() succeeds after close().",
        caught_by: &["after-close/create-answer"],
        hooks: Hooks {
            returned: |seen, peer, call, returned| match call {
                Call::CreateAnswer => made_after_close(seen, peer, call, returned),
                _ => returned,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "create-data-channel-after-close",
        does: "createDataChannel() succeeds after close().",
        caught_by: &["after-close/create-data-channel"],
        hooks: Hooks {
            returned: |seen, peer, call, returned| match call {
                Call::CreateDataChannel { .. } => accepted(seen.peers[peer.0].closed, returned),
                _ => returned,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "add-track-after-close",
        does: "addTrack() succeeds after close().",
        caught_by: &["after-close/add-track"],
        hooks: Hooks {
            returned: |seen, peer, call, returned| match call {
                Call::AddTrack { .. } => accepted(seen.peers[peer.0].closed, returned),
                _ => returned,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "add-transceiver-after-close",
        does: "addTransceiver() succeeds after close().",
        caught_by: &["after-close/add-transceiver"],
        hooks: Hooks {
            returned: |seen, peer, call, returned| match call {
                Call::AddTransceiver { .. } => accepted(seen.peers[peer.0].closed, returned),
                _ => returned,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "set-configuration-after-close",
        does: "setConfiguration() succeeds after close().",
        caught_by: &["after-close/set-configuration"],
        hooks: Hooks {
            returned: |seen, peer, call, returned| match call {
                Call::SetConfiguration(_) => accepted(seen.peers[peer.0].closed, returned),
                _ => returned,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "set-description-after-close",
        does: "setLocalDescription() and setRemoteDescription() succeed after close().",
        caught_by: &[
            "after-close/set-local-description",
            "after-close/set-remote-description",
        ],
        hooks: Hooks {
            returned: |seen, peer, call, returned| match call {
                Call::SetLocalDescription(_) | Call::SetRemoteDescription(_) => {
                    accepted(seen.peers[peer.0].closed, returned)
                }
                _ => returned,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "get-stats-refused-after-close",
        does: "getStats() is refused after close().",
        caught_by: &["after-close/get-stats"],
        hooks: Hooks {
            call: |seen, peer, call| match call {
                Call::GetStats if seen.peers[peer.0].closed => {
                    Passed::Answered(refused("InvalidStateError"))
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "wrong-error",
        does: "Every refusal is an UnknownError, whatever is wrong.",
        caught_by: &["after-close/create-offer", "negotiation/answer-in-stable"],
        hooks: Hooks {
            returned: |_, _, _, returned| match returned {
                Returned::Refused { message, .. } => Returned::Refused {
                    error: "UnknownError".to_owned(),
                    message,
                },
                other => other,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "get-stats-changes-states",
        does: "getStats() checks the transports again and reports connecting meanwhile.",
        caught_by: &["configuration/get-stats", "event/on-change"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let open = !seen.peers[peer.0].closed;
                if open && returns(&entry, "getStats") {
                    and_fired(entry, connection(PeerConnectionState::Connecting))
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "set-configuration-restarts",
        does: "setConfiguration() restarts ICE at once, instead of with the next negotiation.",
        caught_by: &["configuration/set-configuration"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let open = !seen.peers[peer.0].closed;
                if open && returns(&entry, "setConfiguration") {
                    and_fired(entry, ice(IceConnectionState::Checking))
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "set-configuration-refused",
        does: "setConfiguration() is always refused.",
        caught_by: &["configuration/set-configuration"],
        hooks: Hooks {
            call: |_, _, call| match call {
                Call::SetConfiguration(_) => Passed::Answered(refused("InvalidModificationError")),
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "set-configuration-changes-bundlePolicy",
        does: "setConfiguration() accepts a different bundlePolicy.",
        caught_by: &["configuration/bundle-policy-is-fixed"],
        hooks: Hooks {
            returned: |_, _, call, returned| match call {
                Call::SetConfiguration(configuration) => {
                    accepted(configuration.bundle_policy.is_some(), returned)
                }
                _ => returned,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "create-offer-gathers",
        does: "createOffer() starts gathering.",
        caught_by: &["gathering/no-candidate-before-set-local-description"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let new = seen.peers[peer.0].state.ice_gathering_state.is_none();
                if new && returns(&entry, "createOffer") {
                    and_fired(entry, gathering(IceGatheringState::Gathering))
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "create-answer-in-stable",
        does: "createAnswer() succeeds in stable, without an offer.",
        caught_by: &["negotiation/create-answer-without-offer"],
        hooks: Hooks {
            returned: |seen, peer, call, returned| match (call, returned) {
                (Call::CreateAnswer, Returned::Refused { .. }) if !seen.peers[peer.0].closed => {
                    Returned::Description(Description {
                        kind: DescriptionType::Answer,
                        sdp: String::new(),
                    })
                }
                (_, other) => other,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "create-answer-after-local-pranswer-refused",
        does: "createAnswer() is refused in have-local-pranswer.",
        caught_by: &["negotiation/create-answer-without-offer"],
        hooks: Hooks {
            call: |seen, peer, call| match call {
                Call::CreateAnswer
                    if seen.peers[peer.0].signaling() == SignalingState::HaveLocalPranswer =>
                {
                    Passed::Answered(refused("InvalidStateError"))
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "create-answer-after-remote-pranswer",
        does: "createAnswer() succeeds in have-remote-pranswer.",
        caught_by: &["negotiation/create-answer-without-offer"],
        hooks: Hooks {
            returned: |seen, peer, call, returned| match (call, returned) {
                (Call::CreateAnswer, Returned::Refused { .. })
                    if seen.peers[peer.0].signaling() == SignalingState::HaveRemotePranswer =>
                {
                    Returned::Description(Description {
                        kind: DescriptionType::Answer,
                        sdp: String::new(),
                    })
                }
                (_, other) => other,
            },
            ..NOTHING
        },
    },
];

/// The result of `createOffer()` or `createAnswer()`; after `close()`, a description.
fn made_after_close(seen: &Seen, peer: PeerIndex, call: &Call, returned: Returned) -> Returned {
    match returned {
        Returned::Refused { .. } if seen.peers[peer.0].closed => {
            Returned::Description(Description {
                kind: match call {
                    Call::CreateAnswer => DescriptionType::Answer,
                    _ => DescriptionType::Offer,
                },
                sdp: String::new(),
            })
        }
        other => other,
    }
}
