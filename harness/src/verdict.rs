//! From a scenario to its result: run it, judge its trace, and hold the findings against the list
//! of known deviations.

use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, Instant};

use peerstate_model::editions::Edition;
use peerstate_model::rules::{self, EXPECTATION, Finding, Place, Verdict};
use peerstate_model::trace::{ActionResult, At, Clock, Trace, What};
use serde::Serialize;

use crate::implementation::{Implementation, StartError};
use crate::known::{ERROR, Known};
use crate::runner::{self, Outcome};
use crate::scenario::Scenario;

/// What became of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Result {
    /// Nothing is wrong.
    Pass,
    /// Something is wrong, and all of it is known.
    Known,
    /// Something is wrong that is not known.
    Fail,
    /// Something that is listed as known is not wrong any more.
    Fixed,
    /// The implementation lacks what the scenario requires.
    Unsupported,
    /// The limit of the run passed first.
    Inconclusive,
    /// The implementation panicked or hung.
    Error,
}

impl Result {
    /// Every result, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Pass,
        Self::Known,
        Self::Fail,
        Self::Fixed,
        Self::Unsupported,
        Self::Inconclusive,
        Self::Error,
    ];

    /// Whether a run with this result is not as it should be.
    #[must_use]
    pub const fn is_unexpected(self) -> bool {
        matches!(
            self,
            Self::Fail | Self::Fixed | Self::Inconclusive | Self::Error
        )
    }

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Known => "known",
            Self::Fail => "fail",
            Self::Fixed => "fixed",
            Self::Unsupported => "unsupported",
            Self::Inconclusive => "inconclusive",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Result {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is to be told of a scenario.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Its id.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// What became of it.
    pub result: Result,
    /// What was found, each with the place of the known entry that lists it.
    pub findings: Vec<(Finding, Option<usize>)>,
    /// What the oracle said; `None` where there is no trace.
    pub verdict: Option<Verdict>,
    /// What was seen; `None` where nothing was run.
    pub trace: Option<Trace>,
    /// Why it is unsupported, inconclusive or an error, or which entry is fixed.
    pub reason: Option<String>,
    /// The place of the known entry that lists its error.
    pub error_entry: Option<usize>,
    /// Why what is known is a deviation, once each.
    pub known_reasons: Vec<String>,
    /// How long the run and its verdict took, in real time.
    pub elapsed: Duration,
}

/// How scenarios are run and judged.
#[derive(Clone, Copy)]
pub struct Court<'c> {
    /// The implementation under test.
    pub implementation: &'c dyn Implementation,
    /// The edition.
    pub edition: &'c Edition,
    /// What is known of the implementation.
    pub known: &'c Known,
    /// How often each scenario is run; the traces must be the same in virtual time.
    pub repeat: u32,
    /// A seed that takes the place of the scenarios' own.
    pub seed: Option<u64>,
}

impl Court<'_> {
    /// Runs and judges a scenario.
    ///
    /// # Errors
    ///
    /// When the implementation could not be run at all.
    pub fn judge(&self, scenario: &Scenario) -> std::result::Result<Judged, StartError> {
        let begun = Instant::now();
        let mut judged = self.run_and_judge(scenario)?;
        let listed = judged.findings.iter().filter_map(|(_, known)| *known);
        let listed: BTreeSet<usize> = listed.chain(judged.error_entry).collect();
        let entries = listed
            .into_iter()
            .filter_map(|place| self.known.entries.get(place));
        judged.known_reasons = entries
            .map(|entry| entry.reason.trim().to_owned())
            .collect();
        judged.elapsed = begun.elapsed();
        Ok(judged)
    }

    fn run_and_judge(&self, scenario: &Scenario) -> std::result::Result<Judged, StartError> {
        let mut judged = Judged {
            scenario: scenario.id.clone(),
            title: scenario.title.clone(),
            result: Result::Pass,
            findings: Vec::new(),
            verdict: None,
            trace: None,
            reason: None,
            error_entry: None,
            known_reasons: Vec::new(),
            elapsed: Duration::ZERO,
        };
        let lacking = runner::lacking(scenario, self.implementation);
        if !lacking.is_empty() {
            let names: Vec<_> = lacking.iter().map(ToString::to_string).collect();
            judged.result = Result::Unsupported;
            judged.reason = Some(format!("the implementation lacks {}", names.join(", ")));
            return Ok(judged);
        }
        let run = match runner::run(scenario, self.implementation, self.seed) {
            Ok(run) => run,
            Err(error) if self.implementation.clock() == Clock::Virtual => {
                // It runs in this process, so it is there: it refuses this scenario's peers.
                let reason = error.reason;
                judged.error_entry = self.known.find(&scenario.id, ERROR, None, &reason);
                judged.result = if judged.error_entry.is_some() {
                    Result::Known
                } else {
                    Result::Error
                };
                judged.reason = Some(reason);
                return Ok(judged);
            }
            Err(error) => return Err(error),
        };
        for replay in 1..self.repeat {
            let again = runner::run(scenario, self.implementation, self.seed)?;
            if again.trace != run.trace {
                judged.result = Result::Error;
                judged.reason = Some(format!("replay {} showed another trace", replay + 1));
                judged.trace = Some(again.trace);
                return Ok(judged);
            }
        }
        let verdict = rules::judge(&run.trace, self.edition);
        let mut findings = verdict.findings.clone();
        findings.extend(expectation(scenario, &run.outcome, &run.trace));
        judged.findings = match_known(self.known, &scenario.id, findings);
        judged.verdict = Some(verdict);
        judged.trace = Some(run.trace);
        self.sum_up(&mut judged, &run.outcome);
        Ok(judged)
    }

    fn sum_up(&self, judged: &mut Judged, outcome: &Outcome) {
        let id = judged.scenario.clone();
        judged.result = match outcome {
            Outcome::Fault { line, fault } => {
                let message = format!("line {line} of the scenario: {fault}");
                judged.error_entry = self.known.find(&id, ERROR, None, &message);
                judged.reason = Some(message);
                if judged.error_entry.is_some() {
                    Result::Known
                } else {
                    Result::Error
                }
            }
            Outcome::LimitPassed { line } => {
                judged.reason = Some(format!(
                    "the limit passed in the step on line {line} of the scenario"
                ));
                Result::Inconclusive
            }
            Outcome::Finished | Outcome::Unexpected(_) if judged.findings.is_empty() => {
                Result::Pass
            }
            Outcome::Finished | Outcome::Unexpected(_) => Result::Known,
        };
        if judged.findings.iter().any(|(_, known)| known.is_none())
            && matches!(judged.result, Result::Known)
        {
            judged.result = Result::Fail;
        }
        let stale = self
            .known
            .entries
            .iter()
            .enumerate()
            .find(|(place, entry)| {
                let happens = judged.findings.iter().any(|(finding, _)| {
                    let (peer, message) = (Some(finding.peer.as_str()), &finding.message);
                    entry.lists(&id, finding.rule, peer, message)
                });
                entry.names(&id) && !happens && judged.error_entry != Some(*place)
            });
        if let (Some((_, entry)), Result::Pass | Result::Known) = (stale, judged.result) {
            judged.result = Result::Fixed;
            judged.reason = Some(format!(
                "{} is listed as known here and did not happen; take it out of the list",
                entry.rule
            ));
        }
    }
}

