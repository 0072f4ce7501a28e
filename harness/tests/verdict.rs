//! From what an implementation does to the result that is told, with an implementation that does
//! as it is told.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::collections::BTreeSet;

use peerstate::capability::Capability;
use peerstate::implementation::{
    Call, Candidate, Fault, Implementation, Link, LinkChange, PeerIndex, Progress, Returned,
    Session, Setup, StartError,
};
use peerstate::known::Known;
use peerstate::scenario;
use peerstate::verdict::{Court, Judged, Result};
use peerstate_model::editions::edition;
use peerstate_model::states::PeerConnectionState;
use peerstate_model::trace::{ActionResult, At, Clock, Entry, Implementation as Identity, What};
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
    now: At,
    entries: Vec<Entry>,
}

impl Implementation for Obedient {
    fn identity(&self) -> Identity {
        Identity {
            name: "obedient".to_owned(),
            version: "1".to_owned(),
        }
    }

    fn clock(&self) -> Clock {
        Clock::Virtual
    }

    fn capabilities(&self) -> BTreeSet<Capability> {
        BTreeSet::new()
    }

    fn start(&self, _setup: &Setup) -> std::result::Result<Box<dyn Session>, StartError> {
        let (now, entries) = (At::default(), Vec::new());
        Ok(Box::new(ObedientSession {
            on_close: self.0,
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

    fn call(&mut self, _peer: PeerIndex, call: &Call) -> std::result::Result<Returned, Fault> {
        match self.on_close {
            OnClose::Panic => {
                return Err(Fault::Panicked {
                    message: "boom".to_owned(),
                });
            }
            OnClose::Hang => {
                return Err(Fault::Deadlock {
                    method: call.method(),
                });
            }
            OnClose::Conform | OnClose::FireAnEvent => {}
        }
        let what = What::call(call.method(), ActionResult::Ok);
        self.record(what, Some(PeerConnectionState::Closed));
        if matches!(self.on_close, OnClose::FireAnEvent) {
            let what = What::event("connectionstatechange");
            self.record(what, Some(PeerConnectionState::Closed));
        }
        Ok(Returned::Ok)
    }

    fn set_network(&mut self, _: Link, _: LinkChange) -> std::result::Result<(), Fault> {
        Ok(())
    }

    fn advance(&mut self, deadline: At) -> std::result::Result<Progress, Fault> {
        self.now = deadline;
        Ok(Progress::DeadlinePassed)
    }

    fn take_candidates(&mut self, _: PeerIndex) -> Vec<Candidate> {
        Vec::new()
    }

    fn note(&mut self, _: PeerIndex, text: String) {
        self.record(What::Note(text), None);
    }

    fn sample(&mut self, why: &str) -> std::result::Result<(), Fault> {
        self.record(What::Sample(why.to_owned()), None);
        Ok(())
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }
}

const CLOSE: &str = "title: x\nsteps:\n  - wait: 1s\n  - alice: close\n";

fn judge(text: &str, on_close: OnClose, known: &str) -> Judged {
    let scenario = scenario::parse("s.yaml", "s", text).unwrap();
    let known = Known::parse("known.yaml", known).unwrap();
    let court = Court {
        implementation: &Obedient(on_close),
        edition: edition("repaired").unwrap(),
        known: &known,
        repeat: 1,
        seed: None,
    };
    court.judge(&scenario).unwrap()
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
