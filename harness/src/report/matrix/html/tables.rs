//! The tables of the page.

use maud::{Markup, html};
use peerstate_model::rules::Rule;

use super::symbol;
use crate::report::matrix::{Column, Keeping, Matrix, Outcome, RuleCell, ScenarioRow};
use crate::report::text::count;
use crate::run::verdict::Result;

/// A row for each implementation: how many scenarios had each result.
pub(super) fn implementations(matrix: &Matrix) -> Markup {
    let results = matrix.results();
    html! {
        section aria-labelledby="implementations" {
            h2 id="implementations" { "Implementations" }
            div class="scroll" tabindex="0" role="group" aria-labelledby="implementations" {
                table class="counts" {
                    thead {
                        tr {
                            th scope="col" { "implementation" }
                            th scope="col" class="number" { "scenarios" }
                            th scope="col" class="number" { "as specified" }
                            @for result in &results {
                                th scope="col" class="number" { (symbol(*result)) " " (result) }
                            }
                            th scope="col" class="number" { "deviations" }
                            th scope="col" { "edition" }
                            th scope="col" { "date" }
                        }
                    }
                    tbody { @for column in &matrix.columns { (implementation(column, &results)) } }
                }
            }
        }
    }
}

fn implementation(column: &Column, results: &[Result]) -> Markup {
    let of = &column.results;
    let fresh = of.deviations.iter().filter(|one| !one.is_known).count();
    html! {
        tr {
            th scope="row" { (of.of.implementation.name) " " span class="soft" { (of.of.implementation.version) } }
            td class="number" { (of.scenarios.len()) }
            td class="number" { (of.behave()) }
            @for result in results {
                td class="number" {
                    @match of.count(*result) { 0 => span class="soft" { "0" }, number => { (number) } }
                }
            }
            td class="number" {
                a href={ "#" (column.key) "/deviations" } { (of.deviations.len()) }
                @if fresh > 0 { " (" (fresh) " not known)" }
            }
            td { (of.of.edition) @if let Some(seed) = of.of.seed { ", seed " (seed) } }
            td { @match of.date { Some(date) => (date), None => span class="soft" { "not given" } } }
        }
    }
}

/// Implementations by rules.
pub(super) fn rules(matrix: &Matrix) -> Markup {
    html! {
        section aria-labelledby="rules" {
            h2 id="rules" { "Rules" }
            p class="soft" {
                "In how many of the scenarios that could be judged by a rule it is broken. What only "
                "follows from another deviation is not counted."
            }
            div class="scroll" tabindex="0" role="group" aria-labelledby="rules" {
                table class="matrix" {
                    thead { tr { th scope="col" { "rule" } (heads(matrix)) } }
                    tbody {
                        @for (rule, cells) in matrix.rules() {
                            tr {
                                th scope="row" { a href={ "#rule/" (rule.id) } { (rule.id) } }
                                @for (column, cell) in matrix.columns.iter().zip(cells) {
                                    (rule_cell(column, rule, cell))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn heads(matrix: &Matrix) -> Markup {
    html! {
        @for column in &matrix.columns {
            @let of = &column.results.of;
            th scope="col" { (of.implementation.name) " " span class="soft" { (of.implementation.version) } }
        }
    }
}

/// Says how a rule is kept, in words.
pub(super) fn kept(cell: RuleCell) -> String {
    let RuleCell {
        keeping,
        judged,
        broken,
    } = cell;
    match keeping {
        Keeping::NotObserved => keeping.as_str().to_owned(),
        Keeping::Kept => format!("kept in {}", count(judged, "scenario")),
        Keeping::Known | Keeping::Broken => {
            format!(
                "{} in {broken} of {}",
                keeping.as_str(),
                count(judged, "scenario")
            )
        }
    }
}

fn rule_cell(column: &Column, rule: &Rule, cell: RuleCell) -> Markup {
    let result = cell.keeping.like();
    let said = format!("{}, {}: {}", column.key, rule.id, kept(cell));
    html! {
        td {
            a class={ "r " (result) } href={ "#rule/" (rule.id) } title=(said) aria-label=(said) {
                (result.symbol())
                @if cell.broken > 0 { " " small { (cell.broken) "/" (cell.judged) } }
            }
        }
    }
}

/// Implementations by scenarios, in a group for each folder.
pub(super) fn scenarios(matrix: &Matrix) -> Markup {
    let rules = matrix.rules();
    let rules: Vec<&str> = rules.iter().map(|(rule, _)| rule.id).collect();
    let is_one = matrix.columns.len() == 1;
    html! {
        section aria-labelledby="scenarios" {
            h2 id="scenarios" { "Scenarios" }
            p class="soft" { "A cell opens what happened. Escape closes it." }
            div class="scroll" tabindex="0" role="group" aria-labelledby="scenarios" {
                table class="matrix" id="matrix" {
                    thead { tr {
                        th scope="col" { "scenario" }
                        (heads(matrix))
                        @if is_one { th scope="col" { "deviations" } }
                    } }
                    @for (folder, rows) in matrix.folders() {
                        tbody data-folder=(folder) {
                            tr class="folder" {
                                th scope="rowgroup" { (folder) " " span class="soft" { (rows.len()) } }
                                @for column in &matrix.columns {
                                    td aria-hidden="true" { (column.results.of.implementation.name) }
                                }
                                @if is_one { td {} }
                            }
                            @for row in &rows { (scenario(matrix, row, &rules)) }
                        }
                    }
                }
            }
        }
    }
}

fn scenario(matrix: &Matrix, row: &ScenarioRow<'_>, rules: &[&str]) -> Markup {
    html! {
        tr {
            th scope="row" { code { (row.name) } " " span class="what" { (row.title) } }
            @for (column, outcome) in matrix.columns.iter().zip(&row.outcomes) {
                @match outcome {
                    Some(outcome) => (cell(column, row.id, outcome, rules)),
                    None => td class="none" { span class="r none" title="not run" { "·" } },
                }
            }
            @if let (1, Some(Some(outcome))) = (matrix.columns.len(), row.outcomes.first()) {
                td class="what" { (outcome.deviations.join(", ")) }
            }
        }
    }
}

fn cell(column: &Column, id: &str, outcome: &Outcome, rules: &[&str]) -> Markup {
    let result = outcome.result;
    let breaks = |rule: &&str| outcome.breaking(rule).next().is_some();
    let broken = rules.iter().enumerate().filter(|(_, rule)| breaks(rule));
    let broken: Vec<String> = broken.map(|(place, _)| place.to_string()).collect();
    let unmet = if outcome.is_unmet() {
        ", an expectation does not hold"
    } else {
        ""
    };
    let said = format!("{}: {result}{unmet}", column.key);
    html! {
        td data-rules=[(!broken.is_empty()).then(|| broken.join(" "))] {
            a class={ "r " (result) @if outcome.is_unmet() { " unmet" } } href={ "#" (column.key) "/" (id) } title=(said) aria-label=(said) {
                (outcome.symbol())
            }
        }
    }
}
