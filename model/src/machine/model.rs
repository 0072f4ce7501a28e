//! The machine as a Stateright model.

use stateright::{Model, Property};

use super::connection::Connection;
use super::properties;
use super::rulebook::Rulebook;
use super::steps::{Change, Step, changes, tasks};

/// The connections of an edition with up to so many transports.
#[derive(Debug, Clone)]
pub struct ConnectionModel {
    /// The edition's definitions and algorithms.
    pub rulebook: Rulebook,
    /// The most transports that there may be at once.
    pub most_transports: usize,
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
