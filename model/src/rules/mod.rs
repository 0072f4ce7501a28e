//! The rules, and the oracle that judges traces by them.
//!
//! A rule is one requirement of the specification on what a trace may show. It has a stable id, a
//! sentence, its reason, the section it rests on, and two small traces: one that breaks it and one
//! that does not; a test holds it to both.
//!
//! The oracle sees a trace and nothing else. Where an implementation does not show what a rule
//! speaks of, the rule is *unobserved*, which is told and is no failure. A trace is judged by an
//! edition, since editions differ in which values are right.

mod close;
mod derivation;
mod events;
mod examples;
mod transitions;
mod view;

use std::collections::BTreeSet;

use serde::Serialize;

pub use examples::{breaking_example, conforming_example};
pub use view::View;

use crate::editions::{self, Edition};
use crate::trace::{At, Trace};

/// One requirement on traces.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name, `group/name`.
    pub id: &'static str,
    /// How strongly the specification asks for it.
    pub level: Level,
    /// What is required, in one sentence.
    pub requirement: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// The section it rests on.
    pub spec: &'static str,
    /// Whether what is right depends on the edition's definitions of the values.
    pub by_edition: bool,
    /// Judges what one peer showed; `None` where the harness judges instead.
    judge: Option<fn(&View<'_>, &mut Judgement)>,
}

/// How strongly something is required (RFC 2119).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is required.
    Must,
    /// It is recommended.
    Should,
}

/// A place in a trace that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// The peer.
    pub peer: String,
    /// The line of the trace, from 1.
    pub line: usize,
    /// When.
    pub at: At,
    /// What was seen, and what is required.
    pub message: String,
}

/// What the oracle says of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The sum.
    pub outcome: Outcome,
    /// Every place that breaks a rule, in the order of the trace.
    pub findings: Vec<Finding>,
    /// The rules of which the trace shows nothing.
    pub unobserved: Vec<&'static str>,
    /// The published editions whose definitions the values of the trace agree with.
    pub agrees_with: Vec<String>,
}

/// The sum of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Something could be judged, and nothing breaks a rule.
    Conforms,
    /// Something breaks a rule.
    Violates,
    /// Nothing could be judged.
    Inconclusive,
}

/// What a rule finds in the view of one peer.
#[derive(Debug, Default)]
pub struct Judgement {
    observed: bool,
    found: Vec<(usize, At, String)>,
}

impl Judgement {
    /// Notes that the rule could be judged at least once.
    fn observe(&mut self) {
        self.observed = true;
    }

    /// Judges one place: fine, or broken with a message.
    fn check(&mut self, entry: &crate::trace::Entry, fine: bool, message: impl FnOnce() -> String) {
        self.observed = true;
        if !fine {
            self.found.push((entry.line, entry.at, message()));
        }
    }
}

