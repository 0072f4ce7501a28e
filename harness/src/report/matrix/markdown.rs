//! The matrix as Markdown, for a summary of CI or an issue.

use std::fmt::Write;

use super::{Keeping, Matrix, RuleCell, UNMET, UNMET_MEANING};
use crate::report::text::count;
use crate::run::verdict::Result;

/// Returns the page.
#[must_use]
pub fn page(matrix: &Matrix) -> String {
    let mut page = "# Conformance\n\n".to_owned();
    let symbols = Result::ALL.map(|of| format!("{} {of} ({})", of.symbol(), of.meaning()));
    let symbols = symbols.join(", ");
    let _ = writeln!(
        page,
        "{symbols}, {UNMET} known ({UNMET_MEANING}), · not run.\n"
    );
    implementations(&mut page, matrix);
    unexpected(&mut page, matrix);
    page.push_str(
        "## Rules\n\nHow many of the scenarios that could be judged by a rule break it.\n\n",
    );
    head(&mut page, "rule", matrix);
    for (rule, cells) in matrix.rules() {
        let cells = cells.into_iter().map(rule_cell);
        row(&mut page, format!("`{}`", rule.id), cells);
    }
    page.push_str("\n## Scenarios\n\n");
    head(&mut page, "scenario", matrix);
    for scenario in matrix.folders().values().flatten() {
        let cells = scenario.outcomes.iter();
        let cells = cells.map(|one| one.map_or("·", |one| one.symbol()).to_owned());
        row(&mut page, format!("`{}`", cell(scenario.id)), cells);
    }
    page
}

fn implementations(page: &mut String, matrix: &Matrix) {
    let results = matrix.results();
    let names = results.iter().map(|result| result.to_string());
    let fixed = ["scenarios", "as specified"].map(str::to_owned);
    let heads = fixed.into_iter().chain(names);
    let heads = heads.chain(["deviations", "edition", "date"].map(str::to_owned));
    let heads: Vec<String> = heads.collect();
    row(page, "implementation".to_owned(), heads.iter().cloned());
    row(
        page,
        "---".to_owned(),
        heads.iter().map(|_| "---".to_owned()),
    );
    for column in &matrix.columns {
        let of = &column.results;
        let counts = [of.scenarios.len(), of.behave()].into_iter();
        let counts = counts.chain(results.iter().map(|result| of.count(*result)));
        let counts = counts
            .chain([of.deviations.len()])
            .map(|number| number.to_string());
        let date = of.date.map(|date| date.to_string()).unwrap_or_default();
        row(
            page,
            cell(&of.heading()),
            counts.chain([cell(&of.of.edition), date]),
        );
    }
    page.push('\n');
}

/// What is not as expected, with its cause.
fn unexpected(page: &mut String, matrix: &Matrix) {
    page.push_str("## Not as expected\n\n");
    let before = page.len();
    for column in &matrix.columns {
        for (id, outcome) in &column.results.scenarios {
            if outcome.result.is_unexpected() {
                let heading = cell(&column.results.heading());
                let (result, cause) = (outcome.result, cell(&outcome.cause()));
                let symbol = result.symbol();
                let _ = writeln!(
                    page,
                    "- {symbol} {result}: {heading}, `{}`: {cause}",
                    cell(id)
                );
            }
        }
        for fixed in &column.results.fixed {
            let _ = writeln!(
                page,
                "- {}: {}",
                cell(&column.results.heading()),
                cell(fixed)
            );
        }
    }
    if page.len() == before {
        page.push_str("Every result is as expected.\n");
    }
    page.push('\n');
}

fn head(page: &mut String, first: &str, matrix: &Matrix) {
    let names = matrix
        .columns
        .iter()
        .map(|one| cell(&one.results.heading()));
    row(page, first.to_owned(), names);
    row(
        page,
        "---".to_owned(),
        matrix.columns.iter().map(|_| ":-:".to_owned()),
    );
}

fn rule_cell(of: RuleCell) -> String {
    let symbol = of.keeping.like().symbol();
    match of.keeping {
        Keeping::Kept | Keeping::NotObserved => symbol.to_owned(),
        Keeping::Known | Keeping::Broken => {
            format!("{symbol} {} of {}", of.broken, count(of.judged, "scenario"))
        }
    }
}

fn row(page: &mut String, first: String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = std::iter::once(first).chain(cells).collect();
    // Writing to a string does not fail.
    let _ = writeln!(page, "| {} |", cells.join(" | "));
}

/// Returns a text that ends no cell and begins no markup of its own.
pub(super) fn cell(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('|', "\\|").replace('<', "&lt;")
}
