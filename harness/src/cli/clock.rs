//! The wall clock, which only the command line reads.

use std::time::SystemTime;

use crate::report::run::Date;

/// Returns today's date (UTC), unless the clock is set to before 1970.
pub(super) fn today() -> Option<Date> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let days = since.ok()?.as_secs() / (24 * 60 * 60);
    u32::try_from(days).ok().map(Date::of_days)
}
