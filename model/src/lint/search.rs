//! What the searches for findings share: what is counted, and in which order examples are told.

use crate::editions::Facts;
use crate::space::{Space, Weights, combinations};
use crate::transports::{Combination, Transport};

/// The combinations that are counted, and those that are listed one by one.
pub(super) struct Counted {
    pub(super) up_to: usize,
    weights: Weights,
    /// Every combination of at most two transports.
    small: Vec<Vec<Transport>>,
    /// Whether the families of a finding are told apart; a search does not look at them.
    pub(super) families: bool,
}

impl Counted {
    pub(super) fn up_to(up_to: usize) -> Self {
        Self {
            up_to,
            weights: Weights::up_to(up_to),
            small: (0..=2).flat_map(combinations).collect(),
            families: false,
        }
    }

    /// As [`up_to`](Self::up_to), with the causes of a finding told apart.
    pub(super) fn with_families(up_to: usize) -> Self {
        Self {
            families: true,
            ..Self::up_to(up_to)
        }
    }

    /// How many open combinations have these facts.
    pub(super) fn count(&self, has: impl Fn(Facts) -> bool) -> usize {
        Space::facts(false)
            .filter(|facts| has(*facts))
            .map(|facts| self.weights.of(facts))
            .sum()
    }

    /// The small ones that are as asked.
    pub(super) fn small(&self, has: impl Fn(&[Transport]) -> bool) -> Vec<Vec<Transport>> {
        self.small
            .iter()
            .filter(|transports| has(transports))
            .cloned()
            .collect()
    }
}

/// Examples, those of the fewest transports first.
pub(super) fn by_size(mut examples: Vec<Combination>) -> Vec<Combination> {
    examples.sort_by_key(|combination| combination.transports.len());
    examples
}
