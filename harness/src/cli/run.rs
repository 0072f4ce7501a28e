//! `peerstate run`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use peerstate_model::input::names;

use super::progress::Progress;
use super::{CliError, Exit, edition};
use crate::implementation::Implementation;
use crate::implementations;
use crate::input;
use crate::report::judge::count;
use crate::report::run::html::Html;
use crate::report::run::human::{Human, Layout, typed};
use crate::report::run::json::Json;
use crate::report::run::junit::Junit;
use crate::report::run::{Event, Finished, Reporter};
use crate::run::deviations::{self, KnownDeviations};
use crate::run::parallel::{cores, side_by_side};
use crate::run::verdict::{self, Court, Judged};
use crate::scenario::Scenario;
use crate::scenario::suite;
use crate::terminal;

/// Replays scenarios against an implementation and judges what it shows.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "Example: peerstate run 'ice/*' my-scenarios/ --trace-dir traces")]
pub(crate) struct Args {
    /// Ids, patterns over ids, files or folders; every scenario if there are none.
    scenarios: Vec<String>,
    /// The implementation under test.
    #[arg(long = "impl", value_name = "NAME", default_value = implementations::DEFAULT)]
    implementation: Option<String>,
    /// The edition to judge by, or the file of a draft [default: repaired].
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// Run only scenarios whose id matches.
    #[arg(long, value_name = "GLOB")]
    filter: Option<String>,
    /// How many scenarios run at once [default: one a core].
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Run each scenario so often; in virtual time every trace must be the same.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: Option<u32>,
    /// A seed in place of the scenarios' own.
    #[arg(long)]
    seed: Option<u64>,
    /// Run only part K of N.
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// Write every trace into this folder.
    #[arg(long, value_name = "DIR")]
    trace_dir: Option<PathBuf>,
    /// A list of known deviations in place of the implementation's own.
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Draft a list of known deviations from this run: what is listed and still happens stays.
    #[arg(long, value_name = "FILE")]
    write_known: Option<PathBuf>,
    /// Show every deviation with the trace around it, known or not.
    #[arg(long)]
    details: bool,
    /// How to report.
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
    /// One self-contained page.
    Html,
}

/// What stands in place of the name of a list where there is none.
const NO_LIST: &str = "no list";

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let named = edition(args.edition.as_deref())?;
    let edition = &named.edition;
    let implementation = implementation(args.implementation.as_deref())?;
    let (known_file, known) = known(args.known.as_deref(), implementation.as_ref())?;
    let everything = suite::embedded_ids();
    let scenarios = choose(args)?;
    if let Some(dir) = &args.trace_dir {
        make_trace_dir(dir)?;
    }
    let court = Court {
        implementation: implementation.as_ref(),
        edition,
        known: &known,
        repeat: args.repeat.unwrap_or(1),
        seed: args.seed,
    };
    let mut reporter: Box<dyn Reporter + '_> = match args.format.unwrap_or(RunFormat::Human) {
        RunFormat::Human => Box::new(Human::new(out, layout(args))),
        RunFormat::Json => Box::new(Json::new(out)),
        RunFormat::Junit => Box::new(Junit::new(out)),
        RunFormat::Html => Box::new(Html::new(out)),
    };
    reporter.event(&Event::Started {
        implementation: &implementation.identity(),
        clock: implementation.clock(),
        edition: &edition.id,
        scenarios: scenarios.len(),
    })?;
    let jobs = args.jobs.filter(|jobs| *jobs > 0).unwrap_or_else(cores);
    let mut judged = Vec::new();
    judge_all(court, &scenarios, jobs, |one| {
        let file = args
            .trace_dir
            .as_deref()
            .map(|dir| write_trace(dir, &one))
            .transpose()?;
        let trace_file = file.flatten();
        reporter.event(&Event::Judged {
            judged: &one,
            trace_file: trace_file.as_deref(),
        })?;
        judged.push(one);
        Ok(())
    })?;
    let stale = deviations::stale(&known, &judged, &everything);
    reporter.event(&Event::Finished(Finished {
        known: &known.entries,
        stale: &stale,
        known_file: &known_file,
    }))?;
    drop(reporter);
    if let Some(path) = &args.write_known {
        let drafted = deviations::draft(&implementation.identity(), &known, &judged, &stale);
        write_known(path, &drafted)?;
    }
    let unwritten = known.entries.iter().filter(|entry| !entry.has_reason());
    match unwritten.count() {
        0 => {}
        some => {
            let (reasons, are) = (count(some, "reason"), if some == 1 { "is" } else { "are" });
            writeln!(
                anstream::stderr(),
                "{known_file}: {reasons} {are} still to be written"
            )?;
        }
    }
    let failed = judged.iter().any(|one| one.result.is_unexpected());
    let was_run = judged
        .iter()
        .any(|one| one.result != verdict::Result::Unsupported);
    Ok(if failed || !stale.is_empty() || !was_run {
        Exit::Violation
    } else {
        Exit::Fine
    })
}

