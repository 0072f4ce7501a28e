//! What must hold, and which events must be fired.

use std::str::FromStr;
use std::time::Duration;

use peerstate_model::input::fields::{self, Fields, ShapeError};
use peerstate_model::input::yaml::Node;
use peerstate_model::states::UnknownState;

use super::{Context, read_peers, unknown};
use crate::implementation::Capability;
use crate::scenario::arguments::{one_or_more, read_duration};
use crate::scenario::error::Found;
use crate::scenario::{
    Action, Attributes, Changes, EVENTS, EventExpectation, Expectation, ScenarioError,
};

pub(super) fn read_expectation(
    node: &Node,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> Option<Action> {
    let mut fields = Fields::of(node, "an expectation: `{peer: …, …}`", problems)?;
    let peers = fields
        .required("peer", problems)
        .and_then(|n| read_peers(n, context, problems));
    let attributes = Attributes {
        connection_state: states(fields.optional("connectionState"), problems),
        ice_connection_state: states(fields.optional("iceConnectionState"), problems),
        ice_gathering_state: states(fields.optional("iceGatheringState"), problems),
        signaling_state: states(fields.optional("signalingState"), problems),
        ice_transport_state: states(fields.optional("iceTransportState"), problems),
        dtls_transport_state: states(fields.optional("dtlsTransportState"), problems),
    };
    let within = fields.optional("within");
    let events = fields.optional("events");
    let once = fields.optional("once");
    let never = fields.optional("never");
    let changes = fields.optional("changes");
    let during = fields.optional("during");
    let fields_name_an_attribute = fields
        .entries()
        .iter()
        .any(|entry| entry.key.ends_with("State"));
    let of_attributes = fields_name_an_attribute || within.is_some();
    let of_events = [events, once, never, changes, during]
        .iter()
        .any(Option::is_some);
    let id = fields.id;
    fields.reject_unknown(problems);
    match (of_attributes, of_events) {
        (true, true) => {
            problems.add(id, ScenarioError::MixedExpectation);
            None
        }
        (_, false) => {
            if !fields_name_an_attribute {
                problems.add(id, ScenarioError::EmptyExpectation);
            }
            // Without `within` it must hold at once.
            let within = within.map_or(Some(Duration::ZERO), |node| read_duration(node, problems));
            Some(Action::Expect(Expectation {
                peers: peers?,
                attributes,
                within: within?,
            }))
        }
        (false, true) => {
            let events = read_events(events, problems);
            let once = read_events(once, problems);
            let never = read_events(never, problems);
            let awaited = events.iter().chain(&once);
            context
                .requires
                .extend(awaited.filter_map(|event| needs(event)));
            let expects_changes = changes.is_some();
            let changes = changes.map_or(Some(Changes::default()), |n| read_changes(n, problems));
            let names_none = events.is_empty() && once.is_empty() && never.is_empty();
            if names_none && !expects_changes {
                problems.add(id, ScenarioError::EmptyExpectation);
            }
            let Some(during) = during else {
                problems.add(id, ShapeError::Missing { key: "during" });
                return None;
            };
            let during = read_duration(during, problems);
            Some(Action::ExpectEvents(EventExpectation {
                peers: peers?,
                events,
                once,
                never,
                changes: changes?,
                during: during?,
            }))
        }
    }
}

/// What an implementation must have that dispatches an event which `observes` does not list.
fn needs(event: &str) -> Option<Capability> {
    match event {
        "negotiationneeded" => Some(Capability::NegotiationNeeded),
        "icecandidate" => Some(Capability::IceCandidate),
        _ => None,
    }
}

fn read_changes(node: &Node, problems: &mut Found) -> Option<Changes> {
    let expected = "an attribute and its values, such as `{connectionState: [connecting]}`";
    let mut fields = Fields::of(node, expected, problems)?;
    if fields.entries().is_empty() {
        problems.add(node.id, ShapeError::expected(expected, &node.value));
    }
    let changes = Changes {
        connection_state: states(fields.optional("connectionState"), problems),
        ice_connection_state: states(fields.optional("iceConnectionState"), problems),
        ice_gathering_state: states(fields.optional("iceGatheringState"), problems),
        signaling_state: states(fields.optional("signalingState"), problems),
    };
    fields.reject_unknown(problems);
    Some(changes)
}

fn states<S: FromStr<Err = UnknownState>>(
    node: Option<&Node>,
    problems: &mut Found,
) -> Option<Vec<S>> {
    let node = node?;
    let items = one_or_more(node);
    if items.is_empty() {
        problems.add(
            node.id,
            ShapeError::expected("at least one state", &node.value),
        );
    }
    let states: Vec<Option<S>> = items
        .iter()
        .map(|item| {
            let text = fields::text(item, "a state", problems)?;
            problems.keep(item.id, text.parse())
        })
        .collect();
    states.into_iter().collect()
}

fn read_events(node: Option<&Node>, problems: &mut Found) -> Vec<String> {
    node.map(one_or_more)
        .unwrap_or_default()
        .iter()
        .filter_map(|item| {
            let name = fields::text(item, "the name of an event", problems)?;
            if !EVENTS.contains(&name) {
                problems.add(item.id, unknown("event", name, EVENTS));
            }
            Some(name.to_owned())
        })
        .collect()
}
