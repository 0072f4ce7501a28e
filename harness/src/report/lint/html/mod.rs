//! The findings as one self-contained page: the matrix of editions and kinds, each finding with its
//! truth tables for one and two transports, and the differences between two chosen editions.

mod differences;

use std::collections::BTreeMap;

use maud::{Markup, html};
use peerstate_model::editions::{DEFAULT_EDITION, edition};
use peerstate_model::known::findings::Explanation;
use peerstate_model::lint::{DynamicsKind, EnumReport, Finding, Kind, Proposal};
use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState,
};
use serde_json::{Value, json};

use self::differences::Differences;
use super::grid::Grid;
use super::markdown::one_proposal;
use super::{
    LintedEdition, Linting, Proposals, RECOMMENDATION, further, not_looked_at, of_definitions,
    path, policies_asked, reading, reports,
};
use crate::editions::Named;
use crate::report::html::{Page, coded, link};
use crate::report::text::count;

/// Returns the page.
#[must_use]
pub fn page(linting: &Linting) -> String {
    let mut grids = BTreeMap::new();
    let sections: Vec<Markup> = linting
        .editions
        .iter()
        .enumerate()
        .map(|(place, of)| section(linting, (place, of), &mut grids))
        .collect();
    let summary = linting.summary();
    let mut editions: Vec<Named> = linting.editions.iter().map(|of| of.named.clone()).collect();
    // A draft is compared with the text that it repairs.
    for id in [RECOMMENDATION, DEFAULT_EDITION] {
        if editions.iter().all(|other| other.name != id) {
            editions.extend(edition(id).map(Named::published));
        }
    }
    let differences = Differences::of(editions);
    let main = html! {
        p class="lead" {
            (count(summary.known + summary.fresh, "finding")) " in "
            (count(linting.editions.len(), "edition")) ": " (summary.known)
            " listed as known, " (summary.fresh) " not. Counts are of combinations of a "
            "few transports; whether there is a finding is decided for any number."
        }
        @if let Some(policies) = policies_asked(&linting.choices) { p { (policies) } }
        @for gone in &linting.gone { p { "Listed as known, but not found: " (gone) } }
        h2 { "Editions and findings" }
        (matrix(linting))
        h2 { "Differences between two editions" }
        (differences.chooser())
        h2 { "Findings, edition by edition" }
        (legend())
        @for section in &sections { (section) }
    };
    let page = Page {
        title: "Lint of the definitions",
        main,
        sheets: html! {},
        data: Some(data(&differences, &grids)),
        script: include_str!("page.js"),
    };
    page.text()
}

/// Returns a table with a row for each edition and a column for each kind: the number of findings
/// of the default readings, and of the others.
fn matrix(linting: &Linting) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="group" aria-label="editions and findings" {
            table class="matrix lint" {
                thead { tr {
                    th scope="col" { "edition" }
                    @for kind in Kind::ALL { th scope="col" title=(kind.meaning()) { (kind.as_str()) } }
                    @for kind in DynamicsKind::ALL {
                        th scope="col" class="dynamics" title=(kind.meaning()) { (kind.as_str()) }
                    }
                } }
                @for (place, of) in linting.editions.iter().enumerate() {
                    tr {
                        th scope="row" { a href={ "#" (anchor(place, of)) } { (of.named.name) } }
                        @for kind in Kind::ALL { (matrix_cell(of, kind)) }
                        @for kind in DynamicsKind::ALL {
                            @let found = of.linted.dynamics.iter().filter(|f| f.kind == kind).count();
                            @if found == 0 { td { "·" } } @else { td class="some" { (found) } }
                        }
                    }
                }
            }
        }
        p class="soft" {
            "Findings of the default readings, and + those of other readings. The columns from "
            (DynamicsKind::Unspecified.as_str()) " on are about the dynamics: how and when values "
            "are updated and events are fired."
        }
    }
}

fn matrix_cell(of: &LintedEdition, kind: Kind) -> Markup {
    let of_kind = || of_definitions(&of.linted).filter(move |(_, finding)| finding.kind == kind);
    let default = of_kind().filter(|(report, _)| report.default).count();
    let others = of_kind().count() - default;
    html! {
        @if default + others == 0 { td { "·" } } @else {
            td class={ @if default > 0 { "some" } @else { "others" } } {
                (default) @if others > 0 { small { " +" (others) } }
            }
        }
    }
}

