//! The values to which `connectionState` can change while `iceConnectionState` stays the same.
//!
//! If both change in one task, their events have an order. A trace that shows neither its
//! transports nor its tasks can still show that both changed: if no step leads to the new value of
//! `connectionState` while `iceConnectionState` keeps its value, then `iceConnectionState` has
//! changed too.

use super::demands::Demands;
use crate::editions::space::{DTLS_SETS, ICE_SETS};
use crate::machine::steps::{can_be_reached, dtls_steps, ice_steps, is_reached};
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
    StateEnum,
};
use crate::transports::Transport;

/// A change of `connectionState` from one value to another, with the value that
/// `iceConnectionState` has before and after it.
pub(super) type Arrival = (PeerConnectionState, PeerConnectionState, IceConnectionState);

/// A set of such changes.
#[derive(Debug)]
pub(super) struct Arrivals([bool; ARRIVALS]);

const CONNECTION: usize = PeerConnectionState::ALL.len();
const ICE: usize = IceConnectionState::ALL.len();
const ARRIVALS: usize = CONNECTION * CONNECTION * ICE;

impl Arrivals {
    pub(super) fn contains(&self, arrival: Arrival) -> bool {
        self.0[Self::place(arrival)]
    }

    fn place((from, to, ice): Arrival) -> usize {
        (from.index() * CONNECTION + to.index()) * ICE + ice.index()
    }
}

/// The states of all other transports, as sets, since a definition depends on nothing else.
type Rest = (StateSet<Ice>, StateSet<Dtls>);

/// Returns the changes of `connectionState` alone, for any number of transports.
///
/// Each step concerns one transport: its state changes, or it is created or discarded. The states
/// of the others form a pair of sets, so these are all such steps.
pub(super) fn arrivals(demands: &Demands<'_>) -> Arrivals {
    let values = Values::of(demands);
    let mut arrivals = Arrivals([false; ARRIVALS]);
    for ice in StateSet::<Ice>::all() {
        for dtls in StateSet::<Dtls>::all() {
            if !can_be_reached(ice, dtls) {
                continue;
            }
            for transport in Transport::all().filter(|one| is_reached(*one)) {
                let with = values.beside((ice, dtls), transport);
                let mut add = |before: Given, after: Given| {
                    // Most steps change neither value, or also iceConnectionState.
                    let stays = before.connection == after.connection;
                    if stays && after.connection.single().is_some()
                        || !before.ice.intersects(after.ice)
                    {
                        return;
                    }
                    for to in after.connection.iter() {
                        for from in before.connection.iter().filter(|from| *from != to) {
                            for ice in after.ice.iter().filter(|ice| before.ice.contains(*ice)) {
                                arrivals.0[Arrivals::place((from, to, ice))] = true;
                            }
                        }
                    }
                };
                let without = values.at((ice, dtls));
                add(with, without);
                if transport == Transport::NEW {
                    add(without, with);
                }
                let ices = ice_steps(transport.ice).iter();
                for &(ice_state, _) in ices {
                    let to = Transport::new(ice_state, transport.dtls);
                    add(with, values.beside((ice, dtls), to));
                }
                for &dtls_state in dtls_steps(transport) {
                    let to = Transport::new(transport.ice, dtls_state);
                    add(with, values.beside((ice, dtls), to));
                }
            }
        }
    }
    arrivals
}

/// The values that the definitions give; `None` if they do not define the enum.
#[derive(Debug, Clone, Copy)]
struct Given {
    connection: StateSet<PeerConnectionState>,
    ice: StateSet<IceConnectionState>,
}

/// The values for every pair of sets.
struct Values(Vec<Given>);

impl Values {
    fn of(demands: &Demands<'_>) -> Self {
        let mut all = Vec::with_capacity(ICE_SETS * DTLS_SETS);
        for ice in StateSet::<Ice>::all() {
            for dtls in StateSet::<Dtls>::all() {
                let given = demands.given(ice, dtls);
                let (connection, ice) = (given.connection_state, given.ice_connection_state);
                all.push(Given {
                    connection: connection.iter().flat_map(|values| values.iter()).collect(),
                    ice: ice.iter().flat_map(|values| values.iter()).collect(),
                });
            }
        }
        Self(all)
    }

    fn at(&self, (ice, dtls): Rest) -> Given {
        self.0[ice.number() * DTLS_SETS + dtls.number()]
    }

    fn beside(&self, (ice, dtls): Rest, transport: Transport) -> Given {
        let ice = ice.union(StateSet::only(transport.ice));
        self.at((ice, dtls.union(StateSet::only(transport.dtls))))
    }
}
