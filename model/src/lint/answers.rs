//! Which answer to each policy an edition gives, and what another answer would change.

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
    /// How many open combinations of at most so many transports as were asked for have other values
    /// than the answer asks.
    pub combinations: usize,
    /// The smallest of them.
    pub example: Option<Combination>,
}

/// The answers to a policy that the default readings and the steps of an edition give: none where
/// they give another, several where they leave it open; `None` where the text does not say enough to
/// be asked, since it is no cascade, or has no steps.
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

/// What an answer changes in the values of an edition, of combinations of at most `up_to`
/// transports; `None` where it asks nothing of the values, or of no cascade.
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
