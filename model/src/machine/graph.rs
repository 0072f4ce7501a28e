//! The whole graph of the machine, for what a property of one state can not say: that a value can
//! be seen at all, and that something can be reached from everywhere.
//!
//! Stateright's `eventually` misses counterexamples where paths join or go round, and this graph
//! does both. Reachability from every state does not: a state from which the goal can be reached
//! is found by walking back from the goal.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use stateright::Model;

use super::connection::Connection;
use super::model::ConnectionModel;
use super::steps::Step;

type Places = HashMap<Connection, u32, BuildHasherDefault<Mixer>>;

/// A hasher for the two numbers that a [`Connection`] hashes to: they differ in few bits, which a
/// multiplication spreads. Nobody chooses the states, so nothing need be kept secret.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Every state that can be reached, in the order of a breadth-first search, and every step.
pub struct Graph {
    states: Vec<Connection>,
    /// From where, by which step, each state was first reached.
    parents: Vec<Option<(u32, Step)>>,
    /// The steps of each state: those of `states[n]` are from `starts[n]` to `starts[n + 1]`.
    starts: Vec<u32>,
    targets: Vec<u32>,
    /// Which of the steps belong to a network that works.
    working: Vec<bool>,
}

impl Graph {
    /// Explores the machine.
    #[must_use]
    pub fn explore(model: &ConnectionModel) -> Self {
        Self::explore_and_watch(model, &mut |_| ())
    }

    /// As [`explore`](Self::explore), and now and then calls `watch` with how many states there are
    /// so far.
    pub fn explore_and_watch(model: &ConnectionModel, watch: &mut dyn FnMut(usize)) -> Self {
        const NOW_AND_THEN: usize = 1024;
        let initial = Connection::new();
        let mut places = Places::default();
        places.insert(initial, 0);
        let mut graph = Self {
            states: vec![initial],
            parents: vec![None],
            starts: vec![0],
            targets: Vec::new(),
            working: Vec::new(),
        };
        let (mut next, mut steps, mut fired) = (0_usize, Vec::new(), Vec::new());
        while let Some(&state) = graph.states.get(next) {
            if next % NOW_AND_THEN == 0 {
                watch(graph.states.len());
            }
            steps.clear();
            model.actions(&state, &mut steps);
            for &step in &steps {
                fired.clear();
                let after = model.rulebook.take(&state, step, &mut fired);
                let fresh = number(graph.states.len());
                let place = *places.entry(after).or_insert(fresh);
                if place == fresh {
                    graph.states.push(after);
                    graph.parents.push(Some((number(next), step)));
                }
                graph.targets.push(place);
                graph.working.push(step.is_of_a_working_network());
            }
            graph.starts.push(number(graph.targets.len()));
            next += 1;
        }
        graph
    }

    /// How many states there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether there is none; there is always the initial one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Every state, nearest first.
    #[must_use]
    pub fn states(&self) -> &[Connection] {
        &self.states
    }

    /// A shortest path to the first state that is as asked.
    #[must_use]
    pub fn path_to(&self, asked: impl Fn(&Connection) -> bool) -> Option<Vec<Step>> {
        self.states
            .iter()
            .position(asked)
            .map(|place| self.path(place))
    }

    /// A shortest path to a state, by its place.
    fn path(&self, place: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = place;
        while let Some(Some((parent, step))) = self.parents.get(at) {
            steps.push(*step);
            at = *parent as usize;
        }
        steps.reverse();
        steps
    }

    /// A shortest path to a state of `from` from which no state of `goal` can be reached, by
    /// steps of a working network only if `working`; `None` if there is no such state.
    #[must_use]
    pub fn path_to_dead_end(
        &self,
        from: impl Fn(&Connection) -> bool,
        goal: impl Fn(&Connection) -> bool,
        working: bool,
    ) -> Option<Vec<Step>> {
        let mut reaches: Vec<bool> = self.states.iter().map(&goal).collect();
        // States are in the order of their distance, so a pass from the end settles most of them.
        loop {
            let mut changed = false;
            for place in (0..self.states.len()).rev() {
                if !reaches[place] && self.steps_of(place, working).any(|to| reaches[to]) {
                    reaches[place] = true;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let dead = self
            .states
            .iter()
            .zip(&reaches)
            .position(|(state, reaches)| from(state) && !reaches)?;
        Some(self.path(dead))
    }

    fn steps_of(&self, place: usize, working: bool) -> impl Iterator<Item = usize> {
        let bound = |place: usize| self.starts.get(place).map_or(0, |start| *start as usize);
        (bound(place)..bound(place + 1))
            .filter(move |step| !working || self.working.get(*step) == Some(&true))
            .filter_map(|step| self.targets.get(step).map(|to| *to as usize))
    }
}

/// The number of a state or step; there are far fewer than four thousand million.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
