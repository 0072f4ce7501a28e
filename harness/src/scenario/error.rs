//! Errors in the file of a scenario.

use peerstate_model::input::fields::{Problems, ShapeError};
use peerstate_model::input::names::Suggestion;
use peerstate_model::input::yaml::YamlError;
use peerstate_model::states::UnknownState;

use super::MOST_PEERS;
use super::duration::DurationError;
use crate::input::InputError;

/// The problems of a file that have been found so far.
pub(super) type Found = Problems<ScenarioError>;

/// A problem of a scenario file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScenarioError {
    /// The file could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It is not valid YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong form.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A name is not a value of the enum.
    #[error(transparent)]
    State(#[from] UnknownState),
    /// A text is not a duration.
    #[error(transparent)]
    Duration(#[from] DurationError),
    /// A name is unknown.
    #[error("there is no {kind} `{found}`{suggestion} (known: {})", known.join(", "))]
    Unknown {
        /// The kind of thing that the name should mean.
        kind: &'static str,
        /// The name that was found.
        found: String,
        /// The nearest known name.
        suggestion: Suggestion,
        /// All known names.
        known: Vec<String>,
    },
    /// There are no steps.
    #[error("a scenario needs at least one step")]
    NoSteps,
    /// There are no peers.
    #[error("a scenario needs at least one peer")]
    NoPeers,
    /// There are more peers than a session has addresses.
    #[error("a scenario has at most {MOST_PEERS} peers; found {found}")]
    TooManyPeers {
        /// The number of peers.
        found: usize,
    },
    /// A peer has the name of a step.
    #[error("a peer can not be called `{name}`: that is a kind of step")]
    ReservedPeer {
        /// The name.
        name: String,
    },
    /// A step does not have exactly one form.
    #[error(
        "a step is one of `PEER: METHOD`, `negotiate`, `network`, `expect`, `wait`; found {found}"
    )]
    Step {
        /// What was found.
        found: String,
    },
    /// A call does not name exactly one method.
    #[error("name exactly one method here; found {found}")]
    OneMethod {
        /// What was found.
        found: String,
    },
    /// `fails` is written both beside a call and inside it.
    #[error("`fails` is written both beside the call and inside it; write it once")]
    FailsTwice,
    /// `fails` is written beside something that is not a call.
    #[error("`fails` is only allowed beside a call of a method")]
    FailsWithoutCall,
    /// An expectation expects nothing.
    #[error(
        "expect at least one of connectionState, iceConnectionState, iceGatheringState, \
         signalingState, or events"
    )]
    EmptyExpectation,
    /// An expectation mixes attributes and events.
    #[error("an expectation has attributes (`within`) or events (`during`), not both")]
    MixedExpectation,
    /// Two peers that must differ are the same.
    #[error("`{name}` is on both sides; name two different peers")]
    SamePeer {
        /// The peer.
        name: String,
    },
    /// A change of the network has both `between` and `from` or `to`.
    #[error("give `between` (both directions), or `from` and `to` (one direction), not both")]
    BothDirections,
    /// A change of the network changes nothing.
    #[error("say what changes: `cut`, `loss`, `latency`")]
    NoChange,
}
