//! Reads the results that `peerstate run --format json` and `--out` write.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use peerstate_model::input::located::{Position, Refused};
use peerstate_model::input::names;
use peerstate_model::rules::{self, Finding, Place};
use peerstate_model::trace::{At, Implementation};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use super::{Identity, Observed, Outcome, Recorded, Results};
use crate::input::{self, InputError};
use crate::recordings::{self, RecordingRefused};
use crate::report::SCHEMA;
use crate::report::run::Date;
use crate::report::run::summary::Deviation;
use crate::run::verdict::{Expectations, Result as Came};

/// Why results could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// A file could not be read.
    #[error(transparent)]
    Input(#[from] Refused<InputError>),
    /// A file does not hold results.
    #[error(transparent)]
    Format(#[from] Refused<FormatError>),
    /// A trace that the results name was refused.
    #[error(transparent)]
    Trace(#[from] RecordingRefused),
    /// A folder holds no results.
    #[error(
        "{0}: expected results in the folder, found no file *.json in it or in a folder directly \
         in it; `peerstate run --out {0}` writes one"
    )]
    NoResults(String),
    /// Two files have results of the same scenario.
    #[error(
        "{second}: {implementation} has a second result of {scenario}, first in {first}; name the \
         shards of one run, or compare two runs with `peerstate report diff`"
    )]
    Twice {
        /// The implementation, with its version.
        implementation: String,
        /// The id of the scenario.
        scenario: String,
        /// The first file.
        first: String,
        /// The second file.
        second: String,
    },
}

/// Why a text is not results.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// It is not JSON, or a value has the wrong form.
    #[error("{0}; expected the output of `peerstate run --format json`")]
    Json(String),
    /// It has another version.
    #[error(
        "expected version {SCHEMA} of the format (`schema`), found {found}; run it again with this version of peerstate"
    )]
    Version {
        /// The version that was found.
        found: u64,
    },
    /// It has two results of a scenario.
    #[error("expected one result of each scenario, found two of `{0}`; remove one")]
    Duplicate(String),
}

/// Reads files of results, and folders with them; shards of one run become one.
///
/// For a folder, these are the files `*.json` in it and in the folders directly in it. If `traces`,
/// the traces of outcomes with findings are read as well.
///
/// # Errors
///
/// If a file can not be read, does not hold results, or repeats a scenario of another one.
pub fn read(paths: &[PathBuf], traces: bool) -> Result<Vec<Results>, ResultsError> {
    let mut all: Vec<Results> = Vec::new();
    let mut files: Vec<BTreeMap<String, String>> = Vec::new();
    for path in paths {
        for file in files_of(path)? {
            let mut results = parse(&file)?;
            if traces {
                read_traces(&mut results, &file)?;
            }
            let name = input::shown(&file);
            let ids = results.scenarios.keys();
            let ids: BTreeMap<String, String> = ids.map(|id| (id.clone(), name.clone())).collect();
            let place = all.iter().position(|other| other.of == results.of);
            let same = place.and_then(|place| Some((all.get_mut(place)?, files.get_mut(place)?)));
            let Some((whole, sources)) = same else {
                all.push(results);
                files.push(ids);
                continue;
            };
            let repeated = ids.keys().find_map(|id| Some((id, sources.get(id)?)));
            if let Some((scenario, first)) = repeated {
                return Err(ResultsError::Twice {
                    implementation: results.heading(),
                    scenario: names::printable(scenario),
                    first: first.clone(),
                    second: name,
                });
            }
            sources.extend(ids);
            whole.add(results);
        }
    }
    Ok(all)
}

impl Results {
    /// Adds another shard of the same run.
    fn add(&mut self, shard: Self) {
        self.date = self.date.max(shard.date);
        self.scenarios.extend(shard.scenarios);
        for deviation in shard.deviations {
            let same = self.deviations.iter_mut().find(|other| {
                let is_named = other.name == deviation.name && other.is_known == deviation.is_known;
                is_named && other.reason == deviation.reason
            });
            match same {
                Some(same) => same.scenarios.extend(deviation.scenarios),
                None => self.deviations.push(deviation),
            }
        }
        self.sort_deviations();
        // A shard alone can not show that a deviation is gone.
        self.fixed.retain(|fixed| shard.fixed.contains(fixed));
    }
}

