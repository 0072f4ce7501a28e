//! Searches the small edits for repairs of a defective edition.
//!
//! An edit is proposed if it removes a kind of finding, makes no kind worse, and gives no closed
//! connection a value other than closed. It must also keep the first answer of every
//! [policy](crate::policies) that held before, including open ones: a repair should not change the
//! answer to a question that nobody raised. Edits of a definition come first, ordered by how few
//! combinations change their value. An edit of a claim changes no value, only what the text says
//! about it, so it comes after them. If no single edit removes every finding, a greedy search tries
//! sequences: each time, it takes the edit that leaves the least.

use crate::invariant::Invariant;
use std::collections::BTreeMap;

use super::closed::is_closed_alone;
use super::compare::{changed, in_space};
use super::edits::{Edit, EditKind, edits_of_predicate, edits_of_reading};
use super::finding::{EnumReport, Kind};
use super::findings::{Given, report_of_connection, report_of_ice};
use super::search::Counted;
use crate::editions::regions::Everywhere;
use crate::editions::space::Weights;
use crate::editions::{Claim, Defined, Definition, Edition, Reading};
use crate::policies::{Choices, broken_by_readings};
use crate::state_set::StateSet;
use crate::states::{IceConnectionState, PeerConnectionState, StateEnum};

/// A proposed edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The edit as an instruction.
    pub instruction: String,
    /// The clause before the edit; the order of the rows if that is edited.
    pub before: String,
    /// The clause after the edit.
    pub after: String,
    /// The kinds of findings that it removes.
    pub mends: Vec<Kind>,
    /// The number of counted combinations that change their value.
    pub changes: usize,
    /// The number of findings of the reading that remain.
    pub left: usize,
}

/// The proposals for one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestions {
    /// The W3C name of the enum.
    pub enum_name: &'static str,
    /// The id of the reading.
    pub reading: String,
    /// The single edits, best first.
    pub proposals: Vec<Proposal>,
    /// Edits that together remove every finding, if no single edit does, made one after the other;
    /// empty if none were found.
    pub sequence: Vec<Proposal>,
}

/// The largest number of single edits to propose.
const MOST_PROPOSALS: usize = 5;

/// The largest number of edits in a sequence.
const LONGEST_SEQUENCE: usize = 4;

/// Searches repairs for every reading of an edition that has findings. Combinations of at most
/// `up_to` transports are counted.
#[must_use]
pub fn suggest(edition: &Edition, up_to: usize, choices: &Choices) -> Vec<Suggestions> {
    let search = Search {
        counted: Counted::up_to(0, choices.clone()),
        kept: Choices::all(),
        weights: Weights::up_to(up_to),
    };
    let mut all = search.all::<PeerConnectionState>(edition);
    all.extend(search.all::<IceConnectionState>(edition));
    all
}

/// What the search needs to know about an enum.
trait Editable: Defined {
    fn report(
        edition: &Edition,
        reading: &Reading<Self>,
        given: Given<'_, Self>,
        counted: &Counted,
    ) -> EnumReport;
    /// Returns the policies about values that the reading breaks.
    fn broken(edition: &Edition, reading: &Reading<Self>, choices: &Choices) -> Vec<&'static str>;
}

impl Editable for PeerConnectionState {
    fn report(
        edition: &Edition,
        reading: &Reading<Self>,
        given: Given<'_, Self>,
        counted: &Counted,
    ) -> EnumReport {
        let definition = edition.connection_state.as_ref().invariant(DEFINED);
        report_of_connection(edition, definition, reading, given, counted)
    }

    fn broken(edition: &Edition, reading: &Reading<Self>, choices: &Choices) -> Vec<&'static str> {
        let ice = edition.ice_connection_state.as_ref();
        let ice = ice.map(Definition::default_reading);
        let broken = broken_by_readings(edition, Some(reading), ice, choices);
        broken.iter().map(|(chosen, _)| chosen.policy).collect()
    }
}

