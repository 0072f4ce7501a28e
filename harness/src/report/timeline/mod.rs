//! A trace as a timeline: an SVG with a lane for each peer. In a lane are bands with the values of
//! the attributes, the events, the calls, and numbered marks where something was found.

mod lanes;
mod scale;

use std::fmt::Write;

use maud::{Markup, html};
use peerstate_model::rules::Finding;
use peerstate_model::trace::Trace;

use self::lanes::{Band, Happened, bands, happened, lines};
use self::scale::{Drawn, Scale, text};
use crate::report::text::cut;

/// The columns of the names.
const NAMES: f64 = 122.0;

/// The columns of the lanes, unless there are too many entries.
const LANES: f64 = 560.0;

/// The room after the last entry, for the text of the axis.
const MARGIN: f64 = 24.0;

/// The height of a band, and the distance to the next.
const BAND: f64 = 18.0;
const NEXT_BAND: f64 = 21.0;

/// The height of a row of marks.
const MARKS: f64 = 14.0;

/// The room for numbered marks, and the width of one.
const NUMBERS: f64 = 24.0;
const NUMBER: f64 = 19.0;

/// The room above the lanes, for the lengths of what is cut.
const TOP: f64 = 18.0;

/// The width of a letter in a band.
const LETTER: f64 = 6.6;

/// A finding in a timeline.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'f> {
    /// Its number in the list of findings.
    pub number: usize,
    /// The finding.
    pub finding: &'f Finding,
    /// Whether it is known.
    pub is_known: bool,
    /// Whether it is the first with its number, to which the list links.
    pub is_first: bool,
}

impl Mark<'_> {
    /// Returns whether it is about a word, such as an attribute.
    fn concerns(&self, word: &str) -> bool {
        let finding = self.finding;
        [finding.rule, &finding.deviation]
            .iter()
            .any(|text| text.contains(word))
    }
}

/// A lane, where it is.
struct Lane<'t> {
    peer: &'t str,
    bands: Vec<Band>,
    happened: Vec<Happened>,
    marks: Vec<&'t Mark<'t>>,
    top: f64,
}

impl Lane<'_> {
    fn bands_top(&self) -> f64 {
        self.top + if self.marks.is_empty() { 18.0 } else { NUMBERS }
    }

    fn marks_top(&self) -> f64 {
        let bands = u32::try_from(self.bands.len()).unwrap_or(u32::MAX);
        self.bands_top() + f64::from(bands) * NEXT_BAND
    }

    fn bottom(&self) -> f64 {
        self.marks_top() + 2.0 * MARKS
    }
}

