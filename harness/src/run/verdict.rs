//! From a scenario to its result: runs it, judges its trace, and compares the findings with the
//! list of known deviations.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use peerstate_model::editions::Edition;
use peerstate_model::rules::{self, EXPECTATION, Finding, Place, Verdict};
use peerstate_model::trace::{At, Clock, Trace};
use peerstate_model::words;

use crate::implementation::{Implementation, StartError};
use crate::parallel::{cores, side_by_side};
use crate::run::deviations::{KnownDeviations, Stale, match_known};
use crate::run::{self, Check, LeftOut, Run, RunEnd, Supported};
use crate::scenario::Scenario;

words! {
    /// The result of a scenario.
    pub enum Result {
        /// Nothing is wrong.
        Pass = "pass",
        /// Something is wrong, but all of it is known.
        Known = "known",
        /// Something is wrong that is not known.
        Fail = "fail",
        /// A known deviation no longer happens.
        Fixed = "fixed",
        /// The implementation lacks what the scenario requires.
        Unsupported = "unsupported",
        /// The limit of the run passed first.
        Inconclusive = "inconclusive",
        /// The implementation panicked or hung.
        Error = "error",
    }
}

impl Result {
    /// Returns how far a run with this result is from what is expected; only to compare.
    const fn distance(self) -> u8 {
        match self {
            Self::Pass | Self::Unsupported => 0,
            Self::Known => 1,
            Self::Fixed => 2,
            Self::Inconclusive => 3,
            Self::Fail => 4,
            Self::Error => 5,
        }
    }

    /// Returns whether a run with this result is unexpected.
    #[must_use]
    pub const fn is_unexpected(self) -> bool {
        matches!(
            self,
            Self::Fail | Self::Fixed | Self::Inconclusive | Self::Error
        )
    }
}

/// The largest number of places that one finding keeps.
const MOST_PLACES: usize = 20;

words! {
    /// Whether the expectations of a scenario hold, whatever else the rules find in its trace.
    pub enum Expectations {
        /// All of them hold.
        Met = "met",
        /// Not all of them hold, or the run ended before that was decided.
        NotMet = "not-met",
        /// There are none, or the scenario was not run.
        None = "none",
    }
}

impl Expectations {
    fn of(checks: &[Check], end: &RunEnd) -> Self {
        if *end != RunEnd::Finished || checks.iter().any(|check| check.missed.is_some()) {
            Self::NotMet
        } else if checks.is_empty() {
            Self::None
        } else {
            Self::Met
        }
    }
}

/// The report on a scenario.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Its id.
    pub scenario: String,
    /// Its name on the command line: its id, or its file.
    pub named: String,
    /// Its title.
    pub title: String,
    /// Links to the sentences of the specification that it asserts.
    pub spec: Vec<String>,
    /// Its result.
    pub result: Result,
    /// Whether its expectations hold.
    pub expectations: Expectations,
    /// The result of each expectation.
    pub checks: Vec<Check>,
    /// The parts of its expectations that are not judged, since the implementation does not show
    /// them.
    pub left_out: Vec<LeftOut>,
    /// The known deviations that its trace shows, by their names, in the order of the list.
    pub deviations: Vec<String>,
    /// The findings, each with the index of the known entry that lists it.
    pub findings: Vec<(Finding, Option<usize>)>,
    /// The oracle's verdict; `None` if there is no trace.
    pub verdict: Option<Verdict>,
    /// The trace; `None` if nothing was run.
    pub trace: Option<Trace>,
    /// Why it is unsupported, inconclusive or an error, or which entry is fixed.
    pub reason: Option<String>,
    /// How the implementation broke, if it did.
    pub fault: Option<String>,
    /// The index of the known entry that lists its error.
    pub error_entry: Option<usize>,
    /// Why its known deviations are deviations, without duplicates.
    pub known_reasons: Vec<String>,
    /// How long the runs and their verdicts took, in real time.
    pub elapsed: Duration,
    /// The other runs of the scenario, where it was repeated in real time: this is the one that is
    /// furthest from what is expected.
    pub again: Vec<Self>,
}

impl Judged {
    /// This run and the others of the scenario.
    pub fn runs(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.again)
    }

    /// The peers of its trace; empty if nothing was run.
    #[must_use]
    pub fn peers(&self) -> &[String] {
        self.trace.as_ref().map_or(&[], |trace| &trace.header.peers)
    }

    /// The findings that are known, or those that are not.
    #[must_use]
    pub fn findings_known(&self, is_known: bool) -> Vec<&Finding> {
        let findings = self.findings.iter();
        let wanted = findings.filter(|(_, known)| known.is_some() == is_known);
        wanted.map(|(finding, _)| finding).collect()
    }
}

