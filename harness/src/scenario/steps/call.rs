//! A call of a method on a peer, and what it is given.

use peerstate_model::input::fields::{self, Fields, ShapeError};
use peerstate_model::input::yaml::{Entry, Node, Value};

use super::{Context, read_peer, unknown};
use crate::implementation::capability::Capability;
use crate::implementation::configuration::Configuration;
use crate::implementation::{
    Call, Candidate, DescriptionType, Direction, MediaKind, Method, PeerIndex,
};
use crate::scenario::arguments::{self, word};
use crate::scenario::error::Found;
use crate::scenario::{
    Action, Alteration, CandidateSource, DescriptionFrom, DescriptionSource, ScenarioError,
    WrittenCall,
};

/// The errors that a call may be expected to fail with.
pub const ERRORS: &[&str] = &[
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

pub(super) fn read_call(
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
    if let (Some(_), Some(inner)) = (fails, inner_fails) {
        problems.add(inner.id, ScenarioError::FailsTwice);
    }
    let fails = fails.or(inner_fails).and_then(|entry| {
        let text = fields::text(&entry.value, "the name of an error", problems)?;
        if !ERRORS.contains(&text) {
            problems.add(entry.value.id, unknown("error", text, ERRORS));
        }
        context.requires.insert(Capability::Exceptions);
        Some(text.to_owned())
    });
    let Some(method) = Method::ALL.iter().find(|method| method.as_str() == name) else {
        let known: Vec<_> = Method::ALL.iter().map(|method| method.as_str()).collect();
        problems.add(name_id, unknown("method", name, &known));
        return None;
    };
    let mut kept_as = None;
    let mut call = read_arguments(*method, arguments, &mut kept_as, context, problems)?;
    track_description(&mut call, peer, fails.is_none(), context);
    Some(Action::Call {
        peer,
        call,
        kept_as,
        fails,
    })
}

fn read_arguments(
    method: Method,
    node: &Node,
    kept_as: &mut Option<String>,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> Option<WrittenCall> {
    context.requires.extend(needs(method));
    match method {
        Method::CreateDataChannel => read_fields(node, problems, |fields, problems| {
            Some(read_channel(fields, problems))
        }),
        Method::AddTransceiver | Method::AddTrack | Method::RemoveTrack => {
            read_media(method, node, problems)
        }
        Method::CreateOffer => read_fields(node, problems, |fields, problems| {
            let mut ice_restart = None;
            if let Some(fields) = fields {
                let node = fields.optional("iceRestart");
                ice_restart = node.and_then(|node| fields::boolean(node, problems));
                *kept_as = read_name(fields, context, problems);
            }
            let ice_restart = ice_restart.unwrap_or(false);
            if ice_restart {
                context.requires.insert(Capability::RestartIce);
            }
            Some(Call::CreateOffer { ice_restart })
        }),
        Method::CreateAnswer => read_fields(node, problems, |fields, problems| {
            *kept_as = fields.and_then(|fields| read_name(fields, context, problems));
            Some(Call::CreateAnswer)
        }),
        Method::SetLocalDescription => read_fields(node, problems, |fields, problems| {
            let source = read_source(fields, context, problems);
            Some(Call::SetLocalDescription(source))
        }),
        Method::SetRemoteDescription => read_fields(node, problems, |fields, problems| {
            let source = read_source(fields, context, problems);
            Some(Call::SetRemoteDescription(source))
        }),
        Method::AddIceCandidate => read_fields(node, problems, |fields, problems| {
            let source = match fields {
                None => CandidateSource::End,
                Some(fields) => read_candidate(fields, context, problems)?,
            };
            Some(Call::AddIceCandidate(source))
        }),
        Method::RestartIce => read_fields(node, problems, |_, _| Some(Call::RestartIce)),
        Method::SetConfiguration => {
            let configuration = match node.value {
                Value::Null => Some(Configuration::default()),
                _ => arguments::read_configuration(node, problems),
            };
            configuration.map(Call::SetConfiguration)
        }
        Method::GetStats => read_fields(node, problems, |_, _| Some(Call::GetStats)),
        Method::Close => read_fields(node, problems, |_, _| Some(Call::Close)),
    }
}

/// Reads a mapping of arguments, or none at all.
fn read_fields(
    node: &Node,
    problems: &mut Found,
    read: impl FnOnce(Option<&mut Fields<'_>>, &mut Found) -> Option<WrittenCall>,
) -> Option<WrittenCall> {
    if matches!(node.value, Value::Null) {
        return read(None, problems);
    }
    let mut fields = Fields::of(node, "the arguments: a mapping", problems)?;
    let call = read(Some(&mut fields), problems)?;
    fields.reject_unknown(problems);
    Some(call)
}

/// What a method needs of an implementation, whatever its arguments.
const fn needs(method: Method) -> Option<Capability> {
    match method {
        Method::AddTransceiver | Method::AddTrack | Method::RemoveTrack => Some(Capability::Media),
        Method::RestartIce => Some(Capability::RestartIce),
        Method::SetConfiguration => Some(Capability::SetConfiguration),
        Method::GetStats => Some(Capability::GetStats),
        _ => None,
    }
}

fn read_channel(fields: Option<&mut Fields<'_>>, problems: &mut Found) -> WrittenCall {
    let (mut label, mut negotiated_id) = (None, None);
    if let Some(fields) = fields {
        let node = fields.optional("label");
        label = node.and_then(|node| fields::text(node, "text", problems));
        let id = fields
            .optional("id")
            .and_then(|node| arguments::whole(node, "a whole number from 0 to 65535", problems));
        // Without `negotiated` W3C ignores the id.
        if let Some(node) = fields.optional("negotiated")
            && fields::boolean(node, problems) == Some(true)
        {
            negotiated_id = id;
            if id.is_none() {
                problems.add(node.id, ShapeError::Missing { key: "id" });
            }
        }
    }
    Call::CreateDataChannel {
        label: label.unwrap_or("data").to_owned(),
        negotiated_id,
    }
}

/// Follows which peers have made a description that is not set, and sees what the implementation
/// must make itself.
fn track_description(
    call: &mut WrittenCall,
    peer: PeerIndex,
    succeeds: bool,
    context: &mut Context<'_>,
) {
    match call {
        Call::CreateOffer { .. } | Call::CreateAnswer if succeeds => {
            context.unset.insert(peer);
        }
        Call::SetLocalDescription(source) => {
            let is_unsaid = source.from == DescriptionFrom::Unsaid && source.kind.is_none();
            if is_unsaid && !context.unset.contains(&peer) {
                source.from = DescriptionFrom::Implementation;
                context.requires.insert(Capability::Parameterless);
            }
            if succeeds {
                context.unset.remove(&peer);
            }
        }
        _ => {}
    }
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

fn read_media(method: Method, node: &Node, problems: &mut Found) -> Option<WrittenCall> {
    const KINDS: [(&str, MediaKind); 2] =
        [("audio", MediaKind::Audio), ("video", MediaKind::Video)];
    if let Value::String(_) = node.value {
        let kind = word(node, "kind of media", &KINDS, problems)?;
        return Some(media_call(method, kind, Direction::default()));
    }
    let mut fields = Fields::of(node, "`{kind: audio}` or `{kind: video}`", problems)?;
    let kind = fields
        .required("kind", problems)
        .and_then(|node| word(node, "kind of media", &KINDS, problems));
    let mut direction = Direction::default();
    if method == Method::AddTransceiver
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
    Some(media_call(method, kind?, direction))
}

fn media_call(method: Method, kind: MediaKind, direction: Direction) -> WrittenCall {
    match method {
        Method::AddTrack => Call::AddTrack { kind },
        Method::RemoveTrack => Call::RemoveTrack { kind },
        _ => Call::AddTransceiver { kind, direction },
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
            return Some(DescriptionFrom::Peer(PeerIndex(peer)));
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
            ("offer", DescriptionType::Offer),
            ("pranswer", DescriptionType::Pranswer),
            ("answer", DescriptionType::Answer),
            ("rollback", DescriptionType::Rollback),
        ];
        word(node, "RTCSdpType", &words, problems)
    });
    match kind {
        Some(DescriptionType::Pranswer) => _ = context.requires.insert(Capability::Pranswer),
        Some(DescriptionType::Rollback) => _ = context.requires.insert(Capability::Rollback),
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
        if fields::boolean(node, problems)? {
            return Some(CandidateSource::End);
        }
        let expected = "`true`; leave the key out where candidates follow";
        problems.add(node.id, ShapeError::expected(expected, &node.value));
        return None;
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::implementation::capability::Capability;
    use crate::scenario;

    /// What the implementation would have to make itself is a capability.
    #[rstest]
    #[case("[{alice: setLocalDescription}]", true)]
    #[case("[{alice: createOffer}, {alice: setLocalDescription}]", false)]
    #[case("[{bob: createOffer}, {alice: setLocalDescription}]", true)]
    #[case(
        "[{alice: createOffer}, {alice: setLocalDescription}, {alice: setLocalDescription}]",
        true
    )]
    #[case(
        "[{alice: createOffer, fails: TypeError}, {alice: setLocalDescription}]",
        true
    )]
    #[case("[{alice: {setLocalDescription: {type: rollback}}}]", false)]
    #[case(
        "[{negotiate: {offerer: alice, answerer: bob}}, {bob: setLocalDescription}]",
        true
    )]
    fn a_description_that_nobody_made(#[case] steps: &str, #[case] is_implied: bool) {
        let text = format!("title: x\nsteps: {steps}\n");
        let scenario = scenario::parse("x.yaml", "x", &text).unwrap();
        let requires = &scenario.requires;
        assert_eq!(requires.contains(&Capability::Parameterless), is_implied);
    }
}
