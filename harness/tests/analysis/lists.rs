//! The lists of parts of scenarios that have no control, each with the reason. What they list must
//! be so: an entry that is stale fails the tests.

use std::collections::BTreeSet;

use super::{Controlled, Part};

/// Steps that only set a scene: `scenario | step | reason`.
const SET_UP: &str = include_str!("set-up.txt");

/// Parts that are still to be mended: `date | scenario | step | reason`.
const NOT_YET: &str = include_str!("not-yet.txt");

/// The most steps that may be there to set a scene.
const MOST_SET_UP: usize = 15;

/// A part of a scenario that is listed.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Listed {
    file: &'static str,
    scenario: &'static str,
    step: &'static str,
}

/// Both lists.
pub(crate) fn listed() -> Vec<Listed> {
    let set_up = entries("set-up.txt", SET_UP, 0);
    assert!(
        set_up.len() <= MOST_SET_UP,
        "set-up.txt has more than {MOST_SET_UP} entries: mend scenarios instead"
    );
    set_up
        .into_iter()
        .chain(entries("not-yet.txt", NOT_YET, 1))
        .collect()
}

/// The entries of a list, with so many columns before the scenario.
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

/// What the lists and the analysis do not agree in, one line each.
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
            "{file} lists `{step}` of {scenario}, which is not there or is controlled: take it out"
        )
    }));
    wrong
}

/// What the author of a scenario is to do.
fn uncontrolled(scenario: &str, part: &Part) -> String {
    let Part { line, text, .. } = part;
    match &part.peer {
        Some(peer) => format!(
            "scenarios/{scenario}.yaml:{line}: nothing makes this the first expectation to be \
             missed at {peer}: `{text}`. Leave it out, or put it where something can go wrong, or \
             add the implementation that it catches to harness/tests/wrong/"
        ),
        None => format!(
            "scenarios/{scenario}.yaml:{line}: without this step the scenario says the same: \
             `{text}`. Leave it out, or expect what it is there for, or add the implementation \
             that is caught because of it to harness/tests/wrong/"
        ),
    }
}
