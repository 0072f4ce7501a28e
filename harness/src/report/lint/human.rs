//! Findings for people: one line a finding, and the details of each on request.

use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use peerstate_model::editions::{Definition, Edition, Facts, Mode, Predicate, Reading};
use peerstate_model::input::names::printable;
use peerstate_model::known::Explanation;
use peerstate_model::lint::{EnumReport, Finding, Proposal, Suggestions};
use peerstate_model::states::{PeerConnectionState, StateEnum};
use peerstate_model::transports::Combination;

use super::{
    LintedEdition, Linting, Proposals, count, further, not_looked_at, of_definitions, path,
    policies_asked, reading, reports,
};

/// Where the details of a finding begin.
const INDENT: &str = "        ";

/// How many lines a finding takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// One.
    Line,
    /// As many as it takes: why, the clauses, the path.
    All,
}

/// Tells what was found: the editions and their definitions as headings, a line a finding.
///
/// # Errors
///
/// When nothing can be written.
pub fn tell(linting: &Linting, details: Details, out: &mut impl Write) -> io::Result<()> {
    for of in &linting.editions {
        writeln!(out, "{}", of.named.shown().bold())?;
        let linted = &of.linted;
        if linted.dynamics.is_empty() && of_definitions(linted).next().is_none() {
            writeln!(out, "  no findings")?;
        }
        for report in linted.enums.iter().filter(|of| !of.findings.is_empty()) {
            writeln!(out, "  {}{}", report.enum_name, reading(report))?;
            for finding in &report.findings {
                tell_of_definition(linting, of, (report, finding), details, out)?;
            }
        }
        if !linted.dynamics.is_empty() {
            writeln!(out, "  dynamics")?;
        }
        for finding in &linted.dynamics {
            let entry = linting.entry_of_dynamics(of, finding);
            let (kind, message) = (finding.kind.as_str(), &finding.message);
            tell_line(entry, (kind, 0, message), out)?;
            if details == Details::All {
                tell_entry(entry, out)?;
                for row in path(finding).into_iter().flat_map(str::lines) {
                    writeln!(out, "{INDENT}{row}")?;
                }
            }
        }
        if let Some(left_out) = not_looked_at(linted) {
            writeln!(out, "  not looked at: {left_out}")?;
        }
        if details == Details::All {
            tell_beside(of, out)?;
        }
        if let Some(proposals) = &of.proposals {
            tell_proposals(&of.named.shown(), proposals, out)?;
        }
    }
    for gone in &linting.gone {
        writeln!(out, "listed as known, and gone: {gone}")?;
    }
    if let Some(policies) = policies_asked(&linting.choices) {
        writeln!(out, "{policies}")?;
    }
    tell_summary(linting, details, out)
}

/// What is no finding, and belongs to an edition: what was asked of it, and its notes.
fn tell_beside(of: &LintedEdition, out: &mut impl Write) -> io::Result<()> {
    for remark in &of.linted.remarks {
        let (message, example, issue) = (remark.message, &remark.example, remark.issue);
        writeln!(out, "  remark: {message}, as {example} ({issue})")?;
    }
    for note in &of.named.edition.notes {
        writeln!(out, "  note: {}", printable(note))?;
    }
    Ok(())
}

fn tell_summary(linting: &Linting, details: Details, out: &mut impl Write) -> io::Result<()> {
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
        "Decided for any number of transports; the numbers count combinations of up to {}.",
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
            "Next: peerstate lint {named} --details shows why, and how to get there."
        )?;
    }
    Ok(())
}

fn tell_of_definition(
    linting: &Linting,
    of: &LintedEdition,
    (report, finding): (&EnumReport, &Finding),
    details: Details,
    out: &mut impl Write,
) -> io::Result<()> {
    let entry = linting.entry(of, report, finding);
    let kind = finding.kind.as_str();
    tell_line(entry, (kind, finding.combinations, &finding.message), out)?;
    if details == Details::Line {
        return Ok(());
    }
    tell_entry(entry, out)?;
    if let Some(further) = further(finding) {
        writeln!(out, "{INDENT}so also with {further}")?;
    }
    if let Some(example) = &finding.example {
        tell_rows_of(&of.named.edition, report, example, out)?;
    }
    Ok(())
}

/// The line of a finding: whether it is listed, its kind, how many combinations, and what it is.
fn tell_line(
    entry: Option<Explanation<'_>>,
    (kind, combinations, message): (&str, usize, &str),
    out: &mut impl Write,
) -> io::Result<()> {
    let (listed, style) = match entry {
        Some(_) => ("known", Style::new().yellow()),
        None => ("unlisted", Style::new().red().bold()),
    };
    let combinations = match combinations {
        0 => String::new(),
        number => number.to_string(),
    };
    let (listed, kind, reports) = (listed.style(style), kind.style(style), reports(entry));
    let message = printable(message);
    writeln!(
        out,
        "    {listed:<8}  {kind:<13}  {combinations:>5}  {message}{reports}"
    )
}

fn tell_entry(entry: Option<Explanation<'_>>, out: &mut impl Write) -> io::Result<()> {
    let Some(entry) = entry else {
        return Ok(());
    };
    writeln!(out, "{INDENT}why: {}", entry.sentence)?;
    if entry.reported.is_empty() {
        writeln!(out, "{INDENT}no public report is known")?;
    }
    if let Some(implementations) = entry.implementations {
        writeln!(out, "{INDENT}implementations: {implementations}")?;
    }
    Ok(())
}

