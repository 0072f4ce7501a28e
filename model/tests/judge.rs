//! The oracle on traces with a known verdict: runs of the connection machine conform, and changes
//! to them are found.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod judging;

use std::sync::LazyLock;

use judging::acceptor::explains;
use judging::corruptions::{corrupt, corruption};
use judging::runs::{Listing, Recording, record, recording};
use peerstate_model::editions::{Edition, Tasks, edition, editions};
use peerstate_model::machine::rulebook::Rulebook;
use peerstate_model::rules::judge;
use peerstate_model::trace::{self, Clock};
use proptest::prelude::*;
use rstest::rstest;

/// This number of cases, or that of `PROPTEST_CASES` if it is larger.
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
    #![proptest_config(config(6_000))]

    /// The oracle of an edition finds nothing wrong in any run of the edition's machine.
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

/// Those in which one task does everything that follows from an ICE change. Where each update has a
/// task of its own, several may be queued at one moment, and the values between them have no single
/// explanation.
fn in_one_task() -> impl Strategy<Value = usize> {
    with_algorithms().prop_filter("one task", |place| {
        WITH_ALGORITHMS[*place].0.dynamics.ice_change.is == Tasks::OneTask
    })
}

proptest! {
    #![proptest_config(config(800))]

    /// A change to a run that shows everything is found, or another run explains it.
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

/// Two changes of transports at one moment, each in a task of its own, and the events of the second
/// in the wrong order.
#[rstest]
#[case::of_a_transport_that_has_announced_nothing(
    r#""transports":[{"id":"1","ice":"closed","dtls":"new"},{"id":"2","ice":"failed","dtls":"new"}]"#,
)]
#[case::of_a_transport_that_is_gone(r#""transports":[{"id":"1","ice":"closed","dtls":"new"}]"#)]
fn a_change_of_the_same_moment_does_not_lead_another(#[case] transports: &str) {
    let header = r#"{"trace":1,"implementation":{"name":"x","version":"1"},"clock":"virtual","peers":["alice"],"observes":{"tasks":true,"transports":"all"}}"#;
    let entry = |rest: &str| format!(r#"{{"at":10,"peer":"alice",{rest}}}"#);
    let ice = |id: &str, value: &str, task: u8| {
        entry(&format!(
            r#""event":"statechange","transport":"{id}","kind":"ice","value":"{value}","task":{task}"#
        ))
    };
    let aggregate = entry(&format!(
        r#""event":"iceconnectionstatechange","state":{{"iceConnectionState":"failed"}},{transports},"task":2"#
    ));
    let text = |lines: [&str; 3]| [[header].as_slice(), &lines].concat().join("\n");
    let (first, second) = (ice("1", "closed", 1), ice("2", "failed", 2));
    let findings = |lines| {
        let trace = trace::read("t.jsonl", text(lines).as_bytes()).unwrap();
        let verdict = judge(&trace, edition("repaired").unwrap());
        let rules = verdict.findings.iter().map(|finding| finding.rule);
        rules.filter(|rule| *rule == "event/order").count()
    };
    assert_eq!(findings([&first, &second, &aggregate]), 0);
    assert_eq!(findings([&first, &aggregate, &second]), 1);
}
