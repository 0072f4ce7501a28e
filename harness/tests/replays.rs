//! Every scenario shows the same trace in every run, byte for byte, also when every core is busy.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate::runner;
use peerstate::suite;

/// How often every scenario is replayed on each of the threads.
const REPLAYS: usize = 3;

/// The traces of the whole suite, by scenario; a peer that could not be constructed shows why.
fn replay_all() -> BTreeMap<String, String> {
    let scenarios = suite::embedded().unwrap();
    let shown = scenarios.iter().map(|scenario| {
        let shown = match runner::run(scenario, &WebrtcRs, None) {
            Ok(run) => run.trace.to_json_lines(),
            Err(error) => error.to_string(),
        };
        (scenario.id.clone(), shown)
    });
    shown.collect()
}

#[test]
fn replays_on_busy_cores_are_one() {
    let first = replay_all();
    let done = AtomicBool::new(false);
    let cores = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let replaying: Vec<_> = (0..cores)
            .map(|_| scope.spawn(|| (0..REPLAYS).map(|_| replay_all()).collect::<Vec<_>>()))
            .collect();
        let replays: Vec<_> = replaying
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect();
        done.store(true, Ordering::Relaxed);
        for replay in replays {
            for (id, shown) in replay {
                assert_eq!(first[&id], shown, "{id}");
            }
        }
    });
}
