//! The JSON Schemas and the readers accept the same files: tried on files that are almost right.
//!
//! What the reader accepts the schema accepts. What the schema accepts the reader may refuse only
//! for what no schema can say, which each format lists here, problem by problem. A further format
//! is a further case of [`the_schema_and_the_reader_agree`].

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod mutated;

use std::cell::Cell;
use std::fmt::Display;
use std::fs;
use std::path::Path;

use mutated::{Tree, every_slip, odd_values, slip, slips};
use peerstate::known::{Known, KnownError};
use peerstate::scenario::{self, DurationError, ScenarioError};
use peerstate::schemas;
use peerstate_model::editions::{EditionError, load_draft};
use peerstate_model::located::Refused;
use peerstate_model::yaml::YamlError;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use rstest::rstest;
use serde_json::{Value, json};

/// How many files of a format are tried at random; `PROPTEST_CASES` may ask for more.
const CASES: u32 = 2000;

/// A format: what accepts its files, and files to begin with.
struct Format {
    schema: Value,
    /// The reader's problems with a text; none where it accepts it.
    read: fn(&str) -> Vec<Problem>,
    /// Small files that together have every key, for checked-in ones have but some.
    everything: Vec<Tree>,
    /// Where checked-in files are, below the root.
    folder: &'static str,
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
        schema: schemas::scenario(),
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
        folder: "scenarios",
    }
}

fn known() -> Format {
    Format {
        schema: schemas::known(),
        read: |text| {
            problems(Known::parse("x.yaml", text), |problem| match problem {
                KnownError::Yaml(YamlError::DuplicateKey { .. }) => Beyond::DuplicateKey,
                KnownError::DuplicateId { .. } => Beyond::Because("values that must differ"),
                KnownError::Pattern(_) => Beyond::Because("the grammar of patterns"),
                _ => Beyond::No,
            })
        },
        everything: vec![tree(EVERY_DEVIATION)],
        folder: "harness/known",
    }
}

fn editions() -> Format {
    Format {
        schema: schemas::edition(),
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
        everything: vec![tree(EVERY_PREDICATE)],
        folder: "model/editions",
    }
}

#[rstest]
#[case::scenarios(scenarios())]
#[case::known_deviations(known())]
#[case::editions(editions())]
fn the_schema_and_the_reader_agree(#[case] format: Format) {
    let validator = jsonschema::validator_for(&format.schema).unwrap();
    let validate = |tree: &Tree| -> Result<bool, String> {
        let is_valid = validator.is_valid(&tree.value());
        let problems = (format.read)(&tree.text());
        compare(tree, is_valid, &problems).map_err(|what| {
            let errors: Vec<String> = validator
                .iter_errors(&tree.value())
                .map(|error| format!("{error} at {}", error.instance_path()))
                .collect();
            format!("{what}\n{}\nschema: {errors:?}", tree.text())
        })?;
        Ok(problems.is_empty())
    };
    let files = files(&format);
    for (name, tree) in &files {
        assert!(validator.is_valid(&tree.value()), "{name}");
        assert!((format.read)(&tree.text()).is_empty(), "{name}");
    }
    // One slip, each that there is, in small files.
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

    // Several slips, some of those that there are, in any file.
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
    // A test that only ever sees one kind of file shows nothing.
    let least = CASES / 20;
    assert!(accepted.get() > least, "{} accepted", accepted.get());
    assert!(refused.get() > least, "{} refused", refused.get());
}

