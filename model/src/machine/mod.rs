//! The connection as a machine, and its exhaustive check.
//!
//! [`connection`] is the state: transports, slots, queued tasks. [`steps`] says which steps the
//! transports, the application and the event loop may take, each with its source. [`algorithms`]
//! are those of W3C, as each edition has them, and [`rulebook`] runs them. [`model`] hands all that
//! to Stateright with the properties of [`properties`]; [`graph`] explores the same machine for what
//! one state can not show (witnesses, reachability); [`check`] brings both together in a report.
//!
//! Two ideas keep the machine small. Transports are a sorted multiset, so that two that swap
//! places are one state. And what the last step fired is not kept in the state: a step is judged
//! as it is taken, and the state keeps only the list of what was wrong, nearly always empty. A
//! property over one state can then speak of the step that led to it.
//!
//! An ICE change is one queued task that sets the transport's slot and everything derived from it,
//! so it is modelled as one step; that it was queued shows only when `close()` comes first, which
//! is a state of its own ([`Connection::leftover_ice`](connection::Connection::leftover_ice)), and
//! so for DTLS. Updates of the connection state that are queued twice are queued once: the first to
//! run derives from what is then current, and leaves the second nothing to do unless a transport
//! moved in between, which queues an update of its own.
//!
//! [`laws`] say what the values mean of combinations, reachable or not; the check reports them
//! beside the machine's properties.

pub mod algorithms;
pub mod check;
pub mod connection;
pub mod graph;
pub mod laws;
pub mod model;
pub mod path_table;
pub mod properties;
pub mod rulebook;
pub mod steps;
