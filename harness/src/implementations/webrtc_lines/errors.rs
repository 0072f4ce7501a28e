//! Maps errors of the crates to the errors that the W3C names.

use crate::implementation::{ConstructorRefused, Returned};

/// An error for which the W3C has a name.
pub(in crate::implementations) trait NamedByW3c: ToString {
    /// The name, such as `InvalidStateError`.
    fn w3c_name(&self) -> &'static str;
}

/// Returns the refusal that reports an error.
pub(in crate::implementations) fn refusal(error: &impl NamedByW3c) -> Returned {
    Returned::Refused {
        error: error.w3c_name().to_owned(),
        message: error.to_string(),
    }
}

/// Returns the report on a constructor that threw.
pub(in crate::implementations) fn constructor_refused(
    peer: &str,
    error: &impl NamedByW3c,
) -> ConstructorRefused {
    ConstructorRefused {
        peer: peer.to_owned(),
        error: error.w3c_name().to_owned(),
        message: error.to_string(),
    }
}

/// Names the errors of the enum `Error` of a crate.
///
/// The crate has one error enum for all its layers. If a variant corresponds to a check in a step
/// of the specification, its W3C name follows: here for the variants of both lines, in the arms of
/// the caller for those of one line. Every other error is an `OperationError`, the name that the
/// specification gives to failures that it does not list.
macro_rules! name_errors {
    ($($of_this_line:pat => $name:literal,)*) => {
        impl $crate::implementations::webrtc_lines::errors::NamedByW3c for Error {
            fn w3c_name(&self) -> &'static str {
                match self {
                    // "If connection.[[IsClosed]] is true", and checks of the signaling state.
                    Error::ErrConnectionClosed
                    | Error::ErrNoRemoteDescription
                    | Error::ErrIncorrectSignalingState
                    | Error::ErrSignalingStateCannotRollback
                    | Error::ErrSignalingStateProposedTransitionInvalid { .. } => {
                        "InvalidStateError"
                    }
                    // setLocalDescription, "not equal to connection.[[LastCreatedOffer]]" and
                    // "…Answer]]"; and "set the configuration", steps on members that must not
                    // change.
                    Error::ErrSDPDoesNotMatchOffer
                    | Error::ErrSDPDoesNotMatchAnswer
                    | Error::ErrModifyingPeerIdentity
                    | Error::ErrModifyingCertificates
                    | Error::ErrModifyingBundlePolicy
                    | Error::ErrModifyingRTCPMuxPolicy
                    | Error::ErrModifyingICECandidatePoolSize => "InvalidModificationError",
                    // Checks of dictionaries and arguments.
                    Error::ErrNegotiatedWithoutID
                    | Error::ErrRetransmitsOrPacketLifeTime
                    | Error::ErrStringSizeLimit
                    | Error::ErrProtocolTooLarge => "TypeError",
                    Error::ErrNoTurnCredentials | Error::ErrSenderNotCreatedByConnection => {
                        "InvalidAccessError"
                    }
                    $($of_this_line => $name,)*
                    _ => "OperationError",
                }
            }
        }
    };
}

pub(in crate::implementations) use name_errors;
