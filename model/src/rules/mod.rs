//! The rules, and the oracle that judges traces by them.
//!
//! A rule is one requirement of the specification on what a trace may show. It has a stable id, a
//! sentence, a reason, the section it is based on, and two small traces: one that breaks it and one
//! that does not. A test checks both.
//!
//! The oracle sees only a trace. If an implementation does not show what a rule is about, the rule
//! is *not observed*; this is reported, and is not a failure. The oracle judges a trace by an
//! edition, since editions differ in which values are right and in what a task may do.
//!
//! One deviation is one finding: what one peer does wrong in one way, however often. A finding that
//! only follows from another one names it. Every rule looks at an entry a constant number of times,
//! so judging takes time in proportion to the trace.

mod agreement;
mod arrivals;
mod catalog;
mod causes;
mod close;
mod current;
mod demands;
mod derivation;
mod descriptions;
mod examples;
mod finding;
mod on_change;
mod order;
mod readings;
mod repairs;
mod statechange;
mod transitions;
mod transports;
mod view;

use std::collections::BTreeSet;

use catalog::{
    AFTER_DESCRIPTION, ALIVE, ATTRIBUTES_CURRENT, BEFORE_PROMISE, CLOSE_ATTRIBUTES,
    CONNECTION_STATE, CONNECTION_TRANSITION, CONSISTENT_PAIR, DTLS_TRANSITION, GATHERING_STATE,
    GATHERING_TRANSITION, ICE_CONNECTION_STATE, ICE_CONNECTION_TRANSITION, ICE_TRANSITION,
    NONE_AFTER_CLOSE, ON_CHANGE, ONLY_BY_CLOSE, ORDER, REFUSED, SIGNALING_TRANSITION, SILENT,
    TERMINAL, VALUE_KNOWN,
};
pub use catalog::{EXPECTATION, Editions, RULES};
pub use examples::{breaking_example, conforming_example};
pub use finding::{Finding, Place};

use self::demands::Demands;
use self::finding::Judgement;
use self::view::{Facts, View};
use crate::editions::Edition;
use crate::invariant::Invariant;
use crate::trace::{Entry, Trace};
use crate::words;

/// One requirement on traces.
#[derive(Debug)]
pub struct Rule {
    /// Its stable id, `group/name`.
    pub id: &'static str,
    /// How strongly the specification requires it.
    pub level: Level,
    /// What is required, in one sentence.
    pub requirement: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// A link to the section it is based on.
    pub spec: &'static str,
    /// The editions that it applies to.
    pub editions: Editions,
}

words! {
    /// How strongly something is required (RFC 2119).
    pub enum Level {
        /// It is required.
        Must = "must",
        /// It is recommended.
        Should = "should",
    }
}

/// The oracle's verdict on a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The overall outcome.
    pub outcome: Outcome,
    /// Every deviation, in the order of the trace.
    pub findings: Vec<Finding>,
    /// The rules that this trace could not be judged by.
    pub unobserved: Vec<&'static str>,
    /// The published editions whose definitions give every value of the trace that could be
    /// compared; empty if nothing could be compared.
    pub agrees_with: Vec<String>,
}

words! {
    /// The overall outcome of a verdict.
    pub enum Outcome {
        /// At least one rule could be judged, and no rule is broken.
        Conforms = "conforms",
        /// At least one rule is broken.
        Violates = "violates",
        /// No rule could be judged.
        Inconclusive = "inconclusive",
    }
}

/// Returns the rule with this id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// Judges a trace by an edition.
#[must_use]
pub fn judge(trace: &Trace, edition: &Edition) -> Verdict {
    let facts = Facts::of(trace);
    let demands = Demands::of(edition);
    let peers = by_peer(trace);
    let mut findings = Vec::new();
    let mut observed = BTreeSet::new();
    let mut comparable = agreement::Comparable::default();
    for (peer, entries) in &peers {
        let view = View::of(&facts, entries.clone(), &demands);
        let (found, seen) = judge_peer(&view).into_findings(peer);
        findings.extend(found);
        observed.extend(seen);
        comparable.collect(&view);
    }
    repairs::attribute(&mut findings, edition, &facts, &peers);
    findings.sort_by_key(Finding::first);
    let unobserved = RULES
        .iter()
        .filter(|rule| rule.id != EXPECTATION && !observed.contains(rule.id))
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
        agrees_with: comparable.agreeing(),
    }
}

/// Returns the entries of each peer, in one pass.
fn by_peer(trace: &Trace) -> Vec<(&str, Vec<&Entry>)> {
    let peers = trace.header.peers.iter();
    let mut all: Vec<(&str, Vec<&Entry>)> = peers.map(|peer| (peer.as_str(), Vec::new())).collect();
    let places: std::collections::BTreeMap<&str, usize> = all
        .iter()
        .enumerate()
        .map(|(place, (peer, _))| (*peer, place))
        .collect();
    for entry in &trace.entries {
        let place = places.get(entry.peer.as_str());
        let place = place.invariant("the header of a trace declares every peer of its entries");
        all[*place].1.push(entry);
    }
    all
}

/// Applies every rule to one peer. Rules that report nothing if another rule has a finding come
/// last.
fn judge_peer(view: &View<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    transports::judge_values(view, &mut judgement);
    derivation::judge(view, &mut judgement);
    transitions::judge(view, &mut judgement);
    on_change::judge(view, &mut judgement);
    statechange::judge(view, &mut judgement);
    current::judge(view, &mut judgement);
    order::judge(view, &mut judgement);
    close::judge(view, &mut judgement);
    transports::judge_transitions(view, &mut judgement);
    transports::judge_life(view, &mut judgement);
    descriptions::judge(view, &mut judgement);
    derivation::judge_pairs(view, &mut judgement);
    causes::explain(&mut judgement);
    judgement
}
