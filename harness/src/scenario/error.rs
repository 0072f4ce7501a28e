//! Why a file is no scenario.

use peerstate_model::input::fields::{Problems, ShapeError};
use peerstate_model::input::names::Suggestion;
use peerstate_model::input::yaml::YamlError;
use peerstate_model::states::UnknownState;

use super::MOST_PEERS;
use super::duration::DurationError;
use crate::input::InputError;

/// The problems of a file, found so far.
pub(super) type Found = Problems<ScenarioError>;

/// One problem of a scenario file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScenarioError {
    /// The file could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It is no YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A name is no value of the enum.
    #[error(transparent)]
    State(#[from] UnknownState),
    /// A text is no duration.
    #[error(transparent)]
    Duration(#[from] DurationError),
    /// A name stands for nothing of its kind.
    #[error("there is no {kind} `{found}`{suggestion} (known: {})", known.join(", "))]
    Unknown {
        /// What kind of thing was asked for.
        kind: &'static str,
        /// The name.
        found: String,
        /// The nearest known one.
        suggestion: Suggestion,
        /// All known ones.
        known: Vec<String>,
    },
    /// There are no steps.
    #[error("a scenario needs at least one step")]
    NoSteps,
    /// There are no peers.
    #[error("a scenario needs at least one peer")]
    NoPeers,
    /// There are more peers than a session has addresses for.
    #[error("a scenario has at most {MOST_PEERS} peers; found {found}")]
    TooManyPeers {
        /// How many there are.
        found: usize,
    },
    /// A peer has the name of a step.
    #[error("a peer can not be called `{name}`: that is a kind of step")]
    ReservedPeer {
        /// The name.
        name: String,
    },
    /// A step is not one thing.
    #[error(
        "a step is one of `PEER: METHOD`, `negotiate`, `network`, `expect`, `wait`; found {found}"
    )]
    Step {
        /// What came.
        found: String,
    },
    /// A call names not exactly one method.
    #[error("name exactly one method here; found {found}")]
    OneMethod {
        /// What came.
        found: String,
    },
    /// `fails` is given beside a call and in it.
    #[error("`fails` is given beside the call and in it; give it once")]
    FailsTwice,
    /// `fails` stands beside something that is no call.
    #[error("`fails` may stand only beside a call of a method")]
    FailsWithoutCall,
    /// An expectation asks for nothing.
    #[error(
        "expect at least one of connectionState, iceConnectionState, iceGatheringState, \
         signalingState, or events"
    )]
    EmptyExpectation,
    /// An expectation mixes attributes and events.
    #[error("an expectation is of attributes (`within`) or of events (`during`), not of both")]
    MixedExpectation,
    /// Two peers that must differ are the same.
    #[error("`{name}` stands on both sides; name two different peers")]
    SamePeer {
        /// The peer.
        name: String,
    },
    /// A change of the network is in both directions and in one.
    #[error("give `between` (both directions), or `from` and `to` (one direction), not both")]
    BothDirections,
    /// A change of the network changes nothing.
    #[error("say what changes: `cut`, `loss`, `latency`")]
    NoChange,
}
