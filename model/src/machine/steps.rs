//! The steps that a connection may take.

use std::fmt;

use super::connection::Connection;
use crate::states::{DtlsTransportState as Dtls, IceTransportState as Ice};
use crate::transports::Transport;

/// A change of the transports, in a task of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// A description makes a transport (`setLocalDescription`, WebRTC 1.0 section 4.4.1.5).
    Create,
    /// A description discards a transport: BUNDLE, a rejected section, a rollback.
    Discard {
        /// Which.
        transport: Transport,
    },
    /// The task of an ICE change runs ("change the selected candidate pair and state").
    Ice {
        /// Which transport.
        transport: Transport,
        /// To which state.
        to: Ice,
        /// Whether the application restarted ICE.
        restart: bool,
    },
    /// The task of a DTLS change runs.
    Dtls {
        /// Which transport.
        transport: Transport,
        /// To which state.
        to: Dtls,
    },
    /// A transport is closed where it is, as a stopped transceiver's is.
    CloseTransport {
        /// Which.
        transport: Transport,
    },
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The transports change.
    Change(Change),
    /// The transports change, and the handler of the first event of it calls `close()`, which is
    /// the one method that changes a value before it returns.
    ChangeAndClose(Change),
    /// The queued task runs that updates the ICE connection state.
    UpdateIceConnectionState,
    /// The queued task runs that updates the connection state.
    UpdateConnectionState,
    /// The application calls `close()`.
    Close,
    /// The task of an ICE change that was queued before `close()` runs after it.
    LeftoverIce,
    /// The task of a DTLS change that was queued before `close()` runs after it.
    LeftoverDtls,
}

/// The ICE steps of a transport in a state: the new state, and whether it takes an ICE restart.
///
/// WebRTC 1.0, `RTCIceTransportState`, its descriptions and example transitions: a transport checks
/// before it has a usable pair, may find that checking has ended with the first one
/// (w3c/webrtc-pc#2316), and fails when every pair has failed, at once if there were none. Checks
/// that all fail while candidates may still come leave it disconnected, and new candidates take it
/// back to checking. Consent that is lost (RFC 7675) takes connected to checking where pairs are
/// left, to disconnected where candidates may come, and completed to failed. A restart takes
/// completed back to connected, and disconnected and failed to checking (RFC 8445, section 2.4).
#[must_use]
pub const fn ice_steps(state: Ice) -> &'static [(Ice, bool)] {
    match state {
        Ice::New => &[(Ice::Checking, false), (Ice::Failed, false)],
        Ice::Checking => &[
            (Ice::Connected, false),
            (Ice::Completed, false),
            (Ice::Disconnected, false),
            (Ice::Failed, false),
        ],
        Ice::Connected => &[
            (Ice::Completed, false),
            (Ice::Checking, false),
            (Ice::Disconnected, false),
        ],
        Ice::Completed => &[
            (Ice::Disconnected, false),
            (Ice::Failed, false),
            (Ice::Connected, true),
        ],
        Ice::Disconnected => &[
            (Ice::Connected, false),
            (Ice::Completed, false),
            (Ice::Checking, false),
            (Ice::Failed, false),
        ],
        Ice::Failed => &[(Ice::Checking, true)],
        Ice::Closed => &[],
    }
}

/// The DTLS steps of a transport.
///
/// WebRTC 1.0, `RTCDtlsTransportState`: the handshake begins once ICE has a usable pair (RFC 8842,
/// section 5), ends verified or failed, and a finished association is closed by a `close_notify`
/// alert or failed by any other.
#[must_use]
pub const fn dtls_steps(transport: Transport) -> &'static [Dtls] {
    match (transport.dtls, transport.ice) {
        (Dtls::New, Ice::Connected | Ice::Completed) => &[Dtls::Connecting],
        (Dtls::Connecting, Ice::Connected | Ice::Completed) => &[Dtls::Connected, Dtls::Failed],
        (Dtls::Connected, _) => &[Dtls::Closed, Dtls::Failed],
        _ => &[],
    }
}

