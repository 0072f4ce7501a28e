//! `peerstate adapter`.

use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use peerstate_model::input::words::Word;

use super::{CliError, Exit, signals};
use crate::adapter::browser::{self, Kind, Options};
use crate::adapter::check::{Exercised, Outcome, check};
use crate::adapter::serve::serve;
use crate::adapter::{
    Adapter, AdapterError, CommandLine, DEFAULT_TIMEOUT, Joined, NotJoined, end_all,
};
use crate::implementation::Implementation;
use crate::implementations;
#[cfg(feature = "webrtc-rs-tokio")]
use crate::implementations::webrtc_rs::real;

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
    /// Serves a browser: the peers are those of a page in it.
    #[command(
        after_help = "Example: peerstate run --adapter 'peerstate adapter browser chromium' --jobs 10"
    )]
    Browser {
        /// The browser.
        #[arg(value_parser = browser_kind)]
        browser: Kind,
        /// The browser's program, unless it is the one that is installed.
        #[arg(long, value_name = "PATH")]
        binary: Option<PathBuf>,
        /// Show the browser's window.
        #[arg(long)]
        headful: bool,
    },
    /// Serves the crate `webrtc` on tokio, with real sockets and the wall clock.
    #[cfg(feature = "webrtc-rs-tokio")]
    #[command(name = "webrtc-rs")]
    #[command(after_help = "Example: peerstate run --impl webrtc-rs-tokio --jobs 16")]
    WebrtcRs,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    match &args.verb {
        Verb::Check { command, timeout } => {
            signals::before_the_end(end_all)?;
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
            served.map_err(CliError::usage)?;
            Ok(Exit::Fine)
        }
        Verb::Browser {
            browser: kind,
            binary,
            headful,
        } => {
            let options = Options {
                kind: *kind,
                binary: binary.clone(),
                headful: *headful,
            };
            let requests_to_end = signals::requests_to_end()?;
            browser::serve(&options, BufReader::new(io::stdin()), requests_to_end, out)?;
            Ok(Exit::Fine)
        }
        #[cfg(feature = "webrtc-rs-tokio")]
        Verb::WebrtcRs => {
            let served = real::serve(io::stdin().lock(), io::stdout());
            served.map_err(CliError::usage)?;
            Ok(Exit::Fine)
        }
    }
}

/// The implementation under test: one of this harness, or that of an adapter, or one for each of
/// several peers.
pub(super) fn implementation(
    name: &str,
    commands: &[String],
    timeout: Option<Duration>,
) -> Result<Box<dyn Implementation>, CliError> {
    signals::before_the_end(end_all)?;
    let timeout = timeout.unwrap_or(DEFAULT_TIMEOUT);
    if let [command] = commands
        && of_peer(command).is_none()
    {
        let command = CommandLine::parse(command)?;
        return Ok(Box::new(Adapter::open(command, timeout)?));
    }
    let mut joined = Vec::new();
    for given in commands {
        let (peer, command) = of_peer(given).ok_or_else(|| without_a_peer(given))?;
        let adapter = Adapter::open(CommandLine::parse(command)?, timeout)?;
        joined.push((peer.to_owned(), adapter));
    }
    if joined.is_empty() && name.contains('=') {
        for given in name.split(',') {
            let (peer, name) = of_peer(given).ok_or_else(|| without_a_peer(given))?;
            joined.push((peer.to_owned(), installed(name, timeout)?));
        }
    }
    if !joined.is_empty() {
        return Ok(Box::new(Joined::new(joined)?));
    }
    #[cfg(feature = "webrtc-rs-tokio")]
    if name == real::NAME {
        return Ok(Box::new(real::WebrtcRsTokio::open(timeout)?));
    }
    match implementations::find(name) {
        Ok(implementation) => Ok(implementation),
        Err(_) => Ok(Box::new(installed(name, timeout)?)),
    }
}

/// An adapter that is installed as a program, or is this one, by the name of its implementation.
fn installed(name: &str, timeout: Duration) -> Result<Adapter, CliError> {
    #[cfg(feature = "webrtc-rs-tokio")]
    if name == real::NAME {
        return Ok(real::WebrtcRsTokio::adapter(timeout)?);
    }
    let Err(unknown) = implementations::find(name) else {
        return Err(NotJoined::Virtual(name.to_owned()).into());
    };
    let is_a_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !name.chars().all(is_a_name) {
        return Err(unknown.into());
    }
    let program = format!("{PROGRAM}{name}");
    match Adapter::open(CommandLine::parse(&program)?, timeout) {
        Err(AdapterError::NotStarted { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
            Err(CliError::Usage(format!(
                "{unknown}, and no program `{program}` is installed, which would be its adapter"
            )))
        }
        opened => Ok(opened?),
    }
}

/// What the name of an adapter's program begins with.
const PROGRAM: &str = "peerstate-adapter-";

/// A peer and what is given for it, as in `alice=CMD`.
fn of_peer(text: &str) -> Option<(&str, &str)> {
    let (peer, given) = text.split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    (!peer.is_empty() && peer.chars().all(is_name)).then_some((peer, given))
}

fn without_a_peer(given: &str) -> CliError {
    CliError::Usage(format!(
        "expected a peer for each of several adapters, as in `alice={given}`"
    ))
}

/// Reads the name of a browser.
fn browser_kind(text: &str) -> Result<Kind, String> {
    let kind = Kind::ALL.iter().find(|kind| kind.as_str() == text);
    kind.copied()
        .ok_or_else(|| format!("expected {}", Kind::words().join(" or ")))
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
