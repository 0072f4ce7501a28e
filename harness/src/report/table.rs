//! Text in columns.

use std::io::{self, Write};

use peerstate_model::trace;

/// A table: a heading and rows. Each column is as wide as its widest cell; the last one is wrapped
/// to the width that there is.
#[derive(Debug)]
pub struct Table<const N: usize> {
    heading: [String; N],
    rows: Vec<Row<N>>,
}

#[derive(Debug)]
struct Row<const N: usize> {
    cells: [String; N],
    note: Option<String>,
}

impl<const N: usize> Table<N> {
    /// A table with a heading and no rows.
    #[must_use]
    pub fn new(heading: &[&str; N]) -> Self {
        Self {
            heading: heading.map(str::to_owned),
            rows: Vec::new(),
        }
    }

    /// Adds a row; below it, in the last column, a line that is there to be copied and therefore
    /// never broken.
    pub fn row(&mut self, cells: [String; N], note: Option<String>) {
        self.rows.push(Row { cells, note });
    }

    /// Writes it, every line behind `indent` spaces, within `width` columns. Columns of numbers are
    /// aligned to the right.
    ///
    /// # Errors
    ///
    /// When nothing can be written.
    pub fn write(&self, out: &mut dyn Write, indent: usize, width: usize) -> io::Result<()> {
        let widths: Vec<usize> = (0..N.saturating_sub(1))
            .map(|column| self.width(column))
            .collect();
        let before: usize = widths.iter().map(|width| width + BETWEEN.len()).sum();
        let room = width.saturating_sub(indent + before);
        let line = |cells: &[String; N]| -> String {
            let mut start = " ".repeat(indent);
            for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
                start += &if self.is_number(column) {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                };
                start += BETWEEN;
            }
            let last = cells.last().map_or("", String::as_str);
            let parts = trace::wrap(last, room);
            let blank = format!("\n{:before$}", "", before = indent + before);
            start + &parts.join(&blank)
        };
        writeln!(out, "{}", line(&self.heading))?;
        for row in &self.rows {
            writeln!(out, "{}", line(&row.cells))?;
            if let Some(note) = &row.note {
                writeln!(out, "{:before$}{note}", "", before = indent + before)?;
            }
        }
        Ok(())
    }

    fn width(&self, column: usize) -> usize {
        let rows = self.rows.iter().map(|row| &row.cells);
        let cells = rows
            .chain([&self.heading])
            .filter_map(|cells| cells.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }

    fn is_number(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.cells.get(column));
        cells.all(|cell| {
            cell.chars()
                .all(|c| c.is_ascii_digit() || c == '.' || c == '-')
        })
    }
}

const BETWEEN: &str = "  ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_is_wrapped_and_a_note_is_not() {
        let mut table = Table::new(&["places", "deviation"]);
        table.row(
            ["7".to_owned(), "one two three four".to_owned()],
            Some("a command that is long".to_owned()),
        );
        let mut out = Vec::new();
        table.write(&mut out, 2, 20).unwrap();
        let expected = "  places  deviation\n       7  one two\n            three\n            four\n          a command that is long\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
