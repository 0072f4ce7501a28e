//! What the searches for findings share: what is counted, which policies are asked, and in which
//! order examples come.

use super::finding::{Finding, Kind};
use crate::editions::Facts;
use crate::editions::space::{Space, Weights, combinations};
use crate::policies::Choices;
use crate::states::{DtlsTransportState as Dtls, IceTransportState as Ice};
use crate::transports::{Combination, Transport};

/// The combinations that are counted, and those that are listed one by one.
pub(super) struct Counted {
    pub(super) up_to: usize,
    weights: Weights,
    small: Vec<Small>,
    /// Whether a finding is described, with examples; a search only asks how bad it is.
    pub(super) describes: bool,
    /// The policies that are asked for.
    pub(super) choices: Choices,
}

/// A combination of at most two transports.
struct Small {
    transports: Vec<Transport>,
    facts: Facts,
    /// What each step forward of one of them leads to.
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

    /// As [`up_to`](Self::up_to), with every finding described.
    pub(super) fn described(up_to: usize, choices: Choices) -> Self {
        Self {
            describes: true,
            ..Self::up_to(up_to, choices)
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
    pub(super) fn small(&self, has: impl Fn(Facts) -> bool) -> Vec<Vec<Transport>> {
        let found = self.small.iter().filter(|small| has(small.facts));
        found.map(|small| small.transports.clone()).collect()
    }

    /// The small ones of which some step forward leads from such facts to such.
    pub(super) fn small_with_step(
        &self,
        asked: impl Fn(Facts, Facts) -> bool,
    ) -> Vec<Vec<Transport>> {
        let steps = |small: &&Small| small.steps.iter().any(|after| asked(small.facts, *after));
        let found = self.small.iter().filter(steps);
        found.map(|small| small.transports.clone()).collect()
    }

    /// A finding of combinations that is not described.
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

/// Examples, those of the fewest transports first.
pub(super) fn by_size(mut examples: Vec<Combination>) -> Vec<Combination> {
    examples.sort_by_key(|combination| combination.transports.len());
    examples
}

/// The steps forward of one transport.
pub(super) fn steps_forward(transport: Transport) -> impl Iterator<Item = Transport> {
    let ice = ice_forward(transport.ice).map(|ice| Transport { ice, ..transport });
    let dtls = dtls_forward(transport.dtls).map(|dtls| Transport { dtls, ..transport });
    ice.into_iter().chain(dtls)
}

/// The state after one, a step forward.
pub(super) fn ice_forward(ice: Ice) -> Option<Ice> {
    match ice {
        Ice::New => Some(Ice::Checking),
        Ice::Checking => Some(Ice::Connected),
        Ice::Connected => Some(Ice::Completed),
        _ => None,
    }
}

/// The state after one, a step forward.
pub(super) fn dtls_forward(dtls: Dtls) -> Option<Dtls> {
    match dtls {
        Dtls::New => Some(Dtls::Connecting),
        Dtls::Connecting => Some(Dtls::Connected),
        _ => None,
    }
}
