//! Verdicts on recorded traces, for machines and for people.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::names;
use peerstate_model::rules::{Finding, Outcome, Verdict};
use peerstate_model::trace::{Implementation, Trace, Warning};
use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use super::finding::{FindingReport, Shown, write_findings};
use super::table::Table;

/// The output of `judge --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JudgeReport {
    /// The version of this format: 1.
    pub schema: u32,
    /// The edition that the traces are judged by.
    pub edition: String,
    /// The deviations of each implementation over all traces.
    pub deviations: Vec<DeviationReport>,
    /// The traces, in the order of the arguments.
    pub traces: Vec<TraceReport>,
}

/// One deviation of an implementation, over all traces.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeviationReport {
    implementation: Implementation,
    rule: String,
    deviation: String,
    /// In how many traces it shows.
    traces: usize,
    /// In how many places.
    count: usize,
    /// The first trace that shows it.
    file: String,
    /// The line there, from 1.
    line: usize,
    /// Whether it is listed as known everywhere; absent where no list was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<bool>,
}

/// The verdict on one trace.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TraceReport {
    /// The file of the trace; null where it was not written to one.
    pub file: Option<String>,
    /// conforms, violates or inconclusive.
    pub verdict: String,
    /// The published editions whose definitions give every value that could be compared. This is
    /// about values alone and no verdict.
    pub agrees_with: Vec<String>,
    /// The deviations.
    pub findings: Vec<FindingReport>,
    /// The rules that could not be judged by this trace.
    pub unobserved: Vec<String>,
    /// What is most likely a slip of the trace's author.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningReport>,
}

/// Something strange in a trace that was read all the same.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WarningReport {
    line: usize,
    message: String,
}

impl TraceReport {
    /// The report of a verdict; `findings` may hold more than the oracle's own.
    #[must_use]
    pub fn new(file: Option<String>, verdict: &Verdict, findings: Vec<FindingReport>) -> Self {
        let outcome = if findings.is_empty() {
            verdict.outcome
        } else {
            Outcome::Violates
        };
        Self {
            file,
            verdict: outcome.as_str().to_owned(),
            agrees_with: verdict.agrees_with.clone(),
            findings,
            unobserved: verdict
                .unobserved
                .iter()
                .map(|&rule| rule.to_owned())
                .collect(),
            warnings: Vec::new(),
        }
    }
}

/// A trace that was judged.
#[derive(Debug)]
pub struct JudgedTrace {
    /// Where it came from, as a person named it.
    pub file: String,
    /// The trace.
    pub trace: Trace,
    /// The verdict.
    pub verdict: Verdict,
    /// For each finding, whether it is listed as known; `None` where no list was given.
    pub known: Option<Vec<bool>>,
}

impl JudgedTrace {
    fn is_known(&self, finding: usize) -> Option<bool> {
        self.known
            .as_ref()
            .and_then(|known| known.get(finding).copied())
    }

    /// Whether it shows a deviation that is not listed as known.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        (0..self.verdict.findings.len()).any(|finding| self.is_known(finding) != Some(true))
    }
}

/// Everything as one document.
#[must_use]
pub fn report(edition: &str, judged: &[JudgedTrace]) -> JudgeReport {
    let traces = judged.iter().map(|one| {
        let findings = one.verdict.findings.iter().enumerate();
        let findings = findings.map(|(place, f)| FindingReport::new(f, one.is_known(place)));
        let mut report = TraceReport::new(Some(one.file.clone()), &one.verdict, findings.collect());
        let warnings = one.trace.warnings().into_iter();
        report.warnings = warnings
            .map(|Warning { line, message }| WarningReport { line, message })
            .collect();
        report
    });
    JudgeReport {
        schema: SCHEMA,
        edition: edition.to_owned(),
        deviations: deviations(judged),
        traces: traces.collect(),
    }
}

/// Every deviation once, those that show in most traces first.
fn deviations(judged: &[JudgedTrace]) -> Vec<DeviationReport> {
    let mut all: Vec<DeviationReport> = Vec::new();
    for one in judged {
        let mut here: Vec<(&str, &str)> = Vec::new();
        for (place, finding) in one.verdict.findings.iter().enumerate() {
            // What follows from another is no deviation of its own.
            if finding.because.is_some() {
                continue;
            }
            let is_new_here = !here.contains(&(finding.rule, &finding.deviation));
            here.push((finding.rule, &finding.deviation));
            let implementation = &one.trace.header.implementation;
            let listed = one.is_known(place);
            let known = all.iter_mut().find(|other| {
                other.rule == finding.rule
                    && other.deviation == finding.deviation
                    && other.implementation == *implementation
            });
            if let Some(known) = known {
                known.traces += usize::from(is_new_here);
                known.count += finding.count;
                known.known = known.known.zip(listed).map(|(one, other)| one && other);
            } else {
                all.push(DeviationReport {
                    implementation: implementation.clone(),
                    rule: finding.rule.to_owned(),
                    deviation: finding.deviation.clone(),
                    traces: 1,
                    count: finding.count,
                    file: one.file.clone(),
                    line: finding.first().line,
                    known: listed,
                });
            }
        }
    }
    let weight =
        |one: &DeviationReport| (std::cmp::Reverse(one.traces), std::cmp::Reverse(one.count));
    all.sort_by(|one, other| {
        let name = |one: &DeviationReport| one.implementation.name.clone();
        name(one)
            .cmp(&name(other))
            .then(weight(one).cmp(&weight(other)))
    });
    all
}

