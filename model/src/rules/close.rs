//! `close()`: it takes effect at once, fires no event, and is final.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Judgement, Place};
use super::view::{View, judged_event, kind_of, text_of};
use super::{CLOSE_ATTRIBUTES, NONE_AFTER_CLOSE, ONLY_BY_CLOSE, SILENT, TERMINAL};
use crate::editions::FiredOnClose;
use crate::states::{DtlsTransportState, IceTransportState};
use crate::trace::{Attribute, Entry, TransportKind, TransportState};

/// The attributes that `close()` sets to closed.
const CLOSED: [Attribute; 3] = [
    Attribute::ConnectionState,
    Attribute::IceConnectionState,
    Attribute::SignalingState,
];

/// Judges everything about `close()`.
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    judge_only_by_close(view, judgement);
    judge_events(view, judgement);
    judge_attributes(view, judgement);
    judge_terminal(view, judgement);
}

/// `close/silent` and `event/none-after-close`. The events that one call fires are one deviation,
/// however many there are.
fn judge_events(view: &View<'_>, judgement: &mut Judgement) {
    let (Some(begun), Some(returned)) = (view.close_begun, view.close_returned) else {
        return;
    };
    judgement.observe(SILENT);
    judgement.observe(NONE_AFTER_CLOSE);
    // If one entry is the whole call, no event is inside it.
    let inside = if view.facts.has_order && begun < returned {
        &view.entries[begun + 1..returned]
    } else {
        &[]
    };
    let inside = inside
        .iter()
        .filter_map(|entry| Some((*entry, judged_event(entry)?)));
    let inside = inside.filter(|(_, event)| !may_report_close(view, event));
    let inside: Vec<_> = inside.collect();
    let names: BTreeSet<&str> = inside.iter().map(|(_, event)| *event).collect();
    for (entry, _) in &inside {
        judgement.find(SILENT, entry, "close() fires events", || {
            format!("close() fired {}", join(&names))
        });
    }
    let mut allowed = Allowed::of(view);
    let closed_at = view.entries[returned].at;
    let behind = &view.entries[returned + 1..];
    let behind: Vec<_> = behind
        .iter()
        .enumerate()
        .filter_map(|(offset, entry)| {
            let event = judged_event(entry)?;
            let unordered = !view.facts.has_order && entry.at == closed_at;
            let fine = unordered || allowed.take(view, returned + 1 + offset, entry, event);
            (!fine).then_some((*entry, event))
        })
        .collect();
    let names: BTreeSet<&str> = behind.iter().map(|(_, event)| *event).collect();
    for (entry, _) in &behind {
        judgement.find(NONE_AFTER_CLOSE, entry, "events after close()", || {
            format!("after close() {} came", join(&names))
        });
    }
}

fn join(names: &BTreeSet<&str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(", ")
}

/// Returns whether a text does not except `close()` from the changes that an event reports.
fn may_report_close(view: &View<'_>, event: &str) -> bool {
    let dynamics = &view.demands.edition.dynamics;
    let fires = match event {
        "connectionstatechange" => &dynamics.close_fires_connectionstatechange,
        "iceconnectionstatechange" => &dynamics.close_fires_iceconnectionstatechange,
        _ => return false,
    };
    view.demands.algorithms.is_none()
        && match fires.is {
            FiredOnClose::InQueuedTask | FiredOnClose::NotExcepted | FiredOnClose::Unspecified => {
                true
            }
            FiredOnClose::ExplicitlyNot | FiredOnClose::NotByTheSteps => false,
        }
}

/// The events that an edition still allows from a task that was queued or running when the
/// connection was closed.
struct Allowed {
    /// `connectionstatechange`: in editions in which `close()` queues the update.
    update: bool,
    /// The transports whose DTLS task may still run.
    dtls: bool,
    dtls_fired: BTreeSet<Option<String>>,
    /// The lowest rank of the next event of the task in which `close()` was called, if the text
    /// lets the task go on.
    rest_of_task: Option<u8>,
}