/// Returns the files of results that a path names.
fn files_of(path: &Path) -> Result<Vec<PathBuf>, ResultsError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in entries(path)? {
        if entry.is_dir() {
            files.extend(entries(&entry)?.into_iter().filter(|file| is_json(file)));
        } else if is_json(&entry) {
            files.push(entry);
        }
    }
    if files.is_empty() {
        return Err(ResultsError::NoResults(input::shown(path)));
    }
    Ok(files)
}

/// Returns what is in a folder, in the order of the names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, ResultsError> {
    let read = || {
        let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        let mut entries: Vec<PathBuf> = entries.collect::<std::io::Result<_>>()?;
        entries.sort();
        Ok(entries)
    };
    read().map_err(|error: std::io::Error| {
        let problem = InputError::Unreadable(input::reason(&error));
        Refused::one(&input::shown(folder), None, problem).into()
    })
}

fn is_json(path: &Path) -> bool {
    path.is_file()
        && path
            .extension()
            .is_some_and(|extension| extension == "json")
}

fn parse(path: &Path) -> Result<Results, ResultsError> {
    /// What every version has.
    #[derive(Deserialize)]
    struct Versioned {
        schema: u64,
    }
    let text = input::text_in_folder(path, input::Format::Results)?;
    let Versioned { schema } = from_json(path, &text)?;
    if schema != u64::from(SCHEMA) {
        let problem = FormatError::Version { found: schema };
        return Err(Refused::one(&input::shown(path), None, problem).into());
    }
    let read: RunRead = from_json(path, &text)?;
    let mut ids = BTreeSet::new();
    let mut scenarios = read.scenarios.iter().map(|one| &one.scenario);
    if let Some(id) = scenarios.find(|id| !ids.insert(*id)) {
        let problem = FormatError::Duplicate(names::shorten(id));
        return Err(Refused::one(&input::shown(path), None, problem).into());
    }
    Ok(read.into())
}

fn from_json<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, Refused<FormatError>> {
    serde_json::from_str(text).map_err(|error| {
        let (position, message) = Position::of_json(&error, 1);
        let problem = FormatError::Json(message);
        Refused::one(&input::shown(path), Some(position), problem)
    })
}

/// Reads the traces of the outcomes that have findings. A path is one from the folder of the
/// results, or otherwise from the current folder.
fn read_traces(results: &mut Results, file: &Path) -> Result<(), RecordingRefused> {
    let folder = file.parent().unwrap_or(Path::new(""));
    for outcome in results.scenarios.values_mut() {
        let Recorded::NotRead(name) = &outcome.trace else {
            continue;
        };
        if outcome.findings.is_empty() {
            continue;
        }
        let places = [folder.join(name), PathBuf::from(name)];
        outcome.trace = match places.iter().find(|path| path.is_file()) {
            Some(path) => {
                let recording = recordings::open(path, Some(recordings::Format::Trace))?;
                Recorded::Trace(Box::new(recording.trace))
            }
            None => Recorded::Missing(name.clone()),
        };
    }
    Ok(())
}

/// The output of `run --format json`, as it is read. Keys that are not used are not read.
#[derive(Deserialize)]
struct RunRead {
    edition: String,
    implementation: Implementation,
    peerstate: Option<String>,
    date: Option<Date>,
    seed: Option<u64>,
    deviations: Vec<DeviationRead>,
    scenarios: Vec<ScenarioRead>,
    fixed: Vec<String>,
}

#[derive(Deserialize)]
struct DeviationRead {
    id: String,
    known: bool,
    rules: Vec<String>,
    reason: String,
    since: Option<String>,
    link: Option<String>,
    scenarios: Vec<String>,
}

