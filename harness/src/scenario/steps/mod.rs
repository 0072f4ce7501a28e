//! Steps.

mod call;
mod expect;
mod negotiate;
mod network;

use std::collections::BTreeSet;

use peerstate_model::input::fields::{self, Fields, ShapeError};
use peerstate_model::input::names;
use peerstate_model::input::yaml::{Document, Entry, Node};

pub use self::call::ERRORS;
use self::call::read_call;
use self::expect::read_expectation;
use self::negotiate::read_negotiation;
use self::network::read_network;
use crate::implementation::PeerIndex;
use crate::implementation::capability::Capability;
use crate::scenario::arguments::{one_or_more, read_duration};
use crate::scenario::error::Found;
use crate::scenario::{Action, ScenarioError, Step};

/// The kinds of steps, which no peer may be called.
pub const RESERVED: &[&str] = &["negotiate", "network", "expect", "wait", "fails", "stop"];

/// What steps may refer to.
struct Context<'a> {
    peers: &'a [&'a str],
    /// The descriptions kept so far.
    descriptions: BTreeSet<String>,
    /// The peers that have made a description and not set it since.
    unset: BTreeSet<PeerIndex>,
    requires: &'a mut BTreeSet<Capability>,
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
    // One pass over the text for all lines would be quicker; scenarios are short.
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

/// What a step does, and whether its failure ends the run.
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
        "wait" => read_duration(&entry.value, problems).map(Action::Wait),
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

fn read_peer(node: &Node, context: &Context<'_>, problems: &mut Found) -> Option<PeerIndex> {
    let name = fields::text(node, "the name of a peer", problems)?;
    let place = context.peers.iter().position(|peer| *peer == name);
    if place.is_none() {
        problems.add(node.id, unknown("peer", name, context.peers));
    }
    place.map(PeerIndex)
}

fn read_peers(node: &Node, context: &Context<'_>, problems: &mut Found) -> Option<Vec<PeerIndex>> {
    let items = one_or_more(node);
    if items.is_empty() {
        problems.add(
            node.id,
            ShapeError::expected("at least one peer", &node.value),
        );
        return None;
    }
    let peers: Vec<_> = items
        .iter()
        .map(|item| read_peer(item, context, problems))
        .collect();
    peers.into_iter().collect()
}
