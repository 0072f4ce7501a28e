//! Drafts that follow a public proposal: by default they have no finding, or only those of what
//! they mean to change, and the policies distinguish them from the repaired edition.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::collections::BTreeSet;

use peerstate_model::editions::{Edition, load_draft};
use peerstate_model::lint::lint_by;
use peerstate_model::machine::check::{Outcome, check_and_watch};
use peerstate_model::policies::Choices;
use rstest::rstest;

const REPAIRED: &str = include_str!("../editions/repaired.yaml");

const CONNECTED: &str = "connected: {all_of: [{any_of: [{ice_connection_state: [connected, \
                         completed]}, {all: {ice: [closed]}}]}, {all: {dtls: [connected, closed]}}]}";
const IN_USE: &str = "{ice_connection_state: [connected, completed]}";
const EVERY_DTLS: &str = "{all: {dtls: [connected, closed]}}";
const DISCONNECTED: &str = "disconnected: {ice_connection_state: [disconnected]}";
const FAILED: &str =
    "failed: {any_of: [{ice_connection_state: [failed]}, {any: {dtls: [failed]}}]}";
const NEW: &str = "new: {any_of: [{all_of: [{ice_connection_state: [new]}";

/// The repaired edition with some of its text replaced.
fn draft(edits: &[(&str, &str)]) -> Edition {
    let mut text = REPAIRED.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    load_draft("draft.yaml", &text).unwrap()
}

/// The subjects of a draft's findings, by the chosen policies and those that nobody disputes: the
/// policy of each that rests on one, and otherwise its kind.
fn found(edition: &Edition, policies: &[&str]) -> BTreeSet<String> {
    let choices = Choices::parse(policies.iter().copied()).unwrap();
    let linted = lint_by(edition, 0, choices);
    let findings = linted.enums.iter().flat_map(|report| &report.findings);
    let of_values = findings.map(|finding| match finding.policy {
        Some(chosen) => chosen.policy.to_owned(),
        None => finding.kind.as_str().to_owned(),
    });
    let of_steps = linted
        .dynamics
        .iter()
        .map(|finding| finding.about.to_owned());
    of_values.chain(of_steps).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A connection none of whose DTLS transports is connected is not connected (w3c/webrtc-pc#3053);
/// it is disconnected, since some value must hold, and no transport is connecting.
#[test]
fn connected_asks_for_a_connected_dtls_transport() {
    let no_dtls = format!("{{all_of: [{IN_USE}, {{all: {{dtls: [closed]}}}}]}}");
    let disconnected =
        format!("disconnected: {{any_of: [{{ice_connection_state: [disconnected]}}, {no_dtls}]}}");
    let draft = draft(&[(DISCONNECTED, &disconnected)]);
    assert_eq!(found(&draft, &[]), set(&[]));
    let policy = "no-connected-dtls-transport";
    assert_eq!(
        found(&draft, &[&format!("{policy}=not-connected")]),
        set(&[])
    );
    assert_eq!(found(&draft, &[policy]), set(&[policy]));
}

/// A closed DTLS transport counts as a lost one, or as a failed one (w3c/webrtc-pc#2446), over ICE
/// transports that are in use.
#[rstest]
#[case("disconnected", DISCONNECTED, "{ice_connection_state: [disconnected]}")]
#[case(
    "failed",
    FAILED,
    "{ice_connection_state: [failed]}, {any: {dtls: [failed]}}"
)]
fn a_closed_dtls_transport_counts(#[case] value: &str, #[case] row: &str, #[case] is: &str) {
    let lost = format!(
        "{{all_of: [{IN_USE}, {{any: {{dtls: [closed]}}}}, {{none: {{dtls: [failed]}}}}]}}"
    );
    let draft = draft(&[(row, &format!("{value}: {{any_of: [{is}, {lost}]}}"))]);
    assert_eq!(found(&draft, &[]), set(&[]));
    let policy = "closed-dtls-transport";
    assert_eq!(found(&draft, &[&format!("{policy}={value}")]), set(&[]));
    assert_eq!(found(&draft, &[policy]), set(&[policy]));
    assert!(found(&draft, &["no-connected-dtls-transport"]).len() == 1);
}

