//! Traces: what one run of a scenario showed, in the order in which it happened.
//!
//! A trace is the one currency of the project: every implementation produces it, the oracle
//! judges it and sees nothing else. The format is JSON Lines; its contract is `docs/trace-format.md`.

mod read;
mod render;
mod write;

use std::fmt;
use std::time::Duration;

pub use read::{LONGEST_TRACE_BYTES, TraceError, read};
pub use render::{Around, Detail, Lanes, fit};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::states::{
    DtlsTransportState, IceConnectionState, IceGathererState, IceGatheringState, IceTransportState,
    PeerConnectionState, SignalingState,
};

/// A whole trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Who was watched, and how.
    pub header: Header,
    /// What was seen, in order.
    pub entries: Vec<Entry>,
}

/// The first line of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// The version of the format: 1.
    pub trace: u32,
    /// Who was watched.
    pub implementation: Implementation,
    /// The id of the scenario; absent in a trace written by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Whose time `at` is.
    pub clock: Clock,
    /// The names of the peers, in order; one or more.
    pub peers: Vec<String>,
}

/// An implementation of `RTCPeerConnection`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Implementation {
    /// Its name, such as `webrtc-rs`.
    pub name: String,
    /// Its version, such as `0.21.1`.
    pub version: String,
}

/// Whose time the entries tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// Simulated: exact, and the same in every run.
    Virtual,
    /// A wall clock.
    Real,
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
    /// Keys that this project does not know, kept as they are.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// What an entry tells of.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The application called into the peer.
    Action {
        /// The method, such as `setLocalDescription`.
        name: String,
        /// How it returned; `None` where that is not told, or in a `begin` entry.
        result: Option<ActionResult>,
        /// Which half of the call this is; `None` where the entry tells the whole.
        phase: Option<Phase>,
    },
    /// The peer dispatched an event.
    Event {
        /// The type of the event, such as `connectionstatechange`.
        name: String,
        /// The id of the transport it was dispatched on, for events on transports.
        transport: Option<String>,
        /// The kind of that transport.
        kind: Option<TransportKind>,
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

/// Which half of a call an entry tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The call was made.
    Begin,
    /// It returned, or its promise settled.
    End,
}

/// The two kinds of transport.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// An `RTCIceTransport`.
    Ice,
    /// An `RTCDtlsTransport`.
    Dtls,
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

/// What the states of one transport read, as far as they were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
