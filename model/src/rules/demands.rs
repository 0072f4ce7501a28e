//! What an edition demands of traces: its definitions as a lookup, its algorithms as questions.

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

/// The values of the two attributes that some transports give together.
pub(super) type Pair = (PeerConnectionState, IceConnectionState);

/// What the definitions give for some transports; `None` where they do not define the enum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub(super) connection_state: Option<StateSet<PeerConnectionState>>,
    pub(super) ice_connection_state: Option<StateSet<IceConnectionState>>,
}

/// An edition, as the rules ask it.
#[derive(Debug)]
pub(super) struct Demands<'e> {
    pub(super) edition: &'e Edition,
    /// Its algorithms; `None` where its text has none, and says little of events.
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

    /// The values for transports of an open connection with these states among them.
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

    /// The pairs of values that transports can give together; empty where that says nothing: where
    /// the edition does not define both enums, or has no value for some transports, so that the
    /// value from before stays.
    pub(super) fn pairs(&self) -> &BTreeSet<Pair> {
        let collect = || self.collect_pairs(self.updates_with_the_set());
        match kept(self.edition) {
            Some(kept) => kept.all.get_or_init(collect),
            None => self.pairs.get_or_init(collect),
        }
    }

    /// The same where both have just been derived, as they have been in the handlers of the events of
    /// an ICE change.
    pub(super) fn fresh_pairs(&self) -> &BTreeSet<Pair> {
        let collect = || self.collect_pairs(true);
        match kept(self.edition) {
            Some(kept) => kept.fresh.get_or_init(collect),
            None => self.fresh.get_or_init(collect),
        }
    }

    /// Whether a step can take `connectionState` from one value to another while
    /// `iceConnectionState` stays; always, where the values need not follow their transports at
    /// once.
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

    /// The pairs for transports of which some have come or gone since `iceConnectionState` was
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
        for &slot in IceConnectionState::ALL {
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

    /// Whether every slot is set and every event of an ICE change is fired in one task.
    pub(super) fn updates_in_one_task(&self) -> bool {
        self.algorithms.is_some_and(|text| text.one_task)
    }

    /// Whether that is so of a DTLS change too.
    pub(super) fn updates_dtls_in_one_task(&self) -> bool {
        self.algorithms.is_some_and(|text| text.dtls_in_one_task)
    }

    /// Whether the values are derived again when a transport is made or discarded.
    pub(super) fn updates_with_the_set(&self) -> bool {
        self.algorithms.is_some_and(|text| text.set_change_updates)
    }

    /// Whether the definition gives `closed` to connections that are not: the first editions do,
    /// where all transports are.
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

/// The pairs of an edition compiled in, which are the same in every run.
#[derive(Debug, Default)]
struct Kept {
    all: OnceLock<BTreeSet<Pair>>,
    fresh: OnceLock<BTreeSet<Pair>>,
    arrivals: OnceLock<Arrivals>,
}

static KEPT: LazyLock<Vec<Kept>> =
    LazyLock::new(|| constant_editions().map(|_| Kept::default()).collect());

/// Every edition that is there as long as the program runs.
fn constant_editions() -> impl Iterator<Item = &'static Edition> {
    editions::editions().iter().chain(super::repairs::undone())
}

/// Where the pairs of an edition are kept; `None` for a draft.
fn kept(edition: &Edition) -> Option<&'static Kept> {
    let place = constant_editions().position(|other| std::ptr::eq(other, edition))?;
    Some(&KEPT[place])
}
