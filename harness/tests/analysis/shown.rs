//! The faults that a run of a scenario shows, and the comparison of two runs.

use std::collections::{BTreeMap, BTreeSet};

use peerstate::implementation::Implementation;
use peerstate::run::deviations::KnownDeviations;
use peerstate::run::{self, Run, RunEnd, Supported};
use peerstate::scenario::Scenario;
use peerstate_model::editions::{self, Edition};
use peerstate_model::rules;
use peerstate_model::trace::At;

/// An expectation: the line of its step, and the peer.
pub(crate) type Place = (usize, String);

/// A rule, the peer that breaks it, and the deviation.
pub(crate) type Broken = (&'static str, String, String);

/// The result of a run of a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The expectations that were met or missed.
    pub(crate) checked: BTreeSet<Place>,
    /// The expectations that were missed, each with its deviations.
    pub(crate) missed: BTreeMap<Place, BTreeSet<String>>,
    /// The rules that were broken.
    pub(crate) broken: BTreeSet<Broken>,
    /// Those that are not known deviations of every scenario.
    pub(crate) particular: BTreeSet<Broken>,
    /// When an expectation of each step was last decided.
    pub(crate) clear: BTreeMap<usize, At>,
    /// The line of the step at which the run stopped, if it stopped; 0 for the constructor.
    pub(crate) stopped: Option<usize>,
    /// How the run ended, if it did not end with its last step.
    pub(crate) ended: Option<String>,
}

/// The faults of one run that another does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Caught {
    /// The expectations that are missed first, all of the same step.
    pub(crate) first: BTreeSet<Place>,
    /// All expectations that are missed.
    pub(crate) missed: BTreeSet<Place>,
    /// Whether an expectation is missed in a different way, or the run ends differently.
    pub(crate) otherwise: bool,
    /// The rules that are broken.
    pub(crate) rules: BTreeSet<&'static str>,
}

impl Caught {
    /// Returns whether nothing is wrong.
    pub(crate) fn is_nothing(&self) -> bool {
        !self.by_the_scenario() && self.rules.is_empty()
    }

    /// Returns whether the scenario's own expectations show it.
    pub(crate) fn by_the_scenario(&self) -> bool {
        !self.first.is_empty() || self.otherwise
    }
}

impl Shown {
    /// Returns what the expectations of a run show.
    fn of_expectations(run: &Run) -> Self {
        let (stopped, ended) = match &run.end {
            RunEnd::Finished => (None, None),
            RunEnd::Stopped { line }
            | RunEnd::LimitPassed { line }
            | RunEnd::Fault { line, .. } => (Some(*line), Some(format!("{:?}", run.end))),
        };
        let mut shown = Self {
            stopped,
            ended,
            ..Self::default()
        };
        for check in &run.checks {
            let place = (check.line, check.peer.clone());
            let clear = shown.clear.entry(check.line).or_default();
            *clear = check.at.max(*clear);
            if let Some(missed) = &check.missed {
                let deviations = shown.missed.entry(place.clone()).or_default();
                deviations.insert(missed.deviation.clone());
            }
            shown.checked.insert(place);
        }
        shown
    }

    /// Returns when the steps before a line were decided: the last one first, then the beginning.
    pub(crate) fn clear_before(&self, line: usize) -> Vec<At> {
        let mut clear: BTreeSet<At> = self.clear.range(..line).map(|(_, at)| *at).collect();
        clear.insert(At::default());
        clear.into_iter().rev().collect()
    }

    /// Returns what is wrong in this run but not in the other.
    pub(crate) fn beyond(&self, base: &Self) -> Caught {
        let news = self
            .missed
            .keys()
            .filter(|place| !base.missed.contains_key(*place));
        let first = news.clone().map(|(line, _)| *line).min();
        let otherwise = self.missed.iter().any(|(place, deviations)| {
            base.missed
                .get(place)
                .is_some_and(|before| before != deviations)
        });
        let broken = self.broken.difference(&base.broken);
        Caught {
            missed: news.clone().cloned().collect(),
            first: news
                .filter(|(line, _)| Some(*line) == first)
                .cloned()
                .collect(),
            otherwise: otherwise || (self.ended.is_some() && self.ended != base.ended),
            rules: broken.map(|(rule, _, _)| *rule).collect(),
        }
    }
}

/// Returns what a scenario's expectations show of an implementation, without judging the rules,
/// which is faster.
pub(crate) fn expectations(scenario: &Scenario, implementation: &dyn Implementation) -> Shown {
    Shown::of_expectations(&run(scenario, implementation))
}

fn run(scenario: &Scenario, implementation: &dyn Implementation) -> Run {
    run::run(&Supported::of(scenario, implementation).unwrap(), None).unwrap()
}

/// Runs scenarios and judges what they show.
pub(crate) struct Judge {
    edition: &'static Edition,
    known: KnownDeviations,
}

impl Judge {
    pub(crate) fn new() -> Self {
        let text = include_str!("../../known/webrtc-rs.yaml");
        Self {
            edition: editions::edition(editions::DEFAULT_EDITION).unwrap(),
            known: KnownDeviations::parse("harness/known/webrtc-rs.yaml", text).unwrap(),
        }
    }

    /// Returns what a scenario shows of an implementation: its expectations and the rules.
    pub(crate) fn show(&self, scenario: &Scenario, implementation: &dyn Implementation) -> Shown {
        let run = run(scenario, implementation);
        let mut shown = Shown::of_expectations(&run);
        for finding in rules::judge(&run.trace, self.edition).findings {
            let listed = self.known.find(&scenario.id, &finding);
            let everywhere = listed.is_some_and(|place| {
                let patterns = &self.known.entries[place].scenarios;
                patterns.iter().any(|pattern| pattern == "**")
            });
            let broken = (finding.rule, finding.peer, finding.deviation);
            if !everywhere {
                shown.particular.insert(broken.clone());
            }
            shown.broken.insert(broken);
        }
        shown
    }
}
