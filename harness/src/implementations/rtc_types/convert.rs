//! Conversions between the harness's types and those of the crate `rtc`.

use std::fmt::Display;
use std::str::FromStr;

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
use rtc::shared::error::Result;

use crate::implementation::configuration::{
    BundlePolicy, Configuration, IceTransportPolicy, RtcpMuxPolicy,
};
use crate::implementation::{Candidate, Description, DescriptionType, Direction, MediaKind};

/// Returns the W3C state with the same name as the crate's; `None` for `unspecified`.
pub(in crate::implementations) fn state<S: FromStr>(state: impl Display) -> Option<S> {
    state.to_string().parse().ok()
}

/// Returns a configuration of the crate; without a certificate, a connection creates its own.
pub(in crate::implementations) fn configuration(
    configuration: &Configuration,
    certificate: Option<RTCCertificate>,
) -> RTCConfiguration {
    let mut builder = RTCConfigurationBuilder::new();
    if let Some(certificate) = certificate {
        builder = builder.with_certificates(vec![certificate]);
    }
    if let Some(servers) = &configuration.ice_servers {
        let servers = servers.iter().map(|server| RTCIceServer {
            urls: server.urls.clone(),
            username: server.username.clone().unwrap_or_default(),
            credential: server.credential.clone().unwrap_or_default(),
        });
        builder = builder.with_ice_servers(servers.collect());
    }
    if let Some(policy) = configuration.ice_transport_policy {
        builder = builder.with_ice_transport_policy(match policy {
            IceTransportPolicy::Relay => RTCIceTransportPolicy::Relay,
            IceTransportPolicy::All => RTCIceTransportPolicy::All,
        });
    }
    if let Some(policy) = configuration.bundle_policy {
        builder = builder.with_bundle_policy(match policy {
            BundlePolicy::Balanced => RTCBundlePolicy::Balanced,
            BundlePolicy::MaxCompat => RTCBundlePolicy::MaxCompat,
            BundlePolicy::MaxBundle => RTCBundlePolicy::MaxBundle,
        });
    }
    if let Some(policy) = configuration.rtcp_mux_policy {
        builder = builder.with_rtcp_mux_policy(match policy {
            RtcpMuxPolicy::Require => RTCRtcpMuxPolicy::Require,
        });
    }
    if let Some(size) = configuration.ice_candidate_pool_size {
        builder = builder.with_ice_candidate_pool_size(size);
    }
    builder.build()
}

/// Returns a description of the crate.
///
/// # Errors
///
/// If the SDP can not be parsed.
pub(in crate::implementations) fn description(
    description: &Description,
) -> Result<RTCSessionDescription> {
    let sdp = description.sdp.clone();
    match description.kind {
        DescriptionType::Offer => RTCSessionDescription::offer(sdp),
        DescriptionType::Pranswer => RTCSessionDescription::pranswer(sdp),
        DescriptionType::Answer => RTCSessionDescription::answer(sdp),
        DescriptionType::Rollback => {
            RTCSessionDescription::rollback((!sdp.is_empty()).then_some(sdp))
        }
    }
}

pub(in crate::implementations) fn candidate(candidate: &RTCIceCandidateInit) -> Candidate {
    Candidate {
        candidate: candidate.candidate.clone(),
        sdp_mid: candidate.sdp_mid.clone(),
        sdp_mline_index: candidate.sdp_mline_index,
        username_fragment: candidate.username_fragment.clone(),
    }
}

/// Returns a candidate of the crate, whose end of candidates is an empty one.
pub(in crate::implementations) fn candidate_init(
    candidate: Option<&Candidate>,
) -> RTCIceCandidateInit {
    candidate.map_or_else(RTCIceCandidateInit::default, |candidate| {
        RTCIceCandidateInit {
            candidate: candidate.candidate.clone(),
            sdp_mid: candidate.sdp_mid.clone(),
            sdp_mline_index: candidate.sdp_mline_index,
            username_fragment: candidate.username_fragment.clone(),
            ..RTCIceCandidateInit::default()
        }
    })
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
    direction: Direction,
    number: u32,
) -> RTCRtpTransceiverInit {
    let sends = matches!(direction, Direction::Sendrecv | Direction::Sendonly);
    RTCRtpTransceiverInit {
        direction: match direction {
            Direction::Sendrecv => RTCRtpTransceiverDirection::Sendrecv,
            Direction::Sendonly => RTCRtpTransceiverDirection::Sendonly,
            Direction::Recvonly => RTCRtpTransceiverDirection::Recvonly,
            Direction::Inactive => RTCRtpTransceiverDirection::Inactive,
        },
        send_encodings: if sends {
            vec![encoding(kind, number)]
        } else {
            Vec::new()
        },
        ..RTCRtpTransceiverInit::default()
    }
}

pub(in crate::implementations) fn data_channel_init(
    negotiated_id: Option<u16>,
) -> RTCDataChannelInit {
    RTCDataChannelInit {
        negotiated: negotiated_id,
        ..RTCDataChannelInit::default()
    }
}

/// Returns a track that sends nothing; `number` distinguishes the tracks of a peer.
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
