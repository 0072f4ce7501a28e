//! Verdicts on recorded traces, for people.

use std::collections::BTreeSet;
use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use peerstate_model::input::names;
use peerstate_model::rules::{self, Finding, RULES, Verdict};
use peerstate_model::trace::{self, Implementation, Warning};

use super::{JudgedTrace, collect};
use crate::report::finding::human::Shown;
use crate::report::finding::{Deviation, deviations};
use crate::report::table::{Column, Columns, Table};
use crate::report::text::{argument, count, paragraph};

/// Writes the whole report: for several traces a summary of each implementation, then the traces,
/// then what to do next.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(
    out: &mut dyn Write,
    edition: &str,
    judged: &[JudgedTrace],
    shown: Shown,
) -> io::Result<()> {
    if let [only] = judged {
        write_only(out, edition, only, shown)?;
    } else {
        write_summary(out, edition, judged, shown)?;
        let mut seen = BTreeSet::new();
        let mut was_long = false;
        for one in judged {
            if was_long {
                writeln!(out)?;
            }
            was_long = write_one_of_many(out, one, shown, &mut seen)?;
        }
    }
    write_next(out, judged, shown)
}

/// Writes the probable mistakes in traces that were read nevertheless, one line each.
///
/// # Errors
///
/// If the output can not be written.
pub fn write_warnings(out: &mut dyn Write, judged: &[JudgedTrace]) -> io::Result<()> {
    for one in judged {
        let file = names::printable(&one.name());
        for Warning { line, message } in &one.warnings {
            writeln!(out, "{file}:{line}: warning: {message}")?;
        }
    }
    Ok(())
}

/// The deviations of a trace: first the unknown ones, then the known ones.
struct Deviations<'f> {
    unknown: Vec<Deviation<'f>>,
    known: Vec<Deviation<'f>>,
}

impl<'f> Deviations<'f> {
    fn of(one: &'f JudgedTrace) -> Self {
        let of = |wanted: bool| {
            let findings = one.verdict.findings.iter().enumerate();
            let wanted =
                findings.filter(|(place, _)| (one.is_known(*place) == Some(true)) == wanted);
            let wanted: Vec<&Finding> = wanted.map(|(_, finding)| finding).collect();
            deviations(&wanted)
        };
        Self {
            unknown: of(false),
            known: of(true),
        }
    }

    /// Returns the number of deviations, and of the known ones.
    fn describe(&self) -> String {
        let all = self.unknown.len() + self.known.len();
        let number = count(all, "deviation");
        match self.known.len() {
            0 => number,
            known if known == all => format!("{number}, known"),
            known => format!("{number}, {known} of them known"),
        }
    }
}

/// The largest number of columns for the name of an implementation.
const LONGEST_NAME: usize = 60;

