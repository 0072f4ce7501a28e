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
    /// Editions, or files of drafts; every edition if there are none.
    editions: Vec<String>,
    /// Combinations of at most so many transports are counted.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=4))]
    up_to: u8,
    /// Search small edits that mend what is found, by how few combinations change.
    #[arg(long)]
    suggest: bool,
    /// Ask for the answer to a policy beside those that nobody disputes: ID for its first answer,
    /// ID=ANSWER, `all`, or `none` for not even those. docs/policies.md lists them.
    #[arg(long = "policy", value_name = "ID[=ANSWER]")]
    policies: Vec<String>,
    /// Tell why, which clauses apply, and how to get there.
    #[arg(long)]
    details: bool,
    /// How to report.
    #[arg(long, value_enum, default_value = "human")]
    format: LintFormat,
}

/// How lint reports what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LintFormat {
    /// For people.
    Human,
    /// For machines.
    Json,
    /// For an issue or a page.
    Markdown,
    /// One self-contained page.
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
    Ok(if linting.is_as_expected() {
        Exit::Fine
    } else {
        Exit::Violation
    })
}

/// The editions, each with the name it was asked for by.
fn choose(names: &[String]) -> Result<Vec<Named>, NamedError> {
    if names.is_empty() {
        return Ok(Named::all_published());
    }
    names.iter().map(|name| Named::find(name)).collect()
}
