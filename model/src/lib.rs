#![doc = include_str!("../README.md")]
//!
//! # How it is laid out
//!
//! The specification of `RTCPeerConnection`'s states, as data and as a model that can be checked.
//!
//! This crate is pure: no I/O beyond data compiled in, no clock, no async. It knows nothing of
//! scenarios, adapters or time.

pub mod editions;
pub mod input;
mod invariant;
pub mod known;
pub mod lint;
pub mod machine;
pub mod policies;
pub mod rules;
pub mod state_set;
pub mod states;
pub mod trace;
pub mod transports;
