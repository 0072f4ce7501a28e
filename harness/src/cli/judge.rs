//! `peerstate judge`.

use std::io::{self, Write};
use std::path::Path;

use owo_colors::OwoColorize;
use peerstate_model::rules::{self, Outcome, Verdict};
use peerstate_model::trace::{self, Trace};

use super::{CliError, Exit, Format, edition};
use crate::input;
use crate::report::SCHEMA;
use crate::report::json::{FindingReport, JudgeReport, TraceReport};

/// Judges recorded traces.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: peerstate judge traces/connect/*.jsonl --edition w3c-rec-2025-03-13"
)]
pub(crate) struct Args {
    /// Trace files; `-` is standard input.
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<String>,
    /// The edition to judge by, or the file of a draft [default: repaired].
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// How to tell.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let named = edition(args.edition.as_deref())?;
    let edition = &named.edition;
    let (mut traces, mut refused) = (Vec::new(), Vec::new());
    for file in &args.traces {
        match read(file) {
            Ok(trace) => traces.push((file, trace)),
            Err(problems) => refused.push(problems.to_string()),
        }
    }
    if !refused.is_empty() {
        return Err(CliError::Input(refused.join("\n")));
    }
    let judged: Vec<_> = traces
        .iter()
        .map(|(file, trace)| (*file, trace, rules::judge(trace, edition)))
        .collect();
    match args.format {
        Format::Json => {
            let report = JudgeReport {
                schema: SCHEMA,
                edition: edition.id.clone(),
                traces: judged
                    .iter()
                    .map(|(file, _, verdict)| report(file, verdict))
                    .collect(),
            };
            serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Human => {
            for (file, trace, verdict) in &judged {
                tell(out, file, trace, verdict, &edition.id)?;
            }
        }
    }
    let violates = judged
        .iter()
        .any(|(_, _, verdict)| verdict.outcome == Outcome::Violates);
    Ok(if violates {
        Exit::Violation
    } else {
        Exit::Fine
    })
}

/// Reads a trace, and no more of the file than a trace may have.
fn read(file: &str) -> Result<Trace, CliError> {
    let path = Path::new(file);
    let bytes = input::bytes(path, input::Format::Trace)?;
    Ok(trace::read(&input::shown(path), &bytes)?)
}

fn report(file: &str, verdict: &Verdict) -> TraceReport {
    let findings = verdict
        .findings
        .iter()
        .map(|f| FindingReport::new(f, None))
        .collect();
    TraceReport::new(Some(file.to_owned()), verdict, findings)
}

fn tell(
    out: &mut impl Write,
    file: &str,
    trace: &Trace,
    verdict: &Verdict,
    edition: &str,
) -> io::Result<()> {
    let outcome = match verdict.outcome {
        Outcome::Conforms => "conforms".green().to_string(),
        Outcome::Violates => "violates".red().bold().to_string(),
        Outcome::Inconclusive => "inconclusive".dimmed().to_string(),
    };
    let file = if file == "-" { "standard input" } else { file };
    writeln!(out, "{outcome}  {file}, by the edition {edition}")?;
    for finding in &verdict.findings {
        writeln!(out)?;
        writeln!(out, "  {}  {}", finding.rule.bold(), finding.message)?;
        writeln!(
            out,
            "  {} at {} ms, line {}",
            finding.peer, finding.at, finding.line
        )?;
        if let Some(rule) = rules::rule(finding.rule) {
            writeln!(out, "  required: {}", rule.requirement)?;
            writeln!(out, "  see {}", rule.spec)?;
        }
        writeln!(out)?;
        for line in trace.render_around(finding.line, 3).lines() {
            writeln!(out, "    {line}")?;
        }
    }
    let list = |items: &[String]| {
        if items.is_empty() {
            "none".to_owned()
        } else {
            items.join(", ")
        }
    };
    writeln!(out)?;
    writeln!(
        out,
        "  agrees with the values of: {}",
        list(&verdict.agrees_with)
    )?;
    let unobserved: Vec<String> = verdict.unobserved.iter().map(|&r| r.to_owned()).collect();
    writeln!(out, "  shows nothing of: {}", list(&unobserved))
}
