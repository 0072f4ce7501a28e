//! What the recorder of a trace could see.
//!
//! A trace that does not show something does not show that it did not happen. `observes` in the
//! header says what was watched, and how; the rules judge nothing beyond it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words;

/// What the recorder could see. What is `None` or missing was not said, and has a default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Observes {
    /// The events that were subscribed to, by name. By default every judged event that occurs in
    /// the trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<BTreeSet<String>>,
    /// How each attribute of `state` was read. By default `live`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<Attribute, Read>,
    /// Whether every call of the application is in the trace. By default whether there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<bool>,
    /// Whether `task` numbers are those of tasks of the event loop, and not of recording bursts. By
    /// default whether there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<bool>,
    /// Whether entries are in the order in which the application saw them. By default they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<bool>,
    /// Which transports are listed. By default all of them, where any list is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transports: Option<TransportsListed>,
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
    /// Whether nothing is said.
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

    /// The attribute whose changes an event reports.
    #[must_use]
    pub fn of_event(event: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|attribute| attribute.event() == event)
    }
}
