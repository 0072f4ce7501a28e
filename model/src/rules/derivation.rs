//! Values against the states of the transports that they are derived from.

use super::Judgement;
use std::cell::LazyCell;

use super::view::{View, is_event};
use crate::states::{IceGathererState, IceGatheringState};
use crate::trace::{Entry, TransportState, What};

/// `connection-state/derivation`.
pub(super) fn connection_state(view: &View<'_>, judgement: &mut Judgement) {
    for (entry, transports) in judged(view, &["connectionstatechange", "iceconnectionstatechange"])
    {
        let (Some(value), (Some(expected), _)) =
            (entry.state.connection_state, view.derive(transports))
        else {
            continue;
        };
        judgement.check(entry, expected.contains(value), || {
            format!(
                "connectionState is `{value}`, but with {} the edition {} says `{expected}`",
                tell(transports),
                view.edition.id
            )
        });
    }
}

/// `ice-connection-state/derivation`.
pub(super) fn ice_connection_state(view: &View<'_>, judgement: &mut Judgement) {
    for (entry, transports) in judged(view, &["connectionstatechange", "iceconnectionstatechange"])
    {
        let (Some(value), (_, Some(expected))) =
            (entry.state.ice_connection_state, view.derive(transports))
        else {
            continue;
        };
        judgement.check(entry, expected.contains(value), || {
            format!(
                "iceConnectionState is `{value}`, but with {} the edition {} says `{expected}`",
                tell(transports),
                view.edition.id
            )
        });
    }
}

/// `gathering-state/derivation`.
pub(super) fn gathering_state(view: &View<'_>, judgement: &mut Judgement) {
    for (entry, transports) in judged(view, &["icegatheringstatechange"]) {
        let states: Option<Vec<_>> = transports.iter().map(|t| t.gathering).collect();
        let (Some(value), Some(states)) = (entry.state.ice_gathering_state, states) else {
            continue;
        };
        let expected = if states.contains(&IceGathererState::Gathering) {
            IceGatheringState::Gathering
        } else if !states.is_empty() && states.iter().all(|s| *s == IceGathererState::Complete) {
            IceGatheringState::Complete
        } else {
            IceGatheringState::New
        };
        judgement.check(entry, value == expected, || {
            let told: Vec<_> = states.iter().map(|state| state.as_str()).collect();
            let told = if told.is_empty() {
                "none".to_owned()
            } else {
                told.join(", ")
            };
            format!("iceGatheringState is `{value}`, but with transports {told} it is `{expected}`")
        });
    }
}

/// `states/consistent-pair`.
pub(super) fn consistent_pair(view: &View<'_>, judgement: &mut Judgement) {
    // Made only for a trace that shows both attributes at once.
    let pairs = LazyCell::new(|| view.pairs(false));
    for entry in view.open_entries() {
        if let (Some(value), Some(ice)) = (
            entry.state.connection_state,
            entry.state.ice_connection_state,
        ) {
            judgement.check(entry, pairs.contains(&(value, ice)), || {
                format!(
                    "connectionState `{value}` and iceConnectionState `{ice}` together: by the \
                     edition {} no states of transports give this pair",
                    view.edition.id
                )
            });
        }
    }
}

/// The entries in which attributes must agree with the transports beside them.
///
/// Inside the handlers of the named events they must: the algorithms set all slots before they
/// fire. Elsewhere a queued task may be about to run, so only what has settled counts; and since
/// no edition derives the values again when a transport is made or discarded, a set of transports
/// that changed counts only once one of them has taken a step.
fn judged<'t>(view: &View<'t>, events: &[&str]) -> Vec<(&'t Entry, &'t [TransportState])> {
    let open = view.open_entries();
    let mut judged = Vec::new();
    let mut before: Option<&[TransportState]> = None;
    let mut set_changed = false;
    for (place, entry) in open.iter().enumerate() {
        let Some(transports) = &entry.transports else {
            continue;
        };
        if let Some(before) = before {
            let ids = |all: &[TransportState]| -> Vec<String> {
                all.iter().map(|transport| transport.id.clone()).collect()
            };
            if ids(before) != ids(transports) {
                set_changed = true;
            } else if before != transports.as_slice() {
                set_changed = false;
            }
        }
        before = Some(transports);
        let in_handler = events.iter().any(|event| is_event(entry, event));
        let at_rest = matches!(entry.what, What::Sample(_) | What::Action { .. })
            && !set_changed
            && view.is_settled(place, next_news(open, place));
        if in_handler || at_rest {
            judged.push((*entry, transports.as_slice()));
        }
    }
    judged
}

/// The place of the next entry that tells of another state of the transports or an attribute.
fn next_news(entries: &[&Entry], place: usize) -> usize {
    let Some(entry) = entries.get(place) else {
        return entries.len();
    };
    let differs = |later: &&Entry| {
        later
            .transports
            .as_ref()
            .is_some_and(|t| Some(t) != entry.transports.as_ref())
            || differs(later.state.connection_state, entry.state.connection_state)
            || differs(
                later.state.ice_connection_state,
                entry.state.ice_connection_state,
            )
            || differs(
                later.state.ice_gathering_state,
                entry.state.ice_gathering_state,
            )
    };
    let rest = entries.get(place + 1..).unwrap_or_default();
    // The entry with the news is itself a later moment.
    rest.iter()
        .position(differs)
        .map_or(entries.len(), |next| place + 2 + next)
}

fn differs<S: PartialEq + Copy>(later: Option<S>, now: Option<S>) -> bool {
    later.is_some() && now.is_some() && later != now
}

/// Transports in words: `(checking,new) (connected,connected)`.
pub(super) fn tell(transports: &[TransportState]) -> String {
    if transports.is_empty() {
        return "no transports".to_owned();
    }
    let one = |transport: &TransportState| {
        let ice = transport.ice.map_or("?", |state| state.as_str());
        let dtls = transport.dtls.map_or("?", |state| state.as_str());
        format!("({ice},{dtls})")
    };
    format!(
        "transports {}",
        transports.iter().map(one).collect::<Vec<_>>().join(" ")
    )
}
