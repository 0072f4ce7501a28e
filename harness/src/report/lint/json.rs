//! The findings of lint, as JSON.

use std::io::{self, Write};

use peerstate_model::known::findings::Explanation;
use peerstate_model::lint::{DynamicsProposal, Proposal, Suggestions};
use schemars::JsonSchema;
use serde::Serialize;

use super::{LintedEdition, Linting, not_looked_at};
use crate::report::SCHEMA;
use crate::report::combination::Example;

/// The output of `lint --format json` for several editions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LintReports {
    /// The version of this format: 1.
    schema: u32,
    editions: Vec<LintReport>,
}

/// The output of `lint --format json` for one edition.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LintReport {
    /// The version of this format: 1.
    schema: u32,
    edition: String,
    /// The file of a draft; null for a compiled-in edition.
    file: Option<String>,
    /// The policies that were checked, each as ID=ANSWER.
    policies: Vec<String>,
    /// Each reading of each enum.
    readings: Vec<ReadingReport>,
    /// The findings about how and when the values are updated.
    dynamics: Vec<DynamicsReport>,
    /// Questions that readers raised about the text, confirmed as intended.
    remarks: Vec<RemarkReport>,
    /// What was not checked, and why; null if everything was checked.
    not_looked_at: Option<String>,
    /// Notes on the text, such as a mistake in its wording.
    notes: Vec<String>,
    /// Proposed repairs (`--suggest`).
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestions: Option<SuggestionsReport>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ReadingReport {
    /// `RTCPeerConnectionState` or `RTCIceConnectionState`.
    #[serde(rename = "enum")]
    of: &'static str,
    reading: String,
    /// Whether it is the default reading.
    default: bool,
    findings: Vec<FindingReport>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FindingReport {
    /// gap, overlap, unreachable, claim, contradiction, policy, regression or naming.
    kind: &'static str,
    /// The policy and the answer that require something else, as ID=ANSWER; null if the text
    /// contradicts itself.
    policy: Option<String>,
    /// The number of multisets of transports that have it, on an open connection, up to the bound.
    combinations: usize,
    /// The smallest combination that has it; null if it is not about combinations.
    example: Option<Example>,
    /// The smallest combination of each cause, including the example: no transports; each value of
    /// iceConnectionState that occurs with the value of connectionState; each set of values of an
    /// overlap; each pair of values of a regression; each smallest set of ICE states of a gap of
    /// iceConnectionState. Empty if the causes are not distinguished.
    examples: Vec<Example>,
    message: String,
    #[serde(flatten)]
    known: KnownReport,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DynamicsReport {
    /// unspecified, stale, close, order, second-task, event, transports or getter.
    kind: &'static str,
    /// The property that fails, or says/… if the text leaves something out.
    about: &'static str,
    /// The policy and the answer that require something else, as ID=ANSWER; null if no policy is
    /// involved.
    policy: Option<String>,
    message: String,
    /// A shortest path to it, step by step; null if the text has no algorithm to run.
    path: Option<Vec<String>>,
    #[serde(flatten)]
    known: KnownReport,
}

#[derive(Debug, Serialize, JsonSchema)]
struct KnownReport {
    /// The public report or reports; `listed` if it is known without a report; null if it is not
    /// known.
    known: Option<String>,
    /// What is wrong with the text, in a sentence, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<String>,
}

impl KnownReport {
    fn of(entry: Option<Explanation<'_>>) -> Self {
        Self {
            known: entry.map(|entry| match entry.reported {
                [] => "listed".to_owned(),
                reported => reported.join(", "),
            }),
            sentence: entry.map(|entry| entry.sentence.to_owned()),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct RemarkReport {
    message: &'static str,
    example: Example,
    /// The public report.
    issue: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SuggestionsReport {
    readings: Vec<ReadingSuggestions>,
    dynamics: Vec<DynamicsSuggestion>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ReadingSuggestions {
    /// `RTCPeerConnectionState` or `RTCIceConnectionState`.
    #[serde(rename = "enum")]
    of: &'static str,
    reading: String,
    /// Single edits that remove a kind of finding, best first.
    proposals: Vec<ProposalReport>,
    /// Edits that together leave no finding, made one after the other, if no single edit does.
    sequence: Vec<ProposalReport>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ProposalReport {
    instruction: String,
    before: String,
    after: String,
    /// The kinds of findings that it removes.
    mends: Vec<&'static str>,
    /// The number of combinations whose value changes.
    changes: usize,
    /// The number of findings of the reading that remain.
    left: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DynamicsSuggestion {
    instruction: String,
    /// The names of the findings that it removes.
    mends: Vec<&'static str>,
    /// The names of the findings that remain.
    left: Vec<&'static str>,
}

/// Returns the report on editions: one report, or a list of them.
#[must_use]
pub fn report(linting: &Linting) -> serde_json::Value {
    let mut reports: Vec<LintReport> = linting
        .editions
        .iter()
        .map(|linted| of_edition(linting, linted))
        .collect();
    let report = if reports.len() == 1 {
        reports.pop().map(serde_json::to_value)
    } else {
        Some(serde_json::to_value(LintReports {
            schema: SCHEMA,
            editions: reports,
        }))
    };
    // These types always convert to JSON.
    report.and_then(Result::ok).unwrap_or_default()
}

/// Writes the report on editions.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, linting: &Linting) -> io::Result<()> {
    writeln!(out, "{:#}", report(linting))
}

fn of_edition(linting: &Linting, of: &LintedEdition) -> LintReport {
    let linted = &of.linted;
    let readings = linted.enums.iter().map(|report| ReadingReport {
        of: report.enum_name,
        reading: report.reading.clone(),
        default: report.default,
        findings: report
            .findings
            .iter()
            .map(|finding| FindingReport {
                kind: finding.kind.as_str(),
                policy: finding.policy.map(|chosen| chosen.to_string()),
                combinations: finding.combinations,
                example: finding.example.as_ref().map(Example::of),
                examples: finding.families.iter().map(Example::of).collect(),
                message: finding.message.clone(),
                known: KnownReport::of(linting.entry(of, report, finding)),
            })
            .collect(),
    });
    let dynamics = linted.dynamics.iter().map(|finding| DynamicsReport {
        kind: finding.kind.as_str(),
        about: finding.about,
        policy: finding.policy.map(|chosen| chosen.to_string()),
        message: finding.message.clone(),
        path: finding
            .path
            .as_ref()
            .map(|path| path.steps.iter().map(ToString::to_string).collect()),
        known: KnownReport::of(linting.entry_of_dynamics(of, finding)),
    });
    let remarks = linted.remarks.iter().map(|remark| RemarkReport {
        message: remark.message,
        example: Example::of(&remark.example),
        issue: remark.issue,
    });
    let suggestions = of.proposals.as_ref().map(|proposals| SuggestionsReport {
        readings: proposals.definitions.iter().map(suggestions).collect(),
        dynamics: proposals.dynamics.iter().map(dynamics_suggestion).collect(),
    });
    LintReport {
        schema: SCHEMA,
        edition: linted.edition.clone(),
        file: (!of.named.is_published).then(|| of.named.name.clone()),
        policies: linting.choices.iter().map(|of| of.to_string()).collect(),
        readings: readings.collect(),
        dynamics: dynamics.collect(),
        remarks: remarks.collect(),
        not_looked_at: not_looked_at(linted),
        notes: of.named.edition.notes.clone(),
        suggestions,
    }
}

fn suggestions(of: &Suggestions) -> ReadingSuggestions {
    ReadingSuggestions {
        of: of.enum_name,
        reading: of.reading.clone(),
        proposals: of.proposals.iter().map(proposal).collect(),
        sequence: of.sequence.iter().map(proposal).collect(),
    }
}

fn proposal(of: &Proposal) -> ProposalReport {
    ProposalReport {
        instruction: of.instruction.clone(),
        before: of.before.clone(),
        after: of.after.clone(),
        mends: of.mends.iter().map(|kind| kind.as_str()).collect(),
        changes: of.changes,
        left: of.left,
    }
}

fn dynamics_suggestion(of: &DynamicsProposal) -> DynamicsSuggestion {
    DynamicsSuggestion {
        instruction: of.instruction.clone(),
        mends: of.mends.clone(),
        left: of.left.clone(),
    }
}
