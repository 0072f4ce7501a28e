//! From the behaviour of an implementation to the reported result, with an implementation that does
//! what each test wants.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::collections::BTreeSet;

use peerstate::implementation::capability::Capability;
use peerstate::implementation::{
    Advanced, Call, Candidate, ConstructorRefused, Fault, Implementation, Link, LinkChange,
    PeerIndex, Profile, Reading, Returned, Session, Setup, StartError,
};
use peerstate::run::deviations::{self, KnownDeviations};
use peerstate::run::verdict::{Court, Expectations, Judged, Result};
use peerstate::scenario;
use peerstate_model::editions::edition;
use peerstate_model::states::PeerConnectionState;
use peerstate_model::trace::{At, Clock, Entry, What};
use rstest::rstest;

/// What the implementation does when `close()` is called.
#[derive(Debug, Clone, Copy)]
enum OnClose {
    Conform,
    FireAnEvent,
    Panic,
    Hang,
}

struct Obedient(OnClose);

struct ObedientSession {
    on_close: OnClose,
    closed: BTreeSet<PeerIndex>,
    now: At,
    entries: Vec<Entry>,
}

impl Implementation for Obedient {
    fn profile(&self) -> Profile {
        Profile {
            capabilities: BTreeSet::from([Capability::Exceptions]),
            ..Profile::new("obedient", "1", Clock::Virtual)
        }
    }

    fn start(&self, _setup: &Setup) -> std::result::Result<Box<dyn Session>, StartError> {
        let (now, entries) = (At::default(), Vec::new());
        Ok(Box::new(ObedientSession {
            on_close: self.0,
            closed: BTreeSet::new(),
            now,
            entries,
        }))
    }
}

impl ObedientSession {
    fn record(&mut self, what: What, connection_state: Option<PeerConnectionState>) {
        let mut entry = Entry::new(self.now, "alice", what);
        entry.state.connection_state = connection_state;
        self.entries.push(entry);
    }
}

impl Session for ObedientSession {
    fn now(&self) -> At {
        self.now
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> std::result::Result<Returned, Fault> {
        match self.on_close {
            OnClose::Panic => {
                return Err(Fault::Panicked {
                    message: "boom".to_owned(),
                });
            }
            OnClose::Hang => {
                return Err(Fault::Deadlock {
                    during: call.method().as_str(),
                });
            }
            OnClose::Conform | OnClose::FireAnEvent => {}
        }
        self.closed.insert(peer);
        Ok(Returned::Ok)
    }

    fn read(&mut self, peer: PeerIndex) -> std::result::Result<Reading, Fault> {
        let mut reading = Reading::default();
        reading.state.connection_state = self
            .closed
            .contains(&peer)
            .then_some(PeerConnectionState::Closed);
        Ok(reading)
    }

    fn change_network(&mut self, _: Link, _: LinkChange) -> std::result::Result<(), Fault> {
        Ok(())
    }

    fn advance(&mut self, deadline: At) -> std::result::Result<Advanced, Fault> {
        if !self.closed.is_empty() && matches!(self.on_close, OnClose::FireAnEvent) {
            self.on_close = OnClose::Conform;
            let event = What::event("connectionstatechange");
            self.record(event, Some(PeerConnectionState::Closed));
        }
        self.now = deadline;
        Ok(Advanced::DeadlinePassed)
    }

    fn take_candidates(&mut self, _: PeerIndex) -> Vec<Candidate> {
        Vec::new()
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }
}

const CLOSE: &str = "title: x\nsteps:\n  - wait: 1s\n  - alice: close\n";

fn judge(text: &str, on_close: OnClose, known: &str) -> Judged {
    judge_with(&Obedient(on_close), text, known).unwrap()
}

fn judge_with(
    implementation: &dyn Implementation,
    text: &str,
    known: &str,
) -> std::result::Result<Judged, StartError> {
    let scenario = scenario::parse("s.yaml", "s", text).unwrap();
    let known = KnownDeviations::parse("known.yaml", known).unwrap();
    let court = Court {
        implementation,
        edition: edition("repaired").unwrap(),
        known: &known,
        repeat: 1,
        seed: None,
    };
    court.judge(&scenario)
}

#[rstest]
#[case(OnClose::Conform, "[]", Result::Pass)]
#[case(OnClose::FireAnEvent, "[]", Result::Fail)]
#[case(
    OnClose::FireAnEvent,
    "- {rule: event/none-after-close, scenarios: [s], reason: x, since: \"1\"}",
    Result::Known
)]
#[case(
    OnClose::Conform,
    "- {rule: event/none-after-close, scenarios: [s], reason: x, since: \"1\"}",
    Result::Fixed
)]
#[case(OnClose::Panic, "[]", Result::Error)]
#[case(OnClose::Hang, "[]", Result::Error)]
#[case(
    OnClose::Panic,
    "- {rule: error, scenarios: [s], reason: x, since: \"1\"}",
    Result::Known
)]
#[case(
    OnClose::Panic,
    "- {rule: error, scenarios: [s], message: never returned, reason: x, since: \"1\"}",
    Result::Error
)]
fn what_is_done_and_what_is_known_give_the_result(
    #[case] on_close: OnClose,
    #[case] known: &str,
    #[case] result: Result,
) {
    assert_eq!(judge(CLOSE, on_close, known).result, result);
}