/// The finding of an expectation that did not hold.
fn expectation(scenario: &Scenario, outcome: &Outcome, trace: &Trace) -> Option<Finding> {
    let Outcome::Unexpected(unexpected) = outcome else {
        return None;
    };
    let last = trace
        .entries
        .iter()
        .rfind(|entry| entry.peer == unexpected.peer);
    let place = Place {
        line: last.map_or(1, |entry| entry.line),
        at: unexpected.at,
    };
    let message = format!(
        "{}:{}: {}",
        scenario.id, unexpected.line, unexpected.message
    );
    Some(Finding::new(EXPECTATION, &unexpected.peer, place, message))
}

/// Each finding with the place of the known deviation that lists it. What follows from a finding is
/// as known as that is.
#[must_use]
pub fn match_known(
    known: &Known,
    scenario: &str,
    findings: Vec<Finding>,
) -> Vec<(Finding, Option<usize>)> {
    let find = |finding: &Finding| {
        let peer = Some(finding.peer.as_str());
        known.find(scenario, finding.rule, peer, &finding.message)
    };
    let causes: Vec<(&'static str, String, Option<usize>)> = findings
        .iter()
        .filter(|finding| finding.because.is_none())
        .map(|finding| (finding.rule, finding.peer.clone(), find(finding)))
        .collect();
    findings
        .into_iter()
        .map(|finding| {
            let by_cause = || {
                let mut causes = causes.iter();
                let cause = causes.find(|(rule, peer, _)| {
                    Some(*rule) == finding.because && *peer == finding.peer
                });
                cause.and_then(|(.., known)| *known)
            };
            let listed = find(&finding).or_else(by_cause);
            (finding, listed)
        })
        .collect()
}

/// The entries that list, by a pattern, what no scenario shows any more. Only where every scenario
/// that the pattern could mean was run can that be said.
#[must_use]
pub fn stale_patterns<'k>(
    known: &'k Known,
    judged: &[Judged],
    all: &[String],
) -> Vec<&'k crate::known::KnownEntry> {
    known
        .entries
        .iter()
        .filter(|entry| {
            let concerned: Vec<_> = all.iter().filter(|id| entry.concerns(id)).collect();
            let ran = |id: &&String| {
                judged
                    .iter()
                    .find(|one| one.scenario == **id && one.result != Result::Unsupported)
            };
            let happens = judged.iter().any(|one| {
                one.findings
                    .iter()
                    .any(|(f, _)| entry.lists(&one.scenario, f.rule, Some(&f.peer), &f.message))
                    || (entry.rule == ERROR
                        && one
                            .reason
                            .as_ref()
                            .is_some_and(|r| entry.lists(&one.scenario, ERROR, None, r)))
            });
            let exact = concerned.iter().any(|id| entry.names(id));
            concerned.iter().all(|id| ran(id).is_some()) && !happens && !exact
        })
        .collect()
}

/// The values that a peer told of its `connectionState`, in order, from `new`; closed once its
/// application has closed it.
#[must_use]
pub fn connection_states(trace: &Trace, peer: &str) -> Vec<(At, &'static str)> {
    let mut states = vec![(At::default(), "new")];
    for entry in trace.entries.iter().filter(|entry| entry.peer == peer) {
        let closed = matches!(
            &entry.what,
            What::Action { name, result: Some(ActionResult::Ok), .. } if name == "close"
        );
        let told = entry.state.connection_state.map(|state| state.as_str());
        if let Some(state) = told.or(closed.then_some("closed"))
            && states.last().is_none_or(|(_, last)| *last != state)
        {
            states.push((entry.at, state));
        }
    }
    states
}
