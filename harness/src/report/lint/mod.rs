//! The findings of lint: [`Linting`] holds them, and each format is a module that writes them.

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

/// Linted editions.
#[derive(Debug, Clone)]
pub struct Linting {
    /// The editions, in the order in which they were named.
    pub editions: Vec<LintedEdition>,
    /// The largest number of transports in the counted combinations.
    pub up_to: usize,
    /// The policies that were checked.
    pub choices: Choices,
    /// The known findings.
    pub known: KnownFindings,
    /// The findings that are listed as known for these editions but were not found.
    pub gone: Vec<String>,
}

/// A linted edition.
#[derive(Debug, Clone)]
pub struct LintedEdition {
    /// The edition.
    pub named: Named,
    /// The result of linting it.
    pub linted: Linted,
    /// The proposed repairs, if requested.
    pub proposals: Option<Proposals>,
}

/// The proposed repairs of an edition.
#[derive(Debug, Clone)]
pub struct Proposals {
    /// Edits of the definitions, for each reading.
    pub definitions: Vec<Suggestions>,
    /// Edits of the algorithms.
    pub dynamics: Vec<DynamicsProposal>,
}

impl Proposals {
    /// Searches for repairs, with the chosen policies.
    #[must_use]
    pub fn search(edition: &Edition, up_to: usize, choices: &Choices) -> Self {
        Self {
            definitions: suggest(edition, up_to, choices),
            dynamics: suggest_dynamics(edition, choices),
        }
    }
}

/// The number of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Findings that are listed as known.
    pub known: usize,
    /// Findings that are not listed.
    pub fresh: usize,
}

impl Linting {
    /// Lints editions with the chosen policies. For compiled-in editions, every known finding must
    /// be found.
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

    /// Returns what is known about a finding about a definition.
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

    /// Returns what is known about a finding about the dynamics.
    #[must_use]
    pub fn entry_of_dynamics(
        &self,
        of: &LintedEdition,
        finding: &DynamicsFinding,
    ) -> Option<Explanation<'_>> {
        let known = of.named.is_published.then_some(&self.known)?;
        known.of_dynamics(&of.linted.edition, finding)
    }

    /// Returns the number of findings.
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

    /// Returns whether every finding is known, and every known finding was found.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        self.summary().fresh == 0 && self.gone.is_empty()
    }
}

/// Returns the policies that were checked, as a sentence; `None` if they are the default ones.
fn policies_asked(choices: &Choices) -> Option<String> {
    if *choices == Choices::default() {
        return None;
    }
    let ids: Vec<String> = choices.iter().map(|chosen| chosen.to_string()).collect();
    Some(match ids.as_slice() {
        [] => "No policy was checked.".to_owned(),
        ids => format!("Policies checked: {}.", ids.join(", ")),
    })
}

/// Returns every finding about a definition, with the reading it is about.
fn of_definitions(linted: &Linted) -> impl Iterator<Item = (&EnumReport, &Finding)> {
    linted
        .enums
        .iter()
        .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
}

/// Returns what lint did not check in an edition, and why.
fn not_looked_at(linted: &Linted) -> Option<String> {
    let why = linted.not_explored?;
    Some(format!(
        "the steps that change the values, and the events that they fire: {why}"
    ))
}

/// Returns the examples of a finding besides the smallest one, if it has several causes.
#[must_use]
pub fn further(finding: &Finding) -> Option<String> {
    let example = finding.example.as_ref()?;
    let others = finding.families.iter().filter(|other| *other != example);
    let others: Vec<String> = others.map(|other| format!("`{other}`")).collect();
    (!others.is_empty()).then(|| others.join(", "))
}

/// Returns the reading of a report, unless it is the default one.
fn reading(report: &EnumReport) -> String {
    if report.default {
        String::new()
    } else {
        format!(" (reading {})", report.reading)
    }
}

/// Returns the public reports, in brackets.
fn reports(entry: Option<Explanation<'_>>) -> String {
    match entry {
        Some(entry) if !entry.reported.is_empty() => format!(" ({})", entry.reported.join(", ")),
        _ => String::new(),
    }
}

/// Returns the path that shows a finding about the dynamics, step by step.
#[must_use]
pub fn path(finding: &DynamicsFinding) -> Option<&str> {
    finding.path.as_ref().map(|path| path.table.as_str())
}
