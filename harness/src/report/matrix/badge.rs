//! Badges: what <https://shields.io/badges/endpoint-badge> reads, one file for each implementation.

use serde::Serialize;

use super::{Column, Results};

/// A badge, after the schema of shields.io.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Badge {
    schema_version: u32,
    label: String,
    message: String,
    color: &'static str,
}

impl Badge {
    /// Returns the badge of an implementation: how many of its scenarios behave as specified. It is
    /// red if a result is not as expected, yellow if a deviation is known, and green otherwise.
    #[must_use]
    pub fn of(results: &Results) -> Self {
        let color = match (results.is_as_expected(), results.deviations.is_empty()) {
            (false, _) => "red",
            (true, false) => "yellow",
            (true, true) => "brightgreen",
        };
        let (behave, all) = (results.behave(), results.scenarios.len());
        Self {
            schema_version: 1,
            label: results.heading(),
            message: format!("{behave} of {all} as specified"),
            color,
        }
    }

    /// Returns the JSON document.
    #[must_use]
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.unwrap_or_default() + "\n"
    }
}

/// Returns the name of the file of a column's badge: letters, digits, dots, hyphens and `@`.
#[must_use]
pub fn file_name(column: &Column) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.@_".contains(c);
    let name = column
        .key
        .chars()
        .map(|c| if is_plain(c) { c } else { '-' });
    format!("{}.json", name.collect::<String>().trim_start_matches('.'))
}
