//! Evaluates predicates for every pair of sets at once.
//!
//! A search evaluates hundreds of definitions on the whole [space](crate::editions::space). A
//! [`Region`] has one bit for each pair of sets, so "and" and "or" take 64 pairs at a time. The
//! values are the same as those of [`Reading::holding`]; a test compares them.

use std::sync::LazyLock;

use crate::editions::space::{PLACES, Table, every_facts, place_in_table};
use crate::editions::{
    Definition, Edition, Facts, Mode, Predicate, Reading, StateList, StateLists,
};
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, StateEnum,
};

const WORDS: usize = PLACES / 64;

/// A set of pairs of sets, open and closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Region([u64; WORDS]);

impl Region {
    const NOWHERE: Self = Self([0; WORDS]);
    const EVERYWHERE: Self = Self([u64::MAX; WORDS]);

    fn of(holds: impl Fn(Facts) -> bool) -> Self {
        let mut region = Self::NOWHERE;
        for (place, facts) in every_facts().enumerate() {
            region.0[place / 64] |= u64::from(holds(facts)) << (place % 64);
        }
        region
    }

    /// Returns whether the region contains these facts.
    pub(crate) fn contains(&self, facts: Facts) -> bool {
        let place = place_in_table(facts);
        self.0[place / 64] >> (place % 64) & 1 == 1
    }

    fn keep(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= other;
        }
    }

    fn remove(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= !other;
        }
    }

    fn add(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    /// Returns the union of these regions.
    fn any<'r>(regions: impl IntoIterator<Item = &'r Self>) -> Self {
        let mut any = Self::NOWHERE;
        for region in regions {
            any.add(region);
        }
        any
    }

    fn not(mut self) -> Self {
        for word in &mut self.0 {
            *word = !*word;
        }
        self
    }

    fn places(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                // Clears the lowest bit.
                left = left.checked_sub(1)? & left;
                Some(at * 64 + bit)
            })
        })
    }
}

/// The regions of everything that a predicate can depend on.
struct Basis {
    closed: Region,
    no_transports: Region,
    /// Indexed by the state.
    ice: Vec<Region>,
    dtls: Vec<Region>,
}

static BASIS: LazyLock<Basis> = LazyLock::new(|| Basis {
    closed: Region::of(|facts| facts.closed),
    no_transports: Region::of(|facts| facts.ice.is_empty()),
    ice: Ice::ALL
        .iter()
        .map(|state| Region::of(|facts| facts.ice.contains(*state)))
        .collect(),
    dtls: Dtls::ALL
        .iter()
        .map(|state| Region::of(|facts| facts.dtls.contains(*state)))
        .collect(),
});

/// The values that the readings and predicates of an edition give everywhere.
pub(crate) struct Everywhere {
    /// The region of each value of `RTCIceConnectionState` that a predicate may name.
    ice_connection_state: Vec<(IceConnectionState, Region)>,
}

impl Everywhere {
    /// Evaluates an edition.
    pub(crate) fn of(edition: &Edition) -> Self {
        let nothing = Self {
            ice_connection_state: Vec::new(),
        };
        let referenced = edition.referenced_ice.as_ref();
        let reading = referenced.map(Definition::default_reading);
        Self {
            ice_connection_state: reading.map_or_else(Vec::new, |reading| nothing.rows(reading)),
        }
    }

    /// Returns the values of a reading, as [`Reading::holding`] does.
    pub(crate) fn values<S: StateEnum>(&self, reading: &Reading<S>) -> Table<StateSet<S>> {
        let mut values = vec![StateSet::empty(); PLACES];
        for (value, region) in self.rows(reading) {
            for place in region.places() {
                values[place].insert(value);
            }
        }
        Table::from_values(values)
    }