fn legend() -> Markup {
    html! {
        p class="legend" {
            @for value in IceConnectionState::ALL.iter().map(|value| value.as_str())
                .chain([PeerConnectionState::Connecting.as_str()]) {
                span class={ "v " (value) } { (value) } " "
            }
            span class="v none" { "no value" } " " span class="v several" { "several values" }
        }
        p class="soft" {
            "A finding's tables show it in full colour and the rest pale. With two transports, rows "
            "are the first and columns the second: in blocks by DTLS state (new, connecting, connected, "
            "closed, failed), and in a block by ICE state (new, checking, connected, completed, "
            "disconnected, failed, closed)."
        }
    }
}

/// Returns the anchor of an edition's section.
fn anchor(place: usize, of: &LintedEdition) -> String {
    if of.named.is_published {
        of.named.name.clone()
    } else {
        format!("draft-{}", place + 1)
    }
}

fn section(
    linting: &Linting,
    (place, of): (usize, &LintedEdition),
    grids: &mut BTreeMap<String, Value>,
) -> Markup {
    let edition = &of.named.edition;
    let found = of_definitions(&of.linted).count() + of.linted.dynamics.len();
    html! {
        details class="edition" id=(anchor(place, of)) {
            summary {
                strong { (of.named.name) } " " (edition.status) ": " (count(found, "finding"))
            }
            p { (link(&edition.source, &edition.source)) }
            @for report in &of.linted.enums {
                @if !report.findings.is_empty() { (report_section(linting, of, report, grids)) }
            }
            @if !of.linted.dynamics.is_empty() { h3 { "Dynamics" } }
            @for finding in &of.linted.dynamics {
                @let entry = linting.entry_of_dynamics(of, finding);
                details class="finding" {
                    summary {
                        span class="kind" { (finding.kind.as_str()) } " " (coded(&finding.message))
                        (reports(entry))
                    }
                    (known(entry))
                    @if let Some(table) = path(finding) { pre { (table) } }
                }
            }
            @if let Some(left_out) = not_looked_at(&of.linted) {
                p { "Not checked: " (coded(&left_out)) "." }
            }
            @if let Some(proposals) = &of.proposals { (repairs(proposals)) }
            @if !of.linted.remarks.is_empty() {
                h3 { "Questions raised, and confirmed as intended" }
                ul {
                    @for remark in &of.linted.remarks {
                        li { (coded(remark.message)) ": " code { (remark.example) } " (" (remark.issue) ")" }
                    }
                }
            }
            @if !edition.notes.is_empty() {
                h3 { "Notes" }
                ul { @for note in &edition.notes { li { (note) } } }
            }
        }
    }
}

/// Returns what is known about a finding.
fn known(entry: Option<Explanation<'_>>) -> Markup {
    html! {
        @match entry {
            None => p { "Not listed as known." },
            Some(entry) => {
                p { (entry.sentence) }
                @if let Some(implementations) = entry.implementations {
                    p { "Implementations: " (implementations) }
                }
            }
        }
    }
}

fn repairs(proposals: &Proposals) -> Markup {
    let list = |proposals: &[Proposal]| {
        html! {
            ol { @for proposal in proposals { li { (coded(&one_proposal(proposal))) } } }
        }
    };
    html! {
        @if !proposals.definitions.is_empty() || !proposals.dynamics.is_empty() {
            h3 { "Repairs" }
        }
        @for of in &proposals.definitions {
            p { (of.enum_name) ", reading " (of.reading) ":" }
            @if of.proposals.is_empty() {
                p { "No single edit removes a kind of finding without making another worse." }
            }
            (list(&of.proposals))
            @if !of.sequence.is_empty() {
                p { "These edits, one after the other, leave no finding:" }
                (list(&of.sequence))
            }
        }
        @if !proposals.dynamics.is_empty() { p { "Dynamics:" } }
        ul {
            @for proposal in &proposals.dynamics {
                li { (proposal.instruction) " (repairs " (proposal.mends.join(", ")) ")" }
            }
        }
    }
}

