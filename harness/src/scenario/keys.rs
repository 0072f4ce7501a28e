//! The tables of a scenario's keys, which give both its reader and its JSON Schema.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use peerstate_model::input::fields::{self, Fields, ShapeError};
use peerstate_model::input::keys::{Beside, Keys, keys};
use peerstate_model::input::names;
use peerstate_model::input::shape::{
    At, Shape, flag, form, number, one_of, one_or_more, text, text_or_texts, text_schema, whole,
};
use peerstate_model::input::yaml::{Node, Value};
use peerstate_model::keys;
use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceGatheringState, IceTransportState,
    PeerConnectionState, SignalingState, StateEnum, UnknownState, state,
};
use serde_json::{Value as Json, json};

use super::error::Found;
use super::steps::{self, RESERVED};
use super::{Alteration, Changes, EVENTS, MOST_PEERS, ScenarioError, duration};
use crate::implementation::PeerSetup;
use crate::implementation::capability::Capability;
use crate::implementation::configuration::Configuration;

/// Returns the JSON Schema of a scenario file.
#[must_use]
pub fn schema() -> Json {
    keys::<_, ScenarioKeys>().document("A peerstate scenario, version 1")
}

keys! {
    /// What the peers of a connection do, and what they must then report.
    pub(super) struct ScenarioKeys: ScenarioError, "a scenario: a mapping with `title` and `steps`" {
        /// One line that states the behaviour.
        expected title: String = text("text"),
        /// An explanation.
        optional about: String = text("text"),
        /// Links to the sentences of the specification that it asserts.
        defaulted spec: Vec<String> = text_or_texts("a text or a list of texts"),
        /// Free tags.
        defaulted tags: Vec<String> = text_or_texts("a text or a list of texts"),
        /// Behaviours of other test suites that it asserts.
        defaulted covers: Vec<String> = text_or_texts("a text or a list of texts"),
        /// What it requires of an implementation, besides what its steps imply.
        defaulted requires: BTreeSet<Capability> = one_or_more(one_of(
            "capability",
            "a capability",
            &Capability::ALL,
            Capability::as_str,
        ))
        .set(),
        /// The seed of the simulated network; by default it is derived from the scenario's id.
        optional seed: u64 = whole(0..=u64::MAX, "a whole number from 0 to 18446744073709551615"),
        /// The longest time it may run, in simulated time; the default is 5 minutes.
        optional limit: Duration = duration(),
        /// The peers by name, each with its RTCConfiguration; the default is alice and bob.
        optional peers: At<Vec<PeerSetup>> = peer_setups().placed(),
        /// The steps, in order.
        expected steps: Node = Shape::new(|node, _| Some(node.clone()), steps::schema),
    }
}

/// Reads the peers: a mapping from names to configurations.
fn peer_setups() -> Shape<ScenarioError, Vec<PeerSetup>> {
    Shape::new(read_peer_setups, |definitions| {
        let name = text_schema(definitions);
        json!({
            "type": "object",
            "minProperties": 1,
            "maxProperties": MOST_PEERS,
            "propertyNames": { "allOf": [name, { "not": { "enum": RESERVED } }] },
            "additionalProperties": configuration().schema(definitions),
        })
    })
}

fn read_peer_setups(node: &Node, problems: &mut Found) -> Option<Vec<PeerSetup>> {
    let expected = "a mapping from names to RTCConfiguration";
    let entries = Fields::of(node, expected, problems)?.entries();
    if entries.is_empty() {
        problems.add(node.id, ScenarioError::NoPeers);
        return None;
    }
    let found = entries.len();
    if found > MOST_PEERS {
        problems.add(node.id, ScenarioError::TooManyPeers { found });
    }
    let peers = entries.iter().map(|entry| {
        if RESERVED.contains(&entry.key.as_str()) {
            let name = names::shorten(&entry.key);
            problems.add(entry.id, ScenarioError::ReservedPeer { name });
        }
        fields::is_text(entry.id, &entry.key, problems);
        let configuration = configuration().read(&entry.value, problems);
        PeerSetup {
            name: entry.key.clone(),
            configuration: configuration.unwrap_or_default(),
        }
    });
    Some(peers.collect())
}

/// Reads an `RTCConfiguration`, or nothing for one without members.
pub(super) fn configuration() -> Shape<ScenarioError, Configuration> {
    Shape::named("Configuration", keys).or_nothing()
}

