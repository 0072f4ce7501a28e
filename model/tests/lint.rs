//! Evaluation, lint and comparison against plain enumeration of every combination of at most four
//! transports, by an evaluator of its own: it reads the same files with another reader, knows
//! lists of transports instead of sets, and shares nothing but the names of the states.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod plain;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use peerstate_model::editions::{Definition, Edition, Facts, Reading, edition, editions};
use peerstate_model::lint::{EnumReport, Kind, compare, lint, lint_by};
use peerstate_model::policies::{Asks, Choices, Chosen, POLICIES, Values};
use peerstate_model::state_set::StateSet;
use peerstate_model::states::StateEnum;

use plain::findings::{Found, progress, steps, theirs};
use plain::{CONNECTION, ICE, Plain, combination, multisets};

fn words<S: StateEnum>(values: StateSet<S>) -> Vec<String> {
    let mut words: Vec<String> = values
        .iter()
        .map(|value| value.as_str().to_owned())
        .collect();
    words.sort();
    words
}

fn check_values<S: StateEnum>(
    edition: &Edition,
    reading: &Reading<S>,
    plain: &Plain,
    sets: &[Vec<usize>],
) {
    for closed in [false, true] {
        let theirs = plain.table(S::NAME, &reading.id, closed, sets);
        for (set, theirs) in sets.iter().zip(theirs) {
            let combination = combination(closed, set);
            let facts = edition.with_ice_connection_state(Facts::of(&combination));
            let ours = words(reading.holding(&facts));
            assert_eq!(ours, theirs, "{} {} {combination}", edition.id, reading.id);
        }
    }
}

#[test]
fn every_reading_gives_what_plain_enumeration_gives() {
    let sets = multisets(4);
    assert_eq!(sets.len(), 1 + 35 + 630 + 7770 + 73815);
    for edition in editions() {
        let plain = Plain::of(&edition.id, &sets);
        for reading in edition.connection_state.iter().flat_map(|d| &d.readings) {
            check_values(edition, reading, &plain, &sets);
        }
        for reading in edition
            .ice_connection_state
            .iter()
            .flat_map(|d| &d.readings)
        {
            check_values(edition, reading, &plain, &sets);
        }
    }
}

fn ours(report: &EnumReport, kind: Kind) -> Vec<Found> {
    let of_kind = report
        .findings
        .iter()
        .filter(|finding| finding.kind == kind);
    let mut found: Vec<Found> = of_kind
        .map(|finding| {
            let example = finding.example.as_ref().map(ToString::to_string);
            (finding.combinations, example)
        })
        .collect();
    found.sort();
    found
}

/// The causes of a finding, as text, by a key that tells them apart; `None` where it is not one.
fn families<K: Ord>(sets: &[Vec<usize>], keys: impl Fn(usize) -> Vec<K>) -> BTreeSet<String> {
    let mut smallest = BTreeMap::new();
    for (place, set) in sets.iter().enumerate() {
        for key in keys(place) {
            let text = || combination(false, set).to_string();
            smallest.entry(key).or_insert_with(text);
        }
    }
    smallest.into_values().collect()
}