fn write_summary(
    out: &mut dyn Write,
    edition: &str,
    judged: &[JudgedTrace],
    shown: Shown,
) -> io::Result<()> {
    let mut implementations: Vec<&Implementation> = Vec::new();
    for one in judged {
        let implementation = &one.trace.header.implementation;
        if !implementations.contains(&implementation) {
            implementations.push(implementation);
        }
    }
    let rows = collect(judged, pattern);
    for implementation in implementations {
        let of = judged
            .iter()
            .filter(|one| one.trace.header.implementation == *implementation);
        let outcomes: Vec<rules::Outcome> = of.map(|one| one.verdict.outcome).collect();
        let name = format!("{} {}", implementation.name, implementation.version);
        let name = trace::fit(&name, LONGEST_NAME);
        let heading = format!("{}, judged by the edition {edition}", name.bold());
        writeln!(out, "{heading}")?;
        paragraph(out, 2, &sum(&outcomes), shown.width)?;
        writeln!(out)?;
        let own = rows
            .iter()
            .filter(|row| row.implementation == *implementation);
        // Unknown deviations come first.
        let (known, unknown): (Vec<_>, Vec<_>) = own.partition(|row| row.known == Some(true));
        if known.is_empty() && unknown.is_empty() {
            continue;
        }
        let mut table = Table::new(&["traces", "places", "deviation"]);
        for row in unknown.into_iter().chain(known) {
            let ways = match row.variants.len() {
                0 | 1 => String::new(),
                ways => format!(", in {ways} ways"),
            };
            let known = if row.known == Some(true) {
                " (known)"
            } else {
                ""
            };
            let deviation = row.variants.iter().next().filter(|_| ways.is_empty());
            let deviation = deviation.unwrap_or(&row.deviation);
            let text = format!("{}  {deviation}{ways}{known}", row.rule);
            let file = argument(&row.file);
            let command = format!("peerstate show {file} --line {}", row.line);
            let cells = [row.traces.to_string(), row.count.to_string(), text];
            table.row(cells, Some(command));
        }
        table.write(out, 2, shown.width)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Returns the number of traces for each outcome.
fn sum(outcomes: &[rules::Outcome]) -> String {
    let of = |outcome| outcomes.iter().filter(|other| **other == outcome).count();
    let parts = [
        (of(rules::Outcome::Violates), "violates", "violate"),
        (of(rules::Outcome::Conforms), "conforms", "conform"),
        (
            of(rules::Outcome::Inconclusive),
            "inconclusive",
            "inconclusive",
        ),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| format!("{number} {}", if *number == 1 { one } else { many }))
        .collect();
    format!("{}: {}", count(outcomes.len(), "trace"), parts.join(", "))
}

/// Returns what is wrong, without the values: `iceGatheringState from … to …`.
fn pattern(deviation: &str) -> String {
    let parts = deviation.split('`').enumerate();
    parts
        .map(|(place, part)| if place % 2 == 0 { part } else { "…" })
        .collect()
}

fn write_only(
    out: &mut dyn Write,
    edition: &str,
    one: &JudgedTrace,
    shown: Shown,
) -> io::Result<()> {
    let found = Deviations::of(one);
    let outcome = one.verdict.outcome;
    let file = names::printable(&one.name());
    let number = match outcome {
        rules::Outcome::Violates => format!(": {}", found.describe()),
        _ => String::new(),
    };
    writeln!(
        out,
        "{}  {file}{number}, judged by the edition {edition}",
        outcome.as_str().style(style(outcome))
    )?;
    if outcome == rules::Outcome::Inconclusive {
        return paragraph(out, 2, NOTHING_JUDGED, shown.width);
    }
    let mut above = BTreeSet::new();
    for deviation in &found.unknown {
        writeln!(out)?;
        deviation.write(out, Some(&one.trace), shown, &mut above)?;
    }
    if !found.known.is_empty() {
        writeln!(out)?;
        writeln!(out, "  Known:")?;
        let refs: Vec<&Deviation<'_>> = found.known.iter().collect();
        write_list(out, &refs, shown)?;
    }
    writeln!(out)?;
    let mut line = |text: &str| paragraph(out, 2, text, shown.width);
    line(&agreement(&one.verdict))?;
    line(&unobserved(&one.verdict))
}

const NOTHING_JUDGED: &str =
    "no rule could judge anything: the trace has no state, event or call that a rule is about";

/// Writes one of several traces, and returns whether it took more than one line for each deviation.
/// The trace around a place is shown once for each deviation, over all traces.
fn write_one_of_many<'f>(
    out: &mut dyn Write,
    one: &'f JudgedTrace,
    shown: Shown,
    seen: &mut BTreeSet<(&'static str, &'f str)>,
) -> io::Result<bool> {
    /// The longest verdict.
    const LONGEST: &str = rules::Outcome::Inconclusive.as_str();
    let found = Deviations::of(one);
    let outcome = one.verdict.outcome;
    let number = match outcome {
        rules::Outcome::Violates => format!(": {}", found.describe()),
        _ => String::new(),
    };
    let file = names::printable(&one.name());
    let columns = Columns(vec![Column::of([LONGEST], 0)]);
    let cells = [
        (outcome.as_str(), style(outcome)),
        (&format!("{file}{number}"), Style::new()),
    ];
    writeln!(out, "{}", columns.line(cells))?;
    if outcome == rules::Outcome::Inconclusive {
        paragraph(out, 4, NOTHING_JUDGED, shown.width)?;
    }
    let is_new = |deviation: &&Deviation<'f>| {
        let finding = deviation.finding;
        seen.insert((finding.rule, &finding.deviation)) || shown.all
    };
    let (new, old): (Vec<_>, Vec<_>) = found.unknown.iter().partition(is_new);
    write_list(out, &old, shown)?;
    let known: Vec<&Deviation<'_>> = found.known.iter().collect();
    write_list_of(out, &known, " (known)", shown)?;
    let mut above = BTreeSet::new();
    for deviation in &new {
        writeln!(out)?;
        deviation.write(out, Some(&one.trace), shown, &mut above)?;
    }
    let shows_rules = shown.all && outcome != rules::Outcome::Inconclusive;
    if shows_rules {
        writeln!(out)?;
        paragraph(out, 4, &agreement(&one.verdict), shown.width)?;
        paragraph(out, 4, &unobserved(&one.verdict), shown.width)?;
    }
    Ok(shows_rules || !new.is_empty())
}

