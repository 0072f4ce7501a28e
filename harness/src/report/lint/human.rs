//! Findings for people: one line for each finding, and its details on request.

use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use peerstate_model::editions::{Edition, Facts};
use peerstate_model::input::names::printable;
use peerstate_model::known::findings::Explanation;
use peerstate_model::lint::{EnumReport, Finding, Kind, Proposal, Suggestions};
use peerstate_model::states::PeerConnectionState;
use peerstate_model::transports::Combination;

use super::{
    LintedEdition, Linting, Proposals, further, not_looked_at, of_definitions, path,
    policies_asked, reading, reports,
};
use crate::report::rows::write_rows;
use crate::report::table::{Column, Columns};
use crate::report::text::count;

/// The indent of the details of a finding.
const INDENT: &str = "        ";

/// The number of digits of the largest usual number of combinations.
const WIDEST_NUMBER: usize = 5;

/// How much is shown of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// One line.
    Line,
    /// Everything: the reason, the clauses, the path.
    All,
}

/// Writes the findings, with the editions and their definitions as headings.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, linting: &Linting, details: Details) -> io::Result<()> {
    for of in &linting.editions {
        writeln!(out, "{}", of.named.shown().bold())?;
        let linted = &of.linted;
        if linted.dynamics.is_empty() && of_definitions(linted).next().is_none() {
            writeln!(out, "  no findings")?;
        }
        for report in linted.enums.iter().filter(|of| !of.findings.is_empty()) {
            writeln!(out, "  {}{}", report.enum_name, reading(report))?;
            for finding in &report.findings {
                write_of_definition(out, linting, of, (report, finding), details)?;
            }
        }
        if !linted.dynamics.is_empty() {
            writeln!(out, "  dynamics")?;
        }
        for finding in &linted.dynamics {
            let entry = linting.entry_of_dynamics(of, finding);
            let (kind, message) = (finding.kind.as_str(), &finding.message);
            write_line(out, entry, (kind, 0, message))?;
            if details == Details::All {
                write_entry(out, entry)?;
                for row in path(finding).into_iter().flat_map(str::lines) {
                    writeln!(out, "{INDENT}{row}")?;
                }
            }
        }
        if let Some(left_out) = not_looked_at(linted) {
            writeln!(out, "  not checked: {left_out}")?;
        }
        if details == Details::All {
            write_beside(out, of)?;
        }
        if let Some(proposals) = &of.proposals {
            write_proposals(out, &of.named.shown(), proposals)?;
        }
    }
    for gone in &linting.gone {
        writeln!(out, "listed as known, but not found: {gone}")?;
    }
    if let Some(policies) = policies_asked(&linting.choices) {
        writeln!(out, "{policies}")?;
    }
    write_summary(out, linting, details)
}

/// Writes what is not a finding but belongs to an edition: its remarks and notes.
fn write_beside(out: &mut dyn Write, of: &LintedEdition) -> io::Result<()> {
    for remark in &of.linted.remarks {
        let (message, example, issue) = (remark.message, &remark.example, remark.issue);
        writeln!(out, "  remark: {message}, as {example} ({issue})")?;
    }
    for note in &of.named.edition.notes {
        writeln!(out, "  note: {}", printable(note))?;
    }
    Ok(())
}

fn write_summary(out: &mut dyn Write, linting: &Linting, details: Details) -> io::Result<()> {
    let summary = linting.summary();
    let editions = count(linting.editions.len(), "edition");
    if summary.known + summary.fresh == 0 {
        return match linting.editions.as_slice() {
            [_] => Ok(()),
            _ => writeln!(out, "no findings in {editions}"),
        };
    }
    writeln!(
        out,
        "{} in {editions}: {} listed as known, {} not",
        count(summary.known + summary.fresh, "finding"),
        summary.known,
        summary.fresh
    )?;
    writeln!(
        out,
        "Findings are decided for any number of transports; the numbers count combinations of up to {}.",
        linting.up_to
    )?;
    let named = match linting.editions.as_slice() {
        [one] => one.named.shown(),
        _ => "EDITION".to_owned(),
    };
    if linting.editions.iter().all(|of| of.proposals.is_none()) {
        writeln!(
            out,
            "Next: peerstate lint {named} --suggest proposes repairs."
        )?;
    }
    if details == Details::Line {
        writeln!(
            out,
            "Next: peerstate lint {named} --details shows the reasons and the paths."
        )?;
    }
    Ok(())
}

fn write_of_definition(
    out: &mut dyn Write,
    linting: &Linting,
    of: &LintedEdition,
    (report, finding): (&EnumReport, &Finding),
    details: Details,
) -> io::Result<()> {
    let entry = linting.entry(of, report, finding);
    let kind = finding.kind.as_str();
    write_line(out, entry, (kind, finding.combinations, &finding.message))?;
    if details == Details::Line {
        return Ok(());
    }
    write_entry(out, entry)?;
    if let Some(further) = further(finding) {
        writeln!(out, "{INDENT}likewise with {further}")?;
    }
    if let Some(example) = &finding.example {
        write_rows_of(out, &of.named.edition, report, example)?;
    }
    Ok(())
}

