//! Every scenario gives the same trace in every run, byte for byte, even if every core is busy, and
//! even if packets arrive at exactly the time when timers are due.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use peerstate::implementation::{Link, LinkChange};
use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate::run::{self, Supported};
use peerstate::scenario::suite;
use peerstate::scenario::{Action, Scenario, Step};
use rstest::rstest;

/// The whole suite, with a latency that holds until a scenario sets another.
fn suite_at(latency: Option<Duration>) -> Vec<Scenario> {
    let mut scenarios = suite::embedded().unwrap();
    for scenario in scenarios.iter_mut().filter(|_| latency.is_some()) {
        let change = LinkChange {
            latency,
            ..LinkChange::default()
        };
        let slow = Step {
            line: 1,
            action: Action::Network {
                link: Link::Everywhere,
                change,
            },
            stop: false,
        };
        scenario.steps.insert(0, slow);
    }
    scenarios
}

/// Returns the traces of scenarios, by id; for a peer that could not be constructed, the reason.
fn replay_all(scenarios: &[Scenario]) -> BTreeMap<&str, String> {
    let shown = scenarios.iter().map(|scenario| {
        let run = match Supported::of(scenario, &WebrtcRs) {
            Ok(supported) => run::run(&supported, None),
            Err(lacking) => return (scenario.id.as_str(), lacking.to_string()),
        };
        let shown = match run {
            Ok(run) => run.trace.to_json_lines(),
            Err(error) => error.to_string(),
        };
        (scenario.id.as_str(), shown)
    });
    shown.collect()
}

/// webrtc-rs checks its candidates every 200 ms. With that latency, every answer arrives when
/// another check is due.
#[rstest]
#[case::as_written(None)]
#[case::one_interval_of_checks(Some(Duration::from_millis(200)))]
fn replays_on_busy_cores_are_one(#[case] latency: Option<Duration>) {
    let scenarios = suite_at(latency);
    let first = replay_all(&scenarios);
    let done = AtomicBool::new(false);
    let cores = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let replays: Vec<_> = thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let replaying: Vec<_> = (0..cores)
            .map(|_| scope.spawn(|| replay_all(&scenarios)))
            .collect();
        let replays: Vec<_> = replaying.into_iter().map(|thread| thread.join()).collect();
        done.store(true, Ordering::Relaxed);
        replays
    });
    let replays = replays.into_iter().map(Result::unwrap);
    let replays: Vec<_> = replays.collect();
    let differing: BTreeMap<_, _> = replays
        .iter()
        .flatten()
        .filter(|(id, shown)| first[*id] != **shown)
        .map(|(id, shown)| (*id, first_difference(&first[id], shown)))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

/// Returns the first line in which two traces differ, from each.
fn first_difference<'t>(one: &'t str, other: &'t str) -> [Option<&'t str>; 2] {
    let (mut one, mut other) = (one.lines(), other.lines());
    loop {
        let lines = [one.next(), other.next()];
        if lines[0] != lines[1] || lines[0].is_none() {
            return lines;
        }
    }
}
