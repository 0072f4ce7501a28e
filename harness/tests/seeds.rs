//! The verdict of a scenario does not depend on its seed.
//!
//! A scenario whose network loses packets is run with many seeds. Every other is run with a few, to
//! find out whether its run depends on the seed; if it does, it is run with as many.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::collections::{BTreeMap, BTreeSet};

use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate::parallel::on_every_core;
use peerstate::run::Supported;
use peerstate::run::deviations::{KnownDeviation, KnownDeviations};
use peerstate::run::verdict::{Court, Expectations, Judged};
use peerstate::scenario::suite;
use peerstate::scenario::{Action, Scenario};
use peerstate_model::editions;
use peerstate_model::rules::Finding;

/// The seeds that show whether a run depends on the seed.
const A_FEW: u64 = 3;

/// The seeds for a scenario whose run depends on the seed.
const MANY: u64 = 50;

/// The scenarios whose verdict depends on the seed, each with the known deviations that cause this:
/// some seeds show them, and others do not.
const DIFFERS: &[(&str, &[&str])] = &[(
    "connect/loss",
    &[
        "repeated-flight-stops-retransmission",
        // In this case the other side gives up.
        "handshake-timeout-ends-driver",
    ],
)];

/// The verdict on a scenario: everything that must not depend on chance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Verdict {
    result: &'static str,
    expectations: &'static str,
    /// Every deviation, with its rule and peer.
    deviations: BTreeSet<(&'static str, String, String)>,
}

impl Verdict {
    /// Returns the verdict without these known deviations: what results from them, and what does
    /// not.
    fn but(judged: &Judged, known: &KnownDeviations, ids: &[&str]) -> (Self, BTreeSet<String>) {
        let mut shown = BTreeSet::new();
        let mut deviations = BTreeSet::new();
        for (finding, place) in &judged.findings {
            let entry = place.and_then(|place| known.entries.get(place));
            match entry.map(KnownDeviation::name) {
                Some(name) if ids.contains(&name.as_str()) => {
                    shown.insert(name);
                }
                _ => {
                    let Finding { rule, peer, .. } = finding;
                    deviations.insert((*rule, peer.clone(), finding.deviation.clone()));
                }
            }
        }
        let expectations = if shown.is_empty() {
            judged.expectations
        } else {
            Expectations::Met
        };
        let verdict = Self {
            result: judged.result.as_str(),
            expectations: expectations.as_str(),
            deviations,
        };
        (verdict, shown)
    }
}

/// The seeds that lead to each verdict on a scenario.
type Verdicts = BTreeMap<Verdict, Vec<u64>>;

fn court(known: &KnownDeviations, seed: u64) -> Court<'_> {
    Court {
        implementation: &WebrtcRs,
        edition: editions::edition(editions::DEFAULT_EDITION).unwrap(),
        known,
        repeat: 1,
        seed: Some(seed),
    }
}

fn is_lossy(scenario: &Scenario) -> bool {
    let steps = scenario.steps.iter();
    let mut changes = steps.filter_map(|step| match &step.action {
        Action::Network { change, .. } => change.loss,
        _ => None,
    });
    changes.any(|loss| loss > 0.0)
}

/// Returns the verdicts on a scenario, with as many seeds as its run needs, and for each verdict
/// those of the known deviations in which they may differ.
fn verdicts(
    scenario: &Scenario,
    known: &KnownDeviations,
) -> (Verdicts, BTreeMap<u64, BTreeSet<String>>) {
    let mut verdicts = Verdicts::new();
    let mut shown = BTreeMap::new();
    let ids = may_differ_in(&scenario.id);
    let mut traces = BTreeSet::new();
    let mut judge = |seed: u64| {
        let judged = court(known, seed).judge(scenario).unwrap();
        let (verdict, theirs) = Verdict::but(&judged, known, ids);
        verdicts.entry(verdict).or_default().push(seed);
        shown.insert(seed, theirs);
        traces.insert(judged.trace.map(|trace| trace.to_json_lines()));
        traces.len() > 1
    };
    let mut depends = is_lossy(scenario);
    for seed in 0..A_FEW {
        depends |= judge(seed);
    }
    for seed in A_FEW..if depends { MANY } else { A_FEW } {
        judge(seed);
    }
    (verdicts, shown)
}

/// Returns the known deviations in which the verdict on a scenario may differ with the seed.
fn may_differ_in(scenario: &str) -> &'static [&'static str] {
    let listed = DIFFERS.iter().find(|(id, _)| *id == scenario);
    listed.map_or(&[], |(_, ids)| ids)
}

/// Returns what is wrong with the verdicts on a scenario, one line each.
fn complaints(scenario: &Scenario, known: &KnownDeviations) -> Vec<String> {
    let id = &scenario.id;
    let (verdicts, shown) = verdicts(scenario, known);
    let mut complaints = Vec::new();
    if verdicts.len() > 1 {
        complaints.push(format!(
            "the verdict on {id} hangs on the seed: give its expectations more time or less loss, or \
             list what it differs in in harness/tests/seeds.rs\n{verdicts:#?}"
        ));
    }
    for deviation in may_differ_in(id) {
        let with = shown.values().filter(|ids| ids.contains(*deviation));
        let with = with.count();
        if with == 0 || with == shown.len() {
            complaints.push(format!(
                "{id} shows {deviation} with {with} of {} seeds; take it off the list",
                shown.len()
            ));
        }
    }
    complaints
}

#[test]
fn the_verdict_does_not_hang_on_the_seed() {
    let known = KnownDeviations::parse("known", include_str!("../known/webrtc-rs.yaml")).unwrap();
    let scenarios: Vec<Scenario> = suite::embedded()
        .unwrap()
        .into_iter()
        .filter(|scenario| Supported::of(scenario, &WebrtcRs).is_ok())
        .collect();
    for (id, _) in DIFFERS {
        let was_run = scenarios.iter().any(|scenario| scenario.id == *id);
        assert!(was_run, "{id} is listed, and was not run");
    }
    let wrong = on_every_core(&scenarios, |scenario| complaints(scenario, &known)).concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