impl Editable for IceConnectionState {
    fn report(
        edition: &Edition,
        reading: &Reading<Self>,
        given: Given<'_, Self>,
        counted: &Counted,
    ) -> EnumReport {
        let definition = edition.ice_connection_state.as_ref().invariant(DEFINED);
        let mut report = report_of_ice(edition, definition, reading, given, counted);
        // The edit must not make the other enum worse either.
        if let Some(other) = edition.connection_state.as_ref().filter(|_| report.default) {
            let connection = other.default_reading();
            let values = given.0.values(connection);
            let given = (given.0, &values);
            let findings =
                report_of_connection(edition, other, connection, given, counted).findings;
            report.findings.extend(
                findings
                    .into_iter()
                    .filter(|finding| finding.kind == Kind::Contradiction),
            );
        }
        report
    }

    fn broken(edition: &Edition, reading: &Reading<Self>, choices: &Choices) -> Vec<&'static str> {
        let broken = broken_by_readings(edition, None, Some(reading), choices);
        broken.iter().map(|(chosen, _)| chosen.policy).collect()
    }
}

/// Why an edition defines what the search looks up.
const DEFINED: &str = "an edition defines the enum of every reading that it has";

/// Returns a reading of an edition after edits.
fn reading_of<'e, S: Defined>(edition: &'e Edition, id: &str) -> &'e Reading<S> {
    let definition = S::definition(edition).invariant(DEFINED);
    let reading = definition.reading(id);
    reading.invariant("an edit does not change the ids of the readings")
}

/// An edition after an edit, and how bad it still is.
#[derive(Clone)]
struct Candidate<S> {
    proposal: Proposal,
    edition: Edition,
    /// The values of the edited reading.
    values: Vec<StateSet<S>>,
    /// Whether a claim was edited instead of a definition.
    of_claim: bool,
    /// Whether it makes some kind of finding worse.
    worsens: bool,
    severity: usize,
}

struct Search {
    counted: Counted,
    /// The answers that no edit may give up.
    kept: Choices,
    weights: Weights,
}

impl Search {
    fn all<S: Editable>(&self, edition: &Edition) -> Vec<Suggestions> {
        let readings = S::definition(edition).into_iter().flat_map(|d| &d.readings);
        readings
            .filter_map(|reading| self.suggest(edition, reading))
            .collect()
    }

    fn suggest<S: Editable>(&self, edition: &Edition, reading: &Reading<S>) -> Option<Suggestions> {
        let everywhere = Everywhere::of(edition);
        let values = everywhere.values(reading);
        let report = S::report(edition, reading, (&everywhere, &values), &self.counted);
        if report.findings.is_empty() {
            return None;
        }
        let mut candidates = self.candidates::<S>(edition, &reading.id);
        let enough = candidates.iter().any(|candidate| candidate.severity == 0);
        let sequence = if enough {
            Vec::new()
        } else {
            self.sequence::<S>(&candidates, &reading.id)
        };
        candidates.retain(|found| !found.worsens && !found.proposal.mends.is_empty());
        candidates.sort_by_key(|candidate| {
            let proposal = &candidate.proposal;
            (candidate.of_claim, proposal.changes, candidate.severity)
        });
        // Of two edits of the definition with the same effect, the first is smaller.
        let mut effects = Vec::new();
        candidates.retain(|candidate| {
            let known = effects.contains(&candidate.values);
            if !candidate.of_claim && !known {
                effects.push(candidate.values.clone());
            }
            candidate.of_claim || !known
        });
        // For a sound definition, propose an edit only if it repairs the other one.
        let sound = report.findings.iter().all(|finding| {
            finding.kind == Kind::Contradiction && S::NAME == IceConnectionState::NAME
        });
        if sound && candidates.is_empty() && sequence.is_empty() {
            return None;
        }
        let proposals = candidates
            .into_iter()
            .take(MOST_PROPOSALS)
            .map(|candidate| candidate.proposal)
            .collect();
        Some(Suggestions {
            enum_name: report.enum_name,
            reading: reading.id.clone(),
            proposals,
            sequence,
        })
    }

    /// Returns edits to make one after the other, each time the one that leaves the least; empty
    /// unless they remove every finding.
    fn sequence<S: Editable>(&self, first: &[Candidate<S>], reading: &str) -> Vec<Proposal> {
        let best = |candidates: &[Candidate<S>]| {
            let key =
                |found: &&Candidate<S>| (found.of_claim, found.severity, found.proposal.changes);
            candidates.iter().min_by_key(key).cloned()
        };
        let mut sequence = Vec::new();
        let mut next = best(first);
        while let Some(found) = next {
            sequence.push(found.proposal);
            if found.severity == 0 {
                return sequence;
            }
            if sequence.len() == LONGEST_SEQUENCE {
                break;
            }
            next = best(&self.candidates::<S>(&found.edition, reading));
        }
        Vec::new()
    }

