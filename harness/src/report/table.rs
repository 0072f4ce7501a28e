//! Text in columns, for people: single lines, and whole tables.

use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use peerstate_model::trace;

/// The text between two columns.
const BETWEEN: &str = "  ";

/// A column with a width in characters; a wider cell makes its line longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A column of words.
    Left(usize),
    /// A column of numbers, aligned to the right.
    Right(usize),
}

impl Column {
    /// Returns a column of words, as wide as the widest word and at least `least` wide.
    pub fn of<'c>(cells: impl IntoIterator<Item = &'c str>, least: usize) -> Self {
        let widths = cells.into_iter().map(|cell| cell.chars().count());
        Self::Left(widths.max().unwrap_or(0).max(least))
    }

    const fn width(self) -> usize {
        match self {
            Self::Left(width) | Self::Right(width) => width,
        }
    }
}

/// Columns whose widths are known before the first line is written. The last cell of a line needs
/// no column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(pub Vec<Column>);

impl Columns {
    /// Returns a line, without its line break, from cells with a style each. Lines do not end with
    /// spaces.
    pub fn line<C: AsRef<str>>(&self, cells: impl IntoIterator<Item = (C, Style)>) -> String {
        let mut line = Line::behind(0);
        let columns = self.0.iter().copied().chain([Column::Left(0)]);
        for ((cell, style), column) in cells.into_iter().zip(columns) {
            line.push(cell.as_ref(), style, column);
        }
        line.text
    }

    /// Returns a line from cells without a style.
    pub fn plain<C: AsRef<str>>(&self, cells: impl IntoIterator<Item = C>) -> String {
        self.line(cells.into_iter().map(|cell| (cell, Style::new())))
    }
}

/// A line under construction. A style applies only to the text, and spaces are written once text
/// follows.
struct Line {
    text: String,
    spaces: usize,
}

impl Line {
    const fn behind(indent: usize) -> Self {
        Self {
            text: String::new(),
            spaces: indent,
        }
    }

    fn push(&mut self, cell: &str, style: Style, column: Column) {
        let missing = column.width().saturating_sub(cell.chars().count());
        if cell.is_empty() {
            self.spaces += missing + BETWEEN.len();
            return;
        }
        let (left, right) = match column {
            Column::Left(_) => (0, missing),
            Column::Right(_) => (missing, 0),
        };
        self.text.push_str(&" ".repeat(self.spaces + left));
        self.text.push_str(&cell.style(style).to_string());
        self.spaces = right + BETWEEN.len();
    }
}

/// A table: a heading and rows. Each column is as wide as its widest cell; the last one is wrapped
/// to the available width. A cell wider than the limit of its column has a separate line, and the
/// rest of its row is on the next.
#[derive(Debug)]
pub struct Table<const N: usize> {
    limits: [usize; N],
    /// The heading comes first.
    rows: Vec<Row<N>>,
}

#[derive(Debug)]
struct Row<const N: usize> {
    cells: [(String, Style); N],
    note: Option<String>,
}

impl<const N: usize> Table<N> {
    /// Returns a table with a heading and no rows.
    #[must_use]
    pub fn new(heading: &[&str; N]) -> Self {
        let mut table = Self {
            limits: [usize::MAX; N],
            rows: Vec::new(),
        };
        table.row(heading.map(str::to_owned), None);
        table
    }

    /// Returns the table with a limit for the width of each column.
    #[must_use]
    pub fn limited(mut self, limits: [usize; N]) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a row. Below it, in the last column, is a line for copying, which is never wrapped.
    pub fn row(&mut self, cells: [String; N], note: Option<String>) {
        let cells = cells.map(|cell| (cell, Style::new()));
        self.rows.push(Row { cells, note });
    }

    /// Adds a row of cells with a style each.
    pub fn styled(&mut self, cells: [(String, Style); N]) {
        self.rows.push(Row { cells, note: None });
    }

