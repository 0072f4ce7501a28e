//! A trace in lanes: the entries to show, and the heading.

pub mod human;

use peerstate_model::trace::{Around, Clock, Trace};

/// The number of entries to show before a line, and after it.
const USUAL_CONTEXT: usize = 10;

/// A line of the trace has no entry.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the trace is not an entry: {lines}")]
pub struct NoEntry {
    /// The line.
    pub line: usize,
    /// The lines that have one.
    pub lines: String,
}

/// Returns the entries around a line: `context` entries before and after it, or a default number.
///
/// # Errors
///
/// If the line has no entry.
pub fn around(trace: &Trace, line: usize, context: Option<usize>) -> Result<Around, NoEntry> {
    if trace.entries.iter().any(|entry| entry.line == line) {
        let context = context.unwrap_or(USUAL_CONTEXT);
        return Ok(Around { line, context });
    }
    let lines = match (trace.entries.first(), trace.entries.last()) {
        (Some(first), Some(last)) => {
            format!("its entries are the lines {} to {}", first.line, last.line)
        }
        _ => "it has a header and no entries".to_owned(),
    };
    Err(NoEntry { line, lines })
}

/// Returns the implementation, the scenario, and the kind of time.
fn heading(trace: &Trace) -> String {
    let header = &trace.header;
    let clock = clock(header.clock);
    let name = &header.implementation.name;
    let version = &header.implementation.version;
    let scenario = header.scenario.as_ref();
    let scenario = scenario.map_or_else(String::new, |id| format!("{id}, "));
    format!("{name} {version}, {scenario}{clock}")
}

/// Returns the kind of time, in words.
#[must_use]
pub const fn clock(clock: Clock) -> &'static str {
    match clock {
        Clock::Virtual => "virtual time",
        Clock::Real => "real time",
    }
}
