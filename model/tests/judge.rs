//! The oracle on traces whose truth is known: runs of the connection machine conform, and what is
//! done to them is found.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod judging;

use std::sync::LazyLock;

use judging::acceptor::explains;
use judging::corruptions::{corrupt, corruption};
use judging::runs::{Listing, Recording, record, recording};
use peerstate_model::editions::{Edition, Tasks, editions};
use peerstate_model::machine::rulebook::Rulebook;
use peerstate_model::rules::judge;
use peerstate_model::trace::Clock;
use proptest::prelude::*;

/// So many cases, or more where `PROPTEST_CASES` asks for more.
fn config(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig {
        cases: asked.cases.max(cases),
        failure_persistence: None,
        ..asked
    }
}

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
    #![proptest_config(config(20_000))]

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

/// Those in which one task does all that follows from an ICE change. Where each update has a task of
/// its own, several may be queued at one moment, and what is read between them has no single
/// explanation.
fn in_one_task() -> impl Strategy<Value = usize> {
    with_algorithms().prop_filter("one task", |place| {
        WITH_ALGORITHMS[*place].0.dynamics.ice_change.is == Tasks::OneTask
    })
}

proptest! {
    #![proptest_config(config(2_000))]

    /// One thing done to a run that shows everything is found, or some other run explains it.
    #[test]
    fn a_corrupted_run_is_found_out(
        edition in in_one_task(),
        real in any::<bool>(),
        choices in prop::collection::vec(any::<u16>(), 0..100),
        corruption in corruption(),
        place in any::<u16>(),
        to in any::<u16>(),
    ) {
        let (edition, rulebook) = &WITH_ALGORITHMS[edition];
        let recording = Recording {
            clock: if real { Clock::Real } else { Clock::Virtual },
            tasks: true,
            transports: Listing::All,
            both: true,
            statechange: true,
            end: true,
            slow: true,
        };
        let trace = record(rulebook, recording, &choices);
        prop_assert!(explains(rulebook, recording, &trace), "{}", trace.to_json_lines());
        let Some(corrupted) = corrupt(&trace, corruption, place, to) else {
            return Ok(());
        };
        let verdict = judge(&corrupted, edition);
        prop_assert!(
            !verdict.findings.is_empty() || explains(rulebook, recording, &corrupted),
            "{} {corruption:?}\nwas\n{}\nis\n{}",
            edition.id,
            trace.to_json_lines(),
            corrupted.to_json_lines(),
        );
    }
}
