//! Maps errors of the crate to the errors that the W3C names.

use webrtc_017::{Error, ice};

use crate::implementations::webrtc_lines::errors::name_errors;

name_errors! {
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
}
