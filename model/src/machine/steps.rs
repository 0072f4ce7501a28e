//! The steps that a connection may take.

use std::fmt;

use super::connection::Connection;
use crate::states::{DtlsTransportState as Dtls, IceTransportState as Ice};
use crate::transports::Transport;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
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
/// WebRTC 1.0, `RTCIceTransportState`: a transport checks before it has a usable pair, may find
/// that checking has ended with the first one (w3c/webrtc-pc#2316), loses connectivity when
/// consent checks fail (RFC 7675), and fails when every pair has failed, at once if there were
/// none. A restart takes completed back to connected, and disconnected and failed to checking
/// (RFC 8445, section 2.4).
#[must_use]
pub const fn ice_steps(state: Ice) -> &'static [(Ice, bool)] {
    match state {
        Ice::New => &[(Ice::Checking, false), (Ice::Failed, false)],
        Ice::Checking => &[
            (Ice::Connected, false),
            (Ice::Completed, false),
            (Ice::Failed, false),
        ],
        Ice::Connected => &[(Ice::Completed, false), (Ice::Disconnected, false)],
        Ice::Completed => &[(Ice::Disconnected, false), (Ice::Connected, true)],
        Ice::Disconnected => &[
            (Ice::Connected, false),
            (Ice::Completed, false),
            (Ice::Failed, false),
            (Ice::Checking, true),
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
            Self::Ice { to, .. } => !matches!(to, Ice::Disconnected | Ice::Failed),
            Self::Dtls { to, .. } => matches!(to, Dtls::Connecting | Dtls::Connected),
            Self::CloseTransport { .. } | Self::Close => false,
            _ => true,
        }
    }

    /// Whether a transport takes a step forward: ICE from new over checking and connected to
    /// completed, without a restart.
    #[must_use]
    pub const fn is_forward_ice(self) -> bool {
        match self {
            Self::Ice {
                transport,
                to,
                restart,
            } => {
                !restart
                    && matches!(to, Ice::Checking | Ice::Connected | Ice::Completed)
                    && matches!(transport.ice, Ice::New | Ice::Checking | Ice::Connected)
            }
            _ => false,
        }
    }
}

/// Every step that a connection may take, with room for `most` transports.
pub fn enabled(connection: &Connection, most: usize, steps: &mut Vec<Step>) {
    if connection.closed {
        if connection.leftover_ice {
            steps.push(Step::LeftoverIce);
        }
        if connection.leftover_dtls {
            steps.push(Step::LeftoverDtls);
        }
    } else {
        steps.push(Step::Close);
        if connection.transports.len() < most {
            steps.push(Step::Create);
        }
        let mut last = None;
        for &transport in connection.transports.as_slice() {
            // Equal transports stand side by side, and their steps lead to the same states.
            if last == Some(transport) {
                continue;
            }
            last = Some(transport);
            steps.push(Step::Discard { transport });
            for &(to, restart) in ice_steps(transport.ice) {
                steps.push(Step::Ice {
                    transport,
                    to,
                    restart,
                });
            }
            steps.extend(
                dtls_steps(transport)
                    .iter()
                    .map(|&to| Step::Dtls { transport, to }),
            );
            if transport.ice != Ice::Closed {
                steps.push(Step::CloseTransport { transport });
            }
        }
    }
    if connection.ice_update_queued {
        steps.push(Step::UpdateIceConnectionState);
    }
    if connection.update_queued {
        steps.push(Step::UpdateConnectionState);
    }
}

impl fmt::Display for Step {
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
            Self::UpdateIceConnectionState => f.write_str("task: update iceConnectionState"),
            Self::UpdateConnectionState => f.write_str("task: update connectionState"),
            Self::Close => f.write_str("close()"),
            Self::LeftoverIce => f.write_str("task: an ICE change queued before close()"),
            Self::LeftoverDtls => f.write_str("task: a DTLS change queued before close()"),
        }
    }
}
