//! Definitions, checked for any number of transports.
//!
//! # Why a finite search speaks for any number
//!
//! A predicate asks only *which* ICE states and *which* DTLS states are present
//! ([`Facts`](crate::editions::Facts)). So what a reading gives for a combination depends on two
//! sets alone: at most 127 × 31 pairs of non-empty sets, no transports, and closed. Any pair of
//! non-empty sets `(I, D)` is that of some combination, of no more than seven transports: put the
//! states of the larger set side by side with those of the smaller, repeating its last. Searching
//! every pair of sets therefore searches every combination of any number of transports.
//!
//! A step of one transport changes one element and leaves a rest. The rest is again only a pair of
//! sets, so that every step of any number of transports is one of 3,938 rests (with the empty one)
//! and 29 steps; eight transports realise them all.
//!
//! Tests compare this with plain enumeration of combinations by an evaluator of its own.

mod compare;
mod contradictions;
mod findings;
mod space;

pub use compare::{Difference, Group, compare};
pub use contradictions::{CONTRADICTIONS, is_contradictory};
pub use findings::{EnumReport, Finding, Kind, lint, lint_definition};
pub use space::{Space, combinations, smallest};
