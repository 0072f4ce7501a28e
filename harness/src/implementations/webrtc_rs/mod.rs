//! The crate `webrtc`, driven in the simulated world; on tokio and real sockets in `real/`.
//!
//! A trace shows every event with the value that it carries, and the states of its ICE and DTLS
//! transports, which can be polled. `connectionState`, `iceConnectionState` and `signalingState`
//! have no getters, so a trace has them only where an event carried them. The transports become
//! visible with the first negotiation; until then, a trace does not mention them.

mod calls;
mod peer;
#[cfg(feature = "webrtc-rs-tokio")]
pub mod real;
mod recorder;
mod runtime;
mod session;

use peerstate_model::trace::Clock;

use super::rtc_types;
use crate::implementation::{
    Capability, Implementation, KnownList, Profile, Session, Setup, StartError,
};
use session::WebrtcRsSession;

/// The name of the implementation.
const NAME: &str = "webrtc-rs";

/// The crate `webrtc`.
#[derive(Debug, Clone, Copy)]
pub struct WebrtcRs;

impl Implementation for WebrtcRs {
    fn profile(&self) -> Profile {
        let mut capabilities = rtc_types::capabilities();
        // Its driver gathers.
        capabilities.insert(Capability::IceServers);
        Profile {
            observes: rtc_types::observes(),
            capabilities,
            known_deviations: Some(KnownList {
                name: "harness/known/webrtc-rs.yaml",
                text: include_str!("../../../known/webrtc-rs.yaml"),
            }),
            ..Profile::new(NAME, "0.21.1", Clock::Virtual)
        }
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        Ok(Box::new(WebrtcRsSession::start(setup)?))
    }
}
