//! Reads the arguments of each method.

use peerstate_model::input::fields::ShapeError;
use peerstate_model::input::keys::{Beside, Keys, keys};
use peerstate_model::input::shape::{At, Shape, either, flag, never, only_true, text, whole, word};
use peerstate_model::input::yaml::Value;
use peerstate_model::keys;
use serde_json::json;

use super::{Context, find_peer, unknown};
use crate::implementation::capability::Capability;
use crate::implementation::{
    Call, Candidate, DescriptionType, Direction, MediaKind, Method, PeerIndex,
};
use crate::scenario::error::Found;
use crate::scenario::keys::{alteration, configuration, peer};
use crate::scenario::{
    Alteration, CandidateSource, DescriptionFrom, DescriptionSource, ScenarioError, WrittenCall,
};

/// The arguments of a method, before the names in them are resolved.
pub(super) enum Written {
    Call(WrittenCall),
    Offer(OfferKeys),
    Answer(AnswerKeys),
    Local(SourceKeys),
    Remote(SourceKeys),
    Candidates(Candidates),
}

/// Returns how the arguments of a method are written.
pub(super) fn arguments(method: Method) -> Shape<ScenarioError, Written> {
    match method {
        Method::CreateDataChannel => call(|keys: ChannelKeys| Call::CreateDataChannel {
            label: keys.label.unwrap_or_else(|| "data".to_owned()),
            // Without `negotiated`, the W3C text ignores the id.
            negotiated_id: keys.id.filter(|_| keys.negotiated),
        }),
        Method::AddTransceiver => {
            let alone = word("kind of media").map(|kind| (kind, Direction::default()));
            let keys = keys().map(|keys: TransceiverKeys| (keys.kind, keys.direction));
            let either = either(is_text, alone, keys);
            either.map(|(kind, direction)| Written::Call(Call::AddTransceiver { kind, direction }))
        }
        Method::AddTrack => track(|kind| Call::AddTrack { kind }),
        Method::RemoveTrack => track(|kind| Call::RemoveTrack { kind }),
        Method::CreateOffer => keys().or_nothing().map(Written::Offer),
        Method::CreateAnswer => keys().or_nothing().map(Written::Answer),
        Method::SetLocalDescription => keys().or_nothing().map(Written::Local),
        Method::SetRemoteDescription => keys().or_nothing().map(Written::Remote),
        Method::AddIceCandidate => candidates().map(Written::Candidates),
        Method::RestartIce => call(|_: NoKeys| Call::RestartIce),
        Method::SetConfiguration => {
            configuration().map(|given| Written::Call(Call::SetConfiguration(given)))
        }
        Method::GetStats => call(|_: NoKeys| Call::GetStats),
        Method::Close => call(|_: NoKeys| Call::Close),
    }
}

/// Returns a call with a mapping of arguments, or without arguments.
fn call<K: Keys<ScenarioError> + Default>(
    call: fn(K) -> WrittenCall,
) -> Shape<ScenarioError, Written> {
    let keys = keys().or_nothing();
    keys.map(move |keys| Written::Call(call(keys)))
}

/// Returns a call with a kind of media.
fn track(call: fn(MediaKind) -> WrittenCall) -> Shape<ScenarioError, Written> {
    let keys = keys().map(|keys: TrackKeys| keys.kind);
    let kind = either(is_text, word("kind of media"), keys);
    kind.map(move |kind| Written::Call(call(kind)))
}

const fn is_text(value: &Value) -> bool {
    matches!(value, Value::String(_))
}

keys! {
    /// No arguments.
    #[derive(Default)]
    struct NoKeys: ScenarioError, "the arguments: a mapping" {}
}

keys! {
    /// `createDataChannel(label, {negotiated, id})`.
    #[derive(Default)]
    struct ChannelKeys: ScenarioError, "the arguments: a mapping" {
        /// The label; the default is `data`.
        optional label: String = text("text"),
        /// The id of a channel negotiated out of band.
        optional id: u16 = whole(0..=65535, "a whole number from 0 to 65535"),
        /// Whether the channel is negotiated out of band; if so, it has an id.
        defaulted negotiated: bool = flag(),
    }
    besides [NEGOTIATED_WITH_AN_ID]
}

