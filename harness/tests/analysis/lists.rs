//! The lists of parts of scenarios that have no control, each with the reason. An entry that is
//! stale fails the tests.

use std::collections::BTreeSet;

use super::{Controlled, Part};

/// Steps that only prepare a situation: `scenario | step | reason`.
const SET_UP: &str = include_str!("set-up.txt");

/// Parts that are still to be corrected: `date | scenario | step | reason`.
const NOT_YET: &str = include_str!("not-yet.txt");

/// The largest number of steps that only prepare a situation.
const MOST_SET_UP: usize = 15;

/// A part of a scenario in a list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Listed {
    file: &'static str,
    scenario: &'static str,
    step: &'static str,
}

/// Returns the entries of both lists.
pub(crate) fn listed() -> Vec<Listed> {
    let set_up = entries("set-up.txt", SET_UP, 0);
    assert!(
        set_up.len() <= MOST_SET_UP,
        "set-up.txt has more than {MOST_SET_UP} entries: correct scenarios instead"
    );
    set_up
        .into_iter()
        .chain(entries("not-yet.txt", NOT_YET, 1))
        .collect()
}

/// Returns the entries of a list, with `before` columns before the scenario.
fn entries(file: &'static str, text: &'static str, before: usize) -> Vec<Listed> {
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entries = lines.map(|line| {
        let columns: Vec<&str> = line.split(" | ").collect();
        assert!(
            columns.len() == before + 3 && columns.iter().all(|column| !column.trim().is_empty()),
            "{file}: expected {} columns between ` | `, none empty, found: {line}",
            before + 3
        );
        Listed {
            file,
            scenario: columns[before],
            step: columns[before + 1],
        }
    });
    entries.collect()
}

/// Returns the disagreements between the lists and the analysis, one line each.
pub(crate) fn disagreements(scenarios: &[Controlled], listed: &[Listed]) -> Vec<String> {
    let mut unused: BTreeSet<&Listed> = listed.iter().collect();
    let mut wrong = Vec::new();
    for scenario in scenarios {
        for part in scenario.expectations.iter().chain(&scenario.steps) {
            let mut entries = listed
                .iter()
                .filter(|entry| entry.scenario == scenario.id && entry.step == part.text);
            match (&part.control, entries.next()) {
                (None, Some(entry)) => {
                    unused.remove(entry);
                }
                (None, None) => wrong.push(uncontrolled(&scenario.id, part)),
                (Some(_), _) => {}
            }
        }
    }
    wrong.extend(unused.into_iter().map(|entry| {
        let Listed {
            file,
            scenario,
            step,
        } = entry;
        format!(
            "{file} lists `{step}` of {scenario}, which does not exist or has a control: remove it"
        )
    }));
    wrong
}

/// Advises the author of a scenario.
fn uncontrolled(scenario: &str, part: &Part) -> String {
    let Part { line, text, .. } = part;
    match &part.peer {
        Some(peer) => format!(
            "scenarios/{scenario}.yaml:{line}: nothing makes this the first expectation that is \
             missed at {peer}: `{text}`. Remove it, or move it to where something can go wrong, or \
             add the implementation that it catches to harness/tests/wrong/"
        ),
        None => format!(
            "scenarios/{scenario}.yaml:{line}: the scenario says the same without this step: \
             `{text}`. Remove it, or expect what it is there for, or add the implementation \
             that it helps to catch to harness/tests/wrong/"
        ),
    }
}
