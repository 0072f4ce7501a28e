//! Problems in a file, each with the place where it was found.

use std::fmt;

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
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
    /// One line a problem: `file:line:column: what is wrong`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Located { position, problem }) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            match position {
                Some(position) => write!(f, "{}:{position}: {problem}", self.file)?,
                None => write!(f, "{}: {problem}", self.file)?,
            }
        }
        Ok(())
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for Refused<E> {}
