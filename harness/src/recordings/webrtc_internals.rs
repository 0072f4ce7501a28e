//! Dumps of <chrome://webrtc-internals>: one JSON document, in which each connection has a log,
//! `updateLog`. A connection that is closed is removed from it, unless the page was opened with
//! `?keepRemovedConnections`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::{Place, Problem, expected, not_json};
use super::events::Logged;
use super::log::{Connection, Layer, Log, Record, browser};

/// The key that only these dumps have, as it is written.
pub(super) const KEY: &str = "\"PeerConnections\"";

const DAY_MILLIS: f64 = 86_400_000.0;

/// Reads a dump.
///
/// # Errors
///
/// If the text is not JSON, or something that is needed is missing or has another type.
pub(super) fn read(text: &str) -> Result<Log, Problem> {
    let dump: Value = serde_json::from_str(text).map_err(|error| not_json(&error, 1))?;
    let found = dump.get("PeerConnections").unwrap_or(&Value::Null);
    let Value::Object(found) = found else {
        return Err(expected("`PeerConnections`", "an object", found));
    };
    let connections: Result<Vec<_>, _> = found
        .iter()
        .map(|(id, connection)| read_connection(id, connection))
        .collect();
    // Until version 155 this was the list itself.
    let data = dump.get("UserAgentData");
    let key = |key: &str| data.and_then(|data| data.get(key));
    let brands: Vec<&Value> = [key("fullVersionList"), data, key("brands")]
        .into_iter()
        .flatten()
        .collect();
    Ok(Log {
        layer: Layer::Native,
        implementation: browser(&brands, dump.get("UserAgent")),
        connections: connections?,
        strays: BTreeMap::new(),
    })
}

fn read_connection(id: &str, connection: &Value) -> Result<Connection, Problem> {
    let log = connection.get("updateLog").unwrap_or(&Value::Null);
    let Value::Array(entries) = log else {
        return Err(expected(
            &format!("`updateLog` of connection `{id}`"),
            "a list",
            log,
        ));
    };
    let mut before = None;
    let mut records = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let place = Place::Entry {
            connection: id.to_owned(),
            index,
        };
        let key = |key: &str| entry.get(key).unwrap_or(&Value::Null);
        let Value::String(method) = key("type") else {
            return Err(place.expected("`type`", "a text", key("type")));
        };
        let at = time(entry, before, &place)?;
        before = Some(at);
        let logged = Logged::read(method, key("value"), &place)?;
        records.push(Record { at, logged, place });
    }
    let url = connection.get("url").and_then(Value::as_str);
    Ok(Connection {
        name: id.to_owned(),
        url: url.map(str::to_owned),
        created: None,
        records,
    })
}

/// Returns the time of an entry, in milliseconds.
fn time(entry: &Value, before: Option<f64>, place: &Place) -> Result<f64, Problem> {
    const EXPECTED: &str = "a number of milliseconds";
    if let Some(timestamp) = entry.get("timestamp") {
        let at = timestamp.as_f64();
        return at.ok_or_else(|| place.expected("`timestamp`", EXPECTED, timestamp));
    }
    let Some(time) = entry.get("time") else {
        return Err(place.expected("`timestamp`", EXPECTED, &Value::Null));
    };
    let Some(mut at) = time.as_str().and_then(time_of_day) else {
        const EXPECTED: &str = "a text with a time, such as `18.9.2025, 16:24:45`";
        return Err(place.expected("`time`", EXPECTED, time));
    };
    // The date is written in the language of the browser, and is not read.
    if let Some(before) = before {
        while at < before - DAY_MILLIS / 2.0 {
            at += DAY_MILLIS;
        }
    }
    Ok(at)
}

/// Returns the time of the day that a text in any language has: `9/18/2025, 4:24:45 PM`.
fn time_of_day(text: &str) -> Option<f64> {
    let is_of_time = |c: char| c.is_ascii_digit() || c == ':' || c == '.';
    let mut words = text.split(|c: char| !is_of_time(c));
    let clock = words.find(|word| word.matches(':').count() == 2)?;
    let mut numbers = clock.split(':').map(|number| number.parse::<f64>().ok());
    let (hours, minutes, seconds) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let upper = text.to_uppercase();
    let hours = if upper.contains("PM") && hours < 12.0 {
        hours + 12.0
    } else if upper.contains("AM") && hours >= 12.0 {
        hours - 12.0
    } else {
        hours
    };
    let at = ((hours * 60.0 + minutes) * 60.0 + seconds) * 1000.0;
    (hours < 24.0 && minutes < 60.0 && seconds < 61.0).then_some(at)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("9/18/2025, 4:24:45 PM", Some((16.0, 24.0, 45.0)))]
    #[case("9/18/2025, 12:00:01 AM", Some((0.0, 0.0, 1.0)))]
    #[case("9/18/2025, 4:24:45\u{202f}PM", Some((16.0, 24.0, 45.0)))]
    #[case("18.9.2025, 16:24:45", Some((16.0, 24.0, 45.0)))]
    #[case("2025-09-18T16:24:45.5Z", Some((16.0, 24.0, 45.5)))]
    #[case("Thu Sep 18 2025 16:24:45 GMT+0200", Some((16.0, 24.0, 45.0)))]
    #[case("16:24", None)]
    #[case("77:00:00", None)]
    #[case("", None)]
    fn a_time_is_found_in_a_text(#[case] text: &str, #[case] expected: Option<(f64, f64, f64)>) {
        let expected = expected
            .map(|(hours, minutes, seconds)| (hours * 3600.0 + minutes * 60.0 + seconds) * 1e3);
        assert_eq!(time_of_day(text), expected);
    }
}
