//! The pairs of `connectionState` and `iceConnectionState` that contradict each other.

use crate::editions::Facts;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};

/// Values of `iceConnectionState` that contradict a value of `connectionState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contradiction {
    /// The value of `connectionState`.
    pub connection: PeerConnectionState,
    /// The values of `iceConnectionState`.
    pub ice: &'static [IceConnectionState],
    /// When they do not contradict it, because an open question decides the value there.
    pub unless: Unless,
    /// Why they contradict each other.
    pub reason: &'static str,
}

/// When two values do not contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unless {
    /// Never: they always contradict each other.
    Never,
    /// If every ICE transport is closed: the policy `all-ice-transports-closed` decides.
    EveryIceTransportClosed,
    /// If a DTLS transport is closed: the policy `closed-dtls-transport` decides.
    SomeDtlsTransportClosed,
}

impl Unless {
    /// Returns whether the exception applies.
    #[must_use]
    pub fn holds(self, facts: Facts) -> bool {
        match self {
            Self::Never => false,
            Self::EveryIceTransportClosed => facts.ice == StateSet::only(Ice::Closed),
            Self::SomeDtlsTransportClosed => facts.dtls.contains(Dtls::Closed),
        }
    }

    /// Returns the exception in words; empty if there is none.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "",
            Self::EveryIceTransportClosed => "unless every ICE transport is closed",
            Self::SomeDtlsTransportClosed => "unless a DTLS transport is closed",
        }
    }
}

const WHOLE: &str = "closed is a state of the whole connection";
const ABOUT_ICE: &str = "disconnected is about ICE, and ICE is in another state";
const NEEDS_PAIRS: &str = "connected needs every ICE transport in use to have a working pair";

/// The pairs of values that contradict each other, each with the reason.
///
/// Some pairs look odd but are allowed: failed with any ICE value except closed (DTLS has failed),
/// and connecting with new, connected or completed (DTLS is still starting).
pub const CONTRADICTIONS: &[Contradiction] = &[
    Contradiction {
        connection: PeerConnectionState::New,
        ice: &[
            IceConnectionState::Checking,
            IceConnectionState::Connected,
            IceConnectionState::Completed,
            IceConnectionState::Disconnected,
            IceConnectionState::Failed,
        ],
        unless: Unless::Never,
        reason: "new means that nothing has begun, but ICE has",
    },
    Contradiction {
        connection: PeerConnectionState::New,
        ice: &[IceConnectionState::Closed],
        unless: Unless::Never,
        reason: WHOLE,
    },
    Contradiction {
        connection: PeerConnectionState::Connecting,
        ice: &[IceConnectionState::Disconnected, IceConnectionState::Failed],
        unless: Unless::Never,
        reason: "connecting means that the connection makes progress, but ICE has lost connectivity",
    },
    Contradiction {
        connection: PeerConnectionState::Connecting,
        ice: &[IceConnectionState::Closed],
        unless: Unless::Never,
        reason: WHOLE,
    },
    Contradiction {
        connection: PeerConnectionState::Connected,
        ice: &[IceConnectionState::New],
        unless: Unless::EveryIceTransportClosed,
        reason: NEEDS_PAIRS,
    },
    Contradiction {
        connection: PeerConnectionState::Connected,
        ice: &[
            IceConnectionState::Checking,
            IceConnectionState::Disconnected,
            IceConnectionState::Failed,
            IceConnectionState::Closed,
        ],
        unless: Unless::Never,
        reason: NEEDS_PAIRS,
    },
    Contradiction {
        connection: PeerConnectionState::Disconnected,
        ice: &[
            IceConnectionState::New,
            IceConnectionState::Checking,
            IceConnectionState::Connected,
            IceConnectionState::Completed,
        ],
        unless: Unless::SomeDtlsTransportClosed,
        reason: ABOUT_ICE,
    },
    Contradiction {
        connection: PeerConnectionState::Disconnected,
        ice: &[IceConnectionState::Failed, IceConnectionState::Closed],
        unless: Unless::Never,
        reason: ABOUT_ICE,
    },
    Contradiction {
        connection: PeerConnectionState::Failed,
        ice: &[IceConnectionState::Closed],
        unless: Unless::Never,
        reason: WHOLE,
    },
    Contradiction {
        connection: PeerConnectionState::Closed,
        ice: &[
            IceConnectionState::New,
            IceConnectionState::Checking,
            IceConnectionState::Connected,
            IceConnectionState::Completed,
            IceConnectionState::Disconnected,
            IceConnectionState::Failed,
        ],
        unless: Unless::Never,
        reason: WHOLE,
    },
];

/// Returns the contradiction between two values, if there is one.
#[must_use]
pub fn contradiction(
    connection: PeerConnectionState,
    ice: IceConnectionState,
) -> Option<&'static Contradiction> {
    CONTRADICTIONS
        .iter()
        .find(|pair| pair.connection == connection && pair.ice.contains(&ice))
}
