//! `event/on-change`, and what else may be wrong where a value changes apart from its event.

use std::cell::OnceCell;

use super::finding::Judgement;
use super::readings::{OfConnection, Reading, readings};
use super::view::{View, next_differing};
use super::{AFTER_DESCRIPTION, ATTRIBUTES_CURRENT, BEFORE_PROMISE, ON_CHANGE, REFUSED};
use crate::state_set::StateSet;
use crate::states::{IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState};
use crate::trace::{ActionResult, Attribute, Entry, Phase, What};

/// What the definitions give for the transports that an entry lists.
type Expected<S> = fn(&View<'_>, usize) -> Option<StateSet<S>>;

/// Judges the events of every attribute and of every transport.
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    let connection: Expected<PeerConnectionState> = super::derivation::connection_state_at;
    let ice: Expected<IceConnectionState> = super::derivation::ice_connection_state_at;
    let gathering: Expected<IceGatheringState> = super::derivation::gathering_state_at;
    follow(view, connection, judgement);
    follow(view, ice, judgement);
    follow(view, gathering, judgement);
    follow::<SignalingState>(view, |_, _| None, judgement);
}

/// A change that was read, and that no event has reported yet.
#[derive(Debug, Clone, Copy)]
struct Pending<S> {
    from: S,
    to: S,
    place: usize,
}

struct Follower<'v, 't, S> {
    view: &'v View<'t>,
    judgement: &'v mut Judgement,
    /// What the events have reported last; `None` where that is not known.
    reported: Option<S>,
    /// Whether that is what should have been reported, and was found missing.
    assumed: bool,
    pending: Option<Pending<S>>,
    subscribed: bool,
}

/// Follows one attribute and its event through the trace.
///
/// A slot is set and its event fired in one task, so that what reads a new value before the event
/// is a handler of that very task, or the implementation is wrong. Patience is for attributes that
/// can not be read: there the transports show what the value should be, and a queued task may be
/// about to say so.
fn follow<S: OfConnection>(view: &View<'_>, expected: Expected<S>, judgement: &mut Judgement) {
    let all = readings::<S>(view);
    let readable = all.iter().any(|reading| !reading.is_event);
    let mut follower = Follower {
        view,
        judgement,
        reported: Some(S::INITIAL),
        assumed: false,
        pending: None,
        subscribed: view.facts.is_subscribed(S::ATTRIBUTE.event()),
    };
    if !readable && follower.subscribed {
        follower.follow_by_transports(&all, expected);
        return;
    }
    for reading in &all {
        follower.take(reading);
    }
    follower.finish();
}

impl<S: OfConnection> Follower<'_, '_, S> {
    const EVENT: &'static str = S::ATTRIBUTE.event();
    const NAME: &'static str = S::ATTRIBUTE.as_str();

    fn take(&mut self, reading: &Reading<S>) {
        if reading.is_event {
            self.event(reading);
        } else if let Some(value) = reading.value {
            self.value(reading.place, value);
        }
    }

    fn event(&mut self, reading: &Reading<S>) {
        let entry = self.view.entries[reading.place];
        let Some(now) = reading.value else {
            self.reported = None;
            self.pending = None;
            return;
        };
        if let Some(read) = reading.contradicted_by {
            let (event, name) = (Self::EVENT, Self::NAME);
            self.judgement.find(
                ATTRIBUTES_CURRENT,
                entry,
                format!("{event} carries a value that {name} does not read"),
                || format!("{event} carries `{now}`, and inside its handler {name} reads `{read}`"),
            );
        }
        if let Some(pending) = self.pending.take() {
            if pending.to == now {
                self.late(pending, reading.place);
            } else {
                self.missing(pending, entry.line);
                self.reported = Some(pending.to);
                self.repeat(entry, now);
            }
        } else if self.assumed && self.reported == Some(now) {
            self.judgement.observe(ON_CHANGE);
        } else {
            self.repeat(entry, now);
        }
        self.assumed = false;
        self.reported = Some(now);
    }

