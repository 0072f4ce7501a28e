//! `peerstate explain`.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::input::names;
use peerstate_model::lint::{self, Asked, DynamicsKind, Kind};
use peerstate_model::machine::properties::PROPERTIES;
use peerstate_model::policies::{self, POLICIES, Policy};
use peerstate_model::rules::{self, Level, Rule};

use super::{CliError, Exit};

/// Explains a rule: what it requires, why, its section, and a trace that breaks it.
///
/// It also explains a property of `check`, a policy, and a kind of finding of `lint`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate explain event/order")]
pub(crate) struct Args {
    /// The id of a rule, a property or a policy, a kind of finding, or what a finding is about.
    rule: String,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let asked = args.rule.as_str();
    let rule = rules::rule(asked);
    let property = PROPERTIES.iter().find(|property| property.id == asked);
    // A check names a law by its policy, and by the answer unless that is the first.
    let law = asked.strip_prefix("law/").unwrap_or(asked);
    let policy = policies::policy(law.split_once('=').map_or(law, |(id, _)| id));
    let kind = Kind::ALL.iter().find(|kind| kind.as_str() == asked);
    let questions = lint::asked();
    let dynamics = DynamicsKind::ALL.iter().find(|kind| kind.as_str() == asked);
    if let Some(rule) = rule {
        write_rule(rule, out)?;
    } else if let Some(property) = property {
        let what = "a property of the connection model (peerstate check)";
        write(asked, what, property.sentence, Some(property.spec), out)?;
    } else if let Some(policy) = policy {
        write_policy(policy, out)?;
    } else if let Some(kind) = kind {
        let what = "a kind of finding about a definition (peerstate lint)";
        write(asked, what, kind.meaning(), None, out)?;
    } else if let Some(kind) = dynamics {
        let what = "a kind of finding about the dynamics (peerstate lint)";
        write(asked, what, kind.meaning(), None, out)?;
    } else if let Some(question) = questions.iter().find(|question| question.about == asked) {
        let what = "something that is asked of every text (peerstate lint)";
        write(asked, what, question.asks, None, out)?;
    } else {
        return Err(unknown(asked, &questions));
    }
    // A rule of traces may have the name of a property of the model.
    if let (Some(_), Some(property)) = (rule, property) {
        writeln!(out)?;
        writeln!(out, "In the connection model: {}", property.sentence)?;
    }
    Ok(Exit::Fine)
}

/// There is nothing with this id.
fn unknown(asked: &str, questions: &[Asked]) -> CliError {
    let rules = rules::RULES.iter().map(|rule| rule.id);
    let properties = PROPERTIES.iter().map(|property| property.id);
    let policies = POLICIES.iter().map(|policy| policy.id);
    let kinds = Kind::ALL.iter().map(|kind| kind.as_str());
    let dynamics = DynamicsKind::ALL.iter().map(|kind| kind.as_str());
    let questions = questions.iter().map(|question| question.about);
    let all = rules
        .chain(properties)
        .chain(policies)
        .chain(kinds)
        .chain(dynamics)
        .chain(questions);
    let (found, suggestion) = (names::shorten(asked), names::nearest(asked, all));
    CliError::Usage(format!(
        "there is no rule, property, policy, kind of finding or question `{found}`{suggestion}\n\
         Next: peerstate list rules; the others are named by peerstate check and peerstate lint."
    ))
}

fn write(
    id: &str,
    what: &str,
    sentence: &str,
    spec: Option<&str>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "{}: {what}", id.bold())?;
    writeln!(out)?;
    writeln!(out, "{sentence}")?;
    if let Some(spec) = spec {
        writeln!(out)?;
        writeln!(out, "Section: {spec}")?;
    }
    Ok(())
}

fn write_policy(policy: &Policy, out: &mut impl Write) -> io::Result<()> {
    let asked = if policy.is_default() {
        "asked by default"
    } else {
        "asked where an answer is chosen (--policy)"
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

fn write_rule(rule: &Rule, out: &mut impl Write) -> io::Result<()> {
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
