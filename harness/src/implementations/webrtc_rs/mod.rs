//! The crate `webrtc`, driven in the simulated world.
//!
//! A trace shows every event with the value that it carries, and the states of its ICE and DTLS
//! transports, which can be polled. `connectionState`, `iceConnectionState` and `signalingState`
//! have no getters, so a trace has them only where an event carried them. The transports become
//! visible with the first negotiation; until then, a trace does not mention them.

mod peer;
mod recorder;
mod runtime;
mod session;

use std::collections::BTreeSet;

use peerstate_model::trace::{Clock, Implementation as Identity, Observes};

use super::rtc_types;
use crate::implementation::capability::Capability;
use crate::implementation::{Implementation, KnownList, Session, Setup, StartError};
use session::WebrtcRsSession;

/// The name of the implementation.
pub const NAME: &str = "webrtc-rs";

/// The version of the crate; a test compares it with `Cargo.lock`.
pub const VERSION: &str = "0.21.1";

/// The crate `webrtc`.
#[derive(Debug, Clone, Copy)]
pub struct WebrtcRs;

impl Implementation for WebrtcRs {
    fn identity(&self) -> Identity {
        Identity {
            name: NAME.to_owned(),
            version: VERSION.to_owned(),
        }
    }

    fn known_deviations(&self) -> Option<KnownList> {
        Some(KnownList {
            name: "harness/known/webrtc-rs.yaml",
            text: include_str!("../../../known/webrtc-rs.yaml"),
        })
    }

    fn clock(&self) -> Clock {
        Clock::Virtual
    }

    fn observes(&self) -> Observes {
        rtc_types::observes()
    }

    fn capabilities(&self) -> BTreeSet<Capability> {
        let mut capabilities = rtc_types::capabilities();
        // Its driver gathers.
        capabilities.insert(Capability::IceServers);
        capabilities
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        Ok(Box::new(WebrtcRsSession::start(setup)?))
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
