//! Evaluation, lint and comparison against plain enumeration of every combination of at most four
//! transports, by an evaluator of its own: it reads the same files with another reader, knows
//! lists of transports instead of sets, and shares nothing but the names of the states.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod plain;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use peerstate_model::editions::{Definition, Edition, Facts, Reading, edition, editions};
use peerstate_model::lint::{EnumReport, Kind, compare, lint, lint_by};
use peerstate_model::policies::{self, Asks, Choices, Chosen, POLICIES};
use peerstate_model::state_set::StateSet;
use peerstate_model::states::StateEnum;

use plain::findings::{Found, progress, theirs};
use plain::{CONNECTION, ICE, MULTISETS, Plain, Values, combination};
use rstest::rstest;

/// What the crate reads from every multiset, open and closed.
static FACTS: LazyLock<[Vec<Facts>; 2]> = LazyLock::new(|| {
    [false, true].map(|closed| {
        let sets = MULTISETS.sets.iter();
        sets.map(|set| Facts::of(&combination(closed, set)))
            .collect()
    })
});

/// The published edition of a file.
fn of_file(path: &Path) -> &'static Edition {
    let id = path.file_stem().unwrap().to_str().unwrap();
    edition(id).unwrap()
}

#[test]
fn every_edition_has_a_file_and_so_a_case() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/editions")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = names.filter(|name| !name.starts_with("known-")).collect();
    let ids = editions()
        .iter()
        .map(|edition| format!("{}.yaml", edition.id));
    assert_eq!(files, ids.collect());
}

fn values<S: StateEnum>(values: StateSet<S>) -> Values {
    Values::of_all(values.iter().map(|value| value.as_str()))
}

fn check_values<S: StateEnum>(edition: &Edition, reading: &Reading<S>, plain: &Plain) {
    for (closed, facts) in [false, true].into_iter().zip(FACTS.iter()) {
        let theirs = plain.table(S::NAME, &reading.id, closed, &MULTISETS.sets);
        for (place, theirs) in theirs.into_iter().enumerate() {
            let facts = edition.with_ice_connection_state(facts[place]);
            let ours = values(reading.holding(&facts));
            let at = || combination(closed, &MULTISETS.sets[place]);
            assert_eq!(ours, theirs, "{} {} {}", edition.id, reading.id, at());
        }
    }
}

