//! A run as a table for people.

use std::collections::BTreeMap;
use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use peerstate_model::trace::{At, Clock};

use super::finding::{Shown, write_findings};
use super::judge::count;
use super::{Counts, Event, Finished, Reporter};
use crate::terminal;
use crate::verdict::{Judged, Result, connection_states};

/// Writes the table.
pub struct Human<W> {
    out: W,
    counts: Counts,
    id_width: usize,
    unexpected: Vec<Judged>,
    known: BTreeMap<usize, Vec<String>>,
    edition: String,
}

impl<W: Write> Human<W> {
    /// A reporter to `out`; `id_width` is the length of the longest id.
    pub fn new(out: W, id_width: usize) -> Self {
        Self {
            out,
            counts: Counts::default(),
            id_width: id_width.max("scenario".len()),
            unexpected: Vec::new(),
            known: BTreeMap::new(),
            edition: String::new(),
        }
    }

    fn row(&mut self, judged: &Judged) -> io::Result<()> {
        let time = judged
            .trace
            .as_ref()
            .and_then(|trace| trace.entries.last())
            .map_or_else(|| "-".to_owned(), |entry| seconds(entry.at));
        let states = judged.trace.as_ref().map(|trace| {
            let paths: Vec<String> = trace
                .header
                .peers
                .iter()
                .map(|peer| {
                    let states = connection_states(trace, peer);
                    states
                        .iter()
                        .skip(1)
                        .map(|(_, state)| *state)
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .map(|path| {
                    if path.is_empty() {
                        "new".to_owned()
                    } else {
                        path
                    }
                })
                .collect();
            if paths.windows(2).all(|pair| pair[0] == pair[1]) {
                paths.into_iter().next().unwrap_or_default()
            } else {
                paths.join(" | ")
            }
        });
        let shown = states.or_else(|| judged.reason.clone()).unwrap_or_default();
        writeln!(
            self.out,
            "{:<12}  {:<width$}  {:>8}  {shown}",
            judged.result.as_str().style(style(judged.result)),
            judged.scenario,
            time,
            width = self.id_width,
        )
    }

    fn details(&mut self, judged: &Judged) -> io::Result<()> {
        writeln!(self.out)?;
        let heading = format!("{} {}", judged.result, judged.scenario);
        writeln!(
            self.out,
            "{}: {}",
            heading.style(style(judged.result)),
            judged.title
        )?;
        if let Some(reason) = &judged.reason {
            writeln!(self.out, "  {reason}")?;
        }
        let unknown: Vec<_> = judged
            .findings
            .iter()
            .filter(|(_, known)| known.is_none())
            .map(|(finding, _)| finding)
            .collect();
        let shown = Shown {
            width: terminal::width(),
            lanes: true,
            ..Shown::default()
        };
        write_findings(&mut self.out, &unknown, judged.trace.as_ref(), shown)
    }

    fn finish(&mut self, finished: Finished<'_>) -> io::Result<()> {
        for judged in std::mem::take(&mut self.unexpected) {
            self.details(&judged)?;
        }
        if !self.known.is_empty() {
            writeln!(self.out)?;
            writeln!(self.out, "Known deviations ({}):", finished.known_file)?;
            for (place, scenarios) in &self.known {
                let Some(entry) = finished.known.get(*place) else {
                    continue;
                };
                let count = scenarios.len();
                let noun = if count == 1 { "scenario " } else { "scenarios" };
                let reason = entry.reason.trim();
                writeln!(self.out, "  {:<27} {count:>3} {noun}  {reason}", entry.rule)?;
            }
        }
        for entry in finished.stale {
            writeln!(self.out)?;
            writeln!(
                self.out,
                "{}: {} is listed as known in {} and happens no more; take it out of {}",
                "fixed".style(style(Result::Fixed)),
                entry.rule,
                entry.scenarios.join(", "),
                finished.known_file,
            )?;
        }
        writeln!(self.out)?;
        let counts: Vec<String> = self
            .counts
            .iter()
            .map(|(result, count)| format!("{count} {result}"))
            .collect();
        let sum = if counts.is_empty() {
            "nothing was run".to_owned()
        } else {
            counts.join(", ")
        };
        writeln!(self.out, "{sum}; judged by the edition {}", self.edition)
    }
}

impl<W: Write> Reporter for Human<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started {
                implementation,
                clock,
                edition,
                scenarios,
            } => {
                (*edition).clone_into(&mut self.edition);
                let clock = match clock {
                    Clock::Virtual => "virtual time",
                    Clock::Real => "real time",
                };
                writeln!(
                    self.out,
                    "{} on {} {} in {clock}",
                    count(*scenarios, "scenario"),
                    implementation.name,
                    implementation.version
                )?;
                writeln!(self.out)?;
                writeln!(
                    self.out,
                    "{:<12}  {:<width$}  {:>8}  connectionState (one peer | the other)",
                    "result",
                    "scenario",
                    "time",
                    width = self.id_width,
                )
            }
            Event::Judged { judged, .. } => {
                self.counts.add(judged.result);
                for (_, known) in &judged.findings {
                    if let Some(place) = known {
                        let scenarios = self.known.entry(*place).or_default();
                        if scenarios.last() != Some(&judged.scenario) {
                            scenarios.push(judged.scenario.clone());
                        }
                    }
                }
                if let Some(place) = judged.error_entry {
                    self.known
                        .entry(place)
                        .or_default()
                        .push(judged.scenario.clone());
                }
                if judged.result.is_unexpected() {
                    self.unexpected.push((*judged).clone());
                }
                self.row(judged)
            }
            Event::Finished(finished) => self.finish(*finished),
        }
    }
}

fn style(result: Result) -> Style {
    match result {
        Result::Pass => Style::new().green(),
        Result::Known => Style::new().yellow(),
        Result::Fail | Result::Error => Style::new().red().bold(),
        Result::Fixed => Style::new().cyan().bold(),
        Result::Unsupported | Result::Inconclusive => Style::new().dimmed(),
    }
}

fn seconds(at: At) -> String {
    format!("{:.3} s", at.since_start().as_secs_f64())
}
