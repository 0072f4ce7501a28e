//! What a call may and must change: calls that set descriptions, and refused calls.

use super::finding::Judgement;
use super::readings::{Reading, readings};
use super::view::{View, is_event, judged_event};
use super::{AFTER_DESCRIPTION, BEFORE_PROMISE, REFUSED};
use crate::states::SignalingState;
use crate::trace::{ActionResult, Attribute, DescriptionType, Entry, Phase, What};

/// One call, from the entry in which it begins to the one in which it has returned.
#[derive(Debug, Clone, Copy)]
struct Call<'t> {
    name: &'t str,
    /// Where it begins; `None` if one entry is the whole call.
    begun: Option<usize>,
    returned: usize,
    entry: &'t Entry,
    result: &'t ActionResult,
    description: Option<DescriptionType>,
}

/// Judges every call that returned before `close()`.
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    let signaling = readings::<SignalingState>(view);
    for call in calls(view) {
        let is_local = call.name == "setLocalDescription";
        if is_local || call.name == "setRemoteDescription" {
            judge_description(view, &call, is_local, &signaling, judgement);
        } else if matches!(call.result, ActionResult::Error(_)) {
            judge_refusal(view, &call, judgement);
        }
    }
}

/// Returns every call that has returned, in order.
fn calls<'t>(view: &View<'t>) -> Vec<Call<'t>> {
    let mut open: Vec<(&str, usize, Option<DescriptionType>)> = Vec::new();
    let mut calls = Vec::new();
    for (place, entry) in view.open_entries() {
        let What::Action {
            name,
            result,
            phase,
            description,
        } = &entry.what
        else {
            continue;
        };
        if *phase == Some(Phase::Begin) {
            open.push((name, place, *description));
            continue;
        }
        // Calls of one method return in the order in which they were made.
        let begun = (*phase == Some(Phase::End))
            .then(|| open.iter().position(|(other, ..)| other == name))
            .flatten()
            .map(|place| open.remove(place));
        if let Some(result) = result {
            calls.push(Call {
                name,
                begun: begun.map(|(_, place, _)| place),
                returned: place,
                entry,
                result,
                description: description.or(begun.and_then(|(.., description)| description)),
            });
        }
    }
    calls
}

/// Returns the value of `signalingState` once a description has been applied.
const fn after(description: DescriptionType, is_local: bool) -> SignalingState {
    match (description, is_local) {
        (DescriptionType::Offer, true) => SignalingState::HaveLocalOffer,
        (DescriptionType::Offer, false) => SignalingState::HaveRemoteOffer,
        (DescriptionType::Pranswer, true) => SignalingState::HaveLocalPranswer,
        (DescriptionType::Pranswer, false) => SignalingState::HaveRemotePranswer,
        (DescriptionType::Answer | DescriptionType::Rollback, _) => SignalingState::Stable,
    }
}

