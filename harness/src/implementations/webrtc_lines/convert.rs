//! Conversions between the harness's types and the types that have the same names in both lines.

use std::fmt::Display;
use std::str::FromStr;

/// Returns the W3C state with the name of a crate's state; `None` if the W3C has none, as for
/// `unspecified`.
pub(in crate::implementations) fn w3c_state<S: FromStr>(state: impl Display) -> Option<S> {
    state.to_string().parse().ok()
}

/// Defines the conversions that read the same for both lines. It is called where the types of one
/// line are in scope, with a function that creates a rollback. A member that was not given has the
/// default of the crate.
macro_rules! conversions {
    ($rollback:expr) => {
        use $crate::implementation::configuration::{
            BundlePolicy, IceServer, IceTransportPolicy, RtcpMuxPolicy,
        };
        use $crate::implementation::{Candidate, Description, DescriptionType, Direction};

        fn ice_server(server: &IceServer) -> RTCIceServer {
            RTCIceServer {
                urls: server.urls.clone(),
                username: server.username.clone().unwrap_or_default(),
                credential: server.credential.clone().unwrap_or_default(),
            }
        }

        fn ice_transport_policy(policy: Option<IceTransportPolicy>) -> RTCIceTransportPolicy {
            match policy {
                Some(IceTransportPolicy::Relay) => RTCIceTransportPolicy::Relay,
                Some(IceTransportPolicy::All) => RTCIceTransportPolicy::All,
                None => RTCIceTransportPolicy::default(),
            }
        }

        fn bundle_policy(policy: Option<BundlePolicy>) -> RTCBundlePolicy {
            match policy {
                Some(BundlePolicy::Balanced) => RTCBundlePolicy::Balanced,
                Some(BundlePolicy::MaxCompat) => RTCBundlePolicy::MaxCompat,
                Some(BundlePolicy::MaxBundle) => RTCBundlePolicy::MaxBundle,
                None => RTCBundlePolicy::default(),
            }
        }

        fn rtcp_mux_policy(policy: Option<RtcpMuxPolicy>) -> RTCRtcpMuxPolicy {
            match policy {
                Some(RtcpMuxPolicy::Require) => RTCRtcpMuxPolicy::Require,
                None => RTCRtcpMuxPolicy::default(),
            }
        }

        fn direction(direction: Direction) -> RTCRtpTransceiverDirection {
            match direction {
                Direction::Sendrecv => RTCRtpTransceiverDirection::Sendrecv,
                Direction::Sendonly => RTCRtpTransceiverDirection::Sendonly,
                Direction::Recvonly => RTCRtpTransceiverDirection::Recvonly,
                Direction::Inactive => RTCRtpTransceiverDirection::Inactive,
            }
        }

        /// Returns a description of the crate.
        ///
        /// # Errors
        ///
        /// If the SDP can not be parsed.
        pub(in $crate::implementations) fn description(
            description: Description,
        ) -> Result<RTCSessionDescription, Error> {
            let rollback: fn(String) -> Result<RTCSessionDescription, Error> = $rollback;
            let Description { kind, sdp } = description;
            match kind {
                DescriptionType::Offer => RTCSessionDescription::offer(sdp),
                DescriptionType::Pranswer => RTCSessionDescription::pranswer(sdp),
                DescriptionType::Answer => RTCSessionDescription::answer(sdp),
                DescriptionType::Rollback => rollback(sdp),
            }
        }

        /// Returns a candidate that was gathered.
        pub(in $crate::implementations) fn candidate(candidate: RTCIceCandidateInit) -> Candidate {
            Candidate {
                candidate: candidate.candidate,
                sdp_mid: candidate.sdp_mid,
                sdp_mline_index: candidate.sdp_mline_index,
                username_fragment: candidate.username_fragment,
            }
        }

        /// Returns a candidate of the crate, whose end of candidates is an empty one.
        pub(in $crate::implementations) fn candidate_init(
            candidate: Option<Candidate>,
        ) -> RTCIceCandidateInit {
            let mut init = RTCIceCandidateInit::default();
            if let Some(candidate) = candidate {
                init.candidate = candidate.candidate;
                init.sdp_mid = candidate.sdp_mid;
                init.sdp_mline_index = candidate.sdp_mline_index;
                init.username_fragment = candidate.username_fragment;
            }
            init
        }

        pub(in $crate::implementations) fn data_channel_init(
            negotiated_id: Option<u16>,
        ) -> RTCDataChannelInit {
            RTCDataChannelInit {
                negotiated: negotiated_id,
                ..RTCDataChannelInit::default()
            }
        }
    };
}

pub(in crate::implementations) use conversions;
