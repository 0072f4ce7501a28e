//! The machine as a Stateright model.

use std::collections::BTreeSet;
use std::sync::Arc;

use stateright::{Expectation, Model, Property};

use super::connection::{Connection, MOST_TRANSPORTS};
use super::properties::{PROPERTIES, PropertyInfo};
use super::rulebook::Rulebook;
use super::steps::{Step, can_be_reached, changes, is_few, room, tasks};
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

impl Model for ConnectionModel {
    type State = Connection;
    type Action = Step;

    fn init_states(&self) -> Vec<Connection> {
        vec![Connection::new()]
    }

    fn actions(&self, state: &Connection, actions: &mut Vec<Step>) {
        let mut possible = Vec::new();
        changes(self, state, &mut possible);
        actions.extend(possible.iter().copied().map(Step::Change));
        if is_few(state) {
            let mut fired = Vec::new();
            for change in possible {
                let events = self.rulebook.events_to_close_in(state, change, &mut fired);
                actions.extend(events.map(|event| Step::ChangeAndClose { change, event }));
            }
        }
        tasks(&self.rulebook, state, actions);
    }

    fn next_state(&self, state: &Connection, step: Step) -> Option<Connection> {
        Some(self.rulebook.take(state, step, &mut Vec::new()))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let always = |property: &PropertyInfo| Property {
            expectation: Expectation::Always,
            name: property.id,
            condition: property.condition,
        };
        PROPERTIES.iter().map(always).collect()
    }

    fn format_action(&self, step: &Step) -> String {
        step.to_string()
    }

    fn format_step(&self, state: &Connection, step: Step) -> Option<String> {
        let mut fired = Vec::new();
        let after = self.rulebook.take(state, step, &mut fired);
        let events: Vec<_> = fired.iter().map(|fired| fired.event.as_str()).collect();
        Some(format!(
            "transports: {}\nqueue: {}\niceConnectionState: {}\nconnectionState: {}\nevents: {}",
            super::path_table::transports(&after),
            super::path_table::queue(&after),
            after.ice_connection_state,
            after.connection_state,
            events.join(", "),
        ))
    }
}
