//! The values that `connectionState` arrives at while `iceConnectionState` stays what it was.
//!
//! Where both change in one task, their events have an order. A trace that shows neither its
//! transports nor its tasks still tells whether they did: a new value of `connectionState` at which
//! no step arrives while `iceConnectionState` keeps its old value comes with a new one of that too.

use std::collections::BTreeSet;

use super::demands::{Demands, Pair};
use crate::machine::steps::{can_be_reached, dtls_steps, ice_steps, is_reached};
use crate::space::DTLS_SETS;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};
use crate::transports::Transport;

/// A step of `connectionState` from one value to another, and the value that `iceConnectionState`
/// has before and after it.
pub(super) type Arrival = (PeerConnectionState, PeerConnectionState, IceConnectionState);

/// The states of all transports but one: as sets, like all that a definition asks for.
type Rest = (StateSet<Ice>, StateSet<Dtls>);

/// The steps that change `connectionState` alone, of any number of transports.
///
/// Such a step is of one transport: it changes a state, or the transport comes or goes. Beside it the
/// rest are a pair of sets, so that these are all such steps.
pub(super) fn arrivals(demands: &Demands<'_>) -> BTreeSet<Arrival> {
    let values = Values::of(demands);
    let mut arrivals = BTreeSet::new();
    for ice in StateSet::<Ice>::all() {
        for dtls in StateSet::<Dtls>::all() {
            if !can_be_reached(ice, dtls) {
                continue;
            }
            for transport in Transport::all().filter(|one| is_reached(*one)) {
                let with = values.beside((ice, dtls), transport);
                let mut add = |before: &[Pair], after: &[Pair]| {
                    for &(to, ice) in after {
                        let leaves = |(from, same): &&Pair| *same == ice && *from != to;
                        let from = before.iter().filter(leaves);
                        arrivals.extend(from.map(|&(from, _)| (from, to, ice)));
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

/// The pairs of values for each pair of sets.
struct Values(Vec<Vec<Pair>>);

impl Values {
    fn of(demands: &Demands<'_>) -> Self {
        let mut all = Vec::new();
        for ice in StateSet::<Ice>::all() {
            for dtls in StateSet::<Dtls>::all() {
                let given = demands.given(ice, dtls);
                let both = given.connection_state.zip(given.ice_connection_state);
                let pairs = both.into_iter().flat_map(|(connection, ice)| {
                    let with = move |value| ice.iter().map(move |ice| (value, ice));
                    connection.iter().flat_map(with).collect::<Vec<_>>()
                });
                all.push(pairs.collect());
            }
        }
        Self(all)
    }

    fn at(&self, (ice, dtls): Rest) -> &[Pair] {
        &self.0[ice.number() * DTLS_SETS + dtls.number()]
    }

    fn beside(&self, (ice, dtls): Rest, transport: Transport) -> &[Pair] {
        let ice = ice.union(StateSet::only(transport.ice));
        self.at((ice, dtls.union(StateSet::only(transport.dtls))))
    }
}
