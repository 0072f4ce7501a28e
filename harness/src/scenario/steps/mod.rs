//! The steps of a scenario.

mod arguments;
mod call;
mod expect;
mod negotiate;
mod network;

use std::collections::BTreeSet;

use peerstate_model::input::fields::{self, Fields};
use peerstate_model::input::keys::keys;
use peerstate_model::input::names;
use peerstate_model::input::shape::{At, Definitions, define};
use peerstate_model::input::yaml::{Document, Entry, Node};
use serde_json::{Map, Value as Json, json};

use self::call::{error, read_call};
use self::expect::read_expectation;
use self::negotiate::read_negotiation;
use self::network::{network, read_network};
use crate::implementation::PeerIndex;
use crate::implementation::capability::Capability;
use crate::scenario::error::Found;
use crate::scenario::keys::{ExpectKeys, NegotiationKeys, duration};
use crate::scenario::{Action, ScenarioError, Step};

/// The kinds of steps. No peer may have these names.
pub(super) const RESERVED: &[&str] = &["negotiate", "network", "expect", "wait", "fails", "stop"];

/// What steps may refer to.
struct Context<'a> {
    peers: &'a [&'a str],
    /// The descriptions that have been kept so far.
    descriptions: BTreeSet<String>,
    /// The peers that have created a description and not set it since.
    unset: BTreeSet<PeerIndex>,
    requires: &'a mut BTreeSet<Capability>,
}

impl Context<'_> {
    /// Returns the problem that a peer is named where two are needed.
    fn same_peer(&self, peer: PeerIndex) -> ScenarioError {
        let name = self.peers[peer.0].to_owned();
        ScenarioError::SamePeer { name }
    }
}

pub(super) fn read_steps(
    node: &Node,
    peers: &[&str],
    document: &Document<'_>,
    requires: &mut BTreeSet<Capability>,
    problems: &mut Found,
) -> Option<Vec<Step>> {
    let items = fields::list(node, "a list of steps", problems)?;
    if items.is_empty() {
        problems.add(node.id, ScenarioError::NoSteps);
    }
    // One pass over the text for all lines would be faster, but scenarios are short.
    let mut context = Context {
        peers,
        descriptions: BTreeSet::new(),
        unset: BTreeSet::new(),
        requires,
    };
    let steps: Vec<_> = items
        .iter()
        .map(|item| {
            let (action, stop) = read_step(item, &mut context, problems)?;
            let line = document
                .position(item.id)
                .map_or(0, |position| position.line);
            Some(Step { line, action, stop })
        })
        .collect();
    steps.into_iter().collect()
}

/// Reads what a step does, and whether its failure ends the run.
fn read_step(
    node: &Node,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> Option<(Action, bool)> {
    let fields = Fields::of(node, "a step: a mapping", problems)?;
    let beside = |key| fields.entries().iter().find(|entry| entry.key == key);
    let (fails, stop) = (beside("fails"), beside("stop"));
    let stop = stop.is_some_and(|entry| fields::boolean(&entry.value, problems) == Some(true));
    let others: Vec<&Entry> = fields
        .entries()
        .iter()
        .filter(|entry| !["fails", "stop"].contains(&entry.key.as_str()))
        .collect();
    let [entry] = others.as_slice() else {
        let keys: Vec<_> = others
            .iter()
            .map(|entry| names::shorten(&entry.key))
            .collect();
        let found = if keys.is_empty() {
            "nothing".to_owned()
        } else {
            keys.join(" and ")
        };
        problems.add(node.id, ScenarioError::Step { found });
        return None;
    };
    if let Some(fails) = fails
        && RESERVED.contains(&entry.key.as_str())
    {
        problems.add(fails.id, ScenarioError::FailsWithoutCall);
    }
    let action = match entry.key.as_str() {
        "wait" => duration().read(&entry.value, problems).map(Action::Wait),
        "network" => {
            context.requires.insert(Capability::Network);
            read_network(&entry.value, context, problems)
        }
        "negotiate" => read_negotiation(&entry.value, context, problems).map(Action::Negotiate),
        "expect" => read_expectation(&entry.value, context, problems),
        name => {
            if let Some(peer) = context.peers.iter().position(|peer| *peer == name) {
                read_call(PeerIndex(peer), &entry.value, fails, context, problems)
            } else {
                let others = RESERVED.iter();
                let others = others.filter(|word| !["fails", "stop"].contains(word));
                let known: Vec<&str> = context.peers.iter().chain(others).copied().collect();
                let unknown = unknown("peer or kind of step", name, &known);
                problems.add(entry.id, unknown);
                None
            }
        }
    };
    Some((action?, stop))
}

fn unknown(kind: &'static str, found: &str, known: &[&str]) -> ScenarioError {
    ScenarioError::Unknown {
        kind,
        found: names::shorten(found),
        suggestion: names::nearest(found, known.iter().copied()),
        known: known.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// Finds the peer with a name.
fn find_peer(
    name: Option<At<String>>,
    context: &Context<'_>,
    problems: &mut Found,
) -> Option<PeerIndex> {
    let At { node, value } = name?;
    let name = value?;
    let place = context.peers.iter().position(|peer| *peer == name);
    if place.is_none() {
        problems.add(node, unknown("peer", &name, context.peers));
    }
    place.map(PeerIndex)
}

fn find_peers(
    names: Vec<At<String>>,
    context: &Context<'_>,
    problems: &mut Found,
) -> Option<Vec<PeerIndex>> {
    let peers = names.into_iter();
    let peers: Vec<_> = peers
        .map(|name| find_peer(Some(name), context, problems))
        .collect();
    peers.into_iter().collect()
}

/// Returns the JSON Schema of steps.
pub(super) fn schema(definitions: &mut Definitions) -> Json {
    let step = define("step", definitions, step);
    json!({ "type": "array", "minItems": 1, "items": step })
}

/// Returns the schema of a step: one action, optionally with `fails` and `stop`.
fn step(definitions: &mut Definitions) -> Json {
    let call = define("call", definitions, call::schema);
    // The keys beside a call that are not calls.
    let beside = RESERVED.iter().map(|word| {
        let is_beside = ["fails", "stop"].contains(word);
        ((*word).to_owned(), json!(is_beside))
    });
    let beside: Map<String, Json> = beside.collect();
    // One action, with this many keys beside it.
    let so_many =
        |beside: usize| json!({ "minProperties": beside + 1, "maxProperties": beside + 1 });
    let of_call = json!({
        "properties": beside,
        "additionalProperties": { "not": { "type": "object", "required": ["fails"] } },
    });
    json!({
        "type": "object",
        "properties": {
            "negotiate": keys::<ScenarioError, NegotiationKeys>().schema(definitions),
            "network": network().schema(definitions),
            "expect": keys::<ScenarioError, ExpectKeys>().schema(definitions),
            "wait": duration().schema(definitions),
            "fails": error().schema(definitions),
            "stop": { "type": "boolean" },
        },
        // Any other key is the name of a peer, with a method.
        "additionalProperties": call,
        "allOf": [{ "if": { "required": ["fails"] }, "then": of_call }],
        "if": { "required": ["stop"] },
        "then": { "if": { "required": ["fails"] }, "then": so_many(2), "else": so_many(1) },
        "else": { "if": { "required": ["fails"] }, "then": so_many(1), "else": so_many(0) },
    })
}
