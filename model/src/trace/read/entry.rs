//! How an entry is written.

use serde_json::{Map, Value as Json, json};

use super::TraceError;
use super::shapes::{Seen, choice, id, moment, result, seen, text};
use crate::input::fields::{Fields, Problems};
use crate::input::keys::{Keys, keys, open_keys};
use crate::input::names;
use crate::input::shape::{At as Placed, Definitions, Shape, flag, list, whole};
use crate::input::yaml::{Node, NodeId};
use crate::keys;
use crate::states::{
    DtlsTransportState, IceConnectionState, IceGathererState, IceGatheringState, IceTransportState,
    PeerConnectionState, SignalingState, UnknownState,
};
use crate::trace::{
    ActionResult, At, Attribute, DescriptionType, Entry, Phase, State, TransportKind,
    TransportState, UnknownValue, ValuePlace, What,
};

keys! {
    /// What one peer did or showed, or what its attributes read. Further keys are kept.
    struct EntryKeys: TraceError, "an entry: an object" {
        /// When: milliseconds since the start, never less than in the line before.
        required at: Placed<At> = moment().placed(),
        /// At which peer, by its name in the header.
        required peer: Placed<String> = text("the name of a peer").placed(),
        /// What the attributes read at that moment, as far as they were read.
        defaulted state: StateKeys = keys(),
        /// The transports that the connection referenced at that moment.
        optional transports: Vec<TransportKeys> = transports(),
        /// The event-loop task in which it ran.
        optional task: u64 = whole(0..=u64::MAX, "a whole number"),
        /// Whether what drives the peer had ended by itself, so that no state can change any more.
        defaulted ended: bool = flag(),
    }
}

keys! {
    /// The application called into the peer.
    struct ActionKeys: TraceError, "an action" {
        /// The method, such as `setLocalDescription`.
        required action: String = text("text"),
        /// How it returned.
        optional result: ActionResult = result(),
        /// Which half of the call this is; left out where the entry is the whole call.
        optional phase: Phase = choice(),
        /// The type of the description that it sets.
        optional description as "type": DescriptionType = choice(),
    }
}

keys! {
    /// The peer dispatched an event.
    struct EventKeys: TraceError, "an event" {
        /// The type of the event, such as `connectionstatechange`.
        required event: String = text("text"),
        /// The id of the transport that it was dispatched on.
        optional transport: String = id(),
        /// The kind of that transport.
        optional kind: TransportKind = choice(),
        /// What the event itself said.
        optional value: String = text("a state: a text"),
    }
}

keys! {
    /// The attributes were read.
    struct SampleKeys: TraceError, "a sample" {
        /// Why: `poll`, `after-action`, `end`.
        required sample: String = text("text"),
    }
}

keys! {
    /// What there is to say.
    struct NoteKeys: TraceError, "a note" {
        /// Free text, never judged.
        required note: String = text("text"),
    }
}

keys! {
    /// The attributes of a connection. A text that is not a string of W3C is a deviation.
    #[derive(Default)]
    struct StateKeys: TraceError, "an object of attributes" {
        /// An `RTCPeerConnectionState`.
        optional connection as "connectionState": Seen<PeerConnectionState> = seen(),
        /// An `RTCIceConnectionState`.
        optional ice_connection as "iceConnectionState": Seen<IceConnectionState> = seen(),
        /// An `RTCIceGatheringState`.
        optional ice_gathering as "iceGatheringState": Seen<IceGatheringState> = seen(),
        /// An `RTCSignalingState`.
        optional signaling as "signalingState": Seen<SignalingState> = seen(),
    }
}

keys! {
    /// A transport. A text that is not a string of W3C is a deviation.
    struct TransportKeys: TraceError, "a transport: an object with `id`" {
        /// What it is called, the same throughout the trace.
        required id: Placed<String> = id().placed(),
        /// The `RTCIceTransportState`.
        optional ice: Seen<IceTransportState> = seen(),
        /// The `RTCDtlsTransportState`.
        optional dtls: Seen<DtlsTransportState> = seen(),
        /// The `RTCIceGathererState`.
        optional gathering: Seen<IceGathererState> = seen(),
    }
}

