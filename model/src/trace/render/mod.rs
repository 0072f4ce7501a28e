//! A trace as a person reads it: one lane for each peer, time down the page, and the changes.
//!
//! Plain text that stays the same from run to run, so that a difference between two traces is a
//! difference of lines.

mod changes;
mod layout;
mod text;

use self::changes::Seen;
use self::layout::{Layout, Row};
use super::{ActionResult, Entry, Phase, Trace, TransportKind, What};
use crate::input::names::printable;

pub use text::{fit, wrap};

/// How the lanes of a trace are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lanes {
    /// The number of columns: no line is wider. With `usize::MAX` nothing is cut.
    pub width: usize,
    /// How much is shown.
    pub detail: Detail,
    /// The one entry that is looked at, with what is around it; `None` for the whole trace.
    pub around: Option<Around>,
}

/// How much is shown of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Every entry with all its values. A text that is too long for its lane is wrapped.
    All,
    /// The changes. A text that is too long for its lane is cut, and in a whole trace candidates
    /// and repeated readings are left out.
    States,
}

/// An entry with those before and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Around {
    /// The line of the entry, which is marked, and whose peer has the widest lane.
    pub line: usize,
    /// The number of entries that are shown before it, and after it.
    pub context: usize,
}

impl Lanes {
    /// The changes of the whole trace.
    #[must_use]
    pub const fn states(width: usize) -> Self {
        Self {
            width,
            detail: Detail::States,
            around: None,
        }
    }

    /// The changes around one line.
    #[must_use]
    pub const fn around(line: usize, context: usize, width: usize) -> Self {
        Self {
            around: Some(Around { line, context }),
            ..Self::states(width)
        }
    }
}

impl Trace {
    /// The trace in lanes. Characters of its texts that would not print are escaped.
    #[must_use]
    pub fn lanes(&self, lanes: &Lanes) -> String {
        let rows = rows(self, lanes);
        let (shown, marked) = match lanes.around {
            None => (rows.as_slice(), None),
            Some(Around { line, context }) => {
                let place = rows.iter().position(|row| row.line >= line);
                let shown = place.and_then(|place| {
                    let after = place.saturating_add(context).saturating_add(1);
                    rows.get(place.saturating_sub(context)..after.min(rows.len()))
                });
                (shown.unwrap_or_default(), Some(line))
            }
        };
        let peers: Vec<String> = self.header.peers.iter().map(|p| printable(p)).collect();
        Layout {
            peers: &peers,
            width: lanes.width,
            wrap: lanes.detail == Detail::All,
            marked,
        }
        .write(shown)
    }
}

fn rows(trace: &Trace, lanes: &Lanes) -> Vec<Row> {
    let peers = &trace.header.peers;
    let everything = lanes.detail == Detail::All || lanes.around.is_some();
    let mut seen = vec![Seen::default(); peers.len()];
    let mut rows = Vec::new();
    for entry in &trace.entries {
        let Some(lane) = peers.iter().position(|peer| *peer == entry.peer) else {
            continue;
        };
        let Some(seen) = seen.get_mut(lane) else {
            continue;
        };
        let news = seen.take(entry, lanes.detail);
        if everything || news.is_change || !is_dull(entry) {
            let mut text = describe(&entry.what);
            text.push_str(&news.text);
            rows.push(Row {
                line: entry.line,
                at: entry.at.to_string(),
                lane,
                text: printable(&text),
            });
        }
    }
    rows
}

/// Whether an entry that reads nothing new is left out.
fn is_dull(entry: &Entry) -> bool {
    match &entry.what {
        What::Event { name, .. } => name == "icecandidate",
        What::Action { name, result, .. } => {
            name == "addIceCandidate" && *result == Some(ActionResult::Ok)
        }
        What::Sample(_) => true,
        What::Note(_) => false,
    }
}

