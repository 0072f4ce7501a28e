//! Traces: the observations of one run of a scenario, in their order.
//!
//! Everything in the project goes through traces: every implementation produces one, and the oracle
//! judges it and sees nothing else. The format is JSON Lines; its contract is
//! `docs/trace-format.md`.

mod observes;
mod read;
mod render;
mod warnings;
mod write;

use std::fmt;
use std::time::Duration;

pub use observes::{Attribute, Observes, Read, TransportsListed};
pub use read::{LONGEST_TRACE_BYTES, TraceError, read, schema};
pub use render::{Around, Detail, Lanes, fit, wrap};
pub use warnings::{JUDGED_EVENTS, Warning};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::read::{choice, peers, text};
use crate::input::keys::{keys, open_keys};
use crate::input::shape::version;
use crate::keys;
use crate::states::{
    DtlsTransportState, IceConnectionState, IceGathererState, IceGatheringState, IceTransportState,
    PeerConnectionState, SignalingState, StateEnum, UnknownState,
};
use crate::words;

/// A whole trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Who was watched, and how.
    pub header: Header,
    /// What was seen, in order.
    pub entries: Vec<Entry>,
}

keys! {
    /// The first line of a trace.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct Header: TraceError, "the header: an object" {
        /// The version of the format: 1.
        required trace: u32 = version(1, |found| TraceError::Version { found }).map(|()| 1),
        /// Who was watched.
        required implementation: Implementation = open_keys(),
        /// The id of the scenario; absent in a trace written by hand.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional scenario: String = text("an id"),
        /// Whose time `at` is.
        required clock: Clock = choice(),
        /// The names of the peers, in order; one or more.
        required peers: Vec<String> = peers(),
        /// What the recorder could see, so that silence does not count as a deviation.
        #[serde(skip_serializing_if = "Observes::is_unsaid")]
        defaulted observes: Observes = keys(),
    }
}

keys! {
    /// An implementation of `RTCPeerConnection`.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct Implementation: TraceError, "an object with `name` and `version`" {
        /// Its name, such as `webrtc-rs`.
        required name: String = text("text"),
        /// Its version, such as `0.21.1`.
        required version: String = text("text"),
    }
}

words! {
    /// Whose time `at` is.
    pub enum Clock {
        /// Simulated: exact, and the same in every run.
        Virtual = "virtual",
        /// A wall clock.
        Real = "real",
    }
}

/// A moment of a trace: time since its start, to the microsecond.
///
/// In JSON it is a number of milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct At {
    micros: u64,
}

impl At {
    /// The moment this long after the start.
    #[must_use]
    pub fn after(duration: Duration) -> Self {
        Self {
            micros: u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
        }
    }

    /// The moment this many milliseconds after the start; `None` if a duration can not be that long.
    #[must_use]
    pub fn of_millis(millis: f64) -> Option<Self> {
        let after = Duration::try_from_secs_f64(millis / 1000.0);
        after.ok().map(Self::after)
    }

    /// Milliseconds since the start.
    #[must_use]
    pub const fn millis(self) -> f64 {
        self.since_start().as_secs_f64() * 1000.0
    }

    /// How long after the start.
    #[must_use]
    pub const fn since_start(self) -> Duration {
        Duration::from_micros(self.micros)
    }
}

impl fmt::Display for At {
    /// Milliseconds, with as many decimals as there are, such as `11400` or `0.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (millis, rest) = (self.micros / 1000, self.micros % 1000);
        if rest == 0 {
            f.pad(&millis.to_string())
        } else {
            f.pad(format!("{millis}.{rest:03}").trim_end_matches('0'))
        }
    }
}

/// One entry of a trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The line of the file it was read from, from 1; in a trace just made, the line it will have.
    pub line: usize,
    /// When.
    pub at: At,
    /// At which peer.
    pub peer: String,
    /// What.
    pub what: What,
    /// What the attributes read at that moment, as far as they were read.
    pub state: State,
    /// The transports that the connection referenced at that moment: `None` where they cannot be
    /// observed, empty where there were none.
    pub transports: Option<Vec<TransportState>>,
    /// The event-loop task in which it ran, if known.
    pub task: Option<u64>,
    /// Whether what drives the peer had ended by itself when this was recorded, so that no state of
    /// it can change any more. Not the end that `close()` brings.
    pub ended: bool,
    /// Values that their enums do not have. The states that they mean are not observed.
    pub unknown: Vec<UnknownValue>,
    /// Keys that this project does not know, kept as they are.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl TransportState {
    /// The W3C string of its state of one kind, if that was read.
    #[must_use]
    pub fn state(&self, kind: TransportKind) -> Option<&'static str> {
        match kind {
            TransportKind::Ice => self.ice.map(IceTransportState::as_str),
            TransportKind::Dtls => self.dtls.map(DtlsTransportState::as_str),
        }
    }
}

