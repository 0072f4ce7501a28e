//! Maps errors of the crate `rtc` to the errors that the W3C names.

use rtc::shared::error::Error;

use crate::implementation::Returned;

/// Returns the refusal that an error means.
///
/// The crate has one error enum for all its layers. If a variant corresponds to a check of the
/// specification, its W3C name is used; everything else is an `OperationError`, which the
/// specification uses for failures that it does not list.
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
