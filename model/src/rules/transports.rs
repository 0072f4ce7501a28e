//! What a single transport may do, and values that the enum does not have.

use std::collections::BTreeMap;

use serde_json::Value;

use super::finding::Judgement;
use super::view::{View, changed_to, judged_event, kind_of};
use super::{ALIVE, DTLS_TRANSITION, ICE_TRANSITION, VALUE_KNOWN};
use crate::states::StateEnum;
use crate::trace::{ActionResult, DescriptionType, Entry, Phase, TransportKind, ValuePlace, What};

/// `value/known`.
pub(super) fn judge_values(view: &View<'_>, judgement: &mut Judgement) {
    for entry in &view.entries {
        if shows_states(entry) {
            judgement.observe(VALUE_KNOWN);
        }
        for unknown in &entry.unknown {
            let (enum_name, value) = (unknown.error.enum_name, &unknown.error.found);
            judgement.find(
                VALUE_KNOWN,
                entry,
                format!("{enum_name} has no value `{value}`"),
                || {
                    let of = match unknown.place {
                        ValuePlace::Attribute(attribute) => attribute.as_str().to_owned(),
                        ValuePlace::Transport { key, .. } => format!("`{key}` of a transport"),
                        ValuePlace::Value => "the event's value".to_owned(),
                    };
                    format!("{of}: {}", unknown.error)
                },
            );
        }
    }
}

fn shows_states(entry: &Entry) -> bool {
    let lists_some = entry.transports.as_ref().is_some_and(|all| !all.is_empty());
    let carried =
        matches!(&entry.what, What::Event { value: Some(_), .. }) && judged_event(entry).is_some();
    entry.state != crate::trace::State::default() || lists_some || carried
}

/// `implementation/alive`.
///
/// A recorder may see that the code that drives the peer has ended. Otherwise a refused call shows
/// it, if only a closed connection may refuse it like this.
pub(super) fn judge_life(view: &View<'_>, judgement: &mut Judgement) {
    const REFUSED_WHEN_CLOSED: [&str; 2] = ["createDataChannel", "addTransceiver"];
    for (_, entry) in view.open_entries() {
        if entry.ended {
            judgement.find(ALIVE, entry, "ends without close()", || {
                "the code that drives the connection has ended without close(): its states can \
                 not change any more"
                    .to_owned()
            });
            return;
        }
        let What::Action {
            name,
            result: Some(result),
            ..
        } = &entry.what
        else {
            continue;
        };
        judgement.observe(ALIVE);
        let refused = matches!(result, ActionResult::Error(error) if error == "InvalidStateError");
        if refused && REFUSED_WHEN_CLOSED.contains(&name.as_str()) {
            judgement.find(ALIVE, entry, "refuses calls as if it were closed", || {
                format!(
                    "{name} fails with InvalidStateError, as only a closed connection may, but \
                     nobody has called close()"
                )
            });
        }
    }
}

/// `ice-transport/transition` and `dtls-transport/transition`.
pub(super) fn judge_transitions(view: &View<'_>, judgement: &mut Judgement) {
    let mut seen: BTreeMap<(TransportKind, &str), &str> = BTreeMap::new();
    let ends = RemoteEnd::of(view);
    let open = view.open_length();
    for (place, entry) in view.entries.iter().copied().enumerate() {
        let changed = (judged_event(entry) == Some("statechange"))
            .then(|| kind_of(entry))
            .flatten();
        let mut states: Vec<(TransportKind, &str, &str)> = Vec::new();
        for listed in entry.transports.iter().flatten() {
            let (ice, dtls) = (
                listed.ice.map(StateEnum::as_str),
                listed.dtls.map(StateEnum::as_str),
            );
            states.extend(ice.map(|state| (TransportKind::Ice, listed.id.as_str(), state)));
            states.extend(dtls.map(|state| (TransportKind::Dtls, listed.id.as_str(), state)));
        }
        if let (
            Some(kind),
            What::Event {
                transport: Some(id),
                ..
            },
        ) = (changed, &entry.what)
            && let Some(state) = changed_to(entry, kind)
            && !states
                .iter()
                .any(|(of, other, _)| *of == kind && other == id)
        {
            states.push((kind, id, state));
        }
        for (kind, id, state) in states {
            let before = seen.insert((kind, id), state);
            if before == Some(state) {
                continue;
            }
            let rule = match kind {
                TransportKind::Ice => ICE_TRANSITION,
                TransportKind::Dtls => DTLS_TRANSITION,
            };
            let name = super::statechange::name(kind);
            if let Some(from) = before {
                judgement.observe(rule);
                let shown =
                    changed == Some(kind) || !view.facts.is_said_to_be_subscribed("statechange");
                let late_task =
                    place >= open && kind == TransportKind::Dtls && !aborts(view) && shown;
                if (from == "closed" && !late_task) || state == "new" {
                    judgement.find(
                        rule,
                        entry,
                        format!("the {name} transport from `{from}` to `{state}`"),
                        || {
                            let why = if from == "closed" {
                                "closed is final"
                            } else {
                                "nothing makes it new again"
                            };
                            format!(
                                "the {name} transport changed from `{from}` to `{state}`: {why}"
                            )
                        },
                    );
                }
            }
            if kind == TransportKind::Ice && matches!(state, "completed" | "failed") && place < open
            {
                ends.judge(place, entry, state, judgement);
            }
        }
    }
}

