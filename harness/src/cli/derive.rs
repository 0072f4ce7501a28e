//! `peerstate derive`.

use std::io::Write;

use owo_colors::OwoColorize;
use peerstate_model::editions::{Defined, Edition, Facts, Reading};
use peerstate_model::input::names;
use peerstate_model::states::{IceConnectionState, PeerConnectionState};
use peerstate_model::transports::{Combination, Transports};

use super::definitions::find;
use super::{CliError, Exit, Format};
use crate::report::lint::human::{tell_facts, tell_reading};
use crate::report::lint::json::DeriveReport;

/// Evaluates one combination, and shows which clause gave the value, which did not, and why.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: peerstate derive --edition repaired '(connected,new) (completed,connected)'"
)]
pub(crate) struct Args {
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
    /// How to report.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let named = find(&args.edition)?;
    let edition = &named.edition;
    let transports: Transports = args.combination.parse().map_err(|error| {
        let found = names::shorten(&args.combination);
        CliError::Input(format!("`{found}`: {error}"))
    })?;
    let combination = Combination {
        closed: args.closed,
        transports,
    };
    let wanted = args.reading.as_deref();
    let connection = choose::<PeerConnectionState>(edition, wanted);
    let ice = choose::<IceConnectionState>(edition, wanted);
    if let Some(wanted) = wanted {
        let has = connection.is_some_and(|r| r.id == wanted) || ice.is_some_and(|r| r.id == wanted);
        if !has {
            return Err(no_reading(edition, wanted));
        }
    }
    let facts = Facts::of(&combination);
    let derived = edition.derive_by(connection, ice, &facts);
    let reading = wanted
        .or(connection.map(|r| r.id.as_str()))
        .or(ice.map(|r| r.id.as_str()));
    match args.format {
        Format::Json => {
            let report = DeriveReport::of(edition, reading, &combination, derived);
            writeln!(out, "{}", serde_json::json!(report))?;
        }
        Format::Human => {
            writeln!(out, "{}: {combination}", named.shown().bold())?;
            let facts = edition.with_ice_connection_state(facts);
            tell_facts(&facts, out)?;
            if let (Some(definition), Some(reading)) = (&edition.connection_state, connection) {
                tell_reading(definition, reading, &facts, out)?;
            }
            if let (Some(definition), Some(reading)) = (&edition.ice_connection_state, ice) {
                tell_reading(definition, reading, &facts, out)?;
            }
        }
    }
    Ok(Exit::Fine)
}

fn choose<'e, S: Defined>(edition: &'e Edition, wanted: Option<&str>) -> Option<&'e Reading<S>> {
    let definition = S::definition(edition)?;
    let named = wanted.and_then(|id| definition.reading(id));
    Some(named.unwrap_or_else(|| definition.default_reading()))
}

/// The readings that an edition has of an enum.
fn ids<S: Defined>(edition: &Edition) -> Vec<&str> {
    let readings = S::definition(edition).into_iter().flat_map(|d| &d.readings);
    readings.map(|reading| reading.id.as_str()).collect()
}

fn no_reading(edition: &Edition, wanted: &str) -> CliError {
    let mut known = ids::<PeerConnectionState>(edition);
    known.extend(ids::<IceConnectionState>(edition));
    known.sort_unstable();
    known.dedup();
    let suggestion = names::nearest(wanted, known.iter().copied());
    let found = names::shorten(wanted);
    let (id, known) = (&edition.id, known.join(", "));
    CliError::Usage(format!(
        "{id} has no reading `{found}`{suggestion} (it has {known})"
    ))
}
