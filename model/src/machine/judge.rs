//! Judges a step by the requirements of the specification, not by an edition's algorithms.

use super::change::{Change, Step};
use super::connection::{Connection, Fault, Faults, QueuedChange};
use super::procedures::{Event, Fired};
use super::rulebook::Rulebook;
use crate::states::{DtlsTransportState as Dtls, goes_back};

/// Returns what is wrong with a step from `before` to `after` that fired these events.
pub(super) fn judge(
    rulebook: &Rulebook,
    before: &Connection,
    step: Step,
    after: &Connection,
    fired: &[Fired],
) -> Faults {
    let mut faults = Faults::none();
    if fired.iter().any(|fired| fired.after_close) {
        faults.add(Fault::EventAfterHandlerCloses);
    }
    if let Step::ChangeAndClose { .. } = step {
        // The step without close() shows whatever else is wrong with the change.
        return faults;
    }
    if after.closed && !fired.is_empty() {
        faults.add(Fault::EventAfterClose);
    }
    let expected = Expected::of(rulebook, before, step, after);
    for (event, fault) in [
        (
            Event::SelectedCandidatePairChange,
            Fault::TransportEventNotOnChange,
        ),
        (Event::Error, Fault::TransportEventNotOnChange),
        (Event::StateChange, Fault::TransportEventNotOnChange),
        (Event::IceConnectionStateChange, Fault::EventNotOnChange),
        (Event::ConnectionStateChange, Fault::EventNotOnChange),
    ] {
        // On a closed connection, no transport may change and no event may be fired. The code above
        // and `transport/closed-after-close` check this.
        if before.closed && event <= Event::StateChange {
            continue;
        }
        let count = fired.iter().filter(|fired| fired.event == event).count();
        if count != usize::from(expected.has(event)) {
            faults.add(fault);
        }
    }
    if !fired.windows(2).all(|pair| pair[0].event <= pair[1].event) {
        faults.add(Fault::EventOrder);
    }
    if !sets_the_state(before, step, after) {
        faults.add(Fault::TransportStateNotSet);
    }
    // On a closed connection, a handler reads closed whatever the transports are.
    let is_read = !after.closed && !fired.is_empty();
    let holding = is_read.then(|| rulebook.holding(&after.transports));
    for fired in fired {
        let of_a_transport = fired.event <= Event::StateChange;
        if of_a_transport && !fired.has_its_state {
            faults.add(Fault::TransportNotCurrent);
        }
        let is_current = holding.is_none_or(|holding| {
            holding.allows(fired.ice_connection_state, fired.connection_state)
        });
        if !is_current {
            faults.add(if of_a_transport {
                Fault::StateChangeNotCurrent
            } else {
                Fault::AttributesNotCurrent
            });
        }
    }
    let back = goes_back(before.connection_state, after.connection_state)
        || goes_back(before.ice_connection_state, after.ice_connection_state);
    let settled = before.is_settled() && !before.stale && after.is_settled();
    if settled && step.is_forward_ice() && back {
        faults.add(Fault::StepBack);
    }
    faults
}

/// The events that a step must fire, once each.
struct Expected(u8);

impl Expected {
    fn of(rulebook: &Rulebook, before: &Connection, step: Step, after: &Connection) -> Self {
        let mut expected = Self(0);
        // close() must change the values without firing an event.
        if let Step::Close { .. } = step {
            return expected;
        }
        if let Step::Change(change) = step {
            // If the state and the pair change in two tasks, each is a separate step.
            let alone = matches!(change, Change::Pair { .. });
            if change.selects_a_pair() && (alone || rulebook.algorithms.one_task) {
                expected.add(Event::SelectedCandidatePairChange);
            }
            if change.changes_a_state() {
                expected.add(Event::StateChange);
                let fails = matches!(
                    change,
                    Change::Dtls {
                        to: Dtls::Failed,
                        ..
                    }
                );
                if fails && rulebook.algorithms.dtls_errors {
                    expected.add(Event::Error);
                }
            }
        }
        if let Step::QueuedChange(change) = step {
            // The change of a discarded transport, which goes on without the connection.
            expected.add(Event::StateChange);
            if change == QueuedChange::Dtls(Dtls::Failed) && rulebook.algorithms.dtls_errors {
                expected.add(Event::Error);
            }
        }
        if before.ice_connection_state != after.ice_connection_state {
            expected.add(Event::IceConnectionStateChange);
        }
        if before.connection_state != after.connection_state {
            expected.add(Event::ConnectionStateChange);
        }
        expected
    }

    fn add(&mut self, event: Event) {
        self.0 |= 1 << event as u8;
    }

    fn has(&self, event: Event) -> bool {
        self.0 & (1 << event as u8) != 0
    }
}

/// Returns whether the transports have the states that the step sets.
fn sets_the_state(before: &Connection, step: Step, after: &Connection) -> bool {
    let Step::Change(change) = step else {
        return true;
    };
    let Some((_, to)) = change.from_to().filter(|(from, to)| from != to) else {
        return true;
    };
    let count = |connection: &Connection, asked| {
        let all = connection.transports.as_slice().iter();
        all.filter(|one| **one == asked).count()
    };
    count(after, to) == count(before, to) + 1
}
