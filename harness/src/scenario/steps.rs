//! Steps.

use std::collections::BTreeSet;
use std::str::FromStr;

use peerstate_model::fields::{self, Fields, ShapeError};
use peerstate_model::names;
use peerstate_model::states::UnknownState;
use peerstate_model::yaml::{Document, Entry, Node, Value};

use super::arguments::{self, one_or_more, read_duration, word};
use super::error::Found;
use super::{
    Action, Alteration, Attributes, CandidateSource, DescriptionFrom, DescriptionSource, EVENTS,
    EventExpectation, Expectation, Method, Negotiation, ScenarioError, Step,
};
use crate::capability::Capability;
use crate::implementation::{
    Candidate, DescriptionKind, Direction, Link, LinkChange, MediaKind, PeerIndex,
};

/// The kinds of steps, which no peer may be called.
pub(super) const RESERVED: &[&str] = &["negotiate", "network", "expect", "wait", "fails"];

/// The methods, as W3C names them.
const METHODS: &[&str] = &[
    "createDataChannel",
    "addTransceiver",
    "addTrack",
    "removeTrack",
    "createOffer",
    "createAnswer",
    "setLocalDescription",
    "setRemoteDescription",
    "addIceCandidate",
    "restartIce",
    "setConfiguration",
    "getStats",
    "close",
];

/// The errors that a call may be expected to fail with.
const ERRORS: &[&str] = &[
    "InvalidStateError",
    "InvalidModificationError",
    "InvalidAccessError",
    "OperationError",
    "TypeError",
    "SyntaxError",
    "RangeError",
    "NotSupportedError",
    "NotAllowedError",
    "NotReadableError",
    "UnknownError",
    "AbortError",
    "NetworkError",
    "DataError",
    "EncodingError",
    "RTCError",
];

/// What steps may refer to.
struct Context<'a> {
    peers: &'a [&'a str],
    /// The descriptions kept so far.
    descriptions: BTreeSet<String>,
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
        requires,
    };
    let steps: Vec<_> = items
        .iter()
        .map(|item| {
            let action = read_step(item, &mut context, problems)?;
            let line = document
                .position(item.id)
                .map_or(0, |position| position.line);
            Some(Step { line, action })
        })
        .collect();
    steps.into_iter().collect()
}

