//! From the logs of a dump to a trace.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use peerstate_model::input::names;
use peerstate_model::trace::{self, At, Attribute, DescriptionType, Trace, Warning};
use serde_json::{Map, Value, json};

use super::error::{Place, Problem, RecordingError, whole};
use super::events::{Logged, is_promised};
use super::late::Repeats;
use super::log::{Connection, Layer, Log, Record};

/// The latest time that a trace may have: a year.
const LONGEST_MILLIS: f64 = 366.0 * 86_400_000.0;

/// Converts the logs of a dump.
///
/// # Errors
///
/// If the dump has no connections, or the trace would be longer than a trace may be.
pub(super) fn convert(log: &Log) -> Result<(Trace, Vec<Warning>), Problem> {
    if log.connections.is_empty() {
        return Err(whole(RecordingError::NoConnections));
    }
    let logs = log.connections.iter();
    let mut drafts: Vec<Draft<'_>> = logs
        .flat_map(|connection| Converter::of(connection, log.layer).convert())
        .collect();
    let times = drafts.iter().map(|draft| draft.at);
    let start = times
        .filter(|at| at.is_finite())
        .fold(f64::INFINITY, f64::min);
    for draft in &mut drafts {
        draft.at = draft.at.max(start);
    }
    // Sorting keeps the order of a connection.
    drafts.sort_by(|one, other| {
        one.at
            .total_cmp(&other.at)
            .then(one.order.cmp(&other.order))
    });
    let mut text = format!("{}\n", header(log));
    let strays = log.strays.iter().map(|(stray, count)| Warning {
        line: 1,
        message: format!("{stray} ({})", times_of(*count)),
    });
    let mut warnings: Vec<Warning> = strays.collect();
    for (index, draft) in drafts.into_iter().enumerate() {
        // The header is the first line.
        let line = index + 2;
        let messages = draft.warnings.iter().cloned();
        warnings.extend(messages.map(|message| Warning { line, message }));
        text.push_str(&draft.write(start)?.to_string());
        text.push('\n');
    }
    let trace = trace::read("the trace", text.as_bytes())
        .map_err(|refused| whole(RecordingError::Converted(refused.to_string())))?;
    Ok((trace, warnings))
}

fn header(log: &Log) -> Value {
    let peers = log.connections.iter().map(|one| one.name.as_str());
    json!({
        "trace": 1,
        "implementation": log.implementation,
        "clock": "real",
        "peers": peers.collect::<Vec<_>>(),
        "observes": log.layer.observes(),
    })
}

/// An entry of the trace, not yet at its time.
#[derive(Debug)]
struct Draft<'l> {
    peer: &'l str,
    /// When, in milliseconds of the dump's clock.
    at: f64,
    /// Its place among entries of the same time.
    order: usize,
    /// The record that it comes from.
    place: Option<&'l Place>,
    keys: Value,
    warnings: Vec<String>,
}

impl Draft<'_> {
    fn write(self, start: f64) -> Result<Value, Problem> {
        // A dump without any time has no start either.
        let since = if start.is_finite() {
            self.at - start
        } else {
            0.0
        };
        if let (true, Some(place)) = (since > LONGEST_MILLIS, self.place) {
            const EXPECTED: &str = "milliseconds, within a year of the first time";
            return Err(place.expected("the time", EXPECTED, &json!(self.at)));
        }
        let micros = (since.clamp(0.0, LONGEST_MILLIS) * 1000.0).round();
        let at = At::after(Duration::from_secs_f64(micros / 1_000_000.0));
        let mut object = Map::new();
        // The text of a moment is a number of JSON.
        let at = serde_json::from_str(&at.to_string()).unwrap_or(Value::Null);
        object.insert("at".to_owned(), at);
        object.insert("peer".to_owned(), json!(self.peer));
        if let Value::Object(keys) = self.keys {
            object.extend(keys);
        }
        if let Some(place) = self.place {
            object.insert("from".to_owned(), json!(place.to_string()));
        }
        Ok(Value::Object(object))
    }
}

/// Converts the log of one connection, record by record.
struct Converter<'l> {
    connection: &'l Connection,
    layer: Layer,
    repeats: Repeats,
    /// The attributes of which the log has shown a value.
    shown: BTreeSet<Attribute>,
    is_closed: bool,
    /// What is known and not converted, and how often it occurs.
    others: BTreeMap<&'l str, usize>,
    /// What is not known.
    unknown: BTreeMap<String, usize>,
}

impl<'l> Converter<'l> {
    fn of(connection: &'l Connection, layer: Layer) -> Self {
        Self {
            connection,
            layer,
            repeats: Repeats::of(connection, layer),
            shown: BTreeSet::new(),
            is_closed: false,
            others: BTreeMap::new(),
            unknown: BTreeMap::new(),
        }
    }

