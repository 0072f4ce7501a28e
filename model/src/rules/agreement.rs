//! Finds the published editions whose definitions give the values of a trace.

use std::collections::BTreeSet;

use super::demands::{Demands, Pair};
use super::readings::{OfConnection, readings};
use super::view::{View, next_differing};
use crate::editions;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};
use crate::trace::What;

/// The distinct combinations of a trace that can be compared with definitions.
#[derive(Debug, Default)]
pub(super) struct Comparable {
    connection: BTreeSet<(Compared, PeerConnectionState)>,
    ice: BTreeSet<(Compared, IceConnectionState)>,
    pairs: BTreeSet<Pair>,
}

/// Settled transports with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Compared {
    ice: StateSet<Ice>,
    dtls: Option<StateSet<Dtls>>,
    /// Whether transports came or went since one of them changed state.
    set_changed: bool,
}

impl Comparable {
    pub(super) fn collect(&mut self, view: &View<'_>) {
        collect(view, &mut self.connection);
        collect(view, &mut self.ice);
        for (place, entry) in view.open_entries() {
            let state = entry.state;
            let pair = state.connection_state.zip(state.ice_connection_state);
            if let Some(pair) = pair
                && matches!(entry.what, What::Sample(_))
                && !view.has_changed_set(place)
            {
                self.pairs.insert(pair);
            }
        }
    }

    /// Returns the published editions by whose definitions all these values are right. Empty if
    /// there is nothing to compare.
    pub(super) fn agreeing(&self) -> Vec<String> {
        if self.connection.is_empty() && self.ice.is_empty() && self.pairs.is_empty() {
            return Vec::new();
        }
        let published = editions::editions().iter();
        published
            .filter(|edition| edition.id != editions::DEFAULT_EDITION)
            .filter(|edition| edition.connection_state.is_some())
            .filter(|edition| self.agrees(&Demands::of(edition)))
            .map(|edition| edition.id.clone())
            .collect()
    }

    fn agrees(&self, demands: &Demands<'_>) -> bool {
        let counts = |compared: &Compared| !compared.set_changed || demands.updates_with_the_set();
        let connection = self
            .connection
            .iter()
            .filter(|(compared, _)| counts(compared));
        let connection_agrees = connection.clone().all(|(compared, value)| {
            let given = compared
                .dtls
                .and_then(|dtls| demands.given(compared.ice, dtls).connection_state);
            given.is_none_or(|given| given.contains(*value))
        });
        let mut ice = self.ice.iter().filter(|(compared, _)| counts(compared));
        connection_agrees
            && ice.all(|(compared, value)| {
                let dtls = compared.dtls.unwrap_or_else(|| StateSet::only(Dtls::New));
                let given = demands.given(compared.ice, dtls).ice_connection_state;
                given.is_none_or(|given| given.contains(*value))
            })
            && self.pairs.iter().all(|pair| {
                let pairs = demands.pairs();
                pairs.is_empty() || pairs.contains(pair)
            })
    }
}

/// Collects the values that have settled, or that an event reports, with the transports that the
/// entry lists.
fn collect<S: OfConnection>(view: &View<'_>, into: &mut BTreeSet<(Compared, S)>) {
    let all = readings::<S>(view);
    let mut read: Vec<Option<S>> = vec![None; view.entries.len()];
    for reading in &all {
        if let Some(slot) = read.get_mut(reading.place) {
            *slot = reading.value;
        }
    }
    let next_value = next_differing(&read);
    let next_step = next_differing(&view.listed);
    let mut last = None;
    for (place, entry) in view.open_entries() {
        last = read[place].or(last);
        let Some((ice, dtls)) = view.states(place) else {
            continue;
        };
        let readable = view.facts.is_live(S::ATTRIBUTE);
        let value = if readable { read[place] } else { last };
        let Some(value) = value.filter(|value| value.as_str() != "closed") else {
            continue;
        };
        let own_event = super::view::is_event(entry, S::ATTRIBUTE.event());
        let news = next_value[place]
            .min(next_step[place])
            .min(view.open_length());
        if (own_event && readable) || view.is_settled(place, news) {
            let set_changed = view.has_changed_set(place) && !own_event;
            into.insert((
                Compared {
                    ice,
                    dtls,
                    set_changed,
                },
                value,
            ));
        }
    }
}
