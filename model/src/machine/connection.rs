//! The state of the machine.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState, StateEnum,
};
use crate::transports::Transport;

/// The largest number of transports that the machine can hold.
pub const MOST_TRANSPORTS: usize = 6;

/// A connection: its slots, its transports, and its queued tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection {
    /// `[[IsClosed]]`.
    pub closed: bool,
    /// `[[ConnectionState]]`.
    pub connection_state: PeerConnectionState,
    /// `[[IceConnectionState]]`.
    pub ice_connection_state: IceConnectionState,
    /// The transports, sorted.
    pub transports: TransportSet,
    /// The queued tasks that update the values.
    pub queue: Queue,
    /// A change that is still queued although its transport has been closed or discarded.
    pub queued_change: Option<QueuedChange>,
    /// Whether transports came or went since the values were last derived, in an edition that does
    /// not derive them again then.
    pub stale: bool,
    /// What was wrong with the step to this state.
    pub faults: Faults,
}

impl Connection {
    /// Returns a newly constructed connection.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            closed: false,
            connection_state: PeerConnectionState::New,
            ice_connection_state: IceConnectionState::New,
            transports: TransportSet::none(),
            queue: Queue::empty(),
            queued_change: None,
            stale: false,
            faults: Faults::none(),
        }
    }

    /// Returns whether no task that would update a value is queued.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.queue.is_empty()
    }
}

// Two numbers instead of many fields: the search hashes every state.
impl Hash for Connection {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let queued = match self.queued_change {
            None => 0,
            Some(QueuedChange::Ice(to)) => 1 + to.index(),
            Some(QueuedChange::Dtls(to)) => 8 + to.index(),
            Some(QueuedChange::Pair) => 13,
        };
        let numbers = [
            (self.faults.0.into(), 16),
            (self.queue.0.into(), 16),
            (queued as u64, 4),
            (self.closed.into(), 1),
            (self.stale.into(), 1),
            (self.connection_state.index() as u64, 3),
            (self.ice_connection_state.index() as u64, 3),
        ];
        let number = numbers
            .into_iter()
            .fold(0, |all, (number, bits): (u64, u32)| all << bits | number);
        hasher.write_u64(number);
        hasher.write_u64(self.transports.number());
    }
}

impl Default for Connection {
    fn default() -> Self {
        Self::new()
    }
}

/// A task that updates a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Update {
    /// "Update the ICE connection state."
    IceConnectionState,
    /// "Update the connection state."
    ConnectionState,
}

/// The queue of updates, first in, first out, as HTML's event loop runs the tasks of one source
/// (here the networking task source).
///
/// It does not hold the task of a transport's change, which runs as a separate step at any time.
/// The agent may have queued it before the tasks in this queue, and when it did so is not
/// observable, unless the transport has since been closed or discarded
/// ([`queued_change`](Connection::queued_change)).
/// ([`queued_change`](Connection::queued_change)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Queue(u16);

impl Queue {
    /// Two bits for each task, the first task lowest. No task is zero.
    const BITS: usize = 2;

    /// Returns an empty queue.
    #[must_use]
    pub const fn empty() -> Self {
        Self(0)
    }

    /// Returns whether the queue is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the number of tasks.
    #[must_use]
    pub const fn len(self) -> usize {
        ((u16::BITS - self.0.leading_zeros()) as usize).div_ceil(Self::BITS)
    }

    /// Returns the task that runs next.
    #[must_use]
    pub const fn first(self) -> Option<Update> {
        match self.0 & 3 {
            0 => None,
            1 => Some(Update::IceConnectionState),
            _ => Some(Update::ConnectionState),
        }
    }

    /// Returns every task, the next one first.
    pub fn iter(self) -> impl Iterator<Item = Update> {
        std::iter::successors(Some(self), |queue| Some(queue.without_first()))
            .map_while(Self::first)
    }

    /// Returns the queue without the task that runs next.
    #[must_use]
    pub const fn without_first(self) -> Self {
        Self(self.0 >> Self::BITS)
    }

    /// Returns the queue with one more task at its end. Two equal tasks in a row count as one: the
    /// second would find nothing to do, or what the first would find if it ran as late.
    ///
    /// [`room`](super::steps::room) keeps the queue shorter than the eight that it can hold.
    #[must_use]
    pub fn with(self, update: Update) -> Self {
        if self.iter().last() == Some(update) {
            return self;
        }
        let task = match update {
            Update::IceConnectionState => 1,
            Update::ConnectionState => 2,
        };
        Self(self.0 | task << (self.len() * Self::BITS))
    }
}

/// A queued change of a transport that has since been closed or discarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueuedChange {
    /// Of the ICE transport, to this state.
    Ice(IceTransportState),
    /// Of the DTLS transport, to this state.
    Dtls(DtlsTransportState),
    /// Of the selected pair of the ICE transport.
    Pair,
}

impl QueuedChange {
    /// Returns the transport after the change.
    #[must_use]
    pub const fn applied_to(self, transport: Transport) -> Transport {
        match self {
            Self::Ice(ice) => Transport { ice, ..transport },
            Self::Dtls(dtls) => Transport { dtls, ..transport },
            Self::Pair => transport,
        }
    }
}