/// How the run is written for people.
fn layout(args: &Args) -> Layout {
    let known = args.known.as_deref().map(Path::to_string_lossy);
    let seed = args.seed.map(|seed| seed.to_string());
    let default = implementations::DEFAULT;
    let implementation = args.implementation.as_deref();
    let options = [
        ("--impl", implementation.filter(|name| *name != default)),
        ("--edition", args.edition.as_deref()),
        ("--known", known.as_deref()),
        ("--seed", seed.as_deref()),
    ];
    let given = options
        .into_iter()
        .filter_map(|(option, value)| Some(format!(" {option} {}", typed(value?))));
    Layout {
        width: terminal::width(),
        breaks: terminal::columns().unwrap_or(usize::MAX),
        details: args.details,
        options: given.collect(),
    }
}

/// Writes a drafted list, and says what is to be done with it.
fn write_known(path: &Path, text: &str) -> Result<(), CliError> {
    let shown = input::shown(path);
    fs::write(path, text).map_err(|error| {
        let reason = input::reason(&error);
        CliError::Usage(format!(
            "--write-known {shown}: it can not be written: {reason}"
        ))
    })?;
    let drafted = KnownDeviations::parse(&shown, text)?;
    let unwritten = drafted.entries.iter().filter(|entry| !entry.has_reason());
    writeln!(
        anstream::stderr(),
        "{shown} lists {}, {} to be written\nNext: peerstate run --known {}",
        count(drafted.entries.len(), "deviation"),
        count(unwritten.count(), "reason"),
        typed(&path.to_string_lossy()),
    )?;
    Ok(())
}

fn implementation(name: Option<&str>) -> Result<Box<dyn Implementation>, CliError> {
    let name = name.unwrap_or(implementations::DEFAULT);
    implementations::by_name(name).ok_or_else(|| {
        let known: Vec<_> = implementations::all()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let suggestion = names::nearest(name, known.iter().copied());
        let found = names::shorten(name);
        let known = known.join(", ");
        CliError::Usage(format!(
            "there is no implementation `{found}`{suggestion} (known: {known})"
        ))
    })
}

/// The list to hold findings against, and where it is from: the one that was given, or else the
/// implementation's own.
fn known(
    file: Option<&Path>,
    implementation: &dyn Implementation,
) -> Result<(String, KnownDeviations), CliError> {
    let (name, known) = match (file, implementation.known_deviations()) {
        (Some(path), _) => (input::shown(path), read_known(path)?),
        (None, Some(list)) => (
            list.name.to_owned(),
            KnownDeviations::parse(list.name, list.text)?,
        ),
        (None, None) => return Ok((NO_LIST.to_owned(), KnownDeviations::default())),
    };
    let tested = implementation.identity().name;
    if !known.is_of(&tested) {
        let of = names::shorten(known.implementation.as_deref().unwrap_or_default());
        return Err(CliError::Usage(format!(
            "{name} lists the known deviations of `{of}`, and they do not excuse `{tested}`, the \
             implementation under test; give its own list with --known, or an empty one"
        )));
    }
    Ok((name, known))
}

