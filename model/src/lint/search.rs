//! What the searches for findings share: what they count, which policies they check, and the order
//! of examples.

use super::finding::{Finding, Kind};
use crate::editions::Facts;
use crate::editions::space::{Space, Weights, combinations};
use crate::policies::Choices;
use crate::states::{DtlsTransportState as Dtls, IceTransportState as Ice};
use crate::transports::{Combination, Transport};

/// The combinations to count, and those to list individually.
pub(super) struct Counted {
    pub(super) up_to: usize,
    weights: Weights,
    small: Vec<Small>,
    /// Whether findings are described with examples; a search for edits only needs to know how bad
    /// they are.
    pub(super) describes: bool,
    /// The answers to policies that are checked.
    pub(super) choices: Choices,
}

/// A combination of at most two transports.
struct Small {
    transports: Vec<Transport>,
    facts: Facts,
    /// The facts after each step forward of one of them.
    steps: Vec<Facts>,
}

impl Small {
    fn of(transports: Vec<Transport>) -> Self {
        let steps = transports
            .iter()
            .enumerate()
            .flat_map(|(place, transport)| {
                let mut after = transports.clone();
                steps_forward(*transport).map(move |step| {
                    after[place] = step;
                    Facts::of_transports(false, &after)
                })
            });
        Self {
            steps: steps.collect(),
            facts: Facts::of_transports(false, &transports),
            transports,
        }
    }
}

impl Counted {
    pub(super) fn up_to(up_to: usize, choices: Choices) -> Self {
        Self {
            choices,
            up_to,
            weights: Weights::up_to(up_to),
            small: (0..=2).flat_map(combinations).map(Small::of).collect(),
            describes: false,
        }
    }

    /// Like [`up_to`](Self::up_to), with every finding described.
    pub(super) fn described(up_to: usize, choices: Choices) -> Self {
        Self {
            describes: true,
            ..Self::up_to(up_to, choices)
        }
    }

    /// Returns how many open combinations have such facts.
    pub(super) fn count(&self, has: impl Fn(Facts) -> bool) -> usize {
        Space::facts(false)
            .filter(|facts| has(*facts))
            .map(|facts| self.weights.of(facts))
            .sum()
    }

    /// Returns the small combinations that have such facts.
    pub(super) fn small(&self, has: impl Fn(Facts) -> bool) -> Vec<Vec<Transport>> {
        let found = self.small.iter().filter(|small| has(small.facts));
        found.map(|small| small.transports.clone()).collect()
    }

    /// Returns the small combinations in which a step forward leads from such facts to such facts.
    pub(super) fn small_with_step(
        &self,
        asked: impl Fn(Facts, Facts) -> bool,
    ) -> Vec<Vec<Transport>> {
        let steps = |small: &&Small| small.steps.iter().any(|after| asked(small.facts, *after));
        let found = self.small.iter().filter(steps);
        found.map(|small| small.transports.clone()).collect()
    }

    /// Returns a finding about combinations without a description.
    pub(super) fn undescribed(kind: Kind, small: Vec<Vec<Transport>>) -> Finding {
        Finding {
            kind,
            combinations: 0,
            example: None,
            families: Vec::new(),
            small,
            message: String::new(),
            policy: None,
        }
    }
}

/// Sorts examples, fewest transports first.
pub(super) fn by_size(mut examples: Vec<Combination>) -> Vec<Combination> {
    examples.sort_by_key(|combination| combination.transports.len());
    examples
}

/// Returns the steps forward of one transport.
pub(super) fn steps_forward(transport: Transport) -> impl Iterator<Item = Transport> {
    let ice = ice_forward(transport.ice).map(|ice| Transport { ice, ..transport });
    let dtls = dtls_forward(transport.dtls).map(|dtls| Transport { dtls, ..transport });
    ice.into_iter().chain(dtls)
}

/// Returns the state one step forward.
pub(super) fn ice_forward(ice: Ice) -> Option<Ice> {
    match ice {
        Ice::New => Some(Ice::Checking),
        Ice::Checking => Some(Ice::Connected),
        Ice::Connected => Some(Ice::Completed),
        _ => None,
    }
}

/// Returns the state one step forward.
pub(super) fn dtls_forward(dtls: Dtls) -> Option<Dtls> {
    match dtls {
        Dtls::New => Some(Dtls::Connecting),
        Dtls::Connecting => Some(Dtls::Connected),
        _ => None,
    }
}
