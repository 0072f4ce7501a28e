//! Events: for every change one, in order, with attributes that are current.

use super::Judgement;
use std::cell::LazyCell;

use super::derivation::tell;
use super::view::{View, is_event, judged_event};
use crate::state_set::StateSet;
use crate::states::{
    IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState, StateEnum,
};
use crate::trace::{Entry, State, TransportState, What};

/// `event/on-change`.
pub(super) fn on_change(view: &View<'_>, judgement: &mut Judgement) {
    let attribute = Attribute {
        event: "connectionstatechange",
        name: "connectionState",
        initial: PeerConnectionState::New,
        value: |state| state.connection_state,
        derived: |view, transports| view.derive(transports).0,
    };
    follow(view, &attribute, judgement);
    let attribute = Attribute {
        event: "iceconnectionstatechange",
        name: "iceConnectionState",
        initial: IceConnectionState::New,
        value: |state| state.ice_connection_state,
        derived: |view, transports| view.derive(transports).1,
    };
    follow(view, &attribute, judgement);
    let attribute = Attribute {
        event: "icegatheringstatechange",
        name: "iceGatheringState",
        initial: IceGatheringState::New,
        value: |state| state.ice_gathering_state,
        derived: |_, _| None,
    };
    follow(view, &attribute, judgement);
    let attribute = Attribute {
        event: "signalingstatechange",
        name: "signalingState",
        initial: SignalingState::Stable,
        value: |state| state.signaling_state,
        derived: |_, _| None,
    };
    follow(view, &attribute, judgement);
}

