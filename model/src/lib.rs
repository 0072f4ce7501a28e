#![doc = include_str!("../README.md")]
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
