//! The terminal that the output goes to.

use std::io;

use terminal_size::{Width, terminal_size_of};

/// The number of columns if the output does not go to a terminal.
const USUAL_WIDTH: usize = 120;

/// Returns the number of columns of standard output.
pub(crate) fn width() -> usize {
    columns().unwrap_or(USUAL_WIDTH)
}

/// Returns the number of columns of the terminal, if standard output goes to one.
pub(crate) fn columns() -> Option<usize> {
    let (Width(columns), _) = terminal_size_of(io::stdout())?;
    // A terminal that does not know its size reports zero.
    Some(usize::from(columns)).filter(|columns| *columns > 0)
}
