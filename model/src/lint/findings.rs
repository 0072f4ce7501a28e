//! The search for what is wrong with a definition.

use std::collections::BTreeSet;

use super::finding::{EnumReport, Finding, Kind};
use super::regression::regression;
use super::search::{Counted, by_size};
use crate::editions::regions::Everywhere;
use crate::editions::space::{Space, Table, smallest};
use crate::editions::{Claim, Defined, Definition, Edition, Facts, Mode, Predicate, Reading};
use crate::policies::{Choices, Chosen, broken_by_readings, contradiction, policy};
use crate::state_set::StateSet;
use crate::states::{IceConnectionState, PeerConnectionState, StateEnum};
use crate::transports::Combination;

/// Lints every reading of every enum of an edition.
pub(super) fn lint_enums(edition: &Edition, up_to: usize, choices: &Choices) -> Vec<EnumReport> {
    let counted = Counted::described(up_to, choices.clone());
    lint_counted(edition, &counted)
}

pub(super) fn lint_counted(edition: &Edition, counted: &Counted) -> Vec<EnumReport> {
    let everywhere = Everywhere::of(edition);
    let mut reports = Vec::new();
    if let Some(definition) = &edition.connection_state {
        for reading in &definition.readings {
            let values = everywhere.values(reading);
            let given = (&everywhere, &values);
            reports.push(report_of_connection(
                edition, definition, reading, given, counted,
            ));
        }
    }
    if let Some(definition) = &edition.ice_connection_state {
        for reading in &definition.readings {
            let values = everywhere.values(reading);
            let given = (&everywhere, &values);
            reports.push(report_of_ice(edition, definition, reading, given, counted));
        }
    }
    reports
}

/// The values of an edition for every pair of sets, and those of one of its readings.
pub(super) type Given<'g, S> = (&'g Everywhere, &'g Table<StateSet<S>>);

pub(super) fn report_of_connection(
    edition: &Edition,
    definition: &Definition<PeerConnectionState>,
    reading: &Reading<PeerConnectionState>,
    given: Given<'_, PeerConnectionState>,
    counted: &Counted,
) -> EnumReport {
    let mut findings = lint_definition(edition, reading, given, counted);
    findings.extend(contradictions(edition, given, counted));
    let broken = broken_by_readings(edition, Some(reading), None, &counted.choices);
    findings.extend(of_policies(given.1, broken, counted));
    report(definition, reading, findings)
}

pub(super) fn report_of_ice(
    edition: &Edition,
    definition: &Definition<IceConnectionState>,
    reading: &Reading<IceConnectionState>,
    given: Given<'_, IceConnectionState>,
    counted: &Counted,
) -> EnumReport {
    let mut findings = lint_definition(edition, reading, given, counted);
    let broken = broken_by_readings(edition, None, Some(reading), &counted.choices);
    findings.extend(of_policies(given.1, broken, counted));
    report(definition, reading, findings)
}

fn report<S: StateEnum>(
    definition: &Definition<S>,
    reading: &Reading<S>,
    mut findings: Vec<Finding>,
) -> EnumReport {
    findings.sort_by_key(|finding| finding.kind);
    EnumReport {
        enum_name: S::NAME,
        reading: reading.id.clone(),
        default: definition.is_default(reading),
        findings,
    }
}

/// Lints one reading alone.
fn lint_definition<S: Defined>(
    edition: &Edition,
    reading: &Reading<S>,
    (everywhere, values): Given<'_, S>,
    counted: &Counted,
) -> Vec<Finding> {
    let holding = |facts: Facts| values.at(facts);
    let of_connection = S::NAME == PeerConnectionState::NAME;
    let by_ice = |facts: Facts| Cause {
        ice: of_connection.then(|| ice_connection_state(edition, facts).number()),
        values: 0,
        no_transports: facts.ice.is_empty(),
    };
    let mut findings = Vec::new();
    let gap = |facts: Facts| holding(facts).is_empty();
    findings.extend(of_combinations(
        Kind::Gap,
        counted,
        gap,
        |gap| {
            if of_connection {
                smallest_of_each(gap, by_ice)
            } else {
                smallest_of_ice_sets(gap)
            }
        },
        |at| format!("with {}, no value applies", at.in_words()),
    ));
    if reading.mode == Mode::Independent {
        let by_values = |facts: Facts| Cause {
            values: holding(facts).number(),
            ..by_ice(facts)
        };
        findings.extend(of_combinations(
            Kind::Overlap,
            counted,
            |facts| holding(facts).len() > 1,
            |overlap| smallest_of_each(overlap, by_values),
            |at| {
                let values = holding(Facts::of(at));
                format!("with {}, several values apply: {values}", at.in_words())
            },
        ));
    }
    findings.extend(unreachable(reading, &holding));
    for claim in &edition.claims {
        if let Some(state) = S::claimed(claim) {
            let must = everywhere.region(&claim.must, reading.vacuous_all);
            let broken = |facts: Facts| holding(facts).contains(state) && !must.contains(facts);
            findings.extend(broken_claim(claim, state, broken, counted, by_ice));
        }
    }
    findings.extend(regression(&holding, counted));
    findings.extend(naming(reading));
    findings
}

