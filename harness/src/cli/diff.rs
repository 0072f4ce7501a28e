//! `peerstate diff`.

use std::io::Write;

use peerstate_model::editions::{self, Defined};
use peerstate_model::states::{IceConnectionState, PeerConnectionState};
use serde_json::json;

use super::definitions::find;
use super::{CliError, Exit, Format};
use crate::report::lint::Named;
use crate::report::lint::diff::{Comparison, matrix};

/// Shows every combination on which two editions disagree.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate diff w3c-rec-2021-01-26 w3c-rec-2025-03-13")]
pub(crate) struct Args {
    /// An edition, or the file of a draft.
    #[arg(required_unless_present = "all")]
    a: Option<String>,
    /// Another.
    #[arg(required_unless_present = "all")]
    b: Option<String>,
    /// Show on how many combinations every two editions disagree; drafts that are named as well
    /// stand beside them.
    #[arg(long)]
    all: bool,
    /// The enum [default: the first of them that both define].
    #[arg(long = "enum", value_name = "ENUM", value_parser = [PeerConnectionState::NAME, IceConnectionState::NAME])]
    of: Option<String>,
    /// How to report.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let asked = || args.a.iter().chain(&args.b);
    let found = asked()
        .map(|name| find(name))
        .collect::<Result<Vec<Named>, CliError>>()?;
    if args.all {
        let mut all: Vec<Named> = editions::editions().iter().map(Named::published).collect();
        all.extend(found.into_iter().filter(|of| !of.is_published));
        tell_matrix(args, &all, out)?;
        return Ok(Exit::Fine);
    }
    let [a, b] = found.as_slice() else {
        return Err(CliError::Usage("two editions are compared".to_owned()));
    };
    let both = a.edition.connection_state.is_some() && b.edition.connection_state.is_some();
    let of = args.of.as_deref().unwrap_or(if both {
        PeerConnectionState::NAME
    } else {
        IceConnectionState::NAME
    });
    if of == PeerConnectionState::NAME {
        tell_difference::<PeerConnectionState>(args, (a, b), out)?;
    } else {
        tell_difference::<IceConnectionState>(args, (a, b), out)?;
    }
    Ok(Exit::Fine)
}

fn tell_difference<S: Defined>(
    args: &Args,
    (a, b): (&Named, &Named),
    out: &mut impl Write,
) -> Result<(), CliError> {
    let comparison = Comparison::<S>::of(a, b).ok_or_else(|| {
        CliError::Usage(format!(
            "{} and {} do not both define {}",
            a.shown(),
            b.shown(),
            S::NAME
        ))
    })?;
    match args.format {
        Format::Human => comparison.tell(out)?,
        Format::Json => writeln!(out, "{:#}", json!(comparison.json()))?,
    }
    Ok(())
}

fn tell_matrix(args: &Args, editions: &[Named], out: &mut impl Write) -> Result<(), CliError> {
    let report = match args.of.as_deref() {
        Some(IceConnectionState::NAME) => matrix::<IceConnectionState>(editions),
        _ => matrix::<PeerConnectionState>(editions),
    };
    match args.format {
        Format::Human => report.tell(out)?,
        Format::Json => writeln!(out, "{}", json!(report))?,
    }
    Ok(())
}
