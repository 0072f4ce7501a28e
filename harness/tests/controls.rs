//! Checks that every wrong implementation is caught by what should catch it, and that every part of
//! every scenario is worth something.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod analysis;
mod wrong;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use analysis::lists::{disagreements, listed};
use analysis::{analysis, page};

/// The smallest number of wrong implementations.
const FEWEST: usize = 25;

#[test]
fn every_wrong_implementation_is_caught_by_what_should_catch_it() {
    let analysis = analysis();
    let mut names = BTreeSet::new();
    let mut problems = Vec::new();
    for wrong in wrong::all() {
        let name = wrong.name;
        assert!(
            names.insert(name),
            "two wrong implementations are called {name}"
        );
        let scenarios = analysis.scenarios_that_catch(name);
        let rules = analysis.rules_that_catch(name);
        if scenarios.is_empty() && rules.is_empty() {
            problems.push(format!(
                "nothing catches {name}: write the scenario that it should fail"
            ));
        } else if wrong.caught_by.is_empty() {
            problems.push(format!(
                "{name} does not say what should catch it; caught by {scenarios:?} and {rules:?}"
            ));
        }
        for declared in wrong.caught_by {
            if !scenarios.contains(declared) && !rules.contains(declared) {
                problems.push(format!(
                    "{name} should be caught by {declared}, but is caught by {scenarios:?} and \
                     {rules:?}: correct the scenario, or declare what should catch it"
                ));
            }
        }
    }
    assert!(names.len() >= FEWEST);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_right_implementation_is_caught_only_where_it_says_so() {
    let mut problems = Vec::new();
    for right in wrong::right() {
        let name = right.name;
        let says: Vec<&str> = right.not_in.iter().map(|(id, _)| *id).collect();
        let wronged = analysis().scenarios_that_wrong(name);
        if wronged != says {
            problems.push(format!(
                "{name} is right, but misses expectations of {wronged:?}; it declares {says:?}. \
                 Correct the scenarios, or declare in which it is not right"
            ));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_part_of_every_scenario_is_controlled() {
    let problems = disagreements(&analysis().scenarios, &listed());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/wrong-implementations.md");
    let fresh = page::page(analysis());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == fresh,
        "docs/wrong-implementations.md is stale: cargo xtask update"
    );
}
