//! The harness: replays scenarios against implementations of `RTCPeerConnection`, records traces,
//! and reports verdicts on them.
//!
//! It reads from left to right: scenario → runner → implementation → trace → verdict → report.

pub mod capability;
pub mod configuration;
pub mod implementation;
pub mod implementations;
pub mod runner;
pub mod scenario;
pub mod world;
