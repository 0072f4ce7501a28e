//! The crate `rtc`, a sans-I/O stack, driven in the simulated world.
//!
//! The crate `webrtc` is built on it, and is a separate implementation here
//! ([`webrtc_rs`](super::webrtc_rs)). What both get wrong comes from `rtc`; what only one gets
//! wrong comes from how it is driven.
//!
//! A trace shows every event with the value that it carries, and the states of its one ICE and one
//! DTLS transport, which are polled. `connectionState`, `iceConnectionState` and `signalingState`
//! have no getters, so a trace has them only where an event carried them. The transports become
//! visible with the first negotiation; until then, a trace does not mention them.
//!
//! The application gathers candidates. This one passes the host candidate of the peer's address,
//! and the end of gathering, after every `setLocalDescription` of a description with a section:
//! `rtc` begins to gather at each of them, and can not be read before its first negotiation. It
//! passes no candidate if `iceTransportPolicy` is `relay`, and uses no ICE servers.

mod stack;

use peerstate_model::trace::Clock;

use super::rtc_types;
use super::sans_io::SansIo;
use crate::implementation::{Implementation, KnownList, Profile, Session, Setup, StartError};
use stack::RtcStack;

/// The name of the implementation.
const NAME: &str = "rtc";

/// The crate `rtc`.
#[derive(Debug, Clone, Copy)]
pub struct Rtc;

impl Implementation for Rtc {
    fn profile(&self) -> Profile {
        Profile {
            observes: rtc_types::observes(),
            capabilities: rtc_types::capabilities(),
            known_deviations: Some(KnownList {
                name: "harness/known/rtc.yaml",
                text: include_str!("../../../known/rtc.yaml"),
            }),
            ..Profile::new(NAME, "0.21.1", Clock::Virtual)
        }
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        Ok(Box::new(SansIo::<RtcStack>::start(setup)?))
    }
}
