//! What changed between two sets of results, for people.

use std::io::{self, Write};

use super::{Change, DeviationChange, ResultsDiff};
use crate::report::text::{count, paragraph};

/// Writes the report within `width` columns.
///
/// # Errors
///
/// When nothing can be written.
pub fn write(out: &mut dyn Write, diff: &ResultsDiff, width: usize) -> io::Result<()> {
    for change in &diff.changes {
        one(out, change, width)?;
    }
    for (word, names) in [("added", &diff.added), ("removed", &diff.removed)] {
        for name in names {
            writeln!(out, "{name}: {word}")?;
        }
    }
    writeln!(out, "{}", diff.verdict())
}

fn one(out: &mut dyn Write, change: &Change, width: usize) -> io::Result<()> {
    let worse = change.scenarios.iter().filter(|one| one.is_worse()).count();
    let better = change.scenarios.len() - worse;
    let said = if change.is_nothing() {
        "no change".to_owned()
    } else {
        let scenarios = format!("{} worse, {better} better", count(worse, "scenario"));
        let (new, gone) = (count(change.new.len(), "new deviation"), change.gone.len());
        format!("{scenarios}; {new}, {gone} gone")
    };
    writeln!(out, "{}: {said}", change.name)?;
    for (what, old, new) in &change.of_run {
        writeln!(out, "  {what}: {old} -> {new}")?;
    }
    for scenario in &change.scenarios {
        let word = if scenario.is_worse() {
            "worse "
        } else {
            "better"
        };
        let (id, old, new) = (&scenario.scenario, scenario.old, scenario.new);
        writeln!(out, "  {word}  {id}: {old} -> {new}")?;
        if scenario.is_worse() && !scenario.cause.is_empty() {
            paragraph(out, 10, &scenario.cause, width)?;
        }
    }
    for (word, list) in [("new", &change.new), ("gone", &change.gone)] {
        for deviation in list {
            paragraph(out, 2, &format!("{word}: {}", in_words(deviation)), width)?;
        }
    }
    for (id, result) in &change.added {
        writeln!(out, "  scenario added: {id} ({result})")?;
    }
    for id in &change.removed {
        writeln!(out, "  scenario removed: {id}")?;
    }
    writeln!(out)
}

/// A deviation in a line.
pub(super) fn in_words(deviation: &DeviationChange) -> String {
    let known = if deviation.is_known {
        "known"
    } else {
        "not known"
    };
    let scenarios = count(deviation.scenarios, "scenario");
    format!(
        "{} ({known}, {scenarios}): {}",
        deviation.name, deviation.reason
    )
}
