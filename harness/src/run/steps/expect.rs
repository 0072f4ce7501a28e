//! Checks what must hold at a peer, and which events must be fired.

use std::collections::BTreeSet;
use std::time::Duration;

use peerstate_model::states::StateEnum;
use peerstate_model::trace::{At, Attribute, Entry, State, What};

use super::{Failure, Stepper, Stop};
use crate::implementation::{Advanced, PeerIndex};
use crate::run::attributes::Comparison;
use crate::run::of_peer;
use crate::scenario::{EventExpectation, Expectation};

impl Stepper<'_> {
    /// Waits for each of the peers; a peer that misses does not end the waiting for the others.
    pub(super) fn expect(&mut self, expectation: &Expectation) -> Result<(), Stop> {
        let begun = self.recorder.now().since_start();
        let deadline = At::after(begun + expectation.within);
        let mut waiting: BTreeSet<PeerIndex> = expectation.peers.iter().copied().collect();
        loop {
            for peer in waiting.clone() {
                let mut compared = self.compare(peer, expectation, begun);
                if !compared.assumed.is_empty() && self.can_read() {
                    self.recorder.sample_of(peer, "poll")?;
                    self.collect();
                    compared = self.compare(peer, expectation, begun);
                }
                if compared.misses.is_empty() {
                    waiting.remove(&peer);
                    self.meet(peer, compared.assumed);
                }
            }
            if waiting.is_empty() {
                return Ok(());
            }
            // What came at the last moment still counts.
            let now = self.recorder.now();
            if now >= deadline {
                break;
            }
            if self.advance(deadline)? == Advanced::DeadlinePassed && self.recorder.now() == now {
                break;
            }
        }
        for peer in waiting {
            let now = self.recorder.now().since_start();
            let compared = self.compare(peer, expectation, now);
            let failure = missed(peer, &compared, expectation.within);
            self.fail(failure, compared.assumed);
        }
        Ok(())
    }

    /// Whether some attribute has a getter.
    fn can_read(&self) -> bool {
        self.peers.iter().any(|peer| peer.known.can_read())
    }

    fn compare(&self, peer: PeerIndex, expectation: &Expectation, since: Duration) -> Comparison {
        let known = &self.peers[peer.0].known;
        known.compare(&expectation.attributes, since)
    }

    pub(super) fn expect_events(&mut self, expectation: &EventExpectation) -> Result<(), Stop> {
        self.let_pass(expectation.during)?;
        for &peer in &expectation.peers {
            let seen: Vec<(&str, &State)> =
                of_peer(&self.entries[self.window..], self.recorder.name(peer))
                    .filter_map(event)
                    .collect();
            let mut failures = compare_events(peer, &seen, expectation);
            failures.extend(compare_changes(peer, &seen, expectation));
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

/// Returns an event, with what its handler could read.
fn event(entry: &Entry) -> Option<(&str, &State)> {
    match &entry.what {
        What::Event { name, .. } => Some((name.as_str(), &entry.state)),
        _ => None,
    }
}

/// Returns what is wrong with the events that a peer dispatched.
fn compare_events(
    peer: PeerIndex,
    seen: &[(&str, &State)],
    expectation: &EventExpectation,
) -> Vec<Failure> {
    let seen: Vec<&str> = seen.iter().map(|(name, _)| *name).collect();
    let during = expectation.during;
    let dispatched = expectation
        .never
        .iter()
        .filter(|never| seen.contains(&never.as_str()));
    let mut failures: Vec<Failure> = dispatched
        .map(|event| Failure {
            peer,
            deviation: format!("{event} must not be dispatched, but was"),
            message: format!("{event} must not be dispatched in {during:?}, but was"),
        })
        .collect();
    failures.extend(expectation.once.iter().filter_map(|event| {
        let count = seen.iter().filter(|seen| *seen == event).count();
        let deviation = match count {
            0 => format!("{event} must be dispatched once, but was not"),
            1 => return None,
            _ => format!("{event} must be dispatched once, but was dispatched {count} times"),
        };
        Some(Failure {
            peer,
            message: format!("{deviation}, in {during:?}"),
            deviation,
        })
    }));
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
                 observed: {seen}"
            ),
        });
    }
    failures
}

