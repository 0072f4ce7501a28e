//! The findings of the rules in a trace, as the reports of `run` and `judge` show them: grouped by
//! deviation here; for machines in [`json`]; for people in words, and on a terminal in [`human`].

pub mod human;
pub mod json;
mod words;

use std::collections::BTreeMap;

use peerstate_model::rules::{self, Finding};

/// A deviation in a trace: the findings of the peers that show it, and what follows from them.
#[derive(Debug)]
pub(crate) struct Deviation<'f> {
    /// The first finding.
    pub(crate) finding: &'f Finding,
    /// The same deviation at other peers.
    others: Vec<&'f Finding>,
    /// What follows from it.
    pub(crate) follows: Vec<&'f Finding>,
}

/// Returns the deviations among the findings of a trace, in order. A finding whose cause is not
/// among them is a separate deviation.
pub(crate) fn deviations<'f>(findings: &[&'f Finding]) -> Vec<Deviation<'f>> {
    let mut by_rule: BTreeMap<(&str, &str), &'f Finding> = BTreeMap::new();
    for finding in findings {
        // Two findings of the same rule may both be the cause; it is shown under the first.
        let key = (finding.rule, finding.peer.as_str());
        by_rule.entry(key).or_insert(finding);
    }
    let cause = |finding: &'f Finding| {
        by_rule
            .get(&(finding.because?, finding.peer.as_str()))
            .copied()
    };
    let mut deviations: Vec<Deviation<'f>> = Vec::new();
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| cause(finding).is_none()) {
        let key = (finding.rule, finding.deviation.as_str());
        let place = *places.entry(key).or_insert(deviations.len());
        match deviations.get_mut(place) {
            Some(deviation) => deviation.others.push(finding),
            None => deviations.push(Deviation {
                finding,
                others: Vec::new(),
                follows: Vec::new(),
            }),
        }
    }
    for finding in findings {
        let Some(mut root) = cause(finding) else {
            continue;
        };
        // A cause may follow from another; such a chain is shorter than the number of rules.
        for _ in rules::RULES {
            root = cause(root).unwrap_or(root);
        }
        let place = places.get(&(root.rule, root.deviation.as_str()));
        if let Some(deviation) = place.and_then(|place| deviations.get_mut(*place)) {
            deviation.follows.push(finding);
        }
    }
    deviations
}

impl<'f> Deviation<'f> {
    /// Returns the findings of the peers that show it.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &'f Finding> + '_ {
        std::iter::once(self.finding).chain(self.others.iter().copied())
    }

    /// Returns whether it has more places than the first.
    pub(crate) fn has_more_places(&self) -> bool {
        self.findings().any(|finding| finding.count > 1) || !self.others.is_empty()
    }
}
