//! The findings of lint, for machines.

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
    /// The file of a draft; null for an edition compiled in.
    file: Option<String>,
    /// The policies that were asked for, each as ID=ANSWER.
    policies: Vec<String>,
    /// Each reading of each enum.
    readings: Vec<ReadingReport>,
    /// What is wrong with how and when the values are updated.
    dynamics: Vec<DynamicsReport>,
    /// What was asked of the text and found to be meant.
    remarks: Vec<RemarkReport>,
    /// What was not looked at, and why; null where everything was.
    not_looked_at: Option<String>,
    /// Notes on the text, such as a slip of wording.
    notes: Vec<String>,
    /// What is proposed to mend it (`--suggest`).
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
    /// The policy, and its answer, that asks for something else, as ID=ANSWER; null where the text
    /// is not at peace with itself.
    policy: Option<String>,
    /// How many multisets of transports have it, with the connection open, up to the bound.
    combinations: usize,
    /// The smallest combination that has it; null where it is not one of combinations.
    example: Option<Example>,
    /// The smallest of each cause, the example among them: no transports; each value of
    /// iceConnectionState where connectionState has it; each set of values of an overlap; each pair
    /// of values of a regression; each smallest set of ICE states of a gap of iceConnectionState.
    /// Empty where the causes are not told apart.
    examples: Vec<Example>,
    message: String,
    #[serde(flatten)]
    known: KnownReport,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DynamicsReport {
    /// unspecified, stale, close, order, second-task, event, transports or getter.
    kind: &'static str,
    /// The property that fails, or says/… for what the text leaves out.
    about: &'static str,
    /// The policy, and its answer, that asks for something else, as ID=ANSWER; null where it is no
    /// question of policy.
    policy: Option<String>,
    message: String,
    /// The shortest way to it, step by step; null where the text has no algorithm to run.
    path: Option<Vec<String>>,
    #[serde(flatten)]
    known: KnownReport,
}

#[derive(Debug, Serialize, JsonSchema)]
struct KnownReport {
    /// The public report or reports, `listed` if it is known without, null if it is not known.
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
    /// Single edits by which a kind of finding vanishes, best first.
    proposals: Vec<ProposalReport>,
    /// Edits that leave no finding, made one after the other, where no single one does.
    sequence: Vec<ProposalReport>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ProposalReport {
    instruction: String,
    before: String,
    after: String,
    /// The kinds of findings that vanish by it.
    mends: Vec<&'static str>,
    /// How many combinations get another value.
    changes: usize,
    /// How many findings of the reading are left.
    left: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DynamicsSuggestion {
    instruction: String,
    /// What the findings are about that vanish by it.
    mends: Vec<&'static str>,
    /// What the findings are about that are left.
    left: Vec<&'static str>,
}

/// The report on editions: that of the one, or a list of them.
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
    // Nothing in these types can fail to become JSON.
    report.and_then(Result::ok).unwrap_or_default()
}

/// Writes the report on editions.
///
/// # Errors
///
/// When nothing can be written.
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
