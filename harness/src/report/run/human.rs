//! A run, for people: the summary, then the deviations by weight, then one line for each scenario.

use std::collections::BTreeSet;
use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use peerstate_model::input::names::printable;
use peerstate_model::trace::{self, At, Implementation};

use super::Ran;
use super::story::{ending, story};
use super::summary::{Deviation, Summary, unsteady};
use crate::report::finding::human::{Shown, write_findings};
use crate::report::show::clock as clock_in_words;
use crate::report::table::{Column, Columns, Table};
use crate::report::text::{argument, count, cut};
use crate::run::deviations::NamedList;
use crate::run::verdict::{Expectations, Judged, Result};

/// The widest id of a scenario that shares a line with the other columns.
const WIDEST_ID: usize = 36;

/// The smallest useful width of a story.
const SHORTEST_STORY: usize = 9;

/// The headings of the columns.
const HEADING: [&str; 5] = [
    "expected",
    "scenario",
    "time",
    "deviations",
    "connectionState (one peer | the other)",
];

/// The largest width of each column; a wider cell has a separate line.
const LIMITS: [usize; 5] = [usize::MAX, WIDEST_ID, usize::MAX, usize::MAX, usize::MAX];

/// The spaces between the columns.
const GAPS: usize = 8;

/// The layout of a run.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The number of available columns.
    pub width: usize,
    /// The column at which sentences are wrapped; without a terminal, they are not.
    pub breaks: usize,
    /// Whether every finding is shown with the trace around it, instead of only unexpected ones.
    pub details: bool,
    /// The options after `peerstate run SCENARIO` that repeat this run; empty, or begins with a
    /// space.
    pub options: String,
}

/// Returns what to do with a drafted list. `under_test` are the options that name the implementation,
/// with a leading space.
#[must_use]
pub fn drafted(list: &NamedList, file: &str, under_test: &str) -> String {
    format!(
        "{} lists {}, {} to be written\nNext: peerstate run{under_test} --known {}",
        list.name,
        count(list.known.entries.len(), "deviation"),
        count(list.known.without_reason(), "reason"),
        argument(file),
    )
}

/// Returns a warning if the list that a run was compared with lacks reasons.
#[must_use]
pub fn without_reasons(list: &NamedList) -> Option<String> {
    let missing = list.known.without_reason();
    let are = if missing == 1 { "is" } else { "are" };
    let reasons = count(missing, "reason");
    (missing > 0).then(|| format!("{}: {reasons} {are} still to be written", list.name))
}

/// Writes what came of a run.
///
/// # Errors
///
/// When nothing can be written.
pub fn write(out: &mut dyn Write, ran: &Ran<'_>, layout: &Layout) -> io::Result<()> {
    let Ran {
        implementation: Implementation { name, version },
        judged,
        known_file,
        ..
    } = *ran;
    let summary = Summary::new(judged, ran.known);
    let mut human = Human { out, layout };
    let heading = format!("{} {}, {summary}", printable(name), printable(version));
    human.paragraph(&heading, Style::new().bold())?;
    let (clock, edition) = (clock_in_words(ran.clock), printable(ran.edition));
    let how = format!("{clock}; judged by the edition {edition}; known deviations: {known_file}");
    human.paragraph(&how, Style::new())?;
    human.assumptions(judged)?;
    human.left_out(judged)?;
    human.deviations(&summary.deviations)?;
    human.table(judged, &summary)?;
    human.unsteady(ran)?;
    for one in judged {
        if one.result.is_unexpected() || layout.details {
            human.details(one)?;
        }
    }
    human.stale(ran)?;
    human.next(ran)
}

/// Where it is written, and how.
struct Human<'w> {
    out: &'w mut dyn Write,
    layout: &'w Layout,
}

