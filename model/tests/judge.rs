//! The oracle on traces whose truth is known: runs of the connection machine conform, and what is
//! done to them is found.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod judging;

use std::sync::LazyLock;

use judging::runs::{record, recording};
use peerstate_model::editions::{Edition, editions};
use peerstate_model::machine::rulebook::Rulebook;
use peerstate_model::rules::judge;
use proptest::prelude::*;

/// The editions that have algorithms, each with its tables, which are built once.
static WITH_ALGORITHMS: LazyLock<Vec<(&'static Edition, Rulebook)>> = LazyLock::new(|| {
    let all = editions().iter();
    all.filter_map(|edition| Some((edition, Rulebook::of(edition)?)))
        .collect()
});

/// One of them, by its place; `repaired` and the Recommendation more often than the others.
fn with_algorithms() -> impl Strategy<Value = usize> {
    let place = |id: &str| {
        let mut all = WITH_ALGORITHMS.iter();
        all.position(|(edition, _)| edition.id == id).unwrap()
    };
    prop_oneof![
        Just(place("repaired")),
        Just(place("w3c-rec-2025-03-13")),
        0..WITH_ALGORITHMS.len(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(20_000), ..ProptestConfig::default() })]

    /// Whatever the machine of an edition does, its oracle finds nothing wrong with.
    #[test]
    fn a_run_of_the_machine_conforms(
        edition in with_algorithms(),
        recording in recording(),
        choices in prop::collection::vec(any::<u16>(), 0..160),
    ) {
        let (edition, rulebook) = &WITH_ALGORITHMS[edition];
        let trace = record(rulebook, recording, &choices);
        let verdict = judge(&trace, edition);
        prop_assert!(
            verdict.findings.is_empty(),
            "{}\n{recording:?}\n{:#?}\n{}",
            edition.id,
            verdict.findings,
            trace.to_json_lines(),
        );
    }
}
