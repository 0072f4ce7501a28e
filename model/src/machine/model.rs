//! The machine of an edition: its rulebook, and the bounds of the exploration.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::connection::MOST_TRANSPORTS;
use super::rulebook::Rulebook;
use super::steps::{can_be_reached, room};
use crate::editions::Edition;
use crate::invariant::Invariant;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState,
};

/// The connections of an edition with at most a given number of transports.
#[derive(Debug, Clone)]
pub struct ConnectionModel {
    /// The edition's definitions and algorithms.
    pub rulebook: Rulebook,
    /// The largest number of transports at one time.
    pub most_transports: usize,
    /// Returns how many queued tasks may wait while this many transports change once more.
    pub room: fn(usize) -> usize,
    /// The pairs of values that this many transports give, if each is a single value.
    pub(super) pairs: Arc<BTreeSet<(PeerConnectionState, IceConnectionState)>>,
}

/// Why there is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too many transports.
    #[error("expected at most {MOST_TRANSPORTS} transports, found {0}")]
    TooMany(usize),
    /// The edition has no machine.
    #[error("the edition {edition} has no machine to explore: {why}")]
    NoMachine {
        /// The id of the edition.
        edition: String,
        /// What it lacks.
        why: NoMachine,
    },
}

/// Why an edition has no machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMachine {
    /// It does not define an enum.
    #[error("it does not define {0}")]
    NoDefinition(&'static str),
    /// It does not say how the values are updated.
    #[error("it has no algorithm that updates both values (`update_steps: both` under `dynamics`)")]
    NoAlgorithm,
}

impl NoMachine {
    /// Returns why an edition has no machine; `None` if it has one.
    #[must_use]
    pub fn of(edition: &Edition) -> Option<Self> {
        if Rulebook::of(edition).is_some() {
            None
        } else if edition.connection_state.is_none() {
            Some(Self::NoDefinition(PeerConnectionState::NAME))
        } else if edition.ice_connection_state.is_none() {
            Some(Self::NoDefinition(IceConnectionState::NAME))
        } else {
            Some(Self::NoAlgorithm)
        }
    }
}

impl ConnectionModel {
    /// Returns the model of an edition.
    ///
    /// # Errors
    ///
    /// If the edition has no machine, or there are too many transports.
    pub fn of(edition: &Edition, most_transports: usize) -> Result<Self, ModelError> {
        if most_transports > MOST_TRANSPORTS {
            return Err(ModelError::TooMany(most_transports));
        }
        let no_machine = || ModelError::NoMachine {
            edition: edition.id.clone(),
            why: NoMachine::of(edition).invariant("an edition without a rulebook lacks something"),
        };
        let rulebook = Rulebook::of(edition).ok_or_else(no_machine)?;
        Ok(Self::new(rulebook, most_transports))
    }

    /// Returns the model of a rulebook with at most `most_transports` transports.
    #[must_use]
    pub fn new(rulebook: Rulebook, most_transports: usize) -> Self {
        let mut pairs = BTreeSet::new();
        for ice in StateSet::<IceTransportState>::all() {
            for dtls in StateSet::<DtlsTransportState>::all() {
                let fewest = ice.len().max(dtls.len());
                if fewest <= most_transports && can_be_reached(ice, dtls) {
                    let value = rulebook.ice_of(ice);
                    for ice_value in value.iter() {
                        let values = rulebook.connection_of(ice, dtls, ice_value);
                        pairs.extend(values.iter().map(|connection| (connection, ice_value)));
                    }
                }
            }
        }
        Self {
            rulebook,
            most_transports,
            room,
            pairs: Arc::new(pairs),
        }
    }
}