impl Human<'_> {
    fn paragraph(&mut self, text: &str, style: Style) -> io::Result<()> {
        for line in trace::wrap(text, self.layout.breaks) {
            writeln!(self.out, "{}", line.style(style))?;
        }
        Ok(())
    }

    fn assumptions(&mut self, judged: &[Judged]) -> io::Result<()> {
        let checks = judged.iter().flat_map(|one| &one.checks);
        let assumed = checks.clone().filter(|check| !check.assumed.is_empty());
        match (assumed.count(), checks.count()) {
            (0, _) => Ok(()),
            (assumed, all) => {
                let rest = if assumed == 1 { "depends" } else { "depend" };
                let text = format!(
                    "{assumed} of {} {rest} on assumed values (*): attributes that were not observed \
                     at that time",
                    count(all, "expectation")
                );
                self.paragraph(&text, Style::new())
            }
        }
    }

    fn left_out(&mut self, judged: &[Judged]) -> io::Result<()> {
        let left_out: Vec<_> = judged.iter().flat_map(|one| &one.left_out).collect();
        if left_out.is_empty() {
            return Ok(());
        }
        let unseen: BTreeSet<_> = left_out
            .iter()
            .flat_map(|one| &one.unseen)
            .copied()
            .collect();
        let text = format!(
            "{} not judged, or only in part, since they expect what is not observed: {}",
            count(left_out.len(), "step"),
            unseen.into_iter().collect::<Vec<_>>().join(", ")
        );
        self.paragraph(&text, Style::new())
    }

    /// Writes how many scenarios show each deviation, its name, the reason, and how to see it.
    fn deviations(&mut self, deviations: &[Deviation]) -> io::Result<()> {
        const INDENT: usize = 6;
        if deviations.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        writeln!(
            self.out,
            "Deviations, by the number of scenarios that show them:"
        )?;
        for of in deviations {
            let style = if of.is_known {
                Style::new().yellow()
            } else {
                Style::new().red().bold()
            };
            let name = if of.is_known {
                of.name.clone()
            } else {
                format!("{} (not known)", of.name)
            };
            let room = self.layout.width.saturating_sub(INDENT + name.len() + 2);
            let reason = cut(&printable(&of.reason), room);
            let number = of.scenarios.len().to_string();
            let plain = Style::new();
            let cells = [(&number, plain), (&name, style), (&reason, plain)];
            let columns = Columns(vec![Column::Right(4), Column::Left(0)]);
            writeln!(self.out, "{}", columns.line(cells))?;
            let command = self.command(&of.example);
            writeln!(self.out, "{:INDENT$}{}", "", command.dimmed())?;
        }
        Ok(())
    }

    fn command(&self, scenario: &str) -> String {
        let (scenario, options) = (argument(scenario), &self.layout.options);
        format!("peerstate run {scenario}{options} --details")
    }

    fn table(&mut self, judged: &[Judged], summary: &Summary) -> io::Result<()> {
        writeln!(self.out)?;
        let rows: Vec<(&Judged, [String; 5])> =
            judged.iter().map(|one| (one, row(one, summary))).collect();
        let widest = |column: usize| {
            let cells = rows.iter().map(|(_, cells)| cells[column].chars().count());
            let limit = LIMITS[column];
            cells.filter(|width| *width <= limit).max().unwrap_or(0)
        };
        // The width that remains after the three columns that are never cut, except for ids with a
        // separate line.
        let fixed: usize = (0..3).map(|at| widest(at).max(HEADING[at].len())).sum();
        let room = self.layout.width.saturating_sub(fixed + GAPS);
        let names = match room {
            // So few columns would show nothing.
            0..10 => 0,
            // A name says more than a story, and must remain complete for copying.
            _ => widest(3).max(HEADING[3].len()).min(room),
        };
        let story = match room - names {
            0..SHORTEST_STORY => 0,
            left => left,
        };
        let fit = |text: &str, room: usize| cut(text, room);
        let mut table = Table::new(&[
            HEADING[0],
            HEADING[1],
            HEADING[2],
            &fit(HEADING[3], names),
            &fit(HEADING[4], story),
        ])
        .limited(LIMITS);
        for (one, [expected, scenario, time, deviations, states]) in rows {
            let style = style(one);
            table.styled([
                (expected, style),
                (scenario, Style::new()),
                (time, Style::new().dimmed()),
                (fit(&deviations, names), Style::new()),
                (ending(&states, story), Style::new()),
            ]);
        }
        table.write(self.out, 0, usize::MAX)
    }

    /// Writes what some runs of a scenario show, and others do not.
    fn unsteady(&mut self, ran: &Ran<'_>) -> io::Result<()> {
        let mut table = Table::new(&["runs", "scenario", "deviation"]);
        let mut is_empty = true;
        for judged in ran.judged {
            let all = judged.runs().count();
            for one in unsteady(judged, ran.known) {
                is_empty = false;
                let deviation = match &one.deviation {
                    None => one.id,
                    Some(deviation) => format!("{} (not known): {deviation}", one.id),
                };
                let runs = format!("{} of {all}", one.runs);
                let cells = [runs, printable(&judged.scenario), printable(&deviation)];
                table.row(cells, None);
            }
        }
        if is_empty {
            return Ok(());
        }
        writeln!(self.out)?;
        writeln!(self.out, "Not in every run:")?;
        writeln!(self.out)?;
        table.write(self.out, 0, self.layout.breaks)
    }

    fn details(&mut self, judged: &Judged) -> io::Result<()> {
        writeln!(self.out)?;
        let heading = format!("{} {}", judged.result, printable(&judged.scenario));
        let title = printable(&judged.title);
        writeln!(self.out, "{}: {title}", heading.style(style(judged)))?;
        if let Some(reason) = &judged.reason {
            writeln!(self.out, "  {}", printable(reason))?;
        }
        let shown: Vec<_> = judged
            .findings
            .iter()
            .filter(|(_, known)| known.is_none() || self.layout.details)
            .map(|(finding, _)| finding)
            .collect();
        let how = Shown {
            width: self.layout.width,
            lanes: true,
            ..Shown::default()
        };
        write_findings(self.out, &shown, judged.trace.as_ref(), how)
    }

    fn stale(&mut self, ran: &Ran<'_>) -> io::Result<()> {
        for stale in ran.stale {
            writeln!(self.out)?;
            writeln!(
                self.out,
                "{}: {stale}; remove it from {}",
                "fixed".cyan().bold(),
                ran.known_file,
            )?;
        }
        Ok(())
    }

    /// What to type next, where not all is as it should be.
    fn next(&mut self, ran: &Ran<'_>) -> io::Result<()> {
        let judged = ran.judged;
        if judged.iter().all(|one| one.result == Result::Unsupported) {
            writeln!(self.out)?;
            return writeln!(
                self.out,
                "Nothing was run: the implementation lacks what every scenario requires"
            );
        }
        let is_fixed = |one: &&Judged| one.result == Result::Fixed;
        let mut failed = judged.iter().filter(|one| one.result.is_unexpected());
        if let Some(failed) = failed.find(|one| !is_fixed(one)) {
            writeln!(self.out)?;
            if !self.layout.details {
                writeln!(self.out, "Next: {}", self.command(&failed.named))?;
            }
            if failed.trace.is_some() {
                let named = argument(&failed.named);
                let trace = argument(&format!("traces/{}.jsonl", failed.scenario));
                let options = &self.layout.options;
                writeln!(
                    self.out,
                    "Next: peerstate run {named}{options} --trace-dir traces; peerstate show \
                     {trace}"
                )?;
            }
        }
        if judged.iter().any(|one| is_fixed(&one)) {
            let list = ran.known_file;
            writeln!(self.out)?;
            writeln!(self.out, "Next: remove what is fixed from {list}")?;
        }
        Ok(())
    }
}

