//! The space of combinations: as pairs of sets, and as multisets of transports.

use std::sync::LazyLock;

use crate::editions::Facts;
use crate::state_set::StateSet;
use crate::states::{DtlsTransportState as Dtls, IceTransportState as Ice};
use crate::transports::{Combination, Transport};

/// The pairs of sets of states that combinations of transports can have.
#[derive(Debug, Clone, Copy)]
pub struct Space;

impl Space {
    /// Returns the facts of every pair of sets, including no transports.
    pub fn facts(closed: bool) -> impl Iterator<Item = Facts> {
        OPEN.iter().map(move |open| Facts { closed, ..*open })
    }
}

/// The facts of every pair of sets for an open connection: searches use them often.
static OPEN: LazyLock<Vec<Facts>> = LazyLock::new(|| {
    let open = every_facts().filter(|facts| !facts.closed);
    open.filter(|facts| facts.dtls.is_empty() == facts.ice.is_empty())
        .collect()
});

/// A value for every pair of sets, computed once.
#[derive(Debug)]
pub(crate) struct Table<T> {
    values: Vec<T>,
}

/// The number of sets of ICE states, including the empty one.
pub(crate) const ICE_SETS: usize = 1 << Ice::ALL.len();
/// The number of sets of DTLS states, including the empty one.
pub(crate) const DTLS_SETS: usize = 1 << Dtls::ALL.len();

impl<T: Copy> Table<T> {
    /// Returns the table of these values, in the order of [`every_facts`].
    pub(crate) fn from_values(values: Vec<T>) -> Self {
        Self { values }
    }

    /// Returns the value for these facts: a table has one for any facts.
    pub(crate) fn at(&self, facts: Facts) -> T {
        self.values[place_in_table(facts)]
    }
}

/// The number of entries of a table.
pub(crate) const PLACES: usize = 2 * ICE_SETS * DTLS_SETS;

/// Returns the facts of every entry of a table, including those that no transports have.
pub(crate) fn every_facts() -> impl Iterator<Item = Facts> {
    [false, true].into_iter().flat_map(|closed| {
        StateSet::all().flat_map(move |ice| {
            StateSet::all().map(move |dtls| Facts {
                closed,
                ice,
                dtls,
                ice_connection_state: StateSet::empty(),
            })
        })
    })
}

/// Returns the index of these facts in a table.
pub(crate) fn place_in_table(facts: Facts) -> usize {
    usize::from(facts.closed) * ICE_SETS * DTLS_SETS + place_of(facts)
}

/// The number of combinations of at most a given number of transports, for each pair of sets.
#[derive(Debug)]
pub(crate) struct Weights {
    counts: Vec<usize>,
}

impl Weights {
    pub(crate) fn up_to(transports: usize) -> Self {
        let mut counts = vec![0; ICE_SETS * DTLS_SETS];
        for combination in (0..=transports).flat_map(combinations) {
            let place = place_of(Facts::of_transports(false, &combination));
            counts[place] += 1;
        }
        Self { counts }
    }

    /// Returns how many open combinations have these facts. Closed ones are not counted.
    pub(crate) fn of(&self, facts: Facts) -> usize {
        self.counts[place_of(facts)]
    }
}

/// Returns the index of a pair of sets.
fn place_of(facts: Facts) -> usize {
    facts.ice.number() * DTLS_SETS + facts.dtls.number()
}

/// Returns the transports in the order in which examples are chosen: by DTLS state, then by ICE
/// state, so that a transport whose DTLS has not begun comes before one whose DTLS has.
fn ordered() -> Vec<Transport> {
    let mut all: Vec<Transport> = Transport::all().collect();
    all.sort_by_key(|transport| (transport.dtls, transport.ice));
    all
}

/// Returns every multiset of `transports` transports, in a fixed order.
///
/// Their number grows quickly: 35, 630, 7,770, 73,815 for one to four.
pub fn combinations(transports: usize) -> impl Iterator<Item = Vec<Transport>> {
    let all = ordered();
    let mut places = Some(vec![0_usize; transports]);
    std::iter::from_fn(move || {
        let current = places.take()?;
        let combination = current.iter().map(|place| all[*place]).collect();
        places = next_places(current, all.len());
        Some(combination)
    })
}

/// Returns the next non-decreasing sequence of indices below `count`.
fn next_places(mut places: Vec<usize>, count: usize) -> Option<Vec<usize>> {
    let at = places.iter().rposition(|place| place + 1 < count)?;
    let next = places[at] + 1;
    for place in places.iter_mut().skip(at) {
        *place = next;
    }
    Some(places)
}

/// Returns the smallest combination whose facts satisfy `asked`: with the fewest transports, and
/// among those the first in order.
pub fn smallest(closed: bool, asked: impl Fn(Facts) -> bool) -> Option<Combination> {
    // The pairs of sets show how many transports are needed, so no size is searched without a
    // result.
    let fewest = Space::facts(closed)
        .filter(|facts| asked(*facts))
        .map(|facts| facts.ice.len().max(facts.dtls.len()))
        .min()?;
    combinations(fewest)
        .find(|transports| asked(Facts::of_transports(closed, transports)))
        .map(|transports| Combination {
            closed,
            transports: transports.into_iter().collect(),
        })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::transports::Transports;

    #[test]
    fn combinations_are_all_multisets() {
        for (transports, count) in [(0, 1), (1, 35), (2, 630), (3, 7770)] {
            let distinct: BTreeSet<Transports> = combinations(transports)
                .map(|all| all.into_iter().collect())
                .collect();
            assert_eq!(distinct.len(), count);
        }
    }

    #[test]
    fn up_to_three_transports_have_only_pairs_of_the_space() {
        let space: BTreeSet<Facts> = Space::facts(false).collect();
        assert_eq!(space.len(), 127 * 31 + 1);
        let mut seen = BTreeSet::new();
        for transports in (0..=3).flat_map(combinations) {
            seen.insert(Facts::of_transports(false, &transports));
        }
        let small = |facts: &&Facts| facts.ice.len() <= 3 && facts.dtls.len() <= 3;
        assert_eq!(seen, space.iter().filter(small).copied().collect());
    }
}
