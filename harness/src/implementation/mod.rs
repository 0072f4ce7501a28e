//! What the runner asks of an implementation of `RTCPeerConnection`, whichever it is.
//!
//! An [`Implementation`] starts a [`Session`] a run: the peers of a scenario, the network between
//! them and their clock. The runner calls methods, changes the network and lets time pass; the
//! session records everything that can be seen as entries of a trace.

use std::collections::BTreeSet;

pub use peerstate_model::trace::DescriptionType;
use peerstate_model::trace::{At, Clock, Entry, Implementation as Identity, Observes};

pub mod capability;
pub mod configuration;

use capability::Capability;
use configuration::Configuration;

/// An implementation under test.
pub trait Implementation: Send + Sync {
    /// Its name and version, as traces tell them.
    fn identity(&self) -> Identity;

    /// Whose time its traces tell.
    fn clock(&self) -> Clock;

    /// The list of what it is known to get wrong: the name of the file, and its text.
    fn known(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// What its traces can show.
    fn observes(&self) -> Observes {
        Observes::default()
    }

    /// What it lets a scenario do.
    fn capabilities(&self) -> BTreeSet<Capability>;

    /// Makes the peers of a scenario and the network between them.
    ///
    /// # Errors
    ///
    /// When the implementation could not be run at all, refused a peer, or broke.
    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError>;
}

/// What a session begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// The peers, in order.
    pub peers: Vec<PeerSetup>,
    /// The seed of all randomness of the simulated network.
    pub seed: u64,
}

/// One peer of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerSetup {
    /// Its name in the scenario and the trace.
    pub name: String,
    /// What its `RTCPeerConnection` is constructed with.
    pub configuration: Configuration,
}

/// A peer of a session, by its place in [`Setup::peers`].
pub type PeerIndex = usize;

/// One run: the peers, the network between them, and their clock.
///
/// After a [`Fault`] a session is good for nothing but [`take_entries`](Self::take_entries).
pub trait Session {
    /// The time since the session began.
    fn now(&self) -> At;

    /// Calls a method of a peer and lets the world run until it has returned, or its promise has
    /// settled; records the call, its result and what the attributes read right after.
    ///
    /// # Errors
    ///
    /// A refused call is no fault: it returns [`Returned::Refused`].
    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault>;

    /// Changes the network between two peers, in both directions or in one.
    ///
    /// # Errors
    ///
    /// When the implementation has died.
    fn set_network(&mut self, link: Link, change: LinkChange) -> Result<(), Fault>;

    /// Lets the world run until an entry has been recorded or a candidate gathered, or until
    /// `deadline`; in virtual time, the clock then stands at the deadline.
    ///
    /// # Errors
    ///
    /// When the implementation panicked, hangs, or has died.
    fn advance(&mut self, deadline: At) -> Result<Progress, Fault>;

    /// The candidates that a peer has gathered and that were not yet taken, in order.
    fn take_candidates(&mut self, peer: PeerIndex) -> Vec<Candidate>;

    /// Records free text.
    fn note(&mut self, peer: PeerIndex, text: String);

    /// Reads the attributes of every peer and records what was read, with `why`.
    ///
    /// # Errors
    ///
    /// When the implementation panicked, hangs, or has died.
    fn sample(&mut self, why: &str) -> Result<(), Fault>;

    /// Everything recorded since this was last asked, in order.
    fn take_entries(&mut self) -> Vec<Entry>;
}

/// Why [`Session::advance`] came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Something was recorded or gathered.
    Seen,
    /// The deadline has come.
    DeadlinePassed,
}

/// A call of a method of `RTCPeerConnection`, with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// `createDataChannel(label, {negotiated, id, …})`.
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
        /// The direction; `sendrecv` where none was given.
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
    /// `setLocalDescription(description)`; without one, the implementation makes it itself, which is
    /// asked only of one with [`Capability::Parameterless`].
    SetLocalDescription(Option<Description>),
    /// `setRemoteDescription(description)`.
    SetRemoteDescription(Description),
    /// `addIceCandidate(candidate)`; `None` is the end of candidates.
    AddIceCandidate(Option<Candidate>),
    /// `restartIce()`.
    RestartIce,
    /// `setConfiguration(configuration)`.
    SetConfiguration(Configuration),
    /// `getStats()`.
    GetStats,
    /// `close()`.
    Close,
}

