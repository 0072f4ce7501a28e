//! Explores the machine once with Stateright's checker: which properties fail, which values are
//! observed, and a shortest path to each.
//!
//! Stateright's breadth-first search finds the nearest state first, but keeps the last discovery of
//! a property. So each property here fails, or is observed, only once: the path that is kept is
//! then a shortest one, and a repeated fault does not split the state it leads to. One thread
//! explores, so paths, counts and depth are the same in every run. To check several editions,
//! explore them in parallel.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU16, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use stateright::{Checker, Expectation, Model, Property};

use super::change::Step;
use super::connection::{Connection, Faults};
use super::model::ConnectionModel;
use super::path_table;
use super::properties::{PROPERTIES, PropertyInfo};
use super::steps::{changes, is_few, tasks};
use crate::states::{IceConnectionState, PeerConnectionState, StateEnum};

/// The size of an exploration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explored {
    /// The number of states that the checker generated.
    pub states: usize,
    /// The number of distinct states.
    pub unique_states: usize,
    /// The number of states on the longest of the shortest paths.
    pub depth: usize,
}

/// The result of an exploration.
#[derive(Debug, Clone)]
pub struct Exploration {
    /// Its size.
    pub explored: Explored,
    /// The ids of the properties that fail, each with a shortest path to the failure.
    pub failing: BTreeMap<&'static str, Vec<Step>>,
    /// The ids of the witnesses that were found, each with a shortest path.
    pub seen: BTreeMap<&'static str, Vec<Step>>,
}

/// Receives, from time to time, the number of distinct states explored so far.
pub type Watch = Arc<dyn Fn(usize) + Send + Sync>;

/// Explores a machine.
#[must_use]
pub fn explore(model: &ConnectionModel) -> Exploration {
    explore_and_watch(model, Arc::new(|_| ()))
}

/// Like [`explore`]. Calls `watch` from time to time.
#[must_use]
pub fn explore_and_watch(model: &ConnectionModel, watch: Watch) -> Exploration {
    let checked = Checked {
        model: model.clone(),
        found: AtomicU64::new(0),
        witnessed: AtomicU64::new(0),
        met: AtomicU16::new(0),
        through: AtomicUsize::new(0),
        watch,
    };
    let done = checked.checker().threads(1).spawn_bfs().join();
    let explored = Explored {
        states: done.state_count(),
        unique_states: done.unique_state_count(),
        depth: done.max_depth(),
    };
    let discoveries = done.discoveries().into_iter();
    let paths = discoveries.map(|(id, path)| (id, path.into_actions()));
    let (seen, failing) = paths.partition(|(id, _): &(&str, _)| id.starts_with("seen/"));
    Exploration {
        explored,
        failing,
        seen,
    }
}

impl Model for ConnectionModel {
    type State = Connection;
    type Action = Step;

    fn init_states(&self) -> Vec<Connection> {
        vec![Connection::new()]
    }

    fn actions(&self, state: &Connection, actions: &mut Vec<Step>) {
        let (rulebook, most) = (&self.rulebook, self.most_transports);
        let first = actions.len();
        changes(rulebook, most, self.room, state, actions);
        if is_few(state) {
            for place in first..actions.len() {
                if let Step::Change(change) = actions[place] {
                    let events = rulebook.events_to_close_in(state, change);
                    actions.extend(events.map(|event| Step::ChangeAndClose { change, event }));
                }
            }
        }
        tasks(&self.rulebook, state, actions);
    }

    fn next_state(&self, state: &Connection, step: Step) -> Option<Connection> {
        Some(self.rulebook.next(state, step))
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
            path_table::transports(&after),
            path_table::queue(&after),
            after.ice_connection_state,
            after.connection_state,
            events.join(", "),
        ))
    }
}

/// Something that can be observed: a value, or a pair of values.
#[derive(Debug)]
pub struct Witness {
    /// Its stable id.
    pub id: String,
    /// The witness in words.
    pub sentence: String,
    connection_state: Option<PeerConnectionState>,
    ice_connection_state: Option<IceConnectionState>,
    condition: fn(&Checked, &Connection) -> bool,
}

/// Every witness: each value, then each pair of values.
pub static WITNESSES: LazyLock<Vec<Witness>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for value in PeerConnectionState::ALL {
        all.push(Witness {
            id: format!("seen/connectionState-{value}"),
            sentence: format!("connectionState can be {value}."),
            connection_state: Some(value),
            ice_connection_state: None,
            condition: SEEN[value.index()][ANY],
        });
    }
    for ice in IceConnectionState::ALL {
        all.push(Witness {
            id: format!("seen/iceConnectionState-{ice}"),
            sentence: format!("iceConnectionState can be {ice}."),
            connection_state: None,
            ice_connection_state: Some(ice),
            condition: SEEN[ANY_CONNECTION][ice.index()],
        });
    }
    for value in PeerConnectionState::ALL {
        for ice in IceConnectionState::ALL {
            all.push(Witness {
                id: format!("seen/{value}-with-{ice}"),
                sentence: format!("connectionState {value} and iceConnectionState {ice} together."),
                connection_state: Some(value),
                ice_connection_state: Some(ice),
                condition: SEEN[value.index()][ice.index()],
            });
        }
    }
    all
});

impl Witness {
    /// Returns its bit in the set of witnesses found.
    fn bit(&self) -> u64 {
        let connection = self
            .connection_state
            .map_or(ANY_CONNECTION, StateEnum::index);
        let ice = self.ice_connection_state.map_or(ANY, StateEnum::index);
        bit(connection, ice)
    }

