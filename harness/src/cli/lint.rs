//! `peerstate lint`.

use std::io::Write;

use clap::ValueEnum;
use peerstate_model::known::findings;

use super::progress::Progress;
use super::{CliError, Exit, choices};
use crate::editions::{Named, NamedError};
use crate::report::lint::human::{self, Details};
use crate::report::lint::{Linting, Proposals, html, json, markdown};

/// Model-checks the definitions themselves, for any number of transports.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate lint w3c-rec-2025-03-13 --details --suggest")]
pub(crate) struct Args {
    /// Editions, or files of drafts [default: every edition].
    editions: Vec<String>,
    /// Count combinations of at most this many transports.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=4))]
    up_to: u8,
    /// Search for small edits that repair the findings, ranked by how few combinations change.
    #[arg(long)]
    suggest: bool,
    /// Check an answer to a policy besides those that nobody disputes: ID for its first answer,
    /// ID=ANSWER, `all`, or `none` for not even those. docs/policies.md lists them.
    #[arg(long = "policy", value_name = "ID[=ANSWER]")]
    policies: Vec<String>,
    /// Show the reasons, the clauses that apply, and the paths.
    #[arg(long)]
    details: bool,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "human")]
    format: LintFormat,
}

/// The formats of lint's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LintFormat {
    /// Text for people.
    Human,
    /// JSON for machines.
    Json,
    /// Markdown for an issue or a page.
    Markdown,
    /// One self-contained HTML page.
    Html,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let editions = choose(&args.editions)?;
    let choices = choices(&args.policies)?;
    let known = findings::known()?;
    let up_to = usize::from(args.up_to);
    let mut linting = Linting::of(editions, up_to, choices, known);
    if args.suggest {
        let progress = Progress::of_many(linting.editions.len(), "editions");
        for of in &mut linting.editions {
            progress.say(format!("repairs of {}", of.named.edition.id));
            of.proposals = Some(Proposals::search(
                &of.named.edition,
                up_to,
                &linting.choices,
            ));
            progress.step();
        }
    }
    match args.format {
        LintFormat::Human => {
            let details = if args.details {
                Details::All
            } else {
                Details::Line
            };
            human::write(out, &linting, details)?;
        }
        LintFormat::Json => json::write(out, &linting)?,
        LintFormat::Markdown => write!(out, "{}", markdown::page(&linting))?,
        LintFormat::Html => writeln!(out, "{}", html::page(&linting))?,
    }
    Ok(Exit::of(linting.is_as_expected()))
}

/// Finds the editions, each with the name that the user gave.
fn choose(names: &[String]) -> Result<Vec<Named>, NamedError> {
    if names.is_empty() {
        return Ok(Named::all_published());
    }
    names.iter().map(|name| Named::find(name)).collect()
}