/// The causes of a finding of a kind, as lint tells them apart.
fn our_families(report: &EnumReport, kind: Kind) -> BTreeSet<String> {
    let findings = report.findings.iter().filter(|found| found.kind == kind);
    findings
        .flat_map(|finding| &finding.families)
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_families_of_findings_are_those_of_plain_enumeration() {
    let sets = multisets(4);
    let places: HashMap<&Vec<usize>, usize> = sets.iter().zip(0..).collect();
    for edition in editions() {
        let plain = Plain::of(&edition.id, &sets);
        let ice = plain.default_table(ICE, false, &sets);
        let ice = ice.unwrap_or_else(|| plain.ice[0].clone());
        for report in lint(edition, 0).enums {
            let values = plain.table(report.enum_name, &report.reading, false, &sets);
            let of_connection = report.enum_name == CONNECTION;
            let ice_value = |place: usize| of_connection.then(|| ice[place].clone());
            let gaps = families(&sets, |place| {
                let is_gap = |place: usize| values[place].is_empty();
                if !is_gap(place) || (!of_connection && has_smaller(&places, &sets[place], is_gap))
                {
                    return Vec::new();
                }
                let states = (!of_connection).then(|| ice_states(&sets[place]));
                vec![(ice_value(place), states, sets[place].is_empty())]
            });
            assert_eq!(our_families(&report, Kind::Gap), gaps, "{}", edition.id);
            let overlaps = families(&sets, |place| {
                let overlap = values[place].len() > 1;
                let key = || {
                    (
                        ice_value(place),
                        values[place].clone(),
                        sets[place].is_empty(),
                    )
                };
                overlap.then(key).into_iter().collect()
            });
            assert_eq!(
                our_families(&report, Kind::Overlap),
                overlaps,
                "{}",
                edition.id
            );
            let regressions = families(&sets, |place| steps_back(&values, &places, &sets[place]));
            assert_eq!(
                our_families(&report, Kind::Regression),
                regressions,
                "{}",
                edition.id
            );
        }
    }
}

fn ice_states(set: &[usize]) -> BTreeSet<usize> {
    set.iter().map(|transport| transport % 7).collect()
}

/// Whether some of the ICE states of a multiset are enough.
fn has_smaller(
    places: &HashMap<&Vec<usize>, usize>,
    set: &[usize],
    asked: impl Fn(usize) -> bool,
) -> bool {
    let states = ice_states(set);
    // One transport a state, with DTLS new, is enough to ask of every part.
    (1..1_u32 << 7).any(|part| {
        let part: Vec<usize> = (0..7).filter(|state| part >> state & 1 == 1).collect();
        part.len() < states.len()
            && part.iter().all(|state| states.contains(state))
            && places.get(&part).is_some_and(|place| asked(*place))
    })
}

/// The pairs of values by which a step forward of one of these transports goes back.
fn steps_back(
    values: &[Vec<String>],
    places: &HashMap<&Vec<usize>, usize>,
    set: &Vec<usize>,
) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for which in 0..set.len() {
        for step in steps(set[which]) {
            let mut after = set.clone();
            after[which] = step;
            after.sort_unstable();
            let (from, to) = (&values[places[set]], &values[places[&after]]);
            if progress(to) < progress(from) && progress(to).is_some() {
                pairs.push((from[0].clone(), to[0].clone()));
            }
        }
    }
    pairs
}

/// The states that a kind of transport does not have, by the lists of a file.
#[test]
fn every_name_of_a_state_that_does_not_exist_is_found() {
    for edition in editions() {
        for report in lint(edition, 0).enums {
            let named = plain::foreign_names(&edition.id, report.enum_name, &report.reading);
            let found = report.findings.iter().find(|f| f.kind == Kind::Naming);
            let message = found.map_or(String::new(), |finding| finding.message.clone());
            assert_eq!(
                found.is_some(),
                !named.is_empty(),
                "{} {}",
                edition.id,
                report.reading
            );
            for name in named {
                assert!(message.contains(&format!("no {name}")), "{message} {name}");
            }
        }
    }
}

#[test]
fn every_finding_is_that_of_plain_enumeration() {
    let sets = multisets(4);
    let places: HashMap<&Vec<usize>, usize> = sets
        .iter()
        .enumerate()
        .map(|(place, set)| (set, place))
        .collect();
    for edition in editions() {
        let plain = Plain::of(&edition.id, &sets);
        for report in lint(edition, 3).enums {
            let theirs = theirs(&plain, (report.enum_name, &report.reading), &sets, &places);
            let not_here = [Kind::Naming, Kind::Policy];
            for kind in Kind::ALL.iter().filter(|kind| !not_here.contains(kind)) {
                let found = theirs.get(kind.as_str()).cloned().unwrap_or_default();
                let name = format!(
                    "{} {} {} {}",
                    edition.id,
                    report.enum_name,
                    report.reading,
                    kind.as_str()
                );
                assert_eq!(ours(&report, *kind), found, "{name}");
            }
        }
    }
}

fn check_difference<S: StateEnum>(
    (a, one): (&Edition, &Definition<S>),
    (b, other): (&Edition, &Definition<S>),
    tables: (&[Vec<String>], &[Vec<String>]),
    sets: &[Vec<usize>],
) {
    let (one, other) = (one.default_reading(), other.default_reading());
    let difference = compare((a, one), (b, other), 3);
    let mut theirs: BTreeMap<(Vec<String>, Vec<String>), Found> = BTreeMap::new();
    for (place, set) in sets.iter().enumerate() {
        let (x, y) = (&tables.0[place], &tables.1[place]);
        if x != y {
            let found = theirs.entry((x.clone(), y.clone())).or_default();
            let example = || combination(false, set).to_string();
            found.1.get_or_insert_with(example);
            found.0 += 1;
        }
    }
    let groups = difference.groups.iter();
    let ours: BTreeMap<_, Found> = groups
        // One that takes four transports or more is not in the enumeration.
        .filter(|group| group.example.transports.len() <= 3)
        .map(|group| {
            let values = (words(group.a), words(group.b));
            (
                values,
                (group.combinations, Some(group.example.to_string())),
            )
        })
        .collect();
    assert_eq!(ours, theirs, "{} {} {}", a.id, b.id, S::NAME);
    let total: usize = theirs.values().map(|(count, _)| count).sum();
    assert_eq!(difference.combinations, total);
}

