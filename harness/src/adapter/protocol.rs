//! The messages between the harness and an adapter: JSON Lines, version 1 (`docs/adapters.md`).
//!
//! The harness writes one [`Request`] a line to the standard input of the adapter. The adapter
//! writes one message a line to its standard output: an [`Answer`] to each request, and between
//! them, whenever they happen, the entries of the trace and the candidates that it gathered.

use std::collections::{BTreeMap, BTreeSet};

use peerstate_model::input::names::{self, Suggestion};
use peerstate_model::trace::{Clock, Implementation as Identity};
use peerstate_model::words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::implementation::{Candidate, Capability, Method};

/// The version of the protocol.
pub const VERSION: u32 = 1;

/// The longest line that an adapter may write, in bytes.
pub const LONGEST_LINE_BYTES: usize = 1 << 20;

/// A line that the harness writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The number that the answer repeats. Numbers rise.
    pub id: u64,
    /// What is requested.
    #[serde(flatten)]
    pub body: RequestBody,
}

/// What the harness requests of an adapter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "request", rename_all = "camelCase")]
pub enum RequestBody {
    /// The first request, once. The result is a [`Hello`].
    Hello {
        /// The version of the protocol that the harness speaks.
        protocol: u32,
        /// The harness.
        harness: Identity,
    },
    /// Constructs the `RTCPeerConnection`s of a scenario. Where a constructor throws, the answer is
    /// the `error` with its `peer`.
    Create {
        /// The peers.
        peers: Vec<Peer>,
        /// A seed, for an adapter whose network or clock is simulated.
        seed: u64,
    },
    /// Calls a method of a peer, and answers once it has returned or its promise has settled.
    Call {
        /// The peer.
        peer: String,
        /// The method.
        method: Method,
        /// The arguments, as they are given to the method. `addTrack` and `removeTrack` are given a
        /// kind of media in place of a track or a sender: a new track of that kind, and the first
        /// sender with such a track.
        arguments: Vec<Value>,
    },
    /// Reads the attributes and transports of a peer, now. The result is a [`Reading`].
    Read {
        /// The peer.
        peer: String,
    },
    /// Of an adapter with a virtual clock alone: lets time pass until something happens, but no
    /// further than a moment. The answer has `at`.
    Advance {
        /// The moment, in milliseconds since the last `reset`, or since the adapter began.
        to: f64,
    },
    /// Of an adapter with a virtual clock and the capability `network` alone: changes the network
    /// between peers. What is left out stays as it is.
    Network {
        /// The ways that change, each from one peer to another.
        ways: Vec<(String, String)>,
        /// Whether every packet is dropped.
        #[serde(skip_serializing_if = "Option::is_none")]
        cut: Option<bool>,
        /// The part of packets that is dropped at random, from 0 to 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        loss: Option<f64>,
        /// How long a packet travels, in milliseconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        latency: Option<f64>,
    },
    /// Closes and forgets every peer. What happens to them from now on is not reported. Time
    /// begins at 0.
    Reset,
}

impl RequestBody {
    /// What is requested, as messages name it: the method of a call, or the word of the request.
    #[must_use]
    pub const fn during(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "hello",
            Self::Create { .. } => "create",
            Self::Call { method, .. } => method.as_str(),
            Self::Read { .. } => "read",
            Self::Advance { .. } => "advance",
            Self::Network { .. } => "network",
            Self::Reset => "reset",
        }
    }
}

/// A peer that is to be constructed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its name, which later requests and every entry give.
    pub name: String,
    /// Its `RTCConfiguration`.
    pub configuration: Map<String, Value>,
}

/// The answer to a request: exactly one of `result`, `error` and `unsupported`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The number of the request.
    pub id: u64,
    /// What the request resulted in; null where it has no result.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub result: Option<Value>,
    /// The exception of a method or constructor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Exception>,
    /// Why the adapter can not do this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<String>,
    /// With the answer to a call: the attributes of the peer, read right after the method returned
    /// or its promise settled. Where it is left out, the harness sends a `read`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Map<String, Value>>,
    /// The transports of the peer, read at the same moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transports: Option<Vec<Value>>,
    /// With a virtual clock: the moment it is now, in milliseconds; required of the answer to
    /// `advance`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<f64>,
}

/// An exception, or the reason of a rejected promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The name, such as `InvalidStateError`.
    pub name: String,
    /// What the implementation said.
    #[serde(default)]
    pub message: String,
    /// With the answer to `create`: the peer whose constructor threw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
}

/// The result of `hello`: what the adapter is, what it shows, and what it lacks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The version of the protocol that the adapter speaks: 1.
    pub protocol: u32,
    /// The implementation under test, and its version.
    pub implementation: Identity,
    /// `real`, or `virtual` for an adapter that answers `advance`.
    pub clock: Clock,
    /// What the entries can show, as in the header of a trace.
    #[serde(default)]
    pub observes: Map<String, Value>,
    /// What a scenario may require of the implementation.
    #[serde(default)]
    pub capabilities: BTreeSet<Capability>,
    /// Why it lacks something: a capability that is not listed, a method, or a member of
    /// `RTCConfiguration`. A method or member that is not named here is there.
    #[serde(default)]
    pub lacks: BTreeMap<Lack, String>,
}

/// The result of `read`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The attributes that can be read.
    #[serde(default)]
    pub state: Map<String, Value>,
    /// The transports, where they can be read.
    #[serde(default)]
    pub transports: Option<Vec<Value>>,
}

/// What an adapter may lack, by name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Lack {
    /// A capability.
    Capability(Capability),
    /// A method.
    Method(Method),
    /// A member of `RTCConfiguration`.
    Member(Member),
}

