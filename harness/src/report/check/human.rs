//! The check of the connection model, for people.

use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use peerstate_model::machine::check::{self, Path, PropertyReport};
use peerstate_model::machine::explore::Explored;

use super::Checked;
use crate::report::table::{Column, Columns};
use crate::report::text::count;

/// The usual words for the outcome of a property.
const WORDS: [&str; 3] = ["holds", "seen", "fails, as known"];

/// Writes the result for an edition; `paths` is whether the path of every witness is shown.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, checked: &Checked, paths: bool) -> io::Result<()> {
    let Checked { report, elapsed } = checked;
    let (edition, time) = (report.edition.bold(), elapsed.as_secs_f64());
    let transports = count(report.most_transports, "transport");
    match report.explored {
        Ok(Explored {
            states,
            unique_states,
            depth,
        }) => writeln!(
            out,
            "{edition}, up to {transports}: {states} states, {unique_states} distinct, depth \
             {depth}, {time:.2} s"
        )?,
        Err(_) => writeln!(
            out,
            "{edition}, any number of transports: only the laws of its definitions, {time:.2} s"
        )?,
    }
    let ids = report
        .properties
        .iter()
        .map(|property| property.id.as_str());
    let columns = Columns(vec![Column::of(WORDS, 0), Column::of(ids, 0)]);
    let (seen, rest): (Vec<_>, Vec<_>) = report
        .properties
        .iter()
        .partition(|p| matches!(p.outcome, check::Outcome::Witnessed(_)));
    for property in rest {
        write_property(out, property, &columns)?;
    }
    if !seen.is_empty() {
        writeln!(
            out,
            "  {}  {} values and pairs of values (--paths shows the paths)",
            "seen".green(),
            seen.len()
        )?;
    }
    if paths {
        for property in seen {
            write_property(out, property, &columns)?;
            if let check::Outcome::Witnessed(path) = &property.outcome {
                write_path(out, path)?;
            }
        }
    }
    if let Err(why) = report.explored {
        let left_out = format!("changes of the values, and their events: {why}");
        let columns = Columns(vec![Column::of(WORDS, 0)]);
        writeln!(
            out,
            "  {}",
            columns.line([
                ("not checked", Style::new().yellow()),
                (&left_out, Style::new()),
            ])
        )?;
    }
    writeln!(out)
}

fn write_property(
    out: &mut dyn Write,
    property: &PropertyReport,
    columns: &Columns,
) -> io::Result<()> {
    let line = |word: &str, style: Style| {
        let plain = Style::new();
        let (id, sentence) = (property.id.as_str(), property.sentence.as_str());
        let cells = [(word, style), (id, plain), (sentence, plain)];
        format!("  {}", columns.line(cells))
    };
    let (good, known, bad) = (
        Style::new().green(),
        Style::new().yellow(),
        Style::new().red().bold(),
    );
    match &property.outcome {
        check::Outcome::Holds => writeln!(out, "{}", line("holds", good)),
        check::Outcome::Witnessed(_) => writeln!(out, "{}", line("seen", good)),
        check::Outcome::Unseen => writeln!(out, "{}", line("unseen", bad)),
        check::Outcome::KnownCounterexample { path, reason } => {
            writeln!(out, "{}", line("fails, as known", known))?;
            writeln!(out, "      {}", reason.trim())?;
            write_path(out, path)
        }
        check::Outcome::Counterexample(path) => {
            writeln!(out, "{}", line("fails", bad))?;
            writeln!(out, "      see {}", property.spec)?;
            write_path(out, path)
        }
        check::Outcome::Gone { reason } => {
            writeln!(out, "{}", line("holds, but is listed", bad))?;
            writeln!(out, "      {}", reason.trim())
        }
    }
}

fn write_path(out: &mut dyn Write, path: &Path) -> io::Result<()> {
    for row in path.table.lines() {
        writeln!(out, "      {row}")?;
    }
    Ok(())
}