/// An attribute and its event.
struct Attribute<S> {
    event: &'static str,
    name: &'static str,
    initial: S,
    value: fn(&State) -> Option<S>,
    /// What the edition gives for transports that are seen, where it speaks of the attribute.
    derived: fn(&View<'_>, &[TransportState]) -> Option<StateSet<S>>,
}

fn follow<S: StateEnum>(view: &View<'_>, attribute: &Attribute<S>, judgement: &mut Judgement) {
    let open = view.open_entries();
    let mut told = attribute.initial;
    for (place, entry) in open.iter().enumerate() {
        let value = (attribute.value)(&entry.state);
        if is_event(entry, attribute.event) {
            let Some(now) = value else { continue };
            judgement.check(entry, now != told, || {
                format!(
                    "{} although {} is `{now}` as before",
                    attribute.event, attribute.name
                )
            });
            told = now;
            continue;
        }
        // Until the next event of the attribute, its value must be the one that was told.
        let rest = open.get(place + 1..).unwrap_or_default();
        let next = rest
            .iter()
            .position(|later| is_event(later, attribute.event));
        let until = next.map_or(view.entries.len(), |next| place + 2 + next);
        let until = until.min(view.close_begun().map_or(usize::MAX, |close| close + 1));
        if let Some(now) = value {
            if now == told {
                judgement.observe();
            } else if view.is_settled(place, until) {
                let before = told;
                judgement.check(entry, false, || {
                    format!(
                        "{} changed from `{before}` to `{now}` without {}",
                        attribute.name, attribute.event
                    )
                });
                told = now;
            }
        } else if let (What::Sample(_), Some(transports)) = (&entry.what, &entry.transports)
            && !changed_set(open, place)
            && let Some(expected) = (attribute.derived)(view, transports)
            && let still = rest
                .iter()
                .position(|later| {
                    later
                        .transports
                        .as_ref()
                        .is_some_and(|now| now != transports)
                })
                .map_or(until, |moved| until.min(place + 2 + moved))
            && view.is_settled(place, still)
        {
            // The attribute can not be read here: what was told of it last is all there is.
            let fine = expected.is_empty() || expected.contains(told);
            judgement.check(entry, fine, || {
                format!(
                    "with {} the edition {} says {} `{expected}`, but no {} told of it: the last \
                     value told is `{told}`",
                    tell(transports),
                    view.edition.id,
                    attribute.name,
                    attribute.event
                )
            });
            if let (false, Some(expected)) = (fine, expected.single()) {
                // Tell each change that was missed once.
                told = expected;
            }
        }
    }
}

/// Whether the set of transports has changed since one of them took a step.
fn changed_set(entries: &[&Entry], place: usize) -> bool {
    let ids =
        |all: &[TransportState]| -> Vec<String> { all.iter().map(|t| t.id.clone()).collect() };
    let mut changed = false;
    let mut before: Option<&Vec<TransportState>> = None;
    for entry in entries.iter().take(place + 1) {
        let Some(now) = &entry.transports else {
            continue;
        };
        if let Some(before) = before {
            if ids(before) != ids(now) {
                changed = true;
            } else if before != now {
                changed = false;
            }
        }
        before = Some(now);
    }
    changed
}

/// `event/attributes-current`.
pub(super) fn attributes_current(view: &View<'_>, judgement: &mut Judgement) {
    if !view.updates_in_one_task() {
        return;
    }
    let judged: Vec<&Entry> = view
        .open_entries()
        .iter()
        .copied()
        .filter(|e| judged_event(e).is_some())
        .collect();
    for pair in judged.windows(2) {
        let [first, second] = pair else { continue };
        if !is_event(first, "iceconnectionstatechange")
            || !is_event(second, "connectionstatechange")
            || !same_task(first, second)
        {
            continue;
        }
        if let (Some(seen), Some(new)) =
            (first.state.connection_state, second.state.connection_state)
        {
            judgement.check(first, seen == new, || {
                format!(
                    "inside the handler of iceconnectionstatechange connectionState still reads \
                     `{seen}`; it becomes `{new}` in the same change"
                )
            });
        }
        if let (Some(new), Some(seen)) = (
            first.state.ice_connection_state,
            second.state.ice_connection_state,
        ) {
            judgement.check(second, seen == new, || {
                format!(
                    "inside the handler of connectionstatechange iceConnectionState reads \
                     `{seen}`, although the same change made it `{new}`"
                )
            });
        }
    }
    // What an event tells of is what its own attribute reads.
    for entry in judged {
        let State {
            connection_state,
            ice_connection_state,
            ..
        } = entry.state;
        if connection_state.is_some() && ice_connection_state.is_some() {
            judgement.observe();
        }
    }
}

/// `event/order`.
pub(super) fn order(view: &View<'_>, judgement: &mut Judgement) {
    if !view.updates_in_one_task() {
        return;
    }
    // Made only for a trace in which the order is in doubt.
    let plausible = LazyCell::new(|| view.pairs(true));
    let mut ice_before = IceConnectionState::New;
    let judged: Vec<&Entry> = view
        .open_entries()
        .iter()
        .copied()
        .filter(|entry| judged_event(entry).is_some_and(|event| is_of_one_change(entry, event)))
        .collect();
    for pair in judged.windows(2) {
        let [first, second] = pair else { continue };
        if is_event(first, "iceconnectionstatechange") {
            ice_before = first.state.ice_connection_state.unwrap_or(ice_before);
        }
        if !same_task(first, second) {
            continue;
        }
        let (one, other) = (name_of(first), name_of(second));
        let late_statechange = other == "statechange"
            && one != "statechange"
            && is_ice(second)
            && leads_to(second, first);
        let reversed = one == "connectionstatechange"
            && other == "iceconnectionstatechange"
            && (shows_change(view, first, second, ice_before)
                || is_caused_by(first, second, ice_before, &plausible));
        if matches!(
            (one, other),
            ("iceconnectionstatechange", "connectionstatechange")
        ) || (one == "statechange" && is_ice(first))
        {
            judgement.observe();
        }
        if reversed || late_statechange {
            judgement.check(second, false, || {
                let at = first.at;
                format!("{other} came after {one} although one change at {at} ms caused both")
            });
        }
    }
}

fn name_of(entry: &Entry) -> &str {
    judged_event(entry).unwrap_or_default()
}

fn is_of_one_change(entry: &Entry, event: &str) -> bool {
    matches!(event, "connectionstatechange" | "iceconnectionstatechange")
        || (event == "statechange" && is_ice(entry))
}

fn is_ice(entry: &Entry) -> bool {
    matches!(
        &entry.what,
        What::Event {
            kind: Some(crate::trace::TransportKind::Ice),
            ..
        }
    )
}

/// Whether the ICE change told by a statechange is one that the event before it has told of
/// already: both show the same transports.
fn leads_to(statechange: &Entry, event: &Entry) -> bool {
    is_event(event, "iceconnectionstatechange")
        && statechange.transports.is_some()
        && statechange.transports == event.transports
}

/// Whether the transports beside a connectionstatechange already give the value that the
/// iceconnectionstatechange after it tells of: then the ICE change was made before the first event.
fn shows_change(
    view: &View<'_>,
    connection: &Entry,
    ice: &Entry,
    ice_before: IceConnectionState,
) -> bool {
    let derived = connection
        .transports
        .as_ref()
        .and_then(|transports| view.derive(transports).1);
    let (Some(derived), Some(ice_now)) = (derived, ice.state.ice_connection_state) else {
        return false;
    };
    derived.single() == Some(ice_now) && ice_now != ice_before
}

/// Whether a connectionstatechange comes of the ICE change that the iceconnectionstatechange after
/// it tells of: it reads the new value already, or, where it reads none, no plausible transports
/// give its value together with the ICE value from before.
fn is_caused_by(
    connection: &Entry,
    ice: &Entry,
    ice_before: IceConnectionState,
    plausible: &[super::view::Pair],
) -> bool {
    let (Some(value), Some(ice_now)) = (
        connection.state.connection_state,
        ice.state.ice_connection_state,
    ) else {
        return false;
    };
    match connection.state.ice_connection_state {
        Some(read) => read == ice_now && read != ice_before,
        None => plausible.contains(&(value, ice_now)) && !plausible.contains(&(value, ice_before)),
    }
}

/// Whether two entries ran in one task, as far as the trace tells: by their task numbers, or else
/// at the same moment.
fn same_task(first: &Entry, second: &Entry) -> bool {
    match (first.task, second.task) {
        (Some(one), Some(other)) => one == other,
        _ => first.at == second.at,
    }
}

impl View<'_> {
    /// Whether the edition updates every slot and fires every event of an ICE change in one task.
    pub(super) fn updates_in_one_task(&self) -> bool {
        let order = self.edition.dynamics.ice_event_order.as_deref();
        order.is_some_and(|order| order.starts_with("one task"))
    }
}