/// The rows of the reading that a report is about, for its example.
fn tell_rows_of(
    edition: &Edition,
    report: &EnumReport,
    example: &Combination,
    out: &mut impl Write,
) -> io::Result<()> {
    let facts = edition.with_ice_connection_state(Facts::of(example));
    if report.enum_name == PeerConnectionState::NAME {
        let definition = edition.connection_state.as_ref();
        if let Some(reading) = definition.and_then(|d| d.reading(&report.reading)) {
            tell_rows(reading, &facts, INDENT, out)?;
        }
        // What it contradicts, or refers to.
        let ice = edition.ice_connection_state.as_ref();
        let values = ice.map(|ice| ice.default_reading().holding(&facts));
        return match values {
            Some(values) => writeln!(out, "{INDENT}and iceConnectionState is {values}"),
            None => Ok(()),
        };
    }
    let definition = edition.ice_connection_state.as_ref();
    match definition.and_then(|d| d.reading(&report.reading)) {
        Some(reading) => tell_rows(reading, &facts, INDENT, out),
        None => Ok(()),
    }
}

/// Each row of a reading: whether it applies, and which part of it does not.
///
/// # Errors
///
/// When nothing can be written.
pub fn tell_rows<S: StateEnum>(
    reading: &Reading<S>,
    facts: &Facts,
    indent: &str,
    out: &mut impl Write,
) -> io::Result<()> {
    let holding = reading.holding(facts);
    let mut decided = false;
    for row in &reading.rows {
        let holds = row.predicate.holds(facts, reading.vacuous_all);
        let last = row.predicate == Predicate::Otherwise;
        let word = match (holds, decided) {
            (true, false) => "applies",
            // It is for what is left, and nothing is.
            (true, true) if last => "not",
            (true, true) => "would",
            (false, _) => "not",
        };
        decided |= holds && reading.mode == Mode::FirstMatch;
        let value = row.value.as_str();
        let failing = row.predicate.failing(facts, reading.vacuous_all);
        let why = if failing.is_empty() || failing == [&row.predicate] {
            String::new()
        } else {
            let failing: Vec<String> = failing.iter().map(ToString::to_string).collect();
            format!(" (it is not so that {})", failing.join(", nor that "))
        };
        let predicate = &row.predicate;
        if holding.contains(row.value) {
            let word = word.green();
            writeln!(out, "{indent}{word:<7}  {value:<12}  {predicate}{why}")?;
        } else {
            writeln!(out, "{indent}{word:<7}  {value:<12}  {predicate}{why}")?;
        }
    }
    Ok(())
}

/// What the rows are asked about: which states there are.
///
/// # Errors
///
/// When nothing can be written.
pub fn tell_facts(facts: &Facts, out: &mut impl Write) -> io::Result<()> {
    if facts.ice.is_empty() {
        writeln!(out, "  there are no transports")?;
    } else {
        writeln!(out, "  ICE transports: {}", facts.ice)?;
        writeln!(out, "  DTLS transports: {}", facts.dtls)?;
    }
    if facts.closed {
        writeln!(out, "  [[IsClosed]] is true")?;
    }
    if facts.ice_connection_state.is_empty() {
        return Ok(());
    }
    writeln!(out, "  iceConnectionState: {}", facts.ice_connection_state)
}

/// The values and rows of a definition's reading for some facts.
///
/// # Errors
///
/// When nothing can be written.
pub fn tell_reading<S: StateEnum>(
    definition: &Definition<S>,
    reading: &Reading<S>,
    facts: &Facts,
    out: &mut impl Write,
) -> io::Result<()> {
    let holding = reading.holding(facts).to_string();
    let default = if definition.is_default(reading) {
        ", the default"
    } else {
        ""
    };
    writeln!(out)?;
    writeln!(
        out,
        "{} (reading {}{default}): {}",
        S::NAME,
        reading.id,
        holding.bold()
    )?;
    tell_rows(reading, facts, "  ", out)
}

fn tell_proposals(id: &str, proposals: &Proposals, out: &mut impl Write) -> io::Result<()> {
    for of in &proposals.definitions {
        writeln!(
            out,
            "\n{id} {} (reading {})",
            of.enum_name.bold(),
            of.reading
        )?;
        tell_suggestions(of, out)?;
    }
    if !proposals.dynamics.is_empty() {
        writeln!(out, "\n{id} {}", "dynamics".bold())?;
    }
    for proposal in &proposals.dynamics {
        writeln!(out, "  {}", proposal.instruction)?;
        writeln!(out, "    mends {}", proposal.mends.join(", "))?;
    }
    if !proposals.definitions.is_empty() || !proposals.dynamics.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn tell_suggestions(of: &Suggestions, out: &mut impl Write) -> io::Result<()> {
    if of.proposals.is_empty() {
        writeln!(
            out,
            "  no single edit makes a kind of finding vanish without making another worse"
        )?;
    }
    for proposal in &of.proposals {
        tell_proposal(proposal, "  ", out)?;
    }
    if !of.sequence.is_empty() {
        writeln!(out, "  one after the other, these leave no finding:")?;
        for proposal in &of.sequence {
            tell_proposal(proposal, "    ", out)?;
        }
    }
    Ok(())
}

fn tell_proposal(proposal: &Proposal, indent: &str, out: &mut impl Write) -> io::Result<()> {
    let mends: Vec<_> = proposal.mends.iter().map(|kind| kind.as_str()).collect();
    let mends = if mends.is_empty() {
        "leaves less".to_owned()
    } else {
        format!("mends {}", mends.join(", "))
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
