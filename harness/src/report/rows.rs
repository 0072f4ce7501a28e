//! The rows of a reading, for people: the row that gives the value of a combination, and why the
//! others do not.

use std::io::{self, Write};

use owo_colors::Style;
use peerstate_model::editions::{Facts, Mode, Predicate, Reading};
use peerstate_model::states::StateEnum;

use super::table::{Column, Columns};

/// The width of the widest value of either enum, so that the rows of both are aligned.
const WIDEST_VALUE: usize = "disconnected".len();

/// Writes each row of a reading: whether it applies, and which part of it does not.
///
/// # Errors
///
/// If the output can not be written.
pub(super) fn write_rows<S: StateEnum>(
    out: &mut dyn Write,
    reading: &Reading<S>,
    facts: Facts,
    indent: &str,
) -> io::Result<()> {
    let holding = reading.holding(&facts);
    let mut decided = false;
    let values = S::ALL.iter().map(|value| value.as_str());
    let columns = Columns(vec![
        Column::of(["applies"], 0),
        Column::of(values, WIDEST_VALUE),
    ]);
    for row in &reading.rows {
        let holds = row.predicate.holds(&facts, reading.vacuous_all);
        let last = row.predicate == Predicate::Otherwise;
        let word = match (holds, decided) {
            (true, false) => "applies",
            // It covers what remains, and nothing remains.
            (true, true) if last => "not",
            (true, true) => "would",
            (false, _) => "not",
        };
        decided |= holds && reading.mode == Mode::FirstMatch;
        let value = row.value.as_str();
        let failing = row.predicate.failing(&facts, reading.vacuous_all);
        let why = if failing.is_empty() || failing == [&row.predicate] {
            String::new()
        } else {
            let failing: Vec<String> = failing.iter().map(ToString::to_string).collect();
            format!(" (false: {})", failing.join("; "))
        };
        let text = format!("{}{why}", row.predicate);
        let style = if holding.contains(row.value) {
            Style::new().green()
        } else {
            Style::new()
        };
        let cells = [(word, style), (value, Style::new()), (&text, Style::new())];
        writeln!(out, "{indent}{}", columns.line(cells))?;
    }
    Ok(())
}
