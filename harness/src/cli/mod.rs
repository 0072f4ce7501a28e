//! The command line: one file for each verb. A verb parses its arguments, calls the library, and
//! returns an `Exit`; every error is a `CliError`, which knows its exit status.

mod adapter;
mod check;
mod clock;
mod convert;
mod derive;
mod diff;
mod explain;
mod install;
mod judge;
mod lint;
mod list;
mod progress;
mod report;
mod run;
mod schema;
mod show;
mod signals;
mod terminal;

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use peerstate_model::input::located::Refused;
use peerstate_model::input::names;
use peerstate_model::machine::check::CheckError;
use peerstate_model::policies::Choices;

use crate::adapter::browser::BrowserError;
use crate::adapter::{AdapterError, NotACommand, NotJoined};
use crate::editions::NamedError;
use crate::implementation::StartError;
use crate::implementations::UnknownImplementation;
use crate::recordings::RecordingRefused;
use crate::report::matrix::read::ResultsError;
use crate::run::deviations::ListError;
use crate::run::selection::SelectionError;
use crate::scenario::suite::SuiteError;

/// Conformance tests and a model checker for `RTCPeerConnection`'s states.
///
/// Without a verb, it replays every scenario, as `peerstate run` does.
#[derive(Debug, Parser)]
#[command(name = "peerstate", version, about, max_term_width = 100)]
#[command(after_help = Exit::help())]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Run(run::Args),
    Judge(judge::Args),
    Convert(convert::Args),
    Report(report::Args),
    Check(check::Args),
    Explore(check::ExploreArgs),
    Lint(lint::Args),
    Diff(diff::Args),
    Derive(derive::Args),
    Show(show::Args),
    Explain(explain::Args),
    Adapter(adapter::Args),
    List(list::Args),
    Schema(schema::Args),
    Completions(install::CompletionsArgs),
    Man(install::ManArgs),
}

/// How a call ends: its exit status. A table in `docs/exit-status.md` lists what leads to each.
///
/// A panic would be status 101; it is a bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Status 0: the verb did its work, and all is as expected or as known.
    Fine,
    /// Status 1: the verb did its work, and something violates a rule, differs from what is known,
    /// or could not be judged.
    Violation,
    /// Status 2: a file, an argument or the output is invalid, and no result counts.
    BadInput,
    /// Status 3: the implementation under test could not be started.
    NotRun,
}

impl Exit {
    const ALL: [Self; 4] = [Self::Fine, Self::Violation, Self::BadInput, Self::NotRun];

    const fn status(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Violation => 1,
            Self::BadInput => 2,
            Self::NotRun => 3,
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Fine => "all as expected",
            Self::Violation => "a violation",
            Self::BadInput => "bad input or usage",
            Self::NotRun => "an implementation could not be run",
        }
    }

    /// Returns how a verb ends that did its work.
    const fn of(is_as_expected: bool) -> Self {
        if is_as_expected {
            Self::Fine
        } else {
            Self::Violation
        }
    }

    /// Lists every status in one line.
    fn help() -> String {
        let all = Self::ALL.map(|exit| format!("{} {}", exit.status(), exit.meaning()));
        format!("Exit status: {}.", all.join("; "))
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}

/// Why a verb could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Suite(#[from] SuiteError),
    #[error(transparent)]
    Selection(#[from] SelectionError),
    #[error(transparent)]
    Edition(#[from] NamedError),
    #[error(transparent)]
    Implementation(#[from] UnknownImplementation),
    #[error(transparent)]
    Adapter(#[from] AdapterError),
    #[error(transparent)]
    Browser(#[from] BrowserError),
    #[error(transparent)]
    Command(#[from] NotACommand),
    #[error(transparent)]
    Joined(#[from] NotJoined),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Recording(#[from] RecordingRefused),
    #[error(transparent)]
    Results(#[from] ResultsError),
    #[error(transparent)]
    Known(#[from] ListError),
    #[error(transparent)]
    Start(#[from] StartError),
    /// Files that were refused, one line for each problem.
    #[error("{0}")]
    Input(String),
    #[error("{0}")]
    Usage(String),
    #[error("the output can not be written: {0}")]
    Output(#[from] io::Error),
}

impl<E: fmt::Display> From<Refused<E>> for CliError {
    fn from(refused: Refused<E>) -> Self {
        Self::Input(refused.to_string())
    }
}

impl CliError {
    fn usage(error: impl fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }

    fn no_verb<'v>(found: &str, verbs: impl Iterator<Item = &'v str>) -> Self {
        let suggestion = names::nearest(found, verbs);
        let found = names::shorten(found);
        Self::Usage(format!("there is no verb `{found}`{suggestion}"))
    }

    const fn exit(&self) -> Exit {
        match self {
            Self::Start(_) | Self::Adapter(_) | Self::Browser(_) => Exit::NotRun,
            _ => Exit::BadInput,
        }
    }
}

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people.
    Human,
    /// JSON for machines.
    Json,
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = UntilClosed {
        // Not locked: an adapter's handlers write from other threads.
        out: anstream::stdout(),
        closed: false,
    };
    let result = match cli.verb.unwrap_or_else(|| Verb::Run(run::Args::default())) {
        Verb::Run(args) => run::run(&args, &mut out),
        Verb::Judge(args) => judge::run(&args, &mut out),
        Verb::Convert(args) => convert::run(&args, &mut out),
        Verb::Report(args) => report::run(&args, &mut out),
        Verb::Check(args) => check::run(&args, &mut out),
        Verb::Explore(args) => check::explore(&args),
        Verb::Lint(args) => lint::run(&args, &mut out),
        Verb::Diff(args) => diff::run(&args, &mut out),
        Verb::Derive(args) => derive::run(&args, &mut out),
        Verb::Show(args) => show::run(&args, &mut out),
        Verb::Explain(args) => explain::run(&args, &mut out),
        Verb::Adapter(args) => adapter::run(&args, &mut out),
        Verb::List(args) => list::run(&args, &mut out),
        Verb::Schema(args) => schema::run(&args, &mut out),
        Verb::Completions(args) => install::completions(&args, &mut out),
        Verb::Man(args) => install::man(&args, &mut out),
    };
    let exit = result.unwrap_or_else(|error| {
        // If standard error is closed as well, nothing more can be done.
        let _ = writeln!(anstream::stderr(), "{error}");
        error.exit()
    });
    exit.into()
}

/// Output that somebody may stop reading, as `head` does. They have read enough, and the exit
/// status of the verb does not change.
struct UntilClosed<W> {
    out: W,
    closed: bool,
}

impl<W: Write> UntilClosed<W> {
    fn pass<T>(&mut self, result: io::Result<T>, otherwise: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(otherwise)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let result = self.out.write(bytes);
        self.pass(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = self.out.flush();
        self.pass(result, ())
    }
}

/// Parses the policies to check.
fn choices(policies: &[String]) -> Result<Choices, CliError> {
    Choices::parse(policies.iter().map(String::as_str)).map_err(CliError::usage)
}
