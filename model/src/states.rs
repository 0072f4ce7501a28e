//! The state enums of W3C WebRTC 1.0, letter for letter.
//!
//! A Rust type has its W3C name without the `RTC` prefix; the text of a value is the W3C string.
//! Every enum has the same small interface: [`ALL`](PeerConnectionState::ALL) in the order of the
//! specification, [`as_str`](PeerConnectionState::as_str), [`Display`](fmt::Display), and
//! [`FromStr`], whose error names the nearest known value. Serde and the schema
//! use the W3C string.

use std::fmt;
use std::str::FromStr;

use serde_json::json;

use crate::input::fields::{self, ShapeError};
use crate::input::names::{self, Suggestion};
use crate::input::shape::Shape;
use crate::words;

/// A string that is not a value of the enum it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{enum_name} has no value `{found}`{suggestion} (it has {})", expected.join(", "))]
pub struct UnknownState {
    /// The W3C name of the enum, such as `RTCPeerConnectionState`.
    pub enum_name: &'static str,
    /// The string that was found.
    pub found: String,
    /// The nearest known value, if one is similar enough.
    pub suggestion: Suggestion,
    /// Every value of the enum, in the order of the specification.
    pub expected: Vec<&'static str>,
}

/// The common interface of the enums of this module, for generic code.
pub trait StateEnum: Copy + Ord + fmt::Display + 'static {
    /// The name of the enum in the W3C's WebIDL.
    const NAME: &'static str;
    /// Every value, in the order of the specification.
    const ALL: &'static [Self];
    /// Returns the W3C string of the value.
    fn as_str(self) -> &'static str;
    /// Returns the index of the value in [`ALL`](Self::ALL).
    fn index(self) -> usize;
}

/// A value of an enum of W3C.
#[must_use]
pub fn state<E, S>() -> Shape<E, S>
where
    E: From<ShapeError> + From<UnknownState> + 'static,
    S: StateEnum + FromStr<Err = UnknownState>,
{
    Shape::new(
        |node, problems| {
            let text = fields::text(node, "a state", problems)?;
            problems.keep(node.id, text.parse())
        },
        |_| json!({ "enum": S::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>() }),
    )
}

/// The aggregate enums, whose values are the progress of a connection.
pub trait Progress: StateEnum {
    /// Returns how far it has come; `None` for values that are not progress.
    fn progress(self) -> Option<u8>;
}

impl Progress for PeerConnectionState {
    fn progress(self) -> Option<u8> {
        match self {
            Self::New => Some(0),
            Self::Connecting => Some(1),
            Self::Connected => Some(2),
            _ => None,
        }
    }
}

impl Progress for IceConnectionState {
    fn progress(self) -> Option<u8> {
        match self {
            Self::New => Some(0),
            Self::Checking => Some(1),
            Self::Connected => Some(2),
            Self::Completed => Some(3),
            _ => None,
        }
    }
}

/// Returns whether the second value is less progress than the first; never if one of them is not
/// progress.
pub fn goes_back<S: Progress>(before: S, after: S) -> bool {
    matches!((before.progress(), after.progress()), (Some(before), Some(after)) if after < before)
}

