//! What must hold of a peer, and which events must be fired.

use std::collections::BTreeSet;
use std::time::Duration;

use peerstate_model::trace::{At, What};

use super::{Failure, Stepper, Stop};
use crate::implementation::{PeerIndex, Progress};
use crate::runner::attributes::Comparison;
use crate::runner::of_peer;
use crate::scenario::{EventExpectation, Expectation};

impl Stepper<'_> {
    /// Waits for each of the peers; one that misses does not end the waiting for the others.
    pub(super) fn expect(&mut self, expectation: &Expectation) -> Result<(), Stop> {
        let begun = self.session.now().since_start();
        let deadline = At::after(begun + expectation.within);
        let mut waiting: BTreeSet<PeerIndex> = expectation.peers.iter().copied().collect();
        loop {
            for peer in waiting.clone() {
                let compared = self.compare(peer, expectation, begun);
                if compared.misses.is_empty() {
                    waiting.remove(&peer);
                    self.meet(peer, compared.assumed);
                }
            }
            if waiting.is_empty() {
                return Ok(());
            }
            // What came in the last moment still counts.
            let now = self.session.now();
            if now >= deadline {
                break;
            }
            if self.advance(deadline)? == Progress::DeadlinePassed && self.session.now() == now {
                break;
            }
        }
        for peer in waiting {
            let now = self.session.now().since_start();
            let compared = self.compare(peer, expectation, now);
            let failure = missed(peer, &compared, expectation.within);
            self.fail(failure, compared.assumed);
        }
        Ok(())
    }

    fn compare(&self, peer: PeerIndex, expectation: &Expectation, since: Duration) -> Comparison {
        let known = &self.peers[peer].known;
        known.compare(&expectation.attributes, since)
    }

    pub(super) fn expect_events(&mut self, expectation: &EventExpectation) -> Result<(), Stop> {
        self.let_pass(expectation.during)?;
        for &peer in &expectation.peers {
            let name = self.name(peer);
            let seen: Vec<String> = of_peer(&self.entries[self.window..], name)
                .filter_map(|entry| match &entry.what {
                    What::Event { name, .. } => Some(name.clone()),
                    _ => None,
                })
                .collect();
            let failures = compare_events(peer, &seen, expectation);
            if failures.is_empty() {
                self.meet(peer, Vec::new());
            }
            for failure in failures {
                self.fail(failure, Vec::new());
            }
        }
        Ok(())
    }
}

/// What is wrong with the events that a peer dispatched.
fn compare_events(
    peer: PeerIndex,
    seen: &[String],
    expectation: &EventExpectation,
) -> Vec<Failure> {
    let during = expectation.during;
    let dispatched = expectation
        .never
        .iter()
        .filter(|never| seen.contains(never));
    let mut failures: Vec<Failure> = dispatched
        .map(|event| Failure {
            peer,
            deviation: format!("{event} must not be dispatched, and was"),
            message: format!("{event} must not be dispatched in {during:?}, and was"),
        })
        .collect();
    let mut rest = seen.iter();
    let mut expected = expectation.events.iter();
    if let Some(missing) = expected.find(|event| !rest.any(|seen| seen == *event)) {
        let events = expectation.events.join(", ");
        let seen = if seen.is_empty() {
            "none".to_owned()
        } else {
            seen.join(", ")
        };
        failures.push(Failure {
            peer,
            deviation: format!("{missing} is missing among the events {events}"),
            message: format!(
                "expected the events {events} in this order in {during:?}; {missing} is missing, \
                 seen: {seen}"
            ),
        });
    }
    failures
}

fn missed(peer: PeerIndex, compared: &Comparison, within: Duration) -> Failure {
    let join = |texts: Vec<&str>| texts.join(", ");
    let misses = compared.misses.iter();
    let expected = join(
        misses
            .clone()
            .map(|(expected, _)| expected.as_str())
            .collect(),
    );
    let seen = join(misses.map(|(_, seen)| seen.as_str()).collect());
    let deviation = format!("expected {expected}; it is {seen}");
    let message = if within.is_zero() {
        deviation.clone()
    } else {
        format!("expected {expected} within {within:?}; it is {seen}")
    };
    Failure {
        peer,
        deviation,
        message,
    }
}
