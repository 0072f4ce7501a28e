//! An edition as the machine runs it: its definitions as tables, and the steps of its algorithms.

use super::algorithms::Algorithms;
use super::connection::TransportSet;
use super::procedures::Procedures;
use crate::editions::space::{DTLS_SETS, ICE_SETS};
use crate::editions::{Edition, Facts};
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
    StateEnum,
};

/// The definitions of an edition as tables, and its algorithms.
#[derive(Debug, Clone)]
pub struct Rulebook {
    /// The edition's id.
    pub edition: String,
    /// How it updates.
    pub algorithms: Algorithms,
    /// The same, step by step.
    pub procedures: Procedures,
    /// By the set of ICE states.
    ice: Vec<StateSet<IceConnectionState>>,
    /// By the ICE connection state, the set of ICE states, and that of DTLS states.
    connection: Vec<StateSet<PeerConnectionState>>,
}

/// The values that hold for some transports.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holding {
    pub(super) ice: StateSet<IceConnectionState>,
    /// Empty too where no one ICE connection state is defined, by which it would be derived.
    pub(super) connection: StateSet<PeerConnectionState>,
}

impl Holding {
    /// Whether exactly one value of each holds.
    pub(super) fn is_defined(self) -> bool {
        self.ice.single().is_some() && self.connection.single().is_some()
    }

    /// Whether the two values are among them. Where none is defined, any may be.
    pub(super) fn allows(self, ice: IceConnectionState, connection: PeerConnectionState) -> bool {
        (self.ice.is_empty() || self.ice.contains(ice))
            && (self.connection.is_empty() || self.connection.contains(connection))
    }
}

impl Rulebook {
    /// The rulebook of an edition; `None` where it does not define both enums and an algorithm.
    #[must_use]
    pub fn of(edition: &Edition) -> Option<Self> {
        let algorithms = Algorithms::of(&edition.dynamics)?;
        let connection = edition.connection_state.as_ref()?.default_reading();
        let ice = edition.ice_connection_state.as_ref()?.default_reading();
        let facts = |ice, dtls, slot| Facts {
            closed: false,
            ice,
            dtls,
            ice_connection_state: StateSet::only(slot),
        };
        let first = IceConnectionState::New;
        let ice_table = StateSet::<Ice>::all()
            .map(|states| {
                // DTLS states do not matter here, but there are as many transports.
                let dtls = if states.is_empty() {
                    StateSet::empty()
                } else {
                    StateSet::only(Dtls::New)
                };
                ice.holding(&facts(states, dtls, first))
            })
            .collect();
        let mut connection_table = Vec::with_capacity(7 * ICE_SETS * DTLS_SETS);
        for &slot in IceConnectionState::ALL {
            for ice in StateSet::<Ice>::all() {
                let holding = |dtls| connection.holding(&facts(ice, dtls, slot));
                connection_table.extend(StateSet::<Dtls>::all().map(holding));
            }
        }
        Some(Self {
            edition: edition.id.clone(),
            procedures: Procedures::of(&algorithms),
            algorithms,
            ice: ice_table,
            connection: connection_table,
        })
    }

    /// The rulebook with other algorithms.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Algorithms)) -> Self {
        change(&mut self.algorithms);
        self.procedures = Procedures::of(&self.algorithms);
        self
    }

    /// The values that hold for `RTCIceConnectionState`.
    #[must_use]
    pub fn ice_connection_state(&self, transports: &TransportSet) -> StateSet<IceConnectionState> {
        self.ice_of(transports.as_slice().iter().map(|one| one.ice).collect())
    }

    /// The values that hold for `RTCPeerConnectionState`, given the ICE connection state.
    #[must_use]
    pub fn connection_state(
        &self,
        transports: &TransportSet,
        ice: IceConnectionState,
    ) -> StateSet<PeerConnectionState> {
        let all = transports.as_slice().iter();
        let states = all.clone().map(|one| one.ice).collect();
        self.connection_of(states, all.map(|one| one.dtls).collect(), ice)
    }

    /// The values of both that hold for some transports of an open connection.
    pub(super) fn holding(&self, transports: &TransportSet) -> Holding {
        let ice = self.ice_connection_state(transports);
        let connection = ice.single().map_or(StateSet::empty(), |ice| {
            self.connection_state(transports, ice)
        });
        Holding { ice, connection }
    }

    /// The values for ICE transports with these states among them.
    pub(super) fn ice_of(&self, ice: StateSet<Ice>) -> StateSet<IceConnectionState> {
        // The tables have an entry for every set.
        self.ice[ice.number()]
    }

    /// The values for transports with these states among them.
    pub(super) fn connection_of(
        &self,
        ice: StateSet<Ice>,
        dtls: StateSet<Dtls>,
        slot: IceConnectionState,
    ) -> StateSet<PeerConnectionState> {
        let place = (slot.index() * ICE_SETS + ice.number()) * DTLS_SETS + dtls.number();
        self.connection[place]
    }
}
