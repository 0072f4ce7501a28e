//! The exhaustive check of an edition, and its report.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::change::Step;
use super::explore::{Exploration, Explored, WITNESSES, Watch, explore_and_watch};
use super::model::{ConnectionModel, ModelError, NoMachine};
use super::path_table;
use super::properties::{PROPERTIES, PropertyInfo};
use crate::editions::Edition;
use crate::known::counterexamples::KnownCounterexample;
use crate::policies::{Asks, Choices, broken_laws};

/// The result of a check.
#[derive(Debug, Clone)]
pub struct CheckReport {
    /// The id of the edition.
    pub edition: String,
    /// The largest number of transports.
    pub most_transports: usize,
    /// What was explored. For an edition without a machine, only the laws are checked.
    pub explored: Result<Explored, NoMachine>,
    /// Each property, in the order of the documentation.
    pub properties: Vec<PropertyReport>,
}

/// The result of a check for one property.
#[derive(Debug, Clone)]
pub struct PropertyReport {
    /// Its stable id.
    pub id: String,
    /// The property in words.
    pub sentence: String,
    /// A link to the section it is based on.
    pub spec: String,
    /// What was found.
    pub outcome: Outcome,
}

/// The result for one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds in every state.
    Holds,
    /// The witness was found, at the end of this shortest path.
    Witnessed(Path),
    /// It fails at the end of this shortest path, and the failure is listed as known.
    KnownCounterexample {
        /// The path.
        path: Path,
        /// Why it is listed.
        reason: String,
    },
    /// It fails at the end of this shortest path.
    Counterexample(Path),
    /// The witness was not found.
    Unseen,
    /// Its failure is listed as known, but it holds.
    Gone {
        /// Why it was listed.
        reason: String,
    },
}

/// A path through the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The steps from the initial state; empty if no step is involved.
    pub steps: Vec<Step>,
    /// The table of the cells that changed; for a law, the combination that breaks it.
    pub table: String,
}

impl CheckReport {
    /// Returns whether every property holds or fails as listed.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        self.properties.iter().all(|property| {
            matches!(
                property.outcome,
                Outcome::Holds | Outcome::Witnessed(_) | Outcome::KnownCounterexample { .. }
            )
        })
    }
}

/// Why an edition can not be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// It has no machine, and the laws do not apply to it.
    #[error(
        "the edition {edition} can not be checked: {why}, and the laws apply only to an edition \
         that defines both enums as cascades (`mode: first_match`); peerstate lint checks its \
         definitions"
    )]
    Nothing {
        /// Its id.
        edition: String,
        /// Why it has no machine.
        why: NoMachine,
    },
    /// The machine can not be built.
    #[error(transparent)]
    Model(ModelError),
}

/// Explores the machine of an edition with at most `most_transports` transports. Checks every
/// property except those that answer an open question, and the laws that nobody disputes. For an
/// edition that defines the values but has no machine, only the laws are checked.
///
/// # Errors
///
/// If there is nothing to check, or there are too many transports.
pub fn check(
    edition: &Edition,
    most_transports: usize,
    known: &[KnownCounterexample],
) -> Result<CheckReport, CheckError> {
    let choices = Choices::default();
    check_and_watch(edition, most_transports, &choices, known, Arc::new(|_| ()))
}

/// Like [`check`], with chosen policies. Calls `watch` from time to time with the number of
/// explored states.
///
/// # Errors
///
/// The same as [`check`].
pub fn check_and_watch(
    edition: &Edition,
    most_transports: usize,
    choices: &Choices,
    known: &[KnownCounterexample],
    watch: Watch,
) -> Result<CheckReport, CheckError> {
    let (explored, mut properties) = match ConnectionModel::of(edition, most_transports) {
        Ok(model) => {
            let exploration = explore_and_watch(&model, watch);
            let mut properties = of_the_machine(&model, &exploration, choices);
            properties.extend(laws(edition, choices));
            properties.extend(witnesses(&model, exploration.seen));
            (Ok(exploration.explored), properties)
        }
        Err(ModelError::NoMachine { edition: id, why }) => {
            let laws = laws(edition, choices);
            if laws.is_empty() {
                return Err(CheckError::Nothing { edition: id, why });
            }
            (Err(why), laws)
        }
        Err(error) => return Err(CheckError::Model(error)),
    };
    for property in &mut properties {
        apply_known(property, edition, most_transports, known);
    }
    Ok(CheckReport {
        edition: edition.id.clone(),
        most_transports,
        explored,
        properties,
    })
}

