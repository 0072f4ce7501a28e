//! Findings as Markdown, for an issue, a pull request or a page.

use std::fmt::Write;

use peerstate_model::input::names::printable;
use peerstate_model::lint::{Finding, Proposal};

use super::grid::Grid;
use super::{LintedEdition, Linting, further, not_looked_at, path, policies_asked, reading};
use crate::report::text::count;

/// Returns the report.
#[must_use]
pub fn page(linting: &Linting) -> String {
    let mut page = String::from("# Lint of the definitions\n");
    let summary = linting.summary();
    let all = count(summary.known + summary.fresh, "finding");
    let editions = count(linting.editions.len(), "edition");
    // Writing to a string does not fail.
    let _ = writeln!(
        page,
        "\n{all} in {editions}: {} listed as known, {} not.",
        summary.known, summary.fresh
    );
    if let Some(policies) = policies_asked(&linting.choices) {
        let _ = writeln!(page, "\n{policies}");
    }
    for gone in &linting.gone {
        let _ = writeln!(page, "\nListed as known, but not found: {gone}.");
    }
    for of in &linting.editions {
        edition(linting, of, &mut page);
    }
    page
}

fn edition(linting: &Linting, of: &LintedEdition, page: &mut String) {
    let (name, edition) = (of.named.shown(), &of.named.edition);
    let _ = writeln!(
        page,
        "\n## {name}\n\n{}, <{}>",
        printable(&edition.status),
        printable(&edition.source)
    );
    if of.linted.is_clean() {
        let _ = writeln!(page, "\nNo findings.");
    } else {
        let _ = writeln!(
            page,
            "\n| about | kind | combinations | example | finding | reported |\n\
             | --- | --- | --- | --- | --- | --- |"
        );
    }
    for report in &of.linted.enums {
        for finding in &report.findings {
            let entry = linting.entry(of, report, finding);
            let about = format!("{}{}", report.enum_name, reading(report));
            let example = finding.example.as_ref();
            let example = example.map_or_else(String::new, |example| format!("`{example}`"));
            let further = further(finding).map_or_else(String::new, |more| format!("; {more}"));
            let reported = entry.map(|entry| entry.reported);
            let _ = writeln!(
                page,
                "| {about} | {} | {} | {example}{further} | {} | {} |",
                finding.kind.as_str(),
                combinations(finding),
                cell(&finding.message),
                reported_cell(reported)
            );
        }
    }
    for finding in &of.linted.dynamics {
        let reported = linting.entry_of_dynamics(of, finding);
        let _ = writeln!(
            page,
            "| dynamics | {} | | | {} | {} |",
            finding.kind.as_str(),
            cell(&finding.message),
            reported_cell(reported.map(|entry| entry.reported))
        );
    }
    if let Some(left_out) = not_looked_at(&of.linted) {
        let _ = writeln!(page, "\nNot checked: {left_out}.");
    }
    tables(of, page);
    for finding in &of.linted.dynamics {
        if let Some(table) = path(finding) {
            let _ = writeln!(page, "\n`{}`:\n\n```text\n{table}```", finding.about);
        }
    }
    if !of.linted.remarks.is_empty() {
        let _ = writeln!(page, "\nQuestions raised, and confirmed as intended:\n");
    }
    for remark in &of.linted.remarks {
        let (message, example) = (remark.message, &remark.example);
        let _ = writeln!(page, "- {message}: `{example}` ({})", remark.issue);
    }
    proposals(of, page);
}

/// Writes the truth table of each reading for one transport, with the findings in bold.
fn tables(of: &LintedEdition, page: &mut String) {
    for report in of.linted.enums.iter().filter(|r| !r.findings.is_empty()) {
        let Some(grid) = Grid::of(&of.named.edition, report) else {
            continue;
        };
        let _ = writeln!(
            page,
            "\n{}{} with one transport; bold values have a finding:\n",
            report.enum_name,
            reading(report)
        );
        let ice: Vec<_> = Grid::ice_states().collect();
        let _ = writeln!(page, "| DTLS \\ ICE | {} |", ice.join(" | "));
        let _ = writeln!(page, "| --- |{}", " --- |".repeat(ice.len()));
        for (dtls, cells) in grid.rows_of_one() {
            let cells: Vec<String> = cells
                .into_iter()
                .map(|(values, found)| {
                    let values = if values.is_empty() { "none" } else { &values };
                    if found {
                        format!("**{values}**")
                    } else {
                        values.to_owned()
                    }
                })
                .collect();
            let _ = writeln!(page, "| {dtls} | {} |", cells.join(" | "));
        }
    }
}

fn proposals(of: &LintedEdition, page: &mut String) {
    let Some(proposals) = &of.proposals else {
        return;
    };
    let _ = writeln!(page, "\n### Repairs");
    for suggestions in &proposals.definitions {
        let (name, reading) = (suggestions.enum_name, &suggestions.reading);
        let _ = writeln!(page, "\n{name}, reading {reading}:\n");
        if suggestions.proposals.is_empty() {
            let _ = writeln!(
                page,
                "- no single edit removes a kind of finding without making another worse"
            );
        }
        for proposal in &suggestions.proposals {
            let _ = writeln!(page, "- {}", one_proposal(proposal));
        }
        if !suggestions.sequence.is_empty() {
            let _ = writeln!(
                page,
                "\nThese edits, one after the other, leave no finding:\n"
            );
        }
        for proposal in &suggestions.sequence {
            let _ = writeln!(page, "1. {}", one_proposal(proposal));
        }
    }
    if !proposals.dynamics.is_empty() {
        let _ = writeln!(page, "\nDynamics:\n");
    }
    for proposal in &proposals.dynamics {
        let mends = proposal.mends.join("`, `");
        let _ = writeln!(page, "- {} (repairs `{mends}`)", proposal.instruction);
    }
}

/// Returns a proposal in one line.
#[must_use]
pub fn one_proposal(proposal: &Proposal) -> String {
    let mends: Vec<_> = proposal.mends.iter().map(|kind| kind.as_str()).collect();
    let mends = if mends.is_empty() {
        String::new()
    } else {
        format!("repairs {}, ", mends.join(", "))
    };
    format!(
        "{}: \"{}\" becomes \"{}\" ({mends}leaves {}, changes {})",
        proposal.instruction,
        proposal.before,
        proposal.after,
        count(proposal.left, "finding"),
        count(proposal.changes, "combination")
    )
}

fn combinations(finding: &Finding) -> String {
    match finding.combinations {
        0 => String::new(),
        number => number.to_string(),
    }
}

/// Returns the reports as a cell of a table; empty if the finding is not known.
fn reported_cell(reported: Option<&[String]>) -> String {
    match reported {
        None => String::new(),
        Some([]) => "none known".to_owned(),
        Some(reported) => reported.join(", "),
    }
}

/// Returns text that does not end its cell.
fn cell(text: &str) -> String {
    printable(text).replace('|', "\\|")
}
