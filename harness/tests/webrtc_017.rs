//! `webrtc` 0.17 as an implementation: what it is known to get wrong, what it shows, and that it
//! shows the same in every run.
#![cfg(all(feature = "cli", feature = "webrtc-017"))]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;
#[macro_use]
mod snapshot;

use std::fs;
use std::thread;

use called::{Called, call};
use peerstate::implementations::webrtc_017::Webrtc017;
use peerstate::run::{self, Run, Supported};
use peerstate::scenario::Scenario;
use peerstate::scenario::suite::{self, Suite};
use peerstate_model::trace::Lanes;
use rstest::rstest;

/// How often a scenario is replayed on each of two threads.
const REPLAYS: usize = 10;

/// Runs all scenarios.
fn run_all(arguments: &[&str]) -> Called {
    let arguments = [&["run", "--impl", "webrtc-0.17"], arguments].concat();
    call(".", arguments, "")
}

fn scenario(id: &str) -> Scenario {
    let mut selected = Suite::embedded().select(&[id.to_owned()]).unwrap();
    selected.remove(0)
}

fn run(scenario: &Scenario) -> Run {
    run::run(&Supported::of(scenario, &Webrtc017).unwrap(), None).unwrap()
}

/// What a scenario shows, and how it ended.
fn replay(scenario: &Scenario) -> String {
    let run = run(scenario);
    format!("{}{:?}", run.trace.to_json_lines(), run.end)
}

#[test]
fn all_scenarios_give_what_is_listed() {
    let called = run_all(&[]);
    assert_eq!(called.status, 0, "{called}");
}

#[test]
fn what_is_listed_would_fail_a_run_without_the_list() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "").unwrap();
    let called = run_all(&["--known", &file.path().to_string_lossy()]);
    assert_eq!(called.status, 1, "{called}");
}

#[rstest]
#[case("close/by-offerer")]
#[case("connect/data-channel")]
#[case("dtls/wrong-fingerprint-in-answer")]
#[case("ice/cut-and-restore")]
#[case("ice/restart-while-connected")]
#[case("negotiation/pranswer-connects")]
fn shows(#[case] id: &str) {
    let run = run(&scenario(id));
    let lanes = run.trace.lanes(&Lanes::states(usize::MAX));
    let name = id.replace('/', "__");
    snapshot!("webrtc-0.17__{name}", lanes);
}

#[rstest]
#[case("close/while-handshaking")]
#[case("connect/data-channel")]
#[case("connect/loss")]
#[case("dtls/flight-lost")]
#[case("ice/cut-and-restore-twice")]
#[case("ice/loss-while-connected")]
#[case("ice/restart-while-completed")]
#[case("negotiation/add-media")]
fn shows_the_same_in_every_run(#[case] id: &str) {
    let scenario = scenario(id);
    let first = replay(&scenario);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..REPLAYS {
                    assert!(replay(&scenario) == first, "{id}");
                }
            });
        }
    });
}

#[test]
fn every_scenario_shows_the_same_on_two_threads() {
    let mut scenarios = suite::embedded().unwrap();
    scenarios.retain(|scenario| Supported::of(scenario, &Webrtc017).is_ok());
    let replay_all = || scenarios.iter().map(replay).collect::<Vec<_>>();
    let (first, second) = thread::scope(|scope| {
        let second = scope.spawn(replay_all);
        (replay_all(), second.join().unwrap())
    });
    for (scenario, (first, second)) in scenarios.iter().zip(first.iter().zip(&second)) {
        assert!(first == second, "{}", scenario.id);
    }
}
