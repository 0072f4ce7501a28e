//! Reports: what was found, for people and machines. A folder a verb, a file a format; what they
//! share is beside them.

pub mod check;
pub mod finding;
pub mod judge;
pub mod lint;
pub mod run;
pub mod table;
pub mod text;

use peerstate_model::trace::{Detail, Lanes, Trace};

/// The version of every JSON output.
pub const SCHEMA: u32 = 1;

/// The trace around a line, as a finding shows it.
#[must_use]
pub(crate) fn lanes_around(trace: &Trace, line: usize, shown: finding::Shown) -> String {
    /// How many entries are shown before a place, and how many after it.
    const CONTEXT: usize = 3;
    /// The report's own indent.
    const INDENT: usize = 4;
    let mut lanes = Lanes::around(line, CONTEXT, shown.width.saturating_sub(INDENT));
    if shown.details {
        lanes.detail = Detail::All;
    }
    trace.lanes(&lanes)
}
