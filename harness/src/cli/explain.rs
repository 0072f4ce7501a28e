//! `peerstate explain`.

use std::io::Write;

use owo_colors::OwoColorize;
use peerstate_model::rules::{self, Level};

use super::{CliError, Exit};

/// Explains a rule: what it requires, why, where it stands, and a trace that breaks it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate explain event/order")]
pub(crate) struct Args {
    /// The id of a rule.
    rule: String,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let rule = rules::rule(&args.rule)?;
    let level = match rule.level {
        Level::Must => "must",
        Level::Should => "should",
    };
    writeln!(out, "{} ({level})", rule.id.bold())?;
    writeln!(out)?;
    writeln!(out, "{}", rule.requirement)?;
    writeln!(out)?;
    writeln!(out, "Why: {}", rule.why)?;
    writeln!(out, "Section: {}", rule.spec)?;
    let editions = if rule.by_edition {
        "what is right depends on the edition (--edition)"
    } else {
        "the same for every edition whose algorithms it speaks of"
    };
    writeln!(out, "Editions: {editions}")?;
    if let Some(example) = rules::breaking_example(rule.id) {
        writeln!(out)?;
        writeln!(out, "A trace that breaks it:")?;
        for line in example.lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(Exit::Fine)
}
