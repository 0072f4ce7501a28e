//! `peerstate adapter`.

use std::io::{self, Write};
use std::time::Duration;

use clap::Subcommand;

use super::{CliError, Exit};
use crate::adapter::check::{Exercised, Outcome, check};
use crate::adapter::serve::serve;
use crate::adapter::{Adapter, CommandLine, DEFAULT_TIMEOUT};
use crate::implementations;

/// Checks an adapter's protocol, or serves an implementation by it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Exercises an adapter and names each mistake.
    #[command(after_help = "Example: peerstate adapter check 'python3 adapter.py'")]
    Check {
        /// The command that starts the adapter.
        command: String,
        /// How long the adapter may take to answer, in seconds.
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        timeout: Option<Duration>,
    },
    /// Serves an implementation of this harness on standard input and output, as an adapter does.
    #[command(after_help = "Example: peerstate run --adapter 'peerstate adapter serve rtc'")]
    Serve {
        /// The implementation.
        #[arg(value_name = "NAME")]
        implementation: String,
    },
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    match &args.verb {
        Verb::Check { command, timeout } => {
            let command = CommandLine::parse(command)?;
            let mut written = Ok(());
            let all = check(&command, timeout.unwrap_or(DEFAULT_TIMEOUT), |exercised| {
                if written.is_ok() {
                    written = write_exercised(out, exercised);
                }
            })?;
            written?;
            let count =
                |is: fn(&Outcome) -> bool| all.iter().filter(|one| is(&one.outcome)).count();
            let mistakes = count(|outcome| matches!(outcome, Outcome::Mistake(_)));
            let passed = count(|outcome| *outcome == Outcome::Passed);
            let skipped = all.len() - passed - mistakes;
            writeln!(
                out,
                "\n{passed} passed, {mistakes} mistakes, {skipped} not there"
            )?;
            if mistakes > 0 {
                writeln!(out, "The protocol: docs/adapters.md")?;
                return Ok(Exit::Violation);
            }
            writeln!(out, "\nNext: peerstate run --adapter '{}'", command.shown())?;
            Ok(Exit::Fine)
        }
        Verb::Serve { implementation } => {
            let implementation = implementations::find(implementation)?;
            let served = serve(implementation.as_ref(), io::stdin().lock(), out);
            served.map_err(|error| CliError::Usage(error.to_string()))?;
            Ok(Exit::Fine)
        }
    }
}

/// The adapter of a command.
pub(super) fn open(command: &str, timeout: Option<Duration>) -> Result<Adapter, CliError> {
    let command = CommandLine::parse(command)?;
    Ok(Adapter::open(command, timeout.unwrap_or(DEFAULT_TIMEOUT))?)
}

/// Reads a number of seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds: &f64| *seconds > 0.0);
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "expected a number of seconds above 0, such as `30`".to_owned())
}

fn write_exercised(out: &mut impl Write, exercised: &Exercised) -> io::Result<()> {
    let (word, more) = match &exercised.outcome {
        Outcome::Passed => ("pass    ", None),
        Outcome::Mistake(what) => ("MISTAKE ", Some(what)),
        Outcome::Skipped(why) => ("lacks   ", Some(why)),
    };
    writeln!(out, "{word}  {}", exercised.must)?;
    for line in more.iter().flat_map(|more| more.lines()) {
        writeln!(out, "            {line}")?;
    }
    out.flush()
}
