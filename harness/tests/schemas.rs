//! All our own files and reports are valid by the JSON Schemas.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;

use std::fs;
use std::sync::LazyLock;

use called::call;
use jsonschema::Validator;
use peerstate::schemas;
use peerstate_model::trace;
use rstest::rstest;
use serde_json::{Value, json};

static SCENARIO: LazyLock<Validator> = LazyLock::new(|| validator(&schemas::scenario()));
static EDITION: LazyLock<Validator> = LazyLock::new(|| validator(&schemas::edition()));
static LINE: LazyLock<Validator> = LazyLock::new(|| validator(&schemas::trace()));

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).unwrap()
}

fn errors(validator: &Validator, instance: &Value) -> Vec<String> {
    validator
        .iter_errors(instance)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect()
}

/// What accepts a report of one kind, by the name of its definition.
fn of_report(kind: &str) -> Validator {
    let mut schema = schemas::report();
    assert!(schema["$defs"][kind].is_object(), "no report is a {kind}");
    schema["anyOf"] = json!([{ "$ref": format!("#/$defs/{kind}") }]);
    validator(&schema)
}

/// Each key of a table has a description, so that an editor can show it.
#[rstest]
#[case(schemas::scenario())]
#[case(schemas::edition())]
#[case(schemas::known())]
#[case(schemas::trace())]
fn every_key_has_a_description(#[case] schema: Value) {
    fn look(value: &Value, keys: &mut usize) {
        if value["properties"].is_object() && value["description"].is_string() {
            for (key, property) in value["properties"].as_object().unwrap() {
                let about = property["description"].as_str().unwrap_or_default();
                assert!(about.len() > 2, "{key} has no description");
                *keys += 1;
            }
        }
        match value {
            Value::Object(members) => members.values().for_each(|member| look(member, keys)),
            Value::Array(items) => items.iter().for_each(|item| look(item, keys)),
            _ => {}
        }
    }
    let mut keys = 0;
    look(&schema, &mut keys);
    assert!(keys > 0, "no table was found");
}

/// The reader refuses whatever the schema refuses; only the reader knows of missing rows and
/// cycles.
#[rstest]
#[case("any: {ice: [failed]}", "any: {ice: [faild]}")]
#[case("any: {ice: [failed]}", "anny: {ice: [failed]}")]
#[case("any: {ice: [failed]}", "any: {}")]
#[case("mode: first_match", "mode: first")]
#[case("schema: 1", "schema: 2")]
#[case("default: true", "default: yes please")]
#[case("update_steps: both", "update_step: both")]
#[case("update_steps: both", "update_steps: all")]
#[case("update_steps: both", "update_steps: {quote: both}")]
#[case("update_steps: both", "update_steps: {is: both, of: both}")]
#[case("update_steps: both", "derivation_algorithm: true")]
#[case("dtls_path_isclosed_abort: true", "dtls_path_isclosed_abort: 'true'")]
#[case(
    "connection_state_on_close: at_once",
    "connection_state_on_close: synchronous"
)]
#[case("transport_set_change]", "whenever a transport is made]")]
#[case("is: transceivers_and_SctpTransport", "is: all of them")]
#[case("state: connecting", "status: connecting")]
fn a_bad_draft_is_not_valid(#[case] right: &str, #[case] wrong: &str) {
    let text = include_str!("../../model/editions/repaired.yaml");
    let draft = text.replacen(right, wrong, 1);
    assert_ne!(draft, text);
    let instance: Value = serde_yaml::from_str(&draft).unwrap();
    assert!(!EDITION.is_valid(&instance), "{wrong}");
    assert!(peerstate_model::editions::load_draft("draft.yaml", &draft).is_err());
}

#[rstest]
#[case("{title: x}")]
#[case("{title: x, steps: []}")]
#[case("{title: x, steps: [{wait: 5}]}")]
#[case("{title: x, steps: [{alice: createOffr}]}")]
#[case("{title: x, steps: [{expect: {peer: bob, connectionState: conected}}]}")]
#[case("{title: x, steps: [{wait: 5s}], stepps: []}")]
fn a_bad_scenario_is_not_valid(#[case] text: &str) {
    let instance: Value = serde_yaml::from_str(text).unwrap();
    assert!(!SCENARIO.is_valid(&instance));
    assert!(peerstate::scenario::parse("x.yaml", "x", text).is_err());
}