impl Call {
    /// The name of the method.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::CreateDataChannel { .. } => "createDataChannel",
            Self::AddTransceiver { .. } => "addTransceiver",
            Self::AddTrack { .. } => "addTrack",
            Self::RemoveTrack { .. } => "removeTrack",
            Self::CreateOffer { .. } => "createOffer",
            Self::CreateAnswer => "createAnswer",
            Self::SetLocalDescription(_) => "setLocalDescription",
            Self::SetRemoteDescription(_) => "setRemoteDescription",
            Self::AddIceCandidate(_) => "addIceCandidate",
            Self::RestartIce => "restartIce",
            Self::SetConfiguration(_) => "setConfiguration",
            Self::GetStats => "getStats",
            Self::Close => "close",
        }
    }
}

impl Call {
    /// The type of the description that it sets, where it is given one.
    #[must_use]
    pub fn description(&self) -> Option<DescriptionType> {
        let description = match self {
            Self::SetLocalDescription(description) => description.as_ref(),
            Self::SetRemoteDescription(description) => Some(description),
            _ => None,
        };
        description.map(|description| description.kind)
    }

    /// Whether it indicates that there are no more remote candidates, for calls that may: with an
    /// empty candidate, or a remote description that ends its candidates (RFC 8840) or does not
    /// trickle.
    #[must_use]
    pub fn ends_candidates(&self) -> Option<bool> {
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
}

/// How a call returned.
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
        /// What the implementation said.
        message: String,
    },
}

/// An `RTCSessionDescription`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// What kind of description it is.
    pub kind: DescriptionType,
    /// The SDP; empty for a rollback.
    pub sdp: String,
}

/// An `RTCIceCandidateInit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The candidate attribute; empty for the end of candidates of a generation.
    pub candidate: String,
    /// The media section, by its `mid`.
    pub sdp_mid: Option<String>,
    /// The media section, by its place.
    pub sdp_mline_index: Option<u16>,
    /// The generation, by its `ice-ufrag`.
    pub username_fragment: Option<String>,
}

/// Audio or video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// `audio`.
    Audio,
    /// `video`.
    Video,
}

/// An `RTCRtpTransceiverDirection` that `addTransceiver` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// `sendrecv`.
    #[default]
    Sendrecv,
    /// `sendonly`.
    Sendonly,
    /// `recvonly`.
    Recvonly,
    /// `inactive`.
    Inactive,
}

/// Which way packets go that a change of the network concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Between every two peers, both ways.
    Everywhere,
    /// Between two peers, both ways.
    Between(PeerIndex, PeerIndex),
    /// From one peer to another, one way.
    FromTo(PeerIndex, PeerIndex),
}

/// A change of a link; what is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LinkChange {
    /// Whether every packet is dropped.
    pub cut: Option<bool>,
    /// The part of packets that is dropped at random, from 0 to 1.
    pub loss: Option<f64>,
    /// How long a packet travels.
    pub latency: Option<std::time::Duration>,
}

/// A session that cannot go on: a result of the run, and never the harness's own end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The implementation panicked, or its process died.
    #[error("the implementation panicked: {message}")]
    Panicked {
        /// What it said.
        message: String,
    },
    /// A call never returned although nothing was left to happen.
    #[error("{method} never returned: nothing is left that could wake it (deadlock)")]
    Deadlock {
        /// The method.
        method: &'static str,
    },
    /// The implementation kept itself busy while time stood still.
    #[error("the implementation was polled {polls} times while time stood still (livelock)")]
    Livelock {
        /// How often it was polled.
        polls: u64,
    },
    /// The limit of the run passed inside a call.
    #[error("{method} had not returned when the limit of the run passed")]
    LimitPassed {
        /// The method.
        method: &'static str,
    },
}

/// Why a session could not be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The implementation could not be run at all: a mistake of the setup, and no result.
    #[error("{implementation} could not be started: {reason}")]
    Unavailable {
        /// Its name.
        implementation: String,
        /// Why.
        reason: String,
    },
    /// It refused to construct one of the peers, which is a result of the scenario.
    #[error(transparent)]
    Refused(#[from] ConstructorRefused),
    /// It broke while it constructed the peers, which is a result of the scenario.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A constructor that threw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the constructor of {peer} failed with {error}: {message}")]
pub struct ConstructorRefused {
    /// The peer that was to be constructed.
    pub peer: String,
    /// The name of the error, such as `InvalidAccessError`.
    pub error: String,
    /// What the implementation said.
    pub message: String,
}
