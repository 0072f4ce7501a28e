//! The implementations that the harness can run.

#[cfg(any(feature = "rtc", feature = "webrtc-017", feature = "webrtc-rs"))]
mod certificates;
#[cfg(feature = "rtc")]
pub mod rtc;
#[cfg(any(feature = "rtc", feature = "webrtc-rs"))]
mod rtc_types;
#[cfg(any(feature = "rtc", feature = "str0m"))]
mod sans_io;
#[cfg(any(
    feature = "rtc",
    feature = "str0m",
    feature = "webrtc-017",
    feature = "webrtc-rs"
))]
mod simulated;
#[cfg(feature = "str0m")]
pub mod str0m;
#[cfg(feature = "webrtc-017")]
pub mod webrtc_017;
#[cfg(feature = "webrtc-rs")]
pub mod webrtc_rs;

use crate::implementation::Implementation;

/// The name of the default implementation.
pub const DEFAULT: &str = "webrtc-rs";

/// Returns the implementations by name.
#[must_use]
pub fn all() -> Vec<(&'static str, Box<dyn Implementation>)> {
    vec![
        #[cfg(feature = "webrtc-rs")]
        (webrtc_rs::NAME, Box::new(webrtc_rs::WebrtcRs)),
        #[cfg(feature = "webrtc-017")]
        (webrtc_017::NAME, Box::new(webrtc_017::Webrtc017)),
        #[cfg(feature = "rtc")]
        (rtc::NAME, Box::new(rtc::Rtc)),
        #[cfg(feature = "str0m")]
        (str0m::NAME, Box::new(str0m::Str0m)),
    ]
}

/// Returns the implementation with this name, if there is one.
#[must_use]
pub fn by_name(name: &str) -> Option<Box<dyn Implementation>> {
    all()
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, implementation)| implementation)
}
