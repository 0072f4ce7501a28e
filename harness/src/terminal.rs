//! The terminal that the output goes to.

use std::io;

use terminal_size::{Width, terminal_size_of};

/// The columns of output that goes to no terminal.
const USUAL_WIDTH: usize = 120;

/// How many columns standard output has.
pub(crate) fn width() -> usize {
    match terminal_size_of(io::stdout()) {
        // A terminal that does not know its size says zero.
        Some((Width(columns), _)) if columns > 0 => usize::from(columns),
        _ => USUAL_WIDTH,
    }
}
