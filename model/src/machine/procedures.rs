//! The steps of a text as instructions, in the order of the text.
//!
//! A W3C algorithm is a list of steps that a task runs from top to bottom. Here it is the same
//! list: [`Procedures::of`] writes the steps of an edition, and [`run`](super::run) executes them.
//! A text that swaps two steps, or leaves one out, gives a different list; the tests break the
//! algorithms in this way.

use super::algorithms::Algorithms;
use super::connection::QueuedChange;
use crate::states::{DtlsTransportState, IceConnectionState, PeerConnectionState};
use crate::words;

/// One step of an algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// "If connection.`[[IsClosed]]` is true, abort these steps."
    AbortIfClosed,
    /// "If the state of transport is already `failed`, abort these steps."
    AbortIfFailed,
    /// "If newState is equal to the slot, abort these steps", for the slot that was derived last.
    AbortIfUnchanged,
    /// "Set transport.`[[IceTransportState]]` to newState", and likewise for DTLS.
    SetTransportState,
    /// "Set connection.`[[IceConnectionState]]` to the value of deriving a new state value."
    DeriveIceConnectionState,
    /// "Set connection.`[[ConnectionState]]` to the value of deriving a new state value."
    DeriveConnectionState,
    /// "Update the ICE connection state", which queues a task.
    QueueIceConnectionStateUpdate,
    /// "Update the connection state", which queues a task.
    QueueConnectionStateUpdate,
    /// "Fire an event."
    Fire(Event),
    /// "If the value was changed in this task, fire an event."
    FireIfChanged(Event),
    /// "Set connection.`[[IsClosed]]` to true."
    SetIsClosed,
    /// "Set the state of each transport to `closed`."
    CloseTransports,
    /// "Set connection.`[[IceConnectionState]]` to `closed`."
    SetIceConnectionStateClosed,
    /// "Set connection.`[[ConnectionState]]` to `closed`."
    SetConnectionStateClosed,
}

words! {
    /// The events of the machine, in the order in which one task fires them.
    pub enum Event {
        /// `selectedcandidatepairchange` on an ICE transport.
        SelectedCandidatePairChange = "selectedcandidatepairchange",
        /// `error` on a DTLS transport.
        Error = "error",
        /// `statechange` on a transport.
        StateChange = "statechange",
        /// `iceconnectionstatechange`.
        IceConnectionStateChange = "iceconnectionstatechange",
        /// `connectionstatechange`.
        ConnectionStateChange = "connectionstatechange",
    }
}

/// An event that was fired, and the values that its handlers read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fired {
    /// The event.
    pub event: Event,
    /// The value of `connectionState`.
    pub connection_state: PeerConnectionState,
    /// The value of `iceConnectionState`.
    pub ice_connection_state: IceConnectionState,
    /// Whether the transport of this task had its new state.
    pub has_its_state: bool,
    /// Whether the handler of an earlier event of the same task had called `close()`.
    pub after_close: bool,
}

/// The events of one step in the order in which they were fired, without heap allocation: every
/// step of the search has some.
#[derive(Debug, Clone, Copy)]
pub(super) struct Events {
    count: usize,
    all: [Fired; Self::MOST],
}

impl Events {
    /// More than any list of steps fires.
    const MOST: usize = 16;

    /// Returns an empty list.
    pub(super) const fn none() -> Self {
        let unused = Fired {
            event: Event::StateChange,
            connection_state: PeerConnectionState::New,
            ice_connection_state: IceConnectionState::New,
            has_its_state: true,
            after_close: false,
        };
        Self {
            count: 0,
            all: [unused; Self::MOST],
        }
    }

    /// Adds the event that was fired last.
    pub(super) const fn push(&mut self, fired: Fired) {
        // Writing past the end would be a bug of the machine, and stops here.
        self.all[self.count] = fired;
        self.count += 1;
    }

    /// Returns the events.
    pub(super) fn as_slice(&self) -> &[Fired] {
        self.all.split_at(self.count).0
    }
}

/// The algorithms of an edition that set the values and fire the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedures {
    /// The task that is queued when the ICE agent indicates a change of a transport's state or
    /// selected pair ("change the selected candidate pair and state").
    pub ice_change: Vec<Instruction>,
    /// The task for a change of the selected pair, if it is a different task.
    pub pair_change: Vec<Instruction>,
    /// The task that is queued when the state of a DTLS transport changes without an error.
    pub dtls_change: Vec<Instruction>,
    /// The task that is queued for an error of a DTLS transport, if it is a different task.
    pub dtls_error: Vec<Instruction>,
    /// The steps that run when a transport is created or discarded.
    pub set_change: Vec<Instruction>,
    /// The task of "update the ICE connection state", if there is one.
    pub ice_update: Vec<Instruction>,
    /// The task of "update the connection state", if there is one.
    pub connection_update: Vec<Instruction>,
    /// `close()`.
    pub close: Vec<Instruction>,
}