impl Step {
    /// Whether a step belongs to a network that works: no check fails and nobody hangs up.
    #[must_use]
    pub const fn is_of_a_working_network(self) -> bool {
        match self {
            Self::Change(Change::Ice { transport, to, .. }) => {
                !matches!(to, Ice::Disconnected | Ice::Failed)
                    && !matches!((transport.ice, to), (Ice::Connected, Ice::Checking))
            }
            Self::Change(Change::Dtls { to, .. }) => {
                matches!(to, Dtls::Connecting | Dtls::Connected)
            }
            Self::Change(Change::CloseTransport { .. }) | Self::ChangeAndClose(_) | Self::Close => {
                false
            }
            _ => true,
        }
    }

    /// Whether a transport takes a step forward: ICE from new over checking and connected to
    /// completed, without a restart.
    #[must_use]
    pub const fn is_forward_ice(self) -> bool {
        let Self::Change(Change::Ice {
            transport,
            to,
            restart: false,
        }) = self
        else {
            return false;
        };
        matches!(
            (transport.ice, to),
            (Ice::New, Ice::Checking)
                | (Ice::Checking, Ice::Connected | Ice::Completed)
                | (Ice::Connected, Ice::Completed)
        )
    }
}

/// Every change that the transports of a connection may take, with room for `most` transports.
pub fn changes(connection: &Connection, most: usize, changes: &mut Vec<Change>) {
    if connection.closed {
        return;
    }
    if connection.transports.len() < most {
        changes.push(Change::Create);
    }
    let mut last = None;
    for &transport in connection.transports.as_slice() {
        // Equal transports stand side by side, and their steps lead to the same states.
        if last == Some(transport) {
            continue;
        }
        last = Some(transport);
        changes.push(Change::Discard { transport });
        for &(to, restart) in ice_steps(transport.ice) {
            changes.push(Change::Ice {
                transport,
                to,
                restart,
            });
        }
        let dtls = dtls_steps(transport).iter();
        changes.extend(dtls.map(|&to| Change::Dtls { transport, to }));
        if transport.ice != Ice::Closed {
            changes.push(Change::CloseTransport { transport });
        }
    }
}

/// Every other step that a connection may take.
pub fn tasks(connection: &Connection, steps: &mut Vec<Step>) {
    let tasks = [
        (!connection.closed, Step::Close),
        (connection.leftover_ice, Step::LeftoverIce),
        (connection.leftover_dtls, Step::LeftoverDtls),
        (connection.ice_update_queued, Step::UpdateIceConnectionState),
        (connection.update_queued, Step::UpdateConnectionState),
    ];
    steps.extend(tasks.iter().filter(|(may, _)| *may).map(|(_, step)| *step));
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("a transport is made"),
            Self::Discard { transport } => write!(f, "{transport} is discarded"),
            Self::Ice {
                transport,
                to,
                restart: false,
            } => {
                write!(f, "{transport}: ICE becomes {to}")
            }
            Self::Ice {
                transport,
                to,
                restart: true,
            } => {
                write!(f, "{transport}: ICE restarts, becomes {to}")
            }
            Self::Dtls { transport, to } => write!(f, "{transport}: DTLS becomes {to}"),
            Self::CloseTransport { transport } => write!(f, "{transport} is stopped"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(change) => change.fmt(f),
            Self::ChangeAndClose(change) => {
                write!(f, "{change}, the first handler calls close()")
            }
            Self::UpdateIceConnectionState => f.write_str("task: update iceConnectionState"),
            Self::UpdateConnectionState => f.write_str("task: update connectionState"),
            Self::Close => f.write_str("close()"),
            Self::LeftoverIce => f.write_str("task: an ICE change queued before close()"),
            Self::LeftoverDtls => f.write_str("task: a DTLS change queued before close()"),
        }
    }
}
