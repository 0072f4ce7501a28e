//! The JSON Schemas and the readers accept the same files: tried on files that are almost right.
//!
//! The schema accepts every file that the reader accepts. The reader may refuse a file that the
//! schema accepts only for a reason that no schema can express; each format lists these here,
//! problem by problem. A further format is a further case of [`the_schema_and_the_reader_agree`].

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod mutated;

use std::cell::Cell;
use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use mutated::everything::{
    EVERY_DEVIATION, EVERY_HEADER, EVERY_LINE, EVERY_MEMBER, EVERY_PREDICATE, EVERY_SAYING,
    EVERY_STEP, OF_AN_IMPLEMENTATION,
};
use mutated::{Tree, every_slip, odd_values, slip, slips};
use peerstate::run::deviations::{KnownDeviations, KnownError};
use peerstate::scenario::{self, DurationError, ScenarioError};
use peerstate::schemas;
use peerstate_model::editions::{EditionError, load_draft};
use peerstate_model::input::located::Refused;
use peerstate_model::input::yaml::YamlError;
use peerstate_model::rules;
use peerstate_model::trace::{self, TraceError};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use rstest::rstest;
use serde_json::{Value, json};

/// How many files of a format are tried at random; `PROPTEST_CASES` may be larger.
const CASES: u32 = 600;

/// The values that schemas judge, each with its schema.
type Judged = Vec<(&'static Validator, Value)>;

/// A format: what accepts its files, and files to begin with.
struct Format {
    /// The parts of a file, each with the schema that judges it.
    judged: fn(&Tree) -> Judged,
    /// The text of a file.
    text: fn(&Tree) -> String,
    /// The reader's problems with a text; none where it accepts it.
    read: fn(&str) -> Vec<Problem>,
    /// Small files that together have every key, since the checked-in ones have only some.
    everything: Vec<Tree>,
    /// Files that are checked in, by their names.
    checked_in: Vec<(String, Tree)>,
}

static SCENARIO: LazyLock<Validator> = LazyLock::new(|| validator(&schemas::scenario()));
static KNOWN: LazyLock<Validator> = LazyLock::new(|| validator(&schemas::known()));
static EDITION: LazyLock<Validator> = LazyLock::new(|| validator(&schemas::edition()));
static LINE: LazyLock<Validator> = LazyLock::new(|| validator(&schemas::trace()));
static HEADER: LazyLock<Validator> = LazyLock::new(|| validator(&of_line("then")));
static ENTRY: LazyLock<Validator> = LazyLock::new(|| validator(&of_line("else")));

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).unwrap()
}

/// The schema of one kind of line.
fn of_line(part: &str) -> Value {
    let schema = schemas::trace();
    let mut line = schema[part].clone();
    line["$defs"] = schema["$defs"].clone();
    line
}

fn is_valid(judged: &Judged) -> bool {
    judged.iter().all(|(schema, value)| schema.is_valid(value))
}

fn errors(judged: &Judged) -> Vec<String> {
    let errors = judged
        .iter()
        .flat_map(|(schema, value)| schema.iter_errors(value));
    errors
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect()
}

/// A problem of a reader.
struct Problem {
    text: String,
    beyond: Beyond,
}

/// Whether a schema could find a problem.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beyond {
    /// It could.
    No,
    /// It sees only one of two values of a key.
    DuplicateKey,
    /// It could not: the reason.
    Because(&'static str),
}

fn problems<T, E: Display>(
    read: Result<T, Refused<E>>,
    beyond: impl Fn(&E) -> Beyond,
) -> Vec<Problem> {
    let Err(refused) = read else {
        return Vec::new();
    };
    assert!(!refused.problems.is_empty(), "refused for no reason");
    let problem = |problem: &E| Problem {
        text: problem.to_string(),
        beyond: beyond(problem),
    };
    refused
        .problems
        .iter()
        .map(|p| problem(&p.problem))
        .collect()
}

fn scenarios() -> Format {
    let steps: Vec<Value> = serde_yaml::from_str(EVERY_STEP).unwrap();
    let with_step = |step: &Value| {
        Tree::of(&json!({ "title": "x", "peers": { "alice": null, "bob": null }, "steps": [step] }))
    };
    let mut everything = vec![tree(EVERY_MEMBER)];
    everything.extend(steps.iter().map(with_step));
    Format {
        judged: |tree| vec![(&SCENARIO, tree.value())],
        text: Tree::text,
        read: |text| {
            problems(
                scenario::parse("x.yaml", "x", text),
                |problem| match problem {
                    ScenarioError::Yaml(YamlError::DuplicateKey { .. }) => Beyond::DuplicateKey,
                    ScenarioError::Unknown {
                        kind: "peer" | "description" | "peer or kind of step",
                        ..
                    } => Beyond::Because("a name that the file gives elsewhere"),
                    ScenarioError::SamePeer { .. } => {
                        Beyond::Because("two values that must differ")
                    }
                    ScenarioError::Duration(DurationError::TooLong { .. }) => {
                        Beyond::Because("a day, in whichever unit")
                    }
                    _ => Beyond::No,
                },
            )
        },
        everything,
        checked_in: files_in("scenarios"),
    }
}

