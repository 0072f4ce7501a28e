//! Executes a step: the instructions of a text, with its definitions.

use super::connection::{Connection, Faults, QueuedChange, Update};
use super::judge::judge;
pub use super::procedures::Fired;
use super::procedures::{Event, Events, Instruction};
use super::rulebook::Rulebook;
use super::steps::{Change, Step};
use crate::invariant::Invariant;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};
use crate::transports::Transport;

impl Rulebook {
    /// Executes a step, appends the events that it fires, and judges them.
    #[must_use]
    pub fn take(&self, before: &Connection, step: Step, fired: &mut Vec<Fired>) -> Connection {
        let (after, events) = self.take_unjudged(before, step);
        fired.extend(events.as_slice());
        self.judged(before, step, after, &events)
    }

    /// Like [`take`](Self::take), for callers that do not need the events.
    pub(super) fn next(&self, before: &Connection, step: Step) -> Connection {
        let (after, events) = self.take_unjudged(before, step);
        self.judged(before, step, after, &events)
    }

    fn judged(
        &self,
        before: &Connection,
        step: Step,
        mut after: Connection,
        events: &Events,
    ) -> Connection {
        after.faults = judge(self, before, step, &after, events.as_slice());
        after
    }

    /// Returns the next state and the events of a step, without judging them.
    pub(super) fn take_unjudged(&self, before: &Connection, step: Step) -> (Connection, Events) {
        let mut task = Task {
            rulebook: self,
            after: *before,
            transport: None,
            changed: Changed::default(),
            begun_closed: before.closed,
            closes_at: None,
            fired: Events::none(),
        };
        task.after.faults = Faults::none();
        task.take(step);
        (task.after, task.fired)
    }

    /// Returns the events of a change in whose handlers a `close()` can make a difference: those
    /// that something follows in the same task.
    pub fn events_to_close_in(
        &self,
        before: &Connection,
        change: Change,
    ) -> impl Iterator<Item = u8> + use<> {
        let (_, fired) = self.take_unjudged(before, Step::Change(change));
        let last = self.steps_of(change).last();
        let ends_with_event = last.is_none_or(|last| {
            matches!(last, Instruction::Fire(_) | Instruction::FireIfChanged(_))
        });
        let count = u8::try_from(fired.as_slice().len()).invariant("a step fires a few events");
        1..count + u8::from(!ends_with_event && count > 0)
    }

    /// Returns the instructions for a change.
    fn steps_of(&self, change: Change) -> &[Instruction] {
        match change.of_transport() {
            None => &self.procedures.set_change,
            Some((_, change)) => self.procedures.of_queued(change),
        }
    }
}

/// The transport of a task, before and after its change.
#[derive(Debug, Clone, Copy)]
struct Moving {
    /// Its present state in the connection; `None` if the connection does not have it.
    now: Option<Transport>,
    /// Its state after the change.
    to: Transport,
    /// Whether its state changes.
    changes: bool,
    /// Whether its selected pair changes.
    pair: bool,
}

/// The values that have changed in a task.
#[derive(Debug, Clone, Copy, Default)]
struct Changed {
    ice: bool,
    connection: bool,
    /// The value that was derived last.
    last: bool,
}

/// A running task.
struct Task<'t> {
    rulebook: &'t Rulebook,
    after: Connection,
    transport: Option<Moving>,
    changed: Changed,
    /// Whether the connection was closed when the task began.
    begun_closed: bool,
    /// The number of the event, from 1, whose handler calls `close()`.
    closes_at: Option<u8>,
    fired: Events,
}