fn describe(what: &What) -> String {
    match what {
        What::Action {
            name,
            result,
            phase,
            ..
        } => match (phase, result) {
            (Some(Phase::Begin), _) => format!("{name}() …"),
            (_, Some(ActionResult::Error(error))) => format!("{name}() fails: {error}"),
            (_, Some(ActionResult::Ok)) => format!("{name}() ok"),
            (_, None) => format!("{name}()"),
        },
        What::Event {
            name,
            transport,
            kind,
            ..
        } => {
            let kind = kind.map_or("", |kind| match kind {
                TransportKind::Ice => " ice",
                TransportKind::Dtls => " dtls",
            });
            let transport = transport.as_ref().map(|transport| format!(" {transport}"));
            format!("* {name}{kind}{}", transport.unwrap_or_default())
        }
        What::Sample(why) => format!("({why})"),
        What::Note(note) => format!("# {note}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::{Value, json};
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::trace::read;

    fn trace(peers: &[&str], entries: &[Value]) -> Trace {
        let header = json!({
            "trace": 1,
            "implementation": {"name": "x", "version": "1"},
            "clock": "virtual",
            "peers": peers,
        });
        let lines: Vec<String> = [&header]
            .into_iter()
            .chain(entries)
            .map(Value::to_string)
            .collect();
        read("t", lines.join("\n").as_bytes()).unwrap()
    }

    /// A call of two peers, with everything that lanes show.
    fn call() -> Trace {
        let transport =
            |ice, dtls| json!([{"id": "0", "ice": ice, "dtls": dtls, "gathering": "new"}]);
        trace(
            &["alice", "bob"],
            &[
                json!({"at": 0, "peer": "alice", "sample": "poll", "transports": [], "state": {"connectionState": "new", "iceConnectionState": "new", "signalingState": "stable"}}),
                json!({"at": 2, "peer": "alice", "action": "setLocalDescription", "phase": "begin"}),
                json!({"at": 2, "peer": "alice", "event": "signalingstatechange", "state": {"connectionState": "new", "signalingState": "have-local-offer"}, "transports": transport("new", "new")}),
                json!({"at": 2, "peer": "alice", "event": "icecandidate", "state": {"connectionState": "new"}, "transports": transport("new", "new")}),
                json!({"at": 2, "peer": "alice", "action": "setLocalDescription", "phase": "end", "result": "ok"}),
                json!({"at": 3.5, "peer": "bob", "action": "setRemoteDescription", "result": {"error": "InvalidStateError"}}),
                json!({"at": 4, "peer": "alice", "event": "iceconnectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": transport("checking", "new")}),
                json!({"at": 4, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting", "iceConnectionState": "checking"}, "transports": transport("checking", "new")}),
                json!({"at": 9, "peer": "alice", "event": "statechange", "transport": "0", "kind": "ice", "transports": [{"id": "0", "ice": "connected", "dtls": "connecting", "gathering": "complete"}, {"id": "1", "ice": "checking", "gathering": "complete"}]}),
                json!({"at": 9, "peer": "alice", "sample": "poll", "state": {"connectionState": "connecting"}}),
                json!({"at": 30, "peer": "alice", "action": "close", "result": "ok", "state": {"connectionState": "closed", "iceConnectionState": "closed"}, "transports": []}),
                json!({"at": 31, "peer": "bob", "note": "hung\nup \u{202e}\u{1b}[31m"}),
            ],
        )
    }

    fn snapshot(name: &str, text: &str) {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(format!("lanes__{name}"), text);
        });
    }

    #[rstest]
    #[case("states", Lanes::states(120))]
    #[case("narrow", Lanes::states(60))]
    #[case("one_column", Lanes::states(48))]
    #[case("all", Lanes { detail: Detail::All, ..Lanes::states(120) })]
    #[case("around", Lanes::around(8, 2, 100))]
    #[case("around_other", Lanes::around(7, 2, 100))]
    fn a_call_is_read_at_a_glance(#[case] name: &str, #[case] lanes: Lanes) {
        snapshot(name, &call().lanes(&lanes));
    }

    #[test]
    fn one_peer_has_all_the_width() {
        let long = "x".repeat(200);
        let trace = trace(
            &["alice"],
            &[json!({"at": 0, "peer": "alice", "note": long})],
        );
        let shown = trace.lanes(&Lanes::states(40));
        assert_eq!(shown, format!("ms | alice\n 0 | # {}…\n", "x".repeat(32)));
    }

    #[rstest]
    #[case(1, ">  0 | first")]
    #[case(3, ">  9 | second")]
    #[case(4, "")]
    fn a_line_is_marked_if_there_is_one(#[case] line: usize, #[case] marked: &str) {
        let entry = |at: u32, note: &str| json!({"at": at, "peer": "a", "note": note});
        let trace = trace(&["a"], &[entry(0, "first"), entry(9, "second")]);
        let shown = trace.lanes(&Lanes::around(line, 0, 80));
        let found = shown.lines().find(|line| line.starts_with('>'));
        // The header is not an entry: the entries after it are shown, and none is marked.
        let marked = if line == 1 { "" } else { marked };
        assert_eq!(found.unwrap_or_default().replace("# ", ""), marked);
    }

    fn hostile() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "a",
            "word ",
            "状態",
            "e\u{301}",
            "☎\u{fe0f}",
            "👩\u{200d}💻",
            "\n",
            "\u{1b}[2J",
            "\u{202e}",
            "\u{2028}",
            "\u{0}",
            "\u{9b}",
            "\t",
            "لا",
            "…",
        ]);
        prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
    }

    fn state() -> impl Strategy<Value = Value> {
        let value = prop::option::of(prop::sample::select(vec![
            "new",
            "connected",
            "failed",
            "closed",
        ]));
        (value.clone(), value).prop_map(|(connection, ice)| {
            let mut state = serde_json::Map::new();
            state.extend(connection.map(|value| ("connectionState".to_owned(), json!(value))));
            state.extend(ice.map(|value| ("iceConnectionState".to_owned(), json!(value))));
            Value::Object(state)
        })
    }

    fn transports() -> impl Strategy<Value = Value> {
        let ice = prop::sample::select(vec!["new", "checking", "connected"]);
        // The ids of one list differ.
        prop::collection::btree_map(hostile(), ice, 0..4).prop_map(|transports| {
            let one = |(id, ice)| json!({"id": id, "ice": ice});
            transports.into_iter().map(one).collect()
        })
    }

    /// A trace of one to seven peers with the worst of texts.
    fn traces() -> impl Strategy<Value = Trace> {
        let what = prop::sample::select(vec!["action", "event", "sample", "note"]);
        let entry = (
            0..7_usize,
            what,
            hostile(),
            state(),
            transports(),
            0..1_000_000_u32,
        );
        (
            prop::collection::vec(hostile(), 1..=7),
            prop::collection::vec(entry, 0..20),
        )
            .prop_map(|(names, entries)| {
                let names: Vec<String> = (0..).zip(names).map(|(n, name)| format!("{name}{n}")).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let mut at = 0;
                let entries: Vec<Value> = entries
                    .into_iter()
                    .map(|(peer, what, text, state, transports, later)| {
                        at += later;
                        json!({"at": at, "peer": names[peer % names.len()], what: text, "state": state, "transports": transports})
                    })
                    .collect();
                trace(&names, &entries)
            })
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_for(
            trace in traces(),
            width in 0..200_usize,
            all in any::<bool>(),
            around in prop::option::of((0..25_usize, 0..25_usize)),
        ) {
            let lanes = Lanes {
                width,
                detail: if all { Detail::All } else { Detail::States },
                around: around.map(|(line, context)| Around { line, context }),
            };
            let shown = trace.lanes(&lanes);
            for line in shown.split_terminator('\n') {
                prop_assert!(line.width() <= width, "{width}: {line:?}");
                prop_assert_eq!(printable(line), line);
            }
        }

        #[test]
        fn every_change_is_in_the_lanes(values in prop::collection::vec(0..3_usize, 1..20)) {
            let names = ["new", "connecting", "connected"];
            let entries: Vec<Value> = (0..)
                .zip(&values)
                .map(|(at, value): (u32, _)| json!({"at": at, "peer": "a", "sample": "poll", "state": {"connectionState": names[*value]}}))
                .collect();
            let shown = trace(&["a"], &entries).lanes(&Lanes::states(80));
            let changes = 1 + values.windows(2).filter(|pair| pair[0] != pair[1]).count();
            prop_assert_eq!(shown.lines().count(), 1 + changes, "{}", shown);
        }
    }
}
