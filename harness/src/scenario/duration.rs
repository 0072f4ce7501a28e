//! Durations such as `5s`, `80ms`, `1.5m`.

use std::time::Duration;

use peerstate_model::input::names;

/// The text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// The unit is missing or unknown.
    #[error(
        "`{found}` is not a duration: write a number and a unit (us, ms, s, m, min, h), such as `5s`"
    )]
    Form {
        /// The text that was found.
        found: String,
    },
    /// It is longer than any run.
    #[error("`{found}` is longer than a day")]
    TooLong {
        /// The text that was found.
        found: String,
    },
}

const LONGEST: Duration = Duration::from_hours(24);

/// Parses a duration.
pub(super) fn parse(text: &str) -> Result<Duration, DurationError> {
    let form = || DurationError::Form {
        found: names::shorten(text),
    };
    let unit_at = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .ok_or_else(form)?;
    let (number, unit) = text.split_at(unit_at);
    let has_digits = |part: &str| !part.is_empty() && !part.contains('.');
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if !has_digits(whole) || !has_digits(fraction) {
        return Err(form());
    }
    let seconds_per_unit = match unit.trim_start_matches(' ') {
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(form()),
    };
    let number: f64 = number.parse().map_err(|_| form())?;
    // A trace has a resolution of microseconds; a float represents them exactly far beyond a day.
    let micros = (number * seconds_per_unit * 1e6).round();
    if micros > LONGEST.as_secs_f64() * 1e6 {
        return Err(DurationError::TooLong {
            found: names::shorten(text),
        });
    }
    Ok(Duration::from_secs_f64(micros / 1e6))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("5s", 5_000_000)]
    #[case("80ms", 80_000)]
    #[case("1.5m", 90_000_000)]
    #[case("0s", 0)]
    #[case("7us", 7)]
    #[case("2h", 7_200_000_000)]
    #[case("2 min", 120_000_000)]
    fn a_number_and_a_unit(#[case] text: &str, #[case] micros: u64) {
        assert_eq!(parse(text), Ok(Duration::from_micros(micros)));
    }

    #[rstest]
    #[case("5")]
    #[case("s")]
    #[case("")]
    #[case("-5s")]
    #[case("5 fortnights")]
    #[case("1.2.3s")]
    #[case("1e9s")]
    #[case("5.s")]
    #[case(".5s")]
    #[case("5s ")]
    fn anything_else_is_refused(#[case] text: &str) {
        assert!(
            matches!(parse(text), Err(DurationError::Form { .. })),
            "{:?}",
            parse(text)
        );
    }

    #[test]
    fn a_year_is_too_long() {
        assert!(matches!(parse("9999h"), Err(DurationError::TooLong { .. })));
    }
}
