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

use peerstate_model::trace::{
    Attribute, Clock, Implementation as Identity, Observes, Read, TransportsListed,
};

use crate::implementation::capability::Capability;
use crate::implementation::{Implementation, KnownList, Session, Setup, StartError};
use session::Webrtc017Session;

/// The name of the implementation.
pub const NAME: &str = "webrtc-0.17";

/// The version of the crate; a test compares it with `Cargo.lock`.
pub const VERSION: &str = "0.17.2";

/// The crate `webrtc` 0.17.
#[derive(Debug, Clone, Copy)]
pub struct Webrtc017;

impl Implementation for Webrtc017 {
    fn identity(&self) -> Identity {
        Identity {
            name: NAME.to_owned(),
            version: VERSION.to_owned(),
        }
    }

    fn known_deviations(&self) -> Option<KnownList> {
        Some(KnownList {
            name: "harness/known/webrtc-0.17.yaml",
            text: include_str!("../../../known/webrtc-0.17.yaml"),
        })
    }

    fn clock(&self) -> Clock {
        Clock::Virtual
    }

    fn observes(&self) -> Observes {
        Observes {
            events: Some(Attribute::ALL.map(|of| of.event().to_owned()).into()),
            attributes: Attribute::ALL.map(|of| (of, Read::Live)).into(),
            actions: Some(true),
            tasks: Some(false),
            order: Some(true),
            transports: Some(TransportsListed::All),
        }
    }

    fn capabilities(&self) -> BTreeSet<Capability> {
        BTreeSet::from([
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
        ])
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        Ok(Box::new(Webrtc017Session::start(setup)?))
    }
}

/// Says why the crate could not be run.
fn unavailable(reason: &impl ToString) -> StartError {
    StartError::Unavailable {
        implementation: NAME.to_owned(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_one_built_with() {
        let lock = include_str!("../../../../Cargo.lock");
        assert!(lock.contains(&format!("name = \"webrtc\"\nversion = \"{VERSION}\"")));
    }
}
