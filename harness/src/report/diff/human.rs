//! How editions differ, for people.

use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use peerstate_model::editions::Defined;
use peerstate_model::input::names::printable;
use peerstate_model::lint::Group;

use super::{Beside, COUNTED_TRANSPORTS, Comparison, Matrix};
use crate::report::table::{Column, Columns};

/// Writes a group for each pair of values, with the clauses that give them.
///
/// # Errors
///
/// If the output can not be written.
pub fn write<S: Defined>(out: &mut dyn Write, comparison: &Comparison<'_, S>) -> io::Result<()> {
    let (a, b) = (comparison.a.0, comparison.b.0);
    writeln!(
        out,
        "{} of {} and {}: {} combinations of up to {COUNTED_TRANSPORTS} transports differ",
        S::NAME,
        a.shown().bold(),
        b.shown().bold(),
        comparison.difference.combinations
    )?;
    let (open, closed) = (&comparison.difference.groups, &comparison.difference.closed);
    let open = open.iter().map(|group| {
        let number = group.combinations;
        (group, format!("{number} combinations"))
    });
    let closed = closed.iter();
    let closed = closed.map(|group| (group, "on a closed connection".to_owned()));
    for (group, which) in open.chain(closed) {
        writeln!(out)?;
        writeln!(
            out,
            "  {} -> {}  {which}, such as {}",
            group.a, group.b, group.example
        )?;
        write_rows(out, comparison, group)?;
    }
    let beside = comparison.beside();
    if !beside.is_empty() {
        writeln!(out, "\n  Other differences:")?;
    }
    for Beside { what, a, b } in &beside {
        let said =
            |said: &Option<String>| said.as_deref().map_or_else(|| "-".to_owned(), printable);
        writeln!(out, "    {what}")?;
        writeln!(out, "      {}: {}", comparison.a.0.shown(), said(a))?;
        writeln!(out, "      {}: {}", comparison.b.0.shown(), said(b))?;
    }
    Ok(())
}

/// Writes a table with a row and a column for each edition.
///
/// # Errors
///
/// If the output can not be written.
pub fn write_matrix(out: &mut dyn Write, matrix: &Matrix) -> io::Result<()> {
    writeln!(
        out,
        "{}: number of combinations of up to {COUNTED_TRANSPORTS} transports on which editions differ\n",
        matrix.of.bold()
    )?;
    let numbers: Vec<String> = (1..=matrix.editions.len()).map(|n| n.to_string()).collect();
    let names: Vec<String> = matrix.editions.iter().map(|id| printable(id)).collect();
    let cells = matrix.combinations.iter().flatten().copied();
    let widest = cells.max().unwrap_or(0).max(numbers.len());
    let cell = Column::Right(widest.to_string().len());
    let mut columns = vec![
        Column::Right(numbers.len().to_string().len()),
        Column::of(names.iter().map(String::as_str), 0),
    ];
    columns.extend(numbers.iter().map(|_| cell));
    let columns = Columns(columns);
    let heading = [String::new(), String::new()]
        .into_iter()
        .chain(numbers.clone());
    writeln!(out, "{}", columns.plain(heading))?;
    let rows = numbers.into_iter().zip(names).zip(&matrix.combinations);
    for (place, ((number, name), row)) in rows.enumerate() {
        let cells = row.iter().enumerate().map(|(column, count)| match count {
            _ if column == place => ("-".to_owned(), Style::new()),
            0 => ("0".to_owned(), Style::new().green()),
            count => (count.to_string(), Style::new()),
        });
        let about = [(number, Style::new()), (name, Style::new())];
        writeln!(out, "{}", columns.line(about.into_iter().chain(cells)))?;
    }
    writeln!(
        out,
        "\nNext: peerstate diff A B shows how two of them differ."
    )
}

/// Writes the clauses that give the values of a group.
fn write_rows<S: Defined>(
    out: &mut dyn Write,
    comparison: &Comparison<'_, S>,
    group: &Group<S>,
) -> io::Result<()> {
    for ((of, reading), values) in [(comparison.a, group.a), (comparison.b, group.b)] {
        for row in reading.rows.iter().filter(|row| values.contains(row.value)) {
            let (name, value) = (of.shown(), row.value);
            writeln!(out, "    {name}: {value} if {}", row.predicate)?;
        }
    }
    Ok(())
}
