//! How many states a second the checker explores, event loop and queued tasks included.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark stops at the first surprise"
)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use peerstate_model::editions::edition;
use peerstate_model::machine::algorithms::Rulebook;
use peerstate_model::machine::model::ConnectionModel;
use stateright::{Checker, Model};

fn states(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    group.sample_size(10);
    for most_transports in [2, 3] {
        let rulebook = Rulebook::of(edition("repaired").unwrap()).unwrap();
        let model = ConnectionModel {
            rulebook,
            most_transports,
        };
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

criterion_group!(benches, states);
criterion_main!(benches);
