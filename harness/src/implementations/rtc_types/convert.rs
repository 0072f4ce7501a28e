//! Conversions between the harness's types and those of the crate `rtc`.

use rtc::data_channel::RTCDataChannelInit;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::certificate::RTCCertificate;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::peer_connection::configuration::{
    RTCBundlePolicy, RTCConfiguration, RTCConfigurationBuilder, RTCIceServer,
    RTCIceTransportPolicy, RTCRtcpMuxPolicy,
};
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::RTCIceCandidateInit;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use rtc::shared::error::Error;

use crate::implementation::{Configuration, MediaKind};
use crate::implementations::webrtc_lines::convert::conversions;

conversions!(|sdp| RTCSessionDescription::rollback((!sdp.is_empty()).then_some(sdp)));

/// Returns a configuration of the crate; without a certificate, a connection creates its own.
pub(in crate::implementations) fn configuration(
    configuration: &Configuration,
    certificate: Option<RTCCertificate>,
) -> RTCConfiguration {
    let servers = configuration.ice_servers.iter().flatten();
    RTCConfigurationBuilder::new()
        .with_certificates(certificate.into_iter().collect())
        .with_ice_servers(servers.map(ice_server).collect())
        .with_ice_transport_policy(ice_transport_policy(configuration.ice_transport_policy))
        .with_bundle_policy(bundle_policy(configuration.bundle_policy))
        .with_rtcp_mux_policy(rtcp_mux_policy(configuration.rtcp_mux_policy))
        .with_ice_candidate_pool_size(configuration.ice_candidate_pool_size.unwrap_or_default())
        .build()
}

pub(in crate::implementations) fn codec_kind(kind: MediaKind) -> RtpCodecKind {
    match kind {
        MediaKind::Audio => RtpCodecKind::Audio,
        MediaKind::Video => RtpCodecKind::Video,
    }
}

/// Returns the arguments for a transceiver. The crate accepts a sending direction only with an
/// encoding, for which an application without a track names the codec that it will send.
pub(in crate::implementations) fn transceiver_init(
    kind: MediaKind,
    wanted: Direction,
    number: u32,
) -> RTCRtpTransceiverInit {
    let sends = matches!(wanted, Direction::Sendrecv | Direction::Sendonly);
    RTCRtpTransceiverInit {
        direction: direction(wanted),
        send_encodings: if sends {
            vec![encoding(kind, number)]
        } else {
            Vec::new()
        },
        ..RTCRtpTransceiverInit::default()
    }
}

/// A track that sends nothing; `number` keeps the tracks of a peer apart.
pub(in crate::implementations) fn track(kind: MediaKind, number: u32) -> MediaStreamTrack {
    let name = match kind {
        MediaKind::Audio => format!("audio-{number}"),
        MediaKind::Video => format!("video-{number}"),
    };
    MediaStreamTrack::new(
        format!("stream-{number}"),
        name.clone(),
        name,
        codec_kind(kind),
        vec![encoding(kind, number)],
    )
}

fn encoding(kind: MediaKind, number: u32) -> RTCRtpEncodingParameters {
    let (mime_type, clock_rate, channels) = match kind {
        MediaKind::Audio => (MIME_TYPE_OPUS, 48_000, 2),
        MediaKind::Video => (MIME_TYPE_VP8, 90_000, 0),
    };
    let codec = RTCRtpCodec {
        mime_type: mime_type.to_owned(),
        clock_rate,
        channels,
        ..RTCRtpCodec::default()
    };
    RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            ssrc: Some(1000 + number),
            ..RTCRtpCodingParameters::default()
        },
        codec,
        ..RTCRtpEncodingParameters::default()
    }
}