#[rstest]
fn every_reading_gives_what_plain_enumeration_gives(
    #[files("editions/*.yaml")]
    #[exclude("known-")]
    path: PathBuf,
) {
    let sets = &MULTISETS.sets;
    assert_eq!(sets.len(), 1 + 35 + 630 + 7770 + 73815);
    let edition = of_file(&path);
    let plain = Plain::of(&edition.id, sets);
    for reading in edition.connection_state.iter().flat_map(|d| &d.readings) {
        check_values(edition, reading, &plain);
    }
    let ice = edition.ice_connection_state.iter();
    for reading in ice.flat_map(|d| &d.readings) {
        check_values(edition, reading, &plain);
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

/// The causes of a finding, as text, each the first multiset with its key.
fn families<K: Ord>(keys: impl Fn(usize) -> Vec<K>) -> BTreeSet<String> {
    let mut smallest = BTreeMap::new();
    for place in 0..MULTISETS.sets.len() {
        for key in keys(place) {
            smallest.entry(key).or_insert(place);
        }
    }
    let places = smallest.into_values();
    places
        .map(|place| combination(false, &MULTISETS.sets[place]).to_string())
        .collect()
}

/// The causes of a finding of a kind, as lint separates them.
fn our_families(report: &EnumReport, kind: Kind) -> BTreeSet<String> {
    let findings = report.findings.iter().filter(|found| found.kind == kind);
    findings
        .flat_map(|finding| &finding.families)
        .map(ToString::to_string)
        .collect()
}

#[rstest]
fn the_families_of_findings_are_those_of_plain_enumeration(
    #[files("editions/*.yaml")]
    #[exclude("known-")]
    path: PathBuf,
) {
    let sets = &MULTISETS.sets;
    let edition = of_file(&path);
    let plain = Plain::of(&edition.id, sets);
    let ice = plain.default_table(ICE, false, sets);
    let ice = ice.unwrap_or_else(|| plain.ice[0].clone());
    for report in lint(edition, 0).enums {
        let values = plain.table(report.enum_name, &report.reading, false, sets);
        let of_connection = report.enum_name == CONNECTION;
        let ice_value = |place: usize| of_connection.then(|| ice[place]);
        let is_gap = |place: usize| values[place].len() == 0;
        let gaps = families(|place| {
            let states = ice_states(&sets[place]);
            if !is_gap(place) || (!of_connection && has_smaller(states, is_gap)) {
                return Vec::new();
            }
            let states = (!of_connection).then_some(states);
            vec![(ice_value(place), states, sets[place].is_empty())]
        });
        let overlaps = families(|place| {
            let overlap = values[place].len() > 1;
            let key = || (ice_value(place), values[place], sets[place].is_empty());
            overlap.then(key).into_iter().collect()
        });
        let regressions = families(|place| steps_back(&values, place));
        let all = [
            (Kind::Gap, gaps),
            (Kind::Overlap, overlaps),
            (Kind::Regression, regressions),
        ];
        for (kind, theirs) in all {
            let about = format!("{} {} {kind:?}", report.enum_name, report.reading);
            assert_eq!(our_families(&report, kind), theirs, "{about}");
        }
    }
}

/// The ICE states of a multiset, a bit each.
fn ice_states(set: &[usize]) -> usize {
    set.iter()
        .fold(0, |all, transport| all | 1 << (transport % 7))
}

/// Whether some of these ICE states are enough.
fn has_smaller(states: usize, asked: impl Fn(usize) -> bool) -> bool {
    // One transport for each state, with DTLS new, is enough to reach every part.
    (1..states)
        .filter(|part| part & !states == 0)
        .any(|part| MULTISETS.one_a_state[part].is_some_and(&asked))
}

/// The pairs of values by which a step forward of one of these transports goes back.
fn steps_back(values: &[Values], place: usize) -> Vec<(Values, Values)> {
    let from = values[place];
    let steps = MULTISETS.forward[place].iter();
    steps
        .map(|step| (from, values[*step]))
        .filter(|(from, to)| progress(*to).is_some() && progress(*to) < progress(*from))
        .collect()
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

#[rstest]
fn every_finding_is_that_of_plain_enumeration(
    #[files("editions/*.yaml")]
    #[exclude("known-")]
    path: PathBuf,
) {
    let edition = of_file(&path);
    let plain = Plain::of(&edition.id, &MULTISETS.sets);
    for report in lint(edition, 3).enums {
        let theirs = theirs(&plain, (report.enum_name, &report.reading), &MULTISETS);
        let not_here = [Kind::Naming, Kind::Policy];
        for kind in Kind::ALL.iter().filter(|kind| !not_here.contains(kind)) {
            let found = theirs.get(kind.as_str()).cloned().unwrap_or_default();
            let name = format!("{} {} {kind:?}", report.enum_name, report.reading);
            assert_eq!(ours(&report, *kind), found, "{name}");
        }
    }
}

fn check_difference<S: StateEnum>(
    (a, one): (&Edition, &Definition<S>),
    (b, other): (&Edition, &Definition<S>),
    tables: (&[Values], &[Values]),
) {
    let (one, other) = (one.default_reading(), other.default_reading());
    let difference = compare((a, one), (b, other), 3);
    let mut theirs: BTreeMap<(Values, Values), (usize, usize)> = BTreeMap::new();
    for (place, pair) in tables.0.iter().zip(tables.1).enumerate() {
        if pair.0 != pair.1 {
            let found = theirs.entry((*pair.0, *pair.1)).or_insert((0, place));
            found.0 += 1;
        }
    }
    let total: usize = theirs.values().map(|(count, _)| count).sum();
    assert_eq!(difference.combinations, total);
    let first = |place: usize| combination(false, &MULTISETS.sets[place]).to_string();
    let theirs: BTreeMap<_, Found> = theirs
        .into_iter()
        .map(|(pair, (count, place))| (pair, (count, Some(first(place)))))
        .collect();
    let groups = difference.groups.iter();
    let ours: BTreeMap<_, Found> = groups
        // One that takes four transports or more is not in the enumeration.
        .filter(|group| group.example.transports.len() <= 3)
        .map(|group| {
            let example = group.example.to_string();
            let pair = (values(group.a), values(group.b));
            (pair, (group.combinations, Some(example)))
        })
        .collect();
    assert_eq!(ours, theirs, "{} {} {}", a.id, b.id, S::NAME);
}

/// The results of plain enumeration for every edition, with at most three transports.
static TABLES: LazyLock<BTreeMap<&str, [Option<Vec<Values>>; 2]>> = LazyLock::new(|| {
    let sets = MULTISETS.at_most(3);
    let tables = |edition: &'static Edition| {
        let plain = Plain::of(&edition.id, sets);
        let tables = [CONNECTION, ICE].map(|of| plain.default_table(of, false, sets));
        (edition.id.as_str(), tables)
    };
    editions().iter().map(tables).collect()
});

#[rstest]
fn every_difference_is_that_of_plain_enumeration(
    #[files("editions/*.yaml")]
    #[exclude("known-")]
    path: PathBuf,
) {
    let a = of_file(&path);
    let [connection, ice] = &TABLES[a.id.as_str()];
    for b in editions() {
        let [other_connection, other_ice] = &TABLES[b.id.as_str()];
        if let (Some(one), Some(other)) = (&a.connection_state, &b.connection_state) {
            let tables = (connection.as_deref(), other_connection.as_deref());
            let tables = (tables.0.unwrap(), tables.1.unwrap());
            check_difference((a, one), (b, other), tables);
        }
        if let (Some(one), Some(other)) = (&a.ice_connection_state, &b.ice_connection_state) {
            let tables = (ice.as_deref(), other_ice.as_deref());
            let tables = (tables.0.unwrap(), tables.1.unwrap());
            check_difference((a, one), (b, other), tables);
        }
    }
}

/// Every answer to every policy of the values, compared with plain enumeration: the same number of
/// combinations breaks it, and the same one is the first.
#[rstest]
fn findings_of_policies_are_those_of_plain_enumeration(
    #[values("w3c-2020-01-23", "w3c-2021-10-21", "w3c-rec-2025-03-13", "repaired")] id: &str,
) {
    let sets = MULTISETS.at_most(3);
    let edition = edition(id).unwrap();
    let connection = edition.connection_state.as_ref().unwrap().default_reading();
    let ice = edition
        .ice_connection_state
        .as_ref()
        .unwrap()
        .default_reading();
    let connection = |facts: Facts| policies::Values {
        connection: connection
            .holding(&edition.with_ice_connection_state(facts))
            .single(),
        ice: None,
    };
    let ice = |facts: Facts| policies::Values {
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
                let values: &dyn Fn(Facts) -> policies::Values = if report.enum_name == CONNECTION {
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

#[rstest]
fn two_transports_fail_no_property_of_the_dynamics_that_one_does_not(
    #[files("editions/*.yaml")]
    #[exclude("known-")]
    path: PathBuf,
) {
    use peerstate_model::lint::OF_THE_MACHINE;
    use peerstate_model::machine::explore::explore;
    use peerstate_model::machine::model::ConnectionModel;
    use peerstate_model::machine::rulebook::Rulebook;

    let edition = of_file(&path);
    let Some(rulebook) = Rulebook::of(edition) else {
        return;
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
    assert_eq!(found, failing);
}
