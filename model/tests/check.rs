//! The exhaustive check of the editions: its counts and its findings, pinned.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

#[macro_use]
mod snapshot;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use peerstate_model::editions::{edition, editions};
use peerstate_model::known::counterexamples::known_counterexamples;
use peerstate_model::machine::check::{CheckReport, Outcome, check, check_and_watch};
use peerstate_model::machine::connection::{Connection, Faults};
use peerstate_model::machine::explore::{Explored, explore};
use peerstate_model::machine::model::ConnectionModel;
use peerstate_model::machine::rulebook::Rulebook;
use peerstate_model::machine::steps::room;
use peerstate_model::policies::Choices;
use rstest::rstest;
use stateright::Model;

fn report(id: &str, transports: usize) -> CheckReport {
    check(
        edition(id).unwrap(),
        transports,
        &known_counterexamples().unwrap(),
    )
    .unwrap()
}

#[rstest]
fn counts_are_what_they_were(
    #[values("w3c-rec-2021-01-26", "w3c-rec-2025-03-13", "repaired")] id: &str,
) {
    let mut text = "transports: states, different, depth\n".to_owned();
    for transports in 0..=4 {
        let Explored {
            states,
            unique_states: unique,
            depth,
        } = report(id, transports).explored.unwrap();
        writeln!(text, "{transports}: {states}, {unique}, {depth}").unwrap();
    }
    snapshot!("check__counts_{id}", text);
}

#[rstest]
fn every_edition_is_as_it_is_known_to_be(
    #[files("editions/*.yaml")]
    #[exclude("known-")]
    path: PathBuf,
) {
    let id = path.file_stem().unwrap().to_str().unwrap();
    if Rulebook::of(edition(id).unwrap()).is_none() {
        return;
    }
    for transports in 0..=2 {
        let report = report(id, transports);
        let properties = report.properties.iter();
        let wrong: Vec<_> = properties
            .filter(|property| {
                !matches!(
                    property.outcome,
                    Outcome::Holds | Outcome::Witnessed(_) | Outcome::KnownCounterexample { .. }
                )
            })
            .collect();
        assert!(report.is_as_expected(), "with {transports}: {wrong:#?}");
    }
}

#[test]
fn the_repaired_edition_has_no_counterexample() {
    let report = report("repaired", 3);
    for property in report.properties {
        assert!(
            matches!(property.outcome, Outcome::Holds | Outcome::Witnessed(_)),
            "{}: {:?}",
            property.id,
            property.outcome
        );
    }
}

#[test]
fn counterexamples_are_shortest_and_readable() {
    let mut text = String::new();
    for id in ["w3c-2017-08-10", "w3c-rec-2021-01-26", "w3c-rec-2025-03-13"] {
        for property in report(id, 2).properties {
            if let Outcome::KnownCounterexample { path, reason } = property.outcome {
                writeln!(
                    text,
                    "{id}: {}\n{}\n{reason}\n",
                    property.id, property.sentence
                )
                .unwrap();
                writeln!(text, "{}", path.table).unwrap();
            }
        }
    }
    snapshot!("check__counterexamples", text);
}

/// The progress of a check is reported.
#[test]
fn a_check_can_be_watched() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watched = Arc::clone(&seen);
    let watch = Arc::new(move |states| watched.lock().unwrap().push(states));
    let edition = edition("repaired").unwrap();
    let report = check_and_watch(edition, 3, &Choices::default(), &[], watch).unwrap();
    let states = report.explored.unwrap().unique_states;
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 1 && seen.is_sorted(), "{seen:?}");
    assert!(*seen.last().unwrap() <= states, "{seen:?}");
}

/// Every state and step, by a plain search without Stateright: the same number and depth where a
/// known fault is not kept. Where every fault is kept, there is no other fault, and no other state
/// except for its faults.
#[test]
fn a_plain_search_counts_the_same() {
    for id in ["w3c-2017-08-10", "w3c-rec-2025-03-13", "repaired"] {
        for transports in 0..=2 {
            let rulebook = Rulebook::of(edition(id).unwrap()).unwrap();
            let model = ConnectionModel::new(rulebook, transports);
            let (plain, seen) = search(&model, false);
            assert_eq!(explore(&model).explored, plain, "{id}, {transports}");
            let (_, with_every_fault) = search(&model, true);
            assert_eq!(apart(&seen), apart(&with_every_fault), "{id}, {transports}");
        }
    }
}

/// The states without their faults, and the faults.
fn apart(states: &BTreeSet<Connection>) -> (BTreeSet<Connection>, Faults) {
    let without = |state: &Connection| Connection {
        faults: Faults::none(),
        ..*state
    };
    let faults = states.iter().map(|state| state.faults);
    let faults = faults.fold(Faults::none(), Faults::union);
    (states.iter().map(without).collect(), faults)
}

fn search(model: &ConnectionModel, keeps_faults: bool) -> (Explored, BTreeSet<Connection>) {
    let mut seen = BTreeSet::from([Connection::new()]);
    let (mut layer, mut depth, mut states) = (vec![Connection::new()], 0, 1);
    let mut met = Faults::none();
    while !layer.is_empty() {
        depth += 1;
        let mut next = Vec::new();
        for state in &layer {
            if !keeps_faults {
                met = met.union(state.faults);
            }
            let mut steps = Vec::new();
            model.actions(state, &mut steps);
            states += steps.len();
            for step in steps {
                let mut after = model.rulebook.take(state, step, &mut Vec::new());
                after.faults = after.faults.without(met);
                if seen.insert(after) {
                    next.push(after);
                }
            }
        }
        layer = next;
    }
    let unique_states = seen.len();
    let explored = Explored {
        states,
        unique_states,
        depth,
    };
    (explored, seen)
}

/// A longer queue has no fault, value or pair of values that the explored queue does not have.
#[test]
fn a_longer_queue_shows_nothing_more() {
    for edition in editions() {
        let Some(rulebook) = Rulebook::of(edition) else {
            continue;
        };
        let found = |room: fn(usize) -> usize| {
            let mut model = ConnectionModel::new(rulebook.clone(), 1);
            model.room = room;
            let explored = explore(&model);
            let found = explored
                .failing
                .into_keys()
                .chain(explored.seen.into_keys());
            (
                found.collect::<BTreeSet<_>>(),
                explored.explored.unique_states,
            )
        };
        let (shown, states) = found(room);
        let (longer, more_states) = found(|_| 4);
        assert_eq!(shown, longer, "{}", edition.id);
        // With one task for an ICE change only one kind of update is queued, and two in a row are
        // one.
        let is_longer = more_states > states;
        assert_eq!(is_longer, !rulebook.algorithms.one_task, "{}", edition.id);
    }
}
