//! One step, and the change of the transports that most of them are.

use std::fmt;

use super::connection::{QueuedChange, Update};
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
        /// A change of it that is queued, and will find it gone.
        queued: Option<QueuedChange>,
    },
    /// The task of a change of an ICE transport's state runs.
    Ice {
        /// Which transport.
        transport: Transport,
        /// To which state.
        to: Ice,
        /// Whether the application restarted ICE.
        restart: bool,
    },
    /// The task of a change of the selected pair alone runs.
    Pair {
        /// Which transport.
        transport: Transport,
    },
    /// The task of a change of a DTLS transport's state runs; to failed, it is that of an error.
    Dtls {
        /// Which transport.
        transport: Transport,
        /// To which state.
        to: Dtls,
    },
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The transports change.
    Change(Change),
    /// The transports change, and the handler of one of the events calls `close()`, which is the one
    /// method that changes a value before it returns.
    ChangeAndClose {
        /// How they change.
        change: Change,
        /// Which event, from 1.
        event: u8,
    },
    /// The first queued task runs, which updates a value.
    Update(Update),
    /// The application calls `close()`.
    Close {
        /// A change of a transport that is queued, and will find it closed.
        queued: Option<QueuedChange>,
    },
    /// A change runs that was queued for a transport before it was closed or discarded.
    QueuedChange(QueuedChange),
}

/// Whether a transport has a pair that packets are sent on.
#[must_use]
pub const fn is_usable(state: Ice) -> bool {
    matches!(state, Ice::Connected | Ice::Completed)
}

impl Change {
    /// Whether the selected pair changes: with the state where a pair becomes usable or a restart
    /// finds one, or alone.
    #[must_use]
    pub const fn selects_a_pair(self) -> bool {
        match self {
            Self::Ice { transport, to, .. } => is_usable(to) && !is_usable(transport.ice),
            Self::Pair { .. } => true,
            _ => false,
        }
    }

    /// The transport whose change this is, and the change as its task has it; `None` where a
    /// transport comes or goes.
    #[must_use]
    pub const fn of_transport(self) -> Option<(Transport, QueuedChange)> {
        match self {
            Self::Create | Self::Discard { .. } => None,
            Self::Ice { transport, to, .. } => Some((transport, QueuedChange::Ice(to))),
            Self::Pair { transport } => Some((transport, QueuedChange::Pair)),
            Self::Dtls { transport, to } => Some((transport, QueuedChange::Dtls(to))),
        }
    }

    /// The transport whose change this is, as it is and as it becomes.
    #[must_use]
    pub fn from_to(self) -> Option<(Transport, Transport)> {
        let (transport, change) = self.of_transport()?;
        Some((transport, change.applied_to(transport)))
    }

    /// Whether the state of a transport changes.
    #[must_use]
    pub fn changes_a_state(self) -> bool {
        self.from_to().is_some_and(|(from, to)| from != to)
    }
}

impl Step {
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

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("a transport is made"),
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
                write!(f, "{transport}: DTLS begins anew, becomes {to}")
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
