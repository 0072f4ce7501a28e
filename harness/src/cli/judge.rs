//! `peerstate judge`.

use std::fs::File;
use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::located::Refused;
use peerstate_model::rules::{self, Outcome, Verdict};
use peerstate_model::trace::{self, LONGEST_TRACE_BYTES, Lanes, Trace, TraceError};

use super::{CliError, Exit, Format, edition};
use crate::bounded;
use crate::report::SCHEMA;
use crate::report::json::{FindingReport, JudgeReport, TraceReport};
use crate::terminal;

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
pub(super) fn read(file: &str) -> Result<Trace, Refused<TraceError>> {
    let unreadable =
        |error: io::Error| Refused::one(file, None, TraceError::Unreadable(error.to_string()));
    if file == "-" {
        let bytes = bounded::read(io::stdin().lock(), LONGEST_TRACE_BYTES).map_err(unreadable)?;
        return trace::read("standard input", &bytes);
    }
    let opened = File::open(file).map_err(unreadable)?;
    if opened.metadata().map_err(unreadable)?.len() > LONGEST_TRACE_BYTES {
        return Err(Refused::one(file, None, TraceError::TooLong));
    }
    let bytes = bounded::read(opened, LONGEST_TRACE_BYTES).map_err(unreadable)?;
    trace::read(file, &bytes)
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
        let lanes = Lanes::around(finding.line, 3, terminal::width().saturating_sub(4));
        for line in trace.lanes(&lanes).lines() {
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
