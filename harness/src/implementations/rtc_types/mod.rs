//! Code that the implementations of `webrtc` and `rtc` share: `webrtc` drives `rtc`, and exposes
//! its types.

pub(super) mod certificate;
pub(super) mod convert;
pub(super) mod errors;
pub(super) mod seeded;

use std::collections::BTreeSet;

use peerstate_model::trace::{Attribute, Observes, Read, TransportsListed};

use super::simulated;
use crate::implementation::Capability;

/// The events that are watched besides those of attributes.
const EVENTS: [&str; 9] = [
    "close",
    "closing",
    "datachannel",
    "error",
    "icecandidate",
    "icecandidateerror",
    "negotiationneeded",
    "open",
    "track",
];

/// Returns what traces of both can show: the values that events carry, and the transports.
pub(super) fn observes() -> Observes {
    simulated::observes(
        &Attribute::ALL,
        &EVENTS,
        Read::Argument,
        TransportsListed::All,
    )
}

/// Returns what both support.
pub(super) fn capabilities() -> BTreeSet<Capability> {
    BTreeSet::from([
        Capability::Network,
        Capability::Sdp,
        Capability::Media,
        Capability::RestartIce,
        Capability::Rollback,
        Capability::Pranswer,
        Capability::SetConfiguration,
        Capability::GetStats,
        Capability::IceLite,
        Capability::Certificate,
        Capability::Disconnected,
        Capability::Exceptions,
        Capability::NegotiationNeeded,
        Capability::IceCandidate,
    ])
}
