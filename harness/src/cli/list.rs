//! `peerstate list`.

use std::io::Write;

use super::{CliError, Exit};
use crate::report::list::{self, human};
use clap::ValueEnum;

/// Lists scenarios, editions, rules or implementations.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate list rules")]
pub(crate) struct Args {
    /// What to list.
    what: What,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Scenarios,
    Editions,
    Rules,
    Implementations,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let listed = match args.what {
        What::Scenarios => list::scenarios()?,
        What::Editions => list::editions(),
        What::Rules => list::rules(),
        What::Implementations => list::implementations(),
    };
    human::write(out, &listed)?;
    Ok(Exit::Fine)
}