fn compare(tree: &Tree, is_valid: bool, problems: &[Problem]) -> Result<(), String> {
    let has = |beyond| problems.iter().any(|problem| problem.beyond == beyond);
    if tree.has_duplicate_keys() {
        // A schema never sees the first of the two values, so it has nothing to say.
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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = |tree: &Tree| (tree.text(), tree.clone());
    let mut found: Vec<_> = format.everything.iter().map(named).collect();
    let small = found.len();
    let mut folders = vec![root.join(format.folder)];
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
    found[small..].sort_by(|(one, _), (other, _)| one.cmp(other));
    assert!(found.len() > small, "{} has no files", format.folder);
    found
}

fn tree(text: &str) -> Tree {
    Tree::of(&serde_yaml::from_str(text).unwrap())
}

const EVERY_MEMBER: &str = "
title: Every key
about: Every key of the format, each with a value that it takes.
spec: https://www.w3.org/TR/webrtc/
tags: [a, b]
covers: []
requires: [network, sdp]
seed: 7
limit: 5min
peers:
  alice:
    iceServers: [{urls: 'stun:s', username: u, credential: c}, {urls: ['stun:s']}]
    iceTransportPolicy: all
    bundlePolicy: max-compat
    rtcpMuxPolicy: require
    iceCandidatePoolSize: 2
    harness: {iceLite: false, addresses: 1, certificate: ecdsa}
  bob: {}
  carol:
steps: [{wait: 1s}]
";

const EVERY_STEP: &str = "
  - alice: {createDataChannel: {label: a, negotiated: true, id: 1}}
  - alice: {addTransceiver: {kind: audio, direction: sendonly}}
  - alice: {addTrack: video}
  - alice: {removeTrack: {kind: video}}
  - alice: {createOffer: {as: o, iceRestart: true}}
  - alice: {setLocalDescription: {from: bob, type: offer}}
  - bob: {setRemoteDescription: {from: alice, alter: {fingerprint: wrong, bundle: none}}}
  - alice: {setLocalDescription: {type: offer, alter: {setup: active, reject: 0}}}
  - bob: {createAnswer: {as: a}}
  - bob: {addIceCandidate: {from: alice, again: true}}
  - bob: {addIceCandidate: {end: true}}
  - bob: {addIceCandidate: {candidate: c, sdpMid: m, sdpMLineIndex: 0, usernameFragment: u}}
  - bob: {addIceCandidate: }
  - bob: {restartIce: {}, fails: InvalidStateError}
  - bob: getStats
  - bob: {setConfiguration: {bundlePolicy: balanced}}
  - bob: close
    fails: TypeError
  - negotiate:
      offerer: alice
      answerer: bob
      trickle: false
      iceRestart: false
      alter: {candidates: none, offer: {setup: passive}, answer: {reject: 1}}
  - network: cut
  - network: {between: [alice, bob], cut: true, loss: 0.5, latency: 80ms}
  - network: {from: alice, to: bob, loss: 1}
  - expect: {peer: [alice, bob], connectionState: [new, closed], within: 5s}
  - expect: {peer: alice, iceConnectionState: new, iceGatheringState: new, signalingState: stable}
  - expect: {peer: alice, iceTransportState: new, dtlsTransportState: new}
  - expect: {peer: alice, events: [open], never: close, during: 1s}
  - wait: 0.5 h
";

const EVERY_DEVIATION: &str = "
- id: wrong-order
  rule: event/order
  scenarios: ['ice/*', close/fresh]
  peer: bob
  message: before
  reason: The order is wrong.
  since: '0.21'
  link: https://example.org/1
- {id: a-fault, rule: error, scenarios: ['**'], reason: It hangs., since: '1'}
";

const EVERY_PREDICATE: &str = "
schema: 1
id: every
date: '2026-01-01'
source: https://example.org
also: [https://example.org/2]
status: draft
in_force: never
transport_set: all
ice_from: repaired
claims:
  - {id: c, enum: RTCPeerConnectionState, state: new, must: {no_transports: true}, quote: q}
  - {id: d, enum: RTCIceConnectionState, state: completed, must: {closed: false}, quote: q}
dynamics:
  derivation_algorithm: true
  rederive_triggers: [is_closed_true, in words, word]
  ice_path_isclosed_abort: false
  close_fires_connectionstatechange: 'no'
notes: [n]
changes: []
enums:
  RTCPeerConnectionState:
    mode: first_match
    order: [closed, failed, new]
    readings:
      - id: a
        default: true
        basis: b
        vacuous_all: true
        states:
          closed: {closed: true}
          failed: {any_of: [{any: {ice: [failed], dtls: [failed]}}, {all: {ice: [closed]}}]}
          new: {otherwise: true}
      - id: b
        default: false
        basis: b
        vacuous_all: false
        order: [new]
        states:
          new: {all_of: [{none: {dtls: [checking]}}, {ice_connection_state: [new]}]}
  RTCIceConnectionState:
    mode: independent
    readings:
      - id: a
        default: true
        basis: b
        vacuous_all: true
        states:
          completed: {no_transports: false}
";
