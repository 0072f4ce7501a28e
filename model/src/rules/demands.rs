//! What an edition requires of traces: its definitions as a lookup, its algorithms as questions.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, OnceLock};

use super::arrivals::{Arrival, Arrivals, arrivals};
use crate::editions::{self, Edition, Facts};
use crate::machine::algorithms::Algorithms;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};

/// Values of the two attributes that some combination of transports gives together.
pub(super) type Pair = (PeerConnectionState, IceConnectionState);

/// What the definitions give for a combination of transports; `None` if they do not define the
/// enum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub(super) connection_state: Option<StateSet<PeerConnectionState>>,
    pub(super) ice_connection_state: Option<StateSet<IceConnectionState>>,
}

/// An edition, as the rules query it.
#[derive(Debug)]
pub(super) struct Demands<'e> {
    pub(super) edition: &'e Edition,
    /// Its algorithms; `None` if its text has none, and says little about events.
    pub(super) algorithms: Option<Algorithms>,
    given: RefCell<HashMap<(usize, usize), Given>>,
    pairs: OnceCell<BTreeSet<Pair>>,
    fresh: OnceCell<BTreeSet<Pair>>,
    arrivals: OnceCell<Arrivals>,
}

impl<'e> Demands<'e> {
    pub(super) fn of(edition: &'e Edition) -> Self {
        Self {
            edition,
            algorithms: Algorithms::of(&edition.dynamics),
            given: RefCell::default(),
            pairs: OnceCell::new(),
            fresh: OnceCell::new(),
            arrivals: OnceCell::new(),
        }
    }

    /// Returns the values for an open connection whose transports have exactly these states.
    pub(super) fn given(&self, ice: StateSet<Ice>, dtls: StateSet<Dtls>) -> Given {
        let key = (ice.number(), dtls.number());
        if let Some(given) = self.given.borrow().get(&key) {
            return *given;
        }
        let facts = Facts {
            closed: false,
            ice,
            dtls,
            ice_connection_state: StateSet::empty(),
        };
        let connection = self.edition.connection_state.as_ref();
        let ice_connection = self.edition.ice_connection_state.as_ref();
        let derived = self.edition.derive_by(
            connection.map(|definition| definition.default_reading()),
            ice_connection.map(|definition| definition.default_reading()),
            &facts,
        );
        let given = Given {
            connection_state: derived.connection_state,
            ice_connection_state: derived.ice_connection_state,
        };
        self.given.borrow_mut().insert(key, given);
        given
    }

    /// Returns the pairs of values that transports can give together. Empty if the pairs would not
    /// restrict anything: if the edition does not define both enums, or has no value for some
    /// transports, so that the previous value stays.
    pub(super) fn pairs(&self) -> &BTreeSet<Pair> {
        let collect = || self.collect_pairs(self.updates_with_the_set());
        match kept(self.edition) {
            Some(kept) => kept.all.get_or_init(collect),
            None => self.pairs.get_or_init(collect),
        }
    }

    /// Returns the same pairs for the case that both values have just been derived, as in the
    /// handlers of the events of an ICE change.
    pub(super) fn fresh_pairs(&self) -> &BTreeSet<Pair> {
        let collect = || self.collect_pairs(true);
        match kept(self.edition) {
            Some(kept) => kept.fresh.get_or_init(collect),
            None => self.fresh.get_or_init(collect),
        }
    }

    /// Returns whether a step can change `connectionState` from one value to another while
    /// `iceConnectionState` stays the same. Always true if the values need not follow their
    /// transports at once.
    pub(super) fn may_change_alone(&self, arrival: Arrival) -> bool {
        if !self.updates_with_the_set() || !self.updates_dtls_in_one_task() {
            return true;
        }
        let collect = || arrivals(self);
        let arrivals = match kept(self.edition) {
            Some(kept) => kept.arrivals.get_or_init(collect),
            None => self.arrivals.get_or_init(collect),
        };
        arrivals.contains(arrival)
    }

    fn collect_pairs(&self, is_fresh: bool) -> BTreeSet<Pair> {
        let mut pairs = BTreeSet::new();
        for ice in StateSet::<Ice>::all() {
            for dtls in StateSet::<Dtls>::all() {
                if ice.is_empty() != dtls.is_empty() {
                    continue;
                }
                let given = self.given(ice, dtls);
                let both = given.connection_state.zip(given.ice_connection_state);
                let Some((connection, ice_connection)) = both else {
                    return BTreeSet::new();
                };
                if connection.is_empty() || ice_connection.is_empty() {
                    return BTreeSet::new();
                }
                if is_fresh {
                    for value in connection.iter() {
                        pairs.extend(ice_connection.iter().map(|ice| (value, ice)));
                    }
                } else {
                    self.add_stale_pairs(ice, dtls, &mut pairs);
                }
            }
        }
        pairs
    }

    /// Adds the pairs for transports of which some came or went since `iceConnectionState` was
    /// derived, so that it may have any value.
    fn add_stale_pairs(
        &self,
        ice: StateSet<Ice>,
        dtls: StateSet<Dtls>,
        pairs: &mut BTreeSet<Pair>,
    ) {
        let Some(definition) = &self.edition.connection_state else {
            return;
        };
        for slot in IceConnectionState::ALL {
            let facts = Facts {
                closed: false,
                ice,
                dtls,
                ice_connection_state: StateSet::only(slot),
            };
            let values = definition.default_reading().holding(&facts);
            pairs.extend(values.iter().map(|value| (value, slot)));
        }
    }

    /// Returns whether one task sets every slot and fires every event of an ICE change.
    pub(super) fn updates_in_one_task(&self) -> bool {
        self.algorithms.is_some_and(|text| text.one_task)
    }

    /// Returns whether the same is true of a DTLS change.
    pub(super) fn updates_dtls_in_one_task(&self) -> bool {
        self.algorithms.is_some_and(|text| text.dtls_in_one_task)
    }

    /// Returns whether the values are derived again when a transport is created or discarded.
    pub(super) fn updates_with_the_set(&self) -> bool {
        self.algorithms.is_some_and(|text| text.set_change_updates)
    }

    /// Returns whether the definition gives `closed` to open connections: the first editions do, if
    /// all transports are closed.
    pub(super) fn closes_open_connections(&self) -> (bool, bool) {
        let closed = self.given(StateSet::only(Ice::Closed), StateSet::only(Dtls::Closed));
        (
            closed
                .connection_state
                .is_some_and(|values| values.contains(PeerConnectionState::Closed)),
            closed
                .ice_connection_state
                .is_some_and(|values| values.contains(IceConnectionState::Closed)),
        )
    }
}

/// The pairs of a compiled-in edition, which are the same in every run.
#[derive(Debug, Default)]
struct Kept {
    all: OnceLock<BTreeSet<Pair>>,
    fresh: OnceLock<BTreeSet<Pair>>,
    arrivals: OnceLock<Arrivals>,
}

static KEPT: LazyLock<Vec<Kept>> =
    LazyLock::new(|| constant_editions().map(|_| Kept::default()).collect());

/// Returns every edition that lives as long as the program.
fn constant_editions() -> impl Iterator<Item = &'static Edition> {
    editions::editions().iter().chain(super::repairs::undone())
}

/// Returns where the pairs of an edition are kept; `None` for a draft.
fn kept(edition: &Edition) -> Option<&'static Kept> {
    let place = constant_editions().position(|other| std::ptr::eq(other, edition))?;
    Some(&KEPT[place])
}
