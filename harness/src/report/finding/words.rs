//! A deviation in words, which every report for people writes in its own form.

use peerstate_model::rules::{self, Finding, Level};

use super::Deviation;
use crate::report::text::count;

/// The largest number of peers that are named for one deviation.
const MOST_PEERS: usize = 8;

impl Deviation<'_> {
    /// Returns what is wrong, where, from which cause it follows, and what is required, each in a
    /// line.
    pub(crate) fn said(&self) -> Vec<String> {
        let mut said = vec![self.finding.message.clone()];
        said.extend(self.where_it_is());
        said.extend(self.required());
        said
    }

    /// Where it is, and of what it follows, each in a line.
    pub(crate) fn where_it_is(&self) -> Vec<String> {
        let finding = self.finding;
        let mut said = Vec::new();
        let is_only = self.findings().all(|finding| finding.only_by.is_some());
        for finding in self.findings().take(MOST_PEERS) {
            let only_by = finding.only_by.as_ref().filter(|_| !is_only);
            let only_by = only_by.map_or_else(String::new, |only_by| format!("; {only_by}"));
            said.push(format!("{}: {}{only_by}", finding.peer, places(finding)));
        }
        said.extend(self.more_peers().map(|more| format!("and {more}")));
        said.extend(finding.only_by.clone().filter(|_| is_only));
        said.extend(finding.because.map(|cause| format!("follows from {cause}")));
        said
    }

    /// What is required instead.
    pub(crate) fn required(&self) -> Option<String> {
        rules::rule(self.finding.rule).map(|rule| {
            let level = match rule.level {
                Level::Must => "required",
                Level::Should => "recommended",
            };
            format!("{level}: {}", rule.requirement)
        })
    }

    /// Returns the address of the requirement; an expectation of a scenario has none.
    pub(crate) fn spec(&self) -> Option<&'static str> {
        rules::rule(self.finding.rule).map(|rule| rule.spec)
    }

    /// Returns the consequences, each in a line, with its first place, or with every one.
    pub(crate) fn consequences(&self, every_place: bool) -> Vec<String> {
        let follow = self.follows.iter().map(|other| {
            let (rule, peer, deviation) = (other.rule, &other.peer, &other.deviation);
            let places = if every_place {
                lines(other)
            } else {
                places(other)
            };
            format!("follows: {rule}  {deviation} ({peer}, {places})")
        });
        follow.collect()
    }

    /// Returns what is wrong and where, in one line, with `note` between them.
    pub(crate) fn in_short(&self, note: &str) -> String {
        let places: Vec<String> = self
            .findings()
            .take(MOST_PEERS)
            .map(|finding| format!("{}, {}", finding.peer, lines(finding)))
            .collect();
        let more = self.more_peers().map(|more| format!("; and {more}"));
        let (places, more) = (places.join("; "), more.unwrap_or_default());
        format!("{}{note} ({places}{more})", self.finding.deviation)
    }

    /// Returns the number of peers that are not named, in words.
    fn more_peers(&self) -> Option<String> {
        let more = self.others.len().saturating_sub(MOST_PEERS - 1);
        (more > 0).then(|| count(more, "more peer"))
    }
}

/// Returns where a finding is: `line 12, at 40 ms`, and the number of further places.
fn places(finding: &Finding) -> String {
    let first = finding.first();
    let place = format!("line {}, at {} ms", first.line, first.at);
    match finding.count {
        1 => place,
        all => format!("{place}, and {}", count(all - 1, "more place")),
    }
}

/// Returns the lines of a finding: `line 12`, or `lines 12, 14, 20 and 5 more`.
fn lines(finding: &Finding) -> String {
    /// The largest number of lines that are named.
    const MOST: usize = 5;
    let named: Vec<String> = finding
        .places
        .iter()
        .take(MOST)
        .map(|place| place.line.to_string())
        .collect();
    let left = finding.count.saturating_sub(named.len());
    let noun = if finding.count == 1 { "line" } else { "lines" };
    let more = match left {
        0 => String::new(),
        left => format!(" and {left} more"),
    };
    format!("{noun} {}{more}", named.join(", "))
}
