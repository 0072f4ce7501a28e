//! A finding, as every report shows it: one type for machines, one text for people.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::rules::{self, Finding, Level, Place};
use peerstate_model::trace::Trace;
use schemars::JsonSchema;
use serde::Serialize;

use super::text::{count, paragraph};

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

/// Writes the findings of one trace: each deviation once, with what follows from it.
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
    let mut above = BTreeSet::new();
    for deviation in deviations(findings) {
        writeln!(out)?;
        deviation.write(out, trace, shown, &mut above)?;
    }
    Ok(())
}

/// One deviation in a trace: the findings of the peers that show it, and what follows from them.
#[derive(Debug)]
pub(crate) struct Deviation<'f> {
    /// The first of them.
    pub(crate) finding: &'f Finding,
    /// The same at other peers.
    others: Vec<&'f Finding>,
    follows: Vec<&'f Finding>,
}

/// The deviations among the findings of a trace, in their order. A finding whose cause is not among
/// them is a deviation of its own.
pub(crate) fn deviations<'f>(findings: &[&'f Finding]) -> Vec<Deviation<'f>> {
    let mut by_rule: BTreeMap<(&str, &str), &'f Finding> = BTreeMap::new();
    for finding in findings {
        // Two findings of one rule may both be the cause; under the first it is enough.
        let key = (finding.rule, finding.peer.as_str());
        by_rule.entry(key).or_insert(finding);
    }
    let cause = |finding: &'f Finding| {
        by_rule
            .get(&(finding.because?, finding.peer.as_str()))
            .copied()
    };
    let mut deviations: Vec<Deviation<'f>> = Vec::new();
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| cause(finding).is_none()) {
        let key = (finding.rule, finding.deviation.as_str());
        let place = *places.entry(key).or_insert(deviations.len());
        match deviations.get_mut(place) {
            Some(deviation) => deviation.others.push(finding),
            None => deviations.push(Deviation {
                finding,
                others: Vec::new(),
                follows: Vec::new(),
            }),
        }
    }
    for finding in findings {
        let Some(mut root) = cause(finding) else {
            continue;
        };
        // A cause may follow from another; there are fewer of them than rules.
        for _ in rules::RULES {
            root = cause(root).unwrap_or(root);
        }
        let place = places.get(&(root.rule, root.deviation.as_str()));
        if let Some(deviation) = place.and_then(|place| deviations.get_mut(*place)) {
            deviation.follows.push(finding);
        }
    }
    deviations
}

impl<'f> Deviation<'f> {
    fn findings(&self) -> impl Iterator<Item = &'f Finding> + '_ {
        std::iter::once(self.finding).chain(self.others.iter().copied())
    }

    /// Whether it shows in more places than the first.
    pub(crate) fn has_more_places(&self) -> bool {
        self.findings().any(|finding| finding.count > 1) || !self.others.is_empty()
    }

    /// Writes what is wrong, where, what is required, what follows, and the trace around it. The
    /// lines that are in `above` have been shown already.
    pub(crate) fn write(
        &self,
        out: &mut dyn Write,
        trace: Option<&Trace>,
        shown: Shown,
        above: &mut BTreeSet<usize>,
    ) -> io::Result<()> {
        let finding = self.finding;
        writeln!(out, "  {}", finding.rule.bold())?;
        let mut line = |text: &str| paragraph(out, INDENT, text, shown.width);
        line(&finding.message)?;
        let is_only = self.findings().all(|finding| finding.only_by.is_some());
        for finding in self.findings().take(MOST_PEERS) {
            let only_by = finding.only_by.as_ref().filter(|_| !is_only);
            let only_by = only_by.map_or_else(String::new, |only_by| format!("; {only_by}"));
            line(&format!("{}: {}{only_by}", finding.peer, places(finding)))?;
        }
        let more = self.others.len().saturating_sub(MOST_PEERS - 1);
        if more > 0 {
            line(&format!("and {}", count(more, "more peer")))?;
        }
        if let Some(only_by) = finding.only_by.as_ref().filter(|_| is_only) {
            line(only_by)?;
        }
        if let Some(because) = finding.because {
            line(&format!("follows from {because}"))?;
        }
        if let Some(rule) = rules::rule(finding.rule) {
            let level = match rule.level {
                Level::Must => "required",
                Level::Should => "recommended",
            };
            line(&format!("{level}: {}", rule.requirement))?;
            // An address is there to be copied, and never broken.
            writeln!(out, "{:INDENT$}see {}", "", rule.spec)?;
        }
        for other in &self.follows {
            let (rule, peer) = (other.rule, &other.peer);
            let text = format!("follows: {rule}  {} ({peer}, ", other.deviation);
            let places = if shown.all {
                lines(other)
            } else {
                places(other)
            };
            paragraph(out, INDENT, &format!("{text}{places})"), shown.width)?;
        }
        match trace.filter(|_| shown.lanes) {
            Some(trace) if shown.all => self.write_every_place(out, trace, shown),
            Some(trace) if above.insert(finding.first().line) => {
                writeln!(out)?;
                write_lanes(out, trace, finding.first(), shown)
            }
            Some(_) => {
                let line = finding.first().line;
                paragraph(
                    out,
                    INDENT,
                    &format!("line {line} is shown above"),
                    shown.width,
                )
            }
            None => Ok(()),
        }
    }

