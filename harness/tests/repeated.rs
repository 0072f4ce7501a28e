//! Repeated runs: in real time, what some of them show and others do not is reported as that.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use peerstate::implementation::{
    Advanced, Call, Candidate, Fault, Implementation, Link, LinkChange, PeerIndex, Profile,
    Reading, Returned, Session, Setup, StartError,
};
use peerstate::report::run::summary::{Unsteady, unsteady};
use peerstate::report::run::{Ran, human};
use peerstate::run::deviations::{self, KnownDeviations};
use peerstate::run::verdict::{Court, Judged, Result};
use peerstate::scenario;
use peerstate_model::editions::edition;
use peerstate_model::states::PeerConnectionState;
use peerstate_model::trace::{At, Clock, Entry, What};
use rstest::rstest;

/// The peer that is closed.
const ALICE: PeerIndex = PeerIndex(0);

/// An implementation that dispatches an event after `close()` in every third run.
struct Racing {
    clock: Clock,
    runs: AtomicU32,
}

impl Racing {
    fn of(clock: Clock) -> Self {
        let runs = AtomicU32::new(0);
        Self { clock, runs }
    }
}

impl Implementation for Racing {
    fn profile(&self) -> Profile {
        Profile::new("racing", "1", self.clock)
    }

    fn start(&self, _: &Setup) -> std::result::Result<Box<dyn Session>, StartError> {
        let deviates = self.runs.fetch_add(1, Ordering::Relaxed) % 3 == 1;
        Ok(Box::new(Run {
            deviates,
            ..Run::default()
        }))
    }
}

#[derive(Default)]
struct Run {
    deviates: bool,
    closed: bool,
    now: At,
    entries: Vec<Entry>,
}

impl Session for Run {
    fn now(&self) -> At {
        self.now
    }

    fn call(&mut self, _: PeerIndex, _: &Call) -> std::result::Result<Returned, Fault> {
        self.closed = true;
        Ok(Returned::Ok)
    }

    fn read(&mut self, peer: PeerIndex) -> std::result::Result<Reading, Fault> {
        let mut reading = Reading::default();
        let is_closed = self.closed && peer == ALICE;
        reading.state.connection_state = is_closed.then_some(PeerConnectionState::Closed);
        Ok(reading)
    }

    fn change_network(&mut self, _: Link, _: LinkChange) -> std::result::Result<(), Fault> {
        Ok(())
    }

    fn advance(&mut self, deadline: At) -> std::result::Result<Advanced, Fault> {
        if self.closed && std::mem::take(&mut self.deviates) {
            let event = What::event("connectionstatechange");
            let mut entry = Entry::new(self.now, "alice", event);
            entry.state.connection_state = Some(PeerConnectionState::Closed);
            self.entries.push(entry);
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

const LISTED: &str =
    "- {id: late, rule: event/none-after-close, scenarios: [s], reason: x, since: '1'}";

fn judge(clock: Clock, repeat: u32, known: &KnownDeviations) -> Judged {
    let text = "title: x\nsteps:\n  - wait: 1s\n  - alice: close\n";
    let scenario = scenario::parse("s.yaml", "s", text).unwrap();
    let court = Court {
        implementation: &Racing::of(clock),
        edition: edition("repaired").unwrap(),
        known,
        repeat,
        seed: None,
    };
    court.judge(&scenario).unwrap()
}

fn known(text: &str) -> KnownDeviations {
    KnownDeviations::parse("known.yaml", text).unwrap()
}

/// The worst run is the result, and an entry is not stale if any run shows what it lists.
#[rstest]
#[case("[]", 1, Result::Pass)]
#[case("[]", 5, Result::Fail)]
#[case(LISTED, 1, Result::Fixed)]
#[case(LISTED, 5, Result::Known)]
fn the_result_is_that_of_the_worst_run(
    #[case] list: &str,
    #[case] repeat: u32,
    #[case] result: Result,
) {
    let known = known(list);
    let judged = judge(Clock::Real, repeat, &known);
    assert_eq!(judged.result, result, "{:?}", judged.findings);
    assert_eq!(judged.runs().count(), usize::try_from(repeat).unwrap());
    let all = ["s".to_owned()];
    let stale = deviations::stale(&known, std::slice::from_ref(&judged), &all);
    assert!(stale.is_empty() || result == Result::Fixed, "{stale:?}");
}

#[rstest]
#[case("[]", "event/none-after-close", false)]
#[case(LISTED, "late", true)]
fn what_some_runs_show_is_counted(#[case] list: &str, #[case] id: &str, #[case] is_known: bool) {
    let known = known(list);
    let judged = judge(Clock::Real, 5, &known);
    let [one] = &unsteady(&judged, &known.entries)[..] else {
        panic!("one deviation")
    };
    let Unsteady {
        id: found,
        known: found_known,
        deviation,
        runs,
    } = one;
    assert_eq!((found.as_str(), *found_known, *runs), (id, is_known, 2));
    assert_eq!(deviation.is_none(), is_known);
}

#[test]
fn a_person_reads_in_how_many_runs() {
    let known = known("[]");
    let judged = [judge(Clock::Real, 5, &known)];
    let profile = Racing::of(Clock::Real).profile();
    let ran = Ran {
        implementation: &profile.identity,
        clock: profile.clock,
        date: None,
        seed: None,
        edition: "repaired",
        judged: &judged,
        trace_files: &BTreeMap::new(),
        known: &known.entries,
        stale: &[],
        known_file: "known.yaml",
    };
    let layout = human::Layout {
        width: 100,
        breaks: 100,
        details: false,
        options: String::new(),
    };
    let mut out = Vec::new();
    human::write(&mut out, &ran, &layout).unwrap();
    let text = anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string();
    let (_, rest) = text.split_once("Not in every run:\n\n").unwrap();
    let lines: Vec<&str> = rest.lines().take(2).collect();
    assert_eq!(
        lines,
        [
            "runs    scenario  deviation",
            "2 of 5  s         event/none-after-close (not known): events after close()",
        ]
    );
}

#[test]
fn a_draft_lists_it_as_occasional() {
    let known = known("[]");
    let judged = [judge(Clock::Real, 5, &known)];
    let identity = Racing::of(Clock::Real).profile().identity;
    let text = deviations::draft(&identity, &known, &judged, &[]);
    assert!(text.contains("\n    occasional: true\n"), "{text}");
}

#[test]
fn in_virtual_time_every_run_is_the_same() {
    let judged = judge(Clock::Virtual, 5, &known("[]"));
    assert_eq!(judged.result, Result::Error);
    let reason = judged.reason.unwrap();
    assert_eq!(reason, "replay 2 gave a different trace");
}
