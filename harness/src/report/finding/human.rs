//! A finding, for people.

use std::collections::BTreeSet;
use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::rules::{Finding, Place};
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
        for line in self.said() {
            paragraph(out, INDENT, &line, shown.width)?;
        }
        if let Some(spec) = self.spec() {
            // An address must be easy to copy, so it is never broken.
            writeln!(out, "{:INDENT$}see {spec}", "")?;
        }
        for line in self.consequences(shown.all) {
            paragraph(out, INDENT, &line, shown.width)?;
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
        let text = columns.plain([self.finding.rule, &self.in_short(note)]);
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
