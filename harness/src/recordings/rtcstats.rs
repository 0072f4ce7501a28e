//! Dumps of rtcstats: one entry a line, `[method, connection, value, …, time]`.
//!
//! Version 3 begins with two lines of its own, and its times are differences. Chromium writes it
//! from its native layer, <chrome://webrtc-internals>; @rtcstats/rtcstats-js writes it in the page.
//! The npm package rtcstats 5.2.0 writes it in the page too, without the first two lines and with
//! absolute times.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::error::{Place, Problem, not_json};
use super::events::Logged;
use super::log::{Connection, Layer, Log, Record, browser};

/// The first line of version 3.
pub(super) const FIRST_LINE: &str = "RTCStatsDump";

/// The version that is read.
const VERSION: u64 = 3;

/// How the libraries begin the ids of connections; Chromium's are two numbers.
const ID_IN_PAGE: &str = "PC_";

/// The id with which Chromium before version 145 wrote some entries.
const NO_ID: &str = "undefined-undefined";

/// Times above this are absolute, and not the difference to the time before: a difference of three
/// years.
const ABSOLUTE_MILLIS: f64 = 1e11;

/// The numbers that rtcstats-js writes for the most frequent methods.
const METHODS: [(u64, &str); 40] = [
    (1, "getStats"),
    (2, "createOffer"),
    (3, "createOfferOnSuccess"),
    (4, "createAnswer"),
    (5, "createAnswerOnSuccess"),
    (6, "setLocalDescription"),
    (7, "setLocalDescriptionOnSuccess"),
    (8, "setRemoteDescription"),
    (9, "setRemoteDescriptionOnSuccess"),
    (10, "addIceCandidate"),
    (11, "addIceCandidateOnSuccess"),
    (12, "createOfferOnFailure"),
    (13, "createAnswerOnFailure"),
    (14, "setLocalDescriptionOnFailure"),
    (15, "setRemoteDescriptionOnFailure"),
    (16, "addIceCandidateOnFailure"),
    (20, "onicecandidate"),
    (21, "onicecandidateerror"),
    (22, "ontrack"),
    (23, "onsignalingstatechange"),
    (24, "oniceconnectionstatechange"),
    (25, "onconnectionstatechange"),
    (26, "onicegatheringstatechange"),
    (27, "onnegotiationneeded"),
    (28, "ondatachannel"),
    (30, "addTrack"),
    (31, "addTrackOnSuccess"),
    (32, "addTransceiver"),
    (33, "addTransceiverOnSuccess"),
    (34, "removeTrack"),
    (35, "createDataChannel"),
    (36, "close"),
    (37, "restartIce"),
    (38, "setConfiguration"),
    (39, "create"),
    (40, "constraints"),
    (41, "setCodecPreferences"),
    (42, "setHeaderExtensionsToNegotiate"),
    (50, "setParameters"),
    (51, "replaceTrack"),
];

/// The numbers of methods of media, which are not converted.
const MEDIA: std::ops::RangeInclusive<u64> = 60..=80;

/// Reads version 3.
///
/// # Errors
///
/// The first line that is not as it must be.
pub(super) fn version_3(text: &str) -> Result<Log, Problem> {
    let mut lines = (1..).zip(text.lines());
    let first = lines.next().map_or("", |(_, line)| line.trim_end());
    if first != FIRST_LINE {
        return Err(Place::Line(1).expected("the first line", "`RTCStatsDump`", &json!(first)));
    }
    let (_, second) = lines.next().unwrap_or_default();
    let metadata: Value = serde_json::from_str(second).map_err(|error| not_json(&error, 2))?;
    let version = metadata.get("fileFormat").unwrap_or(&Value::Null);
    if version.as_u64() != Some(VERSION) {
        return Err(Place::Line(2).expected("`fileFormat`", "the number 3", version));
    }
    let reader = Reader::of(lines)?;
    let mut connections = reader.connections.iter();
    let layer = if connections.any(|one| one.name.starts_with(ID_IN_PAGE)) {
        Layer::Page {
            has_every_call: true,
        }
    } else {
        Layer::Native
    };
    Ok(reader.finish(layer, metadata.get("userAgent")))
}

