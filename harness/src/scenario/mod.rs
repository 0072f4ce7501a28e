//! Scenarios: what the peers of a connection do, and what must be seen of it.
//!
//! The format is described in `docs/scenario-format.md`. A [`Scenario`] has been checked as a
//! whole: its steps name peers, methods, states and descriptions that there are.

mod duration;
mod error;
mod keys;
mod parse;
mod steps;
pub mod suite;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::implementation::capability::Capability;
use crate::implementation::{
    Call, Candidate, DescriptionType, Link, LinkChange, PeerIndex, PeerSetup,
};
pub use duration::DurationError;
pub use error::ScenarioError;
pub use keys::schema;
use keys::{OF_AN_ATTRIBUTE, states};
pub use parse::parse;
use peerstate_model::input::shape::{Shape, one_of, whole, word};
use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceGatheringState, IceTransportState,
    PeerConnectionState, SignalingState,
};
use peerstate_model::{keys, words};

/// A scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its path below the root of the scenarios, without `.yaml`.
    pub id: String,
    /// The file that it was read from; `None` where it is one of those compiled in.
    pub file: Option<String>,
    /// One line that says the behaviour.
    pub title: String,
    /// What there is to say about it.
    pub about: Option<String>,
    /// Links to the sentences of the specification that it asserts.
    pub spec: Vec<String>,
    /// Free tags.
    pub tags: Vec<String>,
    /// Behaviours of outside test suites that it asserts.
    pub covers: Vec<String>,
    /// What it needs of an implementation: what it says, and what its steps imply.
    pub requires: BTreeSet<Capability>,
    /// The seed of the simulated network.
    pub seed: u64,
    /// How long it may run.
    pub limit: Duration,
    /// The peers, in order.
    pub peers: Vec<PeerSetup>,
    /// The steps, in order; at least one.
    pub steps: Vec<Step>,
}

/// A step, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The line of the file, from 1.
    pub line: usize,
    /// What it does.
    pub action: Action,
    /// Whether its failure ends the run.
    pub stop: bool,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Calls a method.
    Call {
        /// Of which peer.
        peer: PeerIndex,
        /// Which method, with its arguments.
        call: WrittenCall,
        /// The name under which the description that it makes is kept.
        kept_as: Option<String>,
        /// The error with which it must be refused; `None` where it must succeed.
        fails: Option<String>,
    },
    /// A whole offer/answer exchange.
    Negotiate(Negotiation),
    /// Changes the network.
    Network {
        /// Where.
        link: Link,
        /// How.
        change: LinkChange,
    },
    /// Waits until attributes hold.
    Expect(Expectation),
    /// Lets time pass and looks at the events.
    ExpectEvents(EventExpectation),
    /// Lets time pass.
    Wait(Duration),
}

/// A call as a scenario gives it: with where descriptions and candidates come from.
pub type WrittenCall = Call<DescriptionSource, DescriptionSource, CandidateSource>;

/// Which description a method is given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescriptionSource {
    /// Where it comes from.
    pub from: DescriptionFrom,
    /// The type it is given as; `None` for the type it was made as.
    pub kind: Option<DescriptionType>,
    /// How it is changed on its way.
    pub alteration: Alteration,
}

/// Where a description comes from.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum DescriptionFrom {
    /// Nothing was said: locally, what the peer made last; remotely, what another peer made last.
    #[default]
    Unsaid,
    /// The implementation makes it itself: locally, where the peer has made none that is not set.
    Implementation,
    /// The description kept under a name.
    Name(String),
    /// What a peer made last.
    Peer(PeerIndex),
}

/// Which candidates are added.
#[derive(Debug, Clone, PartialEq)]
pub enum CandidateSource {
    /// Those that a peer has gathered.
    From {
        /// The peer.
        peer: PeerIndex,
        /// Whether those that were handed over before are handed over again.
        again: bool,
    },
    /// One written out.
    Literal(Candidate),
    /// The end of candidates.
    End,
}

/// A whole offer/answer exchange.
#[derive(Debug, Clone, PartialEq)]
pub struct Negotiation {
    /// Who offers.
    pub offerer: PeerIndex,
    /// Who answers.
    pub answerer: PeerIndex,
    /// Whether candidates are handed over as they come, or inside the descriptions.
    pub trickle: bool,
    /// Whether the offer restarts ICE.
    pub ice_restart: bool,
    /// How the offer is changed on its way.
    pub offer: Alteration,
    /// How the answer is changed on its way.
    pub answer: Alteration,
}