/// Returns whether the task of a DTLS change that was queued before `close()` does nothing after
/// it.
fn aborts(view: &View<'_>) -> bool {
    let text = view.demands.algorithms;
    text.is_none_or(|text| text.dtls_aborts_when_closed)
}

/// Where the application indicated the end of remote candidates, as far as the trace records it.
struct RemoteEnd {
    /// The first place at which the end was indicated.
    first: Option<usize>,
    /// Whether the trace records, for every candidate and every remote description, whether it was
    /// the end of candidates.
    is_recorded: bool,
}

impl RemoteEnd {
    fn of(view: &View<'_>) -> Self {
        let (mut first, mut any, mut all) = (None, false, view.facts.has_actions);
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
            // Either entry of a call may record the arguments of the call.
            let counts = match phase {
                Some(Phase::Begin) => None,
                _ => result.as_ref().map(|result| *result == ActionResult::Ok),
            };
            let end = match name.as_str() {
                "addIceCandidate" => candidate_ends(entry),
                "setRemoteDescription" if *description != Some(DescriptionType::Rollback) => {
                    description_ends(entry)
                }
                _ => continue,
            };
            if counts == Some(true) || (end == Some(true) && *phase == Some(Phase::Begin)) {
                any = true;
            }
            match end {
                Some(true) if first.is_none() => first = Some(place),
                None if all && counts == Some(true) => all = begun_with_end(view, place),
                _ => {}
            }
        }
        Self {
            first,
            is_recorded: any && all,
        }
    }

    fn judge(&self, place: usize, entry: &Entry, state: &str, judgement: &mut Judgement) {
        if !self.is_recorded {
            return;
        }
        judgement.observe(ICE_TRANSITION);
        if self.first.is_none_or(|first| first > place) {
            judgement.find(
                ICE_TRANSITION,
                entry,
                format!("the ICE transport is `{state}` before the end of remote candidates"),
                || {
                    format!(
                        "the ICE transport became `{state}`, but the end of remote candidates has not \
                         been indicated"
                    )
                },
            );
        }
    }
}

/// Returns whether the entry in which a call began recorded the arguments of the call.
fn begun_with_end(view: &View<'_>, returned: usize) -> bool {
    let name_of = |place: usize| match &view.entries[place].what {
        What::Action { name, .. } => Some(name.as_str()),
        _ => None,
    };
    let name = name_of(returned);
    let begun = (0..returned).rev().find(|place| {
        name_of(*place) == name
            && matches!(
                view.entries[*place].what,
                What::Action {
                    phase: Some(Phase::Begin),
                    ..
                }
            )
    });
    let entry = begun.map(|place| view.entries[place]);
    entry.is_some_and(|entry| match name {
        Some("addIceCandidate") => candidate_ends(entry).is_some(),
        _ => description_ends(entry).is_some(),
    })
}

/// Returns what the recorder itself says, which replaces the arguments of the call.
fn said_to_end(entry: &Entry) -> Option<bool> {
    entry.extra.get("endOfCandidates")?.as_bool()
}

/// Returns whether a candidate indicates the end: it is empty or missing.
fn candidate_ends(entry: &Entry) -> Option<bool> {
    if let Some(said) = said_to_end(entry) {
        return Some(said);
    }
    match entry.extra.get("candidate")? {
        Value::Null => Some(true),
        Value::String(candidate) => Some(candidate.is_empty()),
        Value::Object(init) => match init.get("candidate") {
            None => Some(true),
            Some(Value::String(candidate)) => Some(candidate.is_empty()),
            Some(_) => None,
        },
        _ => None,
    }
}

/// Returns whether a remote description ends the candidates: it has `end-of-candidates` (RFC 8840),
/// or the other side does not trickle.
fn description_ends(entry: &Entry) -> Option<bool> {
    if let Some(said) = said_to_end(entry) {
        return Some(said);
    }
    let sdp = entry.extra.get("sdp")?.as_str()?;
    let lines = || sdp.lines().map(str::trim);
    let trickles = lines()
        .filter_map(|line| line.strip_prefix("a=ice-options:"))
        .any(|options| options.split_whitespace().any(|option| option == "trickle"));
    Some(!trickles || lines().any(|line| line == "a=end-of-candidates"))
}
