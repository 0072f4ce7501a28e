//! Repeated scenarios do not increase memory use. This file has only one test, so that the peak of
//! its process is the peak of that test.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::fs;
use std::thread;

use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate::run::deviations::KnownDeviations;
use peerstate::run::verdict::{Court, Result};
use peerstate::scenario::suite;
use peerstate_model::editions::edition;

const REPEATS: u32 = 1000;

/// In kB. A leaked connection costs a third of a MB, and there are 4,000 of them.
const MOST: u64 = 300 * 1024;

/// Returns the largest memory use of this process so far, in kB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.unwrap().split_whitespace().next().unwrap();
    number.parse().unwrap()
}

/// A scenario with a data channel, and one with tracks that are added and removed.
#[test]
fn a_thousand_repeats_hold_memory_flat() {
    let names = ["close/by-offerer", "negotiation/remove-media"];
    let scenarios = suite::Suite::embedded()
        .select(&names.map(str::to_owned))
        .unwrap();
    assert_eq!(scenarios.len(), names.len());
    let text = include_str!("../known/webrtc-rs.yaml");
    let known = KnownDeviations::parse("known", text).unwrap();
    let court = Court {
        implementation: &WebrtcRs,
        edition: edition("repaired").unwrap(),
        known: &known,
        repeat: REPEATS,
        seed: None,
    };
    thread::scope(|scope| {
        for scenario in &scenarios {
            scope.spawn(|| {
                let judged = court.judge(scenario).unwrap();
                assert_eq!(judged.result, Result::Known, "{:?}", judged.reason);
            });
        }
    });
    let peak = peak();
    assert!(
        peak < MOST,
        "{peak} kB at the most, and not below {MOST} kB"
    );
}
