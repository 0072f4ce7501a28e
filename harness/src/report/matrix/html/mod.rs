//! The matrix as one page: implementations by rules and by scenarios, and behind each cell what
//! happened.

mod lists;
mod sheets;
mod tables;
mod timelines;

use maud::{Markup, html};

use self::lists::{deviations, unexpected};
use self::tables::{implementations, rules, scenarios};
use self::timelines::Timelines;
use super::{Column, Matrix, Outcome, Results, UNMET, UNMET_MEANING};
use crate::report::html::Page;
use crate::report::run::Ran;
use crate::report::text::count;
use crate::run::verdict::Result;

/// The script of the page: filters, and keys for what is open.
const SCRIPT: &str = include_str!("page.js");

/// The size of a page up to which timelines are added, in bytes.
const MOST_BYTES: usize = 2_800_000;

/// The size that timelines may have on any page, in bytes.
const LEAST_BYTES: usize = 250_000;

/// Returns the page of a run.
#[must_use]
pub fn of_run(ran: &Ran<'_>) -> String {
    let results = Results::of(ran);
    let title = results.heading();
    page(&Matrix::of(vec![results]), &title)
}

/// Returns the page of a matrix.
#[must_use]
pub fn page(matrix: &Matrix, title: &str) -> String {
    let without = with_timelines(matrix, title, &Timelines::default());
    let room = MOST_BYTES.saturating_sub(without.len());
    let timelines = Timelines::of(matrix, room.max(LEAST_BYTES));
    with_timelines(matrix, title, &timelines)
}

fn with_timelines(matrix: &Matrix, title: &str, timelines: &Timelines) -> String {
    let page = Page {
        title,
        main: html! {
            p class="lead" { (lead(matrix)) }
            (legend())
            (implementations(matrix))
            (unexpected(matrix))
            (filters(matrix))
            (rules(matrix))
            (scenarios(matrix))
            (deviations(matrix))
            footer { p class="soft" { (written_by(matrix)) } }
        },
        sheets: sheets::all(matrix, timelines),
        data: None,
        script: SCRIPT,
    };
    page.text()
}

/// What the page shows, in a sentence.
fn lead(matrix: &Matrix) -> String {
    let scenarios: usize = matrix.folders().values().map(Vec::len).sum();
    let mut editions: Vec<&str> = Vec::new();
    for column in &matrix.columns {
        if !editions.contains(&column.results.of.edition.as_str()) {
            editions.push(&column.results.of.edition);
        }
    }
    let of = match matrix.columns.as_slice() {
        [_] => String::new(),
        columns => format!(" in {}", count(columns.len(), "implementation")),
    };
    let noun = if editions.len() == 1 {
        "edition"
    } else {
        "editions"
    };
    format!(
        "What RTCPeerConnection reports about its state{of}: {}, judged by the {noun} {} of the \
         definitions.",
        count(scenarios, "scenario"),
        editions.join(", "),
    )
}

fn legend() -> Markup {
    html! {
        dl class="legend" aria-label="legend" {
            @for result in Result::ALL {
                div { dt { (symbol(result)) " " (result) } dd { (result.meaning()) } }
                @if result == Result::Known {
                    div { dt { span class="r known unmet" { (UNMET) } " known" } dd { (UNMET_MEANING) } }
                }
            }
            div { dt { span class="r none" { "·" } " not run" } dd { "the scenario was not part of the run" } }
        }
    }
}

/// The symbol of a result on its colour.
fn symbol(result: Result) -> Markup {
    html! { span class={ "r " (result) } { (result.symbol()) } }
}

/// The symbol of an outcome.
fn symbol_of(outcome: &Outcome) -> Markup {
    html! { span class={ "r " (outcome.result) @if outcome.is_unmet() { " unmet" } } { (outcome.symbol()) } }
}

/// The filters, which only the script shows.
fn filters(matrix: &Matrix) -> Markup {
    html! {
        form id="filters" hidden aria-label="filters" {
            @if matrix.columns.len() > 1 {
                fieldset {
                    legend { "Implementations" }
                    @for column in &matrix.columns {
                        label { input type="checkbox" name="column" checked; " " (column.key) }
                    }
                }
            }
            label { "Result "
                select name="result" {
                    option value="" { "all" }
                    @for result in matrix.results() { option { (result) } }
                    option value="unmet" { "known, an expectation does not hold" }
                }
            }
            label { "Rule broken "
                select name="rule" {
                    option value="" { "any or none" }
                    @for (place, (rule, _)) in matrix.rules().iter().enumerate() {
                        option value=(place) { (rule.id) }
                    }
                }
            }
            label { "Text " input type="search" name="text" placeholder="a scenario"; }
            output name="shown" {}
        }
    }
}

fn written_by(matrix: &Matrix) -> String {
    let version = |column: &Column| column.results.peerstate.clone();
    let mut versions: Vec<String> = matrix.columns.iter().filter_map(version).collect();
    versions.sort();
    versions.dedup();
    let run = match versions.as_slice() {
        [] => String::new(),
        versions => format!(" Run by peerstate {}.", versions.join(", ")),
    };
    format!("Written by peerstate {}.{run}", env!("CARGO_PKG_VERSION"))
}
