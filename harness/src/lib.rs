//! The harness: replays scenarios against implementations of `RTCPeerConnection`, records traces,
//! and reports verdicts on them.
//!
//! It reads from left to right: scenario → runner → implementation → trace → verdict → report.

pub mod capability;
pub mod cli;
pub mod configuration;
pub mod definitions;
pub mod implementation;
pub mod implementations;
pub mod input;
pub mod known;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod schemas;
pub mod suite;
mod terminal;
pub mod verdict;
pub mod world;