    /// Returns every edit that gives up no policy and leaves less than before.
    fn candidates<S: Editable>(&self, edition: &Edition, id: &str) -> Vec<Candidate<S>> {
        let reading = reading_of::<S>(edition, id);
        let everywhere = Everywhere::of(edition);
        let values_before = everywhere.values(reading);
        let given = (&everywhere, &values_before);
        let report = S::report(edition, reading, given, &self.counted);
        let before = severities(&report);
        let whole: usize = before.values().sum();
        let values_before = in_space(&values_before);
        let broken = S::broken(edition, reading, &self.kept);
        let closed_before = closed_alone(&values_before);
        let judge = |edit: Edit<Edition>, of_claim: bool| {
            let result = reading_of::<S>(&edit.result, id);
            let everywhere = Everywhere::of(&edit.result);
            let table = everywhere.values(result);
            let values = in_space(&table);
            // If the values stay the same, only a naming finding can disappear.
            if !of_claim && values == values_before && edit.kind != EditKind::DropState {
                return None;
            }
            let now_broken = S::broken(&edit.result, result, &self.kept);
            if now_broken.iter().any(|policy| !broken.contains(policy)) {
                return None;
            }
            if closed_alone(&values) < closed_before {
                return None;
            }
            let given = (&everywhere, &table);
            let report = S::report(&edit.result, result, given, &self.counted);
            let after = severities(&report);
            let severity = after.values().sum();
            if severity >= whole {
                return None;
            }
            let worsens = after
                .iter()
                .any(|(kind, now)| before.get(kind).is_none_or(|before| before < now));
            let changes = changed(&values_before, &values, &self.weights);
            let gone = before.keys().filter(|kind| !after.contains_key(kind));
            Some(Candidate {
                proposal: Proposal {
                    mends: gone.copied().collect(),
                    changes,
                    left: report.findings.len(),
                    instruction: edit.instruction,
                    before: edit.before,
                    after: edit.after,
                },
                edition: edit.result,
                values,
                of_claim,
                worsens,
                severity,
            })
        };
        let of_definition = edits_of_reading(reading)
            .into_iter()
            .map(|edit| edit.map(|reading| S::with_reading(edition, &reading)))
            .filter_map(|edit| judge(edit, false));
        let of_claims = edits_of_claims::<S>(edition)
            .into_iter()
            .filter_map(|edit| judge(edit, true));
        of_definition.chain(of_claims).collect()
    }
}

/// Returns for how many pairs of sets closed is the only value of a closed connection.
fn closed_alone<S: StateEnum>(values: &[StateSet<S>]) -> usize {
    let (_, closed) = values.split_at(values.len() / 2);
    let alone = closed.iter().filter(|holding| is_closed_alone(**holding));
    alone.count()
}

/// Returns how bad each kind of finding is: the number of findings, and of small combinations that
/// have them.
fn severities(report: &EnumReport) -> BTreeMap<Kind, usize> {
    let mut severities = BTreeMap::new();
    for finding in &report.findings {
        *severities.entry(finding.kind).or_default() += 1 + finding.small.len();
    }
    severities
}

/// Returns every small edit of an edition's claims about an enum's states.
fn edits_of_claims<S: Defined>(edition: &Edition) -> Vec<Edit<Edition>> {
    let mut edits = Vec::new();
    for (place, claim) in edition.claims.iter().enumerate() {
        if S::claimed(claim).is_none() {
            continue;
        }
        for edit in edits_of_predicate(&claim.must) {
            let instruction = format!("in the claim {}, {}", claim.id, edit.instruction);
            let edit = edit.map(|must| {
                let mut edited = edition.clone();
                let claim = Claim {
                    must,
                    ..claim.clone()
                };
                edited.claims[place] = claim;
                edited
            });
            edits.push(Edit {
                instruction,
                ..edit
            });
        }
    }
    edits
}
