//! `peerstate convert`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use peerstate_model::input::names;
use peerstate_model::trace::Warning;

use super::{CliError, Exit};
use crate::input;
use crate::recordings;

/// Converts a dump of webrtc-internals or rtcstats into a trace.
///
/// The trace has the calls, events and states of each connection, and no descriptions, candidates or
/// statistics. Its header says what the dump can not show.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate convert webrtc_internals_dump.gz -o call.jsonl")]
pub(crate) struct Args {
    /// A dump or a trace; `-` is standard input.
    #[arg(value_name = "DUMP")]
    dump: String,
    /// The format of the file [default: found out].
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<recordings::Format>,
    /// The file to write [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let path = Path::new(&args.dump);
    let recording = recordings::open(path, args.from)?;
    let file = names::printable(&input::shown(path));
    for Warning { message, .. } in &recording.warnings {
        writeln!(anstream::stderr(), "{file}: warning: {message}")?;
    }
    let text = recording.trace.to_json_lines();
    match &args.output {
        Some(file) => fs::write(file, text)?,
        None => out.write_all(text.as_bytes())?,
    }
    Ok(Exit::Fine)
}
