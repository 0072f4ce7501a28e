//! Reading a scenario from its YAML file: every problem at once, each with its line and column.

use std::collections::BTreeSet;
use std::time::Duration;

use peerstate_model::input::fields::{self, Fields, ShapeError};
use peerstate_model::input::located::Refused;
use peerstate_model::input::names;
use peerstate_model::input::yaml::{Document, Node, Value};

use super::arguments::{self, read_duration};
use super::error::Found;
use super::steps::{RESERVED, read_steps};
use super::{MOST_PEERS, Scenario, ScenarioError};
use crate::implementation::PeerSetup;
use crate::implementation::capability::Capability;
use crate::implementation::configuration::Configuration;

const DEFAULT_LIMIT: Duration = Duration::from_mins(5);

/// Reads a scenario.
///
/// # Errors
///
/// Every problem of the text.
pub fn parse(file: &str, id: &str, text: &str) -> Result<Scenario, Refused<ScenarioError>> {
    let document = Document::parse(file, text).map_err(Refused::into_wider)?;
    let mut problems = Found::default();
    let scenario = read_scenario(id, &document, &mut problems);
    problems.finish(file, &document, scenario)
}

fn read_scenario(id: &str, document: &Document<'_>, problems: &mut Found) -> Option<Scenario> {
    let mut fields = Fields::of(
        document.root(),
        "a scenario: a mapping with `title` and `steps`",
        problems,
    )?;
    let title = fields
        .required("title", problems)
        .and_then(|node| fields::text(node, "text", problems));
    let about = fields
        .optional("about")
        .and_then(|node| fields::text(node, "text", problems));
    let spec = texts(&mut fields, "spec", problems);
    let tags = texts(&mut fields, "tags", problems);
    let covers = texts(&mut fields, "covers", problems);
    let mut requires = fields
        .optional("requires")
        .map(|node| read_requires(node, problems))
        .unwrap_or_default();
    let seed = fields
        .optional("seed")
        .and_then(|node| read_seed(node, problems));
    let limit = fields
        .optional("limit")
        .and_then(|node| read_duration(node, problems));
    let peers = match fields.optional("peers") {
        Some(node) => read_peers(node, problems),
        None => Some(["alice", "bob"].map(default_peer).to_vec()),
    };
    let steps = fields.required("steps", problems);
    fields.reject_unknown(problems);

    let peers = peers?;
    let names: Vec<&str> = peers.iter().map(|peer| peer.name.as_str()).collect();
    let steps = read_steps(steps?, &names, document, &mut requires, problems)?;
    for peer in &peers {
        requires.extend(arguments::implied(&peer.configuration));
    }
    Some(Scenario {
        id: id.to_owned(),
        file: None,
        title: title?.to_owned(),
        about: about.map(str::to_owned),
        spec,
        tags,
        covers,
        requires,
        seed: seed.unwrap_or_else(|| seed_of(id)),
        limit: limit.unwrap_or(DEFAULT_LIMIT),
        peers,
        steps,
    })
}

fn default_peer(name: &str) -> PeerSetup {
    PeerSetup {
        name: name.to_owned(),
        configuration: Configuration::default(),
    }
}

/// One text, or a list of texts.
fn texts(fields: &mut Fields<'_>, key: &'static str, problems: &mut Found) -> Vec<String> {
    match fields.optional(key) {
        None => Vec::new(),
        Some(node) => arguments::text_or_texts(node, "a text or a list of texts", problems),
    }
}

fn read_requires(node: &Node, problems: &mut Found) -> BTreeSet<Capability> {
    let items = match &node.value {
        Value::Sequence(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items
        .iter()
        .filter_map(|item| {
            let word = fields::text(item, "a capability", problems)?;
            problems.keep(item.id, word.parse())
        })
        .collect()
}

fn read_seed(node: &Node, problems: &mut Found) -> Option<u64> {
    let seed = fields::whole(&node.value).and_then(|number| u64::try_from(number).ok());
    if seed.is_none() {
        let expected = "a whole number from 0 to 18446744073709551615";
        problems.add(node.id, ShapeError::expected(expected, &node.value));
    }
    seed
}

fn read_peers(node: &Node, problems: &mut Found) -> Option<Vec<PeerSetup>> {
    let fields = Fields::of(node, "a mapping from names to RTCConfiguration", problems)?;
    if fields.entries().is_empty() {
        problems.add(node.id, ScenarioError::NoPeers);
        return None;
    }
    let found = fields.entries().len();
    if found > MOST_PEERS {
        problems.add(node.id, ScenarioError::TooManyPeers { found });
    }
    let mut peers = Vec::new();
    for entry in fields.entries() {
        if RESERVED.contains(&entry.key.as_str()) {
            let name = names::shorten(&entry.key);
            problems.add(entry.id, ScenarioError::ReservedPeer { name });
        }
        fields::is_text(entry.id, &entry.key, problems);
        let configuration = match entry.value.value {
            Value::Null => Some(Configuration::default()),
            _ => arguments::read_configuration(&entry.value, problems),
        };
        let configuration = configuration.unwrap_or_default();
        peers.push(PeerSetup {
            name: entry.key.clone(),
            configuration,
        });
    }
    Some(peers)
}

/// A seed that a scenario always has, and that another hardly has: FNV-1a over its id.
fn seed_of(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