#[derive(Deserialize)]
struct ScenarioRead {
    scenario: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    spec: Vec<String>,
    result: Came,
    expectations: Expectations,
    deviations: Vec<String>,
    checks: Vec<serde::de::IgnoredAny>,
    trace: Option<String>,
    reason: Option<String>,
    #[serde(default)]
    findings: Vec<FindingRead>,
    unobserved: Option<Vec<RuleId>>,
    #[serde(default)]
    agrees_with: Vec<String>,
}

#[derive(Deserialize)]
struct FindingRead {
    rule: RuleId,
    peer: String,
    deviation: String,
    message: String,
    count: usize,
    line: usize,
    at: Millis,
    places: Vec<PlaceRead>,
    because: Option<RuleId>,
    only_by: Option<String>,
    known: Option<bool>,
    known_as: Option<String>,
}

#[derive(Deserialize)]
struct PlaceRead {
    line: usize,
    at: Millis,
}

/// A time, in milliseconds since the start.
#[derive(Clone, Copy)]
struct Millis(At);

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = f64::deserialize(deserializer)?;
        At::of_millis(found).map(Self).ok_or_else(|| {
            D::Error::custom(format!(
                "expected milliseconds since the start, found {found}"
            ))
        })
    }
}

/// The id of a rule.
struct RuleId(&'static str);

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = String::deserialize(deserializer)?;
        let rule = rules::rule(&found).ok_or_else(|| {
            let nearest = names::nearest(&found, rules::RULES.iter().map(|rule| rule.id));
            let found = names::shorten(&found);
            D::Error::custom(format!(
                "expected the id of a rule of this version, found `{found}`{nearest}"
            ))
        })?;
        Ok(Self(rule.id))
    }
}

impl From<RunRead> for Results {
    fn from(read: RunRead) -> Self {
        let scenarios = read.scenarios.into_iter();
        let mut results = Self {
            of: Identity {
                implementation: read.implementation,
                edition: read.edition,
                seed: read.seed,
            },
            date: read.date,
            peerstate: read.peerstate,
            deviations: read.deviations.into_iter().map(Deviation::from).collect(),
            scenarios: scenarios
                .map(|one| (one.scenario.clone(), Outcome::from(one)))
                .collect(),
            fixed: read.fixed,
        };
        results.sort_deviations();
        results
    }
}

impl From<DeviationRead> for Deviation {
    fn from(read: DeviationRead) -> Self {
        Self {
            name: read.id,
            is_known: read.known,
            rules: read.rules,
            reason: read.reason,
            since: read.since,
            link: read.link,
            example: read.scenarios.first().cloned().unwrap_or_default(),
            scenarios: read.scenarios,
        }
    }
}

impl From<ScenarioRead> for Outcome {
    fn from(read: ScenarioRead) -> Self {
        let agrees_with = read.agrees_with;
        Self {
            title: read.title,
            spec: read.spec,
            result: read.result,
            expectations: read.expectations,
            checks: read.checks.len(),
            reason: read.reason,
            deviations: read.deviations,
            findings: read.findings.into_iter().map(finding).collect(),
            observed: read.unobserved.map(|unobserved| Observed {
                unobserved: unobserved.into_iter().map(|rule| rule.0).collect(),
                agrees_with,
            }),
            trace: read.trace.map_or(Recorded::None, Recorded::NotRead),
        }
    }
}

/// Returns a finding, with the name of the known deviation that it belongs to. Results without
/// names are older than `known_as`; the rule then names it.
fn finding(read: FindingRead) -> (Finding, Option<String>) {
    let rule = read.rule.0;
    let first = place(&PlaceRead {
        line: read.line,
        at: read.at,
    });
    let mut finding = Finding::new(rule, &read.peer, first, read.message);
    finding.deviation = read.deviation;
    finding.count = read.count;
    finding.places.extend(read.places.iter().skip(1).map(place));
    finding.because = read.because.map(|rule| rule.0);
    finding.only_by = read.only_by;
    let is_known = read.known == Some(true);
    let name = read.known_as.or_else(|| is_known.then(|| rule.to_owned()));
    (finding, name)
}

const fn place(read: &PlaceRead) -> Place {
    Place {
        line: read.line,
        at: read.at.0,
    }
}
