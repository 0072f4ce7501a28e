//! How and when editions update the values and fire events: the answers of every published one,
//! which texts are read as which answer, and how a draft in the former format is refused.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

#[macro_use]
mod snapshot;

use std::fmt::Write;

use peerstate_model::editions::{
    Dynamics, Edition, Said, TransportSet, Trigger, UNSPECIFIED, editions, load_draft,
};
use peerstate_model::machine::algorithms::Algorithms;
use proptest::prelude::*;
use rstest::rstest;

const DRAFT: &str = "\
id: draft
date: today
source: https://example.org
status: draft
transport_set: all
enums:
  RTCIceConnectionState:
    mode: independent
    readings:
      - {id: a, default: true, basis: b, vacuous_all: true, states: {closed: {closed: true}}}
";

/// The draft with dynamics, one line for each key.
fn with_dynamics(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("  {line}\n")).collect();
    format!("{DRAFT}dynamics:\n{lines}")
}

fn dynamics(lines: &str) -> Dynamics {
    load_draft("draft.yaml", &with_dynamics(lines))
        .unwrap()
        .dynamics
}

fn refusal(text: &str) -> String {
    load_draft("draft.yaml", text).unwrap_err().to_string()
}

/// The answer of an edition to a question.
fn answer(edition: &Edition, key: &str) -> String {
    let said = match key {
        "transport_set" => edition.transport_set.in_words(),
        key => {
            let mut said = edition.dynamics.said().into_iter();
            said.find(|(said, _)| *said == key).map(|(_, said)| said)
        }
    };
    said.map_or_else(|| UNSPECIFIED.to_owned(), |said| said.is)
}

/// A block for each question: each answer, and the editions that give it.
#[test]
fn what_every_published_edition_says() {
    let questions = Dynamics::questions().into_iter().map(|(key, _)| key);
    let mut table = String::new();
    for key in ["transport_set", "rederive_triggers"]
        .into_iter()
        .chain(questions)
    {
        writeln!(table, "{key}").unwrap();
        for edition in editions() {
            writeln!(table, "  {:18}  {}", edition.id, answer(edition, key)).unwrap();
        }
    }
    snapshot!("editions__dynamics", table);
}

/// Every key, with its name and value in the former format.
#[rstest]
#[case(
    "derivation_algorithm: true",
    "`update_steps`; write `both` (known: none,"
)]
#[case(
    "derivation_algorithm: false",
    "`update_steps`; write `none` (known: none,"
)]
#[case(
    "derivation_algorithm: none for connectionState; ICE update steps set a value and fire",
    "`update_steps`; write `iceConnectionState` (known: none,"
)]
#[case("derivation_algorithm: in part", "`update_steps` (known: none,")]
#[case(
    "rederive_triggers: [unspecified (attribute returns the aggregate)]",
    "leave it out, and write `connection_state_getter: aggregate` (known: ice_transport_state_change,"
)]
#[case(
    "rederive_triggers: [unspecified for connectionState]",
    "leave it out (known: ice_transport_state_change,"
)]
#[case(
    "rederive_triggers: [whenever a state changes]",
    "expected a trigger, found `whenever a state changes` (known: ice_transport_state_change,"
)]
#[case(
    "ice_event_order: 'one task: all slots updated, then [selectedcandidatepairchange], …'",
    "`ice_change`; write `one_task`, and `first_ice_event: selectedcandidatepairchange` (known: "
)]
#[case(
    "ice_event_order: one task",
    "`ice_change`; write `one_task` (known: one_task, task_each, unspecified)"
)]
#[case(
    "ice_event_order: 'three tasks from 2016-11-11: transport statechange; then …'",
    "`ice_change`; write `task_each` (known: "
)]
#[case(
    "dtls_event_order: transport statechange in its own task; …",
    "`dtls_change`; write `task_each` (known: "
)]
#[case(
    "dtls_event_order: 'one task: all slots updated, then transport statechange, …'",
    "`dtls_change`; write `one_task` (known: "
)]
#[case(
    "connection_state_on_close: synchronous",
    "has no answer `synchronous`; write `at_once` (known: at_once, in_queued_task, \
     never_by_the_steps, unspecified; quote the words of the text as \
     `connection_state_on_close: {is: …, quote: …}`)"
)]
#[case(
    "connection_state_on_close: asynchronous (queued task)",
    "; write `in_queued_task` (known: "
)]
#[case(
    "ice_state_on_close: synchronous",
    "`ice_connection_state_on_close`; write `at_once` (known: "
)]
#[case(
    "ice_state_on_close: never set by the steps (aborted)",
    "`ice_connection_state_on_close`; write `never_by_the_steps` (known: "
)]
#[case(
    "close_fires_connectionstatechange: 'no in effect: state set synchronously, …'",
    "; write `not_by_the_steps` (known: "
)]
#[case(
    "close_fires_connectionstatechange: no",
    "; write `not_by_the_steps` (known: "
)]
#[case(
    "close_fires_connectionstatechange: no (explicit; trigger removed)",
    "; write `explicitly_not` (known: "
)]
#[case(
    "close_fires_iceconnectionstatechange: no (queued steps abort when [[IsClosed]])",
    "; write `not_by_the_steps` (known: "
)]
#[case(
    "close_fires_connectionstatechange: yes, in a queued task (trigger is_closed_true, …)",
    "; write `in_queued_task` (known: "
)]
#[case(
    "close_fires_connectionstatechange: '\"sent when this property changes\"; close() not excepted'",
    "; write `not_excepted` (known: "
)]
#[case(
    "close_fires_iceconnectionstatechange: not stated",
    "; write `unspecified` (known: "
)]
#[case(
    "ice_update_event: gatheringstatechange",
    "has no answer `gatheringstatechange`, did you mean `icegatheringstatechange`? (known: "
)]
#[case(
    "connectionstate_getter: 'returns [[ConnectionState]]'",
    "`connection_state_getter`; write `ConnectionState` (known: "
)]
#[case(
    "connectionstate_getter: 'returns [[IceConnectionState]] 2023-03-10 .. 2023-05-11, then …'",
    "`connection_state_getter`; write `IceConnectionState` (known: "
)]
#[case(
    "connection_state_derived_from: '[[IceConnectionState]] slot plus current DTLS states'",
    "; write `IceConnectionState` (known: IceConnectionState, transports, unspecified"
)]
fn a_former_text_is_refused_and_what_stands_for_it_is_named(
    #[case] former: &str,
    #[case] advice: &str,
) {
    let refused = refusal(&with_dynamics(former));
    assert!(refused.contains(advice), "{refused}");
}

