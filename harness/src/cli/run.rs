//! `peerstate run`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use super::progress::Progress;
use super::{CliError, Exit, adapter, clock, terminal};
use crate::editions::Named;
use crate::implementations;
use crate::report::matrix::html;
use crate::report::run::human::Layout;
use crate::report::run::{Date, Ran, human, json, junit};
use crate::report::text::argument;
use crate::run::deviations::{self, NamedList};
use crate::run::files::{self, DraftError, NotWritten, ResultsFolder, TraceFolder};
use crate::run::selection::Selection;
use crate::run::verdict::{self, Court, Judged};
use crate::scenario::suite::Suite;

/// Replays scenarios against an implementation and judges what it reports.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "Example: peerstate run 'ice/*' my-scenarios/ --trace-dir traces")]
pub(crate) struct Args {
    /// Ids, patterns over ids, files or folders [default: every scenario].
    scenarios: Vec<String>,
    /// A folder with the scenarios to use instead of those in the binary.
    #[arg(long = "scenarios", value_name = "DIR")]
    scenarios_in: Option<PathBuf>,
    /// The implementation under test: one of this harness, or an adapter that is installed as the
    /// program `peerstate-adapter-NAME`; several, as in `alice=NAME,bob=NAME`, are connected.
    #[arg(long = "impl", value_name = "NAME", default_value = implementations::DEFAULT)]
    implementation: Option<String>,
    /// The command that starts an adapter, whose implementation is under test; several, as in
    /// `--adapter alice=CMD --adapter bob=CMD`, are connected.
    #[arg(
        long = "adapter",
        value_name = "CMD",
        conflicts_with = "implementation"
    )]
    adapters: Vec<String>,
    /// How long an adapter may take to answer, in seconds [default: 10].
    #[arg(long, value_name = "SECONDS", value_parser = adapter::seconds)]
    timeout: Option<Duration>,
    /// The edition to judge by, or the file of a draft [default: repaired].
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// Run only scenarios whose id matches.
    #[arg(long, value_name = "GLOB")]
    filter: Option<String>,
    /// The number of scenarios to run in parallel [default: one for each core].
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// The number of times to run each scenario; in virtual time, its traces must be
    /// identical; in real time, the report says what not every run shows.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: Option<u32>,
    /// A seed to use instead of the scenarios' own.
    #[arg(long)]
    seed: Option<u64>,
    /// Run only part K of N.
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// Write every trace to this folder.
    #[arg(long, value_name = "DIR")]
    trace_dir: Option<PathBuf>,
    /// Write `results.json` and `traces/` to this folder, for `peerstate report`.
    #[arg(long, value_name = "DIR", conflicts_with = "trace_dir")]
    out: Option<PathBuf>,
    /// The day of the run, as 2026-11-22 [default: today, with --out].
    #[arg(long)]
    date: Option<Date>,
    /// A list of known deviations to use instead of the implementation's own.
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Draft a list of known deviations from this run; existing entries that still happen are kept.
    #[arg(long, value_name = "FILE")]
    write_known: Option<PathBuf>,
    /// Show every deviation with the trace around it, known or not.
    #[arg(long)]
    details: bool,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "human")]
    format: Option<RunFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RunFormat {
    /// A table for people.
    Human,
    /// JSON for machines.
    Json,
    /// JUnit XML for CI systems.
    Junit,
    /// One self-contained HTML page.
    Html,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let named = Named::find_or_default(args.edition.as_deref())?;
    let name = args.implementation.as_deref();
    let name = name.unwrap_or(implementations::DEFAULT);
    let implementation = adapter::implementation(name, &args.adapters, args.timeout)?;
    let list = NamedList::of(implementation.as_ref(), args.known.as_deref())?;
    let suite = match &args.scenarios_in {
        Some(folder) => Suite::of_folder(folder)?,
        None => Suite::embedded(),
    };
    let scenarios = selection(args)?.of(&suite)?;
    let folder = args.trace_dir.as_deref().map(TraceFolder::make);
    let folder = folder
        .transpose()
        .map_err(|error| CliError::Usage(format!("--trace-dir {error}")))?;
    let results = args.out.as_deref().map(ResultsFolder::make).transpose();
    let results = results.map_err(|error| CliError::Usage(format!("--out {error}")))?;
    let traces = folder.as_ref().or(results.as_ref().map(|out| &out.traces));
    let court = Court {
        implementation: implementation.as_ref(),
        edition: &named.edition,
        known: &list.known,
        repeat: args.repeat.unwrap_or(1),
        seed: args.seed,
    };
    let (mut judged, mut trace_files) = (Vec::new(), BTreeMap::new());
    let progress = Progress::of_many(scenarios.len(), "scenarios");
    let give = |one: Judged| {
        let file = traces.map(|folder| folder.write(&one));
        let file = file.transpose().map_err(|error| not_written(&error))?;
        trace_files.extend(file.flatten().map(|file| (one.scenario.clone(), file)));
        judged.push(one);
        Ok::<_, CliError>(())
    };
    court.judge_all(&scenarios, args.jobs, || progress.step(), give)?;
    drop(progress);
    let stale = deviations::stale(&list.known, &judged, &suite.ids());
    let profile = implementation.profile();
    let ran = Ran {
        implementation: &profile.identity,
        clock: profile.clock,
        date: args.date,
        seed: args.seed,
        edition: &named.edition.id,
        judged: &judged,
        trace_files: &trace_files,
        known: &list.known.entries,
        stale: &stale,
        known_file: &list.name,
    };
    match args.format.unwrap_or(RunFormat::Human) {
        RunFormat::Human => human::write(out, &ran, &layout(args))?,
        RunFormat::Json => json::write(out, &ran)?,
        RunFormat::Junit => junit::write(out, &ran)?,
        RunFormat::Html => writeln!(out, "{}", html::of_run(&ran))?,
    }
    if let Some(folder) = &results {
        write_results(folder, &ran)?;
    }
    if let Some(path) = &args.write_known {
        let text = deviations::draft(&profile.identity, &list.known, &judged, &stale);
        let written = files::write_known(path, &text).map_err(|error| match error {
            DraftError::NotWritten { .. } => CliError::Usage(format!("--write-known {error}")),
            DraftError::Refused(refused) => refused.into(),
        })?;
        let said = human::drafted(&written, &path.to_string_lossy(), &under_test(args));
        writeln!(anstream::stderr(), "{said}")?;
    }
    if let Some(said) = human::without_reasons(&list) {
        writeln!(anstream::stderr(), "{said}")?;
    }
    Ok(Exit::of(verdict::is_as_expected(&judged, &stale)))
}

