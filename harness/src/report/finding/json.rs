//! A finding, as JSON.

use peerstate_model::rules::{self, Finding, Place};
use schemars::JsonSchema;
use serde::Serialize;

/// One deviation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingReport {
    rule: String,
    peer: String,
    /// What is wrong, in words that are the same in every trace that shows it.
    deviation: String,
    /// The line of the trace at which it happens first, from 1.
    line: usize,
    /// Milliseconds since the start.
    at: f64,
    /// What was observed there.
    message: String,
    /// How often it happens.
    count: usize,
    /// The first places, at most 20.
    places: Vec<PlaceReport>,
    /// The rule that the cause of this finding breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    /// The repairs of the edition without which the published text has no such finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    only_by: Option<String>,
    /// The section of the specification.
    spec: String,
    /// Whether it is a known deviation; absent if no list was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<bool>,
    /// The known deviation that it belongs to, by its `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    known_as: Option<String>,
}

/// A place in a trace.
#[derive(Debug, Serialize, JsonSchema)]
struct PlaceReport {
    /// The line of the trace, from 1.
    line: usize,
    /// Milliseconds since the start.
    at: f64,
}

impl FindingReport {
    /// Returns the report of a finding.
    #[must_use]
    pub fn new(finding: &Finding, known: Option<bool>) -> Self {
        let places: Vec<_> = finding.places.iter().map(PlaceReport::from).collect();
        let first = PlaceReport::from(&finding.first());
        Self {
            rule: finding.rule.to_owned(),
            peer: finding.peer.clone(),
            deviation: finding.deviation.clone(),
            line: first.line,
            at: first.at,
            message: finding.message.clone(),
            count: finding.count,
            places,
            because: finding.because.map(str::to_owned),
            only_by: finding.only_by.clone(),
            spec: spec(finding.rule).to_owned(),
            known,
            known_as: None,
        }
    }

    /// Returns the report of a finding that was compared with a list; `known_as` is the name of the
    /// entry that lists it.
    #[must_use]
    pub fn listed(finding: &Finding, known_as: Option<&str>) -> Self {
        Self {
            known_as: known_as.map(str::to_owned),
            ..Self::new(finding, Some(known_as.is_some()))
        }
    }
}

impl From<&Place> for PlaceReport {
    fn from(place: &Place) -> Self {
        Self {
            line: place.line,
            at: place.at.millis(),
        }
    }
}

/// Returns the section on which a rule is based.
fn spec(rule: &str) -> &'static str {
    rules::rule(rule).map_or("", |rule| rule.spec)
}
