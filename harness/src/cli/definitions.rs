//! `peerstate derive`, `peerstate lint` and `peerstate diff`: questions to the definitions.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use owo_colors::OwoColorize;
use peerstate_model::editions::{
    self, Definition, Derived, Edition, Facts, KnownFinding, Mode, Reading, load_draft,
};
use peerstate_model::lint::{self, EnumReport};
use peerstate_model::names;
use peerstate_model::state_set::StateSet;
use peerstate_model::states::{IceConnectionState, PeerConnectionState, StateEnum};
use peerstate_model::transports::{Combination, Transports};
use peerstate_model::yaml::LONGEST_TEXT_BYTES;
use serde_json::{Value, json};

use super::{CliError, Exit, Format};
use crate::report::SCHEMA;

/// Evaluates one combination, and shows which clause gave the value and which did not.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: peerstate derive --edition repaired '(connected,new) (completed,connected)'"
)]
pub(crate) struct DeriveArgs {
    /// The transports, each as (ICE state,DTLS state); nothing for none.
    #[arg(default_value = "")]
    combination: String,
    /// The edition, or the file of a draft.
    #[arg(long, value_name = "EDITION")]
    edition: String,
    /// The reading; an enum that does not have it is taken by its default one.
    #[arg(long, value_name = "READING")]
    reading: Option<String>,
    /// Whether `[[IsClosed]]` is true.
    #[arg(long)]
    closed: bool,
    /// How to tell.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// Model-checks the definitions themselves, for any number of transports.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate lint w3c-rec-2025-03-13")]
pub(crate) struct LintArgs {
    /// Editions, or files of drafts; every edition if there are none.
    editions: Vec<String>,
    /// Combinations of at most so many transports are counted.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=4))]
    up_to: u8,
    /// How to tell.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// Shows every combination on which two editions disagree.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate diff w3c-rec-2021-01-26 w3c-rec-2025-03-13")]
pub(crate) struct DiffArgs {
    /// An edition, or the file of a draft.
    a: String,
    /// Another.
    b: String,
    /// The enum [default: the first of them that both define].
    #[arg(long = "enum", value_name = "ENUM", value_parser = [PeerConnectionState::NAME, IceConnectionState::NAME])]
    of: Option<String>,
    /// How to tell.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// How many transports the counts of `diff` go to.
const COUNTED_TRANSPORTS: usize = 3;

pub(super) fn derive(args: &DeriveArgs, out: &mut impl Write) -> Result<Exit, CliError> {
    let edition = find(&args.edition)?;
    let transports: Transports = args
        .combination
        .parse()
        .map_err(|error| CliError::Input(format!("`{}`: {error}", args.combination)))?;
    let combination = Combination {
        closed: args.closed,
        transports,
    };
    let wanted = args.reading.as_deref();
    let connection = choose(edition.connection_state.as_ref(), wanted);
    let ice = choose(edition.ice_connection_state.as_ref(), wanted);
    if let Some(wanted) = wanted {
        let has = connection.is_some_and(|r| r.id == wanted) || ice.is_some_and(|r| r.id == wanted);
        if !has {
            return Err(no_reading(&edition, wanted));
        }
    }
    let facts = Facts::of(&combination);
    let derived = edition.derive_by(connection, ice, &facts);
    let reading = wanted
        .or(connection.map(|r| r.id.as_str()))
        .or(ice.map(|r| r.id.as_str()));
    match args.format {
        Format::Json => {
            let report = derived_json(&edition, reading, &combination, derived);
            writeln!(out, "{report}")?;
        }
        Format::Human => {
            writeln!(out, "{}: {combination}", edition.id.bold())?;
            let facts = edition.with_ice_connection_state(facts);
            if let Some(reading) = connection {
                tell_rows(out, reading, facts)?;
            }
            if let Some(reading) = ice {
                tell_rows(out, reading, facts)?;
            }
        }
    }
    Ok(Exit::Fine)
}

fn derived_json(
    edition: &Edition,
    reading: Option<&str>,
    combination: &Combination,
    derived: Derived,
) -> Value {
    json!({
        "schema": SCHEMA,
        "edition": edition.id,
        "reading": reading,
        "closed": combination.closed,
        "transports": transports_json(combination),
        "connectionState": derived.connection_state.map(values_json),
        "iceConnectionState": derived.ice_connection_state.map(values_json),
    })
}

fn transports_json(combination: &Combination) -> Value {
    combination
        .transports
        .iter()
        .map(|transport| json!([transport.ice.as_str(), transport.dtls.as_str()]))
        .collect()
}

fn values_json<S: StateEnum>(values: StateSet<S>) -> Value {
    values
        .iter()
        .map(|value| value.as_str())
        .collect::<Vec<_>>()
        .into()
}

fn example_json(example: &Combination) -> Value {
    json!({ "closed": example.closed, "transports": transports_json(example) })
}

/// Each row of a reading, and whether it applies.
fn tell_rows<S: StateEnum>(
    out: &mut impl Write,
    reading: &Reading<S>,
    facts: Facts,
) -> io::Result<()> {
    let holding = reading.holding(&facts);
    writeln!(out)?;
    writeln!(
        out,
        "{} (reading {}): {}",
        S::NAME,
        reading.id,
        holding.to_string().bold()
    )?;
    let mut decided = false;
    for row in &reading.rows {
        let holds = row.predicate.holds(&facts, reading.vacuous_all);
        let word = match (holds, decided) {
            (true, false) => "applies",
            (true, true) => "would",
            (false, _) => "not",
        };
        decided |= holds && reading.mode == Mode::FirstMatch;
        let value = row.value.as_str();
        if holding.contains(row.value) {
            writeln!(out, "  {:<7}  {value:<12}  {}", word.green(), row.predicate)?;
        } else {
            writeln!(out, "  {word:<7}  {value:<12}  {}", row.predicate)?;
        }
    }
    Ok(())
}

pub(super) fn lint(args: &LintArgs, out: &mut impl Write) -> Result<Exit, CliError> {
    let editions: Vec<Edition> = if args.editions.is_empty() {
        editions::editions().to_vec()
    } else {
        args.editions
            .iter()
            .map(|name| find(name))
            .collect::<Result<_, _>>()?
    };
    let known =
        editions::known_findings().map_err(|refused| CliError::Input(refused.to_string()))?;
    let linted: Vec<(String, Vec<EnumReport>)> = editions
        .iter()
        .map(|edition| (edition.id.clone(), lint::lint(edition, args.up_to.into())))
        .collect();
    let mut fine = true;
    let mut reports = Vec::new();
    for (edition, enums) in &linted {
        let mut readings = Vec::new();
        for report in enums {
            let mut findings = Vec::new();
            for finding in &report.findings {
                let known = known
                    .iter()
                    .find(|known| lists(known, edition, report, finding));
                fine &= known.is_some();
                if args.format == Format::Human {
                    tell_finding(
                        out,
                        edition,
                        report,
                        finding,
                        known.and_then(|k| k.issue.as_deref()),
                    )?;
                }
                findings.push(json!({
                    "kind": finding.kind.as_str(),
                    "combinations": finding.combinations,
                    "example": finding.example.as_ref().map(example_json),
                    "message": finding.message,
                    "known": known.map(|known| known.issue.clone().unwrap_or_else(|| "listed".to_owned())),
                }));
            }
            readings.push(json!({
                "enum": report.enum_name,
                "reading": report.reading,
                "default": report.default,
                "findings": findings,
            }));
        }
        reports.push(json!({ "schema": SCHEMA, "edition": edition, "readings": readings }));
    }
    let gone = gone(&known, &linted);
    match (args.format, reports.as_slice()) {
        (Format::Json, [report]) => writeln!(out, "{report:#}")?,
        (Format::Json, reports) => {
            writeln!(
                out,
                "{:#}",
                json!({ "schema": SCHEMA, "editions": reports })
            )?;
        }
        (Format::Human, _) => {
            for gone in &gone {
                writeln!(out, "listed as known, and gone: {gone}")?;
            }
            if linted
                .iter()
                .all(|(_, enums)| enums.iter().all(|report| report.findings.is_empty()))
            {
                writeln!(out, "no findings")?;
            }
        }
    }
    Ok(if fine && gone.is_empty() {
        Exit::Fine
    } else {
        Exit::Violation
    })
}

/// Whether an entry of the list is about a finding.
fn lists(
    known: &KnownFinding,
    edition: &str,
    report: &EnumReport,
    finding: &lint::Finding,
) -> bool {
    known.edition == edition
        && known.enum_name == report.enum_name
        && known.reading == report.reading
        && known.kind == finding.kind.as_str()
        && known.example == finding.example.as_ref().map(ToString::to_string)
}

/// What is listed of the editions that were looked at, and was not found.
fn gone(known: &[KnownFinding], linted: &[(String, Vec<EnumReport>)]) -> Vec<String> {
    let is_found = |known: &KnownFinding, edition: &str, enums: &[EnumReport]| {
        enums.iter().any(|report| {
            report
                .findings
                .iter()
                .any(|finding| lists(known, edition, report, finding))
        })
    };
    known
        .iter()
        .filter(|known| {
            linted.iter().any(|(edition, enums)| {
                *edition == known.edition && !is_found(known, edition, enums)
            })
        })
        .map(|known| {
            format!(
                "{}: {} {} {}",
                known.edition, known.enum_name, known.reading, known.kind
            )
        })
        .collect()
}

fn tell_finding(
    out: &mut impl Write,
    edition: &str,
    report: &EnumReport,
    finding: &lint::Finding,
    issue: Option<&str>,
) -> io::Result<()> {
    let reading = if report.default {
        String::new()
    } else {
        format!(" (reading {})", report.reading)
    };
    let count = match finding.combinations {
        0 => String::new(),
        count => format!(" [{count} combinations]"),
    };
    let issue = issue.map_or_else(String::new, |issue| format!(" ({issue})"));
    writeln!(
        out,
        "{edition} {}{reading}: {}: {}{count}{issue}",
        report.enum_name,
        finding.kind.as_str().bold(),
        finding.message
    )
}

pub(super) fn diff(args: &DiffArgs, out: &mut impl Write) -> Result<Exit, CliError> {
    let (a, b) = (find(&args.a)?, find(&args.b)?);
    let both = a.connection_state.is_some() && b.connection_state.is_some();
    let of = args.of.as_deref().unwrap_or(if both {
        PeerConnectionState::NAME
    } else {
        IceConnectionState::NAME
    });
    let lacks = || CliError::Usage(format!("{} and {} do not both define {of}", a.id, b.id));
    if of == PeerConnectionState::NAME {
        let (one, other) = (a.connection_state.as_ref(), b.connection_state.as_ref());
        let (one, other) = (one.ok_or_else(lacks)?, other.ok_or_else(lacks)?);
        tell_difference(args, out, (&a, one), (&b, other))?;
    } else {
        let (one, other) = (
            a.ice_connection_state.as_ref(),
            b.ice_connection_state.as_ref(),
        );
        let (one, other) = (one.ok_or_else(lacks)?, other.ok_or_else(lacks)?);
        tell_difference(args, out, (&a, one), (&b, other))?;
    }
    Ok(Exit::Fine)
}

fn tell_difference<S: StateEnum>(
    args: &DiffArgs,
    out: &mut impl Write,
    (a, one): (&Edition, &Definition<S>),
    (b, other): (&Edition, &Definition<S>),
) -> io::Result<()> {
    let (one, other) = (one.default_reading(), other.default_reading());
    let difference = lint::compare((a, one), (b, other), COUNTED_TRANSPORTS);
    if args.format == Format::Json {
        let groups: Vec<Value> = difference
            .groups
            .iter()
            .map(|group| {
                json!({
                    "a": values_json(group.a),
                    "b": values_json(group.b),
                    "combinations": group.combinations,
                    "example": example_json(&group.example),
                })
            })
            .collect();
        let report = json!({
            "schema": SCHEMA,
            "a": a.id,
            "b": b.id,
            "enum": S::NAME,
            "combinations": difference.combinations,
            "groups": groups,
        });
        return writeln!(out, "{report:#}");
    }
    writeln!(
        out,
        "{} of {} and {}: {} combinations of up to {COUNTED_TRANSPORTS} transports differ",
        S::NAME,
        a.id.bold(),
        b.id.bold(),
        difference.combinations
    )?;
    for group in &difference.groups {
        writeln!(out)?;
        let count = group.combinations;
        writeln!(
            out,
            "  {} -> {}  {count} combinations, such as {}",
            group.a, group.b, group.example
        )?;
        for (edition, reading, values) in [(a, one, group.a), (b, other, group.b)] {
            for row in reading.rows.iter().filter(|row| values.contains(row.value)) {
                writeln!(
                    out,
                    "    {}: {} if {}",
                    edition.id, row.value, row.predicate
                )?;
            }
        }
    }
    Ok(())
}

fn choose<'d, S: StateEnum>(
    definition: Option<&'d Definition<S>>,
    wanted: Option<&str>,
) -> Option<&'d Reading<S>> {
    let definition = definition?;
    let named = wanted.and_then(|id| definition.reading(id));
    Some(named.unwrap_or_else(|| definition.default_reading()))
}

fn no_reading(edition: &Edition, wanted: &str) -> CliError {
    let mut known: Vec<&str> = Vec::new();
    if let Some(definition) = &edition.connection_state {
        known.extend(
            definition
                .readings
                .iter()
                .map(|reading| reading.id.as_str()),
        );
    }
    if let Some(definition) = &edition.ice_connection_state {
        known.extend(
            definition
                .readings
                .iter()
                .map(|reading| reading.id.as_str()),
        );
    }
    known.dedup();
    let suggestion = names::nearest(wanted, known.iter().copied());
    let found = names::shorten(wanted);
    let (id, known) = (&edition.id, known.join(", "));
    CliError::Usage(format!(
        "{id} has no reading `{found}`{suggestion} (it has {known})"
    ))
}

/// An edition compiled in, or the draft in a file.
fn find(name: &str) -> Result<Edition, CliError> {
    let path = Path::new(name);
    if !path.is_file() {
        return Ok(editions::edition(name)?.clone());
    }
    let unreadable = |error: io::Error| CliError::Input(format!("{name}: {error}"));
    let mut text = String::new();
    let limit = LONGEST_TEXT_BYTES as u64 + 1;
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(limit)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    load_draft(name, &text).map_err(|refused| CliError::Input(refused.to_string()))
}
