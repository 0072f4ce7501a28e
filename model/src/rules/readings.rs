//! Every reading of one attribute of a peer, in order.

use std::str::FromStr;

use super::view::View;
use crate::states::{
    IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState, StateEnum,
};
use crate::trace::{Attribute, Entry, State, What};

/// An attribute of a connection, for generic code.
pub(super) trait OfConnection: StateEnum + FromStr {
    /// The attribute.
    const ATTRIBUTE: Attribute;
    /// Its value on a new connection.
    const INITIAL: Self;
    /// Returns its value in the state that an entry read.
    fn read(state: State) -> Option<Self>;
}

macro_rules! of_connection {
    ($($state:ident, $attribute:ident, $field:ident, $initial:ident;)+) => {$(
        impl OfConnection for $state {
            const ATTRIBUTE: Attribute = Attribute::$attribute;
            const INITIAL: Self = Self::$initial;

            fn read(state: State) -> Option<Self> {
                state.$field
            }
        }
    )+};
}

of_connection! {
    PeerConnectionState, ConnectionState, connection_state, New;
    IceConnectionState, IceConnectionState, ice_connection_state, New;
    IceGatheringState, IceGatheringState, ice_gathering_state, New;
    SignalingState, SignalingState, signaling_state, Stable;
}

/// One reading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<S> {
    /// The index of the entry.
    pub(super) place: usize,
    /// Whether the entry is the attribute's own event.
    pub(super) is_event: bool,
    /// The value; `None` if the event does not show it, or if the enum does not have it.
    pub(super) value: Option<S>,
    /// The value that the getter read in the handler, if the event reported another one.
    pub(super) contradicted_by: Option<S>,
}

/// Returns every reading of an attribute before `close()`.
pub(super) fn readings<S: OfConnection>(view: &View<'_>) -> Vec<Reading<S>> {
    let entries = view.open_entries();
    entries
        .filter_map(|(place, entry)| reading(view, place, entry))
        .collect()
}

fn reading<S: OfConnection>(view: &View<'_>, place: usize, entry: &Entry) -> Option<Reading<S>> {
    let live = view.facts.is_live(S::ATTRIBUTE);
    let read = S::read(entry.state);
    match &entry.what {
        What::Event { name, value, .. } if name == S::ATTRIBUTE.event() => {
            let said = value.as_deref().and_then(|value| value.parse().ok());
            Some(Reading {
                place,
                is_event: true,
                value: said.or(read),
                contradicted_by: read.filter(|read| live && said.is_some_and(|said| said != *read)),
            })
        }
        // Elsewhere, an argument or a cached value repeats an event that the trace has.
        _ if live => Some(Reading {
            place,
            is_event: false,
            value: Some(read?),
            contradicted_by: None,
        }),
        _ => None,
    }
}
