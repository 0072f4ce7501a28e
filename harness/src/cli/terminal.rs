//! The terminal that the output goes to.

use std::io;

use terminal_size::{Width, terminal_size_of};

/// The columns of output that goes to no terminal.
const USUAL_WIDTH: usize = 120;

/// How many columns standard output has.
pub(crate) fn width() -> usize {
    columns().unwrap_or(USUAL_WIDTH)
}

/// How many columns the terminal has that standard output goes to, if it goes to one.
pub(crate) fn columns() -> Option<usize> {
    let (Width(columns), _) = terminal_size_of(io::stdout())?;
    // A terminal that does not know its size says zero.
    Some(usize::from(columns)).filter(|columns| *columns > 0)
}
