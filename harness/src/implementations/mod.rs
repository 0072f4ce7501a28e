//! The implementations that the harness can run.

#[cfg(feature = "webrtc-rs")]
mod rtc_types;
#[cfg(feature = "webrtc-rs")]
mod simulated;
#[cfg(feature = "webrtc-rs")]
pub mod webrtc_rs;

use crate::implementation::Implementation;

/// The name of the one that is run where none is named.
pub const DEFAULT: &str = "webrtc-rs";

/// The implementations by name.
#[must_use]
pub fn all() -> Vec<(&'static str, Box<dyn Implementation>)> {
    vec![
        #[cfg(feature = "webrtc-rs")]
        (webrtc_rs::NAME, Box::new(webrtc_rs::WebrtcRs)),
    ]
}

/// The implementation with a name, if there is one.
#[must_use]
pub fn by_name(name: &str) -> Option<Box<dyn Implementation>> {
    all()
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, implementation)| implementation)
}
