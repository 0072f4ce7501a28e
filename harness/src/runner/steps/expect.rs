//! What must hold of a peer, and which events must be fired.

use std::collections::BTreeSet;
use std::time::Duration;

use peerstate_model::trace::{At, What};

use super::{Stepper, Stop};
use crate::implementation::{PeerIndex, Progress};
use crate::runner::of_peer;
use crate::scenario::{EventExpectation, Expectation};

impl Stepper<'_> {
    pub(super) fn expect(&mut self, expectation: &Expectation) -> Result<(), Stop> {
        let deadline = At::after(self.session.now().since_start() + expectation.within);
        let mut waiting: BTreeSet<PeerIndex> = expectation.peers.iter().copied().collect();
        loop {
            waiting.retain(|peer| {
                !self.peers[*peer]
                    .known
                    .misses(&expectation.attributes)
                    .is_empty()
            });
            let Some(&peer) = waiting.first() else {
                return Ok(());
            };
            let passed = self.session.now() >= deadline
                || self.advance(deadline)? == Progress::DeadlinePassed;
            if passed && self.session.now() >= deadline {
                // What came in the last moment still counts.
                let misses = self.peers[peer].known.misses(&expectation.attributes);
                if misses.is_empty() {
                    continue;
                }
                return Err(Stop::Unexpected {
                    peer,
                    message: missed(&misses, expectation.within),
                });
            }
        }
    }

    pub(super) fn expect_events(&mut self, expectation: &EventExpectation) -> Result<(), Stop> {
        let begun = self.entries.len();
        self.let_pass(expectation.during)?;
        for &peer in &expectation.peers {
            let seen: Vec<&str> = of_peer(&self.entries[begun..], self.name(peer))
                .filter_map(|entry| match &entry.what {
                    What::Event { name, .. } => Some(name.as_str()),
                    _ => None,
                })
                .collect();
            if let Some(event) = expectation
                .never
                .iter()
                .find(|never| seen.contains(&never.as_str()))
            {
                let message = format!(
                    "{event} must not be dispatched in {:?}, and was",
                    expectation.during
                );
                return Err(Stop::Unexpected { peer, message });
            }
            let mut rest = seen.iter();
            let missing = expectation
                .events
                .iter()
                .find(|event| !rest.any(|seen| seen == event));
            if let Some(event) = missing {
                let message = format!(
                    "expected the events {} in this order in {:?}; {event} is missing, seen: {}",
                    expectation.events.join(", "),
                    expectation.during,
                    if seen.is_empty() {
                        "none".to_owned()
                    } else {
                        seen.join(", ")
                    },
                );
                return Err(Stop::Unexpected { peer, message });
            }
        }
        Ok(())
    }
}

fn missed(misses: &[(String, String)], within: Duration) -> String {
    let join = |texts: Vec<&str>| texts.join(", ");
    let expected = join(
        misses
            .iter()
            .map(|(expected, _)| expected.as_str())
            .collect(),
    );
    let seen = join(misses.iter().map(|(_, seen)| seen.as_str()).collect());
    if within.is_zero() {
        format!("expected {expected}; it is {seen}")
    } else {
        format!("expected {expected} within {within:?}; it is {seen}")
    }
}
