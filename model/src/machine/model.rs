//! The machine as a Stateright model.

use stateright::{Model, Property};

use super::connection::{Connection, MOST_TRANSPORTS};
use super::properties;
use super::rulebook::Rulebook;
use super::steps::{Change, Step, changes, tasks};
use crate::editions::Edition;
use crate::states::{IceConnectionState, PeerConnectionState};

/// The connections of an edition with up to so many transports.
#[derive(Debug, Clone)]
pub struct ConnectionModel {
    /// The edition's definitions and algorithms.
    pub rulebook: Rulebook,
    /// The most transports that there may be at once.
    pub most_transports: usize,
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
    #[error(
        "it has no algorithm that updates the values (`derivation_algorithm` under `dynamics`)"
    )]
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
            why: NoMachine::of(edition).unwrap_or(NoMachine::NoAlgorithm),
        };
        Ok(Self {
            rulebook: Rulebook::of(edition).ok_or_else(no_machine)?,
            most_transports,
        })
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
        changes(state, self.most_transports, &mut possible);
        actions.extend(possible.iter().copied().map(Step::Change));
        let mut fired = Vec::new();
        let mut several = |change: &Change| self.rulebook.fires_several(state, *change, &mut fired);
        let closing = possible.iter().filter(|change| several(change));
        actions.extend(closing.copied().map(Step::ChangeAndClose));
        tasks(state, actions);
    }

    fn next_state(&self, state: &Connection, step: Step) -> Option<Connection> {
        Some(self.rulebook.take(state, step, &mut Vec::new()))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::properties()
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