    /// Writes what is wrong and where, in a line or two; `column` is how wide the rule's column is.
    pub(crate) fn write_short(
        &self,
        out: &mut dyn Write,
        column: usize,
        note: &str,
        shown: Shown,
    ) -> io::Result<()> {
        let places: Vec<String> = self
            .findings()
            .take(MOST_PEERS)
            .map(|finding| format!("{}, {}", finding.peer, lines(finding)))
            .collect();
        let more = self.others.len().saturating_sub(MOST_PEERS - 1);
        let more = match more {
            0 => String::new(),
            more => format!("; and {}", count(more, "more peer")),
        };
        let (finding, places) = (self.finding, places.join("; "));
        let rule = format!("{:<column$}", finding.rule);
        let text = format!("{rule}  {}{note} ({places}{more})", finding.deviation);
        paragraph(out, INDENT, &text, shown.width)
    }

    fn write_every_place(
        &self,
        out: &mut dyn Write,
        trace: &Trace,
        shown: Shown,
    ) -> io::Result<()> {
        for finding in self.findings() {
            let all = finding.places.len();
            for (number, place) in (1..).zip(&finding.places) {
                writeln!(out)?;
                let of = match finding.count {
                    1 => String::new(),
                    count => format!(" ({number} of {count})"),
                };
                let Place { line, at } = place;
                let text = format!("{}, line {line}, at {at} ms{of}", finding.peer);
                paragraph(out, INDENT, &text, shown.width)?;
                write_lanes(out, trace, *place, shown)?;
            }
            let left = finding.count.saturating_sub(all);
            if left > 0 {
                writeln!(out)?;
                let left = count(left, "more place");
                let text = format!("{left}; the first {all} are listed");
                paragraph(out, INDENT, &text, shown.width)?;
            }
        }
        Ok(())
    }
}

/// The indent of what is said of a deviation.
const INDENT: usize = 4;

/// How many peers are named that show one deviation.
const MOST_PEERS: usize = 8;

fn write_lanes(out: &mut dyn Write, trace: &Trace, place: Place, shown: Shown) -> io::Result<()> {
    for line in super::lanes_around(trace, place.line, shown).lines() {
        writeln!(out, "{:INDENT$}{line}", "")?;
    }
    Ok(())
}

/// Where a finding is: `line 12, at 40 ms`, and how many more places there are.
fn places(finding: &Finding) -> String {
    let first = finding.first();
    let place = format!("line {}, at {} ms", first.line, first.at);
    match finding.count {
        1 => place,
        all => format!("{place}, and {}", count(all - 1, "more place")),
    }
}

/// The lines on which a finding is: `line 12`, or `lines 12, 14, 20 and 5 more`.
fn lines(finding: &Finding) -> String {
    /// How many lines are named.
    const MOST: usize = 5;
    let named: Vec<String> = finding
        .places
        .iter()
        .take(MOST)
        .map(|place| place.line.to_string())
        .collect();
    let left = finding.count.saturating_sub(named.len());
    let noun = if finding.count == 1 { "line" } else { "lines" };
    let more = match left {
        0 => String::new(),
        left => format!(" and {left} more"),
    };
    format!("{noun} {}{more}", named.join(", "))
}
