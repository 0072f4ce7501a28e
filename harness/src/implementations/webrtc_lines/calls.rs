//! Calls of asynchronous methods, and what they return.

use std::future::Future;

use super::errors::{NamedByW3c, refusal};
use crate::implementation::{Description, DescriptionType, Fault, Returned};

/// A session of connections whose methods are asynchronous.
pub(in crate::implementations) trait Calls {
    /// Lets the world run until a call has returned.
    ///
    /// # Errors
    ///
    /// When it panicked, or does not return.
    fn finish<T: Send + 'static>(
        &self,
        during: &'static str,
        call: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault>;

    /// Makes a call of which it matters only that it succeeded.
    fn simple<T: Send + 'static, E: NamedByW3c + Send + 'static>(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<Returned, Fault> {
        let result = self.finish(method, call)?;
        Ok(result.map_or_else(|error| refusal(&error), |_| Returned::Ok))
    }

    /// Makes a call that makes the SDP of a description.
    fn describe<E: NamedByW3c + Send + 'static>(
        &self,
        method: &'static str,
        kind: DescriptionType,
        call: impl Future<Output = Result<String, E>> + Send + 'static,
    ) -> Result<Returned, Fault> {
        Ok(match self.finish(method, call)? {
            Ok(sdp) => Returned::Description(Description { kind, sdp }),
            Err(error) => refusal(&error),
        })
    }
}

/// What `setLocalDescription` without a description returns, which no crate has, as none says that it
/// has.
pub(in crate::implementations) fn needs_a_description() -> Returned {
    Returned::Refused {
        error: "NotSupportedError".to_owned(),
        message: "a description must be given".to_owned(),
    }
}

/// What `removeTrack` returns where there is no sender to remove the track of.
pub(in crate::implementations) fn has_no_such_track() -> Returned {
    Returned::Refused {
        error: "InvalidAccessError".to_owned(),
        message: "no track of this kind was added".to_owned(),
    }
}
