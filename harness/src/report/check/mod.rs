//! The check of the connection model. What is reported is the model's own
//! [`CheckReport`](peerstate_model::machine::check::CheckReport).

pub mod human;
pub mod json;
