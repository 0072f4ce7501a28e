//! Findings that the published text does not have, and the change of `repaired` that causes them.

use crate::invariant::Invariant;
use std::sync::LazyLock;

use super::demands::Demands;
use super::finding::Finding;
use super::judge_peer;
use super::view::{Facts, View};
use crate::editions::{self, DEFAULT_EDITION, Edition, Predicate};
use crate::state_set::StateSet;
use crate::states::{IceConnectionState, PeerConnectionState};
use crate::trace::Entry;

/// The published text that `repaired` repairs.
const PUBLISHED: &str = "w3c-rec-2025-03-13";

/// Why there are both editions.
const COMPILED_IN: &str = "the editions that are compared are compiled in";

/// Undoes one change of `repaired`.
type Undo = fn(&mut Edition, &Edition);

/// The changes that a trace can show, by their number in the edition's list, from 1. The remaining
/// change is about how to read the text.
const REPAIRS: [(usize, Undo); 4] = [
    (1, |repaired, _| {
        let connected = StateSet::only(IceConnectionState::Connected);
        in_connected(repaired, &|part| match part {
            Predicate::IceConnectionState(_) => Some(Predicate::IceConnectionState(connected)),
            _ => None,
        });
    }),
    (3, |repaired, published| {
        let triggers = &published.dynamics.rederive_triggers;
        repaired.dynamics.rederive_triggers.clone_from(triggers);
    }),
    (4, |repaired, _| {
        in_connected(repaired, &|part| match part {
            Predicate::AnyOf(alternatives) => alternatives.first().cloned(),
            _ => None,
        });
    }),
    (5, |repaired, published| {
        let tasks = &published.dynamics.dtls_change;
        repaired.dynamics.dtls_change.clone_from(tasks);
    }),
];

/// Replaces parts of the condition on `connected`.
fn in_connected(edition: &mut Edition, replace: &dyn Fn(&Predicate) -> Option<Predicate>) {
    let definitions = edition.connection_state.iter_mut();
    let readings = definitions.flat_map(|definition| &mut definition.readings);
    for row in readings.flat_map(|reading| &mut reading.rows) {
        if row.value == PeerConnectionState::Connected {
            row.predicate = replaced(&row.predicate, replace);
        }
    }
}

/// Returns a condition with some of its parts replaced.
fn replaced(part: &Predicate, replace: &dyn Fn(&Predicate) -> Option<Predicate>) -> Predicate {
    let all = |parts: &[Predicate]| parts.iter().map(|part| replaced(part, replace)).collect();
    match (replace(part), part) {
        (Some(other), _) => other,
        (None, Predicate::AllOf(parts)) => Predicate::AllOf(all(parts)),
        (None, Predicate::AnyOf(parts)) => Predicate::AnyOf(all(parts)),
        (None, other) => other.clone(),
    }
}

/// For each of these changes, `repaired` without it.
static UNDONE: LazyLock<Vec<(usize, Edition)>> = LazyLock::new(|| {
    let repaired = editions::edition(DEFAULT_EDITION).invariant(COMPILED_IN);
    let published = editions::edition(PUBLISHED).invariant(COMPILED_IN);
    REPAIRS
        .iter()
        .map(|(number, undo)| {
            let mut without = repaired.clone();
            undo(&mut without, published);
            (*number, without)
        })
        .collect()
});

/// Returns the editions that `repaired` is compared with; their tables are worth keeping.
pub(super) fn undone() -> impl Iterator<Item = &'static Edition> {
    UNDONE.iter().map(|(_, edition)| edition)
}

/// Notes for each finding by `repaired` whether the Recommendation has it too, and if not, which
/// change causes it.
pub(super) fn attribute(
    findings: &mut [Finding],
    edition: &Edition,
    facts: &Facts<'_>,
    peers: &[(&str, Vec<&Entry>)],
) {
    if edition.id != DEFAULT_EDITION || findings.is_empty() {
        return;
    }
    let published = editions::edition(PUBLISHED).invariant(COMPILED_IN);
    let missing = |findings: &[Finding], edition: &Edition| -> Vec<bool> {
        let other = places(edition, facts, peers);
        findings
            .iter()
            .map(|finding| {
                let line = finding.first().line;
                !other.iter().any(|(rule, peer, lines)| {
                    *rule == finding.rule && *peer == finding.peer && lines.contains(&line)
                })
            })
            .collect()
    };
    let by_published = missing(findings, published);
    if !by_published.contains(&true) {
        return;
    }
    let mut resting: Vec<Vec<usize>> = vec![Vec::new(); findings.len()];
    for (number, without) in UNDONE.iter() {
        for (found, is_missing) in resting.iter_mut().zip(missing(findings, without)) {
            if is_missing {
                found.push(*number);
            }
        }
    }
    for ((finding, numbers), only) in findings.iter_mut().zip(resting).zip(by_published) {
        if only {
            finding.only_by = Some(describe(&numbers));
        }
    }
}

fn describe(numbers: &[usize]) -> String {
    let all: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    match all.as_slice() {
        [] => format!("differs from {PUBLISHED} only by several repairs together"),
        [one] => format!("differs from {PUBLISHED} only by repair {one}"),
        many => format!(
            "differs from {PUBLISHED} only by the repairs {}",
            many.join(" and ")
        ),
    }
}

/// Returns every rule that is broken by an edition, with the peers and the lines.
fn places<'t>(
    edition: &Edition,
    facts: &Facts<'t>,
    peers: &[(&'t str, Vec<&'t Entry>)],
) -> Vec<(&'static str, String, Vec<usize>)> {
    let demands = Demands::of(edition);
    let mut all = Vec::new();
    for (peer, entries) in peers {
        let view = View::of(facts, entries.clone(), &demands);
        let (findings, _) = judge_peer(&view).into_findings(peer);
        all.extend(findings.into_iter().map(|finding| {
            let lines = finding.places.iter().map(|place| place.line).collect();
            (finding.rule, finding.peer, lines)
        }));
    }
    all
}