fn not_written(error: &NotWritten) -> CliError {
    CliError::Usage(format!("{error}; name a writable folder"))
}

/// Writes the results to a folder, from which they name their traces.
fn write_results(folder: &ResultsFolder, ran: &Ran<'_>) -> Result<(), CliError> {
    let inside = ran.trace_files.iter();
    let inside = inside.map(|(id, file)| (id.clone(), folder.from_inside(file)));
    let ran = Ran {
        date: ran.date.or_else(clock::today),
        trace_files: &inside.collect(),
        ..*ran
    };
    let mut results = Vec::new();
    json::write(&mut results, &ran)?;
    let written = folder.write(&results);
    written.map_err(CliError::usage)
}

fn selection(args: &Args) -> Result<Selection, CliError> {
    Ok(Selection {
        named: args.scenarios.clone(),
        filter: args.filter.clone(),
        shard: args.shard.as_deref().map(str::parse).transpose()?,
    })
}

/// Returns the options that name the implementation under test.
fn under_test(args: &Args) -> String {
    let adapters = args.adapters.iter();
    let adapters = adapters.map(|command| format!(" --adapter {}", argument(command)));
    let named = args.implementation.as_deref();
    let named = named.filter(|name| *name != implementations::DEFAULT);
    let named = named.map(|name| format!(" --impl {}", argument(name)));
    adapters.chain(named).collect()
}

/// Returns the layout of a report for people.
fn layout(args: &Args) -> Layout {
    let known = args.known.as_deref().map(Path::to_string_lossy);
    let seed = args.seed.map(|seed| seed.to_string());
    let folder = args.scenarios_in.as_deref().map(Path::to_string_lossy);
    let options = [
        ("--scenarios", folder.as_deref()),
        ("--edition", args.edition.as_deref()),
        ("--known", known.as_deref()),
        ("--seed", seed.as_deref()),
    ];
    let given = options
        .into_iter()
        .filter_map(|(option, value)| Some(format!(" {option} {}", argument(value?))));
    Layout {
        width: terminal::width(),
        breaks: terminal::columns().unwrap_or(usize::MAX),
        details: args.details,
        options: std::iter::once(under_test(args)).chain(given).collect(),
    }
}
