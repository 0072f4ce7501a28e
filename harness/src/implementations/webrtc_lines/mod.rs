//! Code that both lines of the crate `webrtc` share: 0.17, and 0.21, which is built on the crate
//! `rtc`.
//!
//! Both have different types with the same names. Code that reads the same for both is written here
//! once, as a macro that uses the types with these names in the calling module.

#[cfg(any(feature = "webrtc-017", feature = "webrtc-rs"))]
pub(super) mod calls;
pub(super) mod convert;
pub(super) mod errors;