/// Everything for people.
///
/// # Errors
///
/// When nothing can be written.
pub fn write(
    out: &mut dyn Write,
    edition: &str,
    judged: &[JudgedTrace],
    shown: Shown,
) -> io::Result<()> {
    if judged.len() > 1 {
        write_summary(out, edition, judged)?;
    }
    let mut seen: Vec<(String, String)> = Vec::new();
    for (place, one) in judged.iter().enumerate() {
        if place > 0 || judged.len() > 1 {
            writeln!(out)?;
        }
        write_trace(out, edition, one, shown, judged.len() == 1, &mut seen)?;
    }
    Ok(())
}

fn write_summary(out: &mut dyn Write, edition: &str, judged: &[JudgedTrace]) -> io::Result<()> {
    let all = deviations(judged);
    let mut implementations: Vec<&Implementation> = Vec::new();
    for one in judged {
        let implementation = &one.trace.header.implementation;
        if !implementations.contains(&implementation) {
            implementations.push(implementation);
        }
    }
    for implementation in implementations {
        let of = judged
            .iter()
            .filter(|one| one.trace.header.implementation == *implementation);
        let own: Vec<_> = all
            .iter()
            .filter(|deviation| deviation.implementation == *implementation)
            .collect();
        let heading = format!(
            "{} {}",
            names::printable(&implementation.name),
            names::printable(&implementation.version)
        );
        writeln!(
            out,
            "{}: {}, {}; judged by the edition {edition}",
            heading.bold(),
            count(of.count(), "trace"),
            count(own.len(), "deviation"),
        )?;
        if own.is_empty() {
            continue;
        }
        writeln!(out)?;
        let mut table = Table::new(&["rule", "deviation", "traces", "places", "first"]);
        for deviation in &own {
            let known = if deviation.known == Some(true) {
                " (known)"
            } else {
                ""
            };
            table.row([
                deviation.rule.clone(),
                format!("{}{known}", names::printable(&deviation.deviation)),
                deviation.traces.to_string(),
                deviation.count.to_string(),
                format!("{}:{}", names::printable(&deviation.file), deviation.line),
            ]);
        }
        table.write(out, "  ")?;
        if let Some(first) = own.first() {
            writeln!(out)?;
            let file = names::printable(&first.file);
            writeln!(out, "Next: peerstate show {file} --line {}", first.line)?;
        }
    }
    Ok(())
}

/// One trace. The trace around a place is shown once a deviation, over all traces.
fn write_trace(
    out: &mut dyn Write,
    edition: &str,
    one: &JudgedTrace,
    shown: Shown,
    is_only: bool,
    seen: &mut Vec<(String, String)>,
) -> io::Result<()> {
    let verdict = &one.verdict;
    let outcome = match verdict.outcome {
        Outcome::Conforms => "conforms".green().to_string(),
        Outcome::Violates => "violates".red().bold().to_string(),
        Outcome::Inconclusive => "inconclusive".yellow().to_string(),
    };
    let file = names::printable(&one.file);
    writeln!(out, "{outcome}  {file}, judged by the edition {edition}")?;
    if verdict.outcome == Outcome::Inconclusive {
        writeln!(
            out,
            "  nothing in it could be judged: it holds no state, event or call that a rule is about"
        )?;
    }
    for (place, finding) in verdict.findings.iter().enumerate() {
        if finding.because.is_some() {
            continue;
        }
        let key = (finding.rule.to_owned(), finding.deviation.clone());
        let is_new = !seen.contains(&key);
        seen.push(key);
        if is_new || shown.all {
            let with_consequences: Vec<&Finding> = std::iter::once(finding)
                .chain(verdict.findings.iter().filter(|other| {
                    other.because == Some(finding.rule) && other.peer == finding.peer
                }))
                .collect();
            write_findings(out, &with_consequences, Some(&one.trace), shown)?;
        } else {
            let first = finding.first();
            writeln!(
                out,
                "  {}  {} ({}, line {})",
                finding.rule,
                names::printable(&finding.deviation),
                names::printable(&finding.peer),
                first.line,
            )?;
        }
        if one.is_known(place) == Some(true) {
            writeln!(out, "    known")?;
        }
    }
    if is_only || shown.all {
        writeln!(out)?;
        writeln!(out, "  values: {}", agreement(verdict))?;
        let unobserved = verdict.unobserved.join(", ");
        let unobserved = if unobserved.is_empty() {
            "none"
        } else {
            &unobserved
        };
        writeln!(out, "  not observed: {unobserved}")?;
    }
    Ok(())
}

/// With which published definitions the values agree, in words that cannot be taken for the verdict.
fn agreement(verdict: &Verdict) -> String {
    if verdict.agrees_with.is_empty() {
        return "none could be compared with the definitions, or no published edition gives them all"
            .to_owned();
    }
    format!(
        "all that could be compared are also those of {} (values alone; events and their order are \
         judged above)",
        verdict.agrees_with.join(", ")
    )
}

/// A number and a noun, in the singular where it is one.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}