    /// An event must report another value than the one before it.
    fn repeat(&mut self, entry: &Entry, now: S) {
        self.judgement.observe(ON_CHANGE);
        if self.reported == Some(now) {
            let (event, name) = (Self::EVENT, Self::NAME);
            self.judgement.find(
                ON_CHANGE,
                entry,
                format!("{event} without a change of {name}"),
                || format!("{event} although {name} is `{now}` as before"),
            );
        }
    }

    fn value(&mut self, place: usize, now: S) {
        let entry = self.view.entries[place];
        self.judgement.observe(ON_CHANGE);
        let Some(reported) = self.reported else {
            self.reported = Some(now);
            return;
        };
        match self.pending {
            Some(pending) if pending.to == now => {}
            Some(pending) => {
                self.missing(pending, entry.line);
                self.reported = Some(pending.to);
                self.pending = (now != pending.to).then_some(Pending {
                    from: pending.to,
                    to: now,
                    place,
                });
            }
            None if now != reported => {
                self.pending = Some(Pending {
                    from: reported,
                    to: now,
                    place,
                });
            }
            None => {}
        }
    }

    /// The event of a change comes after something outside its task has read the new value.
    fn late(&mut self, pending: Pending<S>, event: usize) {
        let entry = self.view.entries[pending.place];
        let excused = self.view.same_task(pending.place, event)
            && !is_outside_of_its_task(self.view, pending.place, entry, S::ATTRIBUTE);
        if excused || !self.subscribed || !self.view.facts.has_order {
            return;
        }
        let Pending { from, to, .. } = pending;
        let until = self.view.entries[event].line;
        let (event, name) = (Self::EVENT, Self::NAME);
        if let Some(method) = settled_description(entry)
            && S::ATTRIBUTE == Attribute::SignalingState
        {
            self.judgement.find_until(
                BEFORE_PROMISE,
                entry,
                until,
                format!("{event} after the promise of {method} settles"),
                || {
                    format!(
                        "the promise of {method} has settled and {name} reads `{to}`, but {event} \
                         comes only later"
                    )
                },
            );
            return;
        }
        self.judgement.find_until(
            ON_CHANGE,
            entry,
            until,
            format!("{name} changes before {event}"),
            || {
                format!(
                    "{name} reads `{to}` already, and {event} comes only later (`{from}` before)"
                )
            },
        );
    }

    /// A value changed, and no event reported it until the next one did.
    fn missing(&mut self, pending: Pending<S>, until: usize) {
        let entry = self.view.entries[pending.place];
        let Pending { from, to, .. } = pending;
        let (event, name) = (Self::EVENT, Self::NAME);
        // What a refused call left behind is a matter of that call.
        if let What::Action {
            name: method,
            result: Some(ActionResult::Error(_)),
            ..
        } = &entry.what
        {
            let rule = if method.starts_with("set") && method.ends_with("Description") {
                AFTER_DESCRIPTION
            } else {
                REFUSED
            };
            self.judgement.find_until(
                rule,
                entry,
                until,
                format!("{method} is refused and {name} changes"),
                || format!("{method} was refused, and {name} went from `{from}` to `{to}`"),
            );
            return;
        }
        if !self.subscribed {
            return;
        }
        self.judgement.find_until(
            ON_CHANGE,
            entry,
            until,
            format!("{name} becomes `{to}` without {event}"),
            || format!("{name} changed from `{from}` to `{to}` without {event}"),
        );
    }