    /// Writes the table within `width` columns, with every line indented by `indent` spaces.
    /// Columns of numbers are aligned to the right.
    ///
    /// # Errors
    ///
    /// If the output can not be written.
    pub fn write(&self, out: &mut dyn Write, indent: usize, width: usize) -> io::Result<()> {
        let columns: Vec<Column> = (0..N.saturating_sub(1))
            .map(|column| self.column(column))
            .collect();
        let widths = columns.iter().map(|column| column.width());
        let before: usize = widths.map(|width| width + BETWEEN.len()).sum();
        let margin = " ".repeat(indent + before);
        let room = width.saturating_sub(indent + before);
        for Row { cells, note } in &self.rows {
            let mut line = Line::behind(indent);
            let mut before = indent;
            for ((cell, style), column) in cells.iter().zip(&columns) {
                before += column.width() + BETWEEN.len();
                line.push(cell, *style, *column);
                if cell.chars().count() > column.width() {
                    line.text.push('\n');
                    line.spaces = before;
                }
            }
            if let Some((cell, style)) = cells.last().filter(|(cell, _)| !cell.is_empty()) {
                let parts = trace::wrap(cell, room);
                let parts: Vec<_> = parts.iter().map(|p| p.style(*style).to_string()).collect();
                line.text.push_str(&" ".repeat(line.spaces));
                line.text.push_str(&parts.join(&format!("\n{margin}")));
            }
            writeln!(out, "{}", line.text)?;
            if let Some(note) = note {
                writeln!(out, "{margin}{note}")?;
            }
        }
        Ok(())
    }

    fn column(&self, column: usize) -> Column {
        let cells = self.rows.iter().filter_map(|row| row.cells.get(column));
        let widths = cells.map(|(cell, _)| cell.chars().count());
        let within = widths.filter(|width| *width <= self.limits[column]);
        let width = within.max().unwrap_or(0);
        if self.is_of_numbers(column) {
            Column::Right(width)
        } else {
            Column::Left(width)
        }
    }

    /// Returns whether a column has only numbers, with or without a unit.
    fn is_of_numbers(&self, column: usize) -> bool {
        let rows = self.rows.iter().skip(1);
        let mut cells = rows.filter_map(|row| row.cells.get(column));
        cells.all(|(cell, _)| {
            let number = cell.strip_suffix(" s").unwrap_or(cell);
            number
                .chars()
                .all(|c| c.is_ascii_digit() || c == '.' || c == '-')
        })
    }
}

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
        let text = String::from_utf8(out).unwrap();
        let expected = "  places  deviation\n       7  one two\n            three\n            four\n          a command that is long\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_cell_beyond_its_limit_has_a_line_of_its_own() {
        let mut table = Table::new(&["a", "name", "b"]).limited([9, 5, 9]);
        for name in ["short", "too long"] {
            table.row(["x", name, "y"].map(str::to_owned), None);
        }
        let mut out = Vec::new();
        table.write(&mut out, 2, 80).unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = "  a  name   b\n  x  short  y\n  x  too long\n            y\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn columns_are_aligned_whatever_their_style() {
        let mut table = Table::new(&["a", "time", "b"]);
        table.row(["long".to_owned(), "1.5 s".to_owned(), String::new()], None);
        let styled = ["x", "12 s", "y"].map(|cell| (cell.to_owned(), Style::new().red()));
        table.styled(styled);
        let mut out = Vec::new();
        table.write(&mut out, 2, 80).unwrap();
        let text = String::from_utf8(out).unwrap();
        let plain = anstream::adapter::strip_str(&text).to_string();
        assert_ne!(plain, text);
        assert_eq!(plain, "  a      time  b\n  long  1.5 s\n  x      12 s  y\n");
    }

    #[test]
    fn columns_leave_no_spaces_at_the_end_and_give_way_to_a_wide_cell() {
        let columns = Columns(vec![Column::of(["a", "known"], 3), Column::Right(3)]);
        assert_eq!(columns.plain(["a", "7", "last"]), "a        7  last");
        assert_eq!(columns.plain(["unlisted", "", "x"]), "unlisted       x");
        assert_eq!(columns.plain(["a", "7", ""]), "a        7");
        let styled = columns.line([("a", Style::new().red()), ("7", Style::new())]);
        assert_ne!(styled, columns.plain(["a", "7"]));
        let plain = anstream::adapter::strip_str(&styled).to_string();
        assert_eq!(plain, columns.plain(["a", "7"]));
    }
}