fn of_the_machine(
    model: &ConnectionModel,
    exploration: &Exploration,
    choices: &Choices,
) -> Vec<PropertyReport> {
    let report = |info: &PropertyInfo| PropertyReport {
        id: info.id.to_owned(),
        sentence: info.sentence.to_owned(),
        spec: info.spec.to_owned(),
        outcome: match exploration.failing.get(info.id) {
            None => Outcome::Holds,
            Some(steps) => Outcome::Counterexample(path_of(model, steps.clone())),
        },
    };
    let asked = PROPERTIES
        .iter()
        .filter(|info| choices.ask_for_property(info.id));
    asked.map(report).collect()
}

fn apply_known(
    property: &mut PropertyReport,
    edition: &Edition,
    transports: usize,
    known: &[KnownCounterexample],
) {
    let listed = known.iter().find(|known| {
        known.property == property.id
            && known.transports <= transports
            && known.editions.contains(&edition.id)
    });
    let Some(listed) = listed else { return };
    let reason = match listed.reported.as_slice() {
        [] => listed.reason.clone(),
        reports => format!("{} ({})", listed.reason.trim(), reports.join(", ")),
    };
    property.outcome = match std::mem::replace(&mut property.outcome, Outcome::Holds) {
        Outcome::Counterexample(path) => Outcome::KnownCounterexample { path, reason },
        Outcome::Unseen => Outcome::KnownCounterexample {
            path: path_of_nothing(),
            reason,
        },
        _ => Outcome::Gone { reason },
    };
}

fn path_of_nothing() -> Path {
    Path {
        steps: Vec::new(),
        table: String::new(),
    }
}

/// Returns the path that some steps take.
#[must_use]
pub fn path_of(model: &ConnectionModel, steps: Vec<Step>) -> Path {
    let table = path_table::render(&model.rulebook, &steps);
    Path { steps, table }
}

/// Checks the chosen laws of the definitions, which hold or fail for any number of transports.
fn laws(edition: &Edition, choices: &Choices) -> Vec<PropertyReport> {
    let Some(broken) = broken_laws(edition, choices) else {
        return Vec::new();
    };
    let laws = choices
        .answers()
        .filter(|(_, answer)| matches!(answer.asks, Asks::Law(_)));
    laws.map(|(policy, answer)| PropertyReport {
        // The first answer to a policy is the law.
        id: if policy.answers.iter().position(|of| of.id == answer.id) == Some(0) {
            format!("law/{}", policy.id)
        } else {
            format!("law/{}={}", policy.id, answer.id)
        },
        sentence: answer.sentence.to_owned(),
        spec: policy.spec().to_owned(),
        outcome: match broken
            .iter()
            .find(|broken| broken.chosen.policy == policy.id)
        {
            None => Outcome::Holds,
            Some(broken) => Outcome::Counterexample(Path {
                steps: Vec::new(),
                table: format!("{}\n", broken.message),
            }),
        },
    })
    .collect()
}

/// Reports whether every value, and every pair of values that the definitions allow, was observed.
fn witnesses(
    model: &ConnectionModel,
    mut seen: BTreeMap<&'static str, Vec<Step>>,
) -> Vec<PropertyReport> {
    const SPEC: &str = "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum";
    let expected = WITNESSES
        .iter()
        .filter(|witness| witness.is_expected_of(model));
    expected
        .map(|witness| PropertyReport {
            id: witness.id.clone(),
            sentence: witness.sentence.clone(),
            spec: SPEC.to_owned(),
            outcome: match seen.remove(witness.id.as_str()) {
                None => Outcome::Unseen,
                Some(steps) => Outcome::Witnessed(path_of(model, steps)),
            },
        })
        .collect()
}