fn write_list(out: &mut dyn Write, deviations: &[&Deviation<'_>], shown: Shown) -> io::Result<()> {
    write_list_of(out, deviations, "", shown)
}

/// Writes one line for each deviation, with the rules in a column.
fn write_list_of(
    out: &mut dyn Write,
    deviations: &[&Deviation<'_>],
    note: &str,
    shown: Shown,
) -> io::Result<()> {
    let rules = deviations.iter().map(|deviation| deviation.finding.rule);
    let columns = Columns(vec![Column::of(rules, 0)]);
    for deviation in deviations {
        deviation.write_short(out, &columns, note, shown)?;
    }
    Ok(())
}

/// Writes the commands that show more, unless all is as expected.
fn write_next(out: &mut dyn Write, judged: &[JudgedTrace], shown: Shown) -> io::Result<()> {
    let mut next: Vec<String> = Vec::new();
    let all: Vec<(&JudgedTrace, Deviations<'_>)> = judged
        .iter()
        .map(|one| (one, Deviations::of(one)))
        .collect();
    let mut unknown = all
        .iter()
        .flat_map(|(one, found)| found.unknown.iter().map(move |first| (one, first)));
    let inconclusive = || {
        let mut judged = judged.iter();
        judged.find(|one| one.verdict.outcome == rules::Outcome::Inconclusive)
    };
    if let Some((one, Deviation { finding, .. })) = unknown.next() {
        let (file, line) = (argument(&one.file), finding.first().line);
        next.push(format!("peerstate explain {}", finding.rule));
        next.push(format!("peerstate show {file} --line {line}"));
    } else if let Some(one) = inconclusive() {
        next.push(format!("peerstate show {} --details", argument(&one.file)));
    }
    if next.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    for (place, command) in next.iter().enumerate() {
        let head = if place == 0 { "Next: " } else { "      " };
        writeln!(out, "{head}{command}")?;
    }
    let mut found = all.iter().flat_map(|(_, found)| &found.unknown);
    if !shown.all && found.any(Deviation::has_more_places) {
        writeln!(out, "      with --all, every place")?;
    }
    Ok(())
}

fn style(outcome: rules::Outcome) -> Style {
    match outcome {
        rules::Outcome::Conforms => Style::new().green(),
        rules::Outcome::Violates => Style::new().red().bold(),
        rules::Outcome::Inconclusive => Style::new().yellow(),
    }
}

/// Returns the published definitions with which the values agree, in words that can not be mistaken
/// for the verdict.
fn agreement(verdict: &Verdict) -> String {
    if verdict.agrees_with.is_empty() {
        return "values alone: none could be compared with the definitions, or no published edition \
                gives all of them"
            .to_owned();
    }
    format!(
        "values alone, without the events and their order: all that could be compared agree \
         with {}",
        verdict.agrees_with.join(", ")
    )
}

fn unobserved(verdict: &Verdict) -> String {
    let rules = &verdict.unobserved;
    if rules.is_empty() {
        return "not observed: none; every rule was judged".to_owned();
    }
    // The rule about scenarios is never among them.
    let all = RULES.len() - 1;
    let (number, rules) = (rules.len(), rules.join(", "));
    format!("not observed, {number} of {all} rules: {rules}")
}
