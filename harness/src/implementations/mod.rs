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
#[cfg(any(feature = "rtc", feature = "webrtc-017", feature = "webrtc-rs"))]
mod webrtc_lines;
#[cfg(feature = "webrtc-rs")]
pub mod webrtc_rs;

use peerstate_model::input::names::{self, Suggestion};

use crate::implementation::{Implementation, Profile};

/// The name of the default implementation.
pub const DEFAULT: &str = "webrtc-rs";

/// A name that no implementation has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no implementation `{found}`{suggestion} (known: {})", names.join(", "))]
pub struct UnknownImplementation {
    /// The name that was given.
    pub found: String,
    /// The nearest name.
    pub suggestion: Suggestion,
    /// Every name.
    pub names: Vec<String>,
}

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

/// Returns the profiles of every implementation that a run can choose by its name: these, and those
/// that this program serves as an adapter of itself.
#[must_use]
pub fn profiles() -> Vec<Profile> {
    let all = all().into_iter();
    let profiles = all.map(|implementation| implementation.profile());
    #[cfg(feature = "webrtc-rs-tokio")]
    let profiles = profiles.chain([webrtc_rs::real::profile()]);
    profiles.collect()
}

/// Returns the implementation with a name.
///
/// # Errors
///
/// If no implementation has that name.
pub fn find(name: &str) -> Result<Box<dyn Implementation>, UnknownImplementation> {
    let found = all()
        .into_iter()
        .find(|implementation| implementation.profile().identity.name == name);
    if let Some(implementation) = found {
        return Ok(implementation);
    }
    let names = profiles().into_iter().map(|profile| profile.identity.name);
    let names: Vec<_> = names.collect();
    Err(UnknownImplementation {
        found: names::shorten(name),
        suggestion: names::nearest(name, names.iter().map(String::as_str)),
        names,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the crate that an implementation drives.
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
