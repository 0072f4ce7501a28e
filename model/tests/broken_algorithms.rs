//! Every property of the machine can fail: the algorithms of the repaired edition are broken step
//! by step and executed, and a property catches each one by name, with a path.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

#[macro_use]
mod snapshot;

use std::collections::BTreeSet;
use std::fmt::Write;

use peerstate_model::editions::edition;
use peerstate_model::machine::algorithms::Algorithms;
use peerstate_model::machine::check::path_of;
use peerstate_model::machine::explore::{Exploration, explore};
use peerstate_model::machine::model::ConnectionModel;
use peerstate_model::machine::procedures::{Instruction as I, Procedures};
use peerstate_model::machine::properties::PROPERTIES;
use peerstate_model::machine::rulebook::Rulebook;
use rstest::rstest;

/// One transport that is made, changes and is discarded, and another beside it.
const TRANSPORTS: usize = 2;

/// The repaired edition, with the stricter answer to the policy `closed-in-a-handler`, so that every
/// property holds of it.
fn repaired() -> Rulebook {
    let rulebook = Rulebook::of(edition("repaired").unwrap()).unwrap();
    rulebook.with(|algorithms| algorithms.events_abort_when_closed = true)
}

fn explored(rulebook: Rulebook) -> (ConnectionModel, Exploration) {
    let model = ConnectionModel::new(rulebook, TRANSPORTS);
    let explored = explore(&model);
    (model, explored)
}

fn failing(rulebook: Rulebook) -> BTreeSet<&'static str> {
    explored(rulebook).1.failing.into_keys().collect()
}

#[test]
fn unchanged_nothing_fails() {
    assert_eq!(failing(repaired()), BTreeSet::new());
}

/// The algorithms as older editions have them.
#[rstest]
#[case::a_task_each(|a: &mut Algorithms| a.one_task = false, "event/attributes-current")]
#[case::ice_after_close(
    |a: &mut Algorithms| a.ice_aborts_when_closed = false, "transport/closed-after-close")]
#[case::late_close(
    |a: &mut Algorithms| { a.close_sets_connection_state = false; a.close_queues_update = true; },
    "closed/exactly-when-closed")]
#[case::update_after_close(
    |a: &mut Algorithms| {
        a.close_sets_connection_state = false;
        a.close_queues_update = true;
        a.update_aborts_when_closed = false;
    },
    "event/none-after-close")]
#[case::events_after_a_handler_closes(
    |a: &mut Algorithms| a.events_abort_when_closed = false, "event/none-after-handler-closes")]
#[case::ice_state_never_closed(
    |a: &mut Algorithms| a.close_sets_ice_connection_state = false, "closed/exactly-when-closed")]
#[case::statechange_after_close(
    |a: &mut Algorithms| { a.dtls_in_one_task = false; a.dtls_aborts_when_closed = false; },
    "transport/closed-after-close")]
#[case::dtls_in_a_second_task(
    |a: &mut Algorithms| a.dtls_in_one_task = false, "event/statechange-current")]
#[case::set_changes_unnoticed(
    |a: &mut Algorithms| a.set_change_updates = false, "value/not-stale")]
fn an_algorithm_of_an_older_edition_is_caught(
    #[case] change: fn(&mut Algorithms),
    #[case] property: &str,
) {
    let failing = failing(repaired().with(change));
    assert!(
        failing.contains(property),
        "{property} is not among {failing:?}"
    );
}

/// Edits of the definitions instead of the algorithms.
#[rstest]
#[case("w3c-rec-2021-01-26", "value/defined")]
#[case("w3c-rec-2025-03-13", "value/no-step-back")]
fn a_defective_definition_is_caught(#[case] id: &str, #[case] property: &str) {
    let rulebook = Rulebook::of(edition(id).unwrap()).unwrap();
    assert!(failing(rulebook).contains(property));
}

