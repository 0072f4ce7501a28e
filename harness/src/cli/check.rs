//! `peerstate check` and `peerstate explore`.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use owo_colors::{OwoColorize, Style};
use peerstate_model::editions;
use peerstate_model::known::known_counterexamples;
use peerstate_model::machine::check::{
    CheckError, CheckReport, Outcome, Path, PropertyReport, check_and_watch,
};
use peerstate_model::machine::explore::Explored;
use peerstate_model::machine::model::ConnectionModel;
use peerstate_model::machine::rulebook::Rulebook;
use stateright::Model;

use super::definitions::choices;
use super::progress::Progress;
use super::{CliError, Exit, Format, edition};
use crate::report::check::json::CheckReports;
use crate::report::lint::{Named, count};
use crate::run::parallel::{cores, side_by_side};

/// The editions that are checked where none is named.
const DEFAULT_EDITIONS: [&str; 3] = ["w3c-rec-2021-01-26", "w3c-rec-2025-03-13", "repaired"];

/// The width of the longest outcome that is usual.
const WORD_WIDTH: usize = "fails, as known".len();

/// Explores the connection model exhaustively and checks every property.
///
/// Of a draft without an algorithm the laws of its definitions are checked, and nothing else.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate check --edition repaired --transports 3 --paths")]
pub(crate) struct Args {
    /// The edition, or the file of a draft [default: the two Recommendations and repaired]; `all`
    /// for every edition that has an algorithm.
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// The most transports that there may be at once.
    #[arg(long, value_name = "N", default_value_t = 4)]
    transports: usize,
    /// Ask for the answer to a policy beside those that nobody disputes: ID for its first answer,
    /// ID=ANSWER, `all`, or `none` for not even those. docs/policies.md lists them.
    #[arg(long = "policy", value_name = "ID[=ANSWER]")]
    policies: Vec<String>,
    /// Show the shortest path of every witness too, not only of counterexamples.
    #[arg(long)]
    paths: bool,
    /// How to report.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// Shows the connection model in Stateright's Explorer, in the browser.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate explore --edition repaired --transports 2")]
pub(crate) struct ExploreArgs {
    /// The edition, or the file of a draft [default: repaired].
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// The most transports that there may be at once.
    #[arg(long, value_name = "N", default_value_t = 2)]
    transports: usize,
    /// Where the Explorer listens.
    #[arg(long, default_value = "127.0.0.1:3000")]
    address: SocketAddr,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let known = known_counterexamples()?;
    let choices = choices(&args.policies)?;
    let editions = choose(args.edition.as_deref())?;
    let progress = Progress::of_one();
    let check = |of: &Named| {
        let begun = Instant::now();
        // Of a draft nothing is known.
        let known = if of.is_published {
            known.as_slice()
        } else {
            &[]
        };
        let (say, id) = (progress.sayer(), of.edition.id.clone());
        let watch = move |states| say(format!("{id}: {states} states so far"));
        let report = check_and_watch(
            &of.edition,
            args.transports,
            &choices,
            known,
            Arc::new(watch),
        );
        (report, begun.elapsed())
    };
    let mut reports = Vec::new();
    let give = |(report, time): (Result<CheckReport, CheckError>, Duration)| {
        let report = report.map_err(|error| CliError::Usage(error.to_string()))?;
        if args.format == Format::Human {
            write(out, &report, time, args.paths)?;
        }
        reports.push(report);
        Ok::<_, CliError>(())
    };
    side_by_side(&editions, cores(), check, || (), give)?;
    drop(progress);
    if args.format == Format::Json {
        serde_json::to_writer_pretty(&mut *out, &CheckReports::of(&reports))
            .map_err(io::Error::from)?;
        writeln!(out)?;
    }
    let fine = reports.iter().all(CheckReport::is_as_expected);
    Ok(if fine { Exit::Fine } else { Exit::Violation })
}

pub(super) fn explore(args: &ExploreArgs) -> Result<Exit, CliError> {
    let Named { edition, .. } = edition(args.edition.as_deref())?;
    let model = ConnectionModel::of(&edition, args.transports)
        .map_err(|error| CliError::Usage(error.to_string()))?;
    let address = free(args.address)?;
    writeln!(
        anstream::stderr(),
        "Open http://{address} in a browser; ctrl-c ends."
    )?;
    model.checker().threads(1).serve(address);
    Ok(Exit::Fine)
}

/// The address, if something can listen there; port 0 becomes one that is free. The Explorer itself
/// would panic.
fn free(address: SocketAddr) -> Result<SocketAddr, CliError> {
    let listener = TcpListener::bind(address).and_then(|listener| listener.local_addr());
    listener.map_err(|error| {
        let next = address.port().checked_add(1).unwrap_or(3001);
        let other = SocketAddr::new(address.ip(), next);
        CliError::Usage(format!(
            "the Explorer can not listen at {address}: {error}; choose another place, such as \
             `--address {other}`"
        ))
    })
}

fn choose(name: Option<&str>) -> Result<Vec<Named>, CliError> {
    match name {
        None => DEFAULT_EDITIONS
            .into_iter()
            .map(|id| edition(Some(id)))
            .collect(),
        Some("all") => Ok(editions::editions()
            .iter()
            .filter(|edition| Rulebook::of(edition).is_some())
            .map(Named::published)
            .collect()),
        Some(name) => Ok(vec![edition(Some(name))?]),
    }
}

fn write(
    out: &mut impl Write,
    report: &CheckReport,
    time: Duration,
    paths: bool,
) -> io::Result<()> {
    let (edition, time) = (report.edition.bold(), time.as_secs_f64());
    let transports = count(report.most_transports, "transport");
    match report.explored {
        Ok(Explored {
            states,
            unique_states,
            depth,
        }) => writeln!(
            out,
            "{edition}, up to {transports}: {states} states, {unique_states} different, depth \
             {depth}, {time:.2} s"
        )?,
        Err(_) => writeln!(
            out,
            "{edition}, any number of transports: the laws of its definitions alone, {time:.2} s"
        )?,
    }
    let width = report
        .properties
        .iter()
        .map(|property| property.id.len())
        .max()
        .unwrap_or(0);
    let (seen, rest): (Vec<_>, Vec<_>) = report
        .properties
        .iter()
        .partition(|p| matches!(p.outcome, Outcome::Witnessed(_)));
    for property in rest {
        write_property(out, property, width)?;
    }
    if !seen.is_empty() {
        writeln!(
            out,
            "  {}  {} values and pairs of values (--paths shows how)",
            "seen".green(),
            seen.len()
        )?;
    }
    if paths {
        for property in seen {
            write_property(out, property, width)?;
            if let Outcome::Witnessed(path) = &property.outcome {
                write_path(out, path)?;
            }
        }
    }
    if let Err(why) = report.explored {
        writeln!(
            out,
            "  {}  when the values change and which events are fired: {why}",
            format!("{:<WORD_WIDTH$}", "not checked").yellow()
        )?;
    }
    writeln!(out)
}

fn write_property(out: &mut impl Write, property: &PropertyReport, width: usize) -> io::Result<()> {
    let line = |word: &str, style: Style| {
        // Padded before it is coloured, so that the colour does not count.
        let word = format!("{word:<WORD_WIDTH$}");
        format!(
            "  {}  {:<width$}  {}",
            word.style(style),
            property.id,
            property.sentence
        )
    };
    let (good, known, bad) = (
        Style::new().green(),
        Style::new().yellow(),
        Style::new().red().bold(),
    );
    match &property.outcome {
        Outcome::Holds => writeln!(out, "{}", line("holds", good)),
        Outcome::Witnessed(_) => writeln!(out, "{}", line("seen", good)),
        Outcome::Unseen => writeln!(out, "{}", line("unseen", bad)),
        Outcome::KnownCounterexample { path, reason } => {
            writeln!(out, "{}", line("fails, as known", known))?;
            writeln!(out, "      {}", reason.trim())?;
            write_path(out, path)
        }
        Outcome::Counterexample(path) => {
            writeln!(out, "{}", line("fails", bad))?;
            writeln!(out, "      see {}", property.spec)?;
            write_path(out, path)
        }
        Outcome::Gone { reason } => {
            writeln!(out, "{}", line("holds, though listed", bad))?;
            writeln!(out, "      {}", reason.trim())
        }
    }
}

fn write_path(out: &mut impl Write, path: &Path) -> io::Result<()> {
    for row in path.table.lines() {
        writeln!(out, "      {row}")?;
    }
    Ok(())
}
