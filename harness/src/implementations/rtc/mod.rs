//! The crate `rtc`, a sans-I/O stack, driven in the simulated world.
//!
//! The crate `webrtc` is built on it, and is another implementation here
//! ([`webrtc_rs`](super::webrtc_rs)): what both get wrong comes from `rtc`, and what only one gets
//! wrong from how it is driven.
//!
//! What can be seen of it: every event with the value that it carries, and the states of its one ICE
//! and one DTLS transport, which are polled. What can not: `connectionState`, `iceConnectionState`
//! and `signalingState` have no getters, so a trace holds them only where an event carried them. Its
//! transports become visible with the first negotiation; until then a trace says nothing of them.
//!
//! Gathering is the application's. The one here hands in the host candidate of the peer's address,
//! and the end of gathering, after every `setLocalDescription` of a description with a section: `rtc` begins to gather at every one and can not be read before its first negotiation. It
//! hands in no candidate where `iceTransportPolicy` is `relay`, and knows no ICE servers.

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
