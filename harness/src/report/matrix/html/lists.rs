//! What is not as expected, and the deviations of each implementation.

use maud::{Markup, html};

use super::symbol;
use super::timelines::example;
use crate::report::html::{coded, link};
use crate::report::matrix::{Column, Matrix};
use crate::report::run::summary::Deviation;
use crate::report::text::count;
use crate::run::verdict::Result;

/// The largest number of scenarios that are named for a deviation that is not known.
const MOST_SCENARIOS: usize = 8;

/// The results that are not as expected, each with its cause.
pub(super) fn unexpected(matrix: &Matrix) -> Markup {
    let columns = matrix.columns.iter();
    let columns: Vec<&Column> = columns
        .filter(|one| !one.results.is_as_expected())
        .collect();
    html! {
        section aria-labelledby="unexpected" {
            h2 id="unexpected" { "Not as expected" }
            @if columns.is_empty() {
                p { "Every result is as expected: what deviates is listed as known, and still happens." }
            }
            @for column in columns {
                details open {
                    summary { h3 { (column.results.heading()) } }
                    (of_one(column))
                }
            }
        }
    }
}

/// The deviations of an implementation that are not known, each with its scenarios, and then what is
/// unexpected for another reason.
fn of_one(column: &Column) -> Markup {
    let fresh = column.results.deviations.iter().filter(|one| !one.is_known);
    let outcomes = column.results.scenarios.iter();
    let others = outcomes.filter(|(_, one)| one.result.is_unexpected() && one.reason.is_some());
    html! {
        ul class="unexpected" {
            @for deviation in fresh {
                li {
                    (symbol(Result::Fail))
                    p { code { (deviation.name) } ": " (coded(&deviation.reason)) }
                    @let all = &deviation.scenarios;
                    p class="soft" { (count(all.len(), "scenario")) ": " (links(column, all, MOST_SCENARIOS)) }
                }
            }
            @for (id, outcome) in others {
                li {
                    (symbol(outcome.result))
                    p { a href={ "#" (column.key) "/" (id) } { (id) } ": " (coded(&outcome.cause())) }
                }
            }
            @for fixed in &column.results.fixed {
                li { (symbol(Result::Fixed)) p { (fixed) } }
            }
        }
    }
}

/// Links to scenarios, at most to the first `most`.
pub(super) fn links(column: &Column, ids: &[impl AsRef<str>], most: usize) -> Markup {
    html! {
        @for (place, id) in ids.iter().map(AsRef::as_ref).take(most).enumerate() {
            @if place > 0 { ", " }
            a href={ "#" (column.key) "/" (id) } { (id) }
        }
        @if ids.len() > most { " and " (ids.len() - most) " more" }
    }
}

/// The deviations of each implementation, with their reasons.
pub(super) fn deviations(matrix: &Matrix) -> Markup {
    html! {
        section aria-labelledby="deviations" {
            h2 id="deviations" { "Deviations" }
            @for column in &matrix.columns {
                @let of = &column.results.deviations;
                h3 id={ (column.key) "/deviations" } { (column.results.heading()) }
                @if of.is_empty() { p { "No deviations." } }
                @for (place, deviation) in of.iter().enumerate() {
                    (one(column, place, deviation))
                }
            }
        }
    }
}

fn one(column: &Column, place: usize, deviation: &Deviation) -> Markup {
    html! {
        div class="deviation" id={ (column.key) "/deviation/" (place) } {
            h4 {
                code { (deviation.name) }
                @if !deviation.is_known { " " span class="r fail" { "✗ not known" } }
            }
            p class="why" { (coded(&deviation.reason)) }
            p class="soft" {
                (count(deviation.scenarios.len(), "scenario"))
                @if let Some(example) = example(column, deviation) {
                    ", for example " a href={ "#" (column.key) "/" (example) } { (example) }
                }
                @if deviation.is_known {
                    "; breaks "
                    @for (place, rule) in deviation.rules.iter().enumerate() {
                        @if place > 0 { ", " }
                        a href={ "#rule/" (rule) } { (rule) }
                    }
                }
                @if let Some(since) = &deviation.since { "; since version " (since) }
                @if let Some(address) = &deviation.link { "; " (link(address, "reported")) }
            }
        }
    }
}
