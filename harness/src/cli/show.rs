//! `peerstate show`.

use std::io::Write;
use std::path::Path;

use peerstate_model::trace::{Detail, Lanes};

use super::{CliError, Exit, terminal};
use crate::input;
use crate::report::show::{around, human};

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

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let trace = input::trace(Path::new(&args.trace))?;
    let around = args.line.map(|line| around(&trace, line, args.context));
    let around = around.transpose();
    let lanes = Lanes {
        width: args.width.map_or_else(terminal::width, usize::from),
        detail: if args.details {
            Detail::All
        } else {
            Detail::States
        },
        around: around.map_err(|error| CliError::Usage(error.to_string()))?,
    };
    human::write(out, &trace, &lanes)?;
    Ok(Exit::Fine)
}
