//! What changed between two sets of results: the same implementations, at another time.

pub mod human;
pub mod json;
pub mod markdown;

use std::collections::BTreeSet;

use peerstate_model::rules::Finding;

use super::{Outcome, Results};
use crate::report::run::summary::Deviation;
use crate::run::verdict::Result;

/// What changed.
#[derive(Debug)]
pub struct ResultsDiff {
    /// The implementations that both have, in the order of the new results.
    pub changes: Vec<Change>,
    /// The implementations that only the new results have.
    pub added: Vec<String>,
    /// The implementations that only the old results have.
    pub removed: Vec<String>,
}

/// What changed in an implementation.
#[derive(Debug)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// What changed in the run itself, such as the version: what, the old, the new.
    pub of_run: Vec<(&'static str, String, String)>,
    /// The scenarios whose result changed: those that got worse first.
    pub scenarios: Vec<ScenarioChange>,
    /// The deviations that only the new results have.
    pub new: Vec<DeviationChange>,
    /// The deviations that only the old results have.
    pub gone: Vec<DeviationChange>,
    /// The scenarios that only the new results have, with their results.
    pub added: Vec<(String, Result)>,
    /// The scenarios that only the old results have.
    pub removed: Vec<String>,
}

/// A scenario whose result changed.
#[derive(Debug)]
pub struct ScenarioChange {
    /// Its id.
    pub scenario: String,
    /// The old result.
    pub old: Result,
    /// The new result.
    pub new: Result,
    /// Why the new result is not as expected.
    pub cause: String,
}

/// A deviation that is new, or gone.
#[derive(Debug)]
pub struct DeviationChange {
    /// Its name.
    pub name: String,
    /// Whether it is known.
    pub is_known: bool,
    /// Why it is a deviation.
    pub reason: String,
    /// The number of scenarios that show it.
    pub scenarios: usize,
    /// Whether a scenario shows it that both results have.
    pub in_both: bool,
}

/// Two sets of results that can not be compared.
#[derive(Debug, thiserror::Error)]
pub enum NotComparable {
    /// A side has two runs of an implementation.
    #[error(
        "{side}: expected one run of each implementation, found two of {name} (another version, \
         edition or seed); name the results of one run"
    )]
    Twice {
        /// The side, as it was named.
        side: String,
        /// The name of the implementation.
        name: String,
    },
    /// No implementation is on both sides.
    #[error("{old} and {new} have no implementation in common; nothing can be compared")]
    Nothing {
        /// The old results, as they were named.
        old: String,
        /// The new results, as they were named.
        new: String,
    },
}

impl ResultsDiff {
    /// Compares results; each side has its name in messages. Implementations are the same if their
    /// names are.
    ///
    /// # Errors
    ///
    /// If a side has two runs of an implementation, or the sides have none in common.
    pub fn of(
        old: (&str, &[Results]),
        new: (&str, &[Results]),
    ) -> std::result::Result<Self, NotComparable> {
        for (side, results) in [old, new] {
            let mut names = BTreeSet::new();
            let mut all = results.iter().map(name);
            if let Some(name) = all.find(|name| !names.insert(*name)) {
                return Err(NotComparable::Twice {
                    side: side.to_owned(),
                    name: name.to_owned(),
                });
            }
        }
        let of_same = |results: &Results| old.1.iter().find(|other| name(other) == name(results));
        let pairs = new.1.iter().filter_map(|new| Some((of_same(new)?, new)));
        let changes: Vec<Change> = pairs.map(|(old, new)| Change::of(old, new)).collect();
        if changes.is_empty() {
            return Err(NotComparable::Nothing {
                old: old.0.to_owned(),
                new: new.0.to_owned(),
            });
        }
        let only = |these: &[Results], others: &[Results]| {
            let these = these.iter().map(name);
            let is_other = |one: &&str| !others.iter().any(|other| name(other) == *one);
            these.filter(is_other).map(str::to_owned).collect()
        };
        Ok(Self {
            changes,
            added: only(new.1, old.1),
            removed: only(old.1, new.1),
        })
    }

    /// Returns whether something got worse.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.changes.iter().any(Change::is_worse)
    }

    /// Returns that in words.
    fn verdict(&self) -> &'static str {
        if self.is_worse() {
            "Something got worse."
        } else {
            "Nothing got worse."
        }
    }
}

fn name(results: &Results) -> &str {
    &results.of.implementation.name
}