/// `signaling-state/after-description`, and `event/before-promise` if the value can not be read.
fn judge_description(
    view: &View<'_>,
    call: &Call<'_>,
    is_local: bool,
    signaling: &[Reading<SignalingState>],
    judgement: &mut Judgement,
) {
    let begun = call.begun.unwrap_or(call.returned);
    let known_at = |place: usize| {
        let before = signaling.partition_point(|reading| reading.place < place);
        let last = signaling[..before].last();
        last.map_or(Some(SignalingState::Stable), |last| last.value)
    };
    let expected = match (call.result, call.description) {
        (ActionResult::Ok, Some(description)) => Some(after(description, is_local)),
        (ActionResult::Ok, None) => None,
        // Refused: the state must be unchanged.
        (ActionResult::Error(_), _) => known_at(begun),
    };
    let subscribed = view.facts.is_subscribed("signalingstatechange");
    let live = view.facts.is_live(Attribute::SignalingState);
    let read = signaling
        .iter()
        .skip(signaling.partition_point(|reading| reading.place < call.returned));
    let read_here = read
        .clone()
        .next()
        .filter(|reading| reading.place == call.returned)
        .and_then(|reading| reading.value);
    // If the attribute can not be read, its events reported its value.
    let reported =
        || known_at(call.returned).filter(|_| subscribed && !is_readable(signaling, live));
    let (Some(expected), Some(seen)) = (expected, read_here.or_else(reported)) else {
        return;
    };
    judgement.observe(AFTER_DESCRIPTION);
    if seen == expected {
        judgement.observe(BEFORE_PROMISE);
        return;
    }
    let what = match call.description {
        Some(description) => format!("{}({})", call.name, description.as_str()),
        None => call.name.to_owned(),
    };
    if let ActionResult::Error(error) = call.result {
        judgement.find(
            AFTER_DESCRIPTION,
            call.entry,
            format!("{} is refused and signalingState changes", call.name),
            || {
                format!(
                    "{what} was refused with {error}, and signalingState changed from `{expected}` \
                     to `{seen}`"
                )
            },
        );
        return;
    }
    // Until the next call, something may still correct the value, too late.
    let next = read.clone().find(|reading| reading.place > call.returned);
    let late = next.filter(|reading| {
        reading.value == Some(expected) && !calls_between(view, call.returned, reading.place)
    });
    match (late, call.begun) {
        // If one entry is the whole call, it may have been recorded when the call was made.
        (Some(_), None) => {}
        (Some(_), Some(_)) if !view.facts.has_order => {}
        (Some(late), Some(_)) => {
            let until = view.entries[late.place].line;
            judgement.find_until(
                BEFORE_PROMISE,
                call.entry,
                until,
                format!(
                    "signalingState changes after the promise of {} settles",
                    call.name
                ),
                || {
                    format!(
                        "the promise of {what} settled while signalingState was `{seen}`; it \
                         became `{expected}` only later"
                    )
                },
            );
        }
        (None, _) => judgement.find(
            AFTER_DESCRIPTION,
            call.entry,
            format!("signalingState is `{seen}` after {what}"),
            || format!("after {what}, signalingState is `{seen}`; it must be `{expected}`"),
        ),
    }
}

/// Returns whether anything except its own events shows the attribute.
fn is_readable(signaling: &[Reading<SignalingState>], live: bool) -> bool {
    live && signaling.iter().any(|reading| !reading.is_event)
}

/// Returns whether a description is set between two places, which may explain what is read at the
/// second.
fn calls_between(view: &View<'_>, from: usize, to: usize) -> bool {
    let between = &view.entries[from + 1..to];
    between.iter().any(|entry| {
        matches!(&entry.what, What::Action { name, .. }
            if name == "setLocalDescription" || name == "setRemoteDescription")
    })
}

/// `operation/refused-changes-nothing`: judges the events between the call and its refusal.
/// `event/on-change` follows what a getter reads afterwards, and names this rule.
fn judge_refusal(view: &View<'_>, call: &Call<'_>, judgement: &mut Judgement) {
    /// These return at once: they cause whatever happens meanwhile.
    const SYNCHRONOUS: [&str; 6] = [
        "addTrack",
        "addTransceiver",
        "createDataChannel",
        "removeTrack",
        "restartIce",
        "setConfiguration",
    ];
    judgement.observe(REFUSED);
    let Some(begun) = call.begun.filter(|_| view.facts.has_order) else {
        return;
    };
    let inside = &view.entries[begun + 1..call.returned];
    // Another call that runs meanwhile may have caused a change.
    let alone = !inside
        .iter()
        .any(|entry| matches!(entry.what, What::Action { .. }));
    let fault = inside.iter().find(|entry| {
        is_event(entry, "signalingstatechange")
            || SYNCHRONOUS.contains(&call.name) && judged_event(entry).is_some()
    });
    if let (true, Some(event)) = (alone, fault)
        && let Some(name) = judged_event(event)
    {
        judgement.find(
            REFUSED,
            event,
            format!("{} is refused and {name} is fired", call.name),
            || {
                format!(
                    "{} was refused, and {name} was fired during the call",
                    call.name
                )
            },
        );
    }
}