const NEGOTIATED_WITH_AN_ID: Beside<ScenarioError> = Beside {
    schema: || {
        let negotiated = json!({ "negotiated": { "const": true } });
        json!({
            "if": { "required": ["negotiated"], "properties": negotiated },
            "then": { "required": ["id"] },
        })
    },
    check: |channel, problems| {
        if let Some(negotiated) = channel.get("negotiated")
            && negotiated.value == Value::Bool(true)
            && channel.get("id").is_none()
        {
            problems.add(negotiated.id, ShapeError::Missing { key: "id" });
        }
    },
};

keys! {
    /// `addTransceiver(kind, {direction})`.
    struct TransceiverKeys: ScenarioError, "`{kind: audio}` or `{kind: video}`" {
        /// Audio or video.
        required kind: MediaKind = word("kind of media"),
        /// The direction; the default is `sendrecv`.
        defaulted direction: Direction = word("RTCRtpTransceiverDirection"),
    }
}

keys! {
    /// `addTrack(track)` or `removeTrack(sender)`, by the kind of the track.
    struct TrackKeys: ScenarioError, "`{kind: audio}` or `{kind: video}`" {
        /// Audio or video.
        required kind: MediaKind = word("kind of media"),
    }
}

keys! {
    /// `createOffer({iceRestart})`.
    #[derive(Default)]
    pub(super) struct OfferKeys: ScenarioError, "the arguments: a mapping" {
        /// Whether the offer restarts ICE.
        defaulted ice_restart as "iceRestart": bool = flag(),
        /// The name under which the description is kept.
        optional kept_as as "as": String = text("a name"),
    }
}

keys! {
    /// `createAnswer()`.
    #[derive(Default)]
    pub(super) struct AnswerKeys: ScenarioError, "the arguments: a mapping" {
        /// The name under which the description is kept.
        optional kept_as as "as": String = text("a name"),
    }
}

keys! {
    /// `setLocalDescription(description)` or `setRemoteDescription(description)`.
    #[derive(Default)]
    pub(super) struct SourceKeys: ScenarioError, "the arguments: a mapping" {
        /// A description that was kept under this name, or the one that the peer of this name
        /// created last.
        optional from: At<String> = text("the name of a description").placed(),
        /// The type as which it is passed; by default, the type as which it was created.
        optional kind as "type": DescriptionType = word("RTCSdpType"),
        /// How it is changed in flight.
        defaulted alter: Alteration = alteration(),
    }
}

/// The candidates to add, before the peer is resolved.
#[derive(Default)]
pub(super) enum Candidates {
    #[default]
    End,
    From(FromKeys),
    Literal(Candidate),
}

fn candidates() -> Shape<ScenarioError, Candidates> {
    let from = keys().map(Candidates::From);
    let end = keys().map(|_: EndKeys| Candidates::End);
    let literal = keys().then(|keys: LiteralKeys, _, _| {
        Some(Candidates::Literal(Candidate {
            candidate: keys.candidate?,
            sdp_mid: keys.sdp_mid,
            sdp_mline_index: keys.sdp_mline_index,
            username_fragment: keys.username_fragment,
        }))
    });
    let has_end = |value: &Value| value.get("end").is_some();
    let has_from = |value: &Value| value.get("from").is_some();
    either(has_from, from, either(has_end, end, literal)).or_nothing()
}

keys! {
    /// The candidates that a peer has gathered.
    pub(super) struct FromKeys: ScenarioError, "the arguments: a mapping" {
        /// The peer that gathered them.
        expected from: At<String> = peer(),
        /// Whether to hand over again those that were handed over before.
        defaulted again: bool = flag(),
    }
}

keys! {
    /// The end of candidates.
    struct EndKeys: ScenarioError, "the arguments: a mapping" {
        /// With other keys, candidates.
        optional _from as "from": () = never(),
        /// There are no more candidates.
        required _end as "end": bool = only_true("`true`; leave the key out where candidates follow"),
    }
}