impl Allowed {
    fn of(view: &View<'_>) -> Self {
        let text = view.demands.algorithms;
        Self {
            update: text
                .is_some_and(|text| text.close_queues_update && !text.close_sets_connection_state),
            dtls: text.is_some_and(|text| !text.dtls_aborts_when_closed),
            dtls_fired: BTreeSet::new(),
            rest_of_task: next_rank(view)
                .filter(|_| text.is_some_and(|text| !text.events_abort_when_closed)),
        }
    }

    fn take(&mut self, view: &View<'_>, place: usize, entry: &Entry, event: &str) -> bool {
        if may_report_close(view, event) {
            return true;
        }
        let in_task = view
            .close_begun
            .is_some_and(|begun| view.same_task(place, begun));
        if let (true, Some(before), Some(now)) = (in_task, self.rest_of_task, rank(entry))
            && before <= now
        {
            self.rest_of_task = Some(now + 1);
            return true;
        }
        match event {
            "connectionstatechange" => std::mem::take(&mut self.update),
            "statechange" if self.dtls && kind_of(entry) == Some(TransportKind::Dtls) => {
                let crate::trace::What::Event { transport, .. } = &entry.what else {
                    return false;
                };
                // One task may have been queued for each. All entries without an id count as one.
                self.dtls_fired.insert(transport.clone())
            }
            _ => false,
        }
    }
}

/// Returns the lowest rank of an event that may follow in the task in which `close()` was called;
/// `None` if it was not called in a handler. A recorder that records calls also records the event
/// in whose handler a call is made, so a `close()` without an event before it was not called in a
/// handler.
fn next_rank(view: &View<'_>) -> Option<u8> {
    let begun = view.close_begun?;
    let mut before = (0..begun)
        .rev()
        .take_while(|place| view.same_task(*place, begun));
    before
        .find_map(|place| rank(view.entries[place]))
        .map(|rank| rank + 1)
}

/// Returns the rank of an event among those that one task fires.
fn rank(entry: &Entry) -> Option<u8> {
    Some(match judged_event(entry)? {
        "selectedcandidatepairchange" => 0,
        "statechange" => 1,
        "iceconnectionstatechange" => 2,
        "connectionstatechange" => 3,
        _ => return None,
    })
}

/// `close/attributes`: the first reading of each attribute and each transport after `close()` has
/// returned. Only a getter can be wrong there: a cached value can not be updated by an event that
/// must not be fired.
fn judge_attributes(view: &View<'_>, judgement: &mut Judgement) {
    let Some(returned) = view.close_returned else {
        return;
    };
    let text = view.demands.algorithms;
    let mut waiting: Vec<Attribute> = CLOSED
        .into_iter()
        .filter(|attribute| view.facts.is_live(*attribute))
        .filter(|attribute| match attribute {
            Attribute::ConnectionState => text.is_some_and(|text| text.close_sets_connection_state),
            Attribute::IceConnectionState => {
                text.is_some_and(|text| text.close_sets_ice_connection_state)
            }
            _ => true,
        })
        .collect();
    let gathering = gathering_before(view);
    let mut gathering_read = false;
    let mut transports_read = BTreeSet::new();
    let mut wrong: BTreeMap<&'static str, (&Entry, String)> = BTreeMap::new();
    for entry in &view.entries[returned..] {
        waiting.retain(|attribute| {
            // What a getter read, as opposed to what an event reported.
            let Some(read) = entry.state.get(*attribute) else {
                return true;
            };
            judgement.observe(CLOSE_ATTRIBUTES);
            if read != "closed" {
                let name = attribute.as_str();
                wrong.insert(name, (entry, format!("{name} reads `{read}`")));
            }
            false
        });
        let read = entry.state.ice_gathering_state.filter(|_| !gathering_read);
        if let (Some(before), Some(now)) = (gathering, read) {
            gathering_read = true;
            judgement.observe(CLOSE_ATTRIBUTES);
            if now != before {
                let text = format!("iceGatheringState goes from `{before}` to `{now}`");
                wrong.insert("iceGatheringState", (entry, text));
            }
        }
        for transport in entry.transports.iter().flatten() {
            if !transports_read.insert(transport.id.as_str()) {
                continue;
            }
            judgement.observe(CLOSE_ATTRIBUTES);
            for (name, read) in open_states(transport) {
                let text = format!("{name} {} reads `{read}`", transport.id);
                wrong.entry(name).or_insert((entry, text));
            }
        }
    }
    let Some((entry, _)) = wrong.values().min_by_key(|(entry, _)| entry.line) else {
        return;
    };
    let names: Vec<&str> = wrong.keys().copied().collect();
    let read: Vec<&str> = wrong.values().map(|(_, read)| read.as_str()).collect();
    judgement.find(
        CLOSE_ATTRIBUTES,
        entry,
        format!("close() does not leave {} as it must", names.join(", ")),
        || format!("after close() {}", read.join(", ")),
    );
}

