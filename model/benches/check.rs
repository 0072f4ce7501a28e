//! The states that the checker explores in a second, event loop and queued tasks included; the time
//! of lint, and of the search for repairs.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark stops at the first surprise"
)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use peerstate_model::editions::{edition, editions};
use peerstate_model::lint::{lint, suggest};
use peerstate_model::machine::model::ConnectionModel;
use peerstate_model::machine::rulebook::Rulebook;
use peerstate_model::policies::Choices;
use stateright::{Checker, Model};

fn states(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    group.sample_size(10);
    for most_transports in [2, 3] {
        let rulebook = Rulebook::of(edition("repaired").unwrap()).unwrap();
        let model = ConnectionModel::new(rulebook, most_transports);
        let explored = || {
            model
                .clone()
                .checker()
                .threads(1)
                .spawn_bfs()
                .join()
                .state_count()
        };
        group.throughput(Throughput::Elements(explored() as u64));
        group.bench_function(
            format!("repaired, {most_transports} transports"),
            |bencher| {
                bencher.iter(explored);
            },
        );
    }
}

fn lints(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lint");
    group.sample_size(20);
    group.bench_function("every edition", |bencher| {
        bencher.iter(|| {
            editions()
                .iter()
                .map(|edition| lint(edition, 3).enums.len())
                .sum::<usize>()
        });
    });
    let recommendation = edition("w3c-rec-2025-03-13").unwrap();
    group.bench_function("w3c-rec-2025-03-13", |bencher| {
        bencher.iter(|| lint(recommendation, 3));
    });
    group.bench_function("w3c-rec-2025-03-13, repairs", |bencher| {
        bencher.iter(|| suggest(recommendation, 3, &Choices::default()));
    });
}

criterion_group!(benches, states, lints);
criterion_main!(benches);