impl Task<'_> {
    fn take(&mut self, step: Step) {
        let procedures = &self.rulebook.procedures;
        match step {
            Step::Change(change) => self.change(change),
            Step::ChangeAndClose { change, event } => {
                self.closes_at = Some(event);
                self.change(change);
            }
            Step::Update(update) => {
                self.after.queue = self.after.queue.without_first();
                self.run(match update {
                    Update::IceConnectionState => &procedures.ice_update,
                    Update::ConnectionState => &procedures.connection_update,
                });
            }
            Step::Close { queued } => {
                self.run(&procedures.close);
                self.after.queued_change = queued.or(self.after.queued_change);
            }
            Step::QueuedChange(change) => {
                self.after.queued_change = None;
                self.queued_change(change);
            }
        }
    }

    /// Runs the task of a change of the transports.
    fn change(&mut self, change: Change) {
        match change {
            Change::Create => {
                self.after.transports = self.after.transports.with(Transport::NEW);
                self.after.stale = true;
            }
            Change::Discard { transport, queued } => {
                self.after.transports = self.after.transports.without(self.place_of(transport));
                self.after.queued_change = queued.or(self.after.queued_change);
                self.after.stale = true;
            }
            Change::Ice { .. } | Change::Pair { .. } | Change::Dtls { .. } => {
                self.transport = change.from_to().map(|(now, to)| Moving {
                    now: Some(now),
                    to,
                    changes: now != to,
                    pair: change.selects_a_pair(),
                });
            }
        }
        self.run(self.rulebook.steps_of(change));
    }

    /// Runs a change whose transport has been closed or discarded meanwhile. The connection still
    /// has a closed one.
    fn queued_change(&mut self, change: QueuedChange) {
        let closed = Transport::new(Ice::Closed, Dtls::Closed);
        let is_there = self.after.closed && self.after.transports.as_slice().contains(&closed);
        let to = change.applied_to(closed);
        let pair = change == QueuedChange::Pair;
        self.transport = Some(Moving {
            now: is_there.then_some(closed),
            to,
            changes: !pair && (to != closed || !is_there),
            pair,
        });
        self.run(self.rulebook.procedures.of_queued(change));
    }

    /// Executes the instructions from top to bottom.
    fn run(&mut self, steps: &[Instruction]) {
        for step in steps {
            match *step {
                Instruction::AbortIfClosed if self.after.closed => return,
                Instruction::AbortIfFailed if self.is_failed() => return,
                Instruction::AbortIfUnchanged if !self.changed.last => return,
                Instruction::AbortIfClosed
                | Instruction::AbortIfFailed
                | Instruction::AbortIfUnchanged => {}
                Instruction::SetTransportState => self.set_transport_state(),
                // "If transport's state was changed": a change of only the pair derives nothing.
                Instruction::DeriveIceConnectionState | Instruction::DeriveConnectionState
                    if self.transport.is_some_and(|moving| !moving.changes) => {}
                Instruction::DeriveIceConnectionState => self.derive_ice(),
                Instruction::DeriveConnectionState => self.derive_connection(),
                Instruction::QueueIceConnectionStateUpdate => {
                    self.after.queue = self.after.queue.with(Update::IceConnectionState);
                }
                Instruction::QueueConnectionStateUpdate => {
                    self.after.queue = self.after.queue.with(Update::ConnectionState);
                }
                Instruction::Fire(event) => self.fire(event),
                Instruction::FireIfChanged(event) => {
                    if self.has_changed(event) {
                        self.fire(event);
                    }
                }
                Instruction::SetIsClosed => {
                    self.after.closed = true;
                    // On a closed connection, nothing is derived from the transports.
                    self.after.stale = false;
                }
                Instruction::CloseTransports => {
                    let closed = Transport::new(Ice::Closed, Dtls::Closed);
                    self.after.transports = self.after.transports.map(|_| closed);
                    if let Some(moving) = &mut self.transport {
                        moving.now = moving.now.map(|_| closed);
                    }
                }
                Instruction::SetIceConnectionStateClosed => {
                    self.after.ice_connection_state = IceConnectionState::Closed;
                }
                Instruction::SetConnectionStateClosed => {
                    self.after.connection_state = PeerConnectionState::Closed;
                }
            }
        }
    }

    /// Returns whether the transport has already failed. The state of a discarded one is unknown.
    fn is_failed(&self) -> bool {
        let now = self.transport.and_then(|moving| moving.now);
        now.is_some_and(|now| now.dtls == Dtls::Failed)
    }

    fn set_transport_state(&mut self) {
        let Some(moving) = self.transport.as_mut() else {
            return;
        };
        if let Some(now) = moving.now {
            moving.now = Some(moving.to);
            let to = moving.to;
            let place = self.place_of(now);
            self.after.transports = self.after.transports.replacing(place, to);
        }
    }

    /// Returns the index of a transport in the connection.
    fn place_of(&self, transport: Transport) -> usize {
        let mut all = self.after.transports.as_slice().iter();
        let place = all.position(|other| *other == transport);
        place.invariant("the connection has the transport of every step")
    }

    /// Sets the slot to the value that holds. If no value or several hold, the text does not say
    /// what to set, and the slot keeps its value.
    fn derive_ice(&mut self) {
        let holding = if self.after.closed {
            StateSet::only(IceConnectionState::Closed)
        } else {
            self.rulebook.ice_connection_state(&self.after.transports)
        };
        let slot = &mut self.after.ice_connection_state;
        let before = std::mem::replace(slot, holding.single().unwrap_or(*slot));
        self.changed.last = before != *slot;
        self.changed.ice |= self.changed.last;
        // The connection state is derived after it.
        self.after.stale = false;
    }

    fn derive_connection(&mut self) {
        let holding = if self.after.closed {
            StateSet::only(PeerConnectionState::Closed)
        } else {
            let ice = self.after.ice_connection_state;
            self.rulebook.connection_state(&self.after.transports, ice)
        };
        let slot = &mut self.after.connection_state;
        let before = std::mem::replace(slot, holding.single().unwrap_or(*slot));
        self.changed.last = before != *slot;
        self.changed.connection |= self.changed.last;
    }

    fn has_changed(&self, event: Event) -> bool {
        match event {
            Event::SelectedCandidatePairChange => self.transport.is_some_and(|moving| moving.pair),
            Event::Error | Event::StateChange => {
                self.transport.is_some_and(|moving| moving.changes)
            }
            Event::IceConnectionStateChange => self.changed.ice,
            Event::ConnectionStateChange => self.changed.connection,
        }
    }

    fn fire(&mut self, event: Event) {
        let has_its_state = |moving: Moving| moving.now.is_none_or(|now| now == moving.to);
        self.fired.push(Fired {
            event,
            connection_state: self.after.connection_state,
            ice_connection_state: self.after.ice_connection_state,
            has_its_state: self.transport.is_none_or(has_its_state),
            after_close: self.after.closed && !self.begun_closed,
        });
        let count = self.fired.as_slice().len();
        if self.closes_at.is_some_and(|at| usize::from(at) == count) {
            self.closes_at = None;
            self.run(&self.rulebook.procedures.close);
        }
    }
}