impl Entry {
    /// Whether it is a successful return of `close()`.
    #[must_use]
    pub fn closes(&self) -> bool {
        matches!(
            &self.what,
            What::Action { name, result: Some(ActionResult::Ok), .. } if name == "close"
        )
    }

    /// An entry without state or transports. Its line is that of the trace it is put into.
    #[must_use]
    pub fn new(at: At, peer: &str, what: What) -> Self {
        Self {
            line: 0,
            at,
            peer: peer.to_owned(),
            what,
            state: State::default(),
            transports: None,
            task: None,
            ended: false,
            unknown: Vec::new(),
            extra: serde_json::Map::new(),
        }
    }
}

impl What {
    /// A whole call of a method.
    #[must_use]
    pub fn call(name: &str, result: ActionResult) -> Self {
        Self::Action {
            name: name.to_owned(),
            result: Some(result),
            phase: None,
            description: None,
        }
    }

    /// An event of the connection.
    #[must_use]
    pub fn event(name: &str) -> Self {
        Self::Event {
            name: name.to_owned(),
            transport: None,
            kind: None,
            value: None,
        }
    }
}

/// A value of a trace that its enum does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownValue {
    /// Where in the entry it is.
    pub place: ValuePlace,
    /// Why it is unknown, with the nearest value that there is.
    pub error: UnknownState,
    /// The value as it was read, whole.
    pub value: String,
}

/// Where in an entry a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValuePlace {
    /// An attribute of `state`.
    Attribute(Attribute),
    /// A key of an object of `transports`: its place in the list, and the key.
    Transport {
        /// Which of the transports, from 0.
        index: usize,
        /// `ice`, `dtls` or `gathering`.
        key: &'static str,
    },
    /// The `value` of an event.
    Value,
}

/// What an entry reports.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The application called into the peer.
    Action {
        /// The method, such as `setLocalDescription`.
        name: String,
        /// How it returned; `None` where that is not recorded, or in a `begin` entry.
        result: Option<ActionResult>,
        /// Which half of the call this is; `None` where the entry is the whole call.
        phase: Option<Phase>,
        /// The type of the description that it sets, where that is recorded.
        description: Option<DescriptionType>,
    },
    /// The peer dispatched an event.
    Event {
        /// The type of the event, such as `connectionstatechange`.
        name: String,
        /// The id of the transport it was dispatched on, for events on transports.
        transport: Option<String>,
        /// The kind of that transport.
        kind: Option<TransportKind>,
        /// The value that the event itself carried, which may differ from what the attributes read.
        value: Option<String>,
    },
    /// The harness read the attributes; the text says why: `poll`, `after-action`, `end`.
    Sample(String),
    /// Free text, never judged.
    Note(String),
}

/// How a call returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActionResult {
    /// It succeeded.
    Ok,
    /// It was refused, with the name of a `DOMException` or another error.
    Error(String),
}

words! {
    /// The type of a description (`RTCSdpType`).
    pub enum DescriptionType {
        /// An offer.
        Offer = "offer",
        /// A provisional answer.
        Pranswer = "pranswer",
        /// An answer.
        Answer = "answer",
        /// A rollback.
        Rollback = "rollback",
    }
}

words! {
    /// Which half of a call an entry is.
    pub enum Phase {
        /// The call was made.
        Begin = "begin",
        /// It returned, or its promise settled.
        End = "end",
    }
}

words! {
    /// The two kinds of transport.
    pub enum TransportKind {
        /// An `RTCIceTransport`.
        Ice = "ice",
        /// An `RTCDtlsTransport`.
        Dtls = "dtls",
    }
}

/// What the attributes of a connection read, as far as they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// `connectionState`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_state: Option<PeerConnectionState>,
    /// `iceConnectionState`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ice_connection_state: Option<IceConnectionState>,
    /// `iceGatheringState`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ice_gathering_state: Option<IceGatheringState>,
    /// `signalingState`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signaling_state: Option<SignalingState>,
}

impl State {
    /// What an attribute read, in the words of the W3C.
    #[must_use]
    pub fn get(&self, attribute: Attribute) -> Option<&'static str> {
        match attribute {
            Attribute::ConnectionState => self.connection_state.map(StateEnum::as_str),
            Attribute::IceConnectionState => self.ice_connection_state.map(StateEnum::as_str),
            Attribute::IceGatheringState => self.ice_gathering_state.map(StateEnum::as_str),
            Attribute::SignalingState => self.signaling_state.map(StateEnum::as_str),
        }
    }
}

/// What the states of one transport read, as far as they were read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct TransportState {
    /// Stable within the trace.
    pub id: String,
    /// The state of the ICE transport.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ice: Option<IceTransportState>,
    /// The state of the DTLS transport.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dtls: Option<DtlsTransportState>,
    /// The gathering state of the ICE transport.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gathering: Option<IceGathererState>,
}