/// What distinguishes the combinations of one finding by cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cause {
    /// The values of `iceConnectionState`, if they matter.
    ice: Option<usize>,
    /// The values that hold, if they matter.
    values: usize,
    /// "All" of no transports is a separate case.
    no_transports: bool,
}

/// Returns the values of `RTCIceConnectionState` by the edition, or by the edition that it refers
/// to.
fn ice_connection_state(edition: &Edition, facts: Facts) -> StateSet<IceConnectionState> {
    let facts = edition.with_ice_connection_state(facts);
    meant_ice(edition).map_or_else(StateSet::empty, |reading| reading.holding(&facts))
}

/// Returns the reading of `RTCIceConnectionState` that an edition refers to: its own, or that of
/// another edition.
fn meant_ice(edition: &Edition) -> Option<&Reading<IceConnectionState>> {
    let own = edition.ice_connection_state.as_ref();
    own.or(edition.referenced_ice.as_ref())
        .map(Definition::default_reading)
}

/// Returns the smallest combination of each cause, fewest transports first.
fn smallest_of_each(
    has: &dyn Fn(Facts) -> bool,
    cause: impl Fn(Facts) -> Cause,
) -> Vec<Combination> {
    let causes: BTreeSet<Cause> = Space::facts(false)
        .filter(|f| has(*f))
        .map(&cause)
        .collect();
    let smallest_of = |one: Cause| smallest(false, |facts| has(facts) && cause(facts) == one);
    by_size(causes.into_iter().filter_map(smallest_of).collect())
}

/// Returns the smallest combinations by their ICE states: no transports, and each minimal set of
/// states.
fn smallest_of_ice_sets(has: &dyn Fn(Facts) -> bool) -> Vec<Combination> {
    let sets: BTreeSet<StateSet<_>> = Space::facts(false)
        .filter(|facts| has(*facts))
        .map(|facts| facts.ice)
        .collect();
    let is_smallest = |set: &StateSet<_>| {
        let mut parts = sets.iter().filter(|part| !part.is_empty() && *part != set);
        set.is_empty() || !parts.any(|part| part.is_subset(*set))
    };
    let smallest_of = |set: &StateSet<_>| smallest(false, |facts| has(facts) && facts.ice == *set);
    let examples = sets.iter().filter(|set| is_smallest(set));
    by_size(examples.filter_map(smallest_of).collect())
}

fn of_combinations(
    kind: Kind,
    counted: &Counted,
    has: impl Fn(Facts) -> bool,
    families: impl Fn(&dyn Fn(Facts) -> bool) -> Vec<Combination>,
    message: impl Fn(&Combination) -> String,
) -> Option<Finding> {
    if !Space::facts(false).any(&has) {
        return None;
    }
    let small = counted.small(&has);
    if !counted.describes {
        return Some(Counted::undescribed(kind, small));
    }
    let example = smallest(false, &has)?;
    Some(Finding {
        kind,
        combinations: counted.count(&has),
        families: families(&has),
        small,
        message: message(&example),
        example: Some(example),
        policy: None,
    })
}

fn unreachable<S: Defined>(
    reading: &Reading<S>,
    holding: &impl Fn(Facts) -> StateSet<S>,
) -> Vec<Finding> {
    let reached = [false, true]
        .into_iter()
        .flat_map(Space::facts)
        .fold(StateSet::empty(), |reached, facts| {
            holding(facts).union(reached)
        });
    reading
        .rows
        .iter()
        .filter(|row| !reached.contains(row.value))
        .map(|row| Finding {
            kind: Kind::Unreachable,
            combinations: 0,
            example: None,
            families: Vec::new(),
            small: Vec::new(),
            message: format!("no combination is `{}`", row.value),
            policy: None,
        })
        .collect()
}

fn broken_claim<S: Defined>(
    claim: &Claim,
    state: S,
    broken: impl Fn(Facts) -> bool,
    counted: &Counted,
    cause: impl Fn(Facts) -> Cause,
) -> Option<Finding> {
    of_combinations(
        Kind::Claim,
        counted,
        broken,
        |broken| smallest_of_each(broken, &cause),
        |at| {
            format!(
                "with {}, the value is `{state}`, although the text claims ({}) that {}",
                at.in_words(),
                claim.id,
                claim.must
            )
        },
    )
}