/// A list of known deviations.
pub(super) fn read_known(path: &Path) -> Result<KnownDeviations, CliError> {
    let text = input::text(path, input::Format::Known)?;
    Ok(KnownDeviations::parse(&input::shown(path), &text)?)
}

/// The scenarios that the arguments leave, at least one.
fn choose(args: &Args) -> Result<Vec<Scenario>, CliError> {
    let mut scenarios = suite::select(&args.scenarios)?;
    if let Some(filter) = &args.filter {
        let matches = suite::matcher(filter)?;
        let all = std::mem::take(&mut scenarios);
        scenarios = all.iter().filter(|one| matches(&one.id)).cloned().collect();
        if scenarios.is_empty() {
            let suggestion = suite::suggest(filter, &all);
            return Err(CliError::Usage(format!(
                "nothing to run: no scenario matches `{}`{suggestion} (`peerstate list scenarios` \
                 shows all)",
                names::shorten(filter)
            )));
        }
    }
    if let Some(shard) = &args.shard {
        let (part, parts) = parse_shard(shard)?;
        let all = std::mem::take(&mut scenarios);
        let found = count(all.len(), "scenario");
        scenarios = all.into_iter().skip(part - 1).step_by(parts).collect();
        if scenarios.is_empty() {
            return Err(CliError::Usage(format!(
                "nothing to run: part {part} of {found} in {parts} parts is empty"
            )));
        }
    }
    Ok(scenarios)
}

fn parse_shard(text: &str) -> Result<(usize, usize), CliError> {
    let parts = text.split_once('/').and_then(|(part, parts)| {
        let (part, parts) = (part.parse().ok()?, parts.parse().ok()?);
        (1..=parts).contains(&part).then_some((part, parts))
    });
    parts.ok_or_else(|| {
        let found = names::shorten(text);
        CliError::Usage(format!(
            "expected a shard such as `1/4`, K from 1 to N, found `{found}`"
        ))
    })
}

/// Judges the scenarios on several threads, and gives them out in their order.
fn judge_all(
    court: Court<'_>,
    scenarios: &[Scenario],
    jobs: usize,
    mut give: impl FnMut(Judged) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let progress = Progress::of_many(scenarios.len(), "scenarios");
    side_by_side(
        scenarios,
        jobs,
        |scenario| court.judge(scenario),
        || progress.step(),
        |judged| give(judged?),
    )
}

/// Makes the folder of the traces, before anything is run.
fn make_trace_dir(dir: &Path) -> Result<(), CliError> {
    let shown = names::printable(&dir.to_string_lossy());
    if dir.exists() && !dir.is_dir() {
        return Err(CliError::Usage(format!(
            "--trace-dir {shown}: this is no folder; name one, or one that is to be made"
        )));
    }
    fs::create_dir_all(dir).map_err(|error| {
        CliError::Usage(format!(
            "--trace-dir {shown}: the folder can not be made: {}",
            input::reason(&error)
        ))
    })
}

/// Writes a trace below a folder; the path, if there was a trace.
fn write_trace(dir: &Path, judged: &Judged) -> Result<Option<String>, CliError> {
    let Some(trace) = &judged.trace else {
        return Ok(None);
    };
    let path = dir.join(format!("{}.jsonl", judged.scenario));
    let failed = |error: std::io::Error| {
        let shown = names::printable(&path.to_string_lossy());
        CliError::Usage(format!(
            "the trace can not be written to {shown}: {}; --trace-dir needs a folder that can be \
             written",
            input::reason(&error)
        ))
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&path, trace.to_json_lines()).map_err(failed)?;
    Ok(Some(path.display().to_string()))
}
