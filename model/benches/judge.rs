//! The time of a verdict: traces of 1,000, 10,000 and 100,000 entries, one that conforms and one
//! that does not. The time should be linear in the number of entries. Also the time to read a trace
//! of 30 MiB.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark stops at the first surprise"
)]

use std::fmt::Write;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use peerstate_model::editions::edition;
use peerstate_model::rules::judge;
use peerstate_model::trace::{Trace, read};

/// A connection whose ICE transport is cut and restored repeatedly. One that violates fires
/// `connectionstatechange` first, and `iceconnectionstatechange` from a value that it had before.
fn text(entries: usize, conforms: bool) -> String {
    let header = r#"{"trace": 1, "implementation": {"name": "bench", "version": "1"}, "clock": "real", "peers": ["alice", "bob"], "observes": {"events": ["statechange", "iceconnectionstatechange", "connectionstatechange"]}}"#;
    let mut text = format!("{header}\n");
    let mut lines = 0;
    let mut at = 0;
    let states = ["checking", "connected", "disconnected"];
    while lines < entries {
        for ice in states {
            let connection = match ice {
                "checking" | "connected" => "connecting",
                other => other,
            };
            let state = format!(
                r#""state": {{"connectionState": "{connection}", "iceConnectionState": "{ice}"}}, "transports": [{{"id": "0", "ice": "{ice}", "dtls": "new"}}]"#
            );
            let mut events = [
                (
                    r#""event": "statechange", "transport": "0", "kind": "ice""#,
                    true,
                ),
                (r#""event": "iceconnectionstatechange""#, true),
                (r#""event": "connectionstatechange""#, ice != "connected"),
                (r#""sample": "poll""#, true),
            ];
            if !conforms {
                events.swap(1, 2);
            }
            for peer in ["alice", "bob"] {
                for (what, _) in events.iter().filter(|(_, is_fired)| *is_fired) {
                    writeln!(text, r#"{{"at": {at}, "peer": "{peer}", {what}, {state}}}"#).unwrap();
                    lines += 1;
                }
            }
            at += 500;
        }
    }
    text
}

fn trace(text: &str) -> Trace {
    read("bench", text.as_bytes()).unwrap()
}

fn verdicts(criterion: &mut Criterion) {
    let edition = edition("repaired").unwrap();
    let mut group = criterion.benchmark_group("judge");
    group.sample_size(10);
    for (name, conforms) in [("conforming", true), ("violating", false)] {
        for entries in [1_000, 10_000, 100_000] {
            let trace = trace(&text(entries, conforms));
            let found = judge(&trace, edition).findings;
            assert_eq!(found.is_empty(), conforms, "{:?}", found.first());
            group.throughput(Throughput::Elements(trace.entries.len() as u64));
            group.bench_with_input(BenchmarkId::new(name, entries), &trace, |bencher, trace| {
                bencher.iter(|| judge(trace, edition));
            });
        }
    }
    group.finish();
}

fn reading(criterion: &mut Criterion) {
    const BYTES: usize = 30 << 20;
    let mut text = text(BYTES / 150, true);
    // Whole lines only.
    text.truncate(text.get(..BYTES).and_then(|text| text.rfind('\n')).unwrap() + 1);
    let mut group = criterion.benchmark_group("read");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("30 MiB", |bencher| bencher.iter(|| trace(&text)));
    group.finish();
}

criterion_group!(benches, verdicts, reading);
criterion_main!(benches);
