//! Conversions between the harness's types and those of the crate.

use std::fmt::Display;
use std::str::FromStr;

use webrtc_017::api::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use webrtc_017::data_channel::data_channel_init::RTCDataChannelInit;
use webrtc_017::ice_transport::ice_candidate::{RTCIceCandidate, RTCIceCandidateInit};
use webrtc_017::ice_transport::ice_server::RTCIceServer;
use webrtc_017::peer_connection::certificate::RTCCertificate;
use webrtc_017::peer_connection::configuration::RTCConfiguration;
use webrtc_017::peer_connection::policy::bundle_policy::RTCBundlePolicy;
use webrtc_017::peer_connection::policy::ice_transport_policy::RTCIceTransportPolicy;
use webrtc_017::peer_connection::policy::rtcp_mux_policy::RTCRtcpMuxPolicy;
use webrtc_017::peer_connection::sdp::sdp_type::RTCSdpType;
use webrtc_017::peer_connection::sdp::session_description::RTCSessionDescription;
use webrtc_017::rtp_transceiver::RTCRtpTransceiverInit;
use webrtc_017::rtp_transceiver::rtp_codec::{RTCRtpCodecCapability, RTPCodecType};
use webrtc_017::rtp_transceiver::rtp_transceiver_direction::RTCRtpTransceiverDirection;
use webrtc_017::track::track_local::track_local_static_rtp::TrackLocalStaticRTP;

use crate::implementation::configuration::{
    BundlePolicy, Configuration, IceTransportPolicy, RtcpMuxPolicy,
};
use crate::implementation::{Candidate, Description, DescriptionType, Direction, MediaKind};

/// Returns the W3C state with the same name as the crate's; `None` for `Unspecified`.
pub(super) fn state<S: FromStr>(state: impl Display) -> Option<S> {
    state.to_string().parse().ok()
}

/// Returns a configuration of the crate; without certificates, a connection creates its own.
pub(super) fn configuration(
    configuration: &Configuration,
    certificates: Vec<RTCCertificate>,
) -> RTCConfiguration {
    let servers = configuration.ice_servers.iter().flatten();
    let ice_servers = servers.map(|server| RTCIceServer {
        urls: server.urls.clone(),
        username: server.username.clone().unwrap_or_default(),
        credential: server.credential.clone().unwrap_or_default(),
    });
    RTCConfiguration {
        ice_servers: ice_servers.collect(),
        ice_transport_policy: match configuration.ice_transport_policy {
            Some(IceTransportPolicy::Relay) => RTCIceTransportPolicy::Relay,
            Some(IceTransportPolicy::All) => RTCIceTransportPolicy::All,
            None => RTCIceTransportPolicy::default(),
        },
        bundle_policy: match configuration.bundle_policy {
            Some(BundlePolicy::Balanced) => RTCBundlePolicy::Balanced,
            Some(BundlePolicy::MaxCompat) => RTCBundlePolicy::MaxCompat,
            Some(BundlePolicy::MaxBundle) => RTCBundlePolicy::MaxBundle,
            None => RTCBundlePolicy::default(),
        },
        rtcp_mux_policy: match configuration.rtcp_mux_policy {
            Some(RtcpMuxPolicy::Require) => RTCRtcpMuxPolicy::Require,
            None => RTCRtcpMuxPolicy::default(),
        },
        certificates,
        ice_candidate_pool_size: configuration.ice_candidate_pool_size.unwrap_or_default(),
        ..RTCConfiguration::default()
    }
}

/// Returns a description of the crate, as an application creates one.
///
/// # Errors
///
/// If the SDP can not be parsed.
pub(super) fn description(
    description: &Description,
) -> Result<RTCSessionDescription, webrtc_017::Error> {
    let sdp = description.sdp.clone();
    match description.kind {
        DescriptionType::Offer => RTCSessionDescription::offer(sdp),
        DescriptionType::Pranswer => RTCSessionDescription::pranswer(sdp),
        DescriptionType::Answer => RTCSessionDescription::answer(sdp),
        // This type has no constructor.
        DescriptionType::Rollback => {
            let mut rollback = RTCSessionDescription::default();
            rollback.sdp_type = RTCSdpType::Rollback;
            rollback.sdp = sdp;
            Ok(rollback)
        }
    }
}

/// Returns a gathered candidate; `None` if the crate can not write it.
pub(super) fn candidate(candidate: &RTCIceCandidate) -> Option<Candidate> {
    let init = candidate.to_json().ok()?;
    Some(Candidate {
        candidate: init.candidate,
        sdp_mid: init.sdp_mid,
        sdp_mline_index: init.sdp_mline_index,
        username_fragment: init.username_fragment,
    })
}

/// Returns a candidate of the crate, whose end of candidates is an empty one.
pub(super) fn candidate_init(candidate: Option<&Candidate>) -> RTCIceCandidateInit {
    candidate.map_or_else(RTCIceCandidateInit::default, |candidate| {
        RTCIceCandidateInit {
            candidate: candidate.candidate.clone(),
            sdp_mid: candidate.sdp_mid.clone(),
            sdp_mline_index: candidate.sdp_mline_index,
            username_fragment: candidate.username_fragment.clone(),
        }
    })
}

pub(super) fn codec_kind(kind: MediaKind) -> RTPCodecType {
    match kind {
        MediaKind::Audio => RTPCodecType::Audio,
        MediaKind::Video => RTPCodecType::Video,
    }
}

pub(super) fn transceiver_init(direction: Direction) -> RTCRtpTransceiverInit {
    RTCRtpTransceiverInit {
        direction: match direction {
            Direction::Sendrecv => RTCRtpTransceiverDirection::Sendrecv,
            Direction::Sendonly => RTCRtpTransceiverDirection::Sendonly,
            Direction::Recvonly => RTCRtpTransceiverDirection::Recvonly,
            Direction::Inactive => RTCRtpTransceiverDirection::Inactive,
        },
        send_encodings: Vec::new(),
    }
}

pub(super) fn data_channel_init(negotiated_id: Option<u16>) -> RTCDataChannelInit {
    RTCDataChannelInit {
        negotiated: negotiated_id,
        ..RTCDataChannelInit::default()
    }
}

/// Returns a track that sends nothing; `number` distinguishes the tracks of a peer.
pub(super) fn track(kind: MediaKind, number: u32) -> TrackLocalStaticRTP {
    let (name, mime_type) = match kind {
        MediaKind::Audio => ("audio", MIME_TYPE_OPUS),
        MediaKind::Video => ("video", MIME_TYPE_VP8),
    };
    let codec = RTCRtpCodecCapability {
        mime_type: mime_type.to_owned(),
        ..RTCRtpCodecCapability::default()
    };
    TrackLocalStaticRTP::new(
        codec,
        format!("{name}-{number}"),
        format!("stream-{number}"),
    )
}
