//! The summary of an implementation in a run: how many scenarios behave as specified, and the
//! deviations.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::text::count;
use crate::run::deviations::{ERROR, KnownDeviation};
use crate::run::verdict::{Expectations, Judged, Result};

/// The summary of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// The number of scenarios.
    pub scenarios: usize,
    /// The number of scenarios that behave as specified: their expectations hold.
    pub behave: usize,
    /// The number of scenarios that do not.
    pub deviate: usize,
    /// The number of scenarios that could not be run because a capability is missing.
    pub unsupported: usize,
    /// The number of scenarios that reached their limit.
    pub inconclusive: usize,
    /// Every deviation once: first those that are not known, then by the number of scenarios.
    pub deviations: Vec<Deviation>,
}

/// One deviation of the implementation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "RunDeviation")]
pub struct Deviation {
    /// Its id; its rule if it is not known or has no id.
    #[serde(rename = "id")]
    pub name: String,
    /// Whether it is a known deviation.
    #[serde(rename = "known")]
    pub is_known: bool,
    /// The rules that it breaks.
    pub rules: Vec<String>,
    /// Why it is a deviation; what is wrong, if it is not known.
    pub reason: String,
    /// The first version that was seen to deviate, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Where it was reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The scenarios that show it.
    pub scenarios: Vec<String>,
    /// The scenario that shows the fewest other deviations, as named on the command line.
    #[serde(skip)]
    pub example: String,
}

/// What makes two findings the same deviation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// They are not known, and have the same rule and the same deviation.
    Unlisted(String, String),
    /// The same entry lists them.
    Listed(usize),
}

impl Summary {
    /// Returns the summary of scenarios and the list that they were compared with.
    #[must_use]
    pub fn new(judged: &[Judged], known: &[KnownDeviation]) -> Self {
        let mut summary = Self {
            scenarios: judged.len(),
            ..Self::default()
        };
        let mut shown: BTreeMap<Key, Vec<&Judged>> = BTreeMap::new();
        for one in judged {
            match (one.result, one.expectations) {
                (Result::Unsupported, _) => summary.unsupported += 1,
                (Result::Inconclusive, _) => summary.inconclusive += 1,
                (Result::Error, _) | (_, Expectations::NotMet) => summary.deviate += 1,
                (_, Expectations::Met | Expectations::None) => summary.behave += 1,
            }
            for key in keys(one) {
                shown.entry(key).or_default().push(one);
            }
        }
        let mut deviations: Vec<Deviation> = shown
            .iter()
            .map(|(key, scenarios)| deviation(key, scenarios, known))
            .collect();
        // The order of the list decides ties.
        deviations.sort_by_key(|of| (of.is_known, std::cmp::Reverse(of.scenarios.len())));
        summary.deviations = deviations;
        summary
    }

    /// Returns the deviations that a scenario shows; those that the fewest scenarios show come
    /// first.
    #[must_use]
    pub fn of(&self, scenario: &str) -> Vec<&Deviation> {
        let shows = |of: &&Deviation| of.scenarios.iter().any(|id| id == scenario);
        let mut deviations: Vec<&Deviation> = self.deviations.iter().filter(shows).collect();
        deviations.sort_by_key(|of| (of.is_known, of.scenarios.len()));
        deviations
    }
}

/// `105 scenarios: 88 behave as specified, 17 do not; 14 deviations, all known`.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = |number: usize, one: &'static str, more: &'static str| {
            if number == 1 { one } else { more }
        };
        write!(
            f,
            "{}: {} {} as specified, {} {} not",
            count(self.scenarios, "scenario"),
            self.behave,
            verb(self.behave, "behaves", "behave"),
            self.deviate,
            verb(self.deviate, "does", "do"),
        )?;
        for (number, word) in [
            (self.unsupported, "unsupported"),
            (self.inconclusive, "inconclusive"),
        ] {
            if number > 0 {
                write!(f, ", {number} {word}")?;
            }
        }
        let all = self.deviations.len();
        let unknown = self.deviations.iter().filter(|of| !of.is_known).count();
        match (all, unknown) {
            (0, _) => write!(f, "; no deviations"),
            (1, 0) => write!(f, "; 1 deviation, known"),
            (1, _) => write!(f, "; 1 deviation, not known"),
            (_, 0) => write!(f, "; {all} deviations, all known"),
            (_, _) if all == unknown => write!(f, "; {all} deviations, none known"),
            (_, _) => write!(f, "; {all} deviations, {unknown} of them not known"),
        }
    }
}

