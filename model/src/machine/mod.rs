//! The connection as a state machine, and its exhaustive check.
//!
//! To see what is explored, read three files: [`connection`], the state; [`steps`], what the
//! network, the application and the event loop may do, each with its source; and [`properties`],
//! what must hold. [`explore`] hands them to Stateright, which explores the [`model`] of an edition
//! once, and [`check`] reports the result.
//!
//! [`procedures`] lists how a text reacts to a step, in the order of the text. [`algorithms`] says
//! which steps an edition has, [`rulebook`] gives its definitions, and [`run`] executes the steps.
//! `judge` compares what a step did with the specification.
//!
//! Three ideas keep the machine small. Transports are a sorted multiset, so two transports that
//! swap places give one state. The events of the last step are not part of the state: a step is
//! judged when it is executed, and the state keeps only the faults, of which there are nearly
//! always none; so a property of one state can be about the step that led to it. And the task of a
//! transport's change is a step, not an entry of the queue ([`Queue`](connection::Queue) explains
//! why nothing is lost).
//!
//! [`policies`](crate::policies) define what the values mean for combinations, reachable or not.
//! The check reports the chosen ones together with the machine's properties.

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
