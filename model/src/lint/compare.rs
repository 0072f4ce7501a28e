//! Every combination on which two readings disagree.

use std::collections::BTreeMap;

use super::space::{Space, combinations, smallest};
use crate::editions::{Edition, Facts, Reading};
use crate::state_set::StateSet;
use crate::states::StateEnum;
use crate::transports::Combination;

/// Where two readings disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference<S> {
    /// On how many open combinations of at most so many transports as were asked for.
    pub combinations: usize,
    /// The disagreements, by the values.
    pub groups: Vec<Group<S>>,
}

/// The combinations for which one reading gives some values and the other others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<S> {
    /// What the first gives.
    pub a: StateSet<S>,
    /// What the second gives.
    pub b: StateSet<S>,
    /// How many combinations there are.
    pub combinations: usize,
    /// The smallest, of any number of transports.
    pub example: Combination,
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
    let mut counts: BTreeMap<(StateSet<S>, StateSet<S>), usize> = BTreeMap::new();
    for facts in Space::facts(false) {
        let (a, b) = values(facts);
        if a != b {
            counts.insert((a, b), 0);
        }
    }
    for transports in (0..=up_to).flat_map(combinations) {
        if let Some(count) = counts.get_mut(&values(Facts::of_transports(false, &transports))) {
            *count += 1;
        }
    }
    let groups: Vec<Group<S>> = counts
        .into_iter()
        .filter_map(|((a, b), combinations)| {
            let example = smallest(false, |facts| values(facts) == (a, b))?;
            Some(Group {
                a,
                b,
                combinations,
                example,
            })
        })
        .collect();
    Difference {
        combinations: groups.iter().map(|group| group.combinations).sum(),
        groups,
    }
}
