//! Text in columns.

use std::io::{self, Write};

use owo_colors::{OwoColorize, Style};
use peerstate_model::trace;

/// What is between two columns.
const BETWEEN: &str = "  ";

/// A table: a heading and rows. Each column is as wide as its widest cell; the last one is wrapped
/// to the width that there is. A cell beyond the limit of its column has a line of its own, and what
/// follows in its row is on the next.
#[derive(Debug)]
pub struct Table<const N: usize> {
    limits: [usize; N],
    /// The heading first.
    rows: Vec<Row<N>>,
}

#[derive(Debug)]
struct Row<const N: usize> {
    cells: [(String, Style); N],
    note: Option<String>,
}

impl<const N: usize> Table<N> {
    /// A table with a heading and no rows.
    #[must_use]
    pub fn new(heading: &[&str; N]) -> Self {
        let mut table = Self {
            limits: [usize::MAX; N],
            rows: Vec::new(),
        };
        table.row(heading.map(str::to_owned), None);
        table
    }

    /// The table, with a limit to the width of each column.
    #[must_use]
    pub fn limited(mut self, limits: [usize; N]) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a row; below it, in the last column, a line that is there to be copied and therefore
    /// never broken.
    pub fn row(&mut self, cells: [String; N], note: Option<String>) {
        let cells = cells.map(|cell| (cell, Style::new()));
        self.rows.push(Row { cells, note });
    }

    /// Adds a row whose cells have a style each.
    pub fn styled(&mut self, cells: [(String, Style); N]) {
        self.rows.push(Row { cells, note: None });
    }

    /// Writes it, every line behind `indent` spaces, within `width` columns. Columns of numbers are
    /// aligned to the right.
    ///
    /// # Errors
    ///
    /// When nothing can be written.
    pub fn write(&self, out: &mut dyn Write, indent: usize, width: usize) -> io::Result<()> {
        let columns = 0..N.saturating_sub(1);
        let widths: Vec<usize> = columns.clone().map(|column| self.width(column)).collect();
        let numbers: Vec<bool> = columns.map(|column| self.is_of_numbers(column)).collect();
        let before: usize = widths.iter().map(|width| width + BETWEEN.len()).sum();
        let margin = " ".repeat(indent + before);
        let room = width.saturating_sub(indent + before);
        for Row { cells, note } in &self.rows {
            // A style goes around the text alone, and spaces are written once text follows, so that
            // no line ends with them.
            let mut line = String::new();
            let mut spaces = indent;
            let mut before = indent;
            for ((cell, style), (width, number)) in cells.iter().zip(widths.iter().zip(&numbers)) {
                before += width + BETWEEN.len();
                let missing = width.saturating_sub(cell.chars().count());
                if cell.is_empty() {
                    spaces += missing + BETWEEN.len();
                    continue;
                }
                let (left, right) = if *number { (missing, 0) } else { (0, missing) };
                line.push_str(&" ".repeat(spaces + left));
                line.push_str(&cell.style(*style).to_string());
                spaces = right + BETWEEN.len();
                if cell.chars().count() > *width {
                    line.push('\n');
                    spaces = before;
                }
            }
            if let Some((cell, style)) = cells.last().filter(|(cell, _)| !cell.is_empty()) {
                line.push_str(&" ".repeat(spaces));
                let parts = trace::wrap(cell, room);
                let parts: Vec<_> = parts.iter().map(|p| p.style(*style).to_string()).collect();
                line.push_str(&parts.join(&format!("\n{margin}")));
            }
            writeln!(out, "{line}")?;
            if let Some(note) = note {
                writeln!(out, "{margin}{note}")?;
            }
        }
        Ok(())
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.cells.get(column));
        let widths = cells.map(|(cell, _)| cell.chars().count());
        let within = widths.filter(|width| *width <= self.limits[column]);
        within.max().unwrap_or(0)
    }

    /// Whether a column holds numbers alone, perhaps with a unit behind each.
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

/// A text cut to a number of columns, with `…` where it was cut.
#[must_use]
pub fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    match columns.checked_sub(1) {
        None => String::new(),
        Some(kept) => {
            let kept: String = text.chars().take(kept).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("connected", 9, "connected")]
    #[case("connected", 8, "connect…")]
    #[case("is connected", 4, "is…")]
    #[case("connected", 1, "…")]
    #[case("connected", 0, "")]
    fn a_text_is_cut_to_its_columns(#[case] text: &str, #[case] columns: usize, #[case] cut: &str) {
        assert_eq!(super::cut(text, columns), cut);
    }

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
}
