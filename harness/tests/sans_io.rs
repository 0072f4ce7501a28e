//! The sans-I/O stacks: every scenario gives the listed result, and the same trace every time.
#![cfg(all(feature = "rtc", feature = "str0m"))]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

#[macro_use]
mod snapshot;

use peerstate::implementation::Implementation;
use peerstate::implementations::rtc::Rtc;
use peerstate::implementations::str0m::Str0m;
use peerstate::run::deviations::NamedList;
use peerstate::run::verdict::{Court, Judged};
use peerstate::run::{self, Supported};
use peerstate::scenario::Scenario;
use peerstate::scenario::suite::{self, Suite};
use peerstate_model::editions;
use peerstate_model::trace::Lanes;
use rstest::rstest;

/// How often every scenario is run.
const RUNS: u32 = 5;

fn scenario(id: &str) -> Scenario {
    let mut selected = Suite::embedded().select(&[id.to_owned()]).unwrap();
    selected.remove(0)
}

fn judge(implementation: &dyn Implementation, scenarios: &[Scenario]) -> Vec<Judged> {
    let court = Court {
        implementation,
        edition: editions::edition(editions::DEFAULT_EDITION).unwrap(),
        known: &NamedList::of(implementation, None).unwrap().known,
        repeat: 1,
        seed: None,
    };
    let judged = scenarios.iter().map(|one| court.judge(one).unwrap());
    judged.collect()
}

/// The result of every scenario, and why it is unsupported, if it is.
#[rstest]
#[case::rtc(&Rtc)]
#[case::str0m(&Str0m)]
fn the_suite_gives_what_is_listed(#[case] implementation: &dyn Implementation) {
    let judged = judge(implementation, &suite::embedded().unwrap());
    let unexpected = judged.iter().filter(|one| one.result.is_unexpected());
    let unexpected: Vec<_> = unexpected.map(|one| &one.scenario).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    let lines = judged.iter().map(|one| {
        let reason = one.reason.as_deref().unwrap_or_default();
        format!("{} {} {reason}", one.result, one.scenario)
    });
    let lines: Vec<_> = lines.map(|line| line.trim_end().to_owned()).collect();
    let name = implementation.profile().identity.name;
    snapshot!("{name}__suite", lines.join("\n"));
}

#[rstest]
#[case::rtc(&Rtc)]
#[case::str0m(&Str0m)]
fn every_run_gives_the_same_trace(#[case] implementation: &dyn Implementation) {
    let show = |scenario: &Supported<'_>| {
        let run = run::run(scenario, None);
        run.map(|run| run.trace.to_json_lines()).unwrap()
    };
    for scenario in suite::embedded().unwrap() {
        let Ok(supported) = Supported::of(&scenario, implementation) else {
            continue;
        };
        let first = show(&supported);
        for _ in 1..RUNS {
            assert_eq!(show(&supported), first, "{}", scenario.id);
        }
    }
}

/// What the list of an implementation contains happens somewhere: an entry with patterns is not
/// compared with a single scenario.
#[rstest]
#[case::rtc(&Rtc)]
#[case::str0m(&Str0m)]
fn every_listed_deviation_happens(#[case] implementation: &dyn Implementation) {
    let known = NamedList::of(implementation, None).unwrap().known;
    let judged = judge(implementation, &suite::embedded().unwrap());
    let shown: Vec<_> = judged.iter().flat_map(|one| &one.deviations).collect();
    let never = known.entries.iter().map(|entry| entry.name());
    let never: Vec<_> = never.filter(|name| !shown.contains(&name)).collect();
    assert!(never.is_empty(), "{never:?}");
}

#[rstest]
fn traces_read_as_before(
    #[values(
        "connect/data-channel",
        "connect/negotiated-data-channel",
        "close/while-checking",
        "ice/cut-and-restore",
        "ice/restart-while-connected",
        "dtls/wrong-fingerprint-in-answer"
    )]
    id: &str,
) {
    for implementation in [&Rtc as &dyn Implementation, &Str0m] {
        let judged = &judge(implementation, &[scenario(id)])[0];
        let trace = judged.trace.as_ref().unwrap();
        let trace = trace.lanes(&Lanes::states(usize::MAX));
        let shown = format!("{}: {}\n\n{trace}", judged.result, judged.title);
        let (name, id) = (
            implementation.profile().identity.name,
            id.replace('/', "__"),
        );
        snapshot!("{name}__{id}", shown);
    }
}
