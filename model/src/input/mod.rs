//! Reading what people write: YAML with a way back to every line, fields of a mapping, problems at
//! their place, and names that are nearly right.

pub mod fields;
pub mod located;
pub mod names;
pub mod yaml;