/// How scenarios are run and judged.
#[derive(Clone, Copy)]
pub struct Court<'c> {
    /// The implementation under test.
    pub implementation: &'c dyn Implementation,
    /// The edition.
    pub edition: &'c Edition,
    /// The known deviations of the implementation.
    pub known: &'c KnownDeviations,
    /// How often each scenario is run. In virtual time, the traces must be the same; in real time, each
    /// is judged, and [`Judged::again`] has the others.
    pub repeat: u32,
    /// A seed that replaces the scenarios' own.
    pub seed: Option<u64>,
}

impl Court<'_> {
    /// Runs and judges scenarios on `threads` threads, by default one for each core, and passes the
    /// results to `give` in their order. Calls `done` whenever one is done.
    ///
    /// # Errors
    ///
    /// If the implementation could not be run at all, and the first error of `give`.
    pub fn judge_all<E: From<StartError>>(
        &self,
        scenarios: &[Scenario],
        jobs: Option<usize>,
        done: impl Fn(),
        mut give: impl FnMut(Judged) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let jobs = jobs.filter(|jobs| *jobs > 0).unwrap_or_else(cores);
        let judge = |scenario: &Scenario| self.judge(scenario);
        side_by_side(scenarios, jobs, judge, done, |judged| give(judged?))
    }

    /// Runs and judges a scenario.
    ///
    /// # Errors
    ///
    /// If the implementation could not be run at all.
    pub fn judge(&self, scenario: &Scenario) -> std::result::Result<Judged, StartError> {
        let begun = Instant::now();
        let mut judged = self.run_and_judge(scenario)?;
        let listed = judged.runs().flat_map(|run| {
            let of_findings = run.findings.iter().filter_map(|(_, known)| *known);
            of_findings.chain(run.error_entry)
        });
        let listed: BTreeSet<usize> = listed.collect();
        for entry in listed
            .into_iter()
            .filter_map(|place| self.known.entries.get(place))
        {
            judged.deviations.push(entry.name());
            judged.known_reasons.push(entry.reason.trim().to_owned());
        }
        judged.elapsed = begun.elapsed();
        Ok(judged)
    }

    fn run_and_judge(&self, scenario: &Scenario) -> std::result::Result<Judged, StartError> {
        let mut judged = not_run(scenario);
        let supported = match Supported::of(scenario, self.implementation) {
            Ok(supported) => supported,
            Err(lacking) => {
                judged.result = Result::Unsupported;
                judged.reason = Some(lacking.to_string());
                return Ok(judged);
            }
        };
        let run = run::run(&supported, self.seed)?;
        let is_virtual = supported.profile.clock == Clock::Virtual;
        let mut again = Vec::new();
        for replay in 1..self.repeat {
            let other = run::run(&supported, self.seed)?;
            if !is_virtual {
                again.push(self.judge_run(&supported, other));
            } else if other != run {
                judged.result = Result::Error;
                judged.reason = Some(format!("replay {} gave a different trace", replay + 1));
                judged.trace = Some(other.trace);
                return Ok(judged);
            }
        }
        judged = self.judge_run(&supported, run);
        for other in &mut again {
            if other.result.distance() > judged.result.distance() {
                std::mem::swap(other, &mut judged);
            }
        }
        judged.again = again;
        self.note_stale(&mut judged);
        Ok(judged)
    }

    fn judge_run(&self, supported: &Supported<'_>, run: Run) -> Judged {
        let scenario = &supported.scenario;
        let mut judged = not_run(scenario);
        let verdict = rules::judge(&run.trace, self.edition);
        let mut findings = verdict.findings.clone();
        findings.extend(missed_expectations(scenario, &run.checks));
        let listed = match_known(self.known, &scenario.id, &findings);
        judged.findings = findings.into_iter().zip(listed).collect();
        judged.verdict = Some(verdict);
        judged.trace = Some(run.trace);
        judged.expectations = Expectations::of(&run.checks, &run.end);
        judged.checks = run.checks;
        judged.left_out.clone_from(&supported.left_out);
        self.sum_up(&mut judged, &run.end);
        judged
    }

    fn sum_up(&self, judged: &mut Judged, end: &RunEnd) {
        let id = judged.scenario.clone();
        judged.result = match end {
            RunEnd::Fault { line, fault } => {
                let message = match line {
                    0 => format!("the constructor: {fault}"),
                    line => format!("line {line} of the scenario: {fault}"),
                };
                judged.fault = Some(fault.to_string());
                judged.error_entry = self.known.find_error(&id, &message);
                judged.reason = Some(message);
                if judged.error_entry.is_some() {
                    Result::Known
                } else {
                    Result::Error
                }
            }
            RunEnd::LimitPassed { line } => {
                judged.reason = Some(format!(
                    "the limit passed in the step on line {line} of the scenario"
                ));
                Result::Inconclusive
            }
            RunEnd::Finished | RunEnd::Stopped { .. } if judged.findings.is_empty() => Result::Pass,
            RunEnd::Finished | RunEnd::Stopped { .. } => Result::Known,
        };
        if judged.findings.iter().any(|(_, known)| known.is_none())
            && matches!(judged.result, Result::Known)
        {
            judged.result = Result::Fail;
        }
    }

    /// Notes that an entry names the scenario, and no run of it shows the deviation.
    fn note_stale(&self, judged: &mut Judged) {
        let id = &judged.scenario;
        let mut entries = self.known.entries.iter().enumerate();
        let stale = entries.find(|(place, entry)| {
            let shows = |run: &Judged| {
                let mut findings = run.findings.iter();
                findings.any(|(finding, _)| entry.lists(id, finding))
                    || run.error_entry == Some(*place)
            };
            entry.names(id) && !judged.runs().any(shows)
        });
        if let (Some((_, entry)), Result::Pass | Result::Known) = (stale, judged.result) {
            judged.result = Result::Fixed;
            judged.reason = Some(format!(
                "{} is listed as known here but did not happen; remove it from the list",
                entry.name()
            ));
        }
    }
}