    /// Returns whether the machine should show it: some combination of transports, within the
    /// bound, gives the value or the pair.
    #[must_use]
    pub fn is_expected_of(&self, model: &ConnectionModel) -> bool {
        let closed = (PeerConnectionState::Closed, IceConnectionState::Closed);
        let fits = |(connection, ice): (PeerConnectionState, IceConnectionState)| {
            self.connection_state
                .is_none_or(|value| value == connection)
                && self.ice_connection_state.is_none_or(|value| value == ice)
        };
        let is_pair = self.connection_state.is_some() && self.ice_connection_state.is_some();
        // Every value can be observed; closed at least on a closed connection.
        (!is_pair && fits(closed)) || model.pairs.iter().any(|pair| fits(*pair))
    }
}

/// The model that the checker explores.
struct Checked {
    model: ConnectionModel,
    /// The properties that failed and the witnesses found, one bit each.
    found: AtomicU64,
    witnessed: AtomicU64,
    /// The faults of the states explored so far.
    met: AtomicU16,
    /// The number of states explored so far.
    through: AtomicUsize,
    watch: Watch,
}

impl Model for Checked {
    type State = Connection;
    type Action = Step;

    fn init_states(&self) -> Vec<Connection> {
        self.model.init_states()
    }

    fn actions(&self, state: &Connection, actions: &mut Vec<Step>) {
        const NOW_AND_THEN: usize = 1024;
        let through = self.through.fetch_add(1, Ordering::Relaxed) + 1;
        if through.is_multiple_of(NOW_AND_THEN) {
            (self.watch)(through);
        }
        self.met.fetch_or(state.faults.0, Ordering::Relaxed);
        self.model.actions(state, actions);
    }

    /// A fault that was already found is not kept: the state without it is otherwise the same, the
    /// steps from it are the same, and the property that it breaks has already failed, at the end
    /// of a path that is no longer.
    fn next_state(&self, state: &Connection, step: Step) -> Option<Connection> {
        let mut after = self.model.next_state(state, step)?;
        let met = Faults(self.met.load(Ordering::Relaxed));
        after.faults = after.faults.without(met);
        Some(after)
    }

    /// The checker calls this again from time to time. It need not search for what has already been
    /// found.
    fn properties(&self) -> Vec<Property<Self>> {
        let found = self.found.load(Ordering::Relaxed);
        let witnessed = self.witnessed.load(Ordering::Relaxed);
        let all = PROPERTIES.iter().zip(ALWAYS).enumerate();
        let always = all
            .filter(|(place, _)| found & 1 << place == 0)
            .map(|(_, (property, condition))| Property::always(property.id, condition));
        let expected = WITNESSES
            .iter()
            .filter(|witness| witnessed & witness.bit() == 0)
            .filter(|witness| witness.is_expected_of(&self.model));
        let sometimes = expected.map(|witness| Property {
            expectation: Expectation::Sometimes,
            name: witness.id.as_str(),
            condition: witness.condition,
        });
        always.chain(sometimes).collect()
    }
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.model.fmt(f)
    }
}

type Condition = fn(&Checked, &Connection) -> bool;

/// Returns whether a property holds, or has already failed.
fn always<const PLACE: usize>(checked: &Checked, state: &Connection) -> bool {
    let bit = 1 << PLACE;
    let found = checked.found.load(Ordering::Relaxed) & bit != 0;
    let holds = found || PROPERTIES[PLACE].holds(&checked.model, state);
    if !holds {
        checked.found.fetch_or(bit, Ordering::Relaxed);
    }
    holds
}

/// The index in [`SEEN`] that means any value of the other enum.
const ANY: usize = 7;
const ANY_CONNECTION: usize = 6;

const fn bit(connection: usize, ice: usize) -> u64 {
    1 << (connection * 8 + ice)
}

/// Returns whether two values are observed together, or one with any other, for the first time. A
/// pair counts once no queued task would change it.
fn seen<const CONNECTION: usize, const ICE: usize>(checked: &Checked, state: &Connection) -> bool {
    let bit = bit(CONNECTION, ICE);
    let connection = state.connection_state.index() == CONNECTION || CONNECTION == ANY_CONNECTION;
    let ice = state.ice_connection_state.index() == ICE || ICE == ANY;
    let is_pair = CONNECTION != ANY_CONNECTION && ICE != ANY;
    let rests = state.is_settled() && !state.stale;
    let is_seen = connection && ice && (rests || !is_pair);
    is_seen && checked.witnessed.fetch_or(bit, Ordering::Relaxed) & bit == 0
}

macro_rules! conditions {
    ($($place:literal)*) => { [$(always::<$place>),*] };
}

/// A condition for each of [`PROPERTIES`].
const ALWAYS: [Condition; PROPERTIES.len()] =
    conditions!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21);

macro_rules! row {
    ($connection:literal) => {
        [
            seen::<$connection, 0>,
            seen::<$connection, 1>,
            seen::<$connection, 2>,
            seen::<$connection, 3>,
            seen::<$connection, 4>,
            seen::<$connection, 5>,
            seen::<$connection, 6>,
            seen::<$connection, 7>,
        ]
    };
}

/// A condition for each pair of values, and for each value with any other.
const SEEN: [[Condition; 8]; 7] = [
    row!(0),
    row!(1),
    row!(2),
    row!(3),
    row!(4),
    row!(5),
    row!(6),
];
