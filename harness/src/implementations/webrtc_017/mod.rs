//! The crate `webrtc` 0.17, on tokio, in virtual time.
//!
//! What can be seen of it: all four attributes, which have getters and are read inside the handlers
//! too; every event with the value that it carries; and the states of its one ICE and one DTLS
//! transport, which can be polled. The handler of the ICE transport's changes is the crate's own:
//! to set it would cut the connection off from them.
//!
//! A connection has its one transport from its construction on, and for good. Descriptions of the type
//! rollback can be made but never set: no step between signaling states is for them.

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

/// The name of the implementation.
const NAME: &str = "webrtc-0.17";

/// The crate `webrtc` 0.17.
#[derive(Debug, Clone, Copy)]
pub struct Webrtc017;

impl Implementation for Webrtc017 {
    fn profile(&self) -> Profile {
        Profile {
            observes: simulated::observes(&Attribute::ALL, Read::Live, TransportsListed::All),
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