/// With every ICE transport closed, a connection is new, whatever DTLS is (w3c/webrtc-pc#2827).
#[test]
fn a_connection_without_an_ice_transport_is_new() {
    let every = "{all: {ice: [closed]}}";
    let row = format!(
        "new: {{any_of: [{every}, {}",
        NEW.split_once('[').unwrap().1
    );
    let connected = format!("connected: {{all_of: [{IN_USE}, {EVERY_DTLS}]}}");
    let draft = draft(&[(NEW, &row), (CONNECTED, &connected)]);
    assert_eq!(found(&draft, &[]), set(&[]));
    let policy = "all-ice-transports-closed";
    assert_eq!(found(&draft, &[&format!("{policy}=new")]), set(&[]));
    assert_eq!(found(&draft, &[policy]), set(&[policy]));
    assert_eq!(
        found(&draft, &[&format!("{policy}=connecting")]),
        set(&[policy])
    );
}

/// With every ICE transport closed, a connection is closed (w3c/webrtc-pc#2827): that breaks a
/// policy that nobody disputes, and no other.
#[test]
fn a_connection_whose_transports_are_closed_is_closed() {
    let closed = "closed: {any_of: [{ice_connection_state: [closed]}, {all_of: [{all: {ice: \
                  [closed]}}, {no_transports: false}, {none: {dtls: [failed]}}]}]}";
    let draft = draft(&[("closed: {ice_connection_state: [closed]}", closed)]);
    let means = set(&["closed", "closed/exactly-when-closed", "no-contradiction"]);
    assert_eq!(found(&draft, &[]), means);
    assert_eq!(
        found(&draft, &["none", "new-or-closed=closed"]),
        set(&["closed/exactly-when-closed"])
    );
}

/// A connection is connected as soon as one DTLS transport is (w3c/webrtc-pc#2499).
#[test]
fn a_dtls_transport_that_starts_beside_another_leaves_connected() {
    let connected = format!(
        "connected: {{all_of: [{{any_of: [{IN_USE}, {{all: {{ice: [closed]}}}}]}}, {{any_of: \
         [{EVERY_DTLS}, {{all_of: [{IN_USE}, {{any: {{dtls: [connected]}}}}]}}]}}]}}"
    );
    let draft = draft(&[(CONNECTED, &connected)]);
    assert_eq!(found(&draft, &[]), set(&[]));
    let policy = "dtls-transport-starts";
    assert_eq!(
        found(&draft, &[&format!("{policy}=connected-beside-another")]),
        set(&[])
    );
    assert_eq!(found(&draft, &[policy]), set(&[policy]));
}

/// A task fires no further event once a handler has called `close()` (w3c/webrtc-pc#2895).
#[test]
fn the_events_of_a_task_stop_where_a_handler_closes() {
    let rest = "  connection_state_on_close: at_once\n";
    let draft = draft(&[(rest, &format!("  event_isclosed_abort: true\n{rest}"))]);
    let policy = "closed-in-a-handler";
    assert_eq!(found(&draft, &[]), set(&[]));
    assert_eq!(found(&draft, &[&format!("{policy}=not-fired")]), set(&[]));
    assert_eq!(found(&draft, &[policy]), set(&[policy]));
}

/// A check reports the chosen laws and properties, and no others.
#[rstest]
#[case(&[], "", "")]
#[case(&["closed-in-a-handler=not-fired"], "event/none-after-handler-closes", "fails")]
#[case(&["all-ice-transports-closed"], "law/all-ice-transports-closed", "holds")]
#[case(&["all-ice-transports-closed=new"], "law/all-ice-transports-closed=new", "fails")]
#[case(&["none", "closed"], "", "")]
fn a_check_reports_what_is_asked(
    #[case] policies: &[&str],
    #[case] id: &str,
    #[case] expected: &str,
) {
    let choices = Choices::parse(policies.iter().copied()).unwrap();
    let report = check_and_watch(&draft(&[]), 1, &choices, &[], std::sync::Arc::new(|_| ()));
    let properties = report.unwrap().properties;
    let open = [
        "closed-in-a-handler",
        "all-ice-transports-closed",
        "none-after-handler-closes",
    ];
    let found: Vec<(&str, bool)> = properties
        .iter()
        .filter(|property| open.iter().any(|open| property.id.contains(open)))
        .map(|property| (property.id.as_str(), property.outcome == Outcome::Holds))
        .collect();
    let expected: Vec<(&str, bool)> = match expected {
        "" => Vec::new(),
        expected => vec![(id, expected == "holds")],
    };
    assert_eq!(found, expected);
    let laws = properties.iter().filter(|one| one.id.starts_with("law/"));
    assert_eq!(laws.count() == 1, policies == ["none", "closed"]);
}
