//! Every property of the machine can fail: algorithms broken on purpose, each caught by the
//! property that is there for it.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use peerstate_model::editions::edition;
use peerstate_model::machine::algorithms::Algorithms;
use peerstate_model::machine::graph::Graph;
use peerstate_model::machine::model::ConnectionModel;
use peerstate_model::machine::properties::PROPERTIES;
use peerstate_model::machine::rulebook::Rulebook;
use rstest::rstest;

/// The properties that fail somewhere in the machine of `repaired` with changed algorithms.
fn failing(change: impl Fn(&mut Algorithms)) -> Vec<&'static str> {
    let mut rulebook = Rulebook::of(edition("repaired").unwrap()).unwrap();
    change(&mut rulebook.algorithms);
    let model = ConnectionModel {
        rulebook,
        most_transports: 2,
    };
    let graph = Graph::explore(&model);
    PROPERTIES
        .iter()
        .filter(|property| {
            graph
                .states()
                .iter()
                .any(|state| !property.holds(&model, state))
        })
        .map(|property| property.id)
        .collect()
}

#[test]
fn unchanged_nothing_fails() {
    assert_eq!(failing(|_| {}), [] as [&str; 0]);
}

#[rstest]
#[case::a_task_each(|a: &mut Algorithms| a.one_task = false, "event/attributes-current")]
#[case::ice_after_close(
    |a: &mut Algorithms| a.ice_aborts_when_closed = false, "event/none-after-close")]
#[case::late_close(
    |a: &mut Algorithms| { a.close_sets_connection_state = false; a.close_queues_update = true; },
    "closed/exactly-when-closed")]
#[case::update_after_close(
    |a: &mut Algorithms| {
        a.close_sets_connection_state = false;
        a.close_queues_update = true;
        a.update_aborts_when_closed = false;
    },
    "event/none-after-close")]
#[case::events_after_a_handler_closes(
    |a: &mut Algorithms| a.events_abort_when_closed = false, "event/none-after-handler-closes")]
#[case::ice_state_never_closed(
    |a: &mut Algorithms| a.close_sets_ice_connection_state = false, "closed/exactly-when-closed")]
#[case::statechange_after_close(
    |a: &mut Algorithms| { a.dtls_in_one_task = false; a.dtls_aborts_when_closed = false; },
    "event/none-after-close")]
#[case::dtls_in_a_second_task(
    |a: &mut Algorithms| a.dtls_in_one_task = false, "event/statechange-current")]
#[case::set_changes_unnoticed(
    |a: &mut Algorithms| a.set_change_updates = false, "value/not-stale")]
fn a_broken_algorithm_is_caught(#[case] change: fn(&mut Algorithms), #[case] property: &str) {
    let failing = failing(change);
    assert!(
        failing.contains(&property),
        "{property} is not among {failing:?}"
    );
}

/// The definitions broken instead of the algorithms, by judging one edition's machine by another's
/// values: what `value/*` and the rest of the list are there for.
#[rstest]
#[case("w3c-rec-2021-01-26", "value/defined")]
#[case("w3c-rec-2025-03-13", "value/no-step-back")]
fn a_defective_definition_is_caught(#[case] id: &str, #[case] property: &str) {
    let rulebook = Rulebook::of(edition(id).unwrap()).unwrap();
    let model = ConnectionModel {
        rulebook,
        most_transports: 2,
    };
    let graph = Graph::explore(&model);
    let info = PROPERTIES.iter().find(|info| info.id == property).unwrap();
    assert!(
        graph
            .states()
            .iter()
            .any(|state| !info.holds(&model, state))
    );
}

/// `value/*`, `event/on-change` and `event/order` hold by construction of the algorithms here, so
/// each is shown to fail on a state that is wrong in just that way.
#[test]
fn every_property_fails_on_a_state_that_is_wrong() {
    use peerstate_model::machine::connection::{Connection, Fault};
    use peerstate_model::states::PeerConnectionState as State;

    let rulebook = Rulebook::of(edition("repaired").unwrap()).unwrap();
    let model = ConnectionModel {
        rulebook,
        most_transports: 2,
    };
    let holds = |id: &str, state: &Connection| {
        PROPERTIES
            .iter()
            .find(|info| info.id == id)
            .unwrap()
            .holds(&model, state)
    };
    for (id, value) in [
        ("value/failed", State::Failed),
        ("value/disconnected", State::Disconnected),
        ("value/connected", State::Connected),
        ("value/connecting", State::Connecting),
        // A fresh connection is new, so anything else is not exactly new.
        ("value/new", State::Connected),
    ] {
        let mut state = Connection::new();
        assert!(holds(id, &state), "{id}");
        state.connection_state = value;
        assert!(!holds(id, &state), "{id}");
    }
    for (id, fault) in [
        ("event/on-change", Fault::EventNotOnChange),
        ("event/order", Fault::EventOrder),
        ("event/none-after-close", Fault::EventAfterClose),
        (
            "event/none-after-handler-closes",
            Fault::EventAfterHandlerCloses,
        ),
        ("event/attributes-current", Fault::AttributesNotCurrent),
        ("event/statechange-current", Fault::StateChangeNotCurrent),
        ("value/no-step-back", Fault::StepBack),
    ] {
        let mut state = Connection::new();
        assert!(holds(id, &state), "{id}");
        state.faults.add(fault);
        assert!(!holds(id, &state), "{id}");
    }
}