/// A deviation that some runs of a scenario show, and others do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unsteady {
    /// Its id; its rule if it is not known or has no id.
    pub id: String,
    /// Whether it is a known deviation.
    pub known: bool,
    /// What is wrong, if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviation: Option<String>,
    /// How many runs show it.
    pub runs: usize,
}

/// Returns the deviations that not every run of a repeated scenario shows.
#[must_use]
pub fn unsteady(judged: &Judged, known: &[KnownDeviation]) -> Vec<Unsteady> {
    if judged.again.is_empty() {
        return Vec::new();
    }
    let all: Vec<Vec<Key>> = judged.runs().map(keys_of_run).collect();
    let count = |key: &Key| all.iter().filter(|keys| keys.contains(key)).count();
    let counted = keys(judged).into_iter().map(|key| (count(&key), key));
    let unsteady = counted.filter(|(runs, _)| *runs < all.len());
    unsteady
        .map(|(runs, key)| {
            let Deviation {
                name,
                is_known,
                reason,
                ..
            } = deviation(&key, &[judged], known);
            Unsteady {
                id: name,
                known: is_known,
                deviation: (!is_known).then_some(reason),
                runs,
            }
        })
        .collect()
}

/// Returns the deviations that a scenario shows in some run, without duplicates.
fn keys(judged: &Judged) -> Vec<Key> {
    let mut keys = Vec::new();
    for key in judged.runs().flat_map(keys_of_run) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// Returns the deviations that a run shows, without duplicates. A finding that follows from another
/// belongs to it.
fn keys_of_run(judged: &Judged) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut add = |key| {
        if !keys.contains(&key) {
            keys.push(key);
        }
    };
    for (finding, place) in &judged.findings {
        match place {
            Some(place) => add(Key::Listed(*place)),
            None if finding.because.is_some() => {}
            None => add(Key::Unlisted(
                finding.rule.to_owned(),
                finding.deviation.clone(),
            )),
        }
    }
    if let Some(fault) = &judged.fault {
        match judged.error_entry {
            Some(place) => add(Key::Listed(place)),
            None => add(Key::Unlisted(ERROR.to_owned(), fault.clone())),
        }
    }
    keys
}

fn deviation(key: &Key, scenarios: &[&Judged], known: &[KnownDeviation]) -> Deviation {
    // A scenario that shows few other deviations shows this one best.
    let example = scenarios.iter().min_by_key(|one| keys(one).len());
    let example = example.map(|one| one.named.clone()).unwrap_or_default();
    let scenarios = scenarios.iter().map(|one| one.scenario.clone()).collect();
    match key {
        Key::Unlisted(rule, deviation) => Deviation {
            name: rule.clone(),
            is_known: false,
            rules: vec![rule.clone()],
            reason: deviation.clone(),
            since: None,
            link: None,
            scenarios,
            example,
        },
        Key::Listed(place) => {
            let entry = known.get(*place);
            Deviation {
                name: entry.map(KnownDeviation::name).unwrap_or_default(),
                is_known: true,
                rules: entry.map(|entry| entry.rules.clone()).unwrap_or_default(),
                reason: entry
                    .map(|entry| entry.reason.trim().to_owned())
                    .unwrap_or_default(),
                since: entry.map(|entry| entry.since.clone()),
                link: entry.and_then(|entry| entry.link.clone()),
                scenarios,
                example,
            }
        }
    }
}