/// Reads a number and a unit.
pub(super) fn duration() -> Shape<ScenarioError, Duration> {
    const FORM: &str = r"^[0-9]+(\.[0-9]+)? *(us|µs|ms|s|m|min|h)$";
    Shape::named("duration", || {
        form(
            "a duration with a unit, such as `5s`",
            FORM,
            duration::parse,
        )
    })
}

/// Reads the name of a peer, which is resolved later.
pub(super) fn peer() -> Shape<ScenarioError, At<String>> {
    text("the name of a peer").placed()
}

/// Reads the name of a peer, or a list of such names.
fn peers() -> Shape<ScenarioError, At<Vec<At<String>>>> {
    let error = |found: &Value| ShapeError::expected("at least one peer", found).into();
    one_or_more(peer()).at_least_one(error).placed()
}

/// Reads the allowed values: one, or a list.
pub(super) fn states<S: StateEnum + FromStr<Err = UnknownState>>() -> Shape<ScenarioError, Vec<S>> {
    let error = |found: &Value| ShapeError::expected("at least one state", found).into();
    one_or_more(state()).at_least_one(error)
}

/// Reads the name of an event, or a list of such names.
fn events() -> Shape<ScenarioError, Vec<String>> {
    let event = one_of("event", "the name of an event", EVENTS, |event| event);
    one_or_more(event.map(str::to_owned))
}

pub(super) fn alteration() -> Shape<ScenarioError, Alteration> {
    Shape::named("alteration", keys)
}

keys! {
    /// A complete offer/answer exchange.
    pub(super) struct NegotiationKeys: ScenarioError, "`{offerer: …, answerer: …}`" {
        /// The peer that offers.
        expected offerer: At<String> = peer(),
        /// The peer that answers.
        expected answerer: At<String> = peer(),
        /// Whether candidates are handed over as they are gathered, instead of inside the
        /// descriptions.
        optional trickle: bool = flag(),
        /// Whether the offer restarts ICE.
        defaulted ice_restart as "iceRestart": bool = flag(),
        /// How the descriptions are changed in flight.
        optional alter: Alterations = keys(),
    }
}

keys! {
    /// How both descriptions, or one of them, are changed in flight.
    pub(super) struct Alterations: ScenarioError, "alterations", with both: Alteration {
        /// Further changes to the offer.
        defaulted offer: Alteration = alteration(),
        /// Further changes to the answer.
        defaulted answer: Alteration = alteration(),
    }
}

keys! {
    /// A change of the network.
    #[derive(Default)]
    pub(super) struct NetworkKeys: ScenarioError, "`cut`, `restore`, or a mapping" {
        /// The two peers, for both directions.
        optional between: At<Vec<At<String>>> = peers(),
        /// The peer that sends, for one direction.
        optional from: At<String> = peer(),
        /// The peer that receives, for one direction.
        optional to: At<String> = peer(),
        /// Whether all packets are dropped.
        optional cut: bool = flag(),
        /// The share of packets that are lost.
        optional loss: f64 = number(0.0..=1.0, "a number from 0 to 1"),
        /// How long a packet takes.
        optional latency: Duration = duration(),
    }
    besides [SOMETHING_CHANGES, ONE_LINK]
}

/// A change must change something. The reader knows this once it has read the keys.
const SOMETHING_CHANGES: Beside<ScenarioError> = Beside {
    schema: || {
        json!({ "anyOf": [
            { "required": ["cut"] }, { "required": ["loss"] }, { "required": ["latency"] },
        ] })
    },
    check: |_, _| {},
};

const ONE_LINK: Beside<ScenarioError> = Beside {
    schema: || {
        json!({
            "dependentRequired": { "from": ["to"], "to": ["from"] },
            "not": { "required": ["between", "from"] },
            "properties": { "between": { "minItems": 2, "maxItems": 2, "type": "array" } },
        })
    },
    check: |change, problems| {
        let has = |key| change.get(key).is_some();
        let problem = match (has("between"), has("from"), has("to")) {
            (true, true, _) | (true, _, true) => ScenarioError::BothDirections,
            (_, true, false) => ShapeError::Missing { key: "to" }.into(),
            (_, false, true) => ShapeError::Missing { key: "from" }.into(),
            _ => return,
        };
        problems.add(change.id, problem);
    },
};

