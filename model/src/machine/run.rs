//! Taking a step: the instructions of a text, run by its definitions.

use super::connection::{Connection, Faults, QueuedChange, Update};
use super::judge::judge;
use super::procedures::{Event, Instruction, Procedures};
use super::rulebook::Rulebook;
use super::steps::{Change, Step};
use crate::invariant::Invariant;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};
use crate::transports::Transport;

/// An event that was fired, and what its handlers read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fired {
    /// Which event.
    pub event: Event,
    /// What `connectionState` read.
    pub connection_state: PeerConnectionState,
    /// What `iceConnectionState` read.
    pub ice_connection_state: IceConnectionState,
    /// Whether the transport whose task this is had its new state.
    pub has_its_state: bool,
    /// Whether the handler of an event before it in the same task had called `close()`.
    pub after_close: bool,
}

impl Rulebook {
    /// Takes a step, and appends the events it fires.
    #[must_use]
    pub fn take(&self, before: &Connection, step: Step, fired: &mut Vec<Fired>) -> Connection {
        let first = fired.len();
        let mut task = Task {
            rulebook: self,
            after: *before,
            transport: None,
            changed: Changed::default(),
            begun_closed: before.closed,
            closes_at: None,
            first,
            fired,
        };
        task.after.faults = Faults::none();
        task.take(step);
        let mut after = task.after;
        after.faults = judge(self, before, step, &after, fired.split_at(first).1);
        after
    }

    /// After which of the events of a change a `close()` in the handler can make a difference: those
    /// that something follows in the same task. The events are left in `fired`, which holds nothing
    /// else afterwards: every change of every state is asked about, and the room is used again.
    pub fn events_to_close_in(
        &self,
        before: &Connection,
        change: Change,
        fired: &mut Vec<Fired>,
    ) -> impl Iterator<Item = u8> + use<> {
        fired.clear();
        let _ = self.take(before, Step::Change(change), fired);
        let last = self.procedures.of_change(change).last();
        let ends_with_event = last.is_none_or(|last| {
            matches!(last, Instruction::Fire(_) | Instruction::FireIfChanged(_))
        });
        let count = u8::try_from(fired.len()).unwrap_or(u8::MAX);
        1..count + u8::from(!ends_with_event && count > 0)
    }
}

impl Procedures {
    /// The steps that are taken for a change.
    #[must_use]
    pub fn of_change(&self, change: Change) -> &[Instruction] {
        match change {
            Change::Create | Change::Discard { .. } => &self.set_change,
            Change::Ice { to, .. } => self.of_queued(QueuedChange::Ice(to)),
            Change::Pair { .. } => self.of_queued(QueuedChange::Pair),
            Change::Dtls { to, .. } => self.of_queued(QueuedChange::Dtls(to)),
        }
    }

    /// The steps of the task of a change.
    #[must_use]
    pub fn of_queued(&self, change: QueuedChange) -> &[Instruction] {
        match change {
            QueuedChange::Pair if !self.pair_change.is_empty() => &self.pair_change,
            QueuedChange::Ice(_) | QueuedChange::Pair => &self.ice_change,
            QueuedChange::Dtls(Dtls::Failed) => &self.dtls_error,
            QueuedChange::Dtls(_) => &self.dtls_change,
        }
    }
}

/// What the transport of a task was and becomes.
#[derive(Debug, Clone, Copy)]
struct Moving {
    /// As it is now among the transports of the connection; `None` if it is not one of them.
    now: Option<Transport>,
    /// As the change makes it.
    to: Transport,
    /// Whether its state changes.
    changes: bool,
    /// Whether its selected pair changes.
    pair: bool,
}

impl Moving {
    fn of(change: Change, transport: Transport, to: Transport) -> Self {
        Self {
            now: Some(transport),
            to,
            changes: change.changes_a_state(),
            pair: change.selects_a_pair(),
        }
    }
}

/// Which values have changed in a task.
#[derive(Debug, Clone, Copy, Default)]
struct Changed {
    ice: bool,
    connection: bool,
    /// What was derived last.
    last: bool,
}

/// A task that runs.
struct Task<'t> {
    rulebook: &'t Rulebook,
    after: Connection,
    transport: Option<Moving>,
    changed: Changed,
    /// Whether the connection was closed when the task began.
    begun_closed: bool,
    /// The event, from 1, whose handler calls `close()`.
    closes_at: Option<u8>,
    /// Where the events of this task begin in `fired`.
    first: usize,
    fired: &'t mut Vec<Fired>,
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

    /// The task of a change of the transports.
    fn change(&mut self, change: Change) {
        let procedures = &self.rulebook.procedures;
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
            Change::Ice { transport, to, .. } => {
                let to = Transport {
                    ice: to,
                    ..transport
                };
                self.transport = Some(Moving::of(change, transport, to));
            }
            Change::Pair { transport } => {
                self.transport = Some(Moving::of(change, transport, transport));
            }
            Change::Dtls { transport, to } => {
                let to = Transport {
                    dtls: to,
                    ..transport
                };
                self.transport = Some(Moving::of(change, transport, to));
            }
        }
        self.run(procedures.of_change(change));
    }

    /// A change whose transport has been closed or discarded meanwhile. A closed one is still among
    /// those of the connection.
    fn queued_change(&mut self, change: QueuedChange) {
        let closed = Transport::new(Ice::Closed, Dtls::Closed);
        let is_there = self.after.closed && self.after.transports.as_slice().contains(&closed);
        let to = match change {
            QueuedChange::Ice(ice) => Transport { ice, ..closed },
            QueuedChange::Dtls(dtls) => Transport { dtls, ..closed },
            QueuedChange::Pair => closed,
        };
        let pair = change == QueuedChange::Pair;
        self.transport = Some(Moving {
            now: is_there.then_some(closed),
            to,
            changes: !pair && (to != closed || !is_there),
            pair,
        });
        self.run(self.rulebook.procedures.of_queued(change));
    }

    /// Takes the steps from top to bottom.
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
                // "If transport's state was changed": a change of the pair derives nothing.
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
                    // Of a closed connection nothing is derived from its transports.
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

    /// Whether the transport has failed already. One that was discarded is known no more.
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

    /// Where a transport is among those of the connection.
    fn place_of(&self, transport: Transport) -> usize {
        let mut all = self.after.transports.as_slice().iter();
        let place = all.position(|other| *other == transport);
        place.invariant("a step is taken by a transport of the connection")
    }

    /// Sets the slot to the value that holds; where none or several hold, the text does not say
    /// what to set, and the slot stays.
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
        // The connection state is derived behind it.
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
        let count = self.fired.len() - self.first;
        if self.closes_at.is_some_and(|at| usize::from(at) == count) {
            self.closes_at = None;
            self.run(&self.rulebook.procedures.close);
        }
    }
}
