//! `peerstate show`.

use std::io::Write;
use std::path::Path;

use peerstate_model::trace::{Detail, Lanes};

use super::{CliError, Exit, terminal};
use crate::recordings;
use crate::report::show::{around, human};

/// Shows a trace, or a dump as a trace, in lanes, one for each peer, fitted to the terminal.
///
/// A line shows what changed: `connectionState new→connecting`, then in brackets the changes of the
/// transports. `+0 (new,new)` is a new transport with its ICE and its DTLS state; `-0` is one that
/// is gone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: peerstate show traces/ice/cut-and-restore.jsonl --line 17 --context 5"
)]
pub(crate) struct Args {
    /// A trace or a dump; `-` is standard input.
    trace: String,
    /// The format of the file [default: found out].
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<recordings::Format>,
    /// Show every entry with everything that it reads, including candidates and what did not
    /// change.
    #[arg(long)]
    details: bool,
    /// Show only the entries around this line of the trace.
    #[arg(long, value_name = "N")]
    line: Option<usize>,
    /// The number of entries to show before the line, and after it [default: 10].
    #[arg(long, value_name = "N", requires = "line")]
    context: Option<usize>,
    /// The number of columns [default: those of the terminal, or 120 without a terminal].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    width: Option<u16>,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let trace = recordings::open(Path::new(&args.trace), args.from)?.trace;
    let around = args.line.map(|line| around(&trace, line, args.context));
    let around = around.transpose();
    let lanes = Lanes {
        width: args.width.map_or_else(terminal::width, usize::from),
        detail: if args.details {
            Detail::All
        } else {
            Detail::States
        },
        around: around.map_err(CliError::usage)?,
    };
    human::write(out, &trace, &lanes)?;
    Ok(Exit::Fine)
}