#[test]
fn an_error_keeps_the_trace_so_far() {
    let text = "title: x\nsteps:\n  - wait: 1s\n  - alice: close\n";
    let judged = judge(text, OnClose::Hang, "[]");
    assert!(judged.trace.is_some());
    assert_eq!(
        judged.reason.unwrap(),
        "line 4 of the scenario: close never returned: nothing is left that could wake it (deadlock)"
    );
}

#[rstest]
#[case("requires: [network]\n", Result::Unsupported)]
#[case("requires: [several-transports]\n", Result::Unsupported)]
#[case("limit: 500ms\n", Result::Inconclusive)]
#[case("", Result::Pass)]
fn a_scenario_may_ask_too_much(#[case] head: &str, #[case] result: Result) {
    let judged = judge(&format!("{head}{CLOSE}"), OnClose::Conform, "[]");
    assert_eq!(judged.result, result, "{:?}", judged.reason);
}

#[rstest]
#[case("expect: {peer: alice, connectionState: new}", Result::Pass)]
#[case(
    "expect: {peer: alice, connectionState: [connected, new], within: 1s}",
    Result::Pass
)]
#[case(
    "expect: {peer: alice, connectionState: connected, within: 1s}",
    Result::Fail
)]
#[case(
    "expect: {peer: alice, never: [connectionstatechange], during: 1s}",
    Result::Pass
)]
#[case(
    "expect: {peer: alice, events: [connectionstatechange], during: 1s}",
    Result::Fail
)]
#[case("alice: close\n    fails: InvalidStateError", Result::Fail)]
fn an_expectation_holds_or_not(#[case] step: &str, #[case] result: Result) {
    let text = format!("title: x\nsteps:\n  - {step}\n");
    assert_eq!(judge(&text, OnClose::Conform, "[]").result, result);
}

/// Every expectation of a scenario is judged, even if an earlier one fails.
#[test]
fn a_run_goes_on_after_a_failed_expectation() {
    let text = "\
title: x
steps:
  - expect: {peer: alice, connectionState: connected, within: 1s}
  - expect: {peer: [alice, bob], connectionState: new}
  - alice: close
  - alice: close
    fails: InvalidStateError
  - expect: {peer: alice, connectionState: closed}
";
    let judged = judge(text, OnClose::Conform, "[]");
    assert_eq!(judged.result, Result::Fail);
    assert_eq!(judged.expectations, Expectations::NotMet);
    let checks: Vec<_> = judged
        .checks
        .iter()
        .map(|check| (check.line, check.peer.as_str(), check.missed.is_none()))
        .collect();
    assert_eq!(
        checks,
        [
            (3, "alice", false),
            (4, "alice", true),
            (4, "bob", true),
            (6, "alice", false),
            (8, "alice", true),
        ]
    );
    let deviations: Vec<_> = judged
        .findings
        .iter()
        .map(|(finding, _)| (finding.rule, finding.deviation.as_str()))
        .collect();
    assert_eq!(
        deviations,
        [
            (
                "scenario/expectation",
                "expected connectionState connected; it is connectionState new"
            ),
            (
                "scenario/expectation",
                "close must fail with InvalidStateError, but succeeded"
            ),
        ]
    );
    // The finding points at the note in the trace.
    let line = judged.findings[0].0.first().line;
    let noted = &judged.trace.unwrap().entries[line - 2];
    assert!(
        matches!(&noted.what, What::Note(text) if text.starts_with("line 3 of the scenario")),
        "{noted:?}"
    );
}

#[rstest]
#[case("", Expectations::NotMet, 2)]
#[case("    stop: false\n", Expectations::NotMet, 2)]
#[case("    stop: true\n", Expectations::NotMet, 1)]
fn a_step_may_end_the_run(
    #[case] stop: &str,
    #[case] expectations: Expectations,
    #[case] checks: usize,
) {
    let text = format!(
        "title: x\nsteps:\n  - expect: {{peer: alice, connectionState: connected}}\n{stop}  \
         - expect: {{peer: alice, connectionState: new}}\n"
    );
    let judged = judge(&text, OnClose::Conform, "[]");
    assert_eq!(judged.expectations, expectations);
    assert_eq!(judged.checks.len(), checks);
    // It was judged nevertheless, up to the noted end.
    let trace = judged.trace.unwrap();
    assert!(matches!(&trace.entries.last().unwrap().what, What::Sample(why) if why == "end"));
}

#[rstest]
#[case("wait: 1s", Expectations::None)]
#[case("alice: close", Expectations::None)]
#[case("expect: {peer: alice, connectionState: new}", Expectations::Met)]
#[case("alice: close\n    fails: TypeError", Expectations::NotMet)]
fn expectations_say_of_the_scenario_itself(#[case] step: &str, #[case] expectations: Expectations) {
    // This holds whatever the rules find.
    let text = format!("title: x\nsteps:\n  - {step}\n  - alice: close\n");
    let judged = judge(&text, OnClose::FireAnEvent, "[]");
    assert_eq!(judged.expectations, expectations);
    assert_eq!(judged.result, Result::Fail);
}

