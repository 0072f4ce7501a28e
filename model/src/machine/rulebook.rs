//! The algorithms of W3C that update the values and fire the events, run by an edition's definitions.

use super::algorithms::Algorithms;
use super::connection::{Connection, Fault, Faults};
use super::steps::{Change, Step, dtls_steps, ice_steps};
use crate::editions::{Edition, Facts};
use crate::space::{DTLS_SETS, ICE_SETS};
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
    StateEnum, goes_back,
};
use crate::transports::Transport;

/// An event that was fired, and what the attributes read in its handlers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fired {
    /// Which event.
    pub event: Event,
    /// What `connectionState` read.
    pub connection_state: PeerConnectionState,
    /// What `iceConnectionState` read.
    pub ice_connection_state: IceConnectionState,
}

/// The events of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// `statechange` on a transport.
    StateChange,
    /// `iceconnectionstatechange`.
    IceConnectionStateChange,
    /// `connectionstatechange`.
    ConnectionStateChange,
}

impl Event {
    /// The type of the event.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StateChange => "statechange",
            Self::IceConnectionStateChange => "iceconnectionstatechange",
            Self::ConnectionStateChange => "connectionstatechange",
        }
    }
}

/// The definitions of an edition as tables, and its algorithms.
#[derive(Debug, Clone)]
pub struct Rulebook {
    /// The edition's id.
    pub edition: String,
    /// How it updates.
    pub algorithms: Algorithms,
    ice: Vec<StateSet<IceConnectionState>>,
    connection: Vec<StateSet<PeerConnectionState>>,
}

impl Rulebook {
    /// The rulebook of an edition; `None` where it does not define both enums and an algorithm.
    #[must_use]
    pub fn of(edition: &Edition) -> Option<Self> {
        let algorithms = Algorithms::of(&edition.dynamics)?;
        let connection = edition.connection_state.as_ref()?.default_reading();
        let ice = edition.ice_connection_state.as_ref()?.default_reading();
        let facts = |ice, dtls, slot| Facts {
            closed: false,
            ice,
            dtls,
            ice_connection_state: StateSet::only(slot),
        };
        let first = IceConnectionState::New;
        let ice_table = StateSet::<Ice>::all()
            .map(|states| {
                // DTLS states do not matter here, but there are as many transports.
                let dtls = if states.is_empty() {
                    StateSet::empty()
                } else {
                    StateSet::only(Dtls::New)
                };
                ice.holding(&facts(states, dtls, first))
            })
            .collect();
        let mut connection_table = Vec::new();
        for &slot in IceConnectionState::ALL {
            for ice_states in StateSet::<Ice>::all() {
                for dtls_states in StateSet::<Dtls>::all() {
                    connection_table.push(connection.holding(&facts(
                        ice_states,
                        dtls_states,
                        slot,
                    )));
                }
            }
        }
        Some(Self {
            edition: edition.id.clone(),
            algorithms,
            ice: ice_table,
            connection: connection_table,
        })
    }

    /// The values that hold for `RTCIceConnectionState`.
    #[must_use]
    pub fn ice_connection_state(&self, transports: &[Transport]) -> StateSet<IceConnectionState> {
        let states: StateSet<Ice> = transports.iter().map(|transport| transport.ice).collect();
        self.ice.get(states.number()).copied().unwrap_or_default()
    }

    /// The values that hold for `RTCPeerConnectionState`, given the ICE connection state.
    #[must_use]
    pub fn connection_state(
        &self,
        transports: &[Transport],
        ice: IceConnectionState,
    ) -> StateSet<PeerConnectionState> {
        let states: StateSet<Ice> = transports.iter().map(|transport| transport.ice).collect();
        let dtls: StateSet<Dtls> = transports.iter().map(|transport| transport.dtls).collect();
        let place = (ice.index() * ICE_SETS + states.number()) * DTLS_SETS + dtls.number();
        self.connection.get(place).copied().unwrap_or_default()
    }

