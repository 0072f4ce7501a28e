//! The connection as a machine, and its exhaustive check.
//!
//! Who wants to know what is explored reads three pages: [`connection`], the state; [`steps`], what
//! the network, the application and the event loop may do, each with its source; and
//! [`properties`], what must hold. [`explore`] hands them to Stateright, which explores the
//! [`model`] of an edition once; [`check`] makes a report of it.
//!
//! How a text answers a step is written down in [`procedures`], step by step as the text lists
//! them: [`algorithms`] says which steps an edition has, [`rulebook`] what its definitions give,
//! and [`run`] takes them. What a step did is held against the specification in `judge`.
//!
//! Three ideas keep the machine small. Transports are a sorted multiset, so that two that swap
//! places are one state. What the last step fired is not kept in the state: a step is judged as it
//! is taken, and the state keeps only the list of what was wrong, nearly always empty; a property of
//! one state can then speak of the step that led to it. And the task of a transport's change is a
//! step and not an entry of the queue ([`Queue`](connection::Queue) says why nothing is lost).
//!
//! [`policies`](crate::policies) say what the values mean of combinations, reachable or not; the
//! check reports those that are asked for beside the machine's properties.

pub mod algorithms;
pub mod change;
#[cfg(feature = "check")]
pub mod check;
pub mod connection;
#[cfg(feature = "check")]
pub mod explore;
mod judge;
pub mod model;
pub mod path_table;
pub mod procedures;
pub mod properties;
mod reach;
pub mod rulebook;
pub mod run;
pub mod steps;
