//! What an edition says about a closed connection.
//!
//! The search for gaps, overlaps, claims and regressions, and their counts, assume an open
//! connection. For a closed connection, one requirement applies to every combination: the value is
//! closed, and no other value holds. If a text says something else, that is a finding about
//! `close()`.

use super::Asked;
use super::finding::{DynamicsFinding, DynamicsKind};
use crate::editions::space::smallest;
use crate::editions::{Claim, Defined, Edition, Facts, Reading};
use crate::state_set::StateSet;
use crate::states::{IceConnectionState, PeerConnectionState, StateEnum};

/// The stable name of this finding, and of the one about what the text claims.
const VALUE: &str = "says/value-when-closed";
const CLAIM: &str = "says/claim-when-closed";

/// The requirements.
pub(super) const ASKED: [Asked; 2] = [
    Asked {
        about: VALUE,
        kind: DynamicsKind::Close,
        asks: "By the descriptions, a closed connection has the value closed, and no other.",
    },
    Asked {
        about: CLAIM,
        kind: DynamicsKind::Close,
        asks: "The text's claims about its own states hold for a closed connection too.",
    },
];

/// Checks which values the descriptions give a closed connection.
pub(super) fn lint_closed(edition: &Edition) -> Vec<DynamicsFinding> {
    let mut values = not_closed_alone::<PeerConnectionState>(edition);
    values.extend(not_closed_alone::<IceConnectionState>(edition));
    let mut claims = broken_claims::<PeerConnectionState>(edition);
    claims.extend(broken_claims::<IceConnectionState>(edition));
    let values = told(
        VALUE,
        "the descriptions do not give a closed connection the value closed alone",
        &values,
    );
    let claims = told(
        CLAIM,
        "a closed connection contradicts the text's own claims",
        &claims,
    );
    values.into_iter().chain(claims).collect()
}

/// Returns whether the value closed holds, and no other.
pub(super) fn is_closed_alone<S: StateEnum>(holding: StateSet<S>) -> bool {
    let single = holding.single();
    single.is_some_and(|value| value.as_str() == "closed")
}

fn told(about: &'static str, what: &str, all: &[String]) -> Option<DynamicsFinding> {
    (!all.is_empty()).then(|| DynamicsFinding {
        kind: DynamicsKind::Close,
        about,
        message: format!("{what}: {}", all.join("; ")),
        path: None,
        policy: None,
    })
}

/// Returns the smallest combination for which closed is not the only value, and its values, in
/// words.
fn counterexample<S: StateEnum>(edition: &Edition, reading: &Reading<S>) -> Option<String> {
    let holding = |facts| reading.holding(&edition.with_ice_connection_state(facts));
    let example = smallest(true, |facts| !is_closed_alone(holding(facts)))?;
    let values = holding(Facts::of(&example));
    let values = if values.is_empty() {
        "no value".to_owned()
    } else {
        values.to_string()
    };
    Some(format!("with {}: {values}", example.in_words()))
}

/// Returns the readings by which closed is not the only value of a closed connection; only the
/// default reading, if it is one of them.
fn not_closed_alone<S: Defined>(edition: &Edition) -> Vec<String> {
    let Some(definition) = S::definition(edition) else {
        return Vec::new();
    };
    let default = definition.default_reading();
    if let Some(found) = counterexample(edition, default) {
        return vec![format!("{} {found}", S::NAME)];
    }
    let found = |reading: &Reading<S>| {
        let found = counterexample(edition, reading)?;
        Some(format!("{} (reading {}) {found}", S::NAME, reading.id))
    };
    definition.readings.iter().filter_map(found).collect()
}

fn broken_claims<S: Defined>(edition: &Edition) -> Vec<String> {
    let broken = |claim: &Claim| {
        let state = S::claimed(claim)?;
        let reading = S::definition(edition)?.default_reading();
        let example = smallest(true, |facts| {
            let facts = edition.with_ice_connection_state(facts);
            reading.holding(&facts).contains(state)
                && !claim.must.holds(&facts, reading.vacuous_all)
        })?;
        Some(format!(
            "{} with {} is `{state}`, although the text claims ({}) that {}",
            S::NAME,
            example.in_words(),
            claim.id,
            claim.must
        ))
    };
    edition.claims.iter().filter_map(broken).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::editions::{edition, load_draft};

    fn draft(text: &str) -> Edition {
        load_draft("draft.yaml", text).unwrap()
    }

    const REPAIRED: &str = include_str!("../../editions/repaired.yaml");

    #[test]
    fn the_repaired_edition_is_closed_alone() {
        assert_eq!(lint_closed(edition("repaired").unwrap()), []);
    }

    #[test]
    fn another_value_is_told() {
        let findings = lint_closed(&draft(
            &REPAIRED
                .replace("order: [closed, ", "order: [")
                .replace("          closed: {ice_connection_state: [closed]}\n", "")
                .replace("          closed: {closed: true}\n", ""),
        ));
        assert_eq!(
            findings[0].message,
            "the descriptions do not give a closed connection the value closed alone: \
             RTCPeerConnectionState with the connection closed and no transports: new; \
             RTCIceConnectionState with the connection closed and no transports: new"
        );
    }

    #[rstest]
    #[case(
        "{all_of: [{closed: true}, {no_transports: true}]}",
        "new: {closed: false}",
        "no value"
    )]
    #[case("{closed: true}", "new: {any: {ice: [new]}}", "new, closed")]
    fn no_value_or_several_are_told(#[case] closed: &str, #[case] new: &str, #[case] values: &str) {
        let findings = lint_closed(&draft(&format!(
            "{{schema: 1, id: x, date: x, source: x, status: x, transport_set: all, enums: {{\
             RTCIceConnectionState: {{mode: independent, readings: [{{id: a, default: true, \
             basis: x, vacuous_all: true, states: {{closed: {closed}, {new}}}}}]}}}}}}"
        )));
        let message = format!(
            "RTCIceConnectionState with the connection closed and one transport whose ICE is not \
             begun and DTLS not begun: {values}"
        );
        assert!(findings[0].message.contains(&message), "{findings:?}");
    }

    #[test]
    fn a_claim_is_asked_of_a_closed_connection_too() {
        let text = REPAIRED.replace("state: connecting", "state: closed");
        let findings = lint_closed(&draft(&text));
        assert_eq!(findings[0].about, CLAIM);
        let message =
            "closed and no transports is `closed`, although the text claims (connecting-note)";
        assert!(findings[0].message.contains(message), "{findings:?}");
    }
}