keys! {
    /// How a description is changed on its way.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Alteration: ScenarioError, "an alteration" {
        /// How the certificate's fingerprint is changed.
        optional fingerprint: FingerprintChange = word("alteration"),
        /// Whether the BUNDLE group is taken out.
        defaulted no_bundle as "bundle": bool = none(),
        /// Whether the candidates are taken out, and not handed over later either.
        defaulted no_candidates as "candidates": bool = none(),
        /// The DTLS role that is put in.
        optional setup: SetupRole = word("value of a=setup"),
        /// The media section, counted from 0, that is rejected: its port becomes zero, and it leaves
        /// the BUNDLE group.
        optional reject: u8 = whole(0..=255, "the place of a media section, from 0"),
    }
}

/// The word `none`.
fn none() -> Shape<ScenarioError, bool> {
    one_of("alteration", "one of none", &["none"], |word| word).map(|_| true)
}

words! {
    /// How a fingerprint is changed (RFC 8122, section 5).
    pub enum FingerprintChange {
        /// It becomes that of another certificate.
        Wrong = "wrong",
        /// That of another certificate comes before it.
        Extra = "extra",
    }

    /// A value of `a=setup` (RFC 8842, section 5).
    pub enum SetupRole {
        /// `active`.
        Active = "active",
        /// `passive`.
        Passive = "passive",
        /// `actpass`.
        Actpass = "actpass",
        /// `holdconn`.
        Holdconn = "holdconn",
    }
}

/// Attributes that must come to hold, all at once, at each of the peers by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The peers.
    pub peers: Vec<PeerIndex>,
    /// What must hold.
    pub attributes: Attributes,
    /// By when; holding already counts.
    pub within: Duration,
}

/// The values that are allowed, for each attribute that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    /// `connectionState`.
    pub connection_state: Option<Vec<PeerConnectionState>>,
    /// `iceConnectionState`.
    pub ice_connection_state: Option<Vec<IceConnectionState>>,
    /// `iceGatheringState`.
    pub ice_gathering_state: Option<Vec<IceGatheringState>>,
    /// `signalingState`.
    pub signaling_state: Option<Vec<SignalingState>>,
    /// The `state` of every `RTCIceTransport`.
    pub ice_transport_state: Option<Vec<IceTransportState>>,
    /// The `state` of every `RTCDtlsTransport`.
    pub dtls_transport_state: Option<Vec<DtlsTransportState>>,
}

/// Events that must be dispatched, and events that must not.
#[derive(Debug, Clone, PartialEq)]
pub struct EventExpectation {
    /// The peers, each by itself.
    pub peers: Vec<PeerIndex>,
    /// The events that must be dispatched in this order; others may come between.
    pub events: Vec<String>,
    /// The events that must each be dispatched once, and no more often.
    pub once: Vec<String>,
    /// The events that must not be dispatched.
    pub never: Vec<String>,
    /// The values that events must report, and no others.
    pub changes: Changes,
    /// For how long.
    pub during: Duration,
}

keys! {
    /// For each attribute that is asked for, the values that its events report, in their order: these,
    /// and no others.
    #[derive(Debug, Clone, PartialEq, Eq, Default)]
    pub struct Changes: ScenarioError, "an attribute and its values, such as `{connectionState: [connecting]}`" {
        /// `connectionState`.
        optional connection_state as "connectionState": Vec<PeerConnectionState> = states(),
        /// `iceConnectionState`.
        optional ice_connection_state as "iceConnectionState": Vec<IceConnectionState> = states(),
        /// `iceGatheringState`.
        optional ice_gathering_state as "iceGatheringState": Vec<IceGatheringState> = states(),
        /// `signalingState`.
        optional signaling_state as "signalingState": Vec<SignalingState> = states(),
    }
    besides [OF_AN_ATTRIBUTE]
}

/// The most peers that a scenario may have. A session has an address for each of them.
pub const MOST_PEERS: usize = 16;

/// The events that a scenario may name.
pub const EVENTS: &[&str] = &[
    "connectionstatechange",
    "iceconnectionstatechange",
    "icegatheringstatechange",
    "signalingstatechange",
    "statechange",
    "gatheringstatechange",
    "selectedcandidatepairchange",
    "icecandidate",
    "icecandidateerror",
    "negotiationneeded",
    "datachannel",
    "track",
    "open",
    "message",
    "closing",
    "close",
    "error",
];

impl Scenario {
    /// Whether it says the same, wherever it was read from.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let file = other.file.clone();
        Self {
            file,
            ..self.clone()
        } == *other
    }

    /// The names of the peers, in order.
    pub fn peer_names(&self) -> impl Iterator<Item = &str> {
        self.peers.iter().map(|peer| peer.name.as_str())
    }
}