/// The cells of a scenario: what it expects, its id, its time, its deviations and its story.
fn row(judged: &Judged, summary: &Summary) -> [String; 5] {
    let last = judged.trace.as_ref().and_then(|trace| trace.entries.last());
    let time = last.map_or_else(|| "-".to_owned(), |entry| seconds(entry.at));
    let deviations = summary.of(&judged.scenario);
    // The rarest deviation says the most about this scenario.
    let deviations = match deviations.as_slice() {
        [] => "-".to_owned(),
        [one] => one.name.clone(),
        [rarest, others @ ..] => format!("+{} {}", others.len(), rarest.name),
    };
    [
        expected(judged),
        printable(&judged.scenario),
        time,
        printable(&deviations),
        story(judged),
    ]
}

/// Returns whether the expectations of the scenario hold. `!` marks an unexpected result, `*` one
/// that depends on an assumed value.
fn expected(judged: &Judged) -> String {
    let word = match (judged.result, judged.expectations) {
        (Result::Unsupported | Result::Inconclusive | Result::Error, _) => judged.result.as_str(),
        (_, Expectations::Met) => "met",
        (_, Expectations::NotMet) => "not met",
        (_, Expectations::None) => "-",
    };
    let is_assumed = judged.checks.iter().any(|check| !check.assumed.is_empty());
    let assumed = if is_assumed { "*" } else { "" };
    let unexpected = if judged.result.is_unexpected() {
        "!"
    } else {
        ""
    };
    format!("{word}{assumed}{unexpected}")
}

