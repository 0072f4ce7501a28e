//! Code that the implementations of `webrtc` and `rtc` share: `webrtc` drives `rtc`, and exposes
//! its types.

mod certificate;
pub(super) mod convert;
pub(super) mod errors;
pub(super) mod seeded;

use std::collections::BTreeSet;
use std::sync::Arc;

use peerstate_model::trace::{Attribute, Observes, Read, TransportsListed};
use rtc::crypto::RTCCryptoProvider;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::peer_connection::configuration::RTCConfiguration;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::configuration::setting_engine::{SettingEngine, SettingEngineBuilder};

use super::simulated;
use crate::implementation::{Capability, PeerSetup, StartError};

/// The events that are watched besides those of attributes.
const EVENTS: [&str; 9] = [
    "close",
    "closing",
    "datachannel",
    "error",
    "icecandidate",
    "icecandidateerror",
    "negotiationneeded",
    "open",
    "track",
];

/// Returns what traces of both can show: the values that events carry, and the transports.
pub(super) fn observes() -> Observes {
    simulated::observes(
        &Attribute::ALL,
        &EVENTS,
        Read::Argument,
        TransportsListed::All,
    )
}

/// Returns what the builders of connections of both take, for the implementation with a name.
pub(super) fn build_from(
    name: &str,
    setup: &PeerSetup,
    provider: Arc<dyn RTCCryptoProvider>,
) -> Result<(RTCConfiguration, MediaEngine, SettingEngine), StartError> {
    let unavailable = |error| StartError::unavailable(name, &error);
    let mut media = MediaEngine::default();
    media.register_default_codecs().map_err(unavailable)?;
    let extras = setup.configuration.harness.clone().unwrap_or_default();
    let certificate = extras
        .certificate
        .map(|kind| certificate::certificate(kind, provider.crypto()))
        .transpose()
        .map_err(unavailable)?;
    let configuration = convert::configuration(&setup.configuration, certificate);
    let settings = SettingEngineBuilder::new()
        .with_crypto_provider(provider)
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_lite(extras.ice_lite.unwrap_or(false))
        .build();
    Ok((configuration, media, settings))
}

/// Returns what both support.
pub(super) fn capabilities() -> BTreeSet<Capability> {
    BTreeSet::from([
        Capability::Network,
        Capability::Sdp,
        Capability::Media,
        Capability::RestartIce,
        Capability::Rollback,
        Capability::Pranswer,
        Capability::SetConfiguration,
        Capability::GetStats,
        Capability::IceLite,
        Capability::Certificate,
        Capability::Disconnected,
        Capability::Exceptions,
        Capability::NegotiationNeeded,
        Capability::IceCandidate,
    ])
}
