//! A finding, as every report shows it: one type for machines, one text for people.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::rules::{self, Finding, Place};
use peerstate_model::trace::Trace;
use schemars::JsonSchema;
use serde::Serialize;

/// One deviation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingReport {
    rule: String,
    peer: String,
    /// What is wrong, in words that are the same in every trace that shows it.
    deviation: String,
    /// The line of the trace where it shows first, from 1.
    line: usize,
    /// Milliseconds since the start.
    at: f64,
    /// What was seen there.
    message: String,
    /// How often it shows.
    count: usize,
    /// Where, 20 places at the most.
    places: Vec<PlaceReport>,
    /// The rule whose finding this one follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    /// What of the edition makes it a finding, where the published text has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    only_by: Option<String>,
    /// The section of the specification.
    spec: String,
    /// Whether it is listed as known; absent where no list was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<bool>,
}

/// A place in a trace.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlaceReport {
    /// The line of the trace, from 1.
    line: usize,
    /// Milliseconds since the start.
    at: f64,
}

impl FindingReport {
    /// The report of a finding.
    #[must_use]
    pub fn new(finding: &Finding, known: Option<bool>) -> Self {
        let places: Vec<_> = finding.places.iter().map(PlaceReport::from).collect();
        let first = PlaceReport::from(&finding.first());
        Self {
            rule: finding.rule.to_owned(),
            peer: finding.peer.clone(),
            deviation: finding.deviation.clone(),
            line: first.line,
            at: first.at,
            message: finding.message.clone(),
            count: finding.count,
            places,
            because: finding.because.map(str::to_owned),
            only_by: finding.only_by.clone(),
            spec: spec(finding.rule).to_owned(),
            known,
        }
    }
}

impl From<&Place> for PlaceReport {
    fn from(place: &Place) -> Self {
        Self {
            line: place.line,
            at: place.at.since_start().as_secs_f64() * 1000.0,
        }
    }
}

/// The section that a rule rests on.
fn spec(rule: &str) -> &'static str {
    rules::rule(rule).map_or("", |rule| rule.spec)
}

/// How much is shown of a finding.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    /// Every place that is kept, with the trace around it, and not only the first.
    pub all: bool,
    /// The whole state of every entry, and not only what changed.
    pub details: bool,
    /// The columns that there are.
    pub width: usize,
    /// Whether the trace around the place is shown.
    pub lanes: bool,
}

/// Writes the findings of one trace: causes, and under each what follows from it.
///
/// # Errors
///
/// When nothing can be written.
pub fn write_findings(
    out: &mut dyn Write,
    findings: &[&Finding],
    trace: Option<&Trace>,
    shown: Shown,
) -> io::Result<()> {
    for finding in findings.iter().filter(|finding| finding.because.is_none()) {
        writeln!(out)?;
        write_one(out, finding, trace, shown)?;
        let follows =
            |other: &&&Finding| other.because == Some(finding.rule) && other.peer == finding.peer;
        // Two findings of one rule may both be the cause; under the first it is enough.
        let first = findings
            .iter()
            .find(|other| other.rule == finding.rule && other.peer == finding.peer);
        if first.is_some_and(|first| std::ptr::eq(*first, *finding)) {
            for other in findings.iter().filter(follows) {
                let at = places(other);
                writeln!(
                    out,
                    "    follows: {}  {} ({at})",
                    other.rule, other.deviation
                )?;
            }
        }
    }
    Ok(())
}

fn write_one(
    out: &mut dyn Write,
    finding: &Finding,
    trace: Option<&Trace>,
    shown: Shown,
) -> io::Result<()> {
    writeln!(out, "  {}  {}", finding.rule.bold(), finding.message)?;
    writeln!(out, "    {}: {}", finding.peer, places(finding))?;
    if let Some(only_by) = &finding.only_by {
        writeln!(out, "    {only_by}")?;
    }
    if let Some(rule) = rules::rule(finding.rule) {
        writeln!(out, "    required: {}", rule.requirement)?;
        writeln!(out, "    see {}", rule.spec)?;
    }
    let Some(trace) = trace.filter(|_| shown.lanes) else {
        return Ok(());
    };
    let count = if shown.all { finding.places.len() } else { 1 };
    for place in finding.places.iter().take(count) {
        writeln!(out)?;
        for line in super::lanes_around(trace, place.line, shown).lines() {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

/// Where a finding is: `line 12, at 40 ms`, and how many more places there are.
fn places(finding: &Finding) -> String {
    let first = finding.first();
    let place = format!("line {}, at {} ms", first.line, first.at);
    match finding.count {
        1 => place,
        2 => format!("{place}, and 1 more place"),
        count => format!("{place}, and {} more places", count - 1),
    }
}
