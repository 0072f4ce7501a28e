//! A step, and the change of the transports that most steps consist of.

use std::fmt;

use super::connection::{QueuedChange, Update};
use crate::states::{DtlsTransportState as Dtls, IceTransportState as Ice};
use crate::transports::Transport;

/// A change of the transports, which runs in its own task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// A description creates a transport (`setLocalDescription`, WebRTC 1.0 section 4.4.1.5).
    Create,
    /// A description discards a transport: BUNDLE, a rejected section, a rollback.
    Discard {
        /// The transport.
        transport: Transport,
        /// A queued change of this transport, which will run after it is discarded.
        queued: Option<QueuedChange>,
    },
    /// The task of an ICE transport's state change runs.
    Ice {
        /// The transport.
        transport: Transport,
        /// Its new state.
        to: Ice,
        /// Whether the application restarted ICE.
        restart: bool,
    },
    /// The task runs for a change of the selected pair only.
    Pair {
        /// The transport.
        transport: Transport,
    },
    /// The task of a DTLS transport's state change runs; if the new state is failed, it is the task
    /// of an error.
    Dtls {
        /// The transport.
        transport: Transport,
        /// Its new state.
        to: Dtls,
    },
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The transports change.
    Change(Change),
    /// The transports change, and the handler of one of the events calls `close()`, the only method
    /// that changes a value before it returns.
    ChangeAndClose {
        /// The change.
        change: Change,
        /// The number of the event, from 1.
        event: u8,
    },
    /// The first queued task runs, and updates a value.
    Update(Update),
    /// The application calls `close()`.
    Close {
        /// A queued change of a transport, which will run after it is closed.
        queued: Option<QueuedChange>,
    },
    /// A change runs that was queued before its transport was closed or discarded.
    QueuedChange(QueuedChange),
}

/// Returns whether a transport has a pair on which it sends packets.
#[must_use]
pub const fn is_usable(state: Ice) -> bool {
    matches!(state, Ice::Connected | Ice::Completed)
}

impl Change {
    /// Returns whether the selected pair changes: together with the state, if a pair becomes usable
    /// or a restart finds one, or alone.
    #[must_use]
    pub const fn selects_a_pair(self) -> bool {
        match self {
            Self::Ice { transport, to, .. } => is_usable(to) && !is_usable(transport.ice),
            Self::Pair { .. } => true,
            _ => false,
        }
    }

    /// Returns the transport that changes, and the change as its task has it; `None` if a transport
    /// is created or discarded.
    #[must_use]
    pub const fn of_transport(self) -> Option<(Transport, QueuedChange)> {
        match self {
            Self::Create | Self::Discard { .. } => None,
            Self::Ice { transport, to, .. } => Some((transport, QueuedChange::Ice(to))),
            Self::Pair { transport } => Some((transport, QueuedChange::Pair)),
            Self::Dtls { transport, to } => Some((transport, QueuedChange::Dtls(to))),
        }
    }

    /// Returns the transport that changes, before and after the change.
    #[must_use]
    pub fn from_to(self) -> Option<(Transport, Transport)> {
        let (transport, change) = self.of_transport()?;
        Some((transport, change.applied_to(transport)))
    }

    /// Returns whether the state of a transport changes.
    #[must_use]
    pub fn changes_a_state(self) -> bool {
        self.from_to().is_some_and(|(from, to)| from != to)
    }
}

impl Step {
    /// Returns whether a transport takes a step forward: from new to checking, connected or
    /// completed in this order, without a restart.
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

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("a transport is created"),
            Self::Discard { transport, queued } => {
                write!(f, "{transport} is discarded")?;
                queued.map_or(Ok(()), |queued| write!(f, " while {queued} is queued"))
            }
            Self::Ice {
                transport,
                to,
                restart: false,
            } => write!(f, "{transport}: ICE becomes {to}"),
            Self::Ice {
                transport,
                to,
                restart: true,
            } => write!(f, "{transport}: ICE restarts, becomes {to}"),
            Self::Pair { transport } => write!(f, "{transport}: ICE selects another pair"),
            Self::Dtls {
                transport,
                to: to @ Dtls::Connecting,
            } if transport.dtls != Dtls::New => {
                write!(f, "{transport}: DTLS begins again, becomes {to}")
            }
            Self::Dtls { transport, to } => write!(f, "{transport}: DTLS becomes {to}"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(change) => change.fmt(f),
            Self::ChangeAndClose { change, event: 1 } => {
                write!(f, "{change}, the first handler calls close()")
            }
            Self::ChangeAndClose { change, event } => {
                write!(f, "{change}, the handler of event {event} calls close()")
            }
            Self::Update(Update::IceConnectionState) => {
                f.write_str("task: update iceConnectionState")
            }
            Self::Update(Update::ConnectionState) => f.write_str("task: update connectionState"),
            Self::Close { queued: None } => f.write_str("close()"),
            Self::Close {
                queued: Some(queued),
            } => write!(f, "close() while {queued} is queued"),
            Self::QueuedChange(queued) => write!(f, "task: {queued}"),
        }
    }
}
