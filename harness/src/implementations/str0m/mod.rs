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

use peerstate_model::trace::{Attribute, Clock, Observes, Read, TransportsListed};

use super::sans_io::SansIo;
use crate::implementation::{
    Capability, Identity, Implementation, KnownList, Session, Setup, StartError,
};
use stack::Str0mStack;

/// The name of the implementation.
pub const NAME: &str = "str0m";

/// The version of the crate; a test compares it with `Cargo.lock`.
pub const VERSION: &str = "0.25.0";

/// The crate `str0m`.
#[derive(Debug, Clone, Copy)]
pub struct Str0m;

impl Implementation for Str0m {
    fn identity(&self) -> Identity {
        Identity {
            name: NAME.to_owned(),
            version: VERSION.to_owned(),
        }
    }

    fn known_deviations(&self) -> Option<KnownList> {
        Some(KnownList {
            name: "harness/known/str0m.yaml",
            text: include_str!("../../../known/str0m.yaml"),
        })
    }

    fn clock(&self) -> Clock {
        Clock::Virtual
    }

    fn observes(&self) -> Observes {
        let ice = Attribute::IceConnectionState;
        Observes {
            events: Some([ice.event().to_owned()].into()),
            attributes: [(ice, Read::Argument)].into(),
            actions: Some(true),
            tasks: Some(false),
            order: Some(true),
            transports: Some(TransportsListed::None),
        }
    }

    fn capabilities(&self) -> BTreeSet<Capability> {
        BTreeSet::from([
            Capability::Network,
            Capability::Sdp,
            Capability::Media,
            Capability::RestartIce,
            Capability::IceLite,
        ])
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        Ok(Box::new(SansIo::<Str0mStack>::start(setup)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_one_built_with() {
        let lock = include_str!("../../../../Cargo.lock");
        assert!(lock.contains(&format!("name = \"str0m\"\nversion = \"{VERSION}\"")));
    }
}
