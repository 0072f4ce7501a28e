#![doc = include_str!("../README.md")]
//!
//! # How it is laid out
//!
//! The harness: replays scenarios against implementations of `RTCPeerConnection`, records traces,
//! and reports verdicts on them.
//!
//! It reads from left to right: scenario → run (implementation → trace → verdict) → report.

/// The specification: editions, traces, rules.
pub use peerstate_model as model;

#[cfg(feature = "adapter")]
pub mod adapter;
#[cfg(feature = "cli")]
pub mod cli;
pub mod editions;
pub mod implementation;
pub mod implementations;
pub mod input;
pub mod parallel;
#[cfg(feature = "report")]
pub mod recordings;
#[cfg(feature = "adapter")]
pub mod relay;
#[cfg(feature = "report")]
pub mod report;
pub mod run;
pub mod scenario;
#[cfg(feature = "report")]
pub mod schemas;