fn transports() -> Shape<TraceError, Vec<TransportKeys>> {
    list("a list of transports", keys()).then(
        |transports: Vec<TransportKeys>, _, problems: &mut Problems<TraceError>| {
            for (place, transport) in transports.iter().enumerate() {
                let Placed { node, value } = &transport.id;
                if let Some(id) = value
                    && transports
                        .iter()
                        .take(place)
                        .any(|other| other.id.value == *value)
                {
                    problems.add(*node, TraceError::DuplicateTransport(names::shorten(id)));
                }
            }
            Some(transports)
        },
    )
}

/// The kinds of an entry: the key of each, and the table of the keys that go with it.
struct Kind {
    key: &'static str,
    take: fn(&mut Fields<'_>, &mut Problems<TraceError>) -> Option<What>,
    schema: fn(&mut Definitions) -> Json,
}

const fn kind<K: Keys<TraceError> + Into<What>>(key: &'static str) -> Kind {
    Kind {
        key,
        take: |fields, problems| K::take(fields, problems).map(Into::into),
        schema: |definitions| open_keys::<_, K>().schema(definitions),
    }
}

/// The kinds of entry. An entry has the key of exactly one.
const KINDS: [Kind; 4] = [
    kind::<ActionKeys>("action"),
    kind::<EventKeys>("event"),
    kind::<SampleKeys>("sample"),
    kind::<NoteKeys>("note"),
];

impl From<ActionKeys> for What {
    fn from(keys: ActionKeys) -> Self {
        Self::Action {
            name: keys.action,
            result: keys.result,
            phase: keys.phase,
            description: keys.description,
        }
    }
}

impl From<EventKeys> for What {
    fn from(keys: EventKeys) -> Self {
        Self::Event {
            name: keys.event,
            transport: keys.transport,
            kind: keys.kind,
            value: keys.value,
        }
    }
}

impl From<SampleKeys> for What {
    fn from(keys: SampleKeys) -> Self {
        Self::Sample(keys.sample)
    }
}

impl From<NoteKeys> for What {
    fn from(keys: NoteKeys) -> Self {
        Self::Note(keys.note)
    }
}

/// The schema of an entry.
pub(super) fn schema(definitions: &mut Definitions) -> Json {
    let mut schema = open_keys::<_, EntryKeys>().schema(definitions);
    let so_named = |kind: &Kind| json!({ "required": [kind.key] });
    schema["allOf"] = KINDS
        .iter()
        .map(|kind| json!({ "if": so_named(kind), "then": (kind.schema)(definitions) }))
        .collect();
    schema["oneOf"] = KINDS.iter().map(so_named).collect();
    schema
}

/// An entry, and where it names its moment and its peer.
pub(super) struct Placing {
    pub(super) entry: Entry,
    pub(super) at: NodeId,
    pub(super) peer: NodeId,
}

pub(super) fn read(
    node: &Node,
    line: usize,
    problems: &mut Problems<TraceError>,
) -> Option<Placing> {
    let mut fields = Fields::of(node, EntryKeys::EXPECTED, problems)?;
    let keys = EntryKeys::take(&mut fields, problems);
    let what = read_what(node, &mut fields, problems);
    let extra = fields.others();
    let extra: Map<_, _> = extra
        .map(|entry| (entry.key.clone(), Json::from(&entry.value.value)))
        .collect();
    let (keys, what) = (keys?, what?);
    let mut unknown = Vec::new();
    unknown.extend(unknown_value(&what));
    let entry = Entry {
        line,
        at: keys.at.value?,
        peer: keys.peer.value?,
        what,
        state: state(keys.state, &mut unknown),
        transports: keys.transports.map(|transports| {
            let transports = transports.into_iter().enumerate();
            transports
                .filter_map(|(index, keys)| transport(index, keys, &mut unknown))
                .collect()
        }),
        task: keys.task,
        ended: keys.ended,
        unknown,
        extra,
    };
    Some(Placing {
        entry,
        at: keys.at.node,
        peer: keys.peer.node,
    })
}

fn read_what(
    node: &Node,
    fields: &mut Fields<'_>,
    problems: &mut Problems<TraceError>,
) -> Option<What> {
    let mut present = KINDS.iter().filter(|kind| node.get(kind.key).is_some());
    if let (Some(kind), None) = (present.next(), present.next()) {
        return (kind.take)(fields, problems);
    }
    let present = KINDS.iter().filter(|kind| node.get(kind.key).is_some());
    let present: Vec<_> = present.map(|kind| kind.key).collect();
    let found = if present.is_empty() {
        "none".to_owned()
    } else {
        present.join(" and ")
    };
    problems.add(node.id, TraceError::NotOneThing { found });
    None
}

fn state(keys: StateKeys, unknown: &mut Vec<UnknownValue>) -> State {
    let place = ValuePlace::Attribute;
    State {
        connection_state: keys
            .connection
            .and_then(|seen| known(seen, place(Attribute::ConnectionState), unknown)),
        ice_connection_state: keys
            .ice_connection
            .and_then(|seen| known(seen, place(Attribute::IceConnectionState), unknown)),
        ice_gathering_state: keys
            .ice_gathering
            .and_then(|seen| known(seen, place(Attribute::IceGatheringState), unknown)),
        signaling_state: keys
            .signaling
            .and_then(|seen| known(seen, place(Attribute::SignalingState), unknown)),
    }
}

fn transport(
    index: usize,
    keys: TransportKeys,
    unknown: &mut Vec<UnknownValue>,
) -> Option<TransportState> {
    let place = |key| ValuePlace::Transport { index, key };
    Some(TransportState {
        id: keys.id.value?,
        ice: keys.ice.and_then(|seen| known(seen, place("ice"), unknown)),
        dtls: keys
            .dtls
            .and_then(|seen| known(seen, place("dtls"), unknown)),
        gathering: keys
            .gathering
            .and_then(|seen| known(seen, place("gathering"), unknown)),
    })
}

/// The state; `None` for a value that its enum does not have. That value is kept separately: the
/// state that it means is not observed.
fn known<S>(seen: Seen<S>, place: ValuePlace, unknown: &mut Vec<UnknownValue>) -> Option<S> {
    let keep = |(error, value)| {
        unknown.push(UnknownValue {
            place,
            error,
            value,
        });
    };
    seen.map_err(keep).ok()
}

/// The value that an event carries, if the enum of the event does not have it.
fn unknown_value(what: &What) -> Option<UnknownValue> {
    let What::Event {
        name,
        kind,
        value: Some(value),
        ..
    } = what
    else {
        return None;
    };
    Some(UnknownValue {
        place: ValuePlace::Value,
        error: why_unknown(name, *kind, value)?,
        value: value.clone(),
    })
}

fn why_unknown(event: &str, kind: Option<TransportKind>, text: &str) -> Option<UnknownState> {
    let dtls = || text.parse::<DtlsTransportState>().err();
    let ice = || text.parse::<IceTransportState>().err();
    match (Attribute::of_event(event), event, kind) {
        (Some(Attribute::ConnectionState), ..) => text.parse::<PeerConnectionState>().err(),
        (Some(Attribute::IceConnectionState), ..) => text.parse::<IceConnectionState>().err(),
        (Some(Attribute::IceGatheringState), ..) => text.parse::<IceGatheringState>().err(),
        (Some(Attribute::SignalingState), ..) => text.parse::<SignalingState>().err(),
        (None, "gatheringstatechange", _) => text.parse::<IceGathererState>().err(),
        (None, "statechange", Some(TransportKind::Dtls)) => dtls(),
        (None, "statechange", Some(TransportKind::Ice)) => ice(),
        (None, "statechange", None) => dtls().and(ice()),
        _ => None,
    }
}