/// The window of the next step includes what a call fires before it returns.
#[rstest]
#[case("  - alice: close\n", true)]
#[case("  - alice: close\n  - wait: 1ms\n", false)]
fn the_window_of_events_opens_when_the_step_before_begins(
    #[case] steps: &str,
    #[case] is_inside: bool,
) {
    let expected = "{peer: alice, never: [connectionstatechange], during: 1s}";
    let text = format!("title: x\nsteps:\n{steps}  - expect: {expected}\n");
    let judged = judge(&text, OnClose::FireAnEvent, "[]");
    assert_eq!(judged.checks.len(), 1);
    assert_eq!(judged.checks[0].missed.is_some(), is_inside);
    let expected = "{peer: alice, events: [connectionstatechange], during: 1s}";
    let text = format!("title: x\nsteps:\n{steps}  - expect: {expected}\n");
    let judged = judge(&text, OnClose::FireAnEvent, "[]");
    assert_eq!(judged.checks[0].missed.is_none(), is_inside);
}

#[test]
fn what_is_assumed_is_said() {
    let text = "title: x\nsteps:\n  - expect: {peer: alice, signalingState: stable}\n  \
                - expect: {peer: alice, signalingState: closed}\n";
    let judged = judge(text, OnClose::Conform, "[]");
    for check in &judged.checks {
        assert_eq!(check.assumed, ["signalingState is its initial value"]);
    }
    let message = &judged.findings[0].0.message;
    assert_eq!(
        message,
        "s:4: expected signalingState closed; it is signalingState stable (assumed: \
         signalingState is its initial value)"
    );
}

const ON_START: &str = "title: x\nsteps: [{wait: 1s}]\n";

/// A constructor that throws is a deviation of the scenario, and may be listed as known. An
/// implementation that can not be started is not a deviation, and may not be listed.
#[test]
fn a_refused_constructor_is_a_result_and_a_broken_setup_is_none() {
    let refused = StartError::Refused(ConstructorRefused {
        peer: "alice".to_owned(),
        error: "TypeError".to_owned(),
        message: "no".to_owned(),
    });
    let message = "the constructor must succeed, but failed with TypeError";
    let known = format!(
        "- {{id: a, rule: scenario/expectation, scenarios: [s], message: '{message}', reason: x, \
         since: '1'}}"
    );
    let judged = judge_with(&Unstartable(refused.clone()), ON_START, "[]").unwrap();
    assert_eq!(judged.result, Result::Fail);
    assert_eq!(judged.findings[0].0.message, format!("s: {message}: no"));
    let judged = judge_with(&Unstartable(refused), ON_START, &known).unwrap();
    assert_eq!(judged.result, Result::Known);
    assert_eq!(judged.deviations, ["a"]);
    assert_eq!(judged.expectations, Expectations::NotMet);

    let missing = StartError::Unavailable {
        implementation: "x".to_owned(),
        reason: "not found".to_owned(),
    };
    let known = "- {rule: error, scenarios: ['**'], reason: x, since: '1'}";
    let error = judge_with(&Unstartable(missing.clone()), ON_START, known).unwrap_err();
    assert_eq!(error, missing);
}

/// An implementation that can not be started.
struct Unstartable(StartError);

impl Implementation for Unstartable {
    fn profile(&self) -> Profile {
        Profile::new("obedient", "1", Clock::Virtual)
    }

    fn start(&self, _setup: &Setup) -> std::result::Result<Box<dyn Session>, StartError> {
        Err(self.0.clone())
    }
}

/// If one cause breaks several rules, each must be broken somewhere; scenarios that were not run
/// prove nothing.
#[rstest]
#[case("event/none-after-close", "s", &[])]
#[case("[event/none-after-close, close/terminal]", "s", &["a lists close/terminal as broken, but nothing breaks it any more"])]
#[case("close/terminal", "'*'", &["a is listed as known in * but no longer happens"])]
#[case::in_a_race("close/terminal, occasional: true", "'*'", &[])]
#[case("close/terminal", "'other/*'", &["a is listed as known in other/* but no longer happens"])]
#[case("close/terminal", "elsewhere", &[])]
fn what_happens_no_more_is_stale(
    #[case] rule: &str,
    #[case] scenario: &str,
    #[case] expected: &[&str],
) {
    let text = format!("- {{id: a, rule: {rule}, scenarios: [{scenario}], reason: x, since: '1'}}");
    let judged = judge(CLOSE, OnClose::FireAnEvent, &text);
    let known = KnownDeviations::parse("known.yaml", &text).unwrap();
    let mut all = vec!["s".to_owned()];
    if scenario == "elsewhere" {
        all.push("elsewhere".to_owned());
    }
    let stale = deviations::stale(&known, &[judged], &all);
    let said: Vec<String> = stale.iter().map(ToString::to_string).collect();
    assert_eq!(said, expected);
}