macro_rules! w3c_enum {
    (
        $(#[$meta:meta])*
        $name:ident = $w3c:literal {
            $( $(#[$variant_meta:meta])* $variant:ident = $text:literal, )+
        }
    ) => {
        words! {
            $(#[$meta])*
            pub enum $name {
                $( $(#[$variant_meta])* $variant = $text, )+
            }
        }

        impl $name {
            /// The name of the enum in the W3C's WebIDL.
            pub const NAME: &'static str = $w3c;
        }

        impl StateEnum for $name {
            const NAME: &'static str = Self::NAME;
            const ALL: &'static [Self] = &Self::ALL;

            fn as_str(self) -> &'static str {
                self.as_str()
            }

            fn index(self) -> usize {
                self as usize
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownState;

            fn from_str(text: &str) -> Result<Self, UnknownState> {
                let found = Self::ALL.iter().find(|state| state.as_str() == text);
                found.copied().ok_or_else(|| {
                    let expected: Vec<_> = Self::ALL.iter().map(|state| state.as_str()).collect();
                    UnknownState {
                        enum_name: Self::NAME,
                        found: names::shorten(text),
                        suggestion: names::nearest(text, expected.iter().copied()),
                        expected,
                    }
                })
            }
        }
    };
}

w3c_enum! {
    /// The aggregate state of all ICE and DTLS transports of a connection.
    ///
    /// Source: <https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum>; the definition of each
    /// value differs from edition to edition, see [`crate::editions`].
    PeerConnectionState = "RTCPeerConnectionState" {
        /// Nothing has begun.
        New = "new",
        /// Some transport is being established.
        Connecting = "connecting",
        /// Every transport in use is connected.
        Connected = "connected",
        /// Connectivity was lost and may come back.
        Disconnected = "disconnected",
        /// Some transport failed.
        Failed = "failed",
        /// The connection's `[[IsClosed]]` slot is true.
        Closed = "closed",
    }
}

w3c_enum! {
    /// The aggregate state of the ICE transports of a connection.
    ///
    /// Source: <https://www.w3.org/TR/webrtc/#rtciceconnectionstate-enum>.
    IceConnectionState = "RTCIceConnectionState" {
        /// Nothing has begun.
        New = "new",
        /// Some transport checks candidate pairs or waits for candidates.
        Checking = "checking",
        /// Every transport in use has a working pair.
        Connected = "connected",
        /// Every transport in use has finished checking.
        Completed = "completed",
        /// Connectivity was lost and may come back.
        Disconnected = "disconnected",
        /// Some transport failed.
        Failed = "failed",
        /// The connection's `[[IsClosed]]` slot is true.
        Closed = "closed",
    }
}

w3c_enum! {
    /// The aggregate gathering state of the ICE transports of a connection.
    ///
    /// Source: <https://www.w3.org/TR/webrtc/#rtcicegatheringstate-enum>.
    IceGatheringState = "RTCIceGatheringState" {
        /// No transport gathers or has finished gathering, or there are no transports.
        New = "new",
        /// Some transport gathers candidates.
        Gathering = "gathering",
        /// Every transport has finished gathering.
        Complete = "complete",
    }
}

w3c_enum! {
    /// The state of the offer/answer exchange.
    ///
    /// Source: <https://www.w3.org/TR/webrtc/#rtcsignalingstate-enum>.
    SignalingState = "RTCSignalingState" {
        /// No exchange is in progress.
        Stable = "stable",
        /// A local offer has been applied.
        HaveLocalOffer = "have-local-offer",
        /// A remote offer has been applied.
        HaveRemoteOffer = "have-remote-offer",
        /// A remote offer and a local provisional answer have been applied.
        HaveLocalPranswer = "have-local-pranswer",
        /// A local offer and a remote provisional answer have been applied.
        HaveRemotePranswer = "have-remote-pranswer",
        /// The connection has been closed.
        Closed = "closed",
    }
}

w3c_enum! {
    /// The state of one ICE transport.
    ///
    /// Source: <https://www.w3.org/TR/webrtc/#rtcicetransportstate>. The order is that of progress,
    /// which is the order in which minimal examples are chosen.
    IceTransportState = "RTCIceTransportState" {
        /// Gathering, or waiting for remote candidates; no checks yet.
        New = "new",
        /// At least one pair is being checked, and none works yet.
        Checking = "checking",
        /// A usable pair works; others may still be checked.
        Connected = "connected",
        /// A usable pair works and checking has ended.
        Completed = "completed",
        /// Connectivity was lost and may come back.
        Disconnected = "disconnected",
        /// All pairs failed, or consent expired for good.
        Failed = "failed",
        /// The transport has shut down.
        Closed = "closed",
    }
}

w3c_enum! {
    /// The state of one DTLS transport.
    ///
    /// Source: <https://www.w3.org/TR/webrtc/#rtcdtlstransportstate-enum>.
    DtlsTransportState = "RTCDtlsTransportState" {
        /// The handshake has not begun.
        New = "new",
        /// The handshake is in progress.
        Connecting = "connecting",
        /// The handshake has ended and the fingerprint was verified.
        Connected = "connected",
        /// Closed on purpose: by `close()`, or by a `close_notify` alert.
        Closed = "closed",
        /// Failed: by an error alert, or a fingerprint that does not match.
        Failed = "failed",
    }
}

w3c_enum! {
    /// The gathering state of one ICE transport.
    ///
    /// Source: <https://www.w3.org/TR/webrtc/#rtcicegathererstate>.
    IceGathererState = "RTCIceGathererState" {
        /// Gathering has not begun.
        New = "new",
        /// Gathering is in progress.
        Gathering = "gathering",
        /// Gathering has ended.
        Complete = "complete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_reads_back_as_itself() {
        for state in PeerConnectionState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        for state in SignalingState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        for state in IceTransportState::ALL {
            let json = serde_json::to_string(&state).unwrap();
            assert_eq!(json, format!("\"{state}\""));
            assert_eq!(
                serde_json::from_str::<IceTransportState>(&json).unwrap(),
                state
            );
        }
    }

    #[test]
    fn an_unknown_value_names_the_nearest() {
        let error = "connceted".parse::<PeerConnectionState>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "RTCPeerConnectionState has no value `connceted`, did you mean `connected`? (it \
             has new, connecting, connected, disconnected, failed, closed)"
        );
    }

    #[test]
    fn a_dtls_transport_has_no_checking() {
        assert!("checking".parse::<DtlsTransportState>().is_err());
        assert!("connecting".parse::<IceTransportState>().is_err());
    }
}
