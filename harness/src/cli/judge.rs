//! `peerstate judge`.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{CliError, Exit, Format, terminal};
use crate::editions::Named;
use crate::recordings;
use crate::report::finding::human::Shown;
use crate::report::judge::{JudgedTrace, human, json};
use crate::run::deviations::KnownDeviations;

/// Judges recorded traces, and dumps of webrtc-internals and rtcstats.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: peerstate judge traces/connect/*.jsonl --edition w3c-rec-2025-03-13"
)]
pub(crate) struct Args {
    /// Traces or dumps; `-` is standard input.
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<String>,
    /// The format of the files [default: found out].
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<recordings::Format>,
    /// The edition to judge by, or the file of a draft [default: repaired].
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// A list of known deviations, which do not count as violations.
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Show every place of a deviation (at most 20), not only the first.
    #[arg(long)]
    all: bool,
    /// Show whole states, not only what changed.
    #[arg(long)]
    details: bool,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let named = Named::find_or_default(args.edition.as_deref())?;
    let edition = &named.edition;
    let known = args.known.as_deref().map(KnownDeviations::read);
    let known = known.transpose()?;
    let (mut traces, mut refused) = (Vec::new(), Vec::new());
    for file in &args.traces {
        match recordings::open(Path::new(file), args.from) {
            Ok(recording) => traces.push((file, recording)),
            Err(problems) => refused.push(problems.to_string()),
        }
    }
    if !refused.is_empty() {
        return Err(CliError::Input(refused.join("\n")));
    }
    let judged: Vec<JudgedTrace> = traces
        .into_iter()
        .map(|(file, recording)| JudgedTrace::of(file, recording, edition, known.as_ref()))
        .collect();
    human::write_warnings(&mut anstream::stderr(), &judged)?;
    match args.format {
        Format::Json => json::write(out, &edition.id, &judged)?,
        Format::Human => {
            let shown = Shown {
                all: args.all,
                details: args.details,
                width: terminal::width(),
                lanes: true,
            };
            human::write(out, &edition.id, &judged, shown)?;
        }
    }
    Ok(Exit::of(judged.iter().all(JudgedTrace::is_as_expected)))
}