#[rstest]
#[case("unspecified (all)", "; write `unspecified` (known: ")]
#[case(
    "transceivers plus [[SctpTransport]] if not null",
    "; write `transceivers_and_SctpTransport` (known: "
)]
#[case(
    "those referenced by the set of transceivers",
    "; write `transceivers` (known: "
)]
fn a_former_set_of_transports_is_refused(#[case] former: &str, #[case] advice: &str) {
    let set = format!("transport_set: '{former}'");
    let refused = refusal(&DRAFT.replace("transport_set: all", &set));
    assert!(refused.contains(advice), "{refused}");
}

/// Prose that begins with the words of an answer and says something else: it is not read, and that
/// answer is not suggested.
#[rstest]
#[case("connection_state_on_close: 'synchronously set? no: in a queued task'")]
#[case("connection_state_on_close: 'at_once? no: in a queued task'")]
#[case("ice_change: one task for the transport, another for each value")]
#[case("close_fires_connectionstatechange: nobody knows")]
fn prose_is_no_answer(#[case] prose: &str) {
    let refused = refusal(&with_dynamics(prose));
    assert!(refused.contains("has no answer `"), "{refused}");
    assert!(!refused.contains("; write"), "{refused}");
}

/// `unspecified` is read as a key that is left out, which was once the only way to write it.
#[test]
fn unspecified_is_as_good_as_left_out() {
    let keys: String = Dynamics::questions()
        .iter()
        .map(|(key, _)| format!("{key}: {UNSPECIFIED}\n"))
        .collect();
    assert_eq!(dynamics(&keys), Dynamics::default());
}

#[test]
fn machines_run_steps_for_both_values_alone() {
    let has_algorithms = |word: &str| {
        let dynamics = dynamics(&format!("update_steps: {word}\nice_change: one_task"));
        Algorithms::of(&dynamics).is_some()
    };
    let words = ["none", "iceConnectionState", "both", UNSPECIFIED];
    assert_eq!(words.map(has_algorithms), [false, false, true, false]);
}

/// An answer to each question, by its place, and whether it has a quote.
fn answers() -> impl Strategy<Value = Vec<(usize, bool)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 16).prop_map(|all| {
        let count = |place: usize| Dynamics::questions().get(place).map_or(1, |q| q.1.len());
        let places = all.iter().enumerate();
        places
            .map(|(place, (index, quoted))| (index.index(count(place)), *quoted))
            .collect()
    })
}

proptest! {
    /// Every answer that is written is read, in the short form and with a quote.
    #[test]
    fn answers_are_read_as_written(
        given in answers(),
        triggers in prop::sample::subsequence(Trigger::ALL.to_vec(), 0..=Trigger::ALL.len()),
        set in prop::sample::select(&TransportSet::ALL),
    ) {
        let mut lines = String::new();
        let mut expected = Vec::new();
        let words: Vec<_> = triggers.iter().map(|trigger| trigger.as_str()).collect();
        writeln!(lines, "rederive_triggers: [{}]", words.join(", ")).unwrap();
        if !words.is_empty() {
            expected.push(("rederive_triggers", Said { is: words.join(", "), quote: None }));
        }
        for ((key, words), (place, quoted)) in Dynamics::questions().into_iter().zip(given) {
            let (is, quote) = (words[place], quoted.then(|| format!("on {key}: not one_task")));
            match &quote {
                Some(quote) => writeln!(lines, "{key}: {{is: {is}, quote: '{quote}'}}").unwrap(),
                None => writeln!(lines, "{key}: {is}").unwrap(),
            }
            if is != UNSPECIFIED {
                expected.push((key, Said { is: is.to_owned(), quote }));
            }
        }
        let text = with_dynamics(&lines)
            .replace("transport_set: all", &format!("transport_set: {}", set.as_str()));
        let edition = load_draft("draft.yaml", &text).unwrap();
        prop_assert_eq!(edition.dynamics.said(), expected);
        prop_assert_eq!(edition.transport_set, Said { is: set, quote: None });
    }

    /// No text is read as an answer that is not one of its words.
    #[test]
    fn only_words_are_answers(text in "[a-z_ ]{0,24}") {
        // In quotes these are text.
        prop_assume!(!["true", "false"].contains(&text.as_str()));
        for (key, words) in Dynamics::questions() {
            let read = load_draft("draft.yaml", &with_dynamics(&format!("{key}: '{text}'")));
            prop_assert_eq!(read.is_ok(), words.contains(&text.as_str()), "{}", key);
        }
    }
}