words! {
    /// A member of `RTCConfiguration` that a scenario may give.
    pub enum Member {
        /// `bundlePolicy`.
        BundlePolicy = "bundlePolicy",
        /// `iceCandidatePoolSize`.
        IceCandidatePoolSize = "iceCandidatePoolSize",
        /// `iceTransportPolicy`.
        IceTransportPolicy = "iceTransportPolicy",
        /// `rtcpMuxPolicy`.
        RtcpMuxPolicy = "rtcpMuxPolicy",
    }
}

impl Lack {
    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Capability(capability) => capability.as_str(),
            Self::Method(method) => method.as_str(),
            Self::Member(member) => member.as_str(),
        }
    }

    /// Everything that an adapter may lack. What is a capability and a method is a capability.
    fn all() -> impl Iterator<Item = Self> {
        let capabilities = Capability::ALL.iter().copied().map(Self::Capability);
        let methods = Method::ALL.iter().copied().map(Self::Method);
        let members = Member::ALL.iter().copied().map(Self::Member);
        capabilities.chain(methods).chain(members)
    }
}

impl From<Lack> for String {
    fn from(lack: Lack) -> Self {
        lack.as_str().to_owned()
    }
}

impl TryFrom<String> for Lack {
    type Error = UnknownLack;

    fn try_from(text: String) -> Result<Self, UnknownLack> {
        let mut all = Self::all();
        all.find(|lack| lack.as_str() == text)
            .ok_or_else(|| UnknownLack {
                suggestion: names::nearest(&text, Self::all().map(Self::as_str)),
                found: names::shorten(&text),
            })
    }
}

/// A name of nothing that an adapter may lack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a capability, a method or a member of RTCConfiguration{suggestion}")]
pub struct UnknownLack {
    found: String,
    suggestion: Suggestion,
}

/// A line that an adapter writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// The answer to a request.
    Answer(Answer),
    /// An entry of the trace, without what the harness adds.
    Entry(Map<String, Value>),
    /// A candidate was gathered; none is the end of candidates.
    Candidate {
        /// The peer that gathered it.
        peer: String,
        /// The candidate.
        candidate: Option<Candidate>,
    },
    /// The adapter is about to call the method of the request with this number.
    Began(u64),
    /// Free text, which becomes a note in the trace.
    Log(String),
}

impl JsonSchema for Message {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Message".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let answer = generator.subschema_for::<Answer>();
        let gathered = generator.subschema_for::<Gathered>();
        let one = |key: &str, about: &str, value: Value| {
            json!({
                "type": "object",
                "description": about,
                "properties": { key: value },
                "required": [key],
                "additionalProperties": false,
            })
        };
        let began = "The adapter is about to call the method of the request with this number.";
        let entry = "An entry of the trace, as docs/trace-format.md has it, without `at` where the \
                     clock is real: the harness notes when it came.";
        schemars::json_schema!({
            "description": "A line that an adapter writes.",
            "anyOf": [
                answer,
                one("entry", entry, json!({ "type": "object" })),
                one("candidate", "A candidate was gathered.", gathered.into()),
                one("began", began, generator.subschema_for::<u64>().into()),
                one("log", "Free text, which becomes a note in the trace.", json!({ "type": "string" })),
            ],
        })
    }
}

impl Message {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// When it is not one of the messages of the protocol.
    pub fn parse(line: &str) -> Result<Self, NotAMessage> {
        let value: Value =
            serde_json::from_str(line).map_err(|error| NotAMessage::Json(error.to_string()))?;
        let Value::Object(mut object) = value else {
            return Err(NotAMessage::Kind);
        };
        if object.contains_key("id") {
            return Ok(Self::Answer(of_shape("an answer", Value::Object(object))?));
        }
        let mut keys = object.keys();
        let (Some(key), None) = (keys.next().cloned(), keys.next()) else {
            return Err(NotAMessage::Kind);
        };
        let value = object.remove(&key).unwrap_or_default();
        match (key.as_str(), value) {
            ("entry", Value::Object(entry)) => Ok(Self::Entry(entry)),
            ("log", Value::String(text)) => Ok(Self::Log(text)),
            ("began", value) => Ok(Self::Began(of_shape("a beginning", value)?)),
            ("candidate", value) => {
                let Gathered { peer, candidate } = of_shape("a candidate", value)?;
                Ok(Self::Candidate { peer, candidate })
            }
            _ => Err(NotAMessage::Kind),
        }
    }
}

/// Why a line is not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAMessage {
    /// It is not JSON.
    #[error("a line that is not JSON ({0})")]
    Json(String),
    /// It is none of the messages.
    #[error(
        "a line that is not a message: expected an object with `id`, or with `entry`, `candidate`, \
         `began` or `log` alone"
    )]
    Kind,
    /// A message has a wrong shape.
    #[error("{what} of a wrong shape ({error})")]
    Shape {
        /// Which message.
        what: &'static str,
        /// What is wrong.
        error: String,
    },
}

/// Reads a part of a message.
///
/// # Errors
///
/// When it has another shape.
pub fn of_shape<T: serde::de::DeserializeOwned>(
    what: &'static str,
    value: Value,
) -> Result<T, NotAMessage> {
    serde_json::from_value(value).map_err(|error| NotAMessage::Shape {
        what,
        error: error.to_string(),
    })
}

/// The members of what is JSON's form of an object.
pub(super) fn members(value: impl Serialize) -> Map<String, Value> {
    match json!(value) {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// A candidate and the peer that gathered it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Gathered {
    /// The peer.
    peer: String,
    /// The candidate; null at the end of candidates.
    candidate: Option<Candidate>,
}

/// A value that is there, be it null.
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}
