//! Problems in a file, each with the place where it was found.

use std::fmt;

use crate::input::names::printable;

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl Position {
    /// The place after a text: after its last line break, of any kind.
    #[must_use]
    pub fn behind(text: &str) -> Self {
        let mut position = Self { line: 1, column: 1 };
        let mut after_return = false;
        for character in text.chars() {
            match character {
                // The second half of one break.
                '\n' if after_return => {}
                '\n' | '\r' => {
                    position.line += 1;
                    position.column = 1;
                }
                _ => position.column += 1,
            }
            after_return = character == '\r';
        }
        position
    }

    /// The place of the first byte that is not UTF-8.
    #[must_use]
    pub fn of_bytes(bytes: &[u8], error: &std::str::Utf8Error) -> Self {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        Self::behind(&String::from_utf8_lossy(before))
    }

    /// The place of a problem of JSON, and the problem without its place. The text begins on a line.
    #[must_use]
    pub fn of_json(error: &serde_json::Error, line: usize) -> (Self, String) {
        let position = Self {
            line: line + error.line().saturating_sub(1),
            column: error.column().max(1),
        };
        let mut message = error.to_string();
        message.truncate(message.rfind(" at line ").unwrap_or(message.len()));
        (position, message)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A problem and where it is; `None` where it concerns the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<E> {
    /// Where it is.
    pub position: Option<Position>,
    /// What is wrong.
    pub problem: E,
}

/// A text that was not accepted, with every problem found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused<E> {
    /// The file, or another name for where the text came from (`standard input`).
    pub file: String,
    /// The problems, at least one, in the order of the text.
    pub problems: Vec<Located<E>>,
}

impl<E> Refused<E> {
    /// A text refused for one problem.
    pub fn one(file: &str, position: Option<Position>, problem: E) -> Self {
        Self {
            file: file.to_owned(),
            problems: vec![Located { position, problem }],
        }
    }
}

impl<E> Refused<E> {
    /// The same refusal, its problems among those of a wider kind.
    #[must_use]
    pub fn into_wider<F: From<E>>(self) -> Refused<F> {
        let widen = |Located { position, problem }| Located {
            position,
            problem: F::from(problem),
        };
        Refused {
            file: self.file,
            problems: self.problems.into_iter().map(widen).collect(),
        }
    }
}

impl<E: fmt::Display> fmt::Display for Refused<E> {
    /// One line for each problem: `file:line:column: what is wrong`. The text that a problem
    /// repeats from the file may be anything, so all of it is made fit to print here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = printable(&self.file);
        for (index, Located { position, problem }) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let problem = printable(&problem.to_string());
            match position {
                Some(position) => write!(f, "{file}:{position}: {problem}")?,
                None => write!(f, "{file}: {problem}")?,
            }
        }
        Ok(())
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for Refused<E> {}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", "1:1")]
    #[case("ab", "1:3")]
    #[case("a\nü", "2:2")]
    #[case("a\r\nb", "2:2")]
    #[case("a\rb", "2:2")]
    #[case("a\n\r\n", "3:1")]
    fn a_place_follows_from_the_text_before_it(#[case] text: &str, #[case] place: &str) {
        assert_eq!(Position::behind(text).to_string(), place);
    }

    #[test]
    fn a_refusal_is_one_line_a_problem_whatever_the_file_is_called() {
        let position = Some(Position { line: 3, column: 5 });
        let refused = Refused::one("a\n\u{1b}[2J.yaml", position, "no `x\ny`");
        assert_eq!(refused.to_string(), "a\\n\\u{1b}[2J.yaml:3:5: no `x\\ny`");
    }
}
