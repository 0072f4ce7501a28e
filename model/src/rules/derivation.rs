//! Compares values with the states of the transports that they are derived from.

use super::finding::Judgement;
use super::readings::{OfConnection, Reading, readings};
use super::view::{View, next_differing};
use super::{CONNECTION_STATE, CONSISTENT_PAIR, GATHERING_STATE, ICE_CONNECTION_STATE, ON_CHANGE};
use crate::invariant::Invariant;
use crate::state_set::StateSet;
use crate::states::{
    IceConnectionState, IceGathererState, IceGatheringState, PeerConnectionState, StateEnum,
};
use crate::trace::{Attribute, Entry, TransportState};

/// `connection-state/derivation`, `ice-connection-state/derivation`, `gathering-state/derivation`.
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    follow(
        view,
        ICE_CONNECTION_STATE,
        ice_connection_state_at,
        judgement,
    );
    follow(view, CONNECTION_STATE, connection_state_at, judgement);
    follow(view, GATHERING_STATE, gathering_state_at, judgement);
}

/// Returns the values that the edition gives for the transports that an entry lists.
pub(super) fn connection_state_at(
    view: &View<'_>,
    place: usize,
) -> Option<StateSet<PeerConnectionState>> {
    let (ice, dtls) = view.states(place)?;
    view.demands.given(ice, dtls?).connection_state
}

/// Returns the same for `iceConnectionState`, which does not depend on the DTLS states.
pub(super) fn ice_connection_state_at(
    view: &View<'_>,
    place: usize,
) -> Option<StateSet<IceConnectionState>> {
    let (ice, _) = view.states(place)?;
    let dtls = if ice.is_empty() {
        StateSet::empty()
    } else {
        StateSet::only(crate::states::DtlsTransportState::New)
    };
    view.demands.given(ice, dtls).ice_connection_state
}

/// Returns the same for `iceGatheringState`, which every edition defines alike.
pub(super) fn gathering_state_at(
    view: &View<'_>,
    place: usize,
) -> Option<StateSet<IceGatheringState>> {
    let states = view.gathering(place)?;
    Some(StateSet::only(
        if states.contains(IceGathererState::Gathering) {
            IceGatheringState::Gathering
        } else if states == StateSet::only(IceGathererState::Complete) {
            IceGatheringState::Complete
        } else {
            IceGatheringState::New
        },
    ))
}

/// A wrong value, and the first entry that shows it.
struct Wrong<'t, S> {
    entry: &'t Entry,
    place: usize,
    value: S,
    expected: StateSet<S>,
    until: usize,
}

