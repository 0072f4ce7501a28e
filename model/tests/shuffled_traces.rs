//! The lines of every example in any order, whatever a recorder says that it observes: a trace that
//! can be read is judged, and every finding is at a line of the trace.

use std::sync::LazyLock;

use peerstate_model::editions::editions;
use peerstate_model::rules::{RULES, breaking_example, conforming_example, judge};
use peerstate_model::trace::read;
use proptest::prelude::*;
use proptest::sample::select;

/// How a recorder may describe itself.
const OBSERVES: [&str; 7] = [
    "{}",
    r#"{"actions": false}"#,
    r#"{"actions": true, "order": false}"#,
    r#"{"tasks": true, "events": []}"#,
    r#"{"events": ["statechange", "connectionstatechange", "signalingstatechange"]}"#,
    r#"{"transports": "some"}"#,
    r#"{"attributes": {"connectionState": "argument", "iceConnectionState": "argument"}}"#,
];

/// The entries of all examples, without their times.
static LINES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let examples = RULES
        .iter()
        .flat_map(|rule| [breaking_example(rule.id), conforming_example(rule.id)]);
    let mut lines: Vec<String> = examples
        .flatten()
        .flat_map(|text| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|line| Some(line.split_once(", ")?.1.to_owned()))
        .collect();
    lines.sort();
    lines.dedup();
    lines
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn shuffled_examples_are_judged(
        lines in prop::collection::vec((select(LINES.as_slice()), 0..30_u32, 0..3_u32), 0..14),
        observes in select(&OBSERVES),
        clock in select(&["virtual", "real"]),
        edition in select(editions()),
    ) {
        let mut text = format!(
            "{{\"trace\": 1, \"implementation\": {{\"name\": \"x\", \"version\": \"1\"}}, \
             \"clock\": \"{clock}\", \"peers\": [\"alice\", \"bob\"], \"observes\": {observes}}}\n"
        );
        let (mut at, mut task) = (0, 0);
        for (line, later, next_task) in &lines {
            at += later;
            task += next_task;
            text += &if line.contains("\"task\"") {
                format!("{{\"at\": {at}, {line}\n")
            } else {
                format!("{{\"at\": {at}, \"task\": {task}, {line}\n")
            };
        }
        let trace = match read("shuffled", text.as_bytes()) {
            Ok(trace) => trace,
            Err(refused) => return Err(TestCaseError::fail(format!("{refused}\n{text}"))),
        };
        for finding in judge(&trace, &edition).findings {
            for place in &finding.places {
                prop_assert!((2..=lines.len() + 1).contains(&place.line), "{finding:?}\n{text}");
            }
        }
    }
}
