//! Calls as an adapter is given them, and what it answers as what they return.

use peerstate_model::input::fields::Problems;
use peerstate_model::input::keys::keys;
use peerstate_model::input::yaml::Document;
use serde_json::{Value, json};

use super::protocol::{Answer, Exception};
use crate::implementation::{Call, Configuration, Direction, Method, Returned};
use crate::scenario::ScenarioError;

/// The arguments of a call, as the method is given them.
pub(super) fn arguments(call: &Call) -> Vec<Value> {
    match call {
        Call::CreateDataChannel {
            label,
            negotiated_id: None,
        } => vec![json!(label)],
        Call::CreateDataChannel {
            label,
            negotiated_id: Some(id),
        } => vec![json!(label), json!({ "negotiated": true, "id": id })],
        Call::AddTransceiver {
            kind,
            direction: Direction::Sendrecv,
        }
        | Call::AddTrack { kind }
        | Call::RemoveTrack { kind } => vec![json!(kind)],
        Call::AddTransceiver { kind, direction } => {
            vec![json!(kind), json!({ "direction": direction })]
        }
        Call::CreateOffer { ice_restart: true } => vec![json!({ "iceRestart": true })],
        Call::SetLocalDescription(Some(given)) | Call::SetRemoteDescription(given) => {
            vec![json!(given)]
        }
        Call::AddIceCandidate(Some(given)) => vec![json!(given)],
        Call::SetConfiguration(given) => vec![json!(given)],
        Call::CreateOffer { ice_restart: false }
        | Call::CreateAnswer
        | Call::SetLocalDescription(None)
        | Call::AddIceCandidate(None)
        | Call::RestartIce
        | Call::GetStats
        | Call::Close => Vec::new(),
    }
}

/// What a call returned, from its answer.
///
/// # Errors
///
/// What is wrong with the answer.
pub(super) fn returned(call: &Call, answer: &Answer) -> Result<Returned, String> {
    let method = call.method();
    if let Some(reason) = &answer.unsupported {
        return Err(format!(
            "answered that {method} is unsupported ({reason}), and `hello` did not say that it \
             lacks it"
        ));
    }
    if let Some(Exception { name, message, .. }) = &answer.error {
        return Ok(Returned::Refused {
            error: name.clone(),
            message: message.clone(),
        });
    }
    let makes = matches!(
        call,
        Call::CreateOffer { .. } | Call::CreateAnswer | Call::SetLocalDescription(None)
    );
    if !makes {
        return Ok(Returned::Ok);
    }
    let description = answer.result.as_ref().and_then(read);
    description
        .map(Returned::Description)
        .ok_or_else(|| wrong_description(method))
}

fn wrong_description(method: Method) -> String {
    let whose = if method == Method::SetLocalDescription {
        ", the description that was set"
    } else {
        ""
    };
    format!("answered {method} without `{{\"type\": …, \"sdp\": …}}`{whose}")
}

/// A call, from its method and arguments; `None` where no scenario makes it.
pub(super) fn call(method: Method, arguments: &[Value]) -> Option<Call> {
    let first = arguments.first();
    let of_first = |key: &str| first.and_then(|first| first.get(key));
    Some(match method {
        Method::CreateDataChannel => Call::CreateDataChannel {
            label: first?.as_str()?.to_owned(),
            negotiated_id: match arguments.get(1) {
                None => None,
                Some(options) => Some(u16::try_from(options.get("id")?.as_u64()?).ok()?),
            },
        },
        Method::AddTransceiver => Call::AddTransceiver {
            kind: read(first?)?,
            direction: match arguments.get(1) {
                None => Direction::default(),
                Some(options) => read(options.get("direction")?)?,
            },
        },
        Method::AddTrack => Call::AddTrack {
            kind: read(first?)?,
        },
        Method::RemoveTrack => Call::RemoveTrack {
            kind: read(first?)?,
        },
        Method::CreateOffer => Call::CreateOffer {
            ice_restart: of_first("iceRestart").is_some_and(|restart| *restart == json!(true)),
        },
        Method::CreateAnswer => Call::CreateAnswer,
        Method::SetLocalDescription => Call::SetLocalDescription(match first {
            None => None,
            Some(first) => Some(read(first)?),
        }),
        Method::SetRemoteDescription => Call::SetRemoteDescription(read(first?)?),
        Method::AddIceCandidate => Call::AddIceCandidate(match first {
            None => None,
            Some(first) => Some(read(first)?),
        }),
        Method::RestartIce => Call::RestartIce,
        Method::SetConfiguration => Call::SetConfiguration(read_configuration(first?)?),
        Method::GetStats => Call::GetStats,
        Method::Close => Call::Close,
    })
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

/// A configuration: JSON is YAML, and read by the table of keys that reads scenarios.
pub(super) fn read_configuration(value: &Value) -> Option<Configuration> {
    let text = value.to_string();
    let document = Document::parse("configuration", &text).ok()?;
    let mut problems: Problems<ScenarioError> = Problems::default();
    let read = keys().read(document.root(), &mut problems);
    problems.finish("configuration", &document, read).ok()
}
