//! Reports of the check of the connection model.

pub mod json;
