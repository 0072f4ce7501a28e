//! Combinations of transports and sets of values, as JSON.

use peerstate_model::state_set::StateSet;
use peerstate_model::states::StateEnum;
use peerstate_model::transports::Combination;
use schemars::JsonSchema;
use serde::Serialize;

/// A combination of transports.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Example {
    /// `[[IsClosed]]`.
    closed: bool,
    /// The ICE state and the DTLS state of each transport.
    transports: Vec<[&'static str; 2]>,
}

impl Example {
    /// Returns the report of a combination.
    #[must_use]
    pub fn of(combination: &Combination) -> Self {
        Self {
            closed: combination.closed,
            transports: transports(combination),
        }
    }
}

/// Returns the ICE state and the DTLS state of each transport.
#[must_use]
pub fn transports(combination: &Combination) -> Vec<[&'static str; 2]> {
    combination
        .transports
        .iter()
        .map(|transport| [transport.ice.as_str(), transport.dtls.as_str()])
        .collect()
}

/// Returns the names of values, in the order of their enum.
#[must_use]
pub fn names<S: StateEnum>(values: StateSet<S>) -> Vec<&'static str> {
    values.iter().map(StateEnum::as_str).collect()
}
