//! What changed between two sets of results, as Markdown, for a comment on a change.

use std::fmt::Write;

use super::human::in_words;
use super::{Change, ResultsDiff};
use crate::report::matrix::markdown::cell;

/// Returns the page.
#[must_use]
pub fn page(diff: &ResultsDiff) -> String {
    let mut page = format!("# What changed\n\n{}\n", diff.verdict());
    for change in &diff.changes {
        one(&mut page, change);
    }
    let lists = [
        ("Implementation added", &diff.added),
        ("Implementation removed", &diff.removed),
    ];
    for (word, names) in lists {
        for name in names {
            // Writing to a string does not fail.
            let _ = writeln!(page, "\n{word}: {}.", cell(name));
        }
    }
    page
}

fn one(page: &mut String, change: &Change) {
    let _ = writeln!(page, "\n## {}\n", cell(&change.name));
    for (what, old, new) in &change.of_run {
        let _ = writeln!(page, "- {what}: {} → {}", cell(old), cell(new));
    }
    if change.is_nothing() {
        page.push_str("- no change\n");
    }
    for (word, list) in [
        ("new deviation", &change.new),
        ("deviation gone", &change.gone),
    ] {
        for deviation in list {
            let _ = writeln!(page, "- {word}: {}", cell(&in_words(deviation)));
        }
    }
    for (id, result) in &change.added {
        let _ = writeln!(page, "- scenario added: `{}` ({result})", cell(id));
    }
    for id in &change.removed {
        let _ = writeln!(page, "- scenario removed: `{}`", cell(id));
    }
    if change.scenarios.is_empty() {
        return;
    }
    page.push_str("\n| scenario | old | new | | cause |\n| --- | --- | --- | --- | --- |\n");
    for scenario in &change.scenarios {
        let word = if scenario.is_worse() {
            "worse"
        } else {
            "better"
        };
        let (id, cause) = (cell(&scenario.scenario), cell(&scenario.cause));
        let (old, new) = (scenario.old, scenario.new);
        let _ = writeln!(page, "| `{id}` | {old} | {new} | {word} | {cause} |");
    }
}
