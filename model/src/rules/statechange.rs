//! `event/on-change` for the transports: a `statechange` for every change, and none without.

use std::collections::BTreeMap;

use super::ON_CHANGE;
use super::finding::Judgement;
use super::view::{View, changed_to, judged_event, kind_of};
use crate::states::StateEnum;
use crate::trace::{TransportKind, What};

/// Follows the `statechange` of every transport: one for every change, and none without.
///
/// What lists the transports may read them beneath the event loop, so that a change counts only
/// once a queued task must have reported it.
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    let mut transports: BTreeMap<(TransportKind, String), OfTransport> = BTreeMap::new();
    let said = view.facts.is_said_to_be_subscribed("statechange");
    let new = || OfTransport {
        reported: None,
        is_said: false,
        pending: None,
        heard: false,
        missed: Vec::new(),
    };
    for (place, entry) in view.open_entries() {
        let event = (judged_event(entry) == Some("statechange"))
            .then(|| kind_of(entry))
            .flatten();
        if let Some(kind) = event
            && let What::Event {
                transport: Some(id),
                ..
            } = &entry.what
        {
            let one = transports.entry((kind, id.clone())).or_insert_with(new);
            one.heard = true;
            let now = changed_to(entry, kind).map(str::to_owned);
            one.pending = None;
            let before = one.reported.take();
            if let (Some(now), Some(before)) = (&now, &before) {
                judgement.observe(ON_CHANGE);
                if now == before && one.is_said {
                    judgement.find(
                        ON_CHANGE,
                        entry,
                        format!(
                            "statechange without a change of the {} transport",
                            name(kind)
                        ),
                        || {
                            let kind = name(kind);
                            format!(
                                "statechange although the {kind} transport is `{now}` as before"
                            )
                        },
                    );
                }
            }
            one.is_said = now.is_some();
            one.reported = now;
        }
        for listed in entry.transports.iter().flatten() {
            let states = [
                (TransportKind::Ice, listed.ice.map(StateEnum::as_str)),
                (TransportKind::Dtls, listed.dtls.map(StateEnum::as_str)),
            ];
            for (kind, state) in states {
                let Some(state) = state else { continue };
                let one = transports
                    .entry((kind, listed.id.clone()))
                    .or_insert_with(new);
                one.read(view, state, place);
            }
        }
    }
    let last = view.open_length().saturating_sub(1);
    for ((kind, _), mut one) in transports {
        one.give_up(view, last, view.entries.len());
        if !one.heard && !said {
            continue;
        }
        for (from, to, place, until) in one.missed {
            let Some(entry) = view.entries.get(place) else {
                continue;
            };
            let kind = name(kind);
            judgement.find_until(
                ON_CHANGE,
                entry,
                view.entries
                    .get(until)
                    .map_or(entry.line, |until| until.line),
                format!("the {kind} transport becomes `{to}` without statechange"),
                || {
                    format!(
                        "the {kind} transport changed from `{from}` to `{to}` without statechange"
                    )
                },
            );
        }
    }
}

/// The kind of a transport in words.
pub(super) const fn name(kind: TransportKind) -> &'static str {
    match kind {
        TransportKind::Ice => "ICE",
        TransportKind::Dtls => "DTLS",
    }
}

/// One transport's state of one kind.
struct OfTransport {
    /// What is known of it.
    reported: Option<String>,
    /// Whether that is what a `statechange` has said, and not what a list showed first.
    is_said: bool,
    /// A state that was read and that no `statechange` has reported.
    pending: Option<(String, usize)>,
    /// Whether its `statechange` was ever seen, so that its silence means something.
    heard: bool,
    missed: Vec<(String, String, usize, usize)>,
}

impl OfTransport {
    fn read(&mut self, view: &View<'_>, state: &str, place: usize) {
        let Some(reported) = &self.reported else {
            self.reported = Some(state.to_owned());
            self.is_said = false;
            return;
        };
        let waiting = self.pending.as_ref().map(|(state, _)| state.as_str());
        if waiting == Some(state) || (waiting.is_none() && reported == state) {
            return;
        }
        self.give_up(view, place, place);
        if self.reported.as_deref() != Some(state) {
            self.pending = Some((state.to_owned(), place));
        }
    }

    /// What was pending until now is reported by nothing any more.
    fn give_up(&mut self, view: &View<'_>, now: usize, until: usize) {
        if let Some((state, place)) = self.pending.take()
            && let Some(before) = &self.reported
            && (view.is_much_later(now, place) || view.is_settled(place, until))
        {
            self.missed
                .push((before.clone(), state.clone(), place, now));
            self.reported = Some(state);
            self.is_said = false;
        }
    }
}