    fn convert(mut self) -> Vec<Draft<'l>> {
        let records = &self.connection.records;
        let mut drafts: Vec<Draft<'l>> = Vec::new();
        let mut backwards = 0;
        for (index, record) in records.iter().enumerate() {
            let next = records.get(index + 1);
            let Some(keys) = self.take(index, record, next) else {
                continue;
            };
            // Logs of several processes are merged, and clocks are set.
            let before = drafts.last().map_or(record.at, |draft| draft.at);
            backwards += usize::from(record.at < before);
            drafts.push(Draft {
                peer: &self.connection.name,
                at: record.at.max(before),
                order: record.place.order(),
                place: Some(&record.place),
                keys,
                warnings: Vec::new(),
            });
        }
        let first = drafts.first().map_or(f64::INFINITY, |draft| draft.at);
        let created = self.connection.created.unwrap_or(f64::INFINITY);
        let at = first.min(created);
        let mut warnings: Vec<String> = self
            .unknown
            .iter()
            .map(|(method, count)| {
                let times = times_of(*count);
                format!("`{method}` ({times}) is not known, and not converted")
            })
            .collect();
        if backwards > 0 {
            let times = times_of(backwards);
            warnings.push(format!(
                "time runs backwards ({times}); the entry keeps the time before it"
            ));
        }
        let note = Draft {
            peer: &self.connection.name,
            // A connection to which nothing happens may have no time.
            at: if at.is_finite() {
                at
            } else {
                f64::NEG_INFINITY
            },
            order: 0,
            place: None,
            keys: json!({ "note": self.note() }),
            warnings,
        };
        drafts.insert(0, note);
        drafts
    }

    /// Returns the keys of the entry that a record becomes.
    fn take(&mut self, index: usize, record: &'l Record, next: Option<&Record>) -> Option<Value> {
        if self.repeats.records.contains(&index) {
            self.count("entries that repeat the current state");
            return None;
        }
        // The native layer may report something after close(), but nothing is dispatched.
        let is_undispatched = self.is_closed && self.layer == Layer::Native;
        Some(match &record.logged {
            Logged::Other(method) => {
                self.count(method);
                return None;
            }
            Logged::Unknown(method) => {
                *self.unknown.entry(names::shorten(method)).or_default() += 1;
                return None;
            }
            Logged::State(attribute, text) if is_undispatched => {
                let (event, text) = (attribute.event(), names::shorten(text));
                json!({ "note": format!("the log has {event} `{text}` after close()") })
            }
            Logged::Event(event) if is_undispatched => {
                json!({ "note": format!("the log has {event} after close()") })
            }
            Logged::State(attribute, text) => {
                let is_first = self.shown.insert(*attribute);
                if is_first && self.repeats.is_late {
                    json!({ "event": attribute.event(), "reported": text })
                } else {
                    json!({ "event": attribute.event(), "state": { attribute.as_str(): text } })
                }
            }
            Logged::Event(event) => json!({ "event": event }),
            // The refusal is the whole call.
            Logged::Called { name, .. } if next.is_some_and(|next| is_unparsed(next, name)) => {
                return None;
            }
            Logged::Called { name, description } => {
                self.is_closed |= *name == "close";
                // Chromium writes nothing when a candidate has been added.
                let has_end = is_promised(name)
                    && !(self.layer == Layer::Native && *name == "addIceCandidate");
                action(name, *description, has_end.then_some("begin"), None)
            }
            Logged::Succeeded { name, description } => {
                action(name, *description, Some("end"), Some(json!("ok")))
            }
            Logged::Failed { name, error } => {
                let is_whole = !is_promised(name) || is_unparsed(record, name);
                let result = json!({ "error": error });
                action(name, None, (!is_whole).then_some("end"), Some(result))
            }
        })
    }

    fn count(&mut self, method: &'l str) {
        *self.others.entry(method).or_default() += 1;
    }

    /// Returns where the connection comes from, and what of its log is not converted.
    fn note(&self) -> String {
        let mut text = format!("connection {}", names::shorten(&self.connection.name));
        if let Some(url) = &self.connection.url {
            text += &format!(" of {}", names::shorten(url));
        }
        if self.repeats.is_late {
            text += "; the log begins late, and the first value of each state is not judged";
        }
        let others = self.others.iter();
        let others = others.map(|(method, count)| (names::shorten(method), count));
        let unknown = self.unknown.iter();
        let unknown = unknown.map(|(method, count)| (method.clone(), count));
        let counts = others.chain(unknown);
        let counts: Vec<String> = counts
            .map(|(method, count)| format!("{count} {method}"))
            .collect();
        if !counts.is_empty() {
            text += &format!("; not converted: {}", counts.join(", "));
        }
        text
    }
}

/// Returns the keys of a call, or of one half of it.
fn action(
    name: &str,
    description: Option<DescriptionType>,
    phase: Option<&str>,
    result: Option<Value>,
) -> Value {
    let mut keys = json!({ "action": name });
    if let Some(description) = description {
        keys["type"] = json!(description);
    }
    if let Some(phase) = phase {
        keys["phase"] = json!(phase);
    }
    if let Some(result) = result {
        keys["result"] = result;
    }
    keys
}

/// Returns whether a record refuses a description that could not be parsed. Chromium finds that out
/// before earlier calls have returned, and not every version writes that the call was made.
fn is_unparsed(record: &Record, method: &str) -> bool {
    matches!(&record.logged, Logged::Failed { name, error }
        if *name == method && error.starts_with("Failed to parse SessionDescription"))
}

fn times_of(count: usize) -> String {
    if count == 1 {
        "once".to_owned()
    } else {
        format!("{count} times")
    }
}