fn known() -> Format {
    Format {
        judged: |tree| vec![(&KNOWN, tree.value())],
        text: Tree::text,
        read: |text| {
            problems(
                KnownDeviations::parse("x.yaml", text),
                |problem| match problem {
                    KnownError::Yaml(YamlError::DuplicateKey { .. }) => Beyond::DuplicateKey,
                    KnownError::DuplicateId { .. } => Beyond::Because("values that must differ"),
                    KnownError::Pattern(_) => Beyond::Because("the grammar of patterns"),
                    _ => Beyond::No,
                },
            )
        },
        everything: vec![tree(EVERY_DEVIATION), tree(OF_AN_IMPLEMENTATION)],
        checked_in: files_in("harness/known"),
    }
}

fn editions() -> Format {
    Format {
        judged: |tree| vec![(&EDITION, tree.value())],
        text: Tree::text,
        read: |text| {
            problems(load_draft("x.yaml", text), |problem| match problem {
                EditionError::Yaml(YamlError::DuplicateKey { .. }) => Beyond::DuplicateKey,
                EditionError::MissingRow { .. } | EditionError::NotInOrder { .. } => {
                    Beyond::Because("rows and their order name the same values")
                }
                EditionError::Otherwise => Beyond::Because("the last row of an order"),
                EditionError::Cycle
                | EditionError::IceFromItself
                | EditionError::IceFrom { .. }
                | EditionError::NothingReferenced
                | EditionError::ClaimOfNothing { .. } => {
                    Beyond::Because("a reference to another part, or to another edition")
                }
                EditionError::DuplicateReading { .. } => Beyond::Because("values that must differ"),
                _ => Beyond::No,
            })
        },
        everything: vec![tree(EVERY_SAYING), tree(EVERY_PREDICATE)],
        checked_in: files_in("model/editions"),
    }
}

/// A trace is a list of lines. The schema describes one line, whose place gives its kind.
fn traces() -> Format {
    let examples = rules::RULES.iter().flat_map(|rule| {
        let both = [
            rules::breaking_example(rule.id),
            rules::conforming_example(rule.id),
        ];
        both.map(|text| (rule.id, text))
    });
    let checked_in = examples.filter_map(|(id, text)| Some((id.to_owned(), trace_tree(&text?))));
    Format {
        judged: |tree| {
            let lines = lines(tree);
            let mut lines = lines.iter().map(Tree::value);
            // A trace without lines has no header.
            let header = lines.next().unwrap_or(Value::Null);
            let mut judged: Judged = vec![(&HEADER, header)];
            judged.extend(lines.map(|line| (&*ENTRY, line)));
            judged
        },
        text: |tree| lines(tree).iter().map(|line| line.text() + "\n").collect(),
        read: |text| {
            problems(trace::read("x", text.as_bytes()), |problem| match problem {
                TraceError::Json(YamlError::DuplicateKey { .. }) => Beyond::DuplicateKey,
                TraceError::Backwards { .. } => Beyond::Because("the time of the entry before"),
                TraceError::UnknownPeer { .. } => Beyond::Because("a name that the header gives"),
                TraceError::DuplicateTransport(_) => Beyond::Because("values that must differ"),
                _ => Beyond::No,
            })
        },
        everything: EVERY_LINE
            .split("\n\n")
            .map(|lines| trace_tree(&format!("{EVERY_HEADER}\n{lines}")))
            .collect(),
        checked_in: checked_in.collect(),
    }
}

/// The lines of a trace; a value that is not a list is one line.
fn lines(tree: &Tree) -> Vec<Tree> {
    match tree {
        Tree::List(lines) => lines.clone(),
        line => vec![line.clone()],
    }
}

fn trace_tree(text: &str) -> Tree {
    let line = |line: &str| Tree::of(&serde_json::from_str(line).unwrap());
    Tree::List(text.trim().lines().map(line).collect())
}

