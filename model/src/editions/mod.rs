//! The definitions of `RTCPeerConnectionState` and `RTCIceConnectionState`, edition by edition.
//!
//! The W3C text, and the pages that restate it, have been rewritten a dozen times since 2015. Each
//! version is an [`Edition`]: data in `model/editions/`, one file each, compiled in. If its prose
//! can be understood in more than one way, an edition has several [`Reading`]s, one of which is the
//! default.
//!
//! A value never holds "by the specification" but by an edition. [`Edition::derive`] returns the
//! values that hold for a [`Combination`](crate::transports::Combination) of transports: no value
//! is a gap, several values are an overlap.

mod definition;
mod dynamics;
mod load;
mod predicate;
pub(crate) mod regions;
pub mod space;

use std::sync::LazyLock;

pub use definition::{
    Claim, ClaimedState, Defined, Definition, Derived, Edition, Mode, Reading, Row,
};
pub use dynamics::{
    Answer, DerivedFrom, Dynamics, FiredOnClose, FirstIceEvent, Getter, IceUpdateEvent,
    IsClosedAbort, Said, SetOnClose, Tasks, TransportSet, Trigger, UNSPECIFIED, UpdateSteps,
};
pub use load::{EditionError, load, schema};
pub use predicate::{Facts, Predicate, StateList, StateLists};

use crate::input::names::{self, Suggestion};
use crate::invariant::Invariant;
use crate::states::IceConnectionState;

/// The edition by which implementations are judged if none is named.
pub const DEFAULT_EDITION: &str = "repaired";

macro_rules! sources {
    ($( $id:literal, )+) => {
        &[$( ($id, include_str!(concat!("../../editions/", $id, ".yaml"))), )+]
    };
}

/// The compiled-in editions. An edition that another refers to with `ice_from` comes before it.
const SOURCES: &[(&str, &str)] = sources![
    "w3c-2015-09-04",
    "w3c-2015-09-09",
    "w3c-2015-09-18",
    "w3c-2015-10-01",
    "w3c-2016-04-14",
    "w3c-2016-09-29",
    "w3c-2017-08-10",
    "w3c-2018-06-07",
    "w3c-2018-12-06",
    "w3c-2020-01-23",
    "w3c-2020-04-23",
    "w3c-rec-2021-01-26",
    "w3c-2021-10-07",
    "w3c-2021-10-21",
    "w3c-2023-03-23",
    "w3c-2023-07-13",
    "w3c-rec-2025-03-13",
    "w3c-ed-2026-05",
    "mdn-zh-cn",
    "mdn-en-us",
    "mdn-fr",
    "mdn-ko",
    "devdocs-ice",
    "mdn-zh-cn-ice",
    "repaired",
];

// A compiled-in file that does not load ends the run. Otherwise lint, check and judge would
// continue without it and report too little.
static EDITIONS: LazyLock<Vec<Edition>> = LazyLock::new(|| {
    SOURCES.iter().fold(Vec::new(), |mut editions, (id, text)| {
        let file = format!("model/editions/{id}.yaml");
        let edition = load(&file, text, &|name| defined_in(&editions, name));
        editions.push(edition.invariant("every edition compiled in loads"));
        editions
    })
});

/// There is no edition with this id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no edition `{found}`{suggestion} (`peerstate list editions` shows all)")]
pub struct UnknownEdition {
    /// The id that was given.
    pub found: String,
    /// The nearest known id.
    pub suggestion: Suggestion,
}

/// Returns every compiled-in edition: those of the W3C by date, then MDN's pages, then `repaired`.
///
/// # Panics
///
/// If one of them does not load. A test checks that they all load.
#[must_use]
pub fn editions() -> &'static [Edition] {
    &EDITIONS
}

/// Returns the edition with this id.
///
/// # Errors
///
/// If there is none, with the nearest known id.
pub fn edition(id: &str) -> Result<&'static Edition, UnknownEdition> {
    EDITIONS
        .iter()
        .find(|edition| edition.id == id)
        .ok_or_else(|| UnknownEdition {
            found: names::shorten(id),
            suggestion: names::nearest(id, EDITIONS.iter().map(|edition| edition.id.as_str())),
        })
}

