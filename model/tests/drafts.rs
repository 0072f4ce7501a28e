//! Drafts that nobody would write: random definitions, evaluated and linted, against plain
//! enumeration. The published editions use only a part of the format; this test uses all of it.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]
#![expect(
    dead_code,
    reason = "the evaluator is shared with another test, which needs more of it"
)]

mod plain;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use peerstate_model::editions::{Facts, load_draft};
use peerstate_model::lint::{Kind, lint};
use peerstate_model::state_set::StateSet;
use peerstate_model::states::StateEnum;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use plain::findings::{Found, theirs};
use plain::{CONNECTION, DTLS_STATES, ICE, ICE_STATES, Multisets, Plain, Values, combination};

const CONNECTION_STATES: [&str; 6] = [
    "closed",
    "failed",
    "disconnected",
    "new",
    "connected",
    "connecting",
];

fn list(states: &'static [&'static str]) -> impl Strategy<Value = String> {
    subsequence(states, 0..=states.len()).prop_map(|states| format!("[{}]", states.join(", ")))
}

/// The lists of one or of both kinds of transports.
fn lists() -> impl Strategy<Value = String> {
    prop_oneof![
        list(&ICE_STATES).prop_map(|ice| format!("{{ice: {ice}}}")),
        list(&DTLS_STATES).prop_map(|dtls| format!("{{dtls: {dtls}}}")),
        (list(&ICE_STATES), list(&DTLS_STATES))
            .prop_map(|(ice, dtls)| format!("{{ice: {ice}, dtls: {dtls}}}")),
    ]
}

fn condition(may_refer: bool) -> impl Strategy<Value = String> {
    let refer = if may_refer { 2 } else { 0 };
    let leaf = prop_oneof![
        6 => (select(vec!["any", "all", "none"]), lists())
            .prop_map(|(kind, lists)| format!("{{{kind}: {lists}}}")),
        1 => any::<bool>().prop_map(|closed| format!("{{closed: {closed}}}")),
        1 => any::<bool>().prop_map(|none| format!("{{no_transports: {none}}}")),
        refer => list(&ICE_STATES).prop_map(|list| format!("{{ice_connection_state: {list}}}")),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        (
            select(vec!["all_of", "any_of"]),
            prop::collection::vec(inner, 1..=3),
        )
            .prop_map(|(kind, parts)| format!("{{{kind}: [{}]}}", parts.join(", ")))
    })
}

/// The definition of an enum: some of its values in some order, in either mode.
fn definition(states: &'static [&'static str], may_refer: bool) -> impl Strategy<Value = String> {
    let chosen = subsequence(states, 2..=states.len()).prop_shuffle();
    let conditions = prop::collection::vec(condition(may_refer), states.len());
    (chosen, conditions, any::<bool>(), any::<bool>()).prop_map(
        |(states, conditions, cascade, vacuous)| {
            let mode = if cascade {
                "first_match"
            } else {
                "independent"
            };
            let mut text = format!("    mode: {mode}\n");
            if cascade {
                text += &format!("    order: [{}]\n", states.join(", "));
            }
            text += "    readings:\n      - id: a\n        default: true\n        basis: random\n";
            text += &format!("        vacuous_all: {vacuous}\n        states:\n");
            for (state, condition) in states.iter().zip(conditions) {
                text += &format!("          {state}: {condition}\n");
            }
            text
        },
    )
}

fn draft() -> impl Strategy<Value = String> {
    let claim = (select(CONNECTION_STATES.to_vec()), condition(true)).prop_map(|(state, must)| {
        format!(
            "claims:\n  - id: random\n    enum: {CONNECTION}\n    state: {state}\n    must: {must}\n    \
             quote: none\n"
        )
    });
    (
        definition(&CONNECTION_STATES, true),
        definition(&ICE_STATES, false),
        claim,
    )
        .prop_map(|(connection, ice, claim)| {
            format!(
                "id: random\ndate: none\nsource: none\nstatus: random\ntransport_set: all\n\
                 enums:\n  {CONNECTION}:\n{connection}  {ICE}:\n{ice}{claim}"
            )
        })
}

fn values<S: StateEnum>(values: StateSet<S>) -> Values {
    Values::of_all(values.iter().map(|value| value.as_str()))
}

/// How many transports the enumeration goes to; an example that needs more is not compared.
const MOST: usize = 2;
static FEW: LazyLock<Multisets> = LazyLock::new(|| Multisets::of_at_most(MOST));

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_random_draft_is_read_evaluated_and_linted_as_plainly(text in draft()) {
        let edition = load_draft("draft.yaml", &text).unwrap();
        let sets = &FEW.sets;
        let plain = Plain::of_edition(plain::read_plain_text(&text), sets);
        let connection = edition.connection_state.as_ref().unwrap().default_reading();
        let ice = edition.ice_connection_state.as_ref().unwrap().default_reading();
        for closed in [false, true] {
            let connections = plain.table(CONNECTION, "a", closed, sets);
            let ices = plain.table(ICE, "a", closed, sets);
            for (place, set) in sets.iter().enumerate() {
                let facts = Facts::of(&combination(closed, set));
                let derived = edition.derive_by(Some(connection), Some(ice), &facts);
                let referred = edition.with_ice_connection_state(facts);
                for row in &connection.rows {
                    // A reason is given exactly for the rows that do not apply.
                    let failing = row.predicate.failing(&referred, connection.vacuous_all);
                    let holds = row.predicate.holds(&referred, connection.vacuous_all);
                    prop_assert_eq!(failing.is_empty(), holds);
                }
                prop_assert_eq!(values(derived.connection_state.unwrap()), connections[place]);
                prop_assert_eq!(values(derived.ice_connection_state.unwrap()), ices[place]);
            }
        }

        for report in lint(&edition, MOST).enums {
            let theirs = theirs(&plain, (report.enum_name, &report.reading), &FEW);
            for kind in [Kind::Gap, Kind::Overlap, Kind::Claim, Kind::Contradiction, Kind::Regression] {
                let mut ours: BTreeMap<String, Found> = BTreeMap::new();
                for finding in report.findings.iter().filter(|finding| finding.kind == kind) {
                    let example = finding.example.as_ref().unwrap();
                    if example.transports.len() <= MOST {
                        let found = (finding.combinations, Some(example.to_string()));
                        ours.insert(finding.message.clone(), found);
                    } else {
                        prop_assert_eq!(finding.combinations, 0);
                    }
                }
                let mut ours: Vec<Found> = ours.into_values().collect();
                ours.sort();
                let theirs = theirs.get(kind.as_str()).cloned().unwrap_or_default();
                prop_assert_eq!(ours, theirs, "{}", kind.as_str());
            }
        }
    }
}
