//! The machine of an edition: its rulebook, and the bounds within which it is explored.

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

/// The connections of an edition with up to so many transports.
#[derive(Debug, Clone)]
pub struct ConnectionModel {
    /// The edition's definitions and algorithms.
    pub rulebook: Rulebook,
    /// The most transports that there may be at once.
    pub most_transports: usize,
    /// How many queued tasks may wait while so many transports change once more.
    pub room: fn(usize) -> usize,
    /// The pairs of values that so many transports give, where each is one value.
    pub(super) pairs: Arc<BTreeSet<(PeerConnectionState, IceConnectionState)>>,
}

/// A model that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too many transports.
    #[error("at most {MOST_TRANSPORTS} transports can be explored, {0} were asked for")]
    TooMany(usize),
    /// The edition has no machine.
    #[error("the edition {edition} has no machine to explore: {why}")]
    NoMachine {
        /// Its id.
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
    /// Why an edition has no machine; `None` where it has one.
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
    /// The model of an edition.
    ///
    /// # Errors
    ///
    /// When the edition has no machine, or there are too many transports.
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

    /// The model of a rulebook with up to so many transports.
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
