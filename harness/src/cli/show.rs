//! `peerstate show`.

use std::io::Write;

use owo_colors::OwoColorize;
use peerstate_model::trace::{self, Around, Clock, Detail, Lanes, Trace};

use super::{CliError, Exit, judge};
use crate::terminal;

/// Shows a trace in lanes, one a peer, fit to the terminal.
///
/// A line says what changed: `connectionState new→connecting`, and in brackets what changed of the
/// transports. `+0 (new,new)` is a transport that was made, with its ICE and its DTLS state; `-0` is
/// one that is gone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: peerstate show traces/ice/cut-and-restore.jsonl --line 17 --context 5"
)]
pub(crate) struct Args {
    /// A trace file; `-` is standard input.
    trace: String,
    /// Show every entry with all that it reads, candidates and what did not change too.
    #[arg(long)]
    details: bool,
    /// Show what is around this line of the file alone.
    #[arg(long, value_name = "N")]
    line: Option<usize>,
    /// How many entries are shown before the line, and how many after it [default: 10].
    #[arg(long, value_name = "N", requires = "line")]
    context: Option<usize>,
    /// How many columns there are [default: those of the terminal, 120 without one].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    width: Option<u16>,
}

/// How many entries are shown before a line and after it.
const USUAL_CONTEXT: usize = 10;

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let trace = judge::read(&args.trace)?;
    let around = args.line.map(|line| around(&trace, line, args.context));
    let width = args.width.map_or_else(terminal::width, usize::from);
    let lanes = Lanes {
        width,
        detail: if args.details {
            Detail::All
        } else {
            Detail::States
        },
        around: around.transpose()?,
    };
    writeln!(out, "{}", trace::fit(&heading(&trace), width).bold())?;
    write!(out, "{}", trace.lanes(&lanes))?;
    Ok(Exit::Fine)
}

/// What is shown around a line, which must be that of an entry.
fn around(trace: &Trace, line: usize, context: Option<usize>) -> Result<Around, CliError> {
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
    Err(CliError::Usage(format!(
        "line {line} of the trace is not an entry: {lines}"
    )))
}

/// Who was watched, in what, and whose time it is.
fn heading(trace: &Trace) -> String {
    let header = &trace.header;
    let clock = match header.clock {
        Clock::Virtual => "virtual time",
        Clock::Real => "real time",
    };
    let name = &header.implementation.name;
    let version = &header.implementation.version;
    let scenario = header.scenario.as_ref();
    let scenario = scenario.map_or_else(String::new, |id| format!("{id}, "));
    format!("{name} {version}, {scenario}{clock}")
}