    /// Takes a step, and appends the events it fires.
    #[must_use]
    pub fn take(&self, before: &Connection, step: Step, fired: &mut Vec<Fired>) -> Connection {
        let mut after = *before;
        after.faults = Faults::none();
        match step {
            Step::Change(change) => self.change(&mut after, change, fired),
            Step::ChangeAndClose(change) => {
                self.change(&mut after, change, fired);
                self.close_in_handler(&mut after, fired);
                return after;
            }
            Step::UpdateIceConnectionState => {
                after.ice_update_queued = false;
                if !(after.closed && self.algorithms.ice_aborts_when_closed) {
                    let changed = self.derive_ice(&mut after);
                    after.stale = false;
                    if changed {
                        fire(&after, Event::IceConnectionStateChange, fired);
                    }
                    after.update_queued = true;
                }
            }
            Step::UpdateConnectionState => {
                after.update_queued = false;
                if !(after.closed && self.algorithms.update_aborts_when_closed) {
                    let changed = self.derive_connection(&mut after);
                    if changed {
                        fire(&after, Event::ConnectionStateChange, fired);
                    }
                }
            }
            Step::Close => self.close(&mut after),
            Step::LeftoverIce => {
                after.leftover_ice = false;
                if !self.algorithms.ice_aborts_when_closed {
                    self.ice_changed(&mut after, fired);
                }
            }
            Step::LeftoverDtls => {
                after.leftover_dtls = false;
                if !self.algorithms.dtls_aborts_when_closed {
                    self.dtls_changed(&mut after, fired);
                }
            }
        }
        self.judge(before, step, &mut after, fired);
        after
    }

    /// Whether a change fires several events in its task, so that the handler of one comes before
    /// another. They are left in `fired`, which holds nothing else afterwards: every change of every
    /// state is asked about, and the room is used again.
    #[must_use]
    pub fn fires_several(
        &self,
        before: &Connection,
        change: Change,
        fired: &mut Vec<Fired>,
    ) -> bool {
        let mut after = *before;
        fired.clear();
        self.change(&mut after, change, fired);
        fired.len() > 1
    }

    /// The task of a change of the transports.
    fn change(&self, after: &mut Connection, change: Change, fired: &mut Vec<Fired>) {
        match change {
            Change::Create => {
                after.transports = after.transports.with(Transport::NEW);
                self.set_changed(after, fired);
            }
            Change::Discard { transport } => {
                if let Some(place) = place_of(after, transport) {
                    after.transports = after.transports.without(place);
                }
                self.set_changed(after, fired);
            }
            Change::Ice { transport, to, .. } => {
                let changed = Transport {
                    ice: to,
                    ..transport
                };
                replace(after, transport, changed);
                self.ice_changed(after, fired);
            }
            Change::CloseTransport { transport } => {
                let closed = Transport::new(Ice::Closed, Dtls::Closed);
                replace(after, transport, closed);
                self.ice_changed(after, fired);
            }
            Change::Dtls { transport, to } => {
                let changed = Transport {
                    dtls: to,
                    ..transport
                };
                replace(after, transport, changed);
                self.dtls_changed(after, fired);
            }
        }
    }

    /// The handler of the first of these events calls `close()`; the others, whose turn comes
    /// then, are fired on a closed connection, unless the steps abort. Whatever else is wrong with
    /// the change is judged without `close()`.
    fn close_in_handler(&self, after: &mut Connection, fired: &mut Vec<Fired>) {
        self.close(after);
        // What is queued for a closed connection is judged with a close() of its own.
        after.leftover_ice = false;
        after.leftover_dtls = false;
        if self.algorithms.events_abort_when_closed {
            fired.truncate(1);
        }
        for late in fired.iter_mut().skip(1) {
            late.connection_state = after.connection_state;
            late.ice_connection_state = after.ice_connection_state;
            after.faults.add(Fault::EventAfterHandlerCloses);
        }
    }

    /// "Change the selected candidate pair and state", or its older forms.
    fn ice_changed(&self, after: &mut Connection, fired: &mut Vec<Fired>) {
        if !self.algorithms.one_task {
            fire(after, Event::StateChange, fired);
            after.ice_update_queued = true;
            return;
        }
        self.change_in_one_task(after, fired);
    }

    /// What follows a change of a DTLS transport.
    fn dtls_changed(&self, after: &mut Connection, fired: &mut Vec<Fired>) {
        if self.algorithms.dtls_in_one_task {
            self.change_in_one_task(after, fired);
        } else {
            fire(after, Event::StateChange, fired);
            after.update_queued = true;
        }
    }

    /// Sets the slots before the first event, which is that of the transport.
    fn change_in_one_task(&self, after: &mut Connection, fired: &mut Vec<Fired>) {
        let place = fired.len();
        self.update_all(after, fired);
        let statechange = Fired {
            event: Event::StateChange,
            connection_state: after.connection_state,
            ice_connection_state: after.ice_connection_state,
        };
        fired.insert(place, statechange);
    }

    fn set_changed(&self, after: &mut Connection, fired: &mut Vec<Fired>) {
        if !self.algorithms.set_change_updates {
            after.stale = true;
            return;
        }
        self.update_all(after, fired);
    }

    /// Sets both slots, and only then fires.
    fn update_all(&self, after: &mut Connection, fired: &mut Vec<Fired>) {
        let ice = self.derive_ice(after);
        let connection = self.derive_connection(after);
        after.stale = false;
        if ice {
            fire(after, Event::IceConnectionStateChange, fired);
        }
        if connection {
            fire(after, Event::ConnectionStateChange, fired);
        }
    }

