//! Finds every combination for which two readings differ.

use std::collections::BTreeMap;

use crate::editions::regions::Everywhere;
use crate::editions::space::{Space, Table, Weights, smallest};
use crate::editions::{Edition, Facts, Reading};
use crate::state_set::StateSet;
use crate::states::StateEnum;
use crate::transports::Combination;

/// How two readings differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference<S> {
    /// The number of counted open combinations for which they differ.
    pub combinations: usize,
    /// The differences on open connections, grouped by values.
    pub groups: Vec<Group<S>>,
    /// The differences on closed connections, which are not counted.
    pub closed: Vec<Group<S>>,
}

/// The combinations for which one reading gives one set of values and the other another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<S> {
    /// The values of the first reading.
    pub a: StateSet<S>,
    /// The values of the second reading.
    pub b: StateSet<S>,
    /// The number of combinations.
    pub combinations: usize,
    /// The smallest of these combinations, among any number of transports.
    pub example: Combination,
}

/// Returns the entries of a table for every pair of sets, in the order of the space: first for an
/// open connection, then for a closed one.
pub(super) fn in_space<S: StateEnum>(values: &Table<StateSet<S>>) -> Vec<StateSet<S>> {
    let space = [false, true].into_iter().flat_map(Space::facts);
    space.map(|facts| values.at(facts)).collect()
}

/// Returns how many open combinations have different values. Closed ones are not counted.
pub(super) fn changed<S>(a: &[StateSet<S>], b: &[StateSet<S>], weights: &Weights) -> usize {
    Space::facts(false)
        .zip(a.iter().zip(b))
        .filter(|(_, (a, b))| a != b)
        .map(|(facts, _)| weights.of(facts))
        .sum()
}

/// Returns, for each pair of readings, the number of open combinations of at most `up_to`
/// transports for which they differ.
#[must_use]
pub fn disagreements<S: StateEnum>(
    readings: &[(&Edition, &Reading<S>)],
    up_to: usize,
) -> Vec<Vec<usize>> {
    let weights = Weights::up_to(up_to);
    let tables: Vec<Vec<StateSet<S>>> = readings
        .iter()
        .map(|(edition, reading)| in_space(&Everywhere::of(edition).values(reading)))
        .collect();
    let row = |a: &Vec<_>| tables.iter().map(|b| changed(a, b, &weights)).collect();
    tables.iter().map(row).collect()
}

/// Compares two readings on every combination.
#[must_use]
pub fn compare<S: StateEnum>(
    (a_edition, a): (&Edition, &Reading<S>),
    (b_edition, b): (&Edition, &Reading<S>),
    up_to: usize,
) -> Difference<S> {
    let values = |facts: Facts| {
        (
            a.holding(&a_edition.with_ice_connection_state(facts)),
            b.holding(&b_edition.with_ice_connection_state(facts)),
        )
    };
    let weights = Weights::up_to(up_to);
    let groups = groups_of(false, values, |facts| weights.of(facts));
    Difference {
        combinations: groups.iter().map(|group| group.combinations).sum(),
        groups,
        closed: groups_of(true, values, |_| 0),
    }
}

/// Returns the groups of differences on open or on closed connections.
fn groups_of<S: StateEnum>(
    closed: bool,
    values: impl Fn(Facts) -> (StateSet<S>, StateSet<S>),
    weight: impl Fn(Facts) -> usize,
) -> Vec<Group<S>> {
    let mut counts: BTreeMap<(StateSet<S>, StateSet<S>), usize> = BTreeMap::new();
    for facts in Space::facts(closed) {
        let (a, b) = values(facts);
        if a != b {
            *counts.entry((a, b)).or_default() += weight(facts);
        }
    }
    counts
        .into_iter()
        .filter_map(|((a, b), combinations)| {
            let example = smallest(closed, |facts| values(facts) == (a, b))?;
            Some(Group {
                a,
                b,
                combinations,
                example,
            })
        })
        .collect()
}