/// Returns what is wrong with the values that the events of a peer reported.
fn compare_changes(
    peer: PeerIndex,
    seen: &[(&str, &State)],
    expectation: &EventExpectation,
) -> Vec<Failure> {
    let changes = &expectation.changes;
    let of = |attribute: Attribute| {
        let events = seen
            .iter()
            .filter(move |(name, _)| *name == attribute.event());
        events.map(|(_, state)| *state)
    };
    [
        compare_values(
            Attribute::ConnectionState,
            changes.connection_state.as_deref(),
            of(Attribute::ConnectionState).map(|state| state.connection_state),
        ),
        compare_values(
            Attribute::IceConnectionState,
            changes.ice_connection_state.as_deref(),
            of(Attribute::IceConnectionState).map(|state| state.ice_connection_state),
        ),
        compare_values(
            Attribute::IceGatheringState,
            changes.ice_gathering_state.as_deref(),
            of(Attribute::IceGatheringState).map(|state| state.ice_gathering_state),
        ),
        compare_values(
            Attribute::SignalingState,
            changes.signaling_state.as_deref(),
            of(Attribute::SignalingState).map(|state| state.signaling_state),
        ),
    ]
    .into_iter()
    .flatten()
    .map(|deviation| Failure {
        peer,
        message: format!("{deviation} in {:?}", expectation.during),
        deviation,
    })
    .collect()
}

/// Returns how the values that the events of an attribute reported differ from the expected ones.
fn compare_values<S: StateEnum>(
    attribute: Attribute,
    expected: Option<&[S]>,
    seen: impl Iterator<Item = Option<S>>,
) -> Option<String> {
    let expected = expected?;
    let seen: Vec<Option<S>> = seen.collect();
    let is_same = expected.iter().copied().map(Some).eq(seen.iter().copied());
    let words = |states: &mut dyn Iterator<Item = &'static str>| {
        let words: Vec<_> = states.collect();
        if words.is_empty() {
            "nothing".to_owned()
        } else {
            words.join(", ")
        }
    };
    let (name, event) = (attribute.as_str(), attribute.event());
    (!is_same).then(|| {
        format!(
            "expected {event} to report {name} {}; it reported {}",
            words(&mut expected.iter().map(|state| state.as_str())),
            words(
                &mut seen
                    .iter()
                    .map(|state| state.map_or("unobserved", S::as_str))
            ),
        )
    })
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

#[cfg(test)]
mod tests {
    use peerstate_model::states::PeerConnectionState::{self, Connected, Connecting, Failed};
    use rstest::rstest;

    use super::*;

    const BOTH: &[PeerConnectionState] = &[Connecting, Connected];

    #[rstest]
    #[case(None, &[Some(Failed)], None)]
    #[case(Some(BOTH), &[Some(Connecting), Some(Connected)], None)]
    #[case(Some(BOTH), &[Some(Connected)], Some("connected"))]
    #[case(Some(BOTH), &[Some(Connected), Some(Connecting)], Some("connected, connecting"))]
    #[case(
        Some(BOTH),
        &[Some(Connecting), Some(Connected), Some(Failed)],
        Some("connecting, connected, failed")
    )]
    #[case(Some(BOTH), &[Some(Connecting), None], Some("connecting, unobserved"))]
    #[case(Some(BOTH), &[], Some("nothing"))]
    fn the_values_of_events_are_these_and_no_others(
        #[case] expected: Option<&[PeerConnectionState]>,
        #[case] seen: &[Option<PeerConnectionState>],
        #[case] reported: Option<&str>,
    ) {
        let attribute = Attribute::ConnectionState;
        let deviation = compare_values(attribute, expected, seen.iter().copied());
        let wanted = reported.map(|reported| {
            format!(
                "expected connectionstatechange to report connectionState connecting, connected; \
                 it reported {reported}"
            )
        });
        assert_eq!(deviation, wanted);
    }
}
