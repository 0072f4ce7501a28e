//! Calls of the methods of `RTCPeerConnection`, and their results.

pub use peerstate_model::trace::DescriptionType;
use peerstate_model::trace::{ActionResult, At, Entry, Phase, What};
use peerstate_model::words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::configuration::Configuration;

words! {
    /// A method of `RTCPeerConnection` that a scenario can call.
    pub enum Method {
        /// <https://www.w3.org/TR/webrtc/#dom-peerconnection-createdatachannel>
        CreateDataChannel = "createDataChannel",
        /// <https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-addtransceiver>
        AddTransceiver = "addTransceiver",
        /// <https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-addtrack>
        AddTrack = "addTrack",
        /// <https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-removetrack>
        RemoveTrack = "removeTrack",
        /// <https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-createoffer>
        CreateOffer = "createOffer",
        /// <https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-createanswer>
        CreateAnswer = "createAnswer",
        /// <https://www.w3.org/TR/webrtc/#dom-peerconnection-setlocaldescription>
        SetLocalDescription = "setLocalDescription",
        /// <https://www.w3.org/TR/webrtc/#dom-peerconnection-setremotedescription>
        SetRemoteDescription = "setRemoteDescription",
        /// <https://www.w3.org/TR/webrtc/#dom-peerconnection-addicecandidate>
        AddIceCandidate = "addIceCandidate",
        /// <https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-restartice>
        RestartIce = "restartIce",
        /// <https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-setconfiguration>
        SetConfiguration = "setConfiguration",
        /// <https://www.w3.org/TR/webrtc/#widl-RTCPeerConnection-getStats-Promise-RTCStatsReport--MediaStreamTrack-selector>
        GetStats = "getStats",
        /// <https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close>
        Close = "close",
    }
}

/// A call of a method, with its arguments.
///
/// `L`, `R` and `C` are the types of the local description, the remote description and the
/// candidate: either the values themselves or, in a scenario, where they come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Call<L = Option<Description>, R = Description, C = Option<Candidate>> {
    /// `createDataChannel(label, {negotiated, id})`.
    CreateDataChannel {
        /// The label.
        label: String,
        /// The id of a channel negotiated out of band; `None` for one opened in band.
        negotiated_id: Option<u16>,
    },
    /// `addTransceiver(kind, {direction})`.
    AddTransceiver {
        /// Audio or video.
        kind: MediaKind,
        /// The direction; the default is `sendrecv`.
        direction: Direction,
    },
    /// `addTrack(track)` with a track of this kind.
    AddTrack {
        /// Audio or video.
        kind: MediaKind,
    },
    /// `removeTrack(sender)`, with the first sender that has a track of this kind.
    RemoveTrack {
        /// Audio or video.
        kind: MediaKind,
    },
    /// `createOffer({iceRestart})`.
    CreateOffer {
        /// Whether the offer restarts ICE.
        ice_restart: bool,
    },
    /// `createAnswer()`.
    CreateAnswer,
    /// `setLocalDescription(description)`. Without a description, the implementation creates it;
    /// the harness calls this form only if the implementation has
    /// [`Capability::Parameterless`](super::Capability::Parameterless).
    SetLocalDescription(L),
    /// `setRemoteDescription(description)`.
    SetRemoteDescription(R),
    /// `addIceCandidate(candidate)`; `None` is the end of candidates.
    AddIceCandidate(C),
    /// `restartIce()`.
    RestartIce,
    /// `setConfiguration(configuration)`.
    SetConfiguration(Configuration),
    /// `getStats()`.
    GetStats,
    /// `close()`.
    Close,
}

impl<L, R, C> Call<L, R, C> {
    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::CreateDataChannel { .. } => Method::CreateDataChannel,
            Self::AddTransceiver { .. } => Method::AddTransceiver,
            Self::AddTrack { .. } => Method::AddTrack,
            Self::RemoveTrack { .. } => Method::RemoveTrack,
            Self::CreateOffer { .. } => Method::CreateOffer,
            Self::CreateAnswer => Method::CreateAnswer,
            Self::SetLocalDescription(_) => Method::SetLocalDescription,
            Self::SetRemoteDescription(_) => Method::SetRemoteDescription,
            Self::AddIceCandidate(_) => Method::AddIceCandidate,
            Self::RestartIce => Method::RestartIce,
            Self::SetConfiguration(_) => Method::SetConfiguration,
            Self::GetStats => Method::GetStats,
            Self::Close => Method::Close,
        }
    }

    /// Returns the calls to make once descriptions and candidates are resolved: one, or one for
    /// each candidate.
    ///
    /// # Errors
    ///
    /// If a description does not exist.
    pub(crate) fn resolve<L2, R2, C2, E>(
        &self,
        local: impl FnOnce(&L) -> Result<L2, E>,
        remote: impl FnOnce(&R) -> Result<R2, E>,
        candidates: impl FnOnce(&C) -> Vec<C2>,
    ) -> Result<Vec<Call<L2, R2, C2>>, E> {
        let call = match self {
            Self::CreateDataChannel {
                label,
                negotiated_id,
            } => Call::CreateDataChannel {
                label: label.clone(),
                negotiated_id: *negotiated_id,
            },
            Self::AddTransceiver { kind, direction } => Call::AddTransceiver {
                kind: *kind,
                direction: *direction,
            },
            Self::AddTrack { kind } => Call::AddTrack { kind: *kind },
            Self::RemoveTrack { kind } => Call::RemoveTrack { kind: *kind },
            Self::CreateOffer { ice_restart } => Call::CreateOffer {
                ice_restart: *ice_restart,
            },
            Self::CreateAnswer => Call::CreateAnswer,
            Self::SetLocalDescription(source) => Call::SetLocalDescription(local(source)?),
            Self::SetRemoteDescription(source) => Call::SetRemoteDescription(remote(source)?),
            Self::AddIceCandidate(source) => {
                let all = candidates(source).into_iter();
                return Ok(all.map(Call::AddIceCandidate).collect());
            }
            Self::RestartIce => Call::RestartIce,
            Self::SetConfiguration(configuration) => Call::SetConfiguration(configuration.clone()),
            Self::GetStats => Call::GetStats,
            Self::Close => Call::Close,
        };
        Ok(vec![call])
    }
}

