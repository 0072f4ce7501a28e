//! Reports for people and machines. Each verb has a folder: its `mod.rs` holds the report as plain
//! data, and each format is a file. What the verbs share is beside the folders.

pub mod check;
pub mod combination;
pub mod derive;
pub mod diff;
pub mod explain;
pub mod finding;
#[cfg(feature = "html")]
pub mod html;
pub mod judge;
pub mod lint;
pub mod list;
pub mod matrix;
mod rows;
pub mod run;
pub mod show;
pub mod table;
pub mod text;
#[cfg(feature = "html")]
pub mod timeline;

/// The version of every JSON output.
pub const SCHEMA: u32 = 1;
