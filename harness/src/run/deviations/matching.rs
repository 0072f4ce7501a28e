//! Compares findings with a list of known deviations, and the list with findings.

use std::fmt;

use peerstate_model::rules::Finding;

use super::{ERROR, KnownDeviation, KnownDeviations};
use crate::run::verdict::{Judged, Result};

/// Returns for each finding the index of the known deviation that lists it. What follows from a
/// known finding is known too.
#[must_use]
pub fn match_known(
    known: &KnownDeviations,
    scenario: &str,
    findings: &[Finding],
) -> Vec<Option<usize>> {
    let find = |finding: &Finding| known.find(scenario, finding);
    let find_cause = |of: &Finding| {
        let mut causes = findings.iter().filter(|cause| cause.because.is_none());
        causes.find(|cause| Some(cause.rule) == of.because && cause.peer == of.peer)
    };
    let findings = findings.iter();
    let listed = findings.map(|finding| find(finding).or_else(|| find(find_cause(finding)?)));
    listed.collect()
}

/// A part of the list that no scenario shows any more.
#[derive(Debug, Clone, Copy)]
pub struct Stale<'k> {
    /// The entry.
    pub entry: &'k KnownDeviation,
    /// The rule of the entry that nothing breaks any more; `None` if no deviation of the entry
    /// happens.
    pub rule: Option<&'k str>,
}

impl fmt::Display for Stale<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, scenarios) = (self.entry.name(), self.entry.scenarios.join(", "));
        match self.rule {
            None => write!(
                f,
                "{name} is listed as known in {scenarios} but no longer happens"
            ),
            Some(rule) => write!(
                f,
                "{name} lists {rule} as broken, but nothing breaks it any more"
            ),
        }
    }
}

/// Returns what the list contains but no longer happens, beyond what the results of single
/// scenarios show. This can be said only if every scenario that an entry could mean was run.
#[must_use]
pub fn stale<'k>(known: &'k KnownDeviations, judged: &[Judged], all: &[String]) -> Vec<Stale<'k>> {
    let was_run = |id: &str| judged.iter().any(|one| one.scenario == id);
    let is_complete = all.iter().all(|id| was_run(id));
    let mut found = Vec::new();
    for entry in &known.entries {
        let mut concerned = all.iter().filter(|id| entry.concerns(id)).peekable();
        // An entry that concerns none of the scenarios may concern one of the user's own.
        let is_complete = if concerned.peek().is_none() {
            is_complete && !judged.iter().any(|one| entry.concerns(&one.scenario))
        } else {
            concerned.all(|id| was_run(id))
        };
        if !is_complete || entry.occasional {
            continue;
        }
        let is_shown = |rule: &str| judged.iter().any(|one| shows(one, entry, rule));
        let unshown: Vec<&str> = entry
            .rules
            .iter()
            .map(String::as_str)
            .filter(|rule| !is_shown(rule))
            .collect();
        let is_reported = judged
            .iter()
            .any(|one| one.result == Result::Fixed && entry.names(&one.scenario));
        if unshown.len() == entry.rules.len() {
            if !is_reported {
                found.push(Stale { entry, rule: None });
            }
        } else {
            let rules = unshown.into_iter();
            found.extend(rules.map(|rule| Stale {
                entry,
                rule: Some(rule),
            }));
        }
    }
    found
}

/// Returns whether a scenario shows what an entry describes.
pub(super) fn is_shown(entry: &KnownDeviation, judged: &Judged) -> bool {
    entry.rules.iter().any(|rule| shows(judged, entry, rule))
}

/// Returns whether a scenario shows what an entry describes, for one rule.
fn shows(judged: &Judged, entry: &KnownDeviation, rule: &str) -> bool {
    let id = &judged.scenario;
    judged.runs().any(|run| {
        let mut findings = run.findings.iter();
        let reason = run.reason.as_deref();
        findings.any(|(finding, _)| finding.rule == rule && entry.lists(id, finding))
            || (rule == ERROR
                && run.fault.is_some()
                && reason.is_some_and(|reason| entry.lists_error(id, reason)))
    })
}
