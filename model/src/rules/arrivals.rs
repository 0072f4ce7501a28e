//! The values that `connectionState` arrives at while `iceConnectionState` stays what it was.
//!
//! Where both change in one task, their events have an order. A trace that shows neither its
//! transports nor its tasks still tells whether they did: a new value of `connectionState` at which
//! no step arrives while `iceConnectionState` keeps its old value comes with a new one of that too.

use super::demands::Demands;
use crate::editions::space::{DTLS_SETS, ICE_SETS};
use crate::machine::steps::{can_be_reached, dtls_steps, ice_steps, is_reached};
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
    StateEnum,
};
use crate::transports::Transport;

/// A step of `connectionState` from one value to another, and the value that `iceConnectionState`
/// has before and after it.
pub(super) type Arrival = (PeerConnectionState, PeerConnectionState, IceConnectionState);

/// A set of such steps.
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

/// The states of all transports but one: as sets, like all that a definition asks for.
type Rest = (StateSet<Ice>, StateSet<Dtls>);

/// The steps that change `connectionState` alone, of any number of transports.
///
/// Such a step is of one transport: it changes a state, or the transport comes or goes. Beside it the
/// rest are a pair of sets, so that these are all such steps.
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
                    // Most steps change nothing, or iceConnectionState too.
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

/// What the definitions give; nothing where they do not define an enum.
#[derive(Debug, Clone, Copy)]
struct Given {
    connection: StateSet<PeerConnectionState>,
    ice: StateSet<IceConnectionState>,
}

/// The values for each pair of sets.
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