fn read_step(node: &Node, context: &mut Context<'_>, problems: &mut Found) -> Option<Action> {
    let fields = Fields::of(node, "a step: a mapping", problems)?;
    let fails = fields.entries().iter().find(|entry| entry.key == "fails");
    let others: Vec<&Entry> = fields
        .entries()
        .iter()
        .filter(|e| e.key != "fails")
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
    match entry.key.as_str() {
        "wait" => read_duration(&entry.value, problems).map(Action::Wait),
        "network" => {
            context.requires.insert(Capability::Network);
            read_network(&entry.value, context, problems)
        }
        "negotiate" => read_negotiation(&entry.value, context, problems).map(Action::Negotiate),
        "expect" => read_expectation(&entry.value, context, problems),
        name => {
            if let Some(peer) = context.peers.iter().position(|peer| *peer == name) {
                read_call(peer, &entry.value, fails, context, problems)
            } else {
                let others = RESERVED.iter().filter(|word| **word != "fails");
                let known: Vec<&str> = context.peers.iter().chain(others).copied().collect();
                let unknown = unknown("peer or kind of step", name, &known);
                problems.add(entry.id, unknown);
                None
            }
        }
    }
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
    place
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

fn read_call(
    peer: PeerIndex,
    node: &Node,
    fails: Option<&Entry>,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> Option<Action> {
    let nothing = Node {
        id: node.id,
        value: Value::Null,
    };
    let (name_id, name, arguments, inner_fails) = match &node.value {
        Value::String(method) => (node.id, method.as_str(), &nothing, None),
        Value::Mapping(entries) => {
            let inner = entries.iter().find(|entry| entry.key == "fails");
            let calls: Vec<&Entry> = entries.iter().filter(|e| e.key != "fails").collect();
            let [call] = calls.as_slice() else {
                let found = format!("{} keys", calls.len());
                problems.add(node.id, ScenarioError::OneMethod { found });
                return None;
            };
            (call.id, call.key.as_str(), &call.value, inner)
        }
        other => {
            problems.add(
                node.id,
                ShapeError::expected("a method, or `{METHOD: ARGS}`", other),
            );
            return None;
        }
    };
    let fails = fails.or(inner_fails).and_then(|entry| {
        let text = fields::text(&entry.value, "the name of an error", problems)?;
        if !ERRORS.contains(&text) {
            problems.add(entry.value.id, unknown("error", text, ERRORS));
        }
        Some(text.to_owned())
    });
    if !METHODS.contains(&name) {
        problems.add(name_id, unknown("method", name, METHODS));
        return None;
    }
    let method = read_method(name, arguments, context, problems)?;
    Some(Action::Call {
        peer,
        method,
        fails,
    })
}

fn read_method(
    name: &str,
    node: &Node,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> Option<Method> {
    match name {
        "setConfiguration" => {
            context.requires.insert(Capability::SetConfiguration);
            let configuration = match node.value {
                Value::Null => Some(crate::configuration::Configuration::default()),
                _ => arguments::read_configuration(node, problems),
            };
            return configuration.map(Method::SetConfiguration);
        }
        "addTransceiver" | "addTrack" | "removeTrack" => {
            context.requires.insert(Capability::Media);
            return read_media(name, node, problems);
        }
        _ => {}
    }
    // Nothing at all stands for no arguments.
    let mut arguments = match node.value {
        Value::Null => None,
        _ => Some(Fields::of(node, "the arguments: a mapping", problems)?),
    };
    let method = match (name, arguments.as_mut()) {
        ("createDataChannel", arguments) => {
            let (mut label, mut negotiated_id) = (None, None);
            if let Some(fields) = arguments {
                label = fields
                    .optional("label")
                    .and_then(|n| fields::text(n, "text", problems));
                negotiated_id = fields.optional("id").and_then(|node| {
                    arguments::whole(node, "a whole number from 0 to 65535", problems)
                });
                if let Some(node) = fields.optional("negotiated")
                    && fields::boolean(node, problems) == Some(true)
                    && negotiated_id.is_none()
                {
                    problems.add(node.id, ShapeError::Missing { key: "id" });
                }
            }
            Method::CreateDataChannel {
                label: label.unwrap_or("data").to_owned(),
                negotiated_id,
            }
        }
        ("createOffer", arguments) => {
            let (mut ice_restart, mut name) = (None, None);
            if let Some(fields) = arguments {
                ice_restart = fields
                    .optional("iceRestart")
                    .and_then(|n| fields::boolean(n, problems));
                name = read_name(fields, context, problems);
            }
            let ice_restart = ice_restart.unwrap_or(false);
            if ice_restart {
                context.requires.insert(Capability::RestartIce);
            }
            Method::CreateOffer { ice_restart, name }
        }
        ("createAnswer", arguments) => Method::CreateAnswer {
            name: arguments.and_then(|f| read_name(f, context, problems)),
        },
        ("setLocalDescription", arguments) => {
            Method::SetLocalDescription(read_source(arguments, context, problems))
        }
        ("setRemoteDescription", arguments) => {
            Method::SetRemoteDescription(read_source(arguments, context, problems))
        }
        ("addIceCandidate", None) => Method::AddIceCandidate(CandidateSource::End),
        ("addIceCandidate", Some(fields)) => {
            Method::AddIceCandidate(read_candidate(fields, context, problems)?)
        }
        ("restartIce", _) => {
            context.requires.insert(Capability::RestartIce);
            Method::RestartIce
        }
        ("getStats", _) => {
            context.requires.insert(Capability::GetStats);
            Method::GetStats
        }
        _ => Method::Close,
    };
    if let Some(fields) = arguments {
        fields.reject_unknown(problems);
    }
    Some(method)
}

fn read_name(
    fields: &mut Fields<'_>,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> Option<String> {
    let node = fields.optional("as")?;
    let name = fields::text(node, "a name", problems)?;
    context.descriptions.insert(name.to_owned());
    Some(name.to_owned())
}

fn read_media(name: &str, node: &Node, problems: &mut Found) -> Option<Method> {
    const KINDS: [(&str, MediaKind); 2] =
        [("audio", MediaKind::Audio), ("video", MediaKind::Video)];
    if let Value::String(_) = node.value {
        let kind = word(node, "kind of media", &KINDS, problems)?;
        return Some(media_method(name, kind, Direction::default()));
    }
    let mut fields = Fields::of(node, "`{kind: audio}` or `{kind: video}`", problems)?;
    let kind = fields
        .required("kind", problems)
        .and_then(|node| word(node, "kind of media", &KINDS, problems));
    let mut direction = Direction::default();
    if name == "addTransceiver"
        && let Some(node) = fields.optional("direction")
    {
        let words = [
            ("sendrecv", Direction::Sendrecv),
            ("sendonly", Direction::Sendonly),
            ("recvonly", Direction::Recvonly),
            ("inactive", Direction::Inactive),
        ];
        direction = word(node, "RTCRtpTransceiverDirection", &words, problems).unwrap_or_default();
    }
    fields.reject_unknown(problems);
    Some(media_method(name, kind?, direction))
}

fn media_method(name: &str, kind: MediaKind, direction: Direction) -> Method {
    match name {
        "addTrack" => Method::AddTrack { kind },
        "removeTrack" => Method::RemoveTrack { kind },
        _ => Method::AddTransceiver { kind, direction },
    }
}

fn read_source(
    fields: Option<&mut Fields<'_>>,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> DescriptionSource {
    let Some(fields) = fields else {
        return DescriptionSource::default();
    };
    let from = fields.optional("from").and_then(|node| {
        let name = fields::text(node, "the name of a description", problems)?;
        if context.descriptions.contains(name) {
            return Some(DescriptionFrom::Name(name.to_owned()));
        }
        if let Some(peer) = context.peers.iter().position(|peer| *peer == name) {
            return Some(DescriptionFrom::Peer(peer));
        }
        let known = context
            .descriptions
            .iter()
            .map(String::as_str)
            .chain(context.peers.iter().copied());
        problems.add(
            node.id,
            unknown("description", name, &known.collect::<Vec<_>>()),
        );
        None
    });
    let kind = fields.optional("type").and_then(|node| {
        let words = [
            ("offer", DescriptionKind::Offer),
            ("pranswer", DescriptionKind::Pranswer),
            ("answer", DescriptionKind::Answer),
            ("rollback", DescriptionKind::Rollback),
        ];
        word(node, "RTCSdpType", &words, problems)
    });
    match kind {
        Some(DescriptionKind::Pranswer) => _ = context.requires.insert(Capability::Pranswer),
        Some(DescriptionKind::Rollback) => _ = context.requires.insert(Capability::Rollback),
        _ => {}
    }
    let alteration = fields.optional("alter").and_then(|node| {
        let mut inner = Fields::of(node, "an alteration", problems)?;
        let alteration = arguments::read_alteration(&mut inner, problems);
        inner.reject_unknown(problems);
        Some(alteration)
    });
    let alteration = alteration.unwrap_or_default();
    if alteration != Alteration::default() {
        context.requires.insert(Capability::Sdp);
    }
    DescriptionSource {
        from: from.unwrap_or_default(),
        kind,
        alteration,
    }
}

fn read_candidate(
    fields: &mut Fields<'_>,
    context: &Context<'_>,
    problems: &mut Found,
) -> Option<CandidateSource> {
    if let Some(node) = fields.optional("from") {
        let peer = read_peer(node, context, problems);
        let again = fields
            .optional("again")
            .and_then(|node| fields::boolean(node, problems));
        return Some(CandidateSource::From {
            peer: peer?,
            again: again.unwrap_or(false),
        });
    }
    if let Some(node) = fields.optional("end") {
        fields::boolean(node, problems)?;
        return Some(CandidateSource::End);
    }
    let mut text = |key| {
        let node = fields.optional(key)?;
        fields::text(node, "text", problems).map(str::to_owned)
    };
    let (candidate, sdp_mid, username_fragment) =
        (text("candidate"), text("sdpMid"), text("usernameFragment"));
    let sdp_mline_index = fields
        .optional("sdpMLineIndex")
        .and_then(|node| arguments::whole(node, "a whole number from 0 to 65535", problems));
    let Some(candidate) = candidate else {
        problems.add(fields.id, ShapeError::Missing { key: "from" });
        return None;
    };
    Some(CandidateSource::Literal(Candidate {
        candidate,
        sdp_mid,
        sdp_mline_index,
        username_fragment,
    }))
}

fn read_network(node: &Node, context: &Context<'_>, problems: &mut Found) -> Option<Action> {
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
        _ => {
            problems.add(id, ShapeError::Missing { key: "from" });
            return None;
        }
    };
    if let Link::Between(one, other) | Link::FromTo(one, other) = link
        && one == other
    {
        let name = context
            .peers
            .get(one)
            .copied()
            .unwrap_or_default()
            .to_owned();
        problems.add(id, ScenarioError::SamePeer { name });
    }
    Some(Action::Network { link, change })
}

fn read_negotiation(
    node: &Node,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> Option<Negotiation> {
    let mut fields = Fields::of(node, "`{offerer: …, answerer: …}`", problems)?;
    let offerer = fields
        .required("offerer", problems)
        .and_then(|n| read_peer(n, context, problems));
    let answerer = fields
        .required("answerer", problems)
        .and_then(|n| read_peer(n, context, problems));
    let trickle = fields
        .optional("trickle")
        .and_then(|node| fields::boolean(node, problems));
    let ice_restart = fields
        .optional("iceRestart")
        .and_then(|node| fields::boolean(node, problems));
    let (mut offer, mut answer) = (Alteration::default(), Alteration::default());
    if let Some(alter) = fields.optional("alter") {
        context.requires.insert(Capability::Sdp);
        if let Some(mut inner) = Fields::of(alter, "alterations", problems) {
            let both = arguments::read_alteration(&mut inner, problems);
            let mut side = |key| {
                let mut fields = Fields::of(inner.optional(key)?, "an alteration", problems)?;
                let alteration = arguments::read_alteration(&mut fields, problems);
                fields.reject_unknown(problems);
                Some(alteration)
            };
            offer = side("offer").unwrap_or_default().and(both);
            answer = side("answer").unwrap_or_default().and(both);
            inner.reject_unknown(problems);
        }
    }
    fields.reject_unknown(problems);
    let (offerer, answerer) = (offerer?, answerer?);
    if offerer == answerer {
        let name = context
            .peers
            .get(offerer)
            .copied()
            .unwrap_or_default()
            .to_owned();
        problems.add(node.id, ScenarioError::SamePeer { name });
    }
    let ice_restart = ice_restart.unwrap_or(false);
    if ice_restart {
        context.requires.insert(Capability::RestartIce);
    }
    let trickle = trickle.unwrap_or(true);
    Some(Negotiation {
        offerer,
        answerer,
        trickle,
        ice_restart,
        offer,
        answer,
    })
}

impl Alteration {
    /// This, and the other where this says nothing.
    fn and(self, other: Self) -> Self {
        Self {
            wrong_fingerprint: self.wrong_fingerprint || other.wrong_fingerprint,
            no_bundle: self.no_bundle || other.no_bundle,
            no_candidates: self.no_candidates || other.no_candidates,
            setup: self.setup.or(other.setup),
            reject: self.reject.or(other.reject),
        }
    }
}

fn read_expectation(node: &Node, context: &Context<'_>, problems: &mut Found) -> Option<Action> {
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
    let never = fields.optional("never");
    let during = fields.optional("during");
    let fields_name_an_attribute = fields
        .entries()
        .iter()
        .any(|entry| entry.key.ends_with("State"));
    let of_attributes = fields_name_an_attribute || within.is_some();
    let of_events = events.is_some() || never.is_some() || during.is_some();
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
            let within = within.map_or(Some(std::time::Duration::ZERO), |node| {
                read_duration(node, problems)
            });
            Some(Action::Expect(Expectation {
                peers: peers?,
                attributes,
                within: within?,
            }))
        }
        (false, true) => {
            let events = read_events(events, problems);
            let never = read_events(never, problems);
            if events.is_empty() && never.is_empty() {
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
                never,
                during: during?,
            }))
        }
    }
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
