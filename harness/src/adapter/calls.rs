//! Calls as an adapter is given them, and what it answers as what they return.

use peerstate_model::input::fields::Problems;
use peerstate_model::input::keys::keys;
use peerstate_model::input::yaml::Document;
use serde_json::{Map, Value, json};

use super::protocol::{Answer, CandidateInit, Exception};
use crate::implementation::configuration::{Extras, IceServer};
use crate::implementation::{
    Call, Candidate, Configuration, Description, DescriptionType, Direction, Method, Returned,
};
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
            vec![description(given)]
        }
        Call::AddIceCandidate(Some(given)) => vec![candidate(given)],
        Call::SetConfiguration(given) => vec![Value::Object(configuration(given))],
        Call::CreateOffer { ice_restart: false }
        | Call::CreateAnswer
        | Call::SetLocalDescription(None)
        | Call::AddIceCandidate(None)
        | Call::RestartIce
        | Call::GetStats
        | Call::Close => Vec::new(),
    }
}

pub(super) fn description(Description { kind, sdp }: &Description) -> Value {
    json!({ "type": kind, "sdp": sdp })
}

pub(super) fn candidate(candidate: &Candidate) -> Value {
    let Candidate {
        candidate,
        sdp_mid,
        sdp_mline_index,
        username_fragment,
    } = candidate;
    let mut init = Map::new();
    init.insert("candidate".to_owned(), json!(candidate));
    given(&mut init, "sdpMid", sdp_mid.as_ref());
    given(&mut init, "sdpMLineIndex", sdp_mline_index.as_ref());
    given(&mut init, "usernameFragment", username_fragment.as_ref());
    Value::Object(init)
}

/// An `RTCConfiguration`, and what the harness arranges under `harness`.
pub(super) fn configuration(configuration: &Configuration) -> Map<String, Value> {
    let Configuration {
        ice_servers,
        ice_transport_policy,
        bundle_policy,
        rtcp_mux_policy,
        ice_candidate_pool_size,
        harness,
    } = configuration;
    let mut members = Map::new();
    let ice_servers = ice_servers
        .as_ref()
        .map(|servers| servers.iter().map(ice_server).collect::<Vec<_>>());
    given(&mut members, "iceServers", ice_servers.as_ref());
    given(
        &mut members,
        "iceTransportPolicy",
        ice_transport_policy.as_ref(),
    );
    given(&mut members, "bundlePolicy", bundle_policy.as_ref());
    given(&mut members, "rtcpMuxPolicy", rtcp_mux_policy.as_ref());
    given(
        &mut members,
        "iceCandidatePoolSize",
        ice_candidate_pool_size.as_ref(),
    );
    given(
        &mut members,
        "harness",
        harness.as_ref().map(extras).as_ref(),
    );
    members
}

fn ice_server(server: &IceServer) -> Value {
    let IceServer {
        urls,
        username,
        credential,
    } = server;
    let mut members = Map::new();
    members.insert("urls".to_owned(), json!(urls));
    given(&mut members, "username", username.as_ref());
    given(&mut members, "credential", credential.as_ref());
    Value::Object(members)
}

fn extras(extras: &Extras) -> Value {
    let Extras {
        ice_lite,
        addresses,
        certificate,
    } = extras;
    let mut members = Map::new();
    given(&mut members, "iceLite", ice_lite.as_ref());
    given(&mut members, "addresses", addresses.as_ref());
    given(&mut members, "certificate", certificate.as_ref());
    Value::Object(members)
}

/// Puts in a member that is given.
fn given<T: serde::Serialize>(members: &mut Map<String, Value>, name: &str, value: Option<&T>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), json!(value));
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
    let result = answer.result.as_ref().unwrap_or(&Value::Null);
    let makes = matches!(
        call,
        Call::CreateOffer { .. } | Call::CreateAnswer | Call::SetLocalDescription(None)
    );
    if !makes {
        return Ok(Returned::Ok);
    }
    read_description(result)
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

fn read_description(result: &Value) -> Option<Description> {
    let kind = result.get("type")?.as_str()?;
    let kind = DescriptionType::ALL
        .iter()
        .find(|known| known.as_str() == kind)?;
    Some(Description {
        kind: *kind,
        sdp: result.get("sdp")?.as_str()?.to_owned(),
    })
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
            kind: word(first?)?,
            direction: match arguments.get(1) {
                None => Direction::default(),
                Some(options) => word(options.get("direction")?)?,
            },
        },
        Method::AddTrack => Call::AddTrack {
            kind: word(first?)?,
        },
        Method::RemoveTrack => Call::RemoveTrack {
            kind: word(first?)?,
        },
        Method::CreateOffer => Call::CreateOffer {
            ice_restart: of_first("iceRestart").is_some_and(|restart| *restart == json!(true)),
        },
        Method::CreateAnswer => Call::CreateAnswer,
        Method::SetLocalDescription => Call::SetLocalDescription(match first {
            None => None,
            Some(first) => Some(read_description(first)?),
        }),
        Method::SetRemoteDescription => Call::SetRemoteDescription(read_description(first?)?),
        Method::AddIceCandidate => Call::AddIceCandidate(match first {
            None => None,
            Some(first) => {
                let init: CandidateInit = serde_json::from_value(first.clone()).ok()?;
                Some(init.into())
            }
        }),
        Method::RestartIce => Call::RestartIce,
        Method::SetConfiguration => Call::SetConfiguration(read_configuration(first?)?),
        Method::GetStats => Call::GetStats,
        Method::Close => Call::Close,
    })
}

fn word<W: serde::de::DeserializeOwned>(value: &Value) -> Option<W> {
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