#[test]
fn every_difference_is_that_of_plain_enumeration() {
    let sets = multisets(3);
    let plain: Vec<Plain> = editions()
        .iter()
        .map(|edition| Plain::of(&edition.id, &sets))
        .collect();
    let tables = |of| -> Vec<_> {
        plain
            .iter()
            .map(|plain| plain.default_table(of, false, &sets))
            .collect()
    };
    let (connection, ice) = (tables(CONNECTION), tables(ICE));
    let all = editions();
    for (i, a) in all.iter().enumerate() {
        for (j, b) in all.iter().enumerate() {
            if let (Some(one), Some(other)) = (&a.connection_state, &b.connection_state) {
                let tables = (connection[i].as_deref(), connection[j].as_deref());
                let tables = (tables.0.unwrap(), tables.1.unwrap());
                check_difference((a, one), (b, other), tables, &sets);
            }
            if let (Some(one), Some(other)) = (&a.ice_connection_state, &b.ice_connection_state) {
                let tables = (ice[i].as_deref(), ice[j].as_deref());
                let tables = (tables.0.unwrap(), tables.1.unwrap());
                check_difference((a, one), (b, other), tables, &sets);
            }
        }
    }
}

/// Every answer to every policy of the values, held against plain enumeration: as many combinations
/// are against it, and the same first one.
#[test]
fn findings_of_policies_are_those_of_plain_enumeration() {
    let sets = multisets(3);
    for id in [
        "w3c-2020-01-23",
        "w3c-2021-10-21",
        "w3c-rec-2025-03-13",
        "repaired",
    ] {
        let edition = edition(id).unwrap();
        let connection = edition.connection_state.as_ref().unwrap().default_reading();
        let ice = edition
            .ice_connection_state
            .as_ref()
            .unwrap()
            .default_reading();
        let connection = |facts: Facts| Values {
            connection: connection
                .holding(&edition.with_ice_connection_state(facts))
                .single(),
            ice: None,
        };
        let ice = |facts: Facts| Values {
            connection: None,
            ice: ice.holding(&facts).single(),
        };
        for policy in POLICIES.iter() {
            for answer in policy.answers {
                let Asks::Law(law) = answer.asks else {
                    continue;
                };
                let chosen = Chosen {
                    policy: policy.id,
                    answer: answer.id,
                };
                let linted = lint_by(edition, 3, Choices::only(chosen));
                for report in linted.enums.iter().filter(|report| report.default) {
                    let values: &dyn Fn(Facts) -> Values = if report.enum_name == CONNECTION {
                        &connection
                    } else {
                        &ice
                    };
                    let is_against =
                        |set: &&Vec<usize>| !law(Facts::of(&combination(false, set)), values);
                    let against: Vec<&Vec<usize>> = sets.iter().filter(is_against).collect();
                    let first = against
                        .first()
                        .map(|set| combination(false, set).to_string());
                    let found = ours(report, Kind::Policy);
                    let expected: Vec<Found> = first
                        .into_iter()
                        .map(|first| (against.len(), Some(first)))
                        .collect();
                    assert_eq!(found, expected, "{id} {} {chosen}", report.enum_name);
                }
            }
        }
    }
}

#[test]
fn two_transports_show_nothing_of_the_dynamics_that_one_does_not() {
    use peerstate_model::lint::OF_THE_MACHINE;
    use peerstate_model::machine::explore::explore;
    use peerstate_model::machine::model::ConnectionModel;
    use peerstate_model::machine::rulebook::Rulebook;

    for edition in editions() {
        let Some(rulebook) = Rulebook::of(edition) else {
            continue;
        };
        let failing: BTreeSet<&str> = explore(&ConnectionModel::new(rulebook, 2))
            .failing
            .into_keys()
            .filter(|id| Choices::default().ask_for_property(id))
            .filter(|id| OF_THE_MACHINE.iter().any(|(about, ..)| about == id))
            .collect();
        let found: BTreeSet<&str> = lint(edition, 0)
            .dynamics
            .iter()
            .map(|finding| finding.about)
            .filter(|about| !about.starts_with("says/"))
            .collect();
        assert_eq!(found, failing, "{}", edition.id);
    }
}