impl Change {
    fn of(old: &Results, new: &Results) -> Self {
        let only = |these: &Results, others: &Results| -> Vec<DeviationChange> {
            let all = these.deviations.iter();
            let news = all.filter_map(|one| Some((one, shown_only(one, these, others)?)));
            news.map(|(one, in_both)| DeviationChange {
                name: one.name.clone(),
                is_known: one.is_known,
                reason: one.reason.clone(),
                scenarios: one.scenarios.len(),
                in_both,
            })
            .collect()
        };
        let pairs = new.scenarios.iter();
        let pairs = pairs.filter_map(|(id, new)| Some((id, old.scenarios.get(id)?, new)));
        let changed = pairs.filter(|(_, old, new)| old.result != new.result);
        let change = |(id, old, new): (&String, &Outcome, &Outcome)| ScenarioChange {
            scenario: id.clone(),
            old: old.result,
            new: new.result,
            cause: new.cause(),
        };
        let mut scenarios: Vec<ScenarioChange> = changed.map(change).collect();
        scenarios.sort_by_key(|one| !one.is_worse());
        let added = new.scenarios.iter();
        let added = added.filter(|(id, _)| !old.scenarios.contains_key(*id));
        let removed = old.scenarios.keys();
        let removed = removed.filter(|id| !new.scenarios.contains_key(*id));
        Self {
            name: name(new).to_owned(),
            of_run: of_run(old, new),
            scenarios,
            new: only(new, old),
            gone: only(old, new),
            added: added.map(|(id, one)| (id.clone(), one.result)).collect(),
            removed: removed.cloned().collect(),
        }
    }

    /// Returns whether something got worse: the result of a scenario, a deviation that a scenario
    /// of both shows only now, or a new scenario whose result is not as expected.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.scenarios.iter().any(ScenarioChange::is_worse)
            || self.new.iter().any(|one| one.in_both)
            || self.added.iter().any(|(_, result)| result.is_unexpected())
    }

    /// Returns whether nothing changed that a user would look for.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let lists = [self.scenarios.len(), self.new.len(), self.gone.len()];
        let scenarios = [self.added.len(), self.removed.len()];
        lists.into_iter().chain(scenarios).all(|length| length == 0)
    }
}

impl ScenarioChange {
    /// Returns whether the new result is worse than the old.
    #[must_use]
    pub const fn is_worse(&self) -> bool {
        badness(self.new) > badness(self.old)
    }
}

/// How bad a result is. That a known deviation no longer happens is as good as a pass.
const fn badness(result: Result) -> u8 {
    match result {
        Result::Pass | Result::Fixed => 0,
        Result::Known => 1,
        Result::Unsupported => 2,
        Result::Inconclusive => 3,
        Result::Fail => 4,
        Result::Error => 5,
    }
}

/// Returns whether a deviation is shown only by these results, not by the others, and if so,
/// whether by a scenario that both have. A deviation that is only listed under another name is the
/// same as before: the findings decide.
fn shown_only(deviation: &Deviation, these: &Results, others: &Results) -> Option<bool> {
    let outcomes = deviation.scenarios.iter();
    let outcomes =
        outcomes.filter_map(|id| Some((these.scenarios.get(id)?, others.scenarios.get(id))));
    let outcomes: Vec<(&Outcome, Option<&Outcome>)> = outcomes.collect();
    let differs = |(this, other): &(&Outcome, Option<&Outcome>)| {
        other.is_some_and(|other| has_more(deviation, this, other))
    };
    let is_shared = others.deviations.iter().any(|other| same(deviation, other));
    if outcomes.iter().any(differs) && !is_shared {
        return Some(true);
    }
    let is_alone = outcomes.iter().all(|(_, other)| other.is_none());
    (is_alone && !is_shared).then_some(false)
}

/// Returns whether an outcome shows something of a deviation that the other does not.
fn has_more(deviation: &Deviation, this: &Outcome, other: &Outcome) -> bool {
    let belongs = |(finding, known): &&(Finding, Option<String>)| match known {
        Some(name) => deviation.is_known && *name == deviation.name,
        None => finding.rule == deviation.name && finding.deviation == deviation.reason,
    };
    let is_same = |one: &Finding, other: &Finding| {
        (one.rule, &one.peer, &one.deviation) == (other.rule, &other.peer, &other.deviation)
    };
    let own: Vec<_> = this.findings.iter().filter(belongs).collect();
    if own.is_empty() {
        // A fault of the implementation has no finding.
        return this.reason != other.reason;
    }
    let is_new = |(finding, _): &&(Finding, Option<String>)| {
        !other
            .findings
            .iter()
            .any(|(other, _)| is_same(finding, other))
    };
    own.iter().any(is_new)
}

/// Returns whether two deviations are the same. Those that are not known have only a rule, and are
/// the same if their words are.
fn same(one: &Deviation, other: &Deviation) -> bool {
    let is_named = one.name == other.name && one.is_known == other.is_known;
    is_named && (one.is_known || one.reason == other.reason)
}

/// Returns what changed in the run itself.
fn of_run(old: &Results, new: &Results) -> Vec<(&'static str, String, String)> {
    let says = |results: &Results| {
        let seed = results.of.seed.map(|seed| seed.to_string());
        [
            ("version", results.of.implementation.version.clone()),
            ("edition", results.of.edition.clone()),
            (
                "seed",
                seed.unwrap_or_else(|| "of the scenarios".to_owned()),
            ),
            (
                "peerstate",
                results
                    .peerstate
                    .clone()
                    .unwrap_or_else(|| "unknown".to_owned()),
            ),
        ]
    };
    let pairs = says(old).into_iter().zip(says(new));
    let changed = pairs.filter(|((_, old), (_, new))| old != new);
    changed
        .map(|((what, old), (_, new))| (what, old, new))
        .collect()
}
