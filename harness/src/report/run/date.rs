//! The day of a run.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar, as `2026-11-22`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a date such as 2026-11-22, found `{found}`")]
pub struct NotADate {
    /// The text.
    pub found: String,
}

impl Date {
    /// Returns the day this many days after 1970-01-01.
    #[must_use]
    pub fn of_days(days: u32) -> Self {
        let (mut year, mut left) = (1970, days);
        while left >= days_of_year(year) {
            left -= days_of_year(year);
            year += 1;
        }
        let mut month = 1;
        while left >= u32::from(days_of_month(year, month)) {
            left -= u32::from(days_of_month(year, month));
            month += 1;
        }
        // Fewer days are left than a month has.
        let day = u8::try_from(left + 1).unwrap_or(u8::MAX);
        Self { year, month, day }
    }
}

fn days_of_year(year: u16) -> u32 {
    if is_leap(year) { 366 } else { 365 }
}

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of_month(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        parse(text).ok_or_else(|| NotADate {
            found: text.to_owned(),
        })
    }
}

fn parse(text: &str) -> Option<Date> {
    let is_form = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    if text.len() != 10 || !text.bytes().enumerate().all(is_form) {
        return None;
    }
    let year = text.get(..4)?.parse().ok()?;
    let month = text.get(5..7)?.parse().ok()?;
    let day = text.get(8..)?.parse().ok()?;
    let is_day = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
    is_day.then_some(Date { year, month, day })
}

impl TryFrom<String> for Date {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "1970-01-01")]
    #[case(59, "1970-03-01")]
    #[case(789, "1972-02-29")]
    #[case(11_016, "2000-02-29")]
    #[case(20_779, "2026-11-22")]
    #[case(47_541, "2100-03-01")]
    fn days_are_counted_from_1970(#[case] days: u32, #[case] text: &str) {
        assert_eq!(Date::of_days(days).to_string(), text);
        assert_eq!(text.parse(), Ok(Date::of_days(days)));
    }

    #[rstest]
    #[case("2026-13-01")]
    #[case("2026-00-01")]
    #[case("2026-02-29")]
    #[case("2026-1-1")]
    #[case("today")]
    #[case("+026-01-01")]
    #[case("2026-01-ü")]
    fn what_is_not_a_day_is_refused(#[case] text: &str) {
        let refused = text.parse::<Date>().unwrap_err();
        assert!(refused.to_string().contains(text));
    }
}
