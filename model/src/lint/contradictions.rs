//! The pairs of `connectionState` and `iceConnectionState` that tell different stories.

use crate::states::{IceConnectionState, PeerConnectionState};

/// The pairs of values that contradict each other, each with the reason.
///
/// Left out are pairs that look odd and are not: failed with any ICE value but closed (DTLS has
/// failed), connecting with new, connected or completed (DTLS is on its way).
pub const CONTRADICTIONS: &[(PeerConnectionState, &[IceConnectionState], &str)] = &[
    (
        PeerConnectionState::New,
        &[
            IceConnectionState::Checking,
            IceConnectionState::Connected,
            IceConnectionState::Completed,
            IceConnectionState::Disconnected,
            IceConnectionState::Failed,
        ],
        "new says that nothing has begun, and ICE has",
    ),
    (
        PeerConnectionState::New,
        &[IceConnectionState::Closed],
        "closed is of the whole connection",
    ),
    (
        PeerConnectionState::Connecting,
        &[IceConnectionState::Disconnected, IceConnectionState::Failed],
        "connecting says that it is on its way, and ICE has lost its way",
    ),
    (
        PeerConnectionState::Connecting,
        &[IceConnectionState::Closed],
        "closed is of the whole connection",
    ),
    (
        PeerConnectionState::Connected,
        &[
            IceConnectionState::New,
            IceConnectionState::Checking,
            IceConnectionState::Disconnected,
            IceConnectionState::Failed,
            IceConnectionState::Closed,
        ],
        "connected needs every ICE transport in use to have a working pair",
    ),
    (
        PeerConnectionState::Disconnected,
        &[
            IceConnectionState::New,
            IceConnectionState::Checking,
            IceConnectionState::Connected,
            IceConnectionState::Completed,
            IceConnectionState::Failed,
            IceConnectionState::Closed,
        ],
        "disconnected is about ICE, and ICE is in another state",
    ),
    (
        PeerConnectionState::Failed,
        &[IceConnectionState::Closed],
        "closed is of the whole connection",
    ),
    (
        PeerConnectionState::Closed,
        &[
            IceConnectionState::New,
            IceConnectionState::Checking,
            IceConnectionState::Connected,
            IceConnectionState::Completed,
            IceConnectionState::Disconnected,
            IceConnectionState::Failed,
        ],
        "closed is of the whole connection",
    ),
];

/// Why two values contradict each other, if they do.
#[must_use]
pub fn is_contradictory(
    connection: PeerConnectionState,
    ice: IceConnectionState,
) -> Option<&'static str> {
    CONTRADICTIONS
        .iter()
        .find(|(value, others, _)| *value == connection && others.contains(&ice))
        .map(|(.., reason)| *reason)
}
