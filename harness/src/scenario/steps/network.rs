//! A change of the network.

use peerstate_model::input::fields::{self, Fields, ShapeError};
use peerstate_model::input::yaml::{Node, Value};

use super::{Context, read_peer, read_peers};
use crate::implementation::{Link, LinkChange};
use crate::scenario::arguments::{self, read_duration, word};
use crate::scenario::error::Found;
use crate::scenario::{Action, ScenarioError};

pub(super) fn read_network(
    node: &Node,
    context: &Context<'_>,
    problems: &mut Found,
) -> Option<Action> {
    let cut = |cut| LinkChange {
        cut: Some(cut),
        ..LinkChange::default()
    };
    if let Value::String(_) = node.value {
        let words = [("cut", true), ("restore", false)];
        let change = cut(word(node, "change of the network", &words, problems)?);
        return Some(Action::Network {
            link: Link::Everywhere,
            change,
        });
    }
    let mut fields = Fields::of(node, "`cut`, `restore`, or a mapping", problems)?;
    let between = fields.optional("between");
    let (from, to) = (fields.optional("from"), fields.optional("to"));
    let change = LinkChange {
        cut: fields
            .optional("cut")
            .and_then(|node| fields::boolean(node, problems)),
        loss: fields
            .optional("loss")
            .and_then(|node| arguments::share(node, problems)),
        latency: fields
            .optional("latency")
            .and_then(|node| read_duration(node, problems)),
    };
    if change == LinkChange::default() {
        problems.add(node.id, ScenarioError::NoChange);
    }
    let id = fields.id;
    fields.reject_unknown(problems);
    let link = match (between, from, to) {
        (Some(node), None, None) => {
            let peers = read_peers(node, context, problems)?;
            let [one, other] = peers.as_slice() else {
                problems.add(node.id, ShapeError::expected("two peers", &node.value));
                return None;
            };
            Link::Between(*one, *other)
        }
        (None, Some(from), Some(to)) => {
            let (from, to) = (
                read_peer(from, context, problems),
                read_peer(to, context, problems),
            );
            Link::FromTo(from?, to?)
        }
        (None, None, None) => Link::Everywhere,
        (None, Some(_), None) => {
            problems.add(id, ShapeError::Missing { key: "to" });
            return None;
        }
        (None, None, Some(_)) => {
            problems.add(id, ShapeError::Missing { key: "from" });
            return None;
        }
        (Some(_), _, _) => {
            problems.add(id, ScenarioError::BothDirections);
            return None;
        }
    };
    if let Link::Between(one, other) | Link::FromTo(one, other) = link
        && one == other
    {
        let name = context
            .peers
            .get(one.0)
            .copied()
            .unwrap_or_default()
            .to_owned();
        problems.add(id, ScenarioError::SamePeer { name });
    }
    Some(Action::Network { link, change })
}