impl Call {
    /// Returns the type of the description that it sets, if it has one.
    #[must_use]
    pub fn description(&self) -> Option<DescriptionType> {
        let description = match self {
            Self::SetLocalDescription(description) => description.as_ref(),
            Self::SetRemoteDescription(description) => Some(description),
            _ => None,
        };
        description.map(|description| description.kind)
    }

    /// Returns whether it indicates the end of remote candidates, for calls that may: by an empty
    /// candidate, or by a remote description that ends its candidates (RFC 8840) or does not
    /// trickle.
    fn ends_candidates(&self) -> Option<bool> {
        match self {
            Self::AddIceCandidate(candidate) => {
                Some(candidate.as_ref().is_none_or(|c| c.candidate.is_empty()))
            }
            Self::SetRemoteDescription(Description { kind, sdp })
                if *kind != DescriptionType::Rollback =>
            {
                let mut lines = sdp.lines();
                let trickles = lines.clone().any(|line| {
                    line.strip_prefix("a=ice-options:")
                        .is_some_and(|options| options.split(' ').any(|one| one == "trickle"))
                });
                Some(!trickles || lines.any(|line| line == "a=end-of-candidates"))
            }
            _ => None,
        }
    }

    /// Returns its entry in a trace at a moment: of its beginning, or, with its result, of its end
    /// or of the whole call.
    #[must_use]
    pub fn entry(
        &self,
        at: At,
        peer: &str,
        phase: Option<Phase>,
        returned: Option<&Returned>,
    ) -> Entry {
        let what = What::Action {
            name: self.method().as_str().to_owned(),
            result: returned.map(Returned::result),
            phase,
            description: self.description(),
        };
        let mut entry = Entry::new(at, peer, what);
        if let Some(ends) = self.ends_candidates() {
            let extra = &mut entry.extra;
            extra.insert("endOfCandidates".to_owned(), ends.into());
        }
        entry
    }
}

/// The result of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Returned {
    /// It succeeded.
    Ok,
    /// It succeeded with a description.
    Description(Description),
    /// It was refused.
    Refused {
        /// The name of the error, such as `InvalidStateError`.
        error: String,
        /// The message of the implementation.
        message: String,
    },
}

impl Returned {
    /// Returns the result as a trace has it.
    fn result(&self) -> ActionResult {
        match self {
            Self::Ok | Self::Description(_) => ActionResult::Ok,
            Self::Refused { error, .. } => ActionResult::Error(error.clone()),
        }
    }
}

/// An `RTCSessionDescription`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// What kind of description it is.
    #[serde(rename = "type")]
    pub kind: DescriptionType,
    /// The SDP; empty for a rollback.
    pub sdp: String,
}

/// An `RTCIceCandidateInit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "CandidateInit", rename_all = "camelCase")]
pub struct Candidate {
    /// The candidate attribute; empty at the end of the candidates of a generation.
    pub candidate: String,
    /// The media section, by its `mid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// The media section, by its place.
    #[serde(
        default,
        rename = "sdpMLineIndex",
        skip_serializing_if = "Option::is_none"
    )]
    pub sdp_mline_index: Option<u16>,
    /// The generation, by its `ice-ufrag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}

words! {
    /// Audio or video.
    pub enum MediaKind {
        /// `audio`.
        Audio = "audio",
        /// `video`.
        Video = "video",
    }

    /// An `RTCRtpTransceiverDirection` that `addTransceiver` takes.
    #[derive(Default)]
    pub enum Direction {
        /// `sendrecv`.
        #[default]
        Sendrecv = "sendrecv",
        /// `sendonly`.
        Sendonly = "sendonly",
        /// `recvonly`.
        Recvonly = "recvonly",
        /// `inactive`.
        Inactive = "inactive",
    }
}
