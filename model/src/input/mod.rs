//! Reading what people write: YAML with a way back to every line, tables of keys that give reader and
//! JSON Schema, problems at their place, and names that are nearly right.

pub mod fields;
pub mod keys;
pub mod located;
pub mod names;
pub mod shape;
pub mod words;
pub mod yaml;
