//! What the recorder of a trace could see.
//!
//! A trace that does not show something does not show that it did not happen. `observes` in the
//! header says what was watched, and how; the rules judge nothing beyond it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TraceError;
use super::read::{choice, text};
use crate::input::keys::keys;
use crate::input::shape::{Shape, either, flag, list};
use crate::input::words::Word;
use crate::input::yaml::Value;
use crate::keys;
use crate::states::{IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState};
use crate::words;

keys! {
    /// What the recorder could see. A key that is `None` or missing has a default.
    #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
    pub struct Observes: TraceError, "an object that says what was observed" {
        /// The events that were subscribed to, by name. By default every judged event that occurs
        /// in the trace.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional events: BTreeSet<String> =
            list("a list of the names of events", text("the name of an event")).set(),
        /// How each attribute of `state` was read. By default `live`.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        defaulted attributes: BTreeMap<Attribute, Read> = ways(),
        /// Whether every call of the application is in the trace. By default whether there is any.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional actions: bool = flag(),
        /// Whether `task` numbers are those of tasks of the event loop, and not of recording
        /// bursts. By default whether there is any.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional tasks: bool = flag(),
        /// Whether entries are in the order in which the application saw them. By default they are.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional order: bool = flag(),
        /// Which transports are listed. By default all of them, where any list is.
        #[serde(skip_serializing_if = "Option::is_none")]
        optional transports: TransportsListed = choice(),
    }
}

keys! {
    /// How each attribute was read.
    struct Ways: TraceError, "a way for all attributes, or a way for each" {
        /// How `connectionState` was read.
        optional connection as "connectionState": Read = choice(),
        /// How `iceConnectionState` was read.
        optional ice_connection as "iceConnectionState": Read = choice(),
        /// How `iceGatheringState` was read.
        optional ice_gathering as "iceGatheringState": Read = choice(),
        /// How `signalingState` was read.
        optional signaling as "signalingState": Read = choice(),
    }
}

/// One way for every attribute, or a way for each.
fn ways() -> Shape<TraceError, BTreeMap<Attribute, Read>> {
    let each = keys().map(|ways: Ways| {
        let ways = [
            (Attribute::ConnectionState, ways.connection),
            (Attribute::IceConnectionState, ways.ice_connection),
            (Attribute::IceGatheringState, ways.ice_gathering),
            (Attribute::SignalingState, ways.signaling),
        ];
        let given = ways.into_iter();
        given
            .filter_map(|(attribute, way)| Some((attribute, way?)))
            .collect()
    });
    let all = choice().map(|way: Read| Attribute::ALL.map(|attribute| (attribute, way)).into());
    either(|value| matches!(value, Value::Mapping(_)), each, all)
}

/// An attribute of a connection, as `state` names it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Attribute {
    /// `connectionState`.
    ConnectionState,
    /// `iceConnectionState`.
    IceConnectionState,
    /// `iceGatheringState`.
    IceGatheringState,
    /// `signalingState`.
    SignalingState,
}

words! {
    /// How an attribute was read.
    pub enum Read {
        /// By its getter, at that moment.
        Live = "live",
        /// It is the value that the event carried.
        Argument = "argument",
        /// It is the value that was notified last.
        Cached = "cached",
    }
}

words! {
    /// Which transports of a connection a trace lists.
    pub enum TransportsListed {
        /// Every one that the connection references, each time.
        All = "all",
        /// Some of them.
        Some = "some",
        /// None.
        None = "none",
    }
}

impl Observes {
    /// Whether no key is given.
    #[must_use]
    pub fn is_unsaid(&self) -> bool {
        *self == Self::default()
    }

    /// How an attribute was read.
    #[must_use]
    pub fn read(&self, attribute: Attribute) -> Read {
        self.attributes
            .get(&attribute)
            .copied()
            .unwrap_or(Read::Live)
    }
}

impl Attribute {
    /// Every attribute, in the order of the format.
    pub const ALL: [Self; 4] = [
        Self::ConnectionState,
        Self::IceConnectionState,
        Self::IceGatheringState,
        Self::SignalingState,
    ];

    /// Its W3C name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionState => "connectionState",
            Self::IceConnectionState => "iceConnectionState",
            Self::IceGatheringState => "iceGatheringState",
            Self::SignalingState => "signalingState",
        }
    }

    /// The event that reports its changes.
    #[must_use]
    pub const fn event(self) -> &'static str {
        match self {
            Self::ConnectionState => "connectionstatechange",
            Self::IceConnectionState => "iceconnectionstatechange",
            Self::IceGatheringState => "icegatheringstatechange",
            Self::SignalingState => "signalingstatechange",
        }
    }

    /// The values of its enum.
    #[must_use]
    pub fn values(self) -> Vec<&'static str> {
        match self {
            Self::ConnectionState => PeerConnectionState::words(),
            Self::IceConnectionState => IceConnectionState::words(),
            Self::IceGatheringState => IceGatheringState::words(),
            Self::SignalingState => SignalingState::words(),
        }
    }

    /// The attribute whose changes an event reports.
    #[must_use]
    pub fn of_event(event: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|attribute| attribute.event() == event)
    }
}
