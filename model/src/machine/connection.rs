//! The state of the machine.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState, StateEnum,
};
use crate::transports::Transport;

/// The most transports that the machine can hold.
pub const MOST_TRANSPORTS: usize = 6;

/// A connection: its slots, its transports, and the tasks that are queued for it.
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
    /// A change that was queued for a transport before it was closed or discarded, and is still.
    pub queued_change: Option<QueuedChange>,
    /// Whether transports came or went since the values were last derived, and nothing in the
    /// edition says to derive them again.
    pub stale: bool,
    /// What was wrong with the step that led here.
    pub faults: Faults,
}

impl Connection {
    /// A connection just constructed.
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

    /// Whether no task is queued that would update a value.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.queue.is_empty()
    }
}

// Two numbers instead of a score of fields: the search hashes every state that it meets.
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

/// The queue of the updates, first in first out, as HTML's event loop runs the tasks of one source
/// (the networking task source, here).
///
/// The task of a change of a transport is not in it. It runs as a step of its own, at any time: the
/// agent may have queued it ahead of whatever is queued here, and nothing can tell when it did, but
/// for a transport that has been closed or discarded since
/// ([`queued_change`](Connection::queued_change)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Queue(u16);

impl Queue {
    /// Two bits a task, the first lowest, none of them zero.
    const BITS: usize = 2;

    /// No tasks.
    #[must_use]
    pub const fn empty() -> Self {
        Self(0)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    #[must_use]
    pub const fn len(self) -> usize {
        ((u16::BITS - self.0.leading_zeros()) as usize).div_ceil(Self::BITS)
    }

    /// The task that runs next.
    #[must_use]
    pub const fn first(self) -> Option<Update> {
        match self.0 & 3 {
            0 => None,
            1 => Some(Update::IceConnectionState),
            _ => Some(Update::ConnectionState),
        }
    }

    /// Every task, the next one first.
    pub fn iter(self) -> impl Iterator<Item = Update> {
        std::iter::successors(Some(self), |queue| Some(queue.without_first()))
            .map_while(Self::first)
    }

    /// Without the task that runs next.
    #[must_use]
    pub const fn without_first(self) -> Self {
        Self(self.0 >> Self::BITS)
    }

    /// With one more at its end. Two equal tasks in a row are one: the second finds nothing to do,
    /// or what the first finds where it runs as late.
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

/// A queued change of a transport that has been closed or discarded since.
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
    /// A transport as the change makes it.
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

/// A sorted multiset of at most [`MOST_TRANSPORTS`] transports, without a heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransportSet {
    length: u8,
    /// Sorted; those beyond `length` are always [`Transport::NEW`].
    items: [Transport; MOST_TRANSPORTS],
}

impl TransportSet {
    /// No transports.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            length: 0,
            items: [Transport::NEW; MOST_TRANSPORTS],
        }
    }

    /// The transports, sorted.
    #[must_use]
    pub fn as_slice(&self) -> &[Transport] {
        self.items.split_at(usize::from(self.length)).0
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// These and one more, of which there must be room.
    #[must_use]
    pub fn with(mut self, transport: Transport) -> Self {
        // Writing beyond the end would be a bug of the machine, and stops here.
        self.items[self.len()] = transport;
        self.length += 1;
        self.sort();
        self
    }

    /// These without the one at a place.
    #[must_use]
    pub fn without(mut self, place: usize) -> Self {
        if place < self.len() {
            self.items[place..].rotate_left(1);
            self.length -= 1;
            // The one removed is now last.
            self.items[MOST_TRANSPORTS - 1] = Transport::NEW;
        }
        self
    }

    /// These with the one at a place replaced.
    #[must_use]
    pub fn replacing(mut self, place: usize, transport: Transport) -> Self {
        if place < self.len() {
            self.items[place] = transport;
            self.sort();
        }
        self
    }

    /// A number that no other set has: the length, and six bits a transport.
    fn number(&self) -> u64 {
        let one = |transport: &Transport| transport.ice.index() * 8 + transport.dtls.index();
        self.as_slice()
            .iter()
            .fold(u64::from(self.length), |number, transport| {
                number << 6 | one(transport) as u64
            })
    }

    /// Each of these changed.
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
    /// An event was fired on a closed connection, or by closing it.
    EventAfterClose,
    /// A handler called `close()`, and another event of the same task was fired.
    EventAfterHandlerCloses,
    /// A value changed without its event, or an event was fired without a change.
    EventNotOnChange,
    /// The state of a transport changed without its `statechange`, or that was fired without a
    /// change, and so for its other events.
    TransportEventNotOnChange,
    /// The state of a transport is not what the change made it.
    TransportStateNotSet,
    /// Events of one change were fired in another order than the specification's.
    EventOrder,
    /// Inside a handler an attribute did not have its new value.
    AttributesNotCurrent,
    /// In the handler of a transport's event an attribute did not have its new value.
    StateChangeNotCurrent,
    /// In the handler of a transport's event the transport did not have its new state.
    TransportNotCurrent,
    /// A transport took a step forward, and a value went back.
    StepBack,
}

/// The set of what was wrong with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Faults(pub(super) u16);

impl Faults {
    /// Nothing was wrong.
    #[must_use]
    pub const fn none() -> Self {
        Self(0)
    }

    /// Adds a fault.
    pub fn add(&mut self, fault: Fault) {
        self.0 |= 1 << fault as u8;
    }

    /// These and those.
    #[must_use]
    pub const fn union(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These but for those.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether a fault is among them.
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
