//! Combinations of transports and sets of values, for machines.

use peerstate_model::state_set::StateSet;
use peerstate_model::states::StateEnum;
use peerstate_model::transports::Combination;
use schemars::JsonSchema;
use serde::Serialize;

/// A combination.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Example {
    /// `[[IsClosed]]`.
    closed: bool,
    /// Each transport as its ICE state and its DTLS state.
    transports: Vec<[&'static str; 2]>,
}

impl Example {
    /// The report of a combination.
    #[must_use]
    pub fn of(combination: &Combination) -> Self {
        Self {
            closed: combination.closed,
            transports: transports(combination),
        }
    }
}

/// Each transport as its ICE state and its DTLS state.
#[must_use]
pub fn transports(combination: &Combination) -> Vec<[&'static str; 2]> {
    combination
        .transports
        .iter()
        .map(|transport| [transport.ice.as_str(), transport.dtls.as_str()])
        .collect()
}

/// The names of values, in the order of their enum.
#[must_use]
pub fn names<S: StateEnum>(values: StateSet<S>) -> Vec<&'static str> {
    values.iter().map(StateEnum::as_str).collect()
}
