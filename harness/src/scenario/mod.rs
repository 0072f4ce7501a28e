//! Scenarios: what the peers of a connection do, and what they must then report.
//!
//! `docs/scenario-format.md` describes the format. A [`Scenario`] has been checked completely: its
//! steps only name peers, methods, states and descriptions that exist.

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
    /// The file that it was read from; `None` for a compiled-in scenario.
    pub file: Option<String>,
    /// One line that states the behaviour.
    pub title: String,
    /// An explanation.
    pub about: Option<String>,
    /// Links to the sentences of the specification that it asserts.
    pub spec: Vec<String>,
    /// Free tags.
    pub tags: Vec<String>,
    /// Behaviours of other test suites that it asserts.
    pub covers: Vec<String>,
    /// What it requires of an implementation: what it states, and what its steps imply.
    pub requires: BTreeSet<Capability>,
    /// The seed of the simulated network.
    pub seed: u64,
    /// The longest time it may run.
    pub limit: Duration,
    /// The peers, in order.
    pub peers: Vec<PeerSetup>,
    /// The steps, in order; at least one.
    pub steps: Vec<Step>,
}

/// A step, and its place in the file.
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
        /// The peer.
        peer: PeerIndex,
        /// The method, with its arguments.
        call: WrittenCall,
        /// The name under which the created description is kept.
        kept_as: Option<String>,
        /// The error with which it must be refused; `None` if it must succeed.
        fails: Option<String>,
    },
    /// A complete offer/answer exchange.
    Negotiate(Negotiation),
    /// Changes the network.
    Network {
        /// Where the network changes.
        link: Link,
        /// How it changes.
        change: LinkChange,
    },
    /// Waits until attributes hold.
    Expect(Expectation),
    /// Lets time pass and checks the events.
    ExpectEvents(EventExpectation),
    /// Lets time pass.
    Wait(Duration),
}

/// A call as a scenario writes it: it says where descriptions and candidates come from.
pub type WrittenCall = Call<DescriptionSource, DescriptionSource, CandidateSource>;

/// The description that a method is given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescriptionSource {
    /// Where it comes from.
    pub from: DescriptionFrom,
    /// The type as which it is passed; `None` for the type as which it was created.
    pub kind: Option<DescriptionType>,
    /// How it is changed in flight.
    pub alteration: Alteration,
}

/// Where a description comes from.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum DescriptionFrom {
    /// Not stated: locally, the description that the peer created last; remotely, the one that
    /// another peer created last.
    #[default]
    Unsaid,
    /// The implementation creates it: locally, if the peer has created no description since the
    /// last one was set.
    Implementation,
    /// The description that is kept under a name.
    Name(String),
    /// The description that a peer created last.
    Peer(PeerIndex),
}

/// The candidates to add.
#[derive(Debug, Clone, PartialEq)]
pub enum CandidateSource {
    /// The candidates that a peer has gathered.
    From {
        /// The peer.
        peer: PeerIndex,
        /// Whether to hand over again those that were handed over before.
        again: bool,
    },
    /// A candidate written out.
    Literal(Candidate),
    /// The end of candidates.
    End,
}

/// A complete offer/answer exchange.
#[derive(Debug, Clone, PartialEq)]
pub struct Negotiation {
    /// The peer that offers.
    pub offerer: PeerIndex,
    /// The peer that answers.
    pub answerer: PeerIndex,
    /// Whether candidates are handed over as they are gathered, instead of inside the descriptions.
    pub trickle: bool,
    /// Whether the offer restarts ICE.
    pub ice_restart: bool,
    /// How the offer is changed in flight.
    pub offer: Alteration,
    /// How the answer is changed in flight.
    pub answer: Alteration,
}

keys! {
    /// How a description is changed in flight.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Alteration: ScenarioError, "an alteration" {
        /// How the certificate's fingerprint is changed.
        optional fingerprint: FingerprintChange = word("alteration"),
        /// Whether the BUNDLE group is removed.
        defaulted no_bundle as "bundle": bool = none(),
        /// Whether the candidates are removed, and not handed over later either.
        defaulted no_candidates as "candidates": bool = none(),
        /// The DTLS role to insert.
        optional setup: SetupRole = word("value of a=setup"),
        /// The media section to reject, counted from 0: its port becomes zero, and it leaves the
        /// BUNDLE group.
        optional reject: u8 = whole(0..=255, "the place of a media section, from 0"),
    }
}

/// Reads the word `none`.
fn none() -> Shape<ScenarioError, bool> {
    one_of("alteration", "one of none", &["none"], |word| word).map(|_| true)
}

words! {
    /// How a fingerprint is changed (RFC 8122, section 5).
    pub enum FingerprintChange {
        /// It becomes the fingerprint of another certificate.
        Wrong = "wrong",
        /// The fingerprint of another certificate is inserted before it.
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

/// Attributes that must hold, all at the same time, at each of the peers separately.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The peers.
    pub peers: Vec<PeerIndex>,
    /// What must hold.
    pub attributes: Attributes,
    /// By when; it counts if they already hold.
    pub within: Duration,
}

/// The allowed values, for each expected attribute.
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
    /// The peers, each of which is checked separately.
    pub peers: Vec<PeerIndex>,
    /// The events that must be dispatched in this order; others may come between.
    pub events: Vec<String>,
    /// The events that must each be dispatched exactly once.
    pub once: Vec<String>,
    /// The events that must not be dispatched.
    pub never: Vec<String>,
    /// The values that events must report, and no others.
    pub changes: Changes,
    /// How long the events are observed.
    pub during: Duration,
}

keys! {
    /// For each expected attribute, the values that its events must report, in this order and no
    /// others.
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

/// The largest number of peers in a scenario. A session has an address for each of them.
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
    /// Returns whether two scenarios are the same, wherever they were read from.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let file = other.file.clone();
        Self {
            file,
            ..self.clone()
        } == *other
    }

    /// Returns the names of the peers, in order.
    pub fn peer_names(&self) -> impl Iterator<Item = &str> {
        self.peers.iter().map(|peer| peer.name.as_str())
    }
}
