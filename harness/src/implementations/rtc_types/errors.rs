//! Maps errors of the crate `rtc` to the errors that the W3C names.

use rtc::shared::error::Error;

use crate::implementations::webrtc_lines::errors::name_errors;

name_errors! {
    Error::ErrDataChannelClosed => "InvalidStateError",
    Error::ErrTurnCredentials => "InvalidAccessError",
    Error::SyntaxError { .. } | Error::ErrInvalidUrl | Error::ErrSchemeType => "SyntaxError",
}