    fn finish(&mut self) {
        let Some(pending) = self.pending.take() else {
            return;
        };
        let open = self.view.open_length();
        let entry = self.view.entries[pending.place];
        let last = open.saturating_sub(1);
        // A handler may have closed the connection before the event's turn came, or the trace may
        // end in the middle of the task.
        let cut_short = !is_outside_of_its_task(self.view, pending.place, entry, S::ATTRIBUTE)
            && self
                .view
                .same_task(pending.place, open.min(self.view.entries.len() - 1));
        let unordered = !self.view.facts.has_order && !self.view.is_much_later(last, pending.place);
        if !cut_short && !unordered {
            let until = self.view.entries[last].line;
            self.missing(pending, until);
        }
    }

    /// The attribute can not be read: what its events reported is all there is, and the transports
    /// beside other entries show what it should be.
    fn follow_by_transports(&mut self, all: &[Reading<S>], expected: Expected<S>) {
        let view = self.view;
        let moved = OnceCell::new();
        let mut events = all.iter().peekable();
        for (place, entry) in view.open_entries() {
            if let Some(event) = events.next_if(|event| event.place == place) {
                self.event(event);
                continue;
            }
            let Some(expected) = expected(view, place) else {
                continue;
            };
            let reported = self
                .reported
                .filter(|_| !view.may_lag_behind_the_set(place, S::ATTRIBUTE));
            let (What::Sample(_) | What::Action { .. }, Some(reported)) = (&entry.what, reported)
            else {
                continue;
            };
            let next_event = events
                .peek()
                .map_or(view.entries.len(), |event| event.place);
            let next_step: &Vec<usize> = moved.get_or_init(|| next_differing(&view.listed));
            let news = next_event.min(next_step[place]);
            if !view.is_settled(place, news.min(view.open_length())) {
                continue;
            }
            self.judgement.observe(ON_CHANGE);
            if expected.is_empty() || expected.contains(reported) {
                continue;
            }
            let (event, name) = (Self::EVENT, Self::NAME);
            // The end is no entry.
            let until = view.entries.get(news).map_or(entry.line, |news| news.line);
            self.judgement.find_until(
                ON_CHANGE,
                entry,
                until,
                format!("no {event} when {name} should become `{expected}`"),
                || {
                    let transports = super::derivation::describe(view, place, S::ATTRIBUTE);
                    format!(
                        "with {transports} {name} is `{expected}` by the edition {}, but no \
                         {event} reported it: the last value reported is `{reported}`",
                        view.demands.edition.id
                    )
                },
            );
            if let Some(expected) = expected.single() {
                // Each change that is missed is one deviation.
                self.reported = Some(expected);
                self.assumed = true;
            }
        }
    }
}

/// Whether an entry cannot have been recorded in the task that changes an attribute: no event that
/// this task fires before the attribute's own came before it, or a promise has settled, which it
/// does behind the events of its task.
fn is_outside_of_its_task(view: &View<'_>, place: usize, entry: &Entry, of: Attribute) -> bool {
    let before: &[&str] = match of {
        Attribute::ConnectionState => &[
            "statechange",
            "selectedcandidatepairchange",
            "iceconnectionstatechange",
        ],
        Attribute::IceConnectionState => &[
            "statechange",
            "selectedcandidatepairchange",
            "connectionstatechange",
        ],
        Attribute::IceGatheringState => &["gatheringstatechange"],
        Attribute::SignalingState => &[],
    };
    match &entry.what {
        What::Event { .. } | What::Sample(_) | What::Note(_) => {
            !view.follows_an_event(place, before)
        }
        // A handler that the trace does not show may have made the call.
        What::Action { .. } => {
            settled_description(entry).is_some()
                || !view.follows_an_event(place, before) && view.facts.is_subscribed("statechange")
        }
    }
}

/// The method that set a description and whose promise has settled with this entry.
pub(super) fn settled_description(entry: &Entry) -> Option<&str> {
    match &entry.what {
        What::Action {
            name,
            phase: Some(Phase::End),
            result: Some(ActionResult::Ok),
            ..
        } if name == "setLocalDescription" || name == "setRemoteDescription" => Some(name),
        _ => None,
    }
}
