//! `peerstate schema`.

use std::io::Write;

use clap::ValueEnum;

use super::{CliError, Exit};
use crate::schemas;

/// Prints a JSON Schema.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate schema scenario > scenario.schema.json")]
pub(crate) struct Args {
    /// The format that the schema describes.
    what: What,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Scenario,
    Trace,
    Adapter,
    Edition,
    Report,
    Known,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let schema = match args.what {
        What::Scenario => schemas::scenario(),
        What::Trace => schemas::trace(),
        What::Adapter => schemas::adapter(),
        What::Edition => schemas::edition(),
        What::Report => schemas::report(),
        What::Known => schemas::known(),
    };
    writeln!(out, "{}", schemas::text(&schema))?;
    Ok(Exit::Fine)
}