/// Follows one attribute. A wrong value is one finding until the attribute has another value. If
/// the expected value changes meanwhile, that is not a second deviation.
///
/// In the handlers of the attribute's own event, the value must be right, since the algorithms set
/// it there. Elsewhere a queued task may be about to run, so only settled values count.
fn follow<S: OfConnection>(
    view: &View<'_>,
    rule: &'static str,
    expected: fn(&View<'_>, usize) -> Option<StateSet<S>>,
    judgement: &mut Judgement,
) {
    // `event/on-change` compares the value that an event carried with the transports.
    if !view.facts.is_live(S::ATTRIBUTE) {
        return;
    }
    let mut read: Vec<Option<S>> = vec![None; view.entries.len()];
    let all = readings::<S>(view);
    for reading in &all {
        read[reading.place] = reading.contradicted_by.or(reading.value);
    }
    let next_value = next_differing(&read);
    let next_step = next_differing(&view.listed);
    let mut wrong: Option<Wrong<'_, S>> = None;
    for &Reading {
        place, is_event, ..
    } in &all
    {
        let entry = view.entries[place];
        let Some(value) = &read[place] else {
            continue;
        };
        if let Some(wrong) = &mut wrong {
            wrong.until = entry.line;
        }
        if wrong.as_ref().is_some_and(|wrong| wrong.value != *value) {
            report(view, rule, wrong.take().as_ref(), judgement);
        }
        let Some(expected) = expected(view, place) else {
            continue;
        };
        let news = next_value[place]
            .min(next_step[place])
            .min(view.open_length());
        let in_handler = is_event && view.facts.has_order;
        // connectionState is derived from iceConnectionState, which may lag behind even in its
        // handler.
        let may_lag = !in_handler || S::ATTRIBUTE == Attribute::ConnectionState;
        if !in_handler && !view.is_settled(place, news)
            || may_lag && view.may_lag_behind_the_set(place, S::ATTRIBUTE)
        {
            continue;
        }
        judgement.observe(rule);
        let fine = expected.is_empty() || expected.contains(*value);
        match &mut wrong {
            Some(_) if fine => report(view, rule, wrong.take().as_ref(), judgement),
            None if !fine => {
                wrong = Some(Wrong {
                    entry,
                    place,
                    value: *value,
                    expected,
                    until: entry.line,
                });
            }
            _ => {}
        }
    }
    report(view, rule, wrong.as_ref(), judgement);
}

fn report<S: OfConnection>(
    view: &View<'_>,
    rule: &'static str,
    wrong: Option<&Wrong<'_, S>>,
    judgement: &mut Judgement,
) {
    let Some(&Wrong {
        entry,
        place,
        value,
        expected,
        until,
    }) = wrong
    else {
        return;
    };
    let name = S::ATTRIBUTE.as_str();
    judgement.find_until(
        rule,
        entry,
        until,
        format!("{name} is `{value}` where it should be `{expected}`"),
        || {
            let transports = describe(view, place, S::ATTRIBUTE);
            if S::ATTRIBUTE == Attribute::IceGatheringState {
                return format!("{name} is `{value}`, but with {transports} it must be `{expected}`");
            }
            let edition = &view.demands.edition.id;
            format!(
                "{name} is `{value}`, but with {transports} the edition {edition} requires `{expected}`"
            )
        },
    );
}

/// `states/consistent-pair`: reports nothing if another rule says what is wrong with one of the
/// two.
pub(super) fn judge_pairs(view: &View<'_>, judgement: &mut Judgement) {
    let both_live = view.facts.is_live(Attribute::ConnectionState)
        && view.facts.is_live(Attribute::IceConnectionState);
    if !both_live {
        return;
    }
    let blamed = judgement.blames(&[
        CONNECTION_STATE,
        ICE_CONNECTION_STATE,
        ON_CHANGE,
        super::ATTRIBUTES_CURRENT,
        super::ONLY_BY_CLOSE,
        super::VALUE_KNOWN,
    ]);
    let pairs = view.demands.pairs();
    if pairs.is_empty() {
        return;
    }
    let pair_of = |entry: &Entry| {
        let state = entry.state;
        state.connection_state.zip(state.ice_connection_state)
    };
    let read = |read: fn(&Entry) -> Option<usize>| -> Vec<usize> {
        next_differing(
            &view
                .entries
                .iter()
                .map(|entry| read(entry))
                .collect::<Vec<_>>(),
        )
    };
    let next_connection = read(|entry| entry.state.connection_state.map(StateEnum::index));
    let next_ice = read(|entry| entry.state.ice_connection_state.map(StateEnum::index));
    let mut last_wrong = None;
    for (place, entry) in view.open_entries() {
        let Some(pair @ (value, ice)) = pair_of(entry) else {
            continue;
        };
        // If each value has its own task, one of them may lag behind.
        let settled = view.demands.updates_in_one_task() || {
            let news = next_connection[place].min(next_ice[place]);
            view.is_settled(place, news.min(view.open_length()))
        };
        if !settled
            || blamed.contain(entry.line)
            || view.may_lag_behind_the_set(place, Attribute::ConnectionState)
        {
            continue;
        }
        judgement.observe(CONSISTENT_PAIR);
        let fine = pairs.contains(&pair);
        // A pair that stays the same is one place.
        if !fine && last_wrong != Some(pair) {
            judgement.find(
                CONSISTENT_PAIR,
                entry,
                format!("connectionState `{value}` with iceConnectionState `{ice}`"),
                || {
                    format!(
                        "connectionState is `{value}` while iceConnectionState is `{ice}`: in the \
                         edition {}, no combination of transports gives this pair",
                        view.demands.edition.id
                    )
                },
            );
        }
        last_wrong = (!fine).then_some(pair);
    }
}

/// Describes the transports that an entry lists: `transports (checking,new) (connected,connected)`.
pub(super) fn describe(view: &View<'_>, place: usize, attribute: Attribute) -> String {
    let transports = view
        .transports(place)
        .invariant("an entry with an expected value lists transports");
    if transports.is_empty() {
        return "no transports".to_owned();
    }
    let gathers = attribute == Attribute::IceGatheringState;
    let one = |transport: &TransportState| {
        if gathers {
            let gathering = transport.gathering;
            return gathering.map_or("?", StateEnum::as_str).to_owned();
        }
        let ice = transport.ice.map_or("?", StateEnum::as_str);
        let dtls = transport.dtls.map_or("?", StateEnum::as_str);
        format!("({ice},{dtls})")
    };
    let all: Vec<String> = transports.iter().map(one).collect();
    let noun = if all.len() == 1 {
        "transport"
    } else {
        "transports"
    };
    format!("{noun} {}", all.join(if gathers { ", " } else { " " }))
}
