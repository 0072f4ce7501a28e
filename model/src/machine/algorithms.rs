//! How an edition updates the values and fires the events: what its text says, as the machine runs on
//! it.

use crate::editions::Dynamics;

/// How an edition updates values: its [`Dynamics`], as far as the machine runs on them.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one sentence of a text"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithms {
    /// An ICE change updates every slot and fires every event in one task; otherwise each update
    /// queues a task of its own.
    pub one_task: bool,
    /// A DTLS change does so too; otherwise it fires in its own task and queues an update.
    pub dtls_in_one_task: bool,
    /// The steps for an ICE change abort if `[[IsClosed]]`.
    pub ice_aborts_when_closed: bool,
    /// The task of a DTLS change, which fires `statechange`, aborts if `[[IsClosed]]`.
    pub dtls_aborts_when_closed: bool,
    /// The steps that update the connection state abort if `[[IsClosed]]`.
    pub update_aborts_when_closed: bool,
    /// No event is fired any more once a handler of an earlier event of the same task has called
    /// `close()`.
    pub events_abort_when_closed: bool,
    /// `close()` sets `[[ConnectionState]]` at once.
    pub close_sets_connection_state: bool,
    /// `close()` sets `[[IceConnectionState]]` at once.
    pub close_sets_ice_connection_state: bool,
    /// `[[IsClosed]]` becoming true queues an update of the connection state.
    pub close_queues_update: bool,
    /// Making or discarding a transport updates the values.
    pub set_change_updates: bool,
}

impl Algorithms {
    /// The algorithms of an edition; `None` where it has none.
    #[must_use]
    pub fn of(dynamics: &Dynamics) -> Option<Self> {
        if dynamics.derivation_algorithm.as_deref() != Some("yes") {
            return None;
        }
        let says = |text: &Option<String>, what: &str| {
            text.as_deref().is_some_and(|text| text.starts_with(what))
        };
        let triggered_by = |trigger: &str| {
            dynamics
                .rederive_triggers
                .iter()
                .any(|other| other == trigger)
        };
        let dtls_in_one_task = says(&dynamics.dtls_event_order, "one task");
        let update_aborts_when_closed = dynamics.dtls_path_isclosed_abort == Some(true);
        Some(Self {
            one_task: says(&dynamics.ice_event_order, "one task"),
            dtls_in_one_task,
            ice_aborts_when_closed: dynamics.ice_path_isclosed_abort == Some(true),
            // In one task there is one check; otherwise the update has its own.
            dtls_aborts_when_closed: dynamics
                .dtls_transport_isclosed_abort
                .unwrap_or(dtls_in_one_task && update_aborts_when_closed),
            update_aborts_when_closed,
            events_abort_when_closed: dynamics.event_isclosed_abort == Some(true),
            close_sets_connection_state: says(&dynamics.connection_state_on_close, "synchronous"),
            close_sets_ice_connection_state: says(&dynamics.ice_state_on_close, "synchronous"),
            close_queues_update: triggered_by("is_closed_true"),
            set_change_updates: triggered_by("transport_set_change"),
        })
    }
}
