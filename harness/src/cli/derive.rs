//! `peerstate derive`.

use std::io::Write;

use peerstate_model::input::names;
use peerstate_model::transports::{Combination, Transports};

use super::{CliError, Exit, Format};
use crate::editions::Named;
use crate::report::derive::{Derivation, human, json};

/// Evaluates one combination, and shows which clause gives the value, which do not, and why.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: peerstate derive --edition repaired '(connected,new) (completed,connected)'"
)]
pub(crate) struct Args {
    /// The transports, each as (ICE state,DTLS state); empty for no transports.
    #[arg(default_value = "")]
    combination: String,
    /// The edition, or the file of a draft.
    #[arg(long, value_name = "EDITION")]
    edition: String,
    /// The reading; an enum without this reading is evaluated by its default reading.
    #[arg(long, value_name = "READING")]
    reading: Option<String>,
    /// Whether `[[IsClosed]]` is true.
    #[arg(long)]
    closed: bool,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let named = Named::find(&args.edition)?;
    let transports: Transports = args.combination.parse().map_err(|error| {
        let found = names::shorten(&args.combination);
        CliError::Input(format!("`{found}`: {error}"))
    })?;
    let combination = Combination {
        closed: args.closed,
        transports,
    };
    let derivation =
        Derivation::of(&named, combination, args.reading.as_deref()).map_err(CliError::usage)?;
    match args.format {
        Format::Json => json::write(out, &derivation)?,
        Format::Human => human::write(out, &derivation)?,
    }
    Ok(Exit::Fine)
}