/// Writes the line of a finding: whether it is listed, its kind, the number of combinations, and
/// its message.
fn write_line(
    out: &mut dyn Write,
    entry: Option<Explanation<'_>>,
    (kind, combinations, message): (&str, usize, &str),
) -> io::Result<()> {
    const LISTED: [&str; 2] = ["known", "unlisted"];
    let (listed, style) = match entry {
        Some(_) => (LISTED[0], Style::new().yellow()),
        None => (LISTED[1], Style::new().red().bold()),
    };
    let combinations = match combinations {
        0 => String::new(),
        number => number.to_string(),
    };
    let message = format!("{}{}", printable(message), reports(entry));
    let kinds = Kind::ALL.iter().map(|kind| kind.as_str());
    let columns = Columns(vec![
        Column::of(LISTED, 0),
        Column::of(kinds, 0),
        Column::Right(WIDEST_NUMBER),
    ]);
    let cells = [
        (listed, style),
        (kind, style),
        (&combinations, Style::new()),
        (&message, Style::new()),
    ];
    writeln!(out, "    {}", columns.line(cells))
}

fn write_entry(out: &mut dyn Write, entry: Option<Explanation<'_>>) -> io::Result<()> {
    let Some(entry) = entry else {
        return Ok(());
    };
    writeln!(out, "{INDENT}why: {}", entry.sentence)?;
    if entry.reported.is_empty() {
        writeln!(out, "{INDENT}no known public report")?;
    }
    if let Some(implementations) = entry.implementations {
        writeln!(out, "{INDENT}implementations: {implementations}")?;
    }
    Ok(())
}

/// Writes the rows of the reading that a report is about, for its example.
fn write_rows_of(
    out: &mut dyn Write,
    edition: &Edition,
    report: &EnumReport,
    example: &Combination,
) -> io::Result<()> {
    let facts = edition.with_ice_connection_state(Facts::of(example));
    if report.enum_name == PeerConnectionState::NAME {
        let definition = edition.connection_state.as_ref();
        if let Some(reading) = definition.and_then(|d| d.reading(&report.reading)) {
            write_rows(out, reading, facts, INDENT)?;
        }
        // The claim that it contradicts, or the value that it refers to.
        let ice = edition.ice_connection_state.as_ref();
        let values = ice.map(|ice| ice.default_reading().holding(&facts));
        return match values {
            Some(values) => writeln!(out, "{INDENT}and iceConnectionState is {values}"),
            None => Ok(()),
        };
    }
    let definition = edition.ice_connection_state.as_ref();
    match definition.and_then(|d| d.reading(&report.reading)) {
        Some(reading) => write_rows(out, reading, facts, INDENT),
        None => Ok(()),
    }
}

fn write_proposals(out: &mut dyn Write, id: &str, proposals: &Proposals) -> io::Result<()> {
    for of in &proposals.definitions {
        writeln!(
            out,
            "\n{id} {} (reading {})",
            of.enum_name.bold(),
            of.reading
        )?;
        write_suggestions(out, of)?;
    }
    if !proposals.dynamics.is_empty() {
        writeln!(out, "\n{id} {}", "dynamics".bold())?;
    }
    for proposal in &proposals.dynamics {
        writeln!(out, "  {}", proposal.instruction)?;
        writeln!(out, "    repairs {}", proposal.mends.join(", "))?;
    }
    if !proposals.definitions.is_empty() || !proposals.dynamics.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn write_suggestions(out: &mut dyn Write, of: &Suggestions) -> io::Result<()> {
    if of.proposals.is_empty() {
        writeln!(
            out,
            "  no single edit removes a kind of finding without making another worse"
        )?;
    }
    for proposal in &of.proposals {
        write_proposal(out, proposal, "  ")?;
    }
    if !of.sequence.is_empty() {
        writeln!(out, "  these edits, one after the other, leave no finding:")?;
        for proposal in &of.sequence {
            write_proposal(out, proposal, "    ")?;
        }
    }
    Ok(())
}

fn write_proposal(out: &mut dyn Write, proposal: &Proposal, indent: &str) -> io::Result<()> {
    let mends: Vec<_> = proposal.mends.iter().map(|kind| kind.as_str()).collect();
    let mends = if mends.is_empty() {
        "leaves fewer findings".to_owned()
    } else {
        format!("repairs {}", mends.join(", "))
    };
    writeln!(out, "{indent}{}", proposal.instruction)?;
    writeln!(
        out,
        "{indent}  {mends}, leaves {}, changes {}",
        count(proposal.left, "finding"),
        count(proposal.changes, "combination")
    )?;
    writeln!(out, "{indent}  - {}", proposal.before.red())?;
    writeln!(out, "{indent}  + {}", proposal.after.green())
}
