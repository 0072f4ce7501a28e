//! What both lines of the crate `webrtc` share: 0.17, and 0.21 with the crate `rtc` beneath it.
//!
//! Both have types of the same names that are not the same types. What reads the same for both is
//! written here once, as a macro for the types that the module which calls it has by these names.

#[cfg(any(feature = "webrtc-017", feature = "webrtc-rs"))]
pub(super) mod calls;
pub(super) mod convert;
pub(super) mod errors;
