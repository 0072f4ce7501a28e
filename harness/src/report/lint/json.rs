//! lint, diff and derive as JSON for machines.

use peerstate_model::editions::{Derived, Edition};
use peerstate_model::known::Explanation;
use peerstate_model::lint::{Difference, DynamicsProposal, Group, Proposal, Suggestions};
use peerstate_model::state_set::StateSet;
use peerstate_model::states::StateEnum;
use peerstate_model::transports::Combination;
use schemars::JsonSchema;
use serde::Serialize;

use super::{LintedEdition, Linting, not_looked_at};
use crate::report::SCHEMA;

/// The output of `derive --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeriveReport {
    /// The version of this format: 1.
    schema: u32,
    edition: String,
    /// The reading; null where the edition defines neither enum.
    reading: Option<String>,
    /// `[[IsClosed]]`.
    closed: bool,
    /// Each transport as its ICE state and its DTLS state.
    transports: Vec<[&'static str; 2]>,
    /// Every value that holds: none is a gap, several an overlap; null if it is not defined.
    #[serde(rename = "connectionState")]
    connection_state: Option<Vec<&'static str>>,
    /// As `connectionState`.
    #[serde(rename = "iceConnectionState")]
    ice_connection_state: Option<Vec<&'static str>>,
}

impl DeriveReport {
    /// The report on one combination.
    #[must_use]
    pub fn of(
        edition: &Edition,
        reading: Option<&str>,
        combination: &Combination,
        derived: Derived,
    ) -> Self {
        Self {
            schema: SCHEMA,
            edition: edition.id.clone(),
            reading: reading.map(str::to_owned),
            closed: combination.closed,
            transports: transports(combination),
            connection_state: derived.connection_state.map(names),
            ice_connection_state: derived.ice_connection_state.map(names),
        }
    }
}

/// A combination.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Example {
    /// `[[IsClosed]]`.
    closed: bool,
    /// Each transport as its ICE state and its DTLS state.
    transports: Vec<[&'static str; 2]>,
}

impl Example {
    pub(super) fn of(combination: &Combination) -> Self {
        Self {
            closed: combination.closed,
            transports: transports(combination),
        }
    }
}

fn transports(combination: &Combination) -> Vec<[&'static str; 2]> {
    combination
        .transports
        .iter()
        .map(|transport| [transport.ice.as_str(), transport.dtls.as_str()])
        .collect()
}

/// The names of values, in the order of their enum.
pub(super) fn names<S: StateEnum>(values: StateSet<S>) -> Vec<&'static str> {
    values.iter().map(StateEnum::as_str).collect()
}

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
pub fn lint(linting: &Linting) -> serde_json::Value {
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

/// The output of `diff --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiffReport {
    /// The version of this format: 1.
    schema: u32,
    a: String,
    b: String,
    /// `RTCPeerConnectionState` or `RTCIceConnectionState`.
    #[serde(rename = "enum")]
    of: &'static str,
    /// On how many combinations of at most three transports they disagree.
    combinations: usize,
    groups: Vec<DiffGroup>,
    /// As `groups`, with the connection closed; not counted.
    closed: Vec<DiffGroup>,
    /// What differs beside the values: readings, the set of transports, claims, dynamics.
    beside: Vec<Beside>,
}

/// Something other than a value on which two editions differ.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Beside {
    /// Where it stands in the format, such as `dynamics.dtls_event_order`.
    pub(super) what: String,
    /// What the first says; null if nothing.
    pub(super) a: Option<String>,
    /// What the second says.
    pub(super) b: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DiffGroup {
    /// What the first gives.
    a: Vec<&'static str>,
    /// What the second gives.
    b: Vec<&'static str>,
    combinations: usize,
    /// The smallest combination, of any number of transports.
    example: Example,
}

impl DiffGroup {
    fn of<S: StateEnum>(group: &Group<S>) -> Self {
        Self {
            a: names(group.a),
            b: names(group.b),
            combinations: group.combinations,
            example: Example::of(&group.example),
        }
    }
}

impl DiffReport {
    /// The report on two editions.
    #[must_use]
    pub fn of<S: StateEnum>(
        a: &Edition,
        b: &Edition,
        difference: &Difference<S>,
        beside: Vec<Beside>,
    ) -> Self {
        Self {
            schema: SCHEMA,
            a: a.id.clone(),
            b: b.id.clone(),
            of: S::NAME,
            combinations: difference.combinations,
            groups: difference.groups.iter().map(DiffGroup::of).collect(),
            closed: difference.closed.iter().map(DiffGroup::of).collect(),
            beside,
        }
    }
}

/// The output of `diff --all --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MatrixReport {
    /// The version of this format: 1.
    pub(super) schema: u32,
    /// `RTCPeerConnectionState` or `RTCIceConnectionState`.
    #[serde(rename = "enum")]
    pub(super) of: &'static str,
    /// The editions that define it.
    pub(super) editions: Vec<String>,
    /// On how many combinations of at most three transports each disagrees with each.
    pub(super) combinations: Vec<Vec<usize>>,
}
