//! What asynchronous methods return.

use super::errors::{NamedByW3c, refusal};
use crate::implementation::{Description, DescriptionType, Returned};

/// Returns what a call returned whose value is not used.
pub(in crate::implementations) fn done<T, E: NamedByW3c>(result: Result<T, E>) -> Returned {
    result.map_or_else(|error| refusal(&error), |_| Returned::Ok)
}

/// Returns what a call returned that creates the SDP of a description.
pub(in crate::implementations) fn described<E: NamedByW3c>(
    kind: DescriptionType,
    made: Result<String, E>,
) -> Returned {
    match made {
        Ok(sdp) => Returned::Description(Description { kind, sdp }),
        Err(error) => refusal(&error),
    }
}

/// Returns the refusal of `setLocalDescription` without a description. The crates lack this form,
/// and do not list the capability for it.
pub(in crate::implementations) fn needs_a_description() -> Returned {
    Returned::Refused {
        error: "NotSupportedError".to_owned(),
        message: "a description must be given".to_owned(),
    }
}

/// Returns the refusal of `removeTrack` if no sender has a track of that kind.
pub(in crate::implementations) fn has_no_such_track() -> Returned {
    Returned::Refused {
        error: "InvalidAccessError".to_owned(),
        message: "no track of this kind was added".to_owned(),
    }
}
