//! `event/on-change`, and the other ways in which a change and its event may not match.

use std::cell::OnceCell;

use super::finding::Judgement;
use super::readings::{OfConnection, Reading, readings};
use super::view::{View, next_differing};
use super::{AFTER_DESCRIPTION, ATTRIBUTES_CURRENT, BEFORE_PROMISE, ON_CHANGE, REFUSED};
use crate::state_set::StateSet;
use crate::states::{IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState};
use crate::trace::{ActionResult, Attribute, Entry, Phase, What};

/// Returns the value that the definitions give for the transports that an entry lists.
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
    /// The value that the events reported last; `None` if it is unknown.
    reported: Option<S>,
    /// Whether `reported` is a value that should have been reported but was not.
    assumed: bool,
    pending: Option<Pending<S>>,
    subscribed: bool,
}

/// Follows one attribute and its event through the trace.
///
/// A slot is set and its event fired in one task. So an entry that reads a new value before the
/// event is a handler of that same task, or the implementation is wrong. Patience applies to
/// attributes that can not be read: there the transports show what the value should be, and a
/// queued task may be about to report it.
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
                format!("{event} carries another value than {name} reads"),
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
                || format!("{event} was fired although {name} is still `{now}`"),
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

    /// Judges the event of a change that comes after something outside its task has read the new
    /// value.
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
                         is fired only later"
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
                    "{name} already reads `{to}` (before: `{from}`), but {event} is fired only later"
                )
            },
        );
    }

    /// Judges a value that changed, and that no event reported before the next event.
    fn missing(&mut self, pending: Pending<S>, until: usize) {
        let entry = self.view.entries[pending.place];
        let Pending { from, to, .. } = pending;
        let (event, name) = (Self::EVENT, Self::NAME);
        // If a refused call left it behind, the rule for calls judges it.
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
                || format!("{method} was refused, and {name} changed from `{from}` to `{to}`"),
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
        // A handler may have closed the connection before the event was fired, or the trace may end
        // in the middle of the task.
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

    /// Judges an attribute that can not be read. Only its events report it, and the transports that
    /// other entries list show what it should be.
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
            // The end of the trace has no entry.
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
                // Each missed change is one deviation.
                self.reported = Some(expected);
                self.assumed = true;
            }
        }
    }
}

/// Returns whether an entry can not have been recorded in the task that changes an attribute: no
/// event that this task fires before the attribute's own event came before the entry, or a promise
/// has settled, which happens after the events of its task.
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

/// Returns the method that set a description and whose promise has settled with this entry.
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
