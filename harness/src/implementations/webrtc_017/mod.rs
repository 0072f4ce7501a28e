//! The crate `webrtc` 0.17, on tokio, in virtual time.
//!
//! A trace shows all four attributes, which have getters and are also read inside the handlers;
//! every event with the value that it carries; and the states of its one ICE and one DTLS
//! transport, which can be polled. The handler for the ICE transport's changes belongs to the
//! crate: replacing it would cut off the connection from them.
//!
//! A connection has its one transport from its construction on, for good. Descriptions of the type
//! rollback can be created but not set: no transition between signaling states accepts them.

mod certificate;
mod convert;
mod errors;
mod network;
mod peer;
mod seen;
mod session;
mod world;

use std::collections::BTreeSet;

use peerstate_model::trace::{Attribute, Clock, Read, TransportsListed};

use super::simulated;
use crate::implementation::{
    Capability, Implementation, KnownList, Profile, Session, Setup, StartError,
};
use session::Webrtc017Session;

/// The events that are watched besides those of attributes.
const EVENTS: [&str; 7] = [
    "close",
    "datachannel",
    "error",
    "icecandidate",
    "negotiationneeded",
    "open",
    "track",
];

/// The name of the implementation.
const NAME: &str = "webrtc-0.17";

/// The crate `webrtc` 0.17.
#[derive(Debug, Clone, Copy)]
pub struct Webrtc017;

impl Implementation for Webrtc017 {
    fn profile(&self) -> Profile {
        Profile {
            observes: simulated::observes(
                &Attribute::ALL,
                &EVENTS,
                Read::Live,
                TransportsListed::All,
            ),
            capabilities: BTreeSet::from([
                Capability::Network,
                Capability::Sdp,
                Capability::Media,
                Capability::RestartIce,
                Capability::Pranswer,
                Capability::SetConfiguration,
                Capability::GetStats,
                Capability::IceLite,
                Capability::Certificate,
                Capability::IceServers,
                Capability::Disconnected,
                Capability::Exceptions,
                Capability::NegotiationNeeded,
                Capability::IceCandidate,
            ]),
            known_deviations: Some(KnownList {
                name: "harness/known/webrtc-0.17.yaml",
                text: include_str!("../../../known/webrtc-0.17.yaml"),
            }),
            ..Profile::new(NAME, "0.17.2", Clock::Virtual)
        }
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        Ok(Box::new(Webrtc017Session::start(setup)?))
    }
}
