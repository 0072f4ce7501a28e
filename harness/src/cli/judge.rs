//! `peerstate judge`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use peerstate_model::input::names;
use peerstate_model::rules::{self, Outcome};
use peerstate_model::trace::{self, Trace};

use super::{CliError, Exit, Format, edition, run};
use crate::input;
use crate::report::finding::Shown;
use crate::report::judge::{JudgedTrace, report, write};
use crate::run::deviations::KnownDeviations;
use crate::run::verdict::match_known;
use crate::terminal;

/// Judges recorded traces.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: peerstate judge traces/connect/*.jsonl --edition w3c-rec-2025-03-13"
)]
pub(crate) struct Args {
    /// Trace files; `-` is standard input.
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<String>,
    /// The edition to judge by, or the file of a draft [default: repaired].
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// A list of known deviations, which do not count.
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Show every place of a deviation (20 at the most), and not only the first.
    #[arg(long)]
    all: bool,
    /// Show whole states, and not only what changed.
    #[arg(long)]
    details: bool,
    /// How to report.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let named = edition(args.edition.as_deref())?;
    let edition = &named.edition;
    let known = args.known.as_deref().map(run::read_known).transpose()?;
    let (mut traces, mut refused) = (Vec::new(), Vec::new());
    for file in &args.traces {
        match read(file) {
            Ok(trace) => traces.push((file, trace)),
            Err(problems) => refused.push(problems.to_string()),
        }
    }
    if !refused.is_empty() {
        return Err(CliError::Input(refused.join("\n")));
    }
    let judged: Vec<JudgedTrace> = traces
        .into_iter()
        .map(|(file, trace)| judge(file, trace, edition, known.as_ref()))
        .collect();
    for one in &judged {
        for warning in one.trace.warnings() {
            let file = names::printable(&input::shown(Path::new(&one.file)));
            let line = warning.line;
            writeln!(
                anstream::stderr(),
                "{file}:{line}: warning: {}",
                warning.message
            )?;
        }
    }
    match args.format {
        Format::Json => {
            let report = report(&edition.id, &judged);
            serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Human => {
            let shown = Shown {
                all: args.all,
                details: args.details,
                width: terminal::width(),
                lanes: true,
            };
            write(out, &edition.id, &judged, shown)?;
        }
    }
    let is_fine = |one: &JudgedTrace| match one.verdict.outcome {
        Outcome::Conforms => true,
        Outcome::Violates => !one.has_unknown(),
        // A trace of which nothing could be judged is not a success.
        Outcome::Inconclusive => false,
    };
    Ok(if judged.iter().all(is_fine) {
        Exit::Fine
    } else {
        Exit::Violation
    })
}

fn judge(
    file: &str,
    trace: Trace,
    edition: &peerstate_model::editions::Edition,
    known: Option<&KnownDeviations>,
) -> JudgedTrace {
    let verdict = rules::judge(&trace, edition);
    let scenario = trace.header.scenario.clone().unwrap_or_default();
    let implementation = &trace.header.implementation.name;
    let known = known.filter(|known| known.is_of(implementation));
    let known = known.map(|known| {
        let matched = match_known(known, &scenario, verdict.findings.clone());
        matched.iter().map(|(_, known)| known.is_some()).collect()
    });
    JudgedTrace {
        file: file.to_owned(),
        trace,
        verdict,
        known,
    }
}

/// Reads a trace, and no more of the file than a trace may have.
pub(super) fn read(file: &str) -> Result<Trace, CliError> {
    let path = Path::new(file);
    let bytes = input::bytes(path, input::Format::Trace)?;
    Ok(trace::read(&input::shown(path), &bytes)?)
}
