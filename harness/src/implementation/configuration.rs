//! The arguments of a peer's constructor: the members of `RTCConfiguration`, and the harness's
//! extras.
//!
//! Source: <https://www.w3.org/TR/webrtc/#rtcconfiguration-dictionary>.

use peerstate_model::input::keys::keys;
use peerstate_model::input::shape::{flag, list, text, text_or_texts, whole, word};
use peerstate_model::{keys, words};
use serde::Serialize;

use crate::scenario::ScenarioError;

keys! {
    /// An `RTCConfiguration`; a missing member was not given.
    #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
    pub struct Configuration: ScenarioError, "the members of an RTCConfiguration" {
        /// The STUN and TURN servers.
        #[serde(rename = "iceServers", skip_serializing_if = "Option::is_none")]
        optional ice_servers as "iceServers": Vec<IceServer> = list("a list of RTCIceServer", keys()),
        /// Which candidates to use.
        #[serde(rename = "iceTransportPolicy", skip_serializing_if = "Option::is_none")]
        optional ice_transport_policy as "iceTransportPolicy": IceTransportPolicy =
            word("RTCIceTransportPolicy"),
        /// How media sections share transports.
        #[serde(rename = "bundlePolicy", skip_serializing_if = "Option::is_none")]
        optional bundle_policy as "bundlePolicy": BundlePolicy = word("RTCBundlePolicy"),
        /// Whether RTP and RTCP share a transport.
        #[serde(rename = "rtcpMuxPolicy", skip_serializing_if = "Option::is_none")]
        optional rtcp_mux_policy as "rtcpMuxPolicy": RtcpMuxPolicy = word("RTCRtcpMuxPolicy"),
        /// How many candidates are gathered ahead.
        #[serde(rename = "iceCandidatePoolSize", skip_serializing_if = "Option::is_none")]
        optional ice_candidate_pool_size as "iceCandidatePoolSize": u8 =
            whole(0..=255, "a whole number from 0 to 255"),
        /// Extras of the harness, which an `RTCConfiguration` does not have.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional harness: Extras = keys(),
    }
}

impl Configuration {
    /// The names of the members that are given, without those that a capability is for: the ICE
    /// servers, and the harness's extras.
    #[must_use]
    pub fn given(&self) -> Vec<&'static str> {
        let Self {
            ice_servers: _,
            ice_transport_policy,
            bundle_policy,
            rtcp_mux_policy,
            ice_candidate_pool_size,
            harness: _,
        } = self;
        let members = [
            ("iceTransportPolicy", ice_transport_policy.is_some()),
            ("bundlePolicy", bundle_policy.is_some()),
            ("rtcpMuxPolicy", rtcp_mux_policy.is_some()),
            ("iceCandidatePoolSize", ice_candidate_pool_size.is_some()),
        ];
        let given = members.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(name, _)| name).collect()
    }
}

keys! {
    /// An `RTCIceServer`.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct IceServer: ScenarioError, "an RTCIceServer: `urls`, …" {
        /// The URLs, one or more.
        required urls: Vec<String> = text_or_texts("a URL or a list of URLs"),
        /// The username for a TURN server.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional username: String = text("text"),
        /// The password for a TURN server.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional credential: String = text("text"),
    }
}

words! {
    /// An `RTCIceTransportPolicy`.
    pub enum IceTransportPolicy {
        /// Only relayed candidates.
        Relay = "relay",
        /// Any candidate.
        All = "all",
    }

    /// An `RTCBundlePolicy`.
    pub enum BundlePolicy {
        /// One transport for each kind of media.
        Balanced = "balanced",
        /// One transport for each section.
        MaxCompat = "max-compat",
        /// One transport for everything.
        MaxBundle = "max-bundle",
    }

    /// An `RTCRtcpMuxPolicy`.
    pub enum RtcpMuxPolicy {
        /// RTP and RTCP share a transport.
        Require = "require",
    }

    /// The kind of key in a certificate.
    pub enum CertificateKind {
        /// ECDSA on the curve P-256.
        Ecdsa = "ecdsa",
        /// RSA.
        Rsa = "rsa",
    }
}

keys! {
    /// Extras that the harness provides for a peer.
    #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
    pub struct Extras: ScenarioError, "the harness's extras" {
        /// Whether the peer is an ICE-lite agent (RFC 8445, section 2.5).
        #[serde(rename = "iceLite", skip_serializing_if = "Option::is_none")]
        optional ice_lite as "iceLite": bool = flag(),
        /// How many addresses the peer has, from 1 to 4; the default is 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional addresses: u8 = whole(1..=4, "a whole number from 1 to 4"),
        /// The kind of the peer's certificate.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional certificate: CertificateKind = word("kind of certificate"),
    }
}