impl fmt::Display for QueuedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ice(to) => write!(f, "a change of ICE to {to}"),
            Self::Dtls(to) => write!(f, "a change of DTLS to {to}"),
            Self::Pair => f.write_str("a change of the selected pair"),
        }
    }
}

/// A sorted multiset of at most [`MOST_TRANSPORTS`] transports, without heap allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransportSet {
    length: u8,
    /// Sorted; the items after `length` are always [`Transport::NEW`].
    items: [Transport; MOST_TRANSPORTS],
}

impl TransportSet {
    /// Returns an empty set.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            length: 0,
            items: [Transport::NEW; MOST_TRANSPORTS],
        }
    }

    /// Returns the transports, sorted.
    #[must_use]
    pub fn as_slice(&self) -> &[Transport] {
        self.items.split_at(usize::from(self.length)).0
    }

    /// Returns the number of transports.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length as usize
    }

    /// Returns whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns the set with one more transport. There must be room for it.
    #[must_use]
    pub fn with(mut self, transport: Transport) -> Self {
        // Writing past the end would be a bug of the machine, and stops here.
        self.items[self.len()] = transport;
        self.length += 1;
        self.sort();
        self
    }

    /// Returns the set without the transport at an index.
    #[must_use]
    pub fn without(mut self, place: usize) -> Self {
        if place < self.len() {
            self.items[place..].rotate_left(1);
            self.length -= 1;
            // The removed one is now last.
            self.items[MOST_TRANSPORTS - 1] = Transport::NEW;
        }
        self
    }

    /// Returns the set with the transport at an index replaced.
    #[must_use]
    pub fn replacing(mut self, place: usize, transport: Transport) -> Self {
        if place < self.len() {
            self.items[place] = transport;
            self.sort();
        }
        self
    }

    /// Returns a number that no other set has: the length, and six bits for each transport.
    fn number(&self) -> u64 {
        let one = |transport: &Transport| transport.ice.index() * 8 + transport.dtls.index();
        self.as_slice()
            .iter()
            .fold(u64::from(self.length), |number, transport| {
                number << 6 | one(transport) as u64
            })
    }

    /// Returns the set with each transport changed.
    #[must_use]
    pub fn map(mut self, change: impl Fn(Transport) -> Transport) -> Self {
        let length = self.len();
        for item in self.items.iter_mut().take(length) {
            *item = change(*item);
        }
        self.sort();
        self
    }

    fn sort(&mut self) {
        let length = self.len();
        self.items[..length].sort_unstable();
    }
}

/// What can be wrong with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An event was fired on a closed connection, or by `close()`.
    EventAfterClose,
    /// A handler called `close()`, and another event of the same task was fired.
    EventAfterHandlerCloses,
    /// A value changed without its event, or an event was fired without a change.
    EventNotOnChange,
    /// The state of a transport changed without `statechange`, or `statechange` was fired without a
    /// change; likewise for its other events.
    TransportEventNotOnChange,
    /// A transport does not have the state that the change sets.
    TransportStateNotSet,
    /// Events of one change were not fired in the specified order.
    EventOrder,
    /// Inside a handler, an attribute did not have its new value.
    AttributesNotCurrent,
    /// In the handler of a transport's event, an attribute did not have its new value.
    StateChangeNotCurrent,
    /// In the handler of a transport's event, the transport did not have its new state.
    TransportNotCurrent,
    /// A transport took a step forward, and a value went back.
    StepBack,
}

/// The faults of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Faults(pub(super) u16);

impl Faults {
    /// Returns no faults.
    #[must_use]
    pub const fn none() -> Self {
        Self(0)
    }

    /// Adds a fault.
    pub fn add(&mut self, fault: Fault) {
        self.0 |= 1 << fault as u8;
    }

    /// Returns the faults of both sets.
    #[must_use]
    pub const fn union(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Returns these faults without the others.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Returns whether the set has a fault.
    #[must_use]
    pub const fn has(self, fault: Fault) -> bool {
        self.0 & (1 << fault as u8) != 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::transports::Transports;

    proptest! {
        #[test]
        fn a_set_without_a_heap_is_the_same_multiset(
            picks in prop::collection::vec((0..35_usize, 0..3_usize, 0..6_usize), 0..30)
        ) {
            let all: Vec<Transport> = Transport::all().collect();
            let (mut small, mut large) = (TransportSet::none(), Transports::none());
            for (which, what, place) in picks {
                match what {
                    0 if small.len() < MOST_TRANSPORTS => {
                        small = small.with(all[which]);
                        large = large.with(all[which]);
                    }
                    1 => {
                        small = small.without(place);
                        large = large.without(place);
                    }
                    2 if place < small.len() => {
                        small = small.replacing(place, all[which]);
                        large = large.replacing(place, all[which]);
                    }
                    _ => {}
                }
                prop_assert_eq!(small.as_slice(), large.as_slice());
                let again = large.iter().fold(TransportSet::none(), |set, t| set.with(*t));
                prop_assert_eq!(small, again);
            }
        }
    }
}
