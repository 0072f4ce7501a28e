//! The crate `str0m`, a sans-I/O stack with its own API, driven in the simulated world.
//!
//! It has no `RTCPeerConnection`. This is what its application does for the W3C methods:
//!
//! | W3C | `str0m` |
//! | --- | --- |
//! | `createDataChannel`, `addTransceiver`, `addTrack`, `removeTrack`, `restartIce` | kept until the next offer; a channel is created at once if there is an association |
//! | `createOffer` | `SdpApi::apply` with the changes that were kept; without a change, there is no offer |
//! | `setRemoteDescription` of an offer | `SdpApi::accept_offer`, which also creates the answer |
//! | `createAnswer` | the answer that was created |
//! | `setLocalDescription` | `Rtc::add_local_candidate` with the address of the peer; the description itself is not used |
//! | `setRemoteDescription` of an answer | `SdpApi::accept_answer`, with the offer that was created last |
//! | `addIceCandidate` | `Rtc::add_remote_candidate`; there is no end of candidates |
//! | `close` | `Rtc::close` |
//!
//! The time is passed after a call that concerns the other side, as in the examples of the crate:
//! the ICE agent requests no time before it has been given the time once.
//!
//! Rollback, provisional answers, `setConfiguration` and `getStats` have no counterpart. The types
//! of the crate prevent calls out of order, or the crate does not notice them, so the W3C's
//! requirements on exceptions are not tested.
//!
//! A trace shows `iceConnectionState`, by `Event::IceConnectionStateChange`. `str0m` documents the
//! values in the words of the W3C, and they are understood accordingly:
//!
//! | `str0m` | W3C | how they differ |
//! | --- | --- | --- |
//! | `New` | `new` | until the time is first passed |
//! | `Checking` | `checking` | even if nothing can be checked yet |
//! | `Connected` | `connected` | |
//! | `Completed` | `completed` | even without the end of candidates, which does not exist |
//! | `Disconnected` | `disconnected` | even if the W3C's value is `failed`, since a candidate can still come |
//! | | `failed`, `closed` | never reported, by design |
//!
//! Nothing corresponds to `connectionState`: `Event::Connected` is dispatched once, and nothing
//! reports the loss of the connection. There is also no `signalingState`, no `iceGatheringState`,
//! and no transport that can be read. None of these is guessed from the rest.

mod seeded;
mod stack;

use std::collections::BTreeSet;

use peerstate_model::trace::{Attribute, Clock, Read, TransportsListed};

use super::sans_io::SansIo;
use super::simulated;
use crate::implementation::{
    Capability, Implementation, KnownList, Profile, Session, Setup, StartError,
};
use stack::Str0mStack;

/// The events that are watched besides those of attributes.
const EVENTS: [&str; 4] = ["close", "datachannel", "open", "track"];

/// The name of the implementation.
const NAME: &str = "str0m";

/// The crate `str0m`.
#[derive(Debug, Clone, Copy)]
pub struct Str0m;

impl Implementation for Str0m {
    fn profile(&self) -> Profile {
        let ice = [Attribute::IceConnectionState];
        Profile {
            observes: simulated::observes(&ice, &EVENTS, Read::Argument, TransportsListed::None),
            capabilities: BTreeSet::from([
                Capability::Network,
                Capability::Sdp,
                Capability::Media,
                Capability::RestartIce,
                Capability::IceLite,
                Capability::Disconnected,
            ]),
            known_deviations: Some(KnownList {
                name: "harness/known/str0m.yaml",
                text: include_str!("../../../known/str0m.yaml"),
            }),
            ..Profile::new(NAME, "0.25.0", Clock::Virtual)
        }
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        Ok(Box::new(SansIo::<Str0mStack>::start(setup)?))
    }
}