/// Every rule, in the order of the documentation.
pub static RULES: &[Rule] = &[
    Rule {
        id: "connection-state/derivation",
        level: Level::Must,
        requirement: "connectionState is the value that the edition's definition gives for the \
                      states of the connection's transports.",
        why: "The value is all that most applications look at; a wrong one shows a call that is up \
              as down, or the other way round.",
        spec: "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum",
        by_edition: true,
        judge: Some(derivation::connection_state),
    },
    Rule {
        id: "ice-connection-state/derivation",
        level: Level::Must,
        requirement: "iceConnectionState is the value that the edition's definition gives for the \
                      states of the connection's ICE transports.",
        why: "connectionState is derived from it, and older applications look at nothing else.",
        spec: "https://www.w3.org/TR/webrtc/#rtciceconnectionstate-enum",
        by_edition: true,
        judge: Some(derivation::ice_connection_state),
    },
    Rule {
        id: "states/consistent-pair",
        level: Level::Must,
        requirement: "connectionState and iceConnectionState, read at one moment, are values that \
                      some states of transports give together.",
        why: "The two are derived from the same transports; a pair that nothing gives shows that \
              one of them is stale.",
        spec: "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum",
        by_edition: true,
        judge: Some(derivation::consistent_pair),
    },
    Rule {
        id: "connection-state/transition",
        level: Level::Must,
        requirement: "connectionState goes from one value to another that a step of some transport \
                      can lead to.",
        why: "An application that counts on connecting before connected hangs when it is left out.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-connectionstate",
        by_edition: false,
        judge: Some(transitions::connection_state),
    },
    Rule {
        id: "ice-connection-state/transition",
        level: Level::Must,
        requirement: "iceConnectionState goes from one value to another that a step of some ICE \
                      transport can lead to.",
        why: "As for connectionState.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-iceconnectionstate",
        by_edition: false,
        judge: Some(transitions::ice_connection_state),
    },
    Rule {
        id: "gathering-state/derivation",
        level: Level::Must,
        requirement: "iceGatheringState is gathering if some ICE transport gathers, complete if \
                      there are transports and all have finished, and new otherwise.",
        why: "Applications without trickling send their description when it reads complete.",
        spec: "https://www.w3.org/TR/webrtc/#update-the-ice-gathering-state",
        by_edition: false,
        judge: Some(derivation::gathering_state),
    },
    Rule {
        id: "gathering-state/transition",
        level: Level::Must,
        requirement: "iceGatheringState does not go from new to complete: gathering comes between, \
                      with an event of its own.",
        why: "A transport gathers before it has gathered, and each of its steps updates the \
              connection's state.",
        spec: "https://www.w3.org/TR/webrtc/#update-the-ice-gathering-state",
        by_edition: false,
        judge: Some(transitions::gathering_state),
    },
    Rule {
        id: "signaling-state/transition",
        level: Level::Must,
        requirement: "signalingState moves along the edges of the offer/answer state machine.",
        why: "Which descriptions may be applied depends on it.",
        spec: "https://www.w3.org/TR/webrtc/#rtcsignalingstate-enum",
        by_edition: false,
        judge: Some(transitions::signaling_state),
    },
    Rule {
        id: "event/on-change",
        level: Level::Must,
        requirement: "An event is dispatched for every change of its attribute, and none without \
                      one.",
        why: "Applications do not poll; a change without an event is not seen, and an event \
              without a change is taken for one.",
        spec: "https://www.w3.org/TR/webrtc/#event-connectionstatechange",
        by_edition: true,
        judge: Some(events::on_change),
    },
    Rule {
        id: "event/attributes-current",
        level: Level::Must,
        requirement: "Inside the handler of an event, both iceConnectionState and connectionState \
                      already have their new values.",
        why: "The algorithm updates every slot before it fires the first event, so that no handler \
              sees half a change.",
        spec: "https://www.w3.org/TR/webrtc/#rtcicetransport",
        by_edition: false,
        judge: Some(events::attributes_current),
    },
    Rule {
        id: "event/order",
        level: Level::Must,
        requirement: "When an ICE transport's state changes, its statechange is fired first, then \
                      iceconnectionstatechange, then connectionstatechange.",
        why: "An application that handles both in the order of the specification acts on the cause \
              before the consequence.",
        spec: "https://www.w3.org/TR/webrtc/#rtcicetransport",
        by_edition: false,
        judge: Some(events::order),
    },
    Rule {
        id: "event/none-after-close",
        level: Level::Must,
        requirement: "After close() no event of the connection's states is dispatched.",
        why: "Handlers of a connection that is gone act on objects that are gone.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        by_edition: false,
        judge: Some(close::no_events_after),
    },
    Rule {
        id: "close/attributes",
        level: Level::Must,
        requirement: "When close() has returned, connectionState, iceConnectionState and \
                      signalingState read closed, and so do the connection's transports.",
        why: "close() is synchronous: the next line of the application sees its effect.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        by_edition: false,
        judge: Some(close::attributes),
    },
    Rule {
        id: "close/silent",
        level: Level::Must,
        requirement: "close() itself dispatches no event of the connection's states.",
        why: "Who calls close() knows; an event would reach handlers that are being torn down.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        by_edition: false,
        judge: Some(close::silent),
    },
    Rule {
        id: "close/terminal",
        level: Level::Must,
        requirement: "Once closed, a connection stays closed.",
        why: "[[IsClosed]] is never set back to false.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        by_edition: false,
        judge: Some(close::terminal),
    },
    Rule {
        id: "close/only-by-close",
        level: Level::Must,
        requirement: "A connection is closed only if its application has called close().",
        why: "A peer that closes, or a transport that does, leaves the connection open: the \
              application decides.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        by_edition: false,
        judge: Some(close::only_by_close),
    },
    Rule {
        id: "scenario/expectation",
        level: Level::Must,
        requirement: "What a scenario expects comes to hold in the time that it gives.",
        why: "A scenario asserts what a sentence of the specification demands of its situation.",
        spec: "https://www.w3.org/TR/webrtc/",
        by_edition: false,
        judge: None,
    },
];

/// The rule of the harness: what a scenario expects.
pub const EXPECTATION: &str = "scenario/expectation";

/// The rule with an id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// Judges a trace by an edition.
#[must_use]
pub fn judge(trace: &Trace, edition: &Edition) -> Verdict {
    let mut findings = Vec::new();
    let mut observed = BTreeSet::new();
    for rule in RULES {
        let judged = judge_by(trace, edition, rule);
        if judged.observed {
            observed.insert(rule.id);
        }
        findings.extend(judged.findings);
    }
    findings.sort_by_key(|finding| finding.line);
    let unobserved = RULES
        .iter()
        .filter(|rule| rule.judge.is_some() && !observed.contains(rule.id))
        .map(|rule| rule.id)
        .collect();
    let outcome = match (findings.is_empty(), observed.is_empty()) {
        (false, _) => Outcome::Violates,
        (true, false) => Outcome::Conforms,
        (true, true) => Outcome::Inconclusive,
    };
    Verdict {
        outcome,
        findings,
        unobserved,
        agrees_with: agreeing(trace),
    }
}

struct JudgedByRule {
    observed: bool,
    findings: Vec<Finding>,
}

fn judge_by(trace: &Trace, edition: &Edition, rule: &Rule) -> JudgedByRule {
    let mut judged = JudgedByRule {
        observed: false,
        findings: Vec::new(),
    };
    let Some(judge) = rule.judge else {
        return judged;
    };
    for peer in &trace.header.peers {
        let view = View::of(trace, peer, edition);
        let mut judgement = Judgement::default();
        judge(&view, &mut judgement);
        judged.observed |= judgement.observed;
        judged.findings.extend(
            judgement
                .found
                .into_iter()
                .map(|(line, at, message)| Finding {
                    rule: rule.id,
                    peer: peer.clone(),
                    line,
                    at,
                    message,
                }),
        );
    }
    judged
}

/// The published editions by whose definitions nothing in the trace is wrong.
fn agreeing(trace: &Trace) -> Vec<String> {
    editions::editions()
        .iter()
        .filter(|edition| edition.id != editions::DEFAULT_EDITION)
        .filter(|edition| edition.connection_state.is_some())
        .filter(|edition| {
            RULES
                .iter()
                .filter(|rule| rule.by_edition)
                .all(|rule| judge_by(trace, edition, rule).findings.is_empty())
        })
        .map(|edition| edition.id.clone())
        .collect()
}