fn contradictions(
    edition: &Edition,
    (everywhere, connection): Given<'_, PeerConnectionState>,
    counted: &Counted,
) -> Vec<Finding> {
    let asked = counted.choices.against_contradictions();
    let (Some(ice), Some(policy)) = (meant_ice(edition), asked) else {
        return Vec::new();
    };
    let ice = everywhere.values(ice);
    let pair = |facts: Facts| {
        let connection = connection.at(facts).single()?;
        Some((connection, ice.at(facts).single()?))
    };
    let of = match (&edition.ice_connection_state, &edition.ice_from) {
        (None, Some(other)) => format!(" (of {other})"),
        _ => String::new(),
    };
    let mut found = Vec::new();
    for closed in [false, true] {
        let beside = values_beside(Space::facts(closed).filter_map(pair));
        for (&connection, beside) in PeerConnectionState::ALL.iter().zip(beside) {
            let reasons = beside.iter().filter_map(|ice| {
                let pair = contradiction(connection, ice)?;
                Some((closed, (connection, ice), pair))
            });
            found.extend(reasons);
        }
    }
    found
        .into_iter()
        .filter_map(|(closed, found, entry)| {
            let has = |facts: Facts| {
                facts.closed == closed && pair(facts) == Some(found) && !entry.unless.holds(facts)
            };
            if !Space::facts(closed).any(has) {
                return None;
            }
            let small = counted.small(has);
            if !counted.describes {
                return Some(Counted::undescribed(Kind::Contradiction, small));
            }
            let example = smallest(closed, has)?;
            let ((connection, ice), reason) = (found, entry.reason);
            Some(Finding {
                kind: Kind::Contradiction,
                combinations: counted.count(has),
                families: Vec::new(),
                small,
                message: format!(
                    "with {}, connectionState is `{connection}` and iceConnectionState is \
                     `{ice}`{of}: {reason}",
                    example.in_words()
                ),
                example: Some(example),
                policy: Some(policy),
            })
        })
        .collect()
}

/// Returns the answers to policies that a reading breaks, each with an example.
fn of_policies<S: StateEnum>(
    values: &Table<StateSet<S>>,
    broken: Vec<(Chosen, Vec<Facts>)>,
    counted: &Counted,
) -> Vec<Finding> {
    let finding = |(chosen, places): (Chosen, Vec<Facts>)| {
        let places: BTreeSet<Facts> = places.into_iter().collect();
        let has = |facts: Facts| places.contains(&facts);
        let small = counted.small(has);
        if !counted.describes {
            return Some(Finding {
                policy: Some(chosen),
                ..Counted::undescribed(Kind::Policy, small)
            });
        }
        let closed = !Space::facts(false).any(has);
        let example = smallest(closed, has)?;
        let value = values.at(Facts::of(&example));
        let sentence = policy(chosen.policy)?.answer(chosen.answer)?.sentence;
        Some(Finding {
            kind: Kind::Policy,
            combinations: counted.count(has),
            families: Vec::new(),
            small,
            message: format!(
                "with {}, the value is `{value}`, which breaks {chosen}: {sentence}",
                example.in_words()
            ),
            example: Some(example),
            policy: Some(chosen),
        })
    };
    broken.into_iter().filter_map(finding).collect()
}

/// Returns, for each value of `connectionState` in order, the values of `iceConnectionState` that
/// occur with it.
fn values_beside(
    pairs: impl Iterator<Item = (PeerConnectionState, IceConnectionState)>,
) -> Vec<StateSet<IceConnectionState>> {
    let mut beside = vec![StateSet::empty(); PeerConnectionState::ALL.len()];
    for (connection, ice) in pairs {
        if let Some(values) = beside.get_mut(connection.index()) {
            values.insert(ice);
        }
    }
    beside
}

fn naming<S: StateEnum>(reading: &Reading<S>) -> Option<Finding> {
    let (mut ice, mut dtls) = (Vec::new(), Vec::new());
    for row in &reading.rows {
        row.predicate.walk(&mut |part| {
            if let Predicate::Any(lists) | Predicate::All(lists) | Predicate::None(lists) = part {
                ice.extend(lists.ice.iter().flat_map(|list| &list.foreign));
                dtls.extend(lists.dtls.iter().flat_map(|list| &list.foreign));
            }
        });
    }
    let told = |kind: &str, mut names: Vec<&str>| {
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| format!("{kind} transports have no {}", names.join(", no ")))
    };
    let told: Vec<String> = [told("ICE", ice), told("DTLS", dtls)]
        .into_iter()
        .flatten()
        .collect();
    (!told.is_empty()).then(|| Finding {
        kind: Kind::Naming,
        combinations: 0,
        example: None,
        families: Vec::new(),
        small: Vec::new(),
        message: format!(
            "the text names states that do not exist: {}",
            told.join("; ")
        ),
        policy: None,
    })
}
