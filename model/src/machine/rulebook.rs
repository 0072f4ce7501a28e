//! An edition as the machine executes it: its definitions as tables, and the steps of its
//! algorithms.

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
    /// The id of the edition.
    pub edition: String,
    /// How it updates the values.
    pub algorithms: Algorithms,
    /// The same, as lists of instructions.
    pub procedures: Procedures,
    /// Indexed by the set of ICE states.
    ice: Vec<StateSet<IceConnectionState>>,
    /// Indexed by the ICE connection state, the set of ICE states, and the set of DTLS states.
    connection: Vec<StateSet<PeerConnectionState>>,
}

/// The values that hold for a combination of transports.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holding {
    pub(super) ice: StateSet<IceConnectionState>,
    /// Also empty if no single ICE connection state is defined from which it would be derived.
    pub(super) connection: StateSet<PeerConnectionState>,
}

impl Holding {
    /// Returns whether exactly one value of each enum holds.
    pub(super) fn is_defined(self) -> bool {
        self.ice.single().is_some() && self.connection.single().is_some()
    }

    /// Returns whether the two values are among them. If none is defined, every value is allowed.
    pub(super) fn allows(self, ice: IceConnectionState, connection: PeerConnectionState) -> bool {
        (self.ice.is_empty() || self.ice.contains(ice))
            && (self.connection.is_empty() || self.connection.contains(connection))
    }
}

impl Rulebook {
    /// Returns the rulebook of an edition; `None` if it does not define both enums and an
    /// algorithm.
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
                // DTLS states do not matter here, but there is one for each transport.
                let dtls = if states.is_empty() {
                    StateSet::empty()
                } else {
                    StateSet::only(Dtls::New)
                };
                ice.holding(&facts(states, dtls, first))
            })
            .collect();
        let mut connection_table = Vec::with_capacity(7 * ICE_SETS * DTLS_SETS);
        for slot in IceConnectionState::ALL {
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

    /// Returns the rulebook with changed algorithms.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Algorithms)) -> Self {
        change(&mut self.algorithms);
        self.procedures = Procedures::of(&self.algorithms);
        self
    }

    /// Returns the values that hold for `RTCIceConnectionState`.
    #[must_use]
    pub fn ice_connection_state(&self, transports: &TransportSet) -> StateSet<IceConnectionState> {
        self.ice_of(transports.as_slice().iter().map(|one| one.ice).collect())
    }

    /// Returns the values that hold for `RTCPeerConnectionState`, given the ICE connection state.
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

    /// Returns the values of both enums for the transports of an open connection.
    pub(super) fn holding(&self, transports: &TransportSet) -> Holding {
        let ice = self.ice_connection_state(transports);
        let connection = ice.single().map_or(StateSet::empty(), |ice| {
            self.connection_state(transports, ice)
        });
        Holding { ice, connection }
    }

    /// Returns the values for ICE transports with exactly these states.
    pub(super) fn ice_of(&self, ice: StateSet<Ice>) -> StateSet<IceConnectionState> {
        // The tables have an entry for every set.
        self.ice[ice.number()]
    }

    /// Returns the values for transports with exactly these states.
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
