//! A trace in lanes, for people.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::trace::{self, Lanes, Trace};

use super::heading;

/// Writes a heading and the lanes.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, trace: &Trace, lanes: &Lanes) -> io::Result<()> {
    writeln!(out, "{}", trace::fit(&heading(trace), lanes.width).bold())?;
    write!(out, "{}", trace.lanes(lanes))
}
