#![doc = include_str!("../README.md")]
//!
//! # How it is laid out
//!
//! The specification of `RTCPeerConnection`'s states, as data and as a model that can be checked.
//!
//! This crate is pure: no I/O beyond data compiled in, no clock, no async. It knows nothing of
//! scenarios, adapters or time.

#![cfg_attr(
    not(feature = "check"),
    expect(
        dead_code,
        unused_imports,
        reason = "some of what the judge shares with lint and the check is theirs alone"
    )
)]

pub mod editions;
pub mod input;
mod invariant;
#[cfg(feature = "check")]
pub mod known;
#[cfg(feature = "check")]
pub mod lint;
pub mod machine;
pub mod policies;
pub mod rules;
pub mod state_set;
pub mod states;
pub mod trace;
pub mod transports;
