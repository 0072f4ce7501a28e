//! A call of a method on a peer, and its arguments.

use peerstate_model::input::fields::ShapeError;
use peerstate_model::input::shape::{Definitions, Shape, one_of};
use peerstate_model::input::yaml::{Entry, Node, Value};
use serde_json::{Map, Value as Json, json};

use super::arguments::arguments;
use super::{Context, unknown};
use crate::implementation::capability::Capability;
use crate::implementation::{Call, Method, PeerIndex};
use crate::scenario::error::Found;
use crate::scenario::{Action, DescriptionFrom, ScenarioError, WrittenCall};

/// The errors with which a call may be expected to fail.
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
    let (name_id, name, arguments_node, inner_fails) = match &node.value {
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
    let fails = fails.or(inner_fails);
    let fails = fails.and_then(|entry| error().read(&entry.value, problems));
    if fails.is_some() {
        context.requires.insert(Capability::Exceptions);
    }
    let Some(method) = Method::ALL.iter().find(|method| method.as_str() == name) else {
        let known: Vec<_> = Method::ALL.iter().map(|method| method.as_str()).collect();
        problems.add(name_id, unknown("method", name, &known));
        return None;
    };
    context.requires.extend(needs(*method));
    let written = arguments(*method).read(arguments_node, problems)?;
    let (mut call, kept_as) = written.resolve(context, problems)?;
    track_description(&mut call, peer, fails.is_none(), context);
    Some(Action::Call {
        peer,
        call,
        kept_as,
        fails,
    })
}

/// Reads the name of an error with which a call may be expected to fail.
pub(super) fn error() -> Shape<ScenarioError, String> {
    one_of("error", "the name of an error", ERRORS, |error| error).map(str::to_owned)
}

/// Returns the JSON Schema of a call: the method alone, or with its arguments.
pub(super) fn schema(definitions: &mut Definitions) -> Json {
    // The methods that can not be called without arguments.
    let is_of_media = |method: &Method| needs(*method) == Some(Capability::Media);
    let alone = Method::ALL.iter().filter(|method| !is_of_media(method));
    let alone: Vec<_> = alone.map(|method| method.as_str()).collect();
    let mut properties = Map::new();
    for method in Method::ALL {
        let arguments = arguments(method).schema(definitions);
        properties.insert(method.as_str().to_owned(), arguments);
    }
    properties.insert("fails".to_owned(), error().schema(definitions));
    let with_arguments = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "minProperties": 1,
        "if": { "required": ["fails"] },
        "then": { "minProperties": 2, "maxProperties": 2 },
        "else": { "maxProperties": 1 },
    });
    json!({ "anyOf": [{ "enum": alone }, with_arguments] })
}

/// Returns what a method requires of an implementation, whatever its arguments are.
const fn needs(method: Method) -> Option<Capability> {
    match method {
        Method::AddTransceiver | Method::AddTrack | Method::RemoveTrack => Some(Capability::Media),
        Method::RestartIce => Some(Capability::RestartIce),
        Method::SetConfiguration => Some(Capability::SetConfiguration),
        Method::GetStats => Some(Capability::GetStats),
        _ => None,
    }
}

/// Tracks which peers have created a description that is not yet set, and what the implementation
/// must create itself.
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::implementation::capability::Capability;
    use crate::scenario;

    /// A description that the implementation would have to create itself requires a capability.
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
