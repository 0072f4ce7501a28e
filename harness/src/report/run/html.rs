//! A run as one self-contained page: the table, and for each scenario a bar of its states over
//! time, its findings and its trace.

use std::io::{self, Write};

use maud::{Markup, html};
use peerstate_model::trace::{Lanes, Trace};

use super::summary::Summary;
use super::{Counts, Reporter, RunEvent};
use crate::report::html::document;
use crate::report::text::count;
use crate::run::verdict::{Judged, connection_states};

/// Collects the run and writes one page at its end.
pub struct Html<W> {
    out: W,
    title: String,
    counts: Counts,
    judged: Vec<Judged>,
}

impl<W: Write> Html<W> {
    /// Returns a reporter that writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            title: String::new(),
            counts: Counts::default(),
            judged: Vec::new(),
        }
    }
}

impl<W: Write> Reporter for Html<W> {
    fn event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        match event {
            RunEvent::Started {
                implementation,
                edition,
                ..
            } => {
                self.title = format!(
                    "{} {}, judged by the edition {edition}",
                    implementation.name, implementation.version
                );
                Ok(())
            }
            RunEvent::Judged { judged, .. } => {
                self.counts.add(judged.result);
                self.judged.push((*judged).clone());
                Ok(())
            }
            RunEvent::Finished(finished) => {
                let summary = Summary::new(&self.judged, finished.known);
                let body = html! {
                    h1 { (self.title) }
                    p { (summary) "." }
                    p {
                        @for (result, count) in self.counts.iter() {
                            span class={ "badge " (result) } { (count) " " (result) }
                            " "
                        }
                    }
                    (legend())
                    (deviations(&summary))
                    h2 { "Scenarios" }
                    @for one in &self.judged { (section(one)) }
                    @if !finished.stale.is_empty() {
                        h2 { "Fixed" }
                        ul { @for stale in finished.stale { li { (stale) } } }
                    }
                };
                writeln!(
                    self.out,
                    "{}",
                    document(&self.title, include_str!("style.css"), &body)
                )
            }
        }
    }
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

/// Returns the deviations by weight, each with its scenarios.
fn deviations(summary: &Summary) -> Markup {
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
            @for (finding, known) in &judged.findings {
                p {
                    code { (finding.rule) }
                    @if known.is_some() { " (known)" }
                    " " (finding.peer) " at " (finding.first().at) " ms"
                    @if finding.count > 1 { " and " (count(finding.count - 1, "more place")) }
                    ": " (finding.message)
                    @if let Some(cause) = finding.because { " Follows from " code { (cause) } "." }
                    @if let Some(only_by) = &finding.only_by { " (" (only_by) ")" }
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
