//! Calls of asynchronous methods, and their results.

use std::future::Future;

use super::errors::{NamedByW3c, refusal};
use crate::implementation::{Description, DescriptionType, Fault, Returned};

/// A session of connections whose methods are asynchronous.
pub(in crate::implementations) trait Calls {
    /// Lets the world run until a call has returned.
    ///
    /// # Errors
    ///
    /// If it panicked, or does not return.
    fn finish<T: Send + 'static>(
        &self,
        during: &'static str,
        call: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault>;

    /// Makes a call whose returned value is not used.
    #[cfg(feature = "webrtc-017")]
    fn simple<T: Send + 'static, E: NamedByW3c + Send + 'static>(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<Returned, Fault> {
        Ok(done(self.finish(method, call)?))
    }

    /// Makes a call that creates the SDP of a description.
    #[cfg(feature = "webrtc-017")]
    fn describe<E: NamedByW3c + Send + 'static>(
        &self,
        method: &'static str,
        kind: DescriptionType,
        call: impl Future<Output = Result<String, E>> + Send + 'static,
    ) -> Result<Returned, Fault> {
        Ok(described(kind, self.finish(method, call)?))
    }
}

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