impl Procedures {
    /// Returns the steps of a text.
    #[must_use]
    pub fn of(text: &Algorithms) -> Self {
        use Event::{Error, SelectedCandidatePairChange, StateChange};
        use Instruction as I;

        let abort = |aborts: bool| aborts.then_some(I::AbortIfClosed);
        // "fire …; abort if closed; fire …": the check is repeated before every event except the
        // first.
        let again = abort(text.events_abort_when_closed);
        let ice_update = [
            abort(text.ice_aborts_when_closed),
            Some(I::DeriveIceConnectionState),
            Some(I::AbortIfUnchanged),
            Some(I::Fire(Event::IceConnectionStateChange)),
        ];
        let connection_update = [
            abort(text.update_aborts_when_closed),
            Some(I::DeriveConnectionState),
            Some(I::AbortIfUnchanged),
            Some(I::Fire(Event::ConnectionStateChange)),
        ];
        let derive = [I::DeriveIceConnectionState, I::DeriveConnectionState].map(Some);
        let fire_ice = Some(I::FireIfChanged(Event::IceConnectionStateChange));
        let fire_connection = [again, Some(I::FireIfChanged(Event::ConnectionStateChange))];
        let ice_change = if text.one_task {
            let begin = [
                abort(text.ice_aborts_when_closed),
                Some(I::SetTransportState),
            ];
            let events = [
                Some(I::FireIfChanged(SelectedCandidatePairChange)),
                again,
                Some(I::FireIfChanged(StateChange)),
                again,
                fire_ice,
            ];
            [&begin[..], &derive, &events, &fire_connection].concat()
        } else {
            vec![
                abort(text.ice_aborts_when_closed),
                Some(I::SetTransportState),
                Some(I::Fire(StateChange)),
                Some(I::QueueIceConnectionStateUpdate),
                Some(I::QueueConnectionStateUpdate),
            ]
        };
        let pair_change = if text.one_task {
            Vec::new()
        } else {
            vec![
                abort(text.ice_aborts_when_closed),
                Some(I::Fire(SelectedCandidatePairChange)),
            ]
        };
        let set_change = if text.set_change_updates {
            [&derive[..], &[fire_ice], &fire_connection].concat()
        } else {
            Vec::new()
        };
        let close = [
            Some(I::SetIsClosed),
            Some(I::CloseTransports),
            text.close_sets_ice_connection_state
                .then_some(I::SetIceConnectionStateClosed),
            text.close_sets_connection_state
                .then_some(I::SetConnectionStateClosed),
            text.close_queues_update
                .then_some(I::QueueConnectionStateUpdate),
        ];
        let list = |steps: &[Option<I>]| steps.iter().copied().flatten().collect();
        Self {
            ice_change: list(&ice_change),
            pair_change: list(&pair_change),
            dtls_change: list(&dtls(text, None, &[])),
            dtls_error: if text.dtls_errors {
                let error = [Some(I::Fire(Error)), again];
                list(&dtls(text, Some(I::AbortIfFailed), &error))
            } else {
                Vec::new()
            },
            set_change: list(&set_change),
            ice_update: list(&ice_update),
            connection_update: list(&connection_update),
            close: list(&close),
        }
    }

    /// Returns the steps of the task of a change.
    #[must_use]
    pub fn of_queued(&self, change: QueuedChange) -> &[Instruction] {
        match change {
            QueuedChange::Pair if !self.pair_change.is_empty() => &self.pair_change,
            QueuedChange::Ice(_) | QueuedChange::Pair => &self.ice_change,
            QueuedChange::Dtls(DtlsTransportState::Failed) if !self.dtls_error.is_empty() => {
                &self.dtls_error
            }
            QueuedChange::Dtls(_) => &self.dtls_change,
        }
    }

    /// Returns whether the task of a change does nothing on a closed connection, because it checks
    /// first.
    #[must_use]
    pub fn aborts_when_closed(&self, change: QueuedChange) -> bool {
        self.of_queued(change).first() == Some(&Instruction::AbortIfClosed)
    }
}

/// Returns the steps for a DTLS transport, with those that an error adds.
fn dtls(
    text: &Algorithms,
    check: Option<Instruction>,
    error: &[Option<Instruction>],
) -> Vec<Option<Instruction>> {
    use Instruction as I;

    let abort = |aborts: bool| aborts.then_some(I::AbortIfClosed);
    let begin = [
        abort(text.dtls_aborts_when_closed),
        check,
        Some(I::SetTransportState),
        Some(if text.dtls_in_one_task {
            I::DeriveConnectionState
        } else {
            I::QueueConnectionStateUpdate
        }),
    ];
    let statechange = [Some(I::Fire(Event::StateChange))];
    let connection = [
        abort(text.events_abort_when_closed),
        Some(I::FireIfChanged(Event::ConnectionStateChange)),
    ];
    let connection = if text.dtls_in_one_task {
        &connection[..]
    } else {
        &[]
    };
    [&begin[..], error, &statechange, connection].concat()
}
