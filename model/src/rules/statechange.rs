//! `event/on-change` for transports: every change has a `statechange`, and every `statechange` a
//! change. Likewise `gatheringstatechange` for every step of gathering.

use std::collections::{BTreeMap, VecDeque};

use super::finding::Judgement;
use super::view::{View, judged_event, kind_of};
use super::{DTLS_TRANSITION, GATHERING_TRANSITION, ICE_TRANSITION, ON_CHANGE};
use crate::states::StateEnum;
use crate::trace::{Entry, TransportKind, TransportState, What};

/// Follows the events of every transport.
///
/// A recorder may read the transports below the event loop, so a missing event counts only once a
/// queued task must have reported the change.
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    let mut transports: BTreeMap<(Of, &str), OfTransport<'_>> = BTreeMap::new();
    // Whether an earlier entry had a list. If so, a transport that it lacks was created later, and
    // was new then.
    let mut listed_before = false;
    for (place, entry) in view.open_entries() {
        if let What::Event {
            transport: Some(id),
            ..
        } = &entry.what
            && let Some(of) = Of::event(entry)
        {
            let one = transports.entry((of, id)).or_default();
            one.give_up(|earlier| view.is_much_later(place, earlier));
            one.event(entry, of, id, judgement);
        }
        for listed in entry.transports.iter().flatten() {
            for of in [Of::Ice, Of::Dtls, Of::Gathering] {
                if let Some(state) = of.listed(listed) {
                    let new = || OfTransport {
                        state: (listed_before && view.facts.is_said_to_be_subscribed(of.name()))
                            .then_some("new"),
                        ..OfTransport::default()
                    };
                    let one = transports.entry((of, &listed.id)).or_insert_with(new);
                    one.list(view, state, place);
                }
            }
        }
        listed_before |= view.transports(place).is_some();
    }
    for ((of, _), mut one) in transports {
        one.give_up(|place| view.is_settled(place, view.entries.len()));
        // A missing event counts only if the event was subscribed to.
        if one.heard || view.facts.is_said_to_be_subscribed(of.name()) {
            one.report(view, of, judgement);
        }
    }
}

/// The state of a transport that an event reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Ice,
    Dtls,
    Gathering,
}

impl Of {
    fn event(entry: &Entry) -> Option<Self> {
        match judged_event(entry)? {
            "statechange" => Some(match kind_of(entry)? {
                TransportKind::Ice => Self::Ice,
                TransportKind::Dtls => Self::Dtls,
            }),
            "gatheringstatechange" => Some(Self::Gathering),
            _ => None,
        }
    }

    fn listed(self, transport: &TransportState) -> Option<&'static str> {
        match self {
            Self::Ice => transport.state(TransportKind::Ice),
            Self::Dtls => transport.state(TransportKind::Dtls),
            Self::Gathering => transport.gathering.map(StateEnum::as_str),
        }
    }

    /// Returns what an event reports about a transport, or otherwise what its list shows.
    fn said<'t>(self, entry: &'t Entry, id: &str) -> Option<&'t str> {
        let What::Event { value, .. } = &entry.what else {
            return None;
        };
        let listed = || {
            let mut transports = entry.transports.iter().flatten();
            self.listed(transports.find(|transport| transport.id == id)?)
        };
        value.as_deref().or_else(listed)
    }

    /// Returns the name of the event.
    const fn name(self) -> &'static str {
        match self {
            Self::Ice | Self::Dtls => "statechange",
            Self::Gathering => "gatheringstatechange",
        }
    }

    /// Returns the state that comes between `new` and another state, and the rule that requires it.
    /// The event of the state between may be missing if the other state follows at once.
    fn skipped_from_new(self, to: &str) -> Option<(&'static str, &'static str)> {
        match (self, to) {
            (Self::Ice, "connected" | "completed" | "disconnected") => {
                Some((ICE_TRANSITION, "checking"))
            }
            (Self::Dtls, "connected") => Some((DTLS_TRANSITION, "connecting")),
            (Self::Gathering, "complete") => Some((GATHERING_TRANSITION, "gathering")),
            _ => None,
        }
    }

    const fn in_words(self) -> &'static str {
        match self {
            Self::Ice => "the state of the ICE transport",
            Self::Dtls => "the state of the DTLS transport",
            Self::Gathering => "the gathering state of the ICE transport",
        }
    }
}

/// Returns the kind of a transport in words.
pub(super) const fn name(kind: TransportKind) -> &'static str {
    match kind {
        TransportKind::Ice => "ICE",
        TransportKind::Dtls => "DTLS",
    }
}

/// A change that was read and that no event has reported yet.
#[derive(Debug, Clone, Copy)]
struct Change<'t> {
    from: &'t str,
    to: &'t str,
    place: usize,
}

/// The state of one kind of one transport.
#[derive(Default)]
struct OfTransport<'t> {
    /// The last state that a list or an event showed.
    state: Option<&'t str>,
    /// The state that its last event reported.
    said: Option<&'t str>,
    unreported: VecDeque<Change<'t>>,
    missed: Vec<Change<'t>>,
    /// Whether its event was ever observed.
    heard: bool,
}

impl<'t> OfTransport<'t> {
    fn event(&mut self, entry: &'t Entry, of: Of, id: &str, judgement: &mut Judgement) {
        self.heard = true;
        judgement.observe(ON_CHANGE);
        let now = of.said(entry, id);
        if let (Some(now), Some(said), true) = (now, self.said, self.unreported.is_empty())
            && now == said
        {
            let (event, state) = (of.name(), of.in_words());
            judgement.find(
                ON_CHANGE,
                entry,
                format!("{event} without a change of {state}"),
                || format!("{event} was fired although {state} is still `{now}`"),
            );
        }
        if let (Some("new"), Some(now)) = (self.state, now)
            && let Some((rule, skipped)) = of.skipped_from_new(now)
        {
            let state = of.in_words();
            judgement.find(
                rule,
                entry,
                format!("{state} from `new` to `{now}`"),
                || format!("{state} changed from `new` to `{now}` without being `{skipped}`"),
            );
        }
        self.said = now;
        let reported = self
            .unreported
            .iter()
            .position(|change| Some(change.to) == now);
        if let Some(reported) = reported {
            // No event reports an older change any more.
            self.missed.extend(self.unreported.drain(..reported));
            self.unreported.pop_front();
        } else {
            self.state = now;
        }
    }

    fn list(&mut self, view: &View<'_>, state: &'t str, place: usize) {
        self.give_up(|earlier| view.is_much_later(place, earlier));
        if let Some(from) = self.state
            && from != state
        {
            self.unreported.push_back(Change {
                from,
                to: state,
                place,
            });
        }
        self.state = Some(state);
    }

    /// Reports changes as missing if they were read long enough ago.
    fn give_up(&mut self, is_due: impl Fn(usize) -> bool) {
        while let Some(change) = self.unreported.front().copied()
            && is_due(change.place)
        {
            self.unreported.pop_front();
            self.missed.push(change);
            self.said = None;
        }
    }

    fn report(self, view: &View<'_>, of: Of, judgement: &mut Judgement) {
        for Change { from, to, place } in self.missed {
            let entry = view.entries[place];
            let (event, state) = (of.name(), of.in_words());
            judgement.find(
                ON_CHANGE,
                entry,
                format!("{state} becomes `{to}` without {event}"),
                || format!("{state} changed from `{from}` to `{to}` without {event}"),
            );
        }
    }
}
