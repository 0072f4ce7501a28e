//! A finding, for people.

use std::collections::BTreeSet;
use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::rules::{self, Finding, Level, Place};
use peerstate_model::trace::{Detail, Lanes, Trace};

use super::{Deviation, deviations};
use crate::report::table::Columns;
use crate::report::text::{count, paragraph};

/// How much of a finding is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    /// Whether every kept place is shown with the trace around it, not only the first.
    pub all: bool,
    /// Whether the whole state of every entry is shown, not only what changed.
    pub details: bool,
    /// The number of available columns.
    pub width: usize,
    /// Whether the trace around the place is shown.
    pub lanes: bool,
}

/// Writes the findings of one trace: each deviation once, with what follows from it.
///
/// # Errors
///
/// If the output can not be written.
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

impl Deviation<'_> {
    /// Writes what is wrong, where, what is required, what follows, and the trace around it. The
    /// lines in `above` have already been shown.
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
            // An address is for copying, and never wrapped.
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

    /// Writes what is wrong and where, in a line or two; the rule is in the first column.
    pub(crate) fn write_short(
        &self,
        out: &mut dyn Write,
        columns: &Columns,
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
        let text = format!("{}{note} ({places}{more})", finding.deviation);
        let text = columns.plain([finding.rule, &text]);
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

/// The indent of the text below a deviation.
const INDENT: usize = 4;

/// The largest number of peers to name for one deviation.
const MOST_PEERS: usize = 8;

fn write_lanes(out: &mut dyn Write, trace: &Trace, place: Place, shown: Shown) -> io::Result<()> {
    /// The number of entries to show before a place, and after it.
    const CONTEXT: usize = 3;
    let mut lanes = Lanes::around(place.line, CONTEXT, shown.width.saturating_sub(INDENT));
    if shown.details {
        lanes.detail = Detail::All;
    }
    for line in trace.lanes(&lanes).lines() {
        writeln!(out, "{:INDENT$}{line}", "")?;
    }
    Ok(())
}

/// Returns where a finding is: `line 12, at 40 ms`, and how many more places there are.
fn places(finding: &Finding) -> String {
    let first = finding.first();
    let place = format!("line {}, at {} ms", first.line, first.at);
    match finding.count {
        1 => place,
        all => format!("{place}, and {}", count(all - 1, "more place")),
    }
}

/// Returns the lines of a finding: `line 12`, or `lines 12, 14, 20 and 5 more`.
fn lines(finding: &Finding) -> String {
    /// The largest number of lines to name.
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
