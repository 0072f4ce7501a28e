//! `peerstate explain`.

use std::io::Write;

use super::{CliError, Exit};
use crate::report::explain::{Explained, human};

/// Explains a rule: its requirement, its reason, its section, and a trace that breaks it.
///
/// It also explains a property of `check`, a policy, and a kind of finding of `lint`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate explain event/order")]
pub(crate) struct Args {
    /// The id of a rule, a property, a policy, a kind of finding, or the name that a finding is
    /// `about`.
    rule: String,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let explained = Explained::find(&args.rule).map_err(CliError::usage)?;
    human::write(out, &explained)?;
    Ok(Exit::Fine)
}
