//! The check of the connection model. The report is the model's
//! [`CheckReport`](peerstate_model::machine::check::CheckReport).

pub mod human;
pub mod json;