keys! {
    /// What must hold, or which events must be dispatched.
    pub(super) struct ExpectKeys: ScenarioError, "an expectation: `{peer: …, …}`" {
        /// The peers, each of which is checked separately.
        expected peer: At<Vec<At<String>>> = peers(),
        /// The allowed values.
        optional connection_state as "connectionState": Vec<PeerConnectionState> = states(),
        /// The allowed values.
        optional ice_connection_state as "iceConnectionState": Vec<IceConnectionState> = states(),
        /// The allowed values.
        optional ice_gathering_state as "iceGatheringState": Vec<IceGatheringState> = states(),
        /// The allowed values.
        optional signaling_state as "signalingState": Vec<SignalingState> = states(),
        /// The allowed states of every RTCIceTransport.
        optional ice_transport_state as "iceTransportState": Vec<IceTransportState> = states(),
        /// The allowed states of every RTCDtlsTransport.
        optional dtls_transport_state as "dtlsTransportState": Vec<DtlsTransportState> = states(),
        /// By when the attributes must hold; at once if it is missing.
        optional within: Duration = duration(),
        /// The events that must be dispatched in this order; others may come between.
        defaulted events: Vec<String> = events(),
        /// The events that must each be dispatched exactly once.
        defaulted once: Vec<String> = events(),
        /// The events that must not be dispatched.
        defaulted never: Vec<String> = events(),
        /// For each attribute, the values that its events must report, in this order and no others.
        defaulted changes: Changes = keys(),
        /// How long the events are observed.
        optional during: Duration = duration(),
    }
    besides [OF_ATTRIBUTES_OR_OF_EVENTS]
}

/// Changes name at least one attribute.
pub(super) const OF_AN_ATTRIBUTE: Beside<ScenarioError> = Beside {
    schema: || json!({ "minProperties": 1 }),
    check: |node, problems| {
        if matches!(&node.value, Value::Mapping(entries) if entries.is_empty()) {
            let expected = <Changes as Keys<ScenarioError>>::EXPECTED;
            problems.add(node.id, ShapeError::expected(expected, &node.value));
        }
    },
};

const OF_ATTRIBUTES: [&str; 6] = [
    "connectionState",
    "iceConnectionState",
    "iceGatheringState",
    "signalingState",
    "iceTransportState",
    "dtlsTransportState",
];
const OF_EVENTS: [&str; 5] = ["events", "once", "never", "changes", "during"];

/// What an expectation is about, by its keys.
pub(super) struct Subject {
    /// Whether it names an attribute, or a key that ends like one.
    attributes: bool,
    /// Whether it is about attributes.
    pub(super) values: bool,
    /// Whether it is about events.
    pub(super) events: bool,
}

impl Subject {
    pub(super) fn of(expectation: &Node) -> Self {
        let has = |is: fn(&str) -> bool| match &expectation.value {
            Value::Mapping(entries) => entries.iter().any(|entry| is(&entry.key)),
            _ => false,
        };
        let attributes = has(|key| key.ends_with("State"));
        Self {
            attributes,
            values: attributes || has(|key| key == "within"),
            events: has(|key| OF_EVENTS.contains(&key)),
        }
    }
}

const OF_ATTRIBUTES_OR_OF_EVENTS: Beside<ScenarioError> = Beside {
    schema: || {
        let required = |key: &str| json!({ "required": [key] });
        let none = |keys: &[&str]| {
            let keys = keys.iter().map(|key| ((*key).to_owned(), json!(false)));
            Json::Object(keys.collect())
        };
        let not_empty =
            |key: &str| json!({ "required": [key], "properties": { key: { "minItems": 1 } } });
        let mut not_of_events = OF_ATTRIBUTES.to_vec();
        not_of_events.push("within");
        json!({ "anyOf": [
            { "properties": none(&OF_EVENTS), "anyOf": OF_ATTRIBUTES.map(required) },
            {
                "properties": none(&not_of_events),
                "required": ["during"],
                "anyOf": [not_empty("events"), not_empty("once"), not_empty("never"), required("changes")],
            },
        ] })
    },
    check: |expectation, problems| {
        let has = |key| expectation.get(key);
        let is_missing = |key| has(key).is_none_or(|node| node.items().is_empty());
        let of = Subject::of(expectation);
        if of.values && of.events {
            problems.add(expectation.id, ScenarioError::MixedExpectation);
        } else if of.events {
            if ["events", "once", "never"].into_iter().all(is_missing) && has("changes").is_none() {
                problems.add(expectation.id, ScenarioError::EmptyExpectation);
            }
            if has("during").is_none() {
                problems.add(expectation.id, ShapeError::Missing { key: "during" });
            }
        } else if !of.attributes {
            problems.add(expectation.id, ScenarioError::EmptyExpectation);
        }
    },
};
