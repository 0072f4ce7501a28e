//! `peerstate diff`.

use std::io::Write;

use peerstate_model::editions::Defined;
use peerstate_model::states::{IceConnectionState, PeerConnectionState};

use super::{CliError, Exit, Format};
use crate::editions::{Named, NamedError};
use crate::report::diff::{Comparison, Matrix, human, json};

/// Shows every combination on which two editions differ.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate diff w3c-rec-2021-01-26 w3c-rec-2025-03-13")]
pub(crate) struct Args {
    /// An edition, or the file of a draft.
    #[arg(required_unless_present = "all")]
    a: Option<String>,
    /// The edition to compare it with, or the file of a draft.
    #[arg(required_unless_present = "all")]
    b: Option<String>,
    /// Show on how many combinations any two editions differ; drafts that are named are included.
    #[arg(long)]
    all: bool,
    /// The enum [default: the first that both define].
    #[arg(long = "enum", value_name = "ENUM", value_parser = [PeerConnectionState::NAME, IceConnectionState::NAME])]
    of: Option<String>,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let asked = args.a.iter().chain(&args.b);
    let found: Result<Vec<Named>, NamedError> = asked.map(|name| Named::find(name)).collect();
    let found = found?;
    if args.all {
        let mut all = Named::all_published();
        all.extend(found.into_iter().filter(|of| !of.is_published));
        let matrix = match args.of.as_deref() {
            Some(IceConnectionState::NAME) => Matrix::of::<IceConnectionState>(&all),
            _ => Matrix::of::<PeerConnectionState>(&all),
        };
        match args.format {
            Format::Human => human::write_matrix(out, &matrix)?,
            Format::Json => json::write_matrix(out, &matrix)?,
        }
        return Ok(Exit::Fine);
    }
    let [a, b] = found.as_slice() else {
        return Err(CliError::Usage(
            "expected two editions to compare".to_owned(),
        ));
    };
    let both = a.edition.connection_state.is_some() && b.edition.connection_state.is_some();
    let of = args.of.as_deref().unwrap_or(if both {
        PeerConnectionState::NAME
    } else {
        IceConnectionState::NAME
    });
    if of == PeerConnectionState::NAME {
        compare::<PeerConnectionState>(args, (a, b), out)?;
    } else {
        compare::<IceConnectionState>(args, (a, b), out)?;
    }
    Ok(Exit::Fine)
}

fn compare<S: Defined>(
    args: &Args,
    (a, b): (&Named, &Named),
    out: &mut impl Write,
) -> Result<(), CliError> {
    let comparison = Comparison::<S>::of(a, b).map_err(CliError::usage)?;
    match args.format {
        Format::Human => human::write(out, &comparison)?,
        Format::Json => json::write(out, &comparison)?,
    }
    Ok(())
}
