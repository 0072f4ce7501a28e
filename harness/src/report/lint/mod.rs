//! What lint finds in definitions: [`Linting`] is what was found, and each format is a module that
//! writes it.

mod grid;
#[cfg(feature = "html")]
pub mod html;
pub mod human;
pub mod json;
pub mod markdown;

use peerstate_model::editions::Edition;
use peerstate_model::known::findings::{Explanation, KnownFindings};
use peerstate_model::lint::{
    DynamicsFinding, DynamicsProposal, EnumReport, Finding, Linted, Suggestions, lint_by, suggest,
    suggest_dynamics,
};
use peerstate_model::policies::Choices;

use crate::editions::Named;

/// The newest Recommendation.
pub const RECOMMENDATION: &str = "w3c-rec-2025-03-13";

/// Editions, linted.
#[derive(Debug, Clone)]
pub struct Linting {
    /// The editions, in the order they were named.
    pub editions: Vec<LintedEdition>,
    /// Combinations of at most so many transports were counted.
    pub up_to: usize,
    /// The policies that were asked for.
    pub choices: Choices,
    /// What is known of them.
    pub known: KnownFindings,
    /// What is listed as known of these editions, and was not found.
    pub gone: Vec<String>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct LintedEdition {
    /// The edition.
    pub named: Named,
    /// What lint says of it.
    pub linted: Linted,
    /// What is proposed to mend it, if that was asked for.
    pub proposals: Option<Proposals>,
}

/// What is proposed to mend an edition.
#[derive(Debug, Clone)]
pub struct Proposals {
    /// Edits of the definitions, reading by reading.
    pub definitions: Vec<Suggestions>,
    /// Edits of the algorithms.
    pub dynamics: Vec<DynamicsProposal>,
}

impl Proposals {
    /// Searches them, by the policies that are asked for.
    #[must_use]
    pub fn search(edition: &Edition, up_to: usize, choices: &Choices) -> Self {
        Self {
            definitions: suggest(edition, up_to, choices),
            dynamics: suggest_dynamics(edition, choices),
        }
    }
}

/// How many findings there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Those that are listed as known.
    pub known: usize,
    /// Those that are not.
    pub fresh: usize,
}

impl Linting {
    /// Lints editions by the policies that are asked for. Of those that are compiled in, what is
    /// listed as known must be found.
    #[must_use]
    pub fn of(editions: Vec<Named>, up_to: usize, choices: Choices, known: KnownFindings) -> Self {
        let editions: Vec<LintedEdition> = editions
            .into_iter()
            .map(|named| LintedEdition {
                linted: lint_by(&named.edition, up_to, choices.clone()),
                named,
                proposals: None,
            })
            .collect();
        let published: Vec<Linted> = editions
            .iter()
            .filter(|of| of.named.is_published)
            .map(|of| of.linted.clone())
            .collect();
        let gone = known.gone(&published);
        Self {
            editions,
            up_to,
            choices,
            known,
            gone,
        }
    }

    /// What is known of a finding about a definition.
    #[must_use]
    pub fn entry(
        &self,
        of: &LintedEdition,
        report: &EnumReport,
        finding: &Finding,
    ) -> Option<Explanation<'_>> {
        let known = of.named.is_published.then_some(&self.known)?;
        known.of_definition(&of.linted.edition, report, finding)
    }

    /// What is known of a finding about the dynamics.
    #[must_use]
    pub fn entry_of_dynamics(
        &self,
        of: &LintedEdition,
        finding: &DynamicsFinding,
    ) -> Option<Explanation<'_>> {
        let known = of.named.is_published.then_some(&self.known)?;
        known.of_dynamics(&of.linted.edition, finding)
    }

    /// How many findings there are.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        let mut count = |entry: Option<Explanation<'_>>| match entry {
            Some(_) => summary.known += 1,
            None => summary.fresh += 1,
        };
        for of in &self.editions {
            for (report, finding) in of_definitions(&of.linted) {
                count(self.entry(of, report, finding));
            }
            for finding in &of.linted.dynamics {
                count(self.entry_of_dynamics(of, finding));
            }
        }
        summary
    }

    /// Whether everything found is known, and everything known is found.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        self.summary().fresh == 0 && self.gone.is_empty()
    }
}

/// The policies that were asked for, as a sentence; nothing where they are those of the default.
fn policies_asked(choices: &Choices) -> Option<String> {
    if *choices == Choices::default() {
        return None;
    }
    let ids: Vec<String> = choices.iter().map(|chosen| chosen.to_string()).collect();
    Some(match ids.as_slice() {
        [] => "No policy was asked for.".to_owned(),
        ids => format!("Policies asked for: {}.", ids.join(", ")),
    })
}

/// Every finding about a definition, with the reading it is about.
fn of_definitions(linted: &Linted) -> impl Iterator<Item = (&EnumReport, &Finding)> {
    linted
        .enums
        .iter()
        .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
}

/// What lint did not look at in an edition, and why.
fn not_looked_at(linted: &Linted) -> Option<String> {
    let why = linted.not_explored?;
    Some(format!(
        "the steps by which the values change, and the events that they fire: {why}"
    ))
}

/// The examples of a finding beside the smallest one, if it has several causes.
#[must_use]
pub fn further(finding: &Finding) -> Option<String> {
    let example = finding.example.as_ref()?;
    let others = finding.families.iter().filter(|other| *other != example);
    let others: Vec<String> = others.map(|other| format!("`{other}`")).collect();
    (!others.is_empty()).then(|| others.join(", "))
}

/// The reading of a report, where it is not the default one.
fn reading(report: &EnumReport) -> String {
    if report.default {
        String::new()
    } else {
        format!(" (reading {})", report.reading)
    }
}

/// The public reports, in brackets.
fn reports(entry: Option<Explanation<'_>>) -> String {
    match entry {
        Some(entry) if !entry.reported.is_empty() => format!(" ({})", entry.reported.join(", ")),
        _ => String::new(),
    }
}

/// The path that shows a finding about the dynamics, step by step.
#[must_use]
pub fn path(finding: &DynamicsFinding) -> Option<&str> {
    finding.path.as_ref().map(|path| path.table.as_str())
}
