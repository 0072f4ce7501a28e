//! Errors of the crate, as the errors that W3C names.

use webrtc_017::{Error, ice};

use crate::implementation::Returned;

/// The refusal that an error stands for.
///
/// The crate has one error enum of its own for all its layers. Where a variant says what a step of
/// the specification checks, its W3C name follows; everything else is an `OperationError`, the
/// name that the specification gives to failures it does not list.
pub(super) fn refusal(error: &Error) -> Returned {
    Returned::Refused {
        error: w3c_name(error).to_owned(),
        message: error.to_string(),
    }
}

pub(super) fn w3c_name(error: &Error) -> &'static str {
    match error {
        // "If connection.[[IsClosed]] is true", and checks of the signaling state.
        Error::ErrConnectionClosed
        | Error::ErrNoRemoteDescription
        | Error::ErrIncorrectSignalingState
        | Error::ErrSignalingStateCannotRollback
        | Error::ErrSignalingStateProposedTransitionInvalid { .. } => "InvalidStateError",
        // setLocalDescription, "not equal to connection.[[LastCreatedOffer]]" and "…Answer]]"; and
        // "set the configuration", steps on members that must not change.
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
        Error::Ice(
            ice::Error::ErrSchemeType
            | ice::Error::ErrHost
            | ice::Error::ErrPort
            | ice::Error::ErrStunQuery
            | ice::Error::ErrInvalidQuery
            | ice::Error::ErrProtoType
            | ice::Error::ErrInvalidUrl
            | ice::Error::ErrUrlParse
            | ice::Error::ErrMissingProtocolScheme
            | ice::Error::ParseUrl(_),
        ) => "SyntaxError",
        _ => "OperationError",
    }
}