    /// Returns the region in which a predicate holds.
    pub(crate) fn region(&self, predicate: &Predicate, vacuous_all: bool) -> Region {
        let parts = |parts: &[Predicate]| -> Vec<Region> {
            let region = |part| self.region(part, vacuous_all);
            parts.iter().map(region).collect()
        };
        match predicate {
            Predicate::Closed(true) => BASIS.closed,
            Predicate::Closed(false) => BASIS.closed.not(),
            Predicate::Any(lists) => any(lists),
            Predicate::None(lists) => any(lists).not(),
            Predicate::All(lists) => all(lists, vacuous_all),
            Predicate::NoTransports(true) => BASIS.no_transports,
            Predicate::NoTransports(false) => BASIS.no_transports.not(),
            Predicate::IceConnectionState(list) => {
                let values = self.ice_connection_state.iter();
                let named = values.filter(|(value, _)| list.contains(*value));
                Region::any(named.map(|(_, region)| region))
            }
            Predicate::AllOf(all) => {
                let mut region = Region::EVERYWHERE;
                for part in parts(all) {
                    region.keep(&part);
                }
                region
            }
            Predicate::AnyOf(any) => Region::any(&parts(any)),
            Predicate::Otherwise => Region::EVERYWHERE,
        }
    }

    /// Returns the region in which each row of a reading gives its value.
    fn rows<S: StateEnum>(&self, reading: &Reading<S>) -> Vec<(S, Region)> {
        let mut taken = Region::NOWHERE;
        let rows = reading.rows.iter().map(|row| {
            let mut gives = self.region(&row.predicate, reading.vacuous_all);
            if reading.mode == Mode::FirstMatch {
                gives.remove(&taken);
                taken.add(&gives);
            }
            (row.value, gives)
        });
        rows.collect()
    }
}

/// Returns the region in which some transport of a kind is in its list.
fn any(lists: &StateLists) -> Region {
    let mut region = Region::NOWHERE;
    for state in in_list(lists.ice.as_ref(), &BASIS.ice, true) {
        region.add(state);
    }
    for state in in_list(lists.dtls.as_ref(), &BASIS.dtls, true) {
        region.add(state);
    }
    region
}

/// Returns the region in which no transport of a kind is in a state outside its list.
fn all(lists: &StateLists, vacuous_all: bool) -> Region {
    let mut region = Region::EVERYWHERE;
    if !vacuous_all {
        region.remove(&BASIS.no_transports);
    }
    for state in in_list(lists.ice.as_ref(), &BASIS.ice, false) {
        region.remove(state);
    }
    for state in in_list(lists.dtls.as_ref(), &BASIS.dtls, false) {
        region.remove(state);
    }
    region
}

/// Returns the regions of the states that are in a list, or of those that are not; none without a
/// list.
fn in_list<'r, S: StateEnum>(
    list: Option<&'r StateList<S>>,
    basis: &'r [Region],
    listed: bool,
) -> impl Iterator<Item = &'r Region> {
    let states = S::ALL.iter().zip(basis);
    let asked = states
        .filter(move |(state, _)| list.is_some_and(|list| list.states.contains(**state) == listed));
    asked.map(|(_, region)| region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editions::{Defined, editions};
    use crate::states::PeerConnectionState;

    fn compare<S: Defined>(edition: &Edition) {
        let everywhere = Everywhere::of(edition);
        let readings = S::definition(edition).into_iter().flat_map(|d| &d.readings);
        for reading in readings {
            let values = everywhere.values(reading);
            for facts in every_facts() {
                let plain = reading.holding(&edition.with_ice_connection_state(facts));
                assert_eq!(values.at(facts), plain, "{} {}", edition.id, reading.id);
            }
        }
    }

    #[test]
    fn values_are_those_of_plain_evaluation() {
        for edition in editions() {
            compare::<PeerConnectionState>(edition);
            compare::<IceConnectionState>(edition);
        }
    }

    #[test]
    fn claims_hold_where_plain_evaluation_says() {
        for edition in editions() {
            let everywhere = Everywhere::of(edition);
            for claim in &edition.claims {
                for vacuous_all in [false, true] {
                    let region = everywhere.region(&claim.must, vacuous_all);
                    for facts in every_facts() {
                        let with_ice = edition.with_ice_connection_state(facts);
                        let plain = claim.must.holds(&with_ice, vacuous_all);
                        assert_eq!(region.contains(facts), plain, "{} {}", edition.id, claim.id);
                    }
                }
            }
        }
    }
}