/// Returns whether a run is as expected: no result is unexpected, the list is true, and something
/// was run.
#[must_use]
pub fn is_as_expected(judged: &[Judged], stale: &[Stale<'_>]) -> bool {
    let was_run = judged.iter().any(|one| one.result != Result::Unsupported);
    was_run && stale.is_empty() && !judged.iter().any(|one| one.result.is_unexpected())
}

/// A scenario before it is run.
fn not_run(scenario: &Scenario) -> Judged {
    Judged {
        scenario: scenario.id.clone(),
        named: scenario.file.clone().unwrap_or_else(|| scenario.id.clone()),
        title: scenario.title.clone(),
        spec: scenario.spec.clone(),
        result: Result::Pass,
        expectations: Expectations::None,
        checks: Vec::new(),
        left_out: Vec::new(),
        deviations: Vec::new(),
        findings: Vec::new(),
        verdict: None,
        trace: None,
        reason: None,
        fault: None,
        error_entry: None,
        known_reasons: Vec::new(),
        elapsed: Duration::ZERO,
        again: Vec::new(),
    }
}

/// Returns the missed expectations, one finding for each deviation of a peer.
fn missed_expectations(scenario: &Scenario, checks: &[Check]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for check in checks {
        let Some(missed) = &check.missed else {
            continue;
        };
        let place = Place {
            line: missed.trace_line,
            at: check.at,
        };
        let same = findings
            .iter_mut()
            .find(|other| other.peer == check.peer && other.deviation == missed.deviation);
        if let Some(same) = same {
            same.count += 1;
            if same.places.len() < MOST_PLACES {
                same.places.push(place);
            }
            continue;
        }
        let message = match check.line {
            0 => format!("{}: {}", scenario.id, missed.message),
            line => format!("{}:{line}: {}", scenario.id, missed.message),
        };
        let mut finding = Finding::new(EXPECTATION, &check.peer, place, message);
        finding.deviation.clone_from(&missed.deviation);
        findings.push(finding);
    }
    findings
}

/// Returns the values of `connectionState` that a peer reported, in order, from `new`; `closed`
/// once its application has closed it.
#[must_use]
pub fn connection_states(trace: &Trace, peer: &str) -> Vec<(At, &'static str)> {
    let mut states = vec![(At::default(), "new")];
    for entry in trace.entries.iter().filter(|entry| entry.peer == peer) {
        let reported = entry.state.connection_state.map(|state| state.as_str());
        if let Some(state) = reported.or(entry.closes().then_some("closed"))
            && states.last().is_none_or(|(_, last)| *last != state)
        {
            states.push((entry.at, state));
        }
    }
    states
}
