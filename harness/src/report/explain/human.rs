//! The explanation of an id, for people.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::policies::Policy;
use peerstate_model::rules::{self, Rule};

use super::Explained;

/// Writes the explanation.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, explained: &Explained) -> io::Result<()> {
    match explained {
        Explained::Rule { rule, property } => {
            write_rule(out, rule)?;
            match property {
                Some(property) => {
                    writeln!(out)?;
                    writeln!(out, "In the connection model: {}", property.sentence)
                }
                None => Ok(()),
            }
        }
        Explained::Property(property) => {
            let what = "a property of the connection model (peerstate check)";
            write_plain(out, property.id, what, property.sentence)?;
            writeln!(out)?;
            writeln!(out, "Section: {}", property.spec)
        }
        Explained::Policy(policy) => write_policy(out, policy),
        Explained::Kind(kind) => {
            let what = "a kind of finding about a definition (peerstate lint)";
            write_plain(out, kind.as_str(), what, kind.meaning())
        }
        Explained::DynamicsKind(kind) => {
            let what = "a kind of finding about the dynamics (peerstate lint)";
            write_plain(out, kind.as_str(), what, kind.meaning())
        }
        Explained::Question { about, asks } => {
            let what = "a requirement on every text (peerstate lint)";
            write_plain(out, about, what, asks)
        }
    }
}

fn write_plain(out: &mut dyn Write, id: &str, what: &str, sentence: &str) -> io::Result<()> {
    writeln!(out, "{}: {what}", id.bold())?;
    writeln!(out)?;
    writeln!(out, "{sentence}")
}

fn write_policy(out: &mut dyn Write, policy: &Policy) -> io::Result<()> {
    let asked = if policy.is_default() {
        "checked by default"
    } else {
        "checked if an answer is chosen (--policy)"
    };
    writeln!(out, "{}: a policy, {asked}", policy.id.bold())?;
    writeln!(out)?;
    writeln!(out, "{}", policy.question)?;
    writeln!(out)?;
    for answer in policy.answers {
        writeln!(out, "  {}={}: {}", policy.id, answer.id, answer.sentence)?;
    }
    writeln!(out)?;
    writeln!(out, "Why: {}", policy.reason())?;
    for source in policy.sources {
        writeln!(out, "Source: {}, {}", source.report, source.says)?;
    }
    Ok(())
}

fn write_rule(out: &mut dyn Write, rule: &Rule) -> io::Result<()> {
    writeln!(out, "{} ({})", rule.id.bold(), rule.level)?;
    writeln!(out)?;
    writeln!(out, "{}", rule.requirement)?;
    writeln!(out)?;
    writeln!(out, "Why: {}", rule.why)?;
    writeln!(out, "Section: {}", rule.spec)?;
    writeln!(out, "Editions: {}", rule.editions.describe())?;
    if let Some(example) = rules::breaking_example(rule.id) {
        writeln!(out)?;
        writeln!(out, "A trace that breaks it:")?;
        for line in example.lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}
