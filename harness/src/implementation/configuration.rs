//! What a peer is constructed with: the members of `RTCConfiguration`, and the harness's extras.
//!
//! Source: <https://www.w3.org/TR/webrtc/#rtcconfiguration-dictionary>.

use schemars::JsonSchema;
use serde::Serialize;

/// An `RTCConfiguration`; what is `None` was not given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Configuration {
    /// `iceServers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ice_servers: Option<Vec<IceServer>>,
    /// `iceTransportPolicy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ice_transport_policy: Option<IceTransportPolicy>,
    /// `bundlePolicy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_policy: Option<BundlePolicy>,
    /// `rtcpMuxPolicy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtcp_mux_policy: Option<RtcpMuxPolicy>,
    /// `iceCandidatePoolSize`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ice_candidate_pool_size: Option<u8>,
    /// What no `RTCConfiguration` has and the harness arranges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harness: Option<Extras>,
}

/// An `RTCIceServer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IceServer {
    /// `urls`, one or more.
    #[schemars(schema_with = "url_or_urls")]
    pub urls: Vec<String>,
    /// `username`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `credential`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// An `RTCIceTransportPolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IceTransportPolicy {
    /// Only relayed candidates.
    Relay,
    /// Any candidate.
    All,
}

/// An `RTCBundlePolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BundlePolicy {
    /// A transport a kind of media.
    Balanced,
    /// A transport a section.
    MaxCompat,
    /// One transport for all.
    MaxBundle,
}

/// An `RTCRtcpMuxPolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RtcpMuxPolicy {
    /// RTP and RTCP share a transport.
    Require,
}

/// What the harness arranges for a peer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Extras {
    /// Whether the peer is an ICE-lite agent (RFC 8445, section 2.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ice_lite: Option<bool>,
    /// How many addresses the peer has, from 1 to 4; 1 if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 4))]
    pub addresses: Option<u8>,
    /// The kind of the peer's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateKind>,
}

/// The kind of key in a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CertificateKind {
    /// ECDSA on the curve P-256.
    Ecdsa,
    /// RSA.
    Rsa,
}

fn url_or_urls(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let url = schemars::json_schema!({ "type": "string" });
    schemars::json_schema!({ "anyOf": [url, { "type": "array", "items": url }] })
}
