//! A run as one self-contained page: the table, and for each scenario a bar of its states over
//! time, its findings and its trace.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use peerstate_model::trace::{Lanes, Trace};

use super::summary::Summary;
use super::{Counts, Event, Reporter};
use crate::report::judge::count;
use crate::run::verdict::{Judged, connection_states};

/// Collects the run and writes one page at its end.
pub struct Html<W> {
    out: W,
    title: String,
    counts: Counts,
    judged: Vec<Judged>,
}

impl<W: Write> Html<W> {
    /// A reporter to `out`.
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
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started {
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
            Event::Judged { judged, .. } => {
                self.counts.add(judged.result);
                self.judged.push((*judged).clone());
                Ok(())
            }
            Event::Finished(finished) => {
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
                writeln!(self.out, "{}", document(&self.title, STYLE, &body))
            }
        }
    }
}

/// A whole page that needs nothing else.
#[must_use]
pub fn document(title: &str, style: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "peerstate: " (title) }
                style { (PreEscaped(style)) }
            }
            body { (body) }
        }
    };
    page.into_string()
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

/// A bar a peer: its connectionState over the time of the trace.
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

const STYLE: &str = "
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
h1 { font-size: 1.4rem; } code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: #f6f6f6; padding: .8rem; overflow-x: auto; }
details { border-top: 1px solid #ddd; padding: .5rem 0; } summary { cursor: pointer; }
.badge { border-radius: 3px; padding: .05rem .4rem; background: #ddd; font-size: 13px; }
.badge.pass { background: #c8e6c9; } .badge.known { background: #ffe0b2; }
.badge.fail, .badge.error { background: #ffcdd2; } .badge.fixed { background: #b3e5fc; }
.lane { display: flex; align-items: center; margin: .15rem 0 0 1.2rem; }
.peer { width: 5rem; font-size: 12px; color: #666; }
.bar { display: flex; flex: 1; height: .7rem; background: #eee; }
.state { color: #fff; font-size: 12px; padding: 0; } .legend .state { padding: .1rem .4rem; }
.state.new { background: #9e9e9e; } .state.connecting { background: #f9a825; }
.state.connected { background: #2e7d32; } .state.disconnected { background: #8e24aa; }
.state.failed { background: #c62828; } .state.closed { background: #37474f; }
";
