//! The crate `str0m`, a sans-I/O stack with an API of its own, driven in the simulated world.
//!
//! It has no `RTCPeerConnection`. What an application of it does instead stands here for the methods
//! of W3C:
//!
//! | W3C | `str0m` |
//! | --- | --- |
//! | `createDataChannel`, `addTransceiver`, `addTrack`, `removeTrack`, `restartIce` | kept until the next offer; a channel is made at once where there is an association |
//! | `createOffer` | `SdpApi::apply` with the changes that are kept; without a change there is no offer |
//! | `setRemoteDescription` of an offer | `SdpApi::accept_offer`, which makes the answer as well |
//! | `createAnswer` | the answer that was made |
//! | `setLocalDescription` | `Rtc::add_local_candidate` with the address of the peer; the description itself is not handed in anywhere |
//! | `setRemoteDescription` of an answer | `SdpApi::accept_answer`, with the offer that was made last |
//! | `addIceCandidate` | `Rtc::add_remote_candidate`; there is no end of candidates |
//! | `close` | `Rtc::close` |
//!
//! The time is handed in after a call about the other side, as the examples of the crate do: the ICE
//! agent names no moment before it was given the time once.
//!
//! Rollback, provisional answers, `setConfiguration` and `getStats` have no counterpart. Calls out of
//! order are kept out by the types of the crate or are not noticed, so what W3C says of exceptions
//! is not tested.
//!
//! What can be seen of it is `iceConnectionState`, by `Event::IceConnectionStateChange`. The values
//! are documented by `str0m` in the words of W3C, and are taken for what they say:
//!
//! | `str0m` | W3C | where they differ |
//! | --- | --- | --- |
//! | `New` | `new` | lasts until the time is handed in first |
//! | `Checking` | `checking` | also where nothing can be checked yet |
//! | `Connected` | `connected` | |
//! | `Completed` | `completed` | also without the end of candidates, which there is not |
//! | `Disconnected` | `disconnected` | also where W3C says `failed`, since a candidate can still come |
//! | | `failed`, `closed` | are never reported, by design |
//!
//! There is nothing that is `connectionState`: `Event::Connected` is dispatched once, and nothing says
//! that it is so no more. Nor are there `signalingState` and `iceGatheringState`, or transports that
//! can be read. None of these is guessed from the rest.

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

/// The name of the implementation.
const NAME: &str = "str0m";

/// The crate `str0m`.
#[derive(Debug, Clone, Copy)]
pub struct Str0m;

impl Implementation for Str0m {
    fn profile(&self) -> Profile {
        let ice = [Attribute::IceConnectionState];
        Profile {
            observes: simulated::observes(&ice, Read::Argument, TransportsListed::None),
            capabilities: BTreeSet::from([
                Capability::Network,
                Capability::Sdp,
                Capability::Media,
                Capability::RestartIce,
                Capability::IceLite,
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
