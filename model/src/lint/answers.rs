//! Which answer an edition gives to each policy, and what another answer would change.

use super::dynamics::failing_properties;
use super::lint_by;
use super::search::Counted;
use crate::editions::space::smallest;
use crate::editions::{Definition, Edition, Facts};
use crate::machine::rulebook::Rulebook;
use crate::policies::{Answer, Asks, Choices, Chosen, Policy, broken_by_readings, is_kept};
use crate::transports::Combination;

/// What an answer changes in an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The number of counted open combinations whose values differ from those that the answer
    /// requires.
    pub combinations: usize,
    /// The smallest of these combinations.
    pub example: Option<Combination>,
}

/// Returns the answers to a policy that the default readings and the steps of an edition give.
/// Empty if they give another answer; several if they leave it open; `None` if the text is not a
/// cascade, or has no steps, so that the policy does not apply.
#[must_use]
pub fn answers(edition: &Edition, policy: &Policy) -> Option<Vec<&'static str>> {
    let mut given = Vec::new();
    for answer in policy.answers {
        if is_given(edition, policy, answer)? {
            given.push(answer.id);
        }
    }
    Some(given)
}

fn is_given(edition: &Edition, policy: &Policy, answer: &Answer) -> Option<bool> {
    match answer.asks {
        Asks::Law(law) => is_kept(edition, law),
        Asks::NoContradiction => {
            edition.connection_state.as_ref()?;
            let choices = Choices::only(Chosen {
                policy: policy.id,
                answer: answer.id,
            });
            let linted = lint_by(edition, 0, choices);
            let mut default = linted.enums.iter().filter(|report| report.default);
            Some(default.all(|report| report.findings.iter().all(|of| of.policy.is_none())))
        }
        Asks::Property(id) => {
            let failing = failing_properties(Rulebook::of(edition)?);
            Some(!failing.contains(&id))
        }
        Asks::Text(says) => Rulebook::of(edition).map(|_| says(edition)),
    }
}

/// Returns what an answer changes in the values of an edition, for combinations of at most `up_to`
/// transports; `None` if the answer is not about values, or the edition is not a cascade.
#[must_use]
pub fn change(edition: &Edition, chosen: Chosen, up_to: usize) -> Option<Change> {
    let connection = edition.connection_state.as_ref();
    let ice = edition.ice_connection_state.as_ref();
    let choices = Choices::only(chosen);
    let is_law = |(_, answer): (_, &Answer)| matches!(answer.asks, Asks::Law(_));
    if !choices.answers().any(is_law) {
        return None;
    }
    let broken = broken_by_readings(
        edition,
        connection.map(Definition::default_reading),
        ice.map(Definition::default_reading),
        &choices,
    );
    let places: Vec<Facts> = broken.into_iter().flat_map(|(_, places)| places).collect();
    let has = |facts: Facts| places.contains(&facts);
    Some(Change {
        combinations: Counted::up_to(up_to, choices).count(has),
        example: smallest(false, has),
    })
}
