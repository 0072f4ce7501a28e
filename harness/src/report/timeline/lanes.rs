//! What the lanes of a timeline hold: the values of attributes over time, and the marks.

use std::collections::BTreeSet;

use peerstate_model::trace::{ActionResult, Attribute, Entry, Phase, Trace, What};

use super::Mark;

/// The values of an attribute, as they were reported.
#[derive(Debug)]
pub(super) struct Band {
    /// The name of the attribute.
    pub(super) attribute: &'static str,
    /// The lines on which it changed, and what to; `None` if nothing is known from there on.
    pub(super) changes: Vec<(usize, Option<&'static str>)>,
}

/// A mark in a lane: a call or an event.
#[derive(Debug)]
pub(super) struct Happened {
    pub(super) line: usize,
    pub(super) is_call: bool,
    /// What it is, in words.
    pub(super) title: String,
}

/// Returns the bands of a peer: those of the attributes that were reported, and of gathering and
/// signaling only if a mark is about them.
pub(super) fn bands(trace: &Trace, peer: &str, marks: &[Mark<'_>]) -> Vec<Band> {
    let is_shown = |attribute: &Attribute| match attribute {
        Attribute::ConnectionState | Attribute::IceConnectionState => true,
        Attribute::IceGatheringState => marks.iter().any(|mark| mark.concerns("gathering")),
        Attribute::SignalingState => marks.iter().any(|mark| mark.concerns("signaling")),
    };
    let attributes = Attribute::ALL.iter().copied().filter(is_shown);
    let bands = attributes.map(|attribute| Band {
        attribute: attribute.as_str(),
        changes: changes(trace, peer, attribute),
    });
    bands.filter(|band| !band.changes.is_empty()).collect()
}

/// Returns the values of an attribute that a peer reported. After `close()`, which changes it
/// without an event, nothing is known until it is reported again.
fn changes(trace: &Trace, peer: &str, attribute: Attribute) -> Vec<(usize, Option<&'static str>)> {
    let mut changes: Vec<(usize, Option<&'static str>)> = Vec::new();
    for entry in trace.entries.iter().filter(|entry| entry.peer == peer) {
        let last = changes.last().and_then(|(_, value)| *value);
        match entry.state.get(attribute) {
            Some(value) if last != Some(value) => changes.push((entry.line, Some(value))),
            None if last.is_some() && last != Some("closed") && is_close(entry) => {
                changes.push((entry.line, None));
            }
            _ => {}
        }
    }
    changes
}

fn is_close(entry: &Entry) -> bool {
    matches!(
        &entry.what,
        What::Action { name, result: Some(ActionResult::Ok), .. } if name == "close"
    )
}

/// Returns the calls and events of a peer. A call with two entries is marked at the first.
pub(super) fn happened(trace: &Trace, peer: &str) -> Vec<Happened> {
    let entries = trace.entries.iter().filter(|entry| entry.peer == peer);
    entries.filter_map(mark).collect()
}

fn mark(entry: &Entry) -> Option<Happened> {
    let (is_call, what) = match &entry.what {
        // The call is marked where it begins.
        What::Action {
            phase: Some(Phase::End),
            result: Some(ActionResult::Ok),
            ..
        }
        | What::Sample(_)
        | What::Note(_) => return None,
        What::Action { name, result, .. } => {
            let refused = match result {
                Some(ActionResult::Error(error)) => format!(" refused: {error}"),
                Some(ActionResult::Ok) | None => String::new(),
            };
            (true, format!("{name}(){refused}"))
        }
        What::Event { name, value, .. } => {
            let value = value.as_ref().map(|value| format!(" ({value})"));
            (false, format!("{name}{}", value.unwrap_or_default()))
        }
    };
    Some(Happened {
        line: entry.line,
        is_call,
        title: format!("{what}, {} ms, line {}", entry.at, entry.line),
    })
}

/// Returns the lines of the entries that are drawn.
pub(super) fn lines(
    trace: &Trace,
    lanes: &[(Vec<Band>, Vec<Happened>)],
    marks: &[Mark<'_>],
) -> BTreeSet<usize> {
    let bands = lanes.iter().flat_map(|(bands, _)| bands);
    let changes = bands.flat_map(|band| band.changes.iter().map(|(line, _)| *line));
    let happened = lanes.iter().flat_map(|(_, happened)| happened);
    let found = marks.iter().flat_map(|mark| &mark.finding.places);
    let ends = trace.entries.last().map(|entry| entry.line);
    changes
        .chain(happened.map(|one| one.line))
        .chain(found.map(|place| place.line))
        .chain(ends)
        .collect()
}
