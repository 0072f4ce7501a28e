//! What the oracle found: one finding for each deviation, however often it happens.

use crate::invariant::Invariant;
use std::collections::BTreeMap;

use crate::trace::{At, Entry};

/// The largest number of places that one finding keeps.
const MOST_PLACES: usize = 20;

/// One deviation of one peer: the peer breaks one rule in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// The name of the peer.
    pub peer: String,
    /// What is wrong, in words that are the same in every trace that shows it.
    pub deviation: String,
    /// What was observed at the first place, and what is required there.
    pub message: String,
    /// How often it happens.
    pub count: usize,
    /// The first places, at most 20. Never empty.
    pub places: Vec<Place>,
    /// The rule that the cause of this finding breaks.
    pub because: Option<&'static str>,
    /// The repairs of the edition `repaired` without which the Recommendation has no such finding.
    pub only_by: Option<String>,
}

/// A place in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line of the trace, from 1.
    pub line: usize,
    /// The time of the entry.
    pub at: At,
}

impl Finding {
    /// Creates a finding with one place.
    #[must_use]
    pub fn new(rule: &'static str, peer: &str, place: Place, message: String) -> Self {
        Self {
            rule,
            peer: peer.to_owned(),
            deviation: message.clone(),
            message,
            count: 1,
            places: vec![place],
            because: None,
            only_by: None,
        }
    }

    /// Returns the first place.
    #[must_use]
    pub fn first(&self) -> Place {
        // `new` adds one.
        self.places[0]
    }
}

impl From<&Entry> for Place {
    fn from(entry: &Entry) -> Self {
        Self {
            line: entry.line,
            at: entry.at,
        }
    }
}

/// What the rules found at one peer, so far.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    observed: Vec<&'static str>,
    found: BTreeMap<(usize, String), Found>,
}

#[derive(Debug)]
struct Found {
    rule: &'static str,
    message: String,
    count: usize,
    places: Vec<Place>,
    /// For each place, the first and the last line that are affected.
    spans: Vec<(usize, usize)>,
    because: Option<&'static str>,
}

impl Judgement {
    /// Notes that a rule could be judged.
    pub(super) fn observe(&mut self, rule: &'static str) {
        if !self.observed.contains(&rule) {
            self.observed.push(rule);
        }
    }

    /// Notes a place that breaks a rule. `deviation` says what is wrong in words that are the same
    /// wherever it happens; `message` describes this place.
    pub(super) fn find(
        &mut self,
        rule: &'static str,
        entry: &Entry,
        deviation: impl Into<String>,
        message: impl FnOnce() -> String,
    ) {
        self.find_until(rule, entry, entry.line, deviation, message);
    }

    /// Notes a place where something has been wrong since an earlier line.
    pub(super) fn find_from(
        &mut self,
        rule: &'static str,
        entry: &Entry,
        since: usize,
        deviation: impl Into<String>,
        message: impl FnOnce() -> String,
    ) {
        self.put(rule, entry, (since, entry.line), deviation.into(), message);
    }

    /// Notes a place where something is wrong from this entry to a later line.
    pub(super) fn find_until(
        &mut self,
        rule: &'static str,
        entry: &Entry,
        until: usize,
        deviation: impl Into<String>,
        message: impl FnOnce() -> String,
    ) {
        let span = (entry.line, until.max(entry.line));
        self.put(rule, entry, span, deviation.into(), message);
    }

    fn put(
        &mut self,
        rule: &'static str,
        entry: &Entry,
        span: (usize, usize),
        deviation: String,
        message: impl FnOnce() -> String,
    ) {
        self.observe(rule);
        let order = super::RULES.iter().position(|other| other.id == rule);
        let key = (order.invariant("every rule is in the catalog"), deviation);
        let found = self.found.entry(key).or_insert_with(|| Found {
            rule,
            message: message(),
            count: 0,
            places: Vec::new(),
            spans: Vec::new(),
            because: None,
        });
        found.count += 1;
        found.spans.push(span);
        if found.places.len() < MOST_PLACES {
            found.places.push(entry.into());
        }
    }

    /// Whether a rule among these found something that affects a line.
    pub(super) fn blames(&self, rules: &[&str]) -> Spans {
        let mut spans: Vec<(usize, usize)> = self
            .found
            .values()
            .filter(|found| rules.contains(&found.rule))
            .flat_map(|found| found.spans.iter().copied())
            .collect();
        spans.sort_unstable();
        let mut disjoint: Vec<(usize, usize)> = Vec::new();
        for (begin, end) in spans {
            match disjoint.last_mut() {
                Some(last) if begin <= last.1 => last.1 = last.1.max(end),
                _ => disjoint.push((begin, end)),
            }
        }
        Spans(disjoint)
    }

    /// Returns the first line at which a rule is broken.
    pub(super) fn first_line(&self, rule: &str) -> Option<usize> {
        let of_rule = self.found.values().filter(|found| found.rule == rule);
        of_rule
            .filter_map(|found| Some(found.spans.first()?.0))
            .min()
    }

    /// Names the cause of every finding for which `follows` holds, by its rule and its spans.
    pub(super) fn explain(
        &mut self,
        cause: &'static str,
        follows: impl Fn(&str, &[(usize, usize)]) -> bool,
    ) {
        for found in self.found.values_mut() {
            if found.rule != cause && found.because.is_none() && follows(found.rule, &found.spans) {
                found.because = Some(cause);
            }
        }
    }

    /// Returns the findings in the order of the trace, and the rules that could be judged.
    pub(super) fn into_findings(self, peer: &str) -> (Vec<Finding>, Vec<&'static str>) {
        let mut findings: Vec<Finding> = self
            .found
            .into_iter()
            .map(|((_, deviation), found)| Finding {
                rule: found.rule,
                peer: peer.to_owned(),
                deviation,
                message: found.message,
                count: found.count,
                places: found.places,
                because: found.because,
                only_by: None,
            })
            .collect();
        findings.sort_by_key(Finding::first);
        (findings, self.observed)
    }
}

/// Sorted ranges of lines that do not overlap.
#[derive(Debug)]
pub(super) struct Spans(Vec<(usize, usize)>);

impl Spans {
    /// Returns whether a range contains a line.
    pub(super) fn contain(&self, line: usize) -> bool {
        self.meet(line, line)
    }

    /// Returns whether a range contains any line from `from` to `to`.
    pub(super) fn meet(&self, from: usize, to: usize) -> bool {
        let end = self.0.partition_point(|(begin, _)| *begin <= to);
        let last = self.0[..end].last();
        last.is_some_and(|(_, end)| *end >= from)
    }
}
