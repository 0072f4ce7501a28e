//! The state of the machine.

use std::hash::{Hash, Hasher};

use crate::states::{IceConnectionState, PeerConnectionState, StateEnum};
use crate::transports::Transport;

/// The most transports that the machine can hold.
pub const MOST_TRANSPORTS: usize = 6;

/// A connection: its slots, its transports, and the tasks that are queued for it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "slots and queued tasks, each there or not"
)]
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
    /// Whether a task is queued that updates the ICE connection state (editions that queue one).
    pub ice_update_queued: bool,
    /// Whether a task is queued that updates the connection state.
    pub update_queued: bool,
    /// Whether a task for an ICE change was queued when the connection was closed, and is still.
    pub leftover_ice: bool,
    /// Whether a task for a DTLS change was queued when the connection was closed, and is still.
    pub leftover_dtls: bool,
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
            ice_update_queued: false,
            update_queued: false,
            leftover_ice: false,
            leftover_dtls: false,
            stale: false,
            faults: Faults::none(),
        }
    }

    /// Whether no task is queued that would change a value.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        !self.ice_update_queued && !self.update_queued
    }
}

// Two numbers instead of a score of fields: the search hashes every state that it meets.
impl Hash for Connection {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let flags = [
            self.closed,
            self.ice_update_queued,
            self.update_queued,
            self.leftover_ice,
            self.leftover_dtls,
            self.stale,
        ];
        let flags = flags
            .into_iter()
            .fold(u64::from(self.faults.0), |number, flag| {
                number << 1 | u64::from(flag)
            });
        let values = self.connection_state.index() * 8 + self.ice_connection_state.index();
        hasher.write_u64(flags << 6 | values as u64);
        hasher.write_u64(self.transports.number());
    }
}

impl Default for Connection {
    fn default() -> Self {
        Self::new()
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
        self.items
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.length)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// These and one more; unchanged if there is no room.
    #[must_use]
    pub fn with(mut self, transport: Transport) -> Self {
        if let Some(place) = self.items.get_mut(usize::from(self.length)) {
            *place = transport;
            self.length += 1;
            self.sort();
        }
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
        if let Some(items) = self.items.get_mut(..length) {
            items.sort_unstable();
        }
    }
}

/// What can be wrong with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An event was dispatched on a closed connection, or by closing it.
    EventAfterClose,
    /// A handler called `close()`, and another event of the same task was dispatched.
    EventAfterHandlerCloses,
    /// A value changed without its event, or an event came without a change.
    EventNotOnChange,
    /// Events of one change came in another order than the specification's.
    EventOrder,
    /// Inside a handler an attribute did not have its new value.
    AttributesNotCurrent,
    /// In the handler of a transport's `statechange` an attribute did not have its new value.
    StateChangeNotCurrent,
    /// A transport took a step forward, and a value went back.
    StepBack,
}

/// The set of what was wrong with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Faults(u8);

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
