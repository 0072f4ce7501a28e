//! `peerstate run`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use clap::ValueEnum;
use peerstate_model::names;

use super::progress::Progress;
use super::{CliError, Exit, edition};
use crate::implementation::{Implementation, StartError};
use crate::implementations;
use crate::input;
use crate::known::Known;
use crate::report::html::Html;
use crate::report::human::Human;
use crate::report::json::Json;
use crate::report::junit::Junit;
use crate::report::{Event, Finished, Reporter};
use crate::scenario::Scenario;
use crate::suite;
use crate::verdict::{Court, Judged, stale_patterns};

/// Replays scenarios against an implementation and judges what it shows.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "Example: peerstate run 'ice/*' my-scenarios/ --trace-dir traces")]
pub(crate) struct Args {
    /// Ids, patterns over ids, files or folders; every scenario if there are none.
    scenarios: Vec<String>,
    /// The implementation under test.
    #[arg(long = "impl", value_name = "NAME", default_value = implementations::webrtc_rs::NAME)]
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
    /// How to tell.
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

const OWN_KNOWN: &str = include_str!("../../known/webrtc-rs.yaml");
const OWN_KNOWN_FILE: &str = "harness/known/webrtc-rs.yaml";

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let named = edition(args.edition.as_deref())?;
    let edition = &named.edition;
    let implementation = implementation(args.implementation.as_deref())?;
    let (known_file, known) = known(args.known.as_deref())?;
    let everything: Vec<String> = suite::embedded()?.into_iter().map(|s| s.id).collect();
    let scenarios = choose(args)?;
    if let Some(dir) = &args.trace_dir {
        make_trace_dir(dir, &scenarios)?;
    }
    let court = Court {
        implementation: implementation.as_ref(),
        edition,
        known: &known,
        repeat: args.repeat.unwrap_or(1),
        seed: args.seed,
    };
    let id_width = scenarios
        .iter()
        .map(|scenario| scenario.id.len())
        .max()
        .unwrap_or(0);
    let mut reporter: Box<dyn Reporter + '_> = match args.format.unwrap_or(RunFormat::Human) {
        RunFormat::Human => Box::new(Human::new(out, id_width)),
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
    let jobs = args
        .jobs
        .filter(|jobs| *jobs > 0)
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, std::num::NonZero::get));
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
    let stale = stale_patterns(&known, &judged, &everything);
    reporter.event(&Event::Finished(Finished {
        known: &known.entries,
        stale: &stale,
        known_file: &known_file,
    }))?;
    drop(reporter);
    let failed = judged.iter().find(|one| one.result.is_unexpected());
    if let (Some(failed), RunFormat::Human) = (failed, args.format.unwrap_or(RunFormat::Human)) {
        let id = names::printable(&failed.scenario);
        let again = format!("peerstate run {id} --trace-dir traces");
        writeln!(anstream::stderr(), "\nTo see one whole: {again}")?;
    }
    Ok(if failed.is_some() || !stale.is_empty() {
        Exit::Violation
    } else {
        Exit::Fine
    })
}

fn implementation(name: Option<&str>) -> Result<Box<dyn Implementation>, CliError> {
    let name = name.unwrap_or(implementations::webrtc_rs::NAME);
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

fn known(file: Option<&Path>) -> Result<(String, Known), CliError> {
    let (name, text) = match file {
        None => (OWN_KNOWN_FILE.to_owned(), OWN_KNOWN.to_owned()),
        Some(path) => return Ok((input::shown(path), read_known(path)?)),
    };
    let known = Known::parse(&name, &text)?;
    Ok((name, known))
}

/// A list of known deviations.
pub(super) fn read_known(path: &Path) -> Result<Known, CliError> {
    let text = input::text(path, input::Format::Known)?;
    Ok(Known::parse(&input::shown(path), &text)?)
}

/// The scenarios that the arguments leave.
fn choose(args: &Args) -> Result<Vec<Scenario>, CliError> {
    let mut scenarios = suite::select(&args.scenarios)?;
    if let Some(filter) = &args.filter {
        let matcher = suite::pattern(filter)?;
        scenarios.retain(|scenario| matcher.is_match(&scenario.id));
        if scenarios.is_empty() {
            return Err(CliError::Usage(format!(
                "no scenario matches `{}` (`peerstate list scenarios` shows all)",
                names::shorten(filter)
            )));
        }
    }
    if let Some(shard) = &args.shard {
        let (part, parts) = parse_shard(shard)?;
        let all = std::mem::take(&mut scenarios);
        scenarios = all.into_iter().skip(part - 1).step_by(parts).collect();
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
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel::<(usize, Result<Judged, StartError>)>();
    thread::scope(|scope| {
        for _ in 0..jobs.min(scenarios.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(scenario) = scenarios.get(place) else {
                        return;
                    };
                    if sender.send((place, court.judge(scenario))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting: Vec<Option<Result<Judged, StartError>>> =
            scenarios.iter().map(|_| None).collect();
        let mut given = 0;
        for (place, judged) in receiver {
            progress.step();
            waiting[place] = Some(judged);
            while let Some(judged) = waiting.get_mut(given).and_then(Option::take) {
                given += 1;
                give(judged?)?;
            }
        }
        Ok(())
    })
}

/// Makes the folder of the traces, before anything is run, and sees that each scenario has a file
/// of its own in it.
fn make_trace_dir(dir: &Path, scenarios: &[Scenario]) -> Result<(), CliError> {
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
    })?;
    let mut by_id = BTreeMap::new();
    for scenario in scenarios {
        let first = *by_id.entry(scenario.id.as_str()).or_insert(scenario);
        if first != scenario {
            let id = names::printable(&scenario.id);
            return Err(CliError::Usage(format!(
                "--trace-dir {shown}: two scenarios have the id `{id}`, and their traces would be \
                 one file; rename one, or run one at a time"
            )));
        }
    }
    Ok(())
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
