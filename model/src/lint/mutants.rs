//! Mutants of an edition: every small edit of its definitions, and what catches it.
//!
//! A check that never fails proves nothing. Each mutant has a finding of lint, breaks a
//! [policy](crate::policies), or gives every combination the same values as before. A mutant that
//! does none of these shows a gap in the checks. All policies are checked: an edit may be a
//! proposal about an open question, and then only that policy catches it.

use super::closed::lint_closed;
use super::edits::{Edit, EditKind, edits_of_reading};
use super::finding::Kind;
use super::findings::lint_counted;
use super::search::Counted;
use crate::editions::space::Space;
use crate::editions::{Defined, Definition, Edition, Facts, Reading};
use crate::policies::Choices;
use crate::states::{IceConnectionState, PeerConnectionState};

/// A mutant, and what catches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// The W3C name of the enum.
    pub enum_name: &'static str,
    /// The kind of edit.
    pub kind: EditKind,
    /// The edit as an instruction.
    pub instruction: String,
    /// The result of checking it.
    pub fate: Fate,
}

/// The result of checking a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The mutant gives every combination the same values.
    Equivalent,
    /// Findings or policies caught the mutant.
    Caught {
        /// The kinds of findings that depend on no open question, without duplicates.
        findings: Vec<&'static str>,
        /// The policies that it breaks, without duplicates.
        policies: Vec<&'static str>,
    },
    /// Nothing caught it.
    Survived,
}

/// Returns every mutant of the default readings of an edition.
#[must_use]
pub fn mutants(edition: &Edition) -> Vec<Mutant> {
    let counted = Counted::up_to(0, Choices::all());
    let mut mutants = of_enum::<PeerConnectionState>(edition, &counted);
    mutants.extend(of_enum::<IceConnectionState>(edition, &counted));
    mutants
}

fn of_enum<S: Defined>(edition: &Edition, counted: &Counted) -> Vec<Mutant> {
    let reading = S::definition(edition).map(Definition::default_reading);
    let edits = reading.map_or_else(Vec::new, edits_of_reading);
    let mutant = |edit: Edit<Reading<S>>| Mutant {
        enum_name: S::NAME,
        kind: edit.kind,
        instruction: edit.instruction,
        fate: fate(edition, &S::with_reading(edition, &edit.result), counted),
    };
    edits.into_iter().map(mutant).collect()
}

fn fate(edition: &Edition, mutant: &Edition, counted: &Counted) -> Fate {
    let derived = |edition: &Edition, facts: &Facts| {
        let connection = edition.connection_state.as_ref();
        let ice = edition.ice_connection_state.as_ref();
        edition.derive_by(
            connection.map(Definition::default_reading),
            ice.map(Definition::default_reading),
            facts,
        )
    };
    let mut space = [false, true].into_iter().flat_map(Space::facts);
    if space.all(|facts| derived(edition, &facts) == derived(mutant, &facts)) {
        return Fate::Equivalent;
    }
    let (mut findings, mut policies) = (Vec::new(), Vec::new());
    let reports = lint_counted(mutant, counted);
    for finding in reports.iter().flat_map(|report| &report.findings) {
        match finding.policy {
            Some(chosen) if finding.kind == Kind::Policy => policies.push(chosen.policy),
            _ => findings.push(finding.kind.as_str()),
        }
    }
    let close = lint_closed(mutant).into_iter();
    findings.extend(close.map(|finding| finding.kind.as_str()));
    for all in [&mut findings, &mut policies] {
        all.sort_unstable();
        all.dedup();
    }
    if findings.is_empty() && policies.is_empty() {
        Fate::Survived
    } else {
        Fate::Caught { findings, policies }
    }
}