/// A schema of one line distinguishes the kinds of lines only by the key `trace`.
#[test]
fn a_line_of_a_trace_is_a_header_or_an_entry() {
    for line in lines(&trace_tree(&format!(
        "{EVERY_HEADER}\n{}",
        EVERY_LINE.replace("\n\n", "\n")
    ))) {
        assert_eq!(errors(&vec![(&LINE, line.value())]), [] as [&str; 0]);
    }
    for line in [
        json!({ "trace": 1 }),
        json!({ "at": 0 }),
        json!({}),
        json!([]),
    ] {
        assert!(!LINE.is_valid(&line), "{line}");
    }
}

#[rstest]
#[case::scenarios(scenarios())]
#[case::known_deviations(known())]
#[case::editions(editions())]
#[case::traces(traces())]
fn the_schema_and_the_reader_agree(#[case] format: Format) {
    let validate = |tree: &Tree| -> Result<bool, String> {
        let judged = (format.judged)(tree);
        let text = (format.text)(tree);
        let problems = (format.read)(&text);
        compare(tree, is_valid(&judged), &problems)
            .map_err(|what| format!("{what}\n{text}\nschema: {:?}", errors(&judged)))?;
        Ok(problems.is_empty())
    };
    let files = files(&format);
    for (name, tree) in &files {
        assert_eq!(errors(&(format.judged)(tree)), [] as [&str; 0], "{name}");
        assert!((format.read)(&(format.text)(tree)).is_empty(), "{name}");
    }
    // Every single slip, in small files.
    let mut entries = Vec::new();
    for tree in &format.everything {
        tree.entries(&mut entries);
    }
    entries.sort_by_key(|(key, tree)| (key.clone(), tree.text()));
    entries.dedup_by_key(|(key, tree)| (key.clone(), tree.text()));
    for tree in &format.everything {
        for slip in every_slip(tree, &entries, &odd_values()) {
            let compared = validate(&slip);
            assert!(compared.is_ok(), "{}", compared.unwrap_err());
        }
    }

    // Several random slips, in any file.
    let mut words = odd_values();
    for (_, tree) in &files {
        tree.words(&mut words);
    }
    words.sort_by_key(Tree::text);
    words.dedup_by_key(|tree| tree.text());

    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    let config = Config {
        cases: CASES.max(Config::default().cases),
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let cases = (any::<prop::sample::Index>(), any::<bool>(), slips());
    let outcome = TestRunner::new_with_rng(config, rng).run(&cases, |(file, rich, slips)| {
        let among = if rich {
            &files[..format.everything.len()]
        } else {
            &files[..]
        };
        let mut tree = file.get(among).1.clone();
        for one in &slips {
            slip(&mut tree, one, &words);
        }
        let is_accepted = validate(&tree).map_err(TestCaseError::fail)?;
        let count = if is_accepted { &accepted } else { &refused };
        count.set(count.get() + 1);
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    // A test that sees only one kind of file shows nothing.
    let least = CASES / 20;
    assert!(accepted.get() > least, "{} accepted", accepted.get());
    assert!(refused.get() > least, "{} refused", refused.get());
}

fn compare(tree: &Tree, is_valid: bool, problems: &[Problem]) -> Result<(), String> {
    let has = |beyond| problems.iter().any(|problem| problem.beyond == beyond);
    if tree.has_duplicate_keys() {
        // A schema never sees the first of the two values, so it can not judge it.
        return if has(Beyond::DuplicateKey) {
            Ok(())
        } else {
            Err("the reader accepts a duplicate key".to_owned())
        };
    }
    if has(Beyond::DuplicateKey) {
        return Err("the reader finds a duplicate key where there is none".to_owned());
    }
    match (is_valid, problems) {
        (false, []) => Err("the schema refuses what the reader accepts".to_owned()),
        (true, problems) => match problems.iter().find(|p| p.beyond == Beyond::No) {
            Some(problem) => Err(format!("the reader alone refuses: {}", problem.text)),
            None => Ok(()),
        },
        (false, _) => Ok(()),
    }
}

/// The small files, and every checked-in one.
fn files(format: &Format) -> Vec<(String, Tree)> {
    let named = |tree: &Tree| (tree.text(), tree.clone());
    let small = format.everything.iter().map(named);
    assert!(!format.checked_in.is_empty());
    small.chain(format.checked_in.iter().cloned()).collect()
}

/// The YAML files below a folder of the project.
fn files_in(folder: &str) -> Vec<(String, Tree)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml")
                && !name.contains("editions/known-")
            {
                let text = fs::read_to_string(&path).unwrap();
                found.push((name, tree(&text)));
            }
        }
    }
    // A folder lists its files in any order.
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

fn tree(text: &str) -> Tree {
    Tree::of(&serde_yaml::from_str(text).unwrap())
}