/// Reads a draft. Its `ice_from` may name any compiled-in edition.
///
/// # Errors
///
/// Every problem of the text, with line and column.
pub fn load_draft(
    file: &str,
    text: &str,
) -> Result<Edition, crate::input::located::Refused<EditionError>> {
    load(file, text, &|name| defined_in(&EDITIONS, name))
}

fn defined_in(editions: &[Edition], id: &str) -> Option<Definition<IceConnectionState>> {
    editions
        .iter()
        .find(|edition| edition.id == id)?
        .ice_connection_state
        .clone()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::states::PeerConnectionState;
    use crate::transports::Combination;

    #[test]
    fn every_file_loads() {
        for (index, (id, text)) in SOURCES.iter().enumerate() {
            let before = &EDITIONS[..index.min(EDITIONS.len())];
            let edition = load(id, text, &|name| defined_in(before, name)).unwrap();
            assert_eq!(edition.id, *id);
        }
        assert_eq!(EDITIONS.len(), SOURCES.len());
        assert!(edition(DEFAULT_EDITION).is_ok());
    }

    #[test]
    fn a_slip_in_an_id_is_answered() {
        let error = edition("w3c-rec-2025-03-31").unwrap_err().to_string();
        assert!(
            error.contains("did you mean `w3c-rec-2025-03-13`?"),
            "{error}"
        );
    }

    #[rstest]
    #[case("w3c-rec-2021-01-26", "(connected,new)", None)]
    #[case("w3c-rec-2021-01-26", "(checking,new)", Some("connecting"))]
    #[case("w3c-rec-2025-03-13", "(completed,connected)", Some("connecting"))]
    #[case("repaired", "(completed,connected)", Some("connected"))]
    #[case("repaired", "(connected,connected) (closed,closed)", Some("connected"))]
    #[case("repaired", "", Some("new"))]
    #[case("repaired", "(connected,failed)", Some("failed"))]
    fn connection_state_by_edition(
        #[case] id: &str,
        #[case] transports: &str,
        #[case] expected: Option<&str>,
    ) {
        let combination = Combination {
            closed: false,
            transports: transports.parse().unwrap(),
        };
        let derived = edition(id)
            .unwrap()
            .derive(&combination)
            .connection_state
            .unwrap();
        assert_eq!(derived.single().map(PeerConnectionState::as_str), expected);
    }

    const DRAFT: &str = "\
schema: 1
id: draft
date: today
source: https://example.org
status: draft
transport_set: all
enums:
  RTCIceConnectionState:
    mode: first_match
    order: [failed, new]
    readings:
      - id: a
        default: true
        basis: as written
        vacuous_all: true
        states:
          failed: {any: {ice: [failed]}}
          new: {otherwise: true}
";

    #[test]
    fn a_draft_loads() {
        assert_eq!(load_draft("draft.yaml", DRAFT).unwrap().id, "draft");
    }

    #[rstest]
    #[case(
        "ice: [failed]",
        "ice: [faild]",
        "draft.yaml:17:32: no kind of transport has a state `faild`, did you mean `failed`?"
    )]
    #[case(
        "order: [failed, new]",
        "order: [failed, new, closed]",
        "draft.yaml:17:11: the order names `closed`, which has no row"
    )]
    #[case(
        "order: [failed, new]",
        "order: [failed, nwe]",
        "draft.yaml:10:21: RTCIceConnectionState has no value `nwe`, did you mean `new`?"
    )]
    #[case(
        "    order: [failed, new]\n",
        "",
        "`mode: first_match` needs an `order`"
    )]
    #[case(
        "{any: {ice: [failed]}}",
        "{ice_connection_state: [failed]}",
        "draft.yaml:17:20: a cycle"
    )]
    #[case(
        "{any: {ice: [failed]}}",
        "{otherwise: true}",
        "draft.yaml:17:19: `otherwise` is only allowed alone in the last row"
    )]
    #[case(
        "default: true",
        "default: yes please",
        "draft.yaml:13:18: expected `true` or `false`, found the text `yes please`"
    )]
    #[case(
        "default: true",
        "default: false",
        "exactly one reading must have `default: true`; 0 have"
    )]
    #[case(
        "vacuous_all: true\n",
        "vacuous_al: true\n",
        "draft.yaml:15:9: unknown key `vacuous_al`, did you mean `vacuous_all`?"
    )]
    #[case(
        "{any: {ice: [failed]}}",
        "{any: {dlts: [failed]}}",
        "unknown key `dlts`, did you mean `dtls`?"
    )]
    #[case("{any: {ice: [failed]}}", "failed", "expected a predicate")]
    #[case(
        "status: draft",
        "status: draft\nice_from: draft",
        "a cycle: `ice_from` names this edition itself"
    )]
    #[case(
        "status: draft",
        "status: draft\nice_from: mdn-ko",
        "`ice_from` names `mdn-ko`, which is not an edition that defines"
    )]
    #[case(
        "schema: 1",
        "schema: 2",
        "draft.yaml:1:9: expected schema 1 of the format, found the number 2"
    )]
    #[case(
        "id: draft",
        "id: draft\nid: other",
        "draft.yaml:3:1: duplicate key `id`, first at 2:1"
    )]
    #[case("id: draft", "id: \"\"", "draft.yaml:2:5: an id is one word")]
    #[case(
        "id: draft",
        "id: \"\\e[31mdraft\"",
        "draft.yaml:2:5: the text holds a control character, U+001B"
    )]
    #[case(
        "status: draft",
        "status: draft\nice_from: repared",
        "which is not an edition that defines RTCIceConnectionState, did you mean `repaired`?"
    )]
    #[case(
        "status: draft",
        "status: draft\ndynamics:\n  rederive_triggers: [transport_set_chnage]",
        "draft.yaml:7:23: expected a trigger, found `transport_set_chnage`, did you mean"
    )]
    #[case(
        "status: draft",
        "status: draft\ndynamics: {update_steps: bth}",
        "draft.yaml:6:26: `update_steps` has no answer `bth`, did you mean `both`? (known: none, \
         iceConnectionState, both, unspecified; quote the words of the text as \
         `update_steps: {is: …, quote: …}`)"
    )]
    #[case(
        "status: draft",
        "status: draft\ndynamics: {event_isclosed_abort: \"true\"}",
        "draft.yaml:6:34: expected one of `true`, `false`, `unspecified`, found the text `true`"
    )]
    #[case(
        "status: draft",
        "status: draft\ndynamics: {ice_change: {is: one_task, qoute: q}}",
        "draft.yaml:6:39: unknown key `qoute`, did you mean `quote`?"
    )]
    #[case(
        "status: draft",
        "status: draft\ndynamics: {ice_change: {quote: one task}}",
        "draft.yaml:6:24: the key `is` is missing"
    )]
    #[case(
        "transport_set: all",
        "transport_set: []",
        "draft.yaml:6:16: expected one of `transceivers`, `transceivers_and_SctpTransport`, `all`, \
         `unspecified`, found a list"
    )]
    #[case(
        "status: draft",
        "status: draft\nclaims:\n  - {id: c, enum: RTCPeerConnectionState, state: new, quote: q, \
         must: {closed: true}}",
        "draft.yaml:7:50: this edition does not define RTCPeerConnectionState"
    )]
    #[case(
        "status: draft",
        "status: draft\nclaims:\n  - {id: c, enum: RTCIceConnectionState, state: new, quote: q, \
         must: {otherwise: true}}",
        "`otherwise` is only allowed alone"
    )]
    #[case(
        "[failed]}}",
        "[failed]}}\n---\nid: x",
        "draft.yaml:19:1: a second document begins here"
    )]
    #[case(
        "schema: 1",
        "  schema: 1",
        "draft.yaml:2:1: a second document begins here"
    )]
    #[case(
        "status: draft",
        "status: draft\n? [x]\n: y",
        "draft.yaml:6:3: not readable as YAML: a key must be text"
    )]
    #[case(
        "status: draft",
        "status: \u{7}draft",
        "draft.yaml:5:9: not readable as YAML: control characters"
    )]
    fn a_bad_draft_is_refused_with_the_place(
        #[case] from: &str,
        #[case] to: &str,
        #[case] message: &str,
    ) {
        assert!(DRAFT.contains(from));
        let refused = load_draft("draft.yaml", &DRAFT.replace(from, to))
            .unwrap_err()
            .to_string();
        assert!(refused.contains(message), "{refused}");
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let text = DRAFT
            .replace("ice: [failed]", "ice: [faild]")
            .replace("id: a", "idd: a");
        assert_eq!(
            load_draft("draft.yaml", &text).unwrap_err().problems.len(),
            3
        );
    }
}