/// A list of steps of [`Procedures`], by its name.
type List = (&'static str, fn(&mut Procedures) -> &mut Vec<I>);

const LISTS: [List; 5] = [
    ("ice change", |all| &mut all.ice_change),
    ("dtls change", |all| &mut all.dtls_change),
    ("dtls error", |all| &mut all.dtls_error),
    ("set change", |all| &mut all.set_change),
    ("close", |all| &mut all.close),
];

/// The result of one edit of one list.
fn edits(steps: &[I]) -> Vec<(String, Vec<I>)> {
    let mut all = Vec::new();
    for place in 0..steps.len() {
        let step = steps[place];
        let mut without = steps.to_vec();
        without.remove(place);
        all.push((format!("without step {}, {step:?}", place + 1), without));
        let mut twice = steps.to_vec();
        twice.insert(place, step);
        all.push((format!("step {} twice, {step:?}", place + 1), twice));
        if let Some(next) = steps.get(place + 1).filter(|next| **next != step) {
            let mut swapped = steps.to_vec();
            swapped.swap(place, place + 1);
            all.push((
                format!("step {}, {step:?}, behind {next:?}", place + 1),
                swapped,
            ));
        }
        if let I::FireIfChanged(event) = step {
            let mut always = steps.to_vec();
            always[place] = I::Fire(event);
            all.push((format!("step {} always, {step:?}", place + 1), always));
        }
    }
    all
}

/// Edits whose effect can not be observed: the lists, the name of the edit, and the reason.
const ALIKE: [(&str, &[&str], &str); 3] = [
    (
        "",
        &[
            "twice, Abort",
            "twice, Set",
            "twice, Derive",
            "twice, CloseTransports",
        ],
        "checking, setting or deriving again changes nothing",
    ),
    (
        "close",
        &[
            "behind CloseTransports",
            "behind SetIceConnectionStateClosed",
            "behind SetConnectionStateClosed",
        ],
        "nothing is observed between the steps of close(), which fires no event",
    ),
    (
        "dtls error",
        &["AbortIfClosed, behind AbortIfFailed"],
        "either condition ends the task, in any order",
    ),
];

/// Every step of every algorithm of the repaired edition left out, executed twice, swapped with the
/// next, or without its condition: a property fails, or the edit is one of those listed.
#[test]
fn every_edit_of_the_steps_is_caught() {
    let (mut text, mut caught) = (String::new(), 0);
    let mut used = BTreeSet::new();
    for (name, list) in LISTS {
        let steps = list(&mut repaired().procedures).clone();
        for (edit, edited) in edits(&steps) {
            let mut rulebook = repaired();
            *list(&mut rulebook.procedures) = edited;
            let (model, explored) = explored(rulebook);
            let alike = ALIKE.iter().position(|(of, edits, _)| {
                (of.is_empty() || *of == name) && edits.iter().any(|one| edit.contains(one))
            });
            let failing = PROPERTIES
                .iter()
                .filter(|one| explored.failing.contains_key(one.id));
            let failing: Vec<&str> = failing.map(|property| property.id).collect();
            let what = format!("{name}, {edit}");
            match (alike, failing.first()) {
                (None, Some(first)) => {
                    caught += 1;
                    let path: Vec<String> = explored.failing[first]
                        .iter()
                        .map(ToString::to_string)
                        .collect();
                    writeln!(
                        text,
                        "{what}\n  {}\n  {}",
                        failing.join(", "),
                        path.join("; ")
                    )
                    .unwrap();
                    assert!(
                        path_of(&model, explored.failing[first].clone())
                            .table
                            .lines()
                            .count()
                            > path.len()
                    );
                }
                (Some(alike), None) => {
                    used.insert(alike);
                    writeln!(text, "{what}\n  changes nothing: {}", ALIKE[alike].2).unwrap();
                }
                (None, None) => panic!("{what}: no property fails, and it is not listed as alike"),
                (Some(_), Some(first)) => panic!("{what} is listed as alike, and {first} fails"),
            }
        }
    }
    assert_eq!(used.len(), ALIKE.len(), "a reason is not needed any more");
    assert!(caught >= 60, "{caught}");
    snapshot!("check__broken-algorithms", text);
}
