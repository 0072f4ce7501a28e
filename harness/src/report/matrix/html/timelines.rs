//! Which outcomes have a timeline: the page must not become too large.

use std::collections::BTreeMap;

use maud::Markup;
use peerstate_model::rules::Finding;

use crate::report::finding::{Deviation as Grouped, deviations};
use crate::report::matrix::{Column, Matrix, Outcome, Recorded};
use crate::report::run::summary::Deviation;
use crate::report::timeline::{Mark, timeline};

/// The timelines of a page.
#[derive(Default)]
pub(super) struct Timelines {
    /// By the key of the column, then by the id of the scenario.
    drawn: BTreeMap<(String, String), Markup>,
}

impl Timelines {
    /// Draws the timelines of outcomes with findings: first those that are not as expected, then
    /// an example of each deviation, then others as long as there is room, in bytes.
    pub(super) fn of(matrix: &Matrix, room: usize) -> Self {
        let mut all = Vec::new();
        for column in &matrix.columns {
            let of = &column.results;
            let examples: Vec<&str> = of
                .deviations
                .iter()
                .filter_map(|one| example(column, one))
                .collect();
            for (id, outcome) in &of.scenarios {
                let rank = match id.as_str() {
                    _ if outcome.result.is_unexpected() => 0,
                    id if examples.contains(&id) => 1,
                    _ => 2,
                };
                all.push((rank, column, id, outcome));
            }
        }
        all.sort_by_key(|(rank, ..)| *rank);
        let mut timelines = Self::default();
        let mut size = 0;
        for (_, column, id, outcome) in all {
            if size >= room {
                break;
            }
            if let Some(drawn) = draw(column, id, outcome) {
                size += drawn.0.len();
                timelines
                    .drawn
                    .insert((column.key.clone(), id.clone()), drawn);
            }
        }
        timelines
    }

    /// Returns the timeline of an outcome, if it has one.
    pub(super) fn get(&self, column: &Column, id: &str) -> Option<&Markup> {
        self.drawn.get(&(column.key.clone(), id.to_owned()))
    }
}

/// Returns the scenario that shows the fewest other deviations, by its id.
pub(super) fn example<'c>(column: &'c Column, deviation: &'c Deviation) -> Option<&'c str> {
    let scenarios = &column.results.scenarios;
    let shown = deviation.scenarios.iter();
    let shown = shown.filter_map(|id| Some((id, scenarios.get(id)?)));
    let best = shown.min_by_key(|(_, outcome)| outcome.findings.len());
    best.map(|(id, _)| id.as_str())
}

fn draw(column: &Column, id: &str, outcome: &Outcome) -> Option<Markup> {
    let Recorded::Trace(trace) = &outcome.trace else {
        return None;
    };
    let groups = grouped(outcome);
    let marks = (1..).zip(&groups).flat_map(|(number, (group, known))| {
        group
            .findings()
            .enumerate()
            .map(move |(place, finding)| Mark {
                number,
                finding,
                is_known: known.is_some(),
                is_first: place == 0,
            })
    });
    let marks: Vec<Mark<'_>> = marks.collect();
    let id = format!("{}/{id}", column.key);
    (!marks.is_empty()).then(|| timeline(trace, &marks, &id))
}

/// Returns the deviations of an outcome in the order of their numbers: those that are not known
/// come first. Each has the name of the known deviation that it belongs to.
pub(super) fn grouped(outcome: &Outcome) -> Vec<(Grouped<'_>, Option<&str>)> {
    let mut names: Vec<Option<&str>> = Vec::new();
    for (_, name) in &outcome.findings {
        if !names.contains(&name.as_deref()) {
            names.push(name.as_deref());
        }
    }
    names.sort_by_key(|name| name.is_some());
    let of = |name: Option<&str>| {
        let findings = outcome.findings.iter();
        let findings = findings.filter(|(_, other)| other.as_deref() == name);
        let findings: Vec<&Finding> = findings.map(|(finding, _)| finding).collect();
        deviations(&findings)
    };
    let groups = names.into_iter();
    groups
        .flat_map(|name| of(name).into_iter().map(move |group| (group, name)))
        .collect()
}