fn report_section(
    linting: &Linting,
    of: &LintedEdition,
    report: &EnumReport,
    grids: &mut BTreeMap<String, Value>,
) -> Markup {
    let grid = Grid::of(&of.named.edition, report);
    let name = format!("g{}", grids.len());
    if let Some(grid) = &grid {
        let (letters, values) = grid.letters();
        grids.insert(
            name.clone(),
            json!({ "letters": letters, "values": values }),
        );
    }
    html! {
        h3 { (report.enum_name) (reading(report)) }
        @if let Some(grid) = &grid {
            svg class="symbols" {
                symbol id=(name) viewBox="0 0 35 35" {
                    @for (values, path) in grid.paths_of_two() {
                        path class={ "v " (class(&values)) } d=(path) {}
                    }
                }
            }
            p class="soft" {
                "With no transports: "
                span class={ "v " (class(&grid.none)) } { (or_none(&grid.none)) }
            }
        }
        @for finding in &report.findings {
            @let entry = linting.entry(of, report, finding);
            details class="finding" {
                summary {
                    span class="kind" { (finding.kind.as_str()) } " " (coded(&finding.message))
                    @if finding.combinations > 0 {
                        " [" (count(finding.combinations, "combination")) "]"
                    }
                    (reports(entry))
                }
                (known(entry))
                @if let Some(further) = further(finding) {
                    p { "Likewise with " (coded(&further)) "." }
                }
                @if let Some(grid) = &grid { (tables(grid, &name, finding)) }
            }
        }
    }
}

fn tables(grid: &Grid, name: &str, finding: &Finding) -> Markup {
    html! {
        div class="tables" {
            div class="scroll" tabindex="0" role="group" aria-label="values with one transport" { table class="one" {
                tr {
                    th scope="col" { "DTLS \\ ICE" }
                    @for ice in Grid::ice_states() { th scope="col" { (ice) } }
                }
                @for (dtls, cells) in grid.rows_of_one_for(finding) {
                    tr {
                        th scope="row" { (dtls) }
                        @for (values, found) in cells {
                            td class={ "v " (class(&values)) @if !found { " pale" } } {
                                (or_none(&values))
                            }
                        }
                    }
                }
            } }
            figure {
                svg class="two" data-grid=(name) viewBox="-8.5 -2.5 43.5 37.5" role="img"
                    aria-label="values with two transports" {
                    use href={ "#" (name) } width="35" height="35" {}
                    @match Grid::path_without(finding) {
                        Some(path) => path class="veil" d=(path) {},
                        None => path class="veil" d="M0 0h35v35h-35z" {},
                    }
                    @for (block, dtls) in (0..).zip(DtlsTransportState::ALL) {
                        text x="-.6" y=(format!("{}.9", block * 7 + 3)) text-anchor="end" { (dtls) }
                        text x=(format!("{}.5", block * 7 + 3)) y="-.8" text-anchor="middle" { (dtls) }
                    }
                    path class="blocks" d="M7 0v35M14 0v35M21 0v35M28 0v35M0 7h35M0 14h35M0 21h35M0 28h35" {}
                }
                figcaption { "two transports, by their DTLS states" }
            }
        }
    }
}

/// Returns the class that colours some values.
fn class(values: &str) -> &str {
    match values.split(' ').count() {
        _ if values.is_empty() => "none",
        1 => values,
        _ => "several",
    }
}

fn or_none(values: &str) -> &str {
    if values.is_empty() { "none" } else { values }
}

/// Returns the data of the script. `<` is escaped so that no text ends the element.
fn data(differences: &Differences, grids: &BTreeMap<String, Value>) -> String {
    let ids: Vec<&str> = differences
        .editions
        .iter()
        .map(|of| of.name.as_str())
        .collect();
    let names = |all: Vec<&str>| json!(all).to_string();
    let ice = IceTransportState::ALL.iter().map(|state| state.as_str());
    let dtls = DtlsTransportState::ALL.iter().map(|state| state.as_str());
    let of_enums = differences.by_enum.iter();
    let of_enums = of_enums.map(|(of, pairs)| {
        (
            *of,
            object(pairs.iter().map(|(key, value)| (key, json!(value)))),
        )
    });
    let data = object([
        ("editions", names(ids)),
        ("ice", names(ice.collect())),
        ("dtls", names(dtls.collect())),
        ("differences", object(of_enums)),
        ("grids", object(grids)),
    ]);
    data.replace('<', "\\u003c")
}

/// Returns a JSON object with a line for each member, whose values are JSON.
fn object<K: std::fmt::Display, V: std::fmt::Display>(
    members: impl IntoIterator<Item = (K, V)>,
) -> String {
    let members = members
        .into_iter()
        .map(|(key, value)| format!("\"{key}\":{value}"));
    let members: Vec<String> = members.collect();
    format!("{{\n{}\n}}", members.join(",\n"))
}
