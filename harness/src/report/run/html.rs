//! A run as one self-contained page: the table, and for each scenario a bar of its states over
//! time, its findings and its trace.

use std::io::{self, Write};

use maud::{Markup, html};
use peerstate_model::trace::{Implementation, Lanes, Trace};

use super::summary::Summary;
use super::{Counts, Ran};
use crate::report::finding::deviations;
use crate::report::html::document;
use crate::report::text::count;
use crate::run::verdict::{Judged, connection_states};

/// Writes the page.
///
/// # Errors
///
/// When nothing can be written.
pub fn write(out: &mut dyn Write, ran: &Ran<'_>) -> io::Result<()> {
    let Implementation { name, version } = ran.implementation;
    let title = format!("{name} {version}, judged by the edition {}", ran.edition);
    let summary = Summary::new(ran.judged, ran.known);
    let body = html! {
        h1 { (title) }
        p { (summary) "." }
        p {
            @for (result, count) in Counts::of(ran.judged).iter() {
                span class={ "badge " (result) } { (count) " " (result) }
                " "
            }
        }
        (legend())
        (of_the_implementation(&summary))
        h2 { "Scenarios" }
        @for one in ran.judged { (section(one)) }
        @if !ran.stale.is_empty() {
            h2 { "Fixed" }
            ul { @for stale in ran.stale { li { (stale) } } }
        }
    };
    writeln!(
        out,
        "{}",
        document(&title, include_str!("style.css"), &body)
    )
}

fn legend() -> Markup {
    html! {
        p class="legend" {
            "connectionState: "
            @for state in ["new", "connecting", "connected", "disconnected", "failed", "closed"] {
                span class={ "state " (state) } { (state) } " "
            }
        }
    }
}

/// The deviations by weight, each with its scenarios.
fn of_the_implementation(summary: &Summary) -> Markup {
    html! {
        @if !summary.deviations.is_empty() {
            h2 { "Deviations" }
            ul {
                @for of in &summary.deviations {
                    li {
                        code { (of.name) }
                        @if !of.is_known { " " span class="badge fail" { "not known" } }
                        " in " (count(of.scenarios.len(), "scenario")) ": " (of.reason) " "
                        @if let Some(first) = of.scenarios.first() {
                            a href={ "#" (first) } { "For example " (first) "." }
                        }
                    }
                }
            }
        }
    }
}

fn section(judged: &Judged) -> Markup {
    html! {
        details id=(judged.scenario) {
            summary {
                span class={ "badge " (judged.result) } { (judged.result) }
                " expectations: " (judged.expectations.as_str())
                " " code { (judged.scenario) } " " (judged.title)
                @if let Some(trace) = &judged.trace { (bars(trace)) }
            }
            @if let Some(reason) = &judged.reason { p { (reason) } }
            @if !judged.deviations.is_empty() {
                p { "Known deviations: " (judged.deviations.join(", ")) }
            }
            @for check in judged.checks.iter().filter(|check| !check.assumed.is_empty()) {
                p {
                    "Line " (check.line) ", " (check.peer) ": "
                    @if check.missed.is_none() { "met" } @else { "not met" }
                    " (assumed: " (check.assumed.join("; ")) ")"
                }
            }
            @for (is_known, note) in [(false, ""), (true, " (known)")] {
                @for deviation in deviations(&judged.findings_known(is_known)) {
                    p { code { (deviation.finding.rule) } (note) }
                    ul {
                        @for line in deviation.said() { li { (line) } }
                        @if let Some(spec) = deviation.spec() { li { "see " a href=(spec) { (spec) } } }
                        @for line in deviation.consequences(false) { li { (line) } }
                    }
                }
            }
            @if let Some(trace) = &judged.trace { pre { (trace.lanes(&Lanes::states(usize::MAX))) } }
        }
    }
}

/// Returns a bar for each peer: its connectionState over the time of the trace.
fn bars(trace: &Trace) -> Markup {
    let end = trace
        .entries
        .last()
        .map_or(0.0, |entry| entry.at.since_start().as_secs_f64());
    html! {
        @if end > 0.0 {
            @for peer in &trace.header.peers {
                div class="lane" {
                    span class="peer" { (peer) }
                    div class="bar" {
                        @for (from, to, state) in spans(trace, peer, end) {
                            div class={ "state " (state) }
                                style={ "width:" (format!("{:.3}", (to - from) / end * 100.0)) "%" }
                                title={ (state) ", " (format!("{from:.3}")) " s to " (format!("{to:.3}")) " s" } {}
                        }
                    }
                }
            }
        }
    }
}

fn spans(trace: &Trace, peer: &str, end: f64) -> Vec<(f64, f64, &'static str)> {
    let states = connection_states(trace, peer);
    let starts: Vec<f64> = states
        .iter()
        .map(|(at, _)| at.since_start().as_secs_f64())
        .collect();
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts
        .iter()
        .zip(ends)
        .zip(&states)
        .map(|((from, to), (_, state))| (*from, to, *state))
        .collect()
}
