//! `event/attributes-current`: the values that a handler reads.

use super::ATTRIBUTES_CURRENT;
use super::derivation::{connection_state_at, describe, ice_connection_state_at};
use super::finding::Judgement;
use super::readings::OfConnection;
use super::view::{View, is_event, judged_event, kind_of};
use crate::state_set::StateSet;
use crate::states::StateEnum;
use crate::trace::{Attribute, Entry, TransportKind, What};

/// Judges every handler before which an algorithm of the edition sets both values.
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    if !view.facts.has_order {
        return;
    }
    let in_one_task = view.demands.updates_in_one_task();
    let following = Following::of(view);
    for (place, entry) in view.open_entries() {
        let Some(event) = judged_event(entry) else {
            continue;
        };
        judge_transport(entry, event, judgement);
        let Some(sets) = sets_before(view, entry, event).filter(|_| in_one_task) else {
            continue;
        };
        let mut stale = Vec::new();
        for attribute in sets {
            let live = view.facts.is_live(attribute);
            stale.extend(match attribute {
                _ if !live || attribute.event() == event => None,
                Attribute::ConnectionState => stale_value(
                    view,
                    place,
                    entry.state.connection_state,
                    connection_state_at(view, place),
                    following.connection[place],
                    judgement,
                ),
                _ => stale_value(
                    view,
                    place,
                    entry.state.ice_connection_state,
                    ice_connection_state_at(view, place),
                    following.ice[place],
                    judgement,
                ),
            });
        }
        if stale.is_empty() {
            continue;
        }
        let names = stale.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let seen: Vec<_> = stale.iter().map(|(_, seen)| seen.as_str()).collect();
        let beside = match view.transports(place) {
            Some(_) => {
                let transports = describe(view, place, Attribute::ConnectionState);
                format!("with {transports}, ")
            }
            None => String::new(),
        };
        judgement.find(
            ATTRIBUTES_CURRENT,
            entry,
            format!(
                "{} not yet updated in the handler of {event}",
                names.join(" and ")
            ),
            || {
                format!(
                    "inside the handler of {event}, {beside}{}",
                    seen.join(", and ")
                )
            },
        );
    }
}

/// Returns the attributes that the edition's steps set before they fire an event.
fn sets_before(view: &View<'_>, entry: &Entry, event: &str) -> Option<[Attribute; 2]> {
    let both = [Attribute::IceConnectionState, Attribute::ConnectionState];
    match event {
        "iceconnectionstatechange" | "connectionstatechange" | "selectedcandidatepairchange" => {
            Some(both)
        }
        "statechange" => match kind_of(entry)? {
            TransportKind::Ice => Some(both),
            // The Recommendations fire it in a task that runs before the one that updates
            // connectionState.
            TransportKind::Dtls if view.demands.updates_dtls_in_one_task() => Some(both),
            TransportKind::Dtls => None,
        },
        _ => None,
    }
}

/// Returns a stale value, with what was observed; `None` if the value is current, or if that is
/// unknown.
fn stale_value<S: OfConnection>(
    view: &View<'_>,
    place: usize,
    read: Option<S>,
    expected: Option<StateSet<S>>,
    following: Option<&Entry>,
    judgement: &mut Judgement,
) -> Option<(&'static str, String)> {
    let read = read?;
    let name = S::ATTRIBUTE.as_str();
    if let Some(expected) = expected {
        if view.may_lag_behind_the_set(place, S::ATTRIBUTE) {
            return None;
        }
        judgement.observe(ATTRIBUTES_CURRENT);
        let fine = expected.is_empty() || expected.contains(read);
        return (!fine).then(|| {
            (
                name,
                format!("{name} still reads `{read}` and not `{expected}`"),
            )
        });
    }
    // The transports were not observed. An event that follows in the same task shows the new value.
    let new = following.and_then(|event| value_of::<S>(event))?;
    judgement.observe(ATTRIBUTES_CURRENT);
    let certain = view.knows_tasks || is_impossible(view, place);
    (new != read && certain).then(|| {
        (
            name,
            format!("{name} still reads `{read}`; the same change makes it `{new}`"),
        )
    })
}

fn value_of<S: OfConnection>(event: &Entry) -> Option<S> {
    match &event.what {
        What::Event {
            value: Some(value), ..
        } => value.parse().ok(),
        _ => S::read(event.state),
    }
}

/// Returns whether no combination of transports gives the two values that an entry read, so that
/// one of them must be stale.
fn is_impossible(view: &View<'_>, place: usize) -> bool {
    // A DTLS change derives connectionState only, from the previous iceConnectionState.
    let entry = view.entries[place];
    let pairs = if is_event(entry, "connectionstatechange") {
        view.demands.pairs()
    } else {
        view.demands.fresh_pairs()
    };
    let state = entry.state;
    let pair = state.connection_state.zip(state.ice_connection_state);
    !pairs.is_empty() && pair.is_some_and(|pair| !pairs.contains(&pair))
}

/// For each entry, the next event of an attribute in the same task.
struct Following<'t> {
    connection: Vec<Option<&'t Entry>>,
    ice: Vec<Option<&'t Entry>>,
}

impl<'t> Following<'t> {
    fn of(view: &View<'t>) -> Self {
        let of_event = |event: &str| {
            let mut following = vec![None; view.entries.len()];
            let mut next: Option<(usize, &'t Entry)> = None;
            // After close(), an event shows nothing about the change before it.
            let open = view.entries.iter().take(view.open_length()).enumerate();
            for (place, entry) in open.rev() {
                following[place] = next
                    .filter(|(later, _)| view.same_task(*later, place))
                    .map(|(_, entry)| entry);
                if is_event(entry, event) {
                    next = Some((place, entry));
                }
            }
            following
        };
        Self {
            connection: of_event("connectionstatechange"),
            ice: of_event("iceconnectionstatechange"),
        }
    }
}

/// Judges the transport's own state in the handler of its event.
fn judge_transport(entry: &Entry, event: &str, judgement: &mut Judgement) {
    let What::Event {
        transport: Some(id),
        value: Some(value),
        ..
    } = &entry.what
    else {
        return;
    };
    let listed = entry.transports.iter().flatten().find(|one| one.id == *id);
    let Some(listed) = listed else { return };
    let read = match (event, kind_of(entry)) {
        ("gatheringstatechange", _) => listed.gathering.map(StateEnum::as_str),
        ("statechange", Some(TransportKind::Ice)) => listed.ice.map(StateEnum::as_str),
        ("statechange", Some(TransportKind::Dtls)) => listed.dtls.map(StateEnum::as_str),
        _ => None,
    };
    if let Some(read) = read {
        judgement.observe(ATTRIBUTES_CURRENT);
        if read != value {
            judgement.find(
                ATTRIBUTES_CURRENT,
                entry,
                format!("the transport does not read what its {event} carries"),
                || {
                    format!(
                        "{event} of the transport {id} carries `{value}`, and inside its handler \
                         the transport reads `{read}`"
                    )
                },
            );
        }
    }
}