/// Returns what `iceGatheringState` read when `close()` was called, if that is certain: the call
/// itself read it, or its events kept it up to date.
fn gathering_before(view: &View<'_>) -> Option<crate::states::IceGatheringState> {
    if !view.facts.is_live(Attribute::IceGatheringState) {
        return None;
    }
    let begun = view.close_begun?;
    if view.close_returned != Some(begun)
        && let Some(read) = view.entries[begun].state.ice_gathering_state
    {
        return Some(read);
    }
    let subscribed = view.facts.is_subscribed("icegatheringstatechange");
    let mut before = view.entries[..begun].iter().rev();
    before
        .find_map(|entry| entry.state.ice_gathering_state)
        .filter(|_| subscribed)
}

/// Returns the states of a transport that are not closed.
fn open_states(transport: &TransportState) -> Vec<(&'static str, &'static str)> {
    let ice = transport
        .ice
        .filter(|ice| *ice != IceTransportState::Closed);
    let dtls = transport
        .dtls
        .filter(|dtls| *dtls != DtlsTransportState::Closed);
    let ice = ice.map(|state| ("the ICE transport", state.as_str()));
    let dtls = dtls.map(|state| ("the DTLS transport", state.as_str()));
    ice.into_iter().chain(dtls).collect()
}

/// `close/terminal` for each attribute: once closed, it stays closed.
fn judge_terminal(view: &View<'_>, judgement: &mut Judgement) {
    for attribute in CLOSED {
        let live = view.facts.is_live(attribute);
        let (mut was_closed, mut is_wrong) = (false, false);
        for entry in &view.entries {
            let own_event = judged_event(entry) == Some(attribute.event());
            let Some(now) = text_of(entry, attribute).filter(|_| live || own_event) else {
                continue;
            };
            if was_closed {
                judgement.observe(TERMINAL);
            }
            // This is one deviation until the attribute reads closed again.
            if was_closed && now != "closed" && !is_wrong {
                let name = attribute.as_str();
                judgement.find(TERMINAL, entry, format!("{name} is closed no more"), || {
                    format!("{name} was `closed`, and now it is `{now}`")
                });
            }
            is_wrong = was_closed && now != "closed";
            was_closed |= now == "closed";
        }
    }
}

/// `close/only-by-close`.
fn judge_only_by_close(view: &View<'_>, judgement: &mut Judgement) {
    if !view.facts.has_actions {
        return;
    }
    let (connection, ice) = view.demands.closes_open_connections();
    let judged: Vec<Attribute> = CLOSED
        .into_iter()
        .filter(|attribute| match attribute {
            Attribute::ConnectionState => !connection,
            Attribute::IceConnectionState => !ice,
            _ => true,
        })
        .collect();
    let mut closed: BTreeMap<&str, &Entry> = BTreeMap::new();
    for (_, entry) in view.open_entries() {
        for attribute in &judged {
            let Some(read) = text_of(entry, *attribute) else {
                continue;
            };
            judgement.observe(ONLY_BY_CLOSE);
            if read == "closed" {
                closed.entry(attribute.as_str()).or_insert(entry);
            }
        }
    }
    let names: Vec<&str> = closed.keys().copied().collect();
    let mut places: Vec<&Entry> = closed.into_values().collect();
    places.sort_by_key(|entry| Place::from(*entry));
    places.dedup_by_key(|entry| entry.line);
    for entry in places {
        judgement.find(ONLY_BY_CLOSE, entry, "closed without close()", || {
            let verb = if names.len() == 1 { "reads" } else { "read" };
            format!(
                "{} {verb} `closed`, but nobody has called close()",
                names.join(" and ")
            )
        });
    }
}
