//! The exhaustive check of the editions: its counts, and what it found, pinned.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::fmt::Write;

use peerstate_model::editions::{edition, editions};
use peerstate_model::machine::check::{
    CheckReport, Explored, Outcome, Stage, check, check_and_watch, known_counterexamples,
};
use peerstate_model::machine::rulebook::Rulebook;

fn report(id: &str, transports: usize) -> CheckReport {
    check(
        edition(id).unwrap(),
        transports,
        &known_counterexamples().unwrap(),
    )
    .unwrap()
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn counts_are_what_they_were() {
    let mut text = "edition, transports: states, different, depth\n".to_owned();
    for id in ["w3c-rec-2021-01-26", "w3c-rec-2025-03-13", "repaired"] {
        for transports in 0..=4 {
            let Explored {
                states,
                unique_states: unique,
                depth,
            } = report(id, transports).explored.unwrap();
            writeln!(text, "{id}, {transports}: {states}, {unique}, {depth}").unwrap();
        }
    }
    snapshot("check__counts", &text);
}

#[test]
fn every_edition_is_as_it_is_known_to_be() {
    for edition in editions()
        .iter()
        .filter(|edition| Rulebook::of(edition).is_some())
    {
        for transports in 0..=2 {
            let report = check(edition, transports, &known_counterexamples().unwrap()).unwrap();
            let wrong: Vec<_> = report
                .properties
                .iter()
                .filter(|property| {
                    !matches!(
                        property.outcome,
                        Outcome::Holds
                            | Outcome::Witnessed(_)
                            | Outcome::KnownCounterexample { .. }
                    )
                })
                .collect();
            assert!(
                report.is_as_expected(),
                "{} with {transports}: {wrong:#?}",
                edition.id
            );
        }
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
    snapshot("check__counterexamples", &text);
}

/// Who watches a check sees it get on: the states grow, and every one is then checked.
#[test]
fn a_check_can_be_watched() {
    let mut seen = Vec::new();
    let edition = edition("repaired").unwrap();
    let report = check_and_watch(edition, 3, &[], &mut |stage| seen.push(stage)).unwrap();
    let states = report.explored.unwrap().unique_states;
    let last = [Stage::Checking { states }, Stage::Searching { states }];
    let exploring = seen.strip_suffix(&last).unwrap();
    assert!(exploring.len() > 1);
    let grows = |pair: &[Stage]| match pair {
        [
            Stage::Exploring { states: a },
            Stage::Exploring { states: b },
        ] => a < b,
        _ => false,
    };
    assert!(exploring.windows(2).all(grows), "{exploring:?}");
}