keys! {
    /// A candidate written out.
    struct LiteralKeys: ScenarioError, "the arguments: a mapping" {
        /// With other keys, candidates that a peer has gathered.
        optional _from as "from": () = never(),
        /// Alone, the end of candidates.
        optional _end as "end": () = never(),
        /// The candidate attribute.
        optional candidate: String = text("text"),
        /// The media section, by its `mid`.
        optional sdp_mid as "sdpMid": String = text("text"),
        /// The generation, by its `ice-ufrag`.
        optional username_fragment as "usernameFragment": String = text("text"),
        /// The media section, by its place.
        optional sdp_mline_index as "sdpMLineIndex": u16 =
            whole(0..=65535, "a whole number from 0 to 65535"),
    }
    besides [SOME_CANDIDATE]
}

const SOME_CANDIDATE: Beside<ScenarioError> = Beside {
    schema: || json!({ "required": ["candidate"] }),
    check: |node, problems| {
        if node.get("candidate").is_none() {
            problems.add(node.id, ShapeError::Missing { key: "from" });
        }
    },
};

impl Written {
    /// Returns the call, and the name under which its description is kept.
    pub(super) fn resolve(
        self,
        context: &mut Context<'_>,
        problems: &mut Found,
    ) -> Option<(WrittenCall, Option<String>)> {
        let call = match self {
            Self::Call(call) => call,
            Self::Offer(OfferKeys {
                ice_restart,
                kept_as,
            }) => {
                context.descriptions.extend(kept_as.clone());
                if ice_restart {
                    context.requires.insert(Capability::IceRestart);
                }
                return Some((Call::CreateOffer { ice_restart }, kept_as));
            }
            Self::Answer(AnswerKeys { kept_as }) => {
                context.descriptions.extend(kept_as.clone());
                return Some((Call::CreateAnswer, kept_as));
            }
            Self::Local(keys) => Call::SetLocalDescription(keys.source(context, problems)),
            Self::Remote(keys) => Call::SetRemoteDescription(keys.source(context, problems)),
            Self::Candidates(Candidates::End) => Call::AddIceCandidate(CandidateSource::End),
            Self::Candidates(Candidates::Literal(candidate)) => {
                Call::AddIceCandidate(CandidateSource::Literal(candidate))
            }
            Self::Candidates(Candidates::From(FromKeys { from, again })) => {
                let peer = find_peer(from, context, problems)?;
                Call::AddIceCandidate(CandidateSource::From { peer, again })
            }
        };
        Some((call, None))
    }
}

impl SourceKeys {
    fn source(self, context: &mut Context<'_>, problems: &mut Found) -> DescriptionSource {
        match self.kind {
            Some(DescriptionType::Pranswer) => _ = context.requires.insert(Capability::Pranswer),
            Some(DescriptionType::Rollback) => _ = context.requires.insert(Capability::Rollback),
            _ => {}
        }
        if self.alter != Alteration::default() {
            context.requires.insert(Capability::Sdp);
        }
        let from = self
            .from
            .and_then(|from| find_description(from, context, problems));
        DescriptionSource {
            from: from.unwrap_or_default(),
            kind: self.kind,
            alteration: self.alter,
        }
    }
}

/// Finds a description that was kept under a name, or the one that the peer of that name created
/// last.
fn find_description(
    from: At<String>,
    context: &Context<'_>,
    problems: &mut Found,
) -> Option<DescriptionFrom> {
    let name = from.value?;
    if context.descriptions.contains(&name) {
        return Some(DescriptionFrom::Name(name));
    }
    if let Some(peer) = context.peers.iter().position(|peer| *peer == name) {
        return Some(DescriptionFrom::Peer(PeerIndex(peer)));
    }
    let kept = context.descriptions.iter().map(String::as_str);
    let known: Vec<_> = kept.chain(context.peers.iter().copied()).collect();
    problems.add(from.node, unknown("description", &name, &known));
    None
}
