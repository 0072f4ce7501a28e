//! Evaluates the values of an edition for the answers of policies, and finds the answers that they
//! break.
//!
//! Laws describe the values without the rows, transport by transport. They ensure that no edit of a
//! definition changes its meaning unnoticed: [`mutants`](crate::lint::mutants) shows that every
//! small edit of the repaired edition that changes a value breaks a law or has a finding.

use super::{Answer, Asks, Choices, Chosen, Law, Policy};
use crate::editions::regions::Everywhere;
use crate::editions::space::{Space, Table, every_facts, smallest};
use crate::editions::{Definition, Edition, Facts, Mode, Reading};
use crate::state_set::StateSet;
use crate::states::{IceConnectionState, PeerConnectionState, StateEnum};
use crate::transports::Combination;

/// The two values of a connection; each is `None` unless exactly one value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values {
    /// `connectionState`.
    pub connection: Option<PeerConnectionState>,
    /// `iceConnectionState`.
    pub ice: Option<IceConnectionState>,
}

/// An answer that the values of an edition break.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The answer, with its policy.
    pub chosen: Chosen,
    /// The smallest combination that breaks it.
    pub example: Combination,
    /// A description of the values.
    pub message: String,
}

/// Returns the chosen answers that the default readings of an edition break by their values, for
/// any number of transports; `None` if an enum is missing or is not a cascade, since the laws do
/// not apply then.
#[must_use]
pub fn broken_laws(edition: &Edition, choices: &Choices) -> Option<Vec<Broken>> {
    let (connection, ice) = cascades(edition)?;
    let values = values_of(edition, Some(connection), Some(ice));
    let broken = |(policy, _, law): (&Policy, &Answer, Law)| {
        let example = counterexample(law, &values)?;
        let found = values(Facts::of(&example));
        let message = format!(
            "with {}, connectionState is {} and iceConnectionState is {}",
            example.in_words(),
            or_not_defined(found.connection),
            or_not_defined(found.ice),
        );
        let chosen = choices.iter().find(|chosen| chosen.policy == policy.id)?;
        Some(Broken {
            chosen,
            example,
            message,
        })
    };
    Some(laws(choices).filter_map(broken).collect())
}

/// Returns whether the default readings of an edition keep a law; `None` as for [`broken_laws`].
#[must_use]
pub fn is_kept(edition: &Edition, law: Law) -> Option<bool> {
    let (connection, ice) = cascades(edition)?;
    let values = values_of(edition, Some(connection), Some(ice));
    let mut space = [false, true].into_iter().flat_map(Space::facts);
    Some(space.all(|facts| law(facts, &values)))
}

/// Returns the chosen answers that two readings break by their values, each with an example. The
/// laws do not apply to a reading that is missing or is not a cascade.
pub(crate) fn broken_by_readings(
    edition: &Edition,
    connection: Option<&Reading<PeerConnectionState>>,
    ice: Option<&Reading<IceConnectionState>>,
    choices: &Choices,
) -> Vec<(Chosen, Vec<Facts>)> {
    let connection = connection.filter(|reading| reading.mode == Mode::FirstMatch);
    let ice = ice.filter(|reading| reading.mode == Mode::FirstMatch);
    if connection.is_none() && ice.is_none() {
        return Vec::new();
    }
    let values = values_of(edition, connection, ice);
    let broken = |(policy, answer, law): (&'static Policy, &'static Answer, Law)| {
        let space = [false, true].into_iter().flat_map(Space::facts);
        let found: Vec<Facts> = space.filter(|facts| !law(*facts, &values)).collect();
        let chosen = Chosen {
            policy: policy.id,
            answer: answer.id,
        };
        (!found.is_empty()).then_some((chosen, found))
    };
    laws(choices).filter_map(broken).collect()
}

/// Returns the chosen answers that are laws about values.
fn laws(choices: &Choices) -> impl Iterator<Item = (&'static Policy, &'static Answer, Law)> {
    choices
        .answers()
        .filter_map(|(policy, answer)| match answer.asks {
            Asks::Law(law) => Some((policy, answer, law)),
            Asks::NoContradiction | Asks::Property(_) | Asks::Text(_) => None,
        })
}

/// Returns the smallest combination that breaks a law; one with an open connection comes before one
/// with a closed connection.
fn counterexample(law: Law, values: &dyn Fn(Facts) -> Values) -> Option<Combination> {
    [false, true]
        .into_iter()
        .find_map(|closed| smallest(closed, |facts| !law(facts, values)))
}

fn or_not_defined<S: StateEnum>(value: Option<S>) -> &'static str {
    value.map_or("not defined", StateEnum::as_str)
}

/// Returns the default readings of both enums, if both are cascades.
fn cascades(
    edition: &Edition,
) -> Option<(&Reading<PeerConnectionState>, &Reading<IceConnectionState>)> {
    let connection = edition.connection_state.as_ref();
    let ice = edition.ice_connection_state.as_ref();
    let connection = connection.map(Definition::default_reading)?;
    let ice = ice.map(Definition::default_reading)?;
    let cascade = connection.mode == Mode::FirstMatch && ice.mode == Mode::FirstMatch;
    cascade.then_some((connection, ice))
}

/// Returns what two readings give; `None` unless exactly one value holds.
fn values_of(
    edition: &Edition,
    connection: Option<&Reading<PeerConnectionState>>,
    ice: Option<&Reading<IceConnectionState>>,
) -> impl Fn(Facts) -> Values {
    let everywhere = Everywhere::of(edition);
    let connection = connection.map(|reading| everywhere.values(reading));
    let ice = ice.map(|reading| everywhere.values(reading));
    let single = |facts| Values {
        connection: connection
            .as_ref()
            .and_then(|table| table.at(facts).single()),
        ice: ice.as_ref().and_then(|table| table.at(facts).single()),
    };
    // Every law is evaluated for every combination.
    let table = Table::from_values(every_facts().map(single).collect());
    move |facts| table.at(facts)
}

/// Returns whether a value is `wanted` exactly if it should be. If no single value holds, lint
/// reports that elsewhere.
pub(super) fn is<S: PartialEq + Copy>(value: Option<S>, wanted: S, should: bool) -> bool {
    value.is_none_or(|value| (value == wanted) == should)
}

/// Returns whether a value is `wanted` wherever it must be.
pub(super) fn must_be<S: PartialEq + Copy>(value: Option<S>, wanted: S, must: bool) -> bool {
    value.is_none_or(|value| !must || value == wanted)
}

/// Returns whether a value is `wanted` only where it may be.
pub(super) fn may_be<S: PartialEq + Copy>(value: Option<S>, wanted: S, may: bool) -> bool {
    value.is_none_or(|value| may || value != wanted)
}

/// Returns whether a set has only the allowed states.
pub(super) fn only<S: StateEnum>(states: StateSet<S>, allowed: &[S]) -> bool {
    states.is_subset(allowed.iter().copied().collect())
}

/// Returns whether `holds` is true of the values of a connection, or the connection is closed.
pub(super) fn while_open(
    facts: Facts,
    values: &dyn Fn(Facts) -> Values,
    holds: impl Fn(Values) -> bool,
) -> bool {
    facts.closed || holds(values(facts))
}
