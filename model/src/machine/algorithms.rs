//! How an edition updates the values and fires the events: what its text says, as the machine needs
//! it.

use crate::editions::{Dynamics, IsClosedAbort, SetOnClose, Tasks, Trigger, UpdateSteps};

/// How an edition updates values: the part of its [`Dynamics`] that the machine executes.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one sentence of a text"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithms {
    /// An ICE change updates every slot and fires every event in one task; otherwise each update
    /// queues another task.
    pub one_task: bool,
    /// The same for a DTLS change; otherwise its task fires `statechange` and queues an update.
    pub dtls_in_one_task: bool,
    /// The steps of an ICE change abort if `[[IsClosed]]` is true.
    pub ice_aborts_when_closed: bool,
    /// The task of a DTLS change, which fires `statechange`, aborts if `[[IsClosed]]` is true.
    pub dtls_aborts_when_closed: bool,
    /// The steps that update the connection state abort if `[[IsClosed]]` is true.
    pub update_aborts_when_closed: bool,
    /// A task fires no more events once a handler of one of its events has called `close()`.
    pub events_abort_when_closed: bool,
    /// `close()` sets `[[ConnectionState]]` at once.
    pub close_sets_connection_state: bool,
    /// `close()` sets `[[IceConnectionState]]` at once.
    pub close_sets_ice_connection_state: bool,
    /// `[[IsClosed]]` becoming true queues an update of the connection state.
    pub close_queues_update: bool,
    /// A DTLS error has separate steps, which fire `error`. They were added on 2020-01-23, by the
    /// text that introduced one task for an ICE change.
    pub dtls_errors: bool,
    /// Creating or discarding a transport updates the values.
    pub set_change_updates: bool,
}

impl Algorithms {
    /// Returns the algorithms of an edition; `None` if it does not have them for both values.
    #[must_use]
    pub fn of(dynamics: &Dynamics) -> Option<Self> {
        match dynamics.update_steps.is {
            UpdateSteps::Both => {}
            UpdateSteps::Neither | UpdateSteps::IceConnectionState | UpdateSteps::Unspecified => {
                return None;
            }
        }
        let dtls_in_one_task = in_one_task(dynamics.dtls_change.is);
        let update_aborts_when_closed = aborts(dynamics.dtls_path_isclosed_abort.is);
        let one_task = in_one_task(dynamics.ice_change.is);
        Some(Self {
            one_task,
            dtls_errors: one_task,
            dtls_in_one_task,
            ice_aborts_when_closed: aborts(dynamics.ice_path_isclosed_abort.is),
            dtls_aborts_when_closed: match dynamics.dtls_transport_isclosed_abort.is {
                IsClosedAbort::Aborts => true,
                IsClosedAbort::GoesOn => false,
                // One task has one check; otherwise the update has a separate check.
                IsClosedAbort::Unspecified => dtls_in_one_task && update_aborts_when_closed,
            },
            update_aborts_when_closed,
            events_abort_when_closed: aborts(dynamics.event_isclosed_abort.is),
            close_sets_connection_state: at_once(dynamics.connection_state_on_close.is),
            close_sets_ice_connection_state: at_once(dynamics.ice_connection_state_on_close.is),
            close_queues_update: dynamics.is_triggered_by(Trigger::IsClosedTrue),
            set_change_updates: dynamics.is_triggered_by(Trigger::TransportSetChange),
        })
    }
}

/// Returns whether one task does everything. If a text does not say, each update queues a task, as
/// each of them is written.
const fn in_one_task(tasks: Tasks) -> bool {
    match tasks {
        Tasks::OneTask => true,
        Tasks::TaskEach | Tasks::Unspecified => false,
    }
}

/// Returns whether steps abort on a closed connection: only if they say so.
const fn aborts(abort: IsClosedAbort) -> bool {
    match abort {
        IsClosedAbort::Aborts => true,
        IsClosedAbort::GoesOn | IsClosedAbort::Unspecified => false,
    }
}

/// Returns whether `close()` itself sets a value. If it queues a task for that, the task is one of
/// the triggers.
const fn at_once(set: SetOnClose) -> bool {
    match set {
        SetOnClose::AtOnce => true,
        SetOnClose::InQueuedTask | SetOnClose::NeverByTheSteps | SetOnClose::Unspecified => false,
    }
}
