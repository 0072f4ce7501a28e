//! A trace as a person reads it: one lane a peer, time down the page.
//!
//! Plain text that stays the same from run to run, so that a difference between two traces is a
//! difference of lines.

use std::fmt::Write;

use super::{ActionResult, Entry, Phase, State, Trace, TransportState, What};

/// Which entries stand in a rendering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    All,
    /// What a reviewer looks at: not the candidates, and not what repeats itself.
    States,
}

/// One line of a rendering.
struct Row {
    line: usize,
    at: String,
    lane: usize,
    text: String,
}

const NARROWEST_LANE: usize = 20;

impl Trace {
    /// The whole trace in lanes.
    #[must_use]
    pub fn render(&self, detail: Detail) -> String {
        let rows = rows(self, detail);
        layout(self, &rows, &[])
    }

    /// The lines of the trace from a few before to a few after an entry, which is marked.
    #[must_use]
    pub fn render_around(&self, line: usize, context: usize) -> String {
        let rows = rows(self, Detail::All);
        let Some(place) = rows.iter().position(|row| row.line >= line) else {
            return layout(self, &[], &[]);
        };
        let from = place.saturating_sub(context);
        let to = (place + context + 1).min(rows.len());
        layout(self, rows.get(from..to).unwrap_or_default(), &[line])
    }
}

fn rows(trace: &Trace, detail: Detail) -> Vec<Row> {
    let mut transports: Vec<Option<&[TransportState]>> = vec![None; trace.header.peers.len()];
    let mut rows = Vec::new();
    for entry in &trace.entries {
        let Some(lane) = trace
            .header
            .peers
            .iter()
            .position(|peer| *peer == entry.peer)
        else {
            continue;
        };
        let changed = match (&entry.transports, transports.get_mut(lane)) {
            (Some(now), Some(before)) if *before != Some(now.as_slice()) => {
                *before = Some(now);
                Some(now.as_slice())
            }
            _ => None,
        };
        let mut text = describe(entry);
        if let Some(changed) = changed {
            if !text.is_empty() {
                text.push_str("  ");
            }
            let _ = write!(text, "[{}]", describe_transports(changed));
        }
        let dull = match &entry.what {
            What::Event { name, .. } => name == "icecandidate",
            What::Action { name, result, .. } => {
                name == "addIceCandidate" && *result == Some(ActionResult::Ok)
            }
            What::Sample(_) => changed.is_none() && entry.state == State::default(),
            What::Note(_) => false,
        };
        if detail == Detail::All || !dull || changed.is_some() {
            rows.push(Row {
                line: entry.line,
                at: entry.at.to_string(),
                lane,
                text,
            });
        }
    }
    rows
}

fn describe(entry: &Entry) -> String {
    let mut text = match &entry.what {
        What::Action {
            name,
            result,
            phase,
        } => {
            let mut text = format!("{name}()");
            match (phase, result) {
                (Some(Phase::Begin), _) => text.push_str(" …"),
                (_, Some(ActionResult::Error(error))) => {
                    let _ = write!(text, " fails: {error}");
                }
                (_, Some(ActionResult::Ok)) => text.push_str(" ok"),
                (_, None) => {}
            }
            text
        }
        What::Event {
            name,
            transport,
            kind,
        } => {
            let mut text = format!("* {name}");
            if let Some(kind) = kind {
                text.push_str(match kind {
                    super::TransportKind::Ice => " ice",
                    super::TransportKind::Dtls => " dtls",
                });
            }
            if let Some(transport) = transport {
                let _ = write!(text, " {transport}");
            }
            text
        }
        What::Sample(why) => format!("({why})"),
        What::Note(note) => format!("# {note}"),
    };
    let state = describe_state(entry);
    if !state.is_empty() {
        let _ = write!(text, " {state}");
    }
    text
}

/// The value alone where the event is of that attribute and carries nothing else.
fn describe_state(entry: &Entry) -> String {
    let State {
        connection_state,
        ice_connection_state,
        ice_gathering_state,
        signaling_state,
    } = entry.state;
    let named = [
        ("connectionState", connection_state.map(|s| s.as_str())),
        (
            "iceConnectionState",
            ice_connection_state.map(|s| s.as_str()),
        ),
        ("iceGatheringState", ice_gathering_state.map(|s| s.as_str())),
        ("signalingState", signaling_state.map(|s| s.as_str())),
    ];
    let known: Vec<_> = named
        .iter()
        .filter_map(|(n, s)| s.map(|state| (*n, state)))
        .collect();
    let event = match &entry.what {
        What::Event { name, .. } => name.as_str(),
        _ => "",
    };
    match known.as_slice() {
        [(name, state)] if event.eq_ignore_ascii_case(&format!("{name}Change")) => {
            (*state).to_owned()
        }
        known => known
            .iter()
            .map(|(n, state)| format!("{n}={state}"))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn describe_transports(transports: &[TransportState]) -> String {
    if transports.is_empty() {
        return "no transports".to_owned();
    }
    let one = |transport: &TransportState| {
        let ice = transport.ice.map_or("?", |state| state.as_str());
        let dtls = transport.dtls.map_or("?", |state| state.as_str());
        let gathering = transport
            .gathering
            .map(|state| format!(", gathering {state}"));
        format!(
            "{}: ice {ice}, dtls {dtls}{}",
            transport.id,
            gathering.unwrap_or_default()
        )
    };
    transports.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The rows in columns: a mark, the time, a lane a peer.
fn layout(trace: &Trace, rows: &[Row], marked: &[usize]) -> String {
    let peers = &trace.header.peers;
    let width = |lane: usize, name: &str| {
        let texts = rows
            .iter()
            .filter(|row| row.lane == lane)
            .map(|row| row.text.chars().count());
        texts
            .chain([name.chars().count(), NARROWEST_LANE])
            .max()
            .unwrap_or(NARROWEST_LANE)
    };
    let widths: Vec<usize> = peers
        .iter()
        .enumerate()
        .map(|(lane, name)| width(lane, name))
        .collect();
    let time = rows
        .iter()
        .map(|row| row.at.len())
        .chain(["ms".len()])
        .max()
        .unwrap_or(2);
    let mark = if marked.is_empty() { "" } else { "  " };

    let mut text = format!("{mark}{:>time$}", "ms");
    for (name, width) in peers.iter().zip(&widths) {
        let _ = write!(text, " | {name:<width$}");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    let mut last_at = "";
    for row in rows {
        // A moment is told once.
        let at = if row.at == last_at {
            ""
        } else {
            row.at.as_str()
        };
        last_at = &row.at;
        let mark = match marked {
            [] => "",
            _ if marked.contains(&row.line) => "> ",
            _ => "  ",
        };
        let mut line = format!("{mark}{at:>time$}");
        for (lane, width) in widths.iter().enumerate() {
            let cell = if lane == row.lane {
                row.text.as_str()
            } else {
                ""
            };
            let _ = write!(line, " | {cell:<width$}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