/// Returns the timeline of a trace. `id` is that of the outcome: the mark with number 2 has the id
/// `ID/m2` and links to the finding `ID/f2`.
#[must_use]
pub fn timeline(trace: &Trace, marks: &[Mark<'_>], id: &str) -> Markup {
    let peers = trace.header.peers.iter();
    let contents: Vec<(Vec<Band>, Vec<Happened>)> = peers
        .map(|peer| (bands(trace, peer, marks), happened(trace, peer)))
        .collect();
    let drawn = lines(trace, &contents, marks);
    let entries = trace
        .entries
        .iter()
        .filter(|entry| drawn.contains(&entry.line));
    let entries: Vec<_> = entries.map(|entry| (entry.line, entry.at)).collect();
    let scale = Scale::of(&entries, LANES);
    let mut lanes: Vec<Lane<'_>> = Vec::new();
    for (peer, (bands, happened)) in trace.header.peers.iter().zip(contents) {
        let of_peer = marks.iter().filter(|mark| mark.finding.peer == *peer);
        lanes.push(Lane {
            peer,
            bands,
            happened,
            marks: of_peer.collect(),
            top: lanes.last().map_or(TOP, |lane| lane.bottom() + 8.0),
        });
    }
    let bottom = lanes.last().map_or(TOP, Lane::bottom) + 6.0;
    let (width, height) = (NAMES + scale.width + MARGIN, bottom + 24.0);
    let view = format!("0 0 {} {}", n(width), n(height));
    html! {
        div class="scroll timeline" tabindex="0" role="group" aria-label="timeline" {
            svg viewBox=(view) width=(n(width)) height=(n(height)) {
                (cuts(&scale, bottom))
                @for lane in &lanes { (one(lane, &scale, id)) }
                (axis(&scale, bottom))
            }
        }
        p class="soft" {
            "Hatched time is cut; its length is above. Along a dashed axis, entries are moved apart in "
            "their order."
        }
        ul class="story" {
            @for lane in &lanes {
                @for band in &lane.bands { li { (story(trace, lane.peer, band)) } }
            }
        }
    }
}

/// The values of an attribute in words.
fn story(trace: &Trace, peer: &str, band: &Band) -> Markup {
    let at = |line: usize| trace.entries.iter().find(|entry| entry.line == line);
    html! {
        b { (peer) } " " code { (band.attribute) } ": "
        @for (place, (line, value)) in band.changes.iter().enumerate() {
            @if place > 0 { ", " }
            @match value {
                Some(value) => { (symbol(value)) " " (value) },
                None => "not read",
            }
            " "
            @if let Some(entry) = at(*line) { span class="soft" { (entry.at) " ms" } }
        }
    }
}

/// What is cut: hatched in every lane, with its length above.
fn cuts(scale: &Scale, bottom: f64) -> Markup {
    html! {
        @for cut in scale.segments.iter().filter(|one| one.drawn == Drawn::Cut) {
            rect class="cut" x=(n(NAMES + cut.from + 3.0)) y=(n(TOP))
                width=(n(cut.to - cut.from - 6.0)) height=(n(bottom - TOP)) {}
            text class="axis" x=(n(NAMES + f64::midpoint(cut.from, cut.to))) y="11" text-anchor="middle" {
                (text(cut.lasts))
            }
        }
    }
}

/// The axis: a line that is solid where it is to scale, and dashed where it is not.
fn axis(scale: &Scale, y: f64) -> Markup {
    let path = |kind: Drawn| {
        let mut path = String::new();
        let runs = scale.segments.chunk_by(|one, next| one.drawn == next.drawn);
        for run in runs.filter(|run| run[0].drawn == kind) {
            let (from, to) = (run[0].from, run[run.len() - 1].to);
            // Writing to a string does not fail.
            let _ = write!(path, "M{} {}H{} ", n(NAMES + from), n(y), n(NAMES + to));
        }
        path
    };
    html! {
        path class="line" d=(path(Drawn::ToScale)) {}
        path class="line stretched" d=(path(Drawn::Widened)) {}
        @for (place, text) in scale.ticks() {
            path class="line" d={ "M" (n(NAMES + place)) " " (n(y)) "v5" } {}
            text class="axis" x=(n(NAMES + place)) y=(n(y + 17.0)) text-anchor="middle" { (text) }
        }
    }
}

fn one(lane: &Lane<'_>, scale: &Scale, id: &str) -> Markup {
    let (bands, marks) = (lane.bands_top(), lane.marks_top());
    let place = |line: usize| NAMES + scale.place(line);
    html! {
        text class="peer" x="0" y=(n(bands - 6.0)) { (lane.peer) }
        @for (row, band) in (0_u32..).zip(&lane.bands) {
            (values(band, scale, bands + f64::from(row) * NEXT_BAND))
        }
        @for (is_call, name, top) in [(false, "events", marks), (true, "calls", marks + MARKS)] {
            text class="axis" x=(n(NAMES - 8.0)) y=(n(top + 10.0)) text-anchor="end" { (name) }
            g class=(if is_call { "call" } else { "event" }) {
                @for one in lane.happened.iter().filter(|one| one.is_call == is_call) {
                    path d=(shape(is_call, place(one.line), top)) { title { (one.title) } }
                }
            }
        }
        (numbers(lane, scale, id))
    }
}

/// An event is a bar, a call a triangle that points to its moment.
fn shape(is_call: bool, x: f64, top: f64) -> String {
    if is_call {
        format!("M{} {}l3.5 7h-7z", n(x), n(top + 3.0))
    } else {
        format!("M{} {}v9", n(x), n(top + 2.0))
    }
}

/// The values of an attribute. A value that is not to scale is hatched.
fn values(band: &Band, scale: &Scale, top: f64) -> Markup {
    let ends = band
        .changes
        .iter()
        .skip(1)
        .map(|(line, _)| scale.place(*line));
    let ends = ends.chain([scale.width]);
    html! {
        text class="axis" x=(n(NAMES - 8.0)) y=(n(top + 13.0)) text-anchor="end" { (band.attribute) }
        path class="rail" d={ "M" (n(NAMES)) " " (n(top + BAND)) "h" (n(scale.width)) } {}
        @for ((line, value), to) in band.changes.iter().zip(ends) {
            @if let Some(value) = value {
                @let from = scale.place(*line);
                // The last value lasts on.
                @let wide = (to - from).max(6.0);
                g class={ "v " (value) } {
                    title { (band.attribute) ": " (value) }
                    rect x=(n(NAMES + from)) y=(n(top)) width=(n(wide)) height=(n(BAND)) {}
                    @if is_stretched(scale, from, to) {
                        rect class="hatch" x=(n(NAMES + from)) y=(n(top)) width=(n(wide)) height=(n(BAND)) {}
                    }
                    @match label(value, wide) {
                        Some(label) => text x=(n(NAMES + from + 5.0)) y=(n(top + 13.0)) { (label) },
                        None => text x=(n(NAMES + from + wide / 2.0)) y=(n(top + 13.0)) text-anchor="middle" {
                            (symbol(value))
                        },
                    }
                }
            }
        }
    }
}

/// Returns a value as it fits into a band: whole, or its beginning; `None` if there is too little room.
fn label(value: &str, wide: f64) -> Option<String> {
    let fits = |letters: &usize| {
        let letters = u32::try_from(*letters).unwrap_or(u32::MAX);
        f64::from(letters) * LETTER + 8.0 <= wide
    };
    let letters = (4..=value.len()).rev().find(fits)?;
    Some(cut(value, letters))
}

/// Returns the symbol of a value, for a band without room for letters. The list in words has it too.
fn symbol(value: &str) -> &'static str {
    match value {
        "new" | "stable" => "○",
        "connecting" | "checking" | "gathering" => "◌",
        "connected" | "completed" | "complete" => "●",
        "disconnected" => "◐",
        "failed" => "✗",
        "closed" => "■",
        _ => "◇",
    }
}