fn style(judged: &Judged) -> Style {
    match (judged.result, judged.expectations) {
        (Result::Fail | Result::Error, _) => Style::new().red().bold(),
        (Result::Fixed, _) => Style::new().cyan().bold(),
        (Result::Unsupported | Result::Inconclusive, _) => Style::new().dimmed(),
        (_, Expectations::NotMet) => Style::new().yellow(),
        (_, Expectations::Met | Expectations::None) => Style::new().green(),
    }
}

fn seconds(at: At) -> String {
    format!("{:.3} s", at.since_start().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use peerstate_model::editions::edition;
    use rstest::rstest;

    use super::*;
    use crate::implementation::{Implementation, KnownList};
    use crate::implementations::webrtc_rs::WebrtcRs;
    use crate::run::deviations::KnownDeviations;
    use crate::run::verdict::Court;
    use crate::scenario::suite;

    fn written(names: &[&str], width: usize) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let profile = WebrtcRs.profile();
        let KnownList { name: file, text } = profile.known_deviations.unwrap();
        let known = KnownDeviations::parse(file, text).unwrap();
        let court = Court {
            implementation: &WebrtcRs,
            edition: edition("repaired").unwrap(),
            known: &known,
            repeat: 1,
            seed: None,
        };
        let layout = Layout {
            width,
            breaks: width,
            details: false,
            options: String::new(),
        };
        let judged = suite::Suite::embedded().select(&names).unwrap();
        let judged: Vec<_> = judged.iter().map(|one| court.judge(one).unwrap()).collect();
        let ran = Ran {
            implementation: &profile.identity,
            clock: profile.clock,
            date: None,
            seed: None,
            edition: "repaired",
            judged: &judged,
            trace_files: &BTreeMap::new(),
            known: &known.entries,
            stale: &[],
            known_file: file,
        };
        let mut out = Vec::new();
        write(&mut out, &ran, &layout).unwrap();
        let text = String::from_utf8(out).unwrap();
        // The styles are for a terminal; anstream removes them if there is none.
        anstream::adapter::strip_str(&text).to_string()
    }

    #[rstest]
    #[case(60)]
    #[case(80)]
    #[case(120)]
    fn what_is_written_fits_the_terminal(#[case] width: usize) {
        let names = ["close/fresh", "close/while-failed", "negotiation/glare"];
        let text = written(&names, width);
        let longest = text.lines().max_by_key(|line| line.chars().count());
        let longest = longest.unwrap();
        assert!(longest.chars().count() <= width, "{longest}");
        assert!(text.contains("negotiation/glare"), "{text}");
    }

    #[test]
    fn ids_have_their_width_and_stories_are_shortened() {
        let names = [
            "negotiation/needed-for-a-restart-after-a-remote-offer",
            "negotiation/rollback-remote-offer-leaves-new",
            "close/while-failed",
        ];
        let text = written(&names, 120);
        let (_, table) = text.split_once("\n\nexpected").unwrap();
        insta::with_settings!({ snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots"), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("run_table", format!("expected{table}"));
        });
    }

    #[test]
    fn what_a_person_wants_comes_first() {
        let names = ["close/fresh", "close/while-failed", "negotiation/glare"];
        let text = written(&names, 160);
        let expected = "webrtc-rs 0.21.1, 3 scenarios: 2 behave as specified, 1 does not; 3 \
                        deviations, all known\n";
        assert!(text.starts_with(expected), "{text}");
        assert!(
            text.contains("      peerstate run negotiation/glare --details\n"),
            "{text}"
        );
    }
}
