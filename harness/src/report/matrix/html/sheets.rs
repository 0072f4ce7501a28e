//! What opens above the page: what happened in a scenario, and what a rule requires.

use maud::{Markup, html};
use peerstate_model::rules::{Level, Rule};

use super::lists::links;
use super::tables::kept;
use super::timelines::{Timelines, grouped};
use super::{symbol, symbol_of};
use crate::report::finding::Deviation;
use crate::report::html::{coded, link};
use crate::report::matrix::{Column, Matrix, Outcome, Recorded, RuleCell};
use crate::report::text::count;
use crate::run::verdict::{Expectations, Result};

/// How many scenarios are named that break a rule.
const MOST_SCENARIOS: usize = 12;

/// Every sheet: those of the outcomes, then those of the rules.
pub(super) fn all(matrix: &Matrix, timelines: &Timelines) -> Markup {
    html! {
        @for column in &matrix.columns {
            @for (id, outcome) in &column.results.scenarios { (of_outcome(column, id, outcome, timelines)) }
        }
        @for (rule, cells) in matrix.rules() { (of_rule(matrix, rule, &cells)) }
    }
}

/// A sheet, which its address opens.
fn sheet(id: &str, heading: &Markup, back: &str, body: &Markup) -> Markup {
    html! {
        section class="sheet" id=(id) {
            a class="close" href={ "#" (back) } aria-label="close" { "×" }
            h2 { (heading) }
            (body)
        }
    }
}

fn of_outcome(column: &Column, id: &str, outcome: &Outcome, timelines: &Timelines) -> Markup {
    let key = format!("{}/{id}", column.key);
    let heading = html! { code { (id) } };
    let groups = grouped(outcome);
    let has_timeline = timelines.get(column, id).is_some();
    let body = html! {
        p class="of" {
            (symbol_of(outcome)) " " b { (outcome.result) } " · " (column.results.heading())
            " · " (expectations(outcome))
        }
        @if !outcome.title.is_empty() { p { (outcome.title) } }
        @if outcome.expectations == Expectations::NotMet && !outcome.spec.is_empty() {
            p class="soft" {
                "It asserts "
                @for (place, address) in outcome.spec.iter().enumerate() {
                    @if place > 0 { ", " }
                    (link(address, section(address)))
                }
            }
        }
        @if let Some(reason) = &outcome.reason { p class="reason" { (coded(reason)) } }
        (trace(column, id, outcome, timelines))
        @if !groups.is_empty() {
            h3 { "Deviations" }
            ol class="findings" {
                @for (number, (group, name)) in (1..).zip(&groups) {
                    @let id = has_timeline.then(|| format!("{key}/f{number}"));
                    li id=[id] {
                        @let known = if name.is_some() { " known" } else { "" };
                        @if has_timeline {
                            a class={ "number" (known) } href={ "#" (key) "/m" (number) }
                                aria-label={ "finding " (number) " in the timeline" } { (number) }
                        } @else { span class={ "number" (known) } { (number) } }
                        (finding(column, group, *name))
                    }
                }
            }
        }
        @if let Some(observed) = &outcome.observed {
            p class="soft" {
                @match observed.agrees_with.as_slice() {
                    [] => "No published edition gives all these values.",
                    all if has_timeline => { "The values alone agree with " (all.join(", ")) "." },
                    all => { "The values alone agree with " (count(all.len(), "published edition")) "." },
                }
            }
        }
    };
    sheet(&key, &heading, "scenarios", &body)
}

/// Returns the last part of an address, which names a section.
fn section(address: &str) -> &str {
    let parts = address.trim_end_matches('/').rsplit('/');
    parts
        .map(|part| part.trim_start_matches('#'))
        .next()
        .unwrap_or(address)
}

fn expectations(outcome: &Outcome) -> String {
    let checks = count(outcome.checks, "expectation");
    match (outcome.expectations, outcome.result) {
        (Expectations::None, Result::Unsupported) => "not run".to_owned(),
        (Expectations::None, _) => "no expectations".to_owned(),
        (Expectations::Met, _) => format!("{checks} met"),
        (Expectations::NotMet, _) => format!("not all of {checks} met"),
    }
}

/// The timeline, or why there is none.
fn trace(column: &Column, id: &str, outcome: &Outcome, timelines: &Timelines) -> Markup {
    html! {
        @match (timelines.get(column, id), &outcome.trace) {
            (Some(timeline), _) => (timeline),
            (None, Recorded::Missing(file)) => p class="soft" { "The trace " code { (file) } " was not found." },
            (None, Recorded::Trace(_)) if !outcome.findings.is_empty() => p class="soft" {
                "No timeline: the page would become too large."
            },
            (None, _) => {},
        }
    }
}

/// A deviation in the list. The script adds the reason of a known deviation and the link to the
/// specification, which the page has once: with the deviation, and with the rule.
fn finding(column: &Column, group: &Deviation<'_>, name: Option<&str>) -> Markup {
    let mut listed = column.results.deviations.iter();
    let place = listed.position(|one| one.is_known && Some(one.name.as_str()) == name);
    let follows = group.consequences(false);
    html! {
        p { (coded(&group.finding.message)) }
        p class="soft" {
            a class="rule" href={ "#rule/" (group.finding.rule) } { (group.finding.rule) }
            @for line in group.where_it_is() { "; " (line) }
        }
        @match (name, place) {
            (None, _) => p { b { "Not known." } " " @if let Some(required) = group.required() { (coded(&required)) } },
            (Some(name), Some(place)) => p {
                "Known: " a class="why" href={ "#" (column.key) "/deviation/" (place) } { (name) }
            },
            (Some(name), None) => p { "Known: " (name) },
        }
        @if !follows.is_empty() { ul { @for line in follows { li { (line) } } } }
    }
}

fn of_rule(matrix: &Matrix, rule: &Rule, cells: &[RuleCell]) -> Markup {
    let heading = html! { code { (rule.id) } };
    let level = match rule.level {
        Level::Must => "Required",
        Level::Should => "Recommended",
    };
    let body = html! {
        p { b { (level) ": " } (coded(rule.requirement)) " " a class="spec" href=(rule.spec) { "specification" } }
        p { (coded(rule.why)) }
        h3 { "Implementations" }
        dl {
            @for (column, cell) in matrix.columns.iter().zip(cells) {
                dt { (symbol(cell.keeping.like())) " " (column.results.heading()) ": " (kept(*cell)) }
                @let outcomes = column.results.scenarios.iter();
                @let breaks = outcomes.filter(|(_, one)| one.breaking(rule.id).next().is_some());
                @let ids: Vec<&String> = breaks.map(|(id, _)| id).collect();
                @if !ids.is_empty() {
                    dd { (links(column, &ids, MOST_SCENARIOS)) }
                }
            }
        }
    };
    sheet(&format!("rule/{}", rule.id), &heading, "rules", &body)
}