/// Returns whether all of what is drawn between two places is wider than it is.
fn is_stretched(scale: &Scale, from: f64, to: f64) -> bool {
    let inside = |one: &&scale::Segment| one.to > from + 0.01 && one.from < to - 0.01;
    let mut segments = scale.segments.iter().filter(inside);
    segments.all(|one| one.drawn == Drawn::Widened)
}

/// The numbered marks: the first place of each finding, moved aside where there is no room, and
/// dots at its other places.
fn numbers(lane: &Lane<'_>, scale: &Scale, id: &str) -> Markup {
    let mut marks: Vec<(f64, &Mark<'_>)> = Vec::new();
    for mark in &lane.marks {
        marks.push((NAMES + scale.place(mark.finding.first().line), *mark));
    }
    marks.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut free = f64::NEG_INFINITY;
    let placed = marks.iter().map(|(x, mark)| {
        let at = x.max(free);
        free = at + NUMBER;
        (*x, at, *mark)
    });
    let placed: Vec<_> = placed.collect();
    let (y, bands) = (lane.top + 9.0, lane.bands_top());
    html! {
        @for (x, at, mark) in placed {
            @let known = if mark.is_known { " known" } else { "" };
            @for place in mark.finding.places.iter().skip(1) {
                circle class={ "place" (known) } cx=(n(NAMES + scale.place(place.line))) cy=(n(bands - 3.0)) r="2.2" {}
            }
            path class={ "leader" (known) } d={ "M" (n(at)) " " (n(y + 8.0)) "L" (n(x)) " " (n(bands)) } {}
            a class={ "number" (known) } id=[mark.is_first.then(|| format!("{id}/m{}", mark.number))] href={ "#" (id) "/f" (mark.number) }
                aria-label={ "finding " (mark.number) } {
                circle cx=(n(at)) cy=(n(y)) r="8.5" {}
                text x=(n(at)) y=(n(y + 3.8)) text-anchor="middle" { (mark.number) }
            }
        }
    }
}

/// A number with at most one decimal.
fn n(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(88.0, Some("disconnected"))]
    #[case(81.0, Some("disconnect…"))]
    #[case(36.0, Some("dis…"))]
    #[case(34.0, None)]
    fn a_value_is_cut_to_its_band(#[case] wide: f64, #[case] shown: Option<&str>) {
        assert_eq!(label("disconnected", wide).as_deref(), shown);
    }
}
