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

/// The name of the one that is run where none is named.
pub const DEFAULT: &str = "webrtc-rs";

/// The implementations.
#[must_use]
pub fn all() -> Vec<Box<dyn Implementation>> {
    vec![
        #[cfg(feature = "webrtc-rs")]
        Box::new(webrtc_rs::WebrtcRs),
        #[cfg(feature = "webrtc-017")]
        Box::new(webrtc_017::Webrtc017),
        #[cfg(feature = "rtc")]
        Box::new(rtc::Rtc),
        #[cfg(feature = "str0m")]
        Box::new(str0m::Str0m),
    ]
}

/// The implementation with a name, if there is one.
#[must_use]
pub fn by_name(name: &str) -> Option<Box<dyn Implementation>> {
    let mut all = all().into_iter();
    all.find(|one| one.profile().identity.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The crate that an implementation drives.
    fn crate_of(name: &str) -> &str {
        if name.starts_with("webrtc-") {
            "webrtc"
        } else {
            name
        }
    }

    #[test]
    fn the_versions_are_those_built_with() {
        let lock = include_str!("../../../Cargo.lock");
        for implementation in all() {
            let of = implementation.profile().identity;
            let (name, version) = (crate_of(&of.name), &of.version);
            let locked = format!("name = \"{name}\"\nversion = \"{version}\"");
            assert!(lock.contains(&locked), "{locked}");
        }
    }
}