    fn close(&self, after: &mut Connection) {
        after.closed = true;
        // What a transport could do next may be queued already.
        let mut transports = after.transports.as_slice().iter();
        after.leftover_ice = transports.clone().any(|t| !ice_steps(t.ice).is_empty());
        after.leftover_dtls = transports.any(|t| !dtls_steps(*t).is_empty());
        after.transports = after
            .transports
            .map(|_| Transport::new(Ice::Closed, Dtls::Closed));
        if self.algorithms.close_sets_ice_connection_state {
            after.ice_connection_state = IceConnectionState::Closed;
        }
        if self.algorithms.close_sets_connection_state {
            after.connection_state = PeerConnectionState::Closed;
        }
        after.update_queued |= self.algorithms.close_queues_update;
        after.stale = false;
    }

    /// Sets the slot to the value that holds; where none or several hold, the text does not say
    /// what to set, and the slot stays.
    fn derive_ice(&self, after: &mut Connection) -> bool {
        let holding = if after.closed {
            StateSet::only(IceConnectionState::Closed)
        } else {
            self.ice_connection_state(after.transports.as_slice())
        };
        let value = holding.single().unwrap_or(after.ice_connection_state);
        let changed = value != after.ice_connection_state;
        after.ice_connection_state = value;
        changed
    }

    fn derive_connection(&self, after: &mut Connection) -> bool {
        let holding = if after.closed {
            StateSet::only(PeerConnectionState::Closed)
        } else {
            self.connection_state(after.transports.as_slice(), after.ice_connection_state)
        };
        let value = holding.single().unwrap_or(after.connection_state);
        let changed = value != after.connection_state;
        after.connection_state = value;
        changed
    }

    /// Notes what is wrong with the step just taken, by the rules of the specification and not of
    /// the edition's algorithms.
    fn judge(&self, before: &Connection, step: Step, after: &mut Connection, fired: &[Fired]) {
        let mut faults = Faults::none();
        if after.closed && !fired.is_empty() {
            faults.add(Fault::EventAfterClose);
        }
        let count = |event| fired.iter().filter(|fired| fired.event == event).count();
        let told = |event, changed: bool| count(event) == usize::from(changed);
        let ice = before.ice_connection_state != after.ice_connection_state;
        let connection = before.connection_state != after.connection_state;
        // close() changes the values and fires nothing; that is required.
        let silent = step == Step::Close;
        let all_told = told(Event::IceConnectionStateChange, ice)
            && told(Event::ConnectionStateChange, connection);
        if !silent && !all_told {
            faults.add(Fault::EventNotOnChange);
        }
        if !fired.windows(2).all(|pair| pair[0].event < pair[1].event) {
            faults.add(Fault::EventOrder);
        }
        for fired in fired.iter().filter(|fired| self.is_stale(after, **fired)) {
            faults.add(match fired.event {
                Event::StateChange => Fault::StateChangeNotCurrent,
                _ => Fault::AttributesNotCurrent,
            });
        }
        let settled = before.is_settled() && !before.stale;
        let back = goes_back(before.connection_state, after.connection_state)
            || goes_back(before.ice_connection_state, after.ice_connection_state);
        if settled && step.is_forward_ice() && after.is_settled() && back {
            faults.add(Fault::StepBack);
        }
        after.faults = faults;
    }

    /// Whether a handler saw a value that is not that of the transports at that moment.
    fn is_stale(&self, after: &Connection, fired: Fired) -> bool {
        if after.closed {
            return false;
        }
        let transports = after.transports.as_slice();
        let ice = self.ice_connection_state(transports);
        let connection = ice
            .single()
            .map(|ice| self.connection_state(transports, ice));
        let wrong_ice = !ice.is_empty() && !ice.contains(fired.ice_connection_state);
        let wrong_connection = connection.is_some_and(|holding| {
            !holding.is_empty() && !holding.contains(fired.connection_state)
        });
        wrong_ice || wrong_connection
    }
}

fn place_of(connection: &Connection, transport: Transport) -> Option<usize> {
    connection
        .transports
        .as_slice()
        .iter()
        .position(|other| *other == transport)
}

fn replace(connection: &mut Connection, from: Transport, to: Transport) {
    if let Some(place) = place_of(connection, from) {
        connection.transports = connection.transports.replacing(place, to);
    }
}

fn fire(connection: &Connection, event: Event, fired: &mut Vec<Fired>) {
    fired.push(Fired {
        event,
        connection_state: connection.connection_state,
        ice_connection_state: connection.ice_connection_state,
    });
}