/// A trace that is written is valid, and is read as the same trace.
#[test]
fn traces_are_valid_as_they_are_written() {
    let examples = peerstate_model::rules::RULES.iter();
    let examples = examples.filter_map(|rule| peerstate_model::rules::breaking_example(rule.id));
    let mut lines = 0;
    for example in examples {
        let trace = trace::read("example", example.as_bytes()).unwrap();
        let text = trace.to_json_lines();
        for line in text.lines() {
            let instance = serde_json::from_str(line).unwrap();
            assert_eq!(errors(&LINE, &instance), [] as [&str; 0], "{line}");
            lines += 1;
        }
        assert_eq!(trace::read("written", text.as_bytes()).unwrap(), trace);
    }
    assert!(lines > 50, "{lines}");
}

#[rstest]
#[case("RunReport", &["run", "close/fresh", "connect/data-channel", "--format", "json"])]
#[case("RunReport", &["run", "connect/relay-only", "--format", "json"])]
#[case("CheckReports", &["check", "--transports", "1", "--format", "json"])]
#[case("LintReports", &["lint", "--format", "json"])]
#[case("LintReport", &["lint", "w3c-rec-2025-03-13", "--suggest", "--format", "json"])]
#[case("DiffReport", &["diff", "w3c-rec-2021-01-26", "repaired", "--format", "json"])]
#[case("MatrixReport", &["diff", "--all", "--format", "json"])]
#[case("DeriveReport", &["derive", "--edition", "devdocs-ice", "--format", "json", "(new,new)"])]
fn reports_are_valid(#[case] kind: &str, #[case] arguments: &[&str]) {
    let report = serde_json::from_str(&call(".", arguments, "").out).unwrap();
    assert_eq!(errors(&of_report(kind), &report), [] as [&str; 0]);
    assert!(validator(&schemas::report()).is_valid(&report));
}

#[rstest]
#[case("ResultsReport", &["report", "a", "b"])]
#[case("ResultsDiffReport", &["report", "diff", "a", "b"])]
fn reports_of_results_are_valid(#[case] kind: &str, #[case] arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let peerstate = |arguments: &[&str]| call(&folder, arguments, "").out;
    fs::write(folder.path().join("none.yaml"), "[]\n").unwrap();
    peerstate(&["run", "close/fresh", "connect/data-channel", "--out", "a"]);
    peerstate(&[
        "run",
        "connect/*",
        "--seed",
        "7",
        "--known",
        "none.yaml",
        "--out",
        "b",
    ]);
    let report = peerstate(&[arguments, &["--format", "json"]].concat());
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(errors(&of_report(kind), &report), [] as [&str; 0]);
    let results = fs::read(folder.path().join("b/results.json")).unwrap();
    let results = serde_json::from_slice(&results).unwrap();
    assert_eq!(errors(&of_report("RunReport"), &results), [] as [&str; 0]);
}

/// The report of every example of the rules, with and without a list of known deviations, and of a
/// trace of which nothing can be judged.
#[test]
fn reports_of_judge_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let mut traces = vec!["silent.jsonl".to_owned()];
    for (number, rule) in peerstate_model::rules::RULES.iter().enumerate() {
        if let Some(example) = peerstate_model::rules::breaking_example(rule.id) {
            traces.push(format!("{number}.jsonl"));
            write(&traces[traces.len() - 1], &example);
        }
    }
    let header = r#"{"trace": 1, "implementation": {"name": "x", "version": "1"}, "clock": "real", "peers": ["bob"]}"#;
    let misspelt = r#"{"at": 0, "peer": "bob", "event": "connectionStateChange"}"#;
    write("silent.jsonl", &format!("{header}\n{misspelt}\n"));
    let known = "- {rule: event/order, scenarios: ['**'], reason: r, since: '1'}\n";
    write("known.yaml", known);
    for with in [&[][..], &["--known", "known.yaml"]] {
        let options = [&["judge", "--format", "json"], with].concat();
        let arguments = options.into_iter().chain(traces.iter().map(String::as_str));
        let report: Value = serde_json::from_str(&call(&folder, arguments, "").out).unwrap();
        assert_eq!(errors(&of_report("JudgeReport"), &report), [] as [&str; 0]);
        let traces = report["traces"].as_array().unwrap();
        let has = |verdict: &str| traces.iter().any(|trace| trace["verdict"] == verdict);
        assert!(has("violates") && has("inconclusive"));
        assert!(traces.iter().any(|trace| trace["warnings"].is_array()));
        let findings = traces
            .iter()
            .filter_map(|trace| trace["findings"].as_array());
        let mut findings = findings.flatten();
        assert!(findings.all(|finding| finding["known"].is_boolean() != with.is_empty()));
    }
}
