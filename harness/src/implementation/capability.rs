//! What a scenario may require of an implementation beyond the methods themselves.

use std::fmt;
use std::str::FromStr;

use peerstate_model::input::names::{self, Suggestion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! capabilities {
    ($( $(#[$doc:meta])* $variant:ident = $text:literal, )+) => {
        /// Something an implementation, or the way it is driven, may be unable to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize, JsonSchema)]
        pub enum Capability {
            $( $(#[$doc])* #[serde(rename = $text)] $variant, )+
        }

        impl Capability {
            /// Every capability, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// The word of the scenario format.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $text, )+
                }
            }
        }
    };
}

capabilities! {
    /// The network between the peers can be cut, delayed and made lossy.
    Network = "network",
    /// Descriptions can be altered in flight.
    Sdp = "sdp",
    /// Audio and video sections can be negotiated.
    Media = "media",
    /// A connection can have several transports.
    SeveralTransports = "several-transports",
    /// `restartIce()` is there.
    RestartIce = "restartIce",
    /// Descriptions can be rolled back.
    Rollback = "rollback",
    /// `setLocalDescription()` without an argument makes the description itself.
    Parameterless = "parameterless",
    /// Provisional answers can be made and applied.
    Pranswer = "pranswer",
    /// `setConfiguration()` is there.
    SetConfiguration = "setConfiguration",
    /// `getStats()` is there.
    GetStats = "getStats",
    /// A peer can be an ICE-lite agent.
    IceLite = "iceLite",
    /// A peer can have several addresses.
    Addresses = "addresses",
    /// The kind of a peer's certificate can be chosen.
    Certificate = "certificate",
    /// ICE servers are used where candidates are gathered.
    IceServers = "iceServers",
    /// Calls are refused with the exceptions that W3C names.
    Exceptions = "exceptions",
    /// `negotiationneeded` is dispatched.
    NegotiationNeeded = "negotiationneeded",
    /// `icecandidate` is dispatched.
    IceCandidate = "icecandidate",
}

/// A word that is no capability.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no capability `{found}`{suggestion} (known: {})",
    Capability::ALL.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(", ")
)]
pub struct UnknownCapability {
    /// What was read.
    pub found: String,
    /// The nearest known one.
    pub suggestion: Suggestion,
}

impl FromStr for Capability {
    type Err = UnknownCapability;

    fn from_str(text: &str) -> Result<Self, UnknownCapability> {
        Self::ALL
            .iter()
            .copied()
            .find(|c| c.as_str() == text)
            .ok_or_else(|| UnknownCapability {
                found: names::shorten(text),
                suggestion: names::nearest(text, Self::ALL.iter().map(|c| c.as_str())),
            })
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
