//! `peerstate list`.

use std::io::Write;

use clap::ValueEnum;
use peerstate_model::editions;
use peerstate_model::rules::RULES;

use super::{CliError, Exit};
use crate::implementations;
use crate::scenario::suite;

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
    let rows: Vec<(String, String)> = match args.what {
        What::Scenarios => suite::embedded()?
            .into_iter()
            .map(|scenario| (scenario.id, scenario.title))
            .collect(),
        What::Editions => editions::editions()
            .iter()
            .map(|edition| {
                (
                    edition.id.clone(),
                    format!("{}; {}", edition.date, edition.status),
                )
            })
            .collect(),
        What::Rules => RULES
            .iter()
            .map(|rule| (rule.id.to_owned(), rule.requirement.to_owned()))
            .collect(),
        What::Implementations => implementations::all()
            .into_iter()
            .map(|(name, implementation)| {
                let identity = implementation.identity();
                let capabilities: Vec<_> = implementation
                    .capabilities()
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                (
                    name.to_owned(),
                    format!("{}; {}", identity.version, capabilities.join(", ")),
                )
            })
            .collect(),
    };
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, about) in rows {
        writeln!(out, "{name:<width$}  {about}")?;
    }
    Ok(Exit::Fine)
}
