//! Conversions between the harness's types and those of the crate.

use webrtc_017::Error;
use webrtc_017::api::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use webrtc_017::data_channel::data_channel_init::RTCDataChannelInit;
use webrtc_017::ice_transport::ice_candidate::RTCIceCandidateInit;
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

use crate::implementation::{Configuration, MediaKind};
use crate::implementations::webrtc_lines::convert::conversions;

conversions!(|sdp| Ok(rollback(sdp)));

/// Returns a configuration of the crate; without certificates, a connection creates its own.
pub(super) fn configuration(
    configuration: &Configuration,
    certificates: Vec<RTCCertificate>,
) -> RTCConfiguration {
    let servers = configuration.ice_servers.iter().flatten();
    RTCConfiguration {
        ice_servers: servers.map(ice_server).collect(),
        ice_transport_policy: ice_transport_policy(configuration.ice_transport_policy),
        bundle_policy: bundle_policy(configuration.bundle_policy),
        rtcp_mux_policy: rtcp_mux_policy(configuration.rtcp_mux_policy),
        certificates,
        ice_candidate_pool_size: configuration.ice_candidate_pool_size.unwrap_or_default(),
        ..RTCConfiguration::default()
    }
}

/// A rollback has a type of its own but no constructor.
fn rollback(sdp: String) -> RTCSessionDescription {
    let mut rollback = RTCSessionDescription::default();
    rollback.sdp_type = RTCSdpType::Rollback;
    rollback.sdp = sdp;
    rollback
}

pub(super) fn codec_kind(kind: MediaKind) -> RTPCodecType {
    match kind {
        MediaKind::Audio => RTPCodecType::Audio,
        MediaKind::Video => RTPCodecType::Video,
    }
}

pub(super) fn transceiver_init(wanted: Direction) -> RTCRtpTransceiverInit {
    RTCRtpTransceiverInit {
        direction: direction(wanted),
        send_encodings: Vec::new(),
    }
}

/// A track that sends nothing; `number` keeps the tracks of a peer apart.
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
