//! How many scenarios a second are replayed against webrtc-rs and judged, on one core.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark stops at the first surprise"
)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate::run::deviations::KnownDeviations;
use peerstate::run::verdict::Court;
use peerstate::scenario::suite;
use peerstate_model::editions::{DEFAULT_EDITION, edition};

fn scenarios(criterion: &mut Criterion) {
    let scenarios = suite::embedded().unwrap();
    let known = KnownDeviations::default();
    let court = Court {
        implementation: &WebrtcRs,
        edition: edition(DEFAULT_EDITION).unwrap(),
        known: &known,
        repeat: 1,
        seed: None,
    };
    let mut group = criterion.benchmark_group("scenarios");
    group.sample_size(10);
    group.throughput(Throughput::Elements(scenarios.len() as u64));
    group.bench_function("replay and judge all", |bencher| {
        bencher.iter(|| {
            scenarios
                .iter()
                .map(|scenario| court.judge(scenario).unwrap())
                .collect::<Vec<_>>()
        });
    });
    group.finish();
}

criterion_group!(benches, scenarios);
criterion_main!(benches);