/// Reads what the npm package writes.
///
/// # Errors
///
/// The first line that is not as it must be.
pub(super) fn lines(text: &str) -> Result<Log, Problem> {
    let reader = Reader::of((1..).zip(text.lines()))?;
    // restartIce() and addTransceiver(), for example, are not wrapped.
    let layer = Layer::Page {
        has_every_call: false,
    };
    Ok(reader.finish(layer, None))
}

#[derive(Debug, Default)]
struct Reader {
    connections: Vec<Connection>,
    /// The connection that has an id now.
    places: BTreeMap<String, usize>,
    names: BTreeSet<String>,
    strays: BTreeMap<String, usize>,
    /// What the browser reports about itself.
    client: Value,
    time: f64,
}

impl Reader {
    /// Reads lines with their numbers.
    fn of<'t>(lines: impl Iterator<Item = (usize, &'t str)>) -> Result<Self, Problem> {
        let mut reader = Self::default();
        for (number, line) in lines {
            reader.line(number, line)?;
        }
        Ok(reader)
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), Problem> {
        const EXPECTED: &str = "a list: [method, connection, value, …, time]";
        if line.trim().is_empty() {
            return Ok(());
        }
        let place = Place::Line(number);
        let entry: Value = serde_json::from_str(line).map_err(|error| not_json(&error, number))?;
        let Some([method, id, rest @ .., time]) = entry.as_array().map(Vec::as_slice) else {
            return Err(place.expected("the line", EXPECTED, &entry));
        };
        let method = self::method(method, &place)?;
        let Some(time) = time.as_f64() else {
            const EXPECTED: &str = "a number of milliseconds";
            return Err(place.expected("the time, the last value", EXPECTED, time));
        };
        self.time = if time > ABSOLUTE_MILLIS {
            time
        } else {
            self.time + time
        };
        let value = rest.first().unwrap_or(&Value::Null);
        match id {
            Value::Null => {
                // What is of no connection: the browser, its media, and the server's last line.
                if method == "create" {
                    self.client = value.clone();
                }
                Ok(())
            }
            Value::String(id) if id == NO_ID => {
                let stray = format!("`{method}` names no connection, and is not converted");
                *self.strays.entry(stray).or_default() += 1;
                Ok(())
            }
            Value::String(id) => self.record(id, &method, rest, place),
            _ => Err(place.expected("the connection, the second value", "a text or null", id)),
        }
    }

    fn record(
        &mut self,
        id: &str,
        method: &str,
        values: &[Value],
        place: Place,
    ) -> Result<(), Problem> {
        let is_created = method == "create";
        let current = self.places.get(id).copied();
        // A page that is loaded again begins its ids again.
        let known =
            current.filter(|index| !is_created || self.connections[*index].created.is_none());
        let index = known.unwrap_or_else(|| self.add(id));
        let (value, url) = (values.first(), values.get(1).and_then(Value::as_str));
        let connection = &mut self.connections[index];
        if is_created {
            connection.created = Some(self.time);
            connection.url = url.map(str::to_owned);
            return Ok(());
        }
        let logged = Logged::read(method, value.unwrap_or(&Value::Null), &place)?;
        connection.records.push(Record {
            at: self.time,
            logged,
            place,
        });
        Ok(())
    }

    /// Adds a connection, and returns its index.
    fn add(&mut self, id: &str) -> usize {
        let mut name = id.to_owned();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{id}#{number}");
        }
        let index = self.connections.len();
        self.connections.push(Connection {
            name,
            url: None,
            created: None,
            records: Vec::new(),
        });
        self.places.insert(id.to_owned(), index);
        index
    }

    fn finish(self, layer: Layer, agent: Option<&Value>) -> Log {
        let data = self.client.get("userAgentData");
        let brands = data.and_then(|data| data.get("brands"));
        Log {
            layer,
            implementation: browser(brands.as_slice(), agent),
            connections: self.connections,
            strays: self.strays,
        }
    }
}

/// Returns the name of a method, which may be a number.
fn method(method: &Value, place: &Place) -> Result<String, Problem> {
    if let Some(number) = method.as_u64() {
        let known = METHODS.iter().find(|(known, _)| *known == number);
        return Ok(match known {
            Some((_, name)) => (*name).to_owned(),
            None if MEDIA.contains(&number) => format!("navigator.{number}"),
            None => format!("method {number}"),
        });
    }
    match method.as_str() {
        Some(name) => Ok(name.to_owned()),
        None => Err(place.expected("the method, the first value", "a text or a number", method)),
    }
}
