//! The specification of `RTCPeerConnection`'s states, as data and as a model that can be checked.
//!
//! This crate is pure: no I/O beyond data compiled in, no clock, no async. It knows nothing of
//! scenarios, adapters or time.

pub mod editions;
pub mod fields;
mod invariant;
pub mod lint;
pub mod located;
pub mod machine;
pub mod names;
pub mod policies;
mod regions;
pub mod rules;
pub mod space;
pub mod state_set;
pub mod states;
pub mod trace;
pub mod transports;
pub mod yaml;
