//! A change of the network.

use peerstate_model::input::fields::ShapeError;
use peerstate_model::input::keys::keys;
use peerstate_model::input::shape::{Shape, either, one_of};
use peerstate_model::input::yaml::{Node, Value};

use super::{Context, find_peer, find_peers};
use crate::implementation::{Link, LinkChange};
use crate::scenario::error::Found;
use crate::scenario::keys::NetworkKeys;
use crate::scenario::{Action, ScenarioError};

/// Reads a change everywhere, as a word, or a mapping.
pub(super) fn network() -> Shape<ScenarioError, NetworkKeys> {
    let word = one_of(
        "change of the network",
        "one of cut, restore",
        &["cut", "restore"],
        |word| word,
    );
    let everywhere = word.map(|word| NetworkKeys {
        cut: Some(word == "cut"),
        ..NetworkKeys::default()
    });
    either(
        |value| matches!(value, Value::String(_)),
        everywhere,
        keys(),
    )
}

pub(super) fn read_network(
    node: &Node,
    context: &Context<'_>,
    problems: &mut Found,
) -> Option<Action> {
    let keys = network().read(node, problems)?;
    let change = LinkChange {
        cut: keys.cut,
        loss: keys.loss,
        latency: keys.latency,
    };
    if change == LinkChange::default() {
        problems.add(node.id, ScenarioError::NoChange);
    }
    let link = match (keys.between, keys.from, keys.to) {
        (Some(between), ..) => {
            let peers = find_peers(between.value?, context, problems)?;
            let [one, other] = peers.as_slice() else {
                let found = node.get("between").unwrap_or(node);
                problems.add(
                    between.node,
                    ShapeError::expected("two peers", &found.value),
                );
                return None;
            };
            Link::Between(*one, *other)
        }
        (None, None, None) => Link::Everywhere,
        (None, from, to) => {
            let (from, to) = (
                find_peer(from, context, problems),
                find_peer(to, context, problems),
            );
            Link::FromTo(from?, to?)
        }
    };
    if let Link::Between(one, other) | Link::FromTo(one, other) = link
        && one == other
    {
        problems.add(node.id, context.same_peer(one));
    }
    Some(Action::Network { link, change })
}
