//! Errors of the crate `rtc`, as the errors that W3C names.

use rtc::shared::error::Error;

use crate::implementation::Returned;

/// The refusal that an error stands for.
///
/// The crate has one error enum of its own for all its layers. Where a variant says what a step of
/// the specification checks, its W3C name follows; everything else is an `OperationError`, the
/// name that the specification gives to failures it does not list.
pub(in crate::implementations) fn refusal(error: &Error) -> Returned {
    Returned::Refused {
        error: w3c_name(error).to_owned(),
        message: error.to_string(),
    }
}

pub(in crate::implementations) fn w3c_name(error: &Error) -> &'static str {
    match error {
        // "If connection.[[IsClosed]] is true", and checks of the signaling state.
        Error::ErrConnectionClosed
        | Error::ErrNoRemoteDescription
        | Error::ErrIncorrectSignalingState
        | Error::ErrSignalingStateCannotRollback
        | Error::ErrSignalingStateProposedTransitionInvalid(_)
        | Error::ErrDataChannelClosed => "InvalidStateError",
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
        Error::ErrNoTurnCredentials
        | Error::ErrTurnCredentials
        | Error::ErrSenderNotCreatedByConnection => "InvalidAccessError",
        Error::SyntaxError { .. } | Error::ErrInvalidUrl | Error::ErrSchemeType => "SyntaxError",
        _ => "OperationError",
    }
}
