//! What the entries of all dumps mean: the names of methods and events, and their values.
//!
//! The names are those of Chromium's `peer_connection_tracker.cc` in its various versions, of
//! @rtcstats/rtcstats-js 3 and of the npm package rtcstats 5.2.0.

use peerstate_model::trace::{Attribute, DescriptionType};
use serde_json::Value;

use super::error::{Place, Problem};

/// Calls that return a promise, whose outcome has an entry of its own.
const PROMISED: [&str; 5] = [
    "createOffer",
    "createAnswer",
    "setLocalDescription",
    "setRemoteDescription",
    "addIceCandidate",
];

/// Calls that return at once.
const PLAIN: [&str; 9] = [
    "createDataChannel",
    "addTrack",
    "removeTrack",
    "addTransceiver",
    "restartIce",
    "setConfiguration",
    "close",
    "addStream",
    "removeStream",
];

/// Calls as old versions of Chromium named them.
const RENAMED: [(&str, &str); 2] = [
    ("stop", "close"),
    ("createLocalDataChannel", "createDataChannel"),
];

/// Events that are not judged, by the name of their entry in small letters and without `on`.
const EVENTS: [(&str, &str); 7] = [
    ("icecandidate", "icecandidate"),
    ("icecandidateerror", "icecandidateerror"),
    ("track", "track"),
    ("datachannel", "datachannel"),
    ("remotedatachannel", "datachannel"),
    ("negotiationneeded", "negotiationneeded"),
    ("renegotiationneeded", "negotiationneeded"),
];

/// Events that have the name of a call if the `on` is missing.
const EVENTS_WITH_ON: [(&str, &str); 2] = [
    ("onaddstream", "addstream"),
    ("onremovestream", "removestream"),
];

/// Entries that are about something other than calls and events of a connection.
const OTHERS: [&str; 17] = [
    "getStats",
    "getstats",
    "g",
    "create",
    "remove",
    "constraints",
    "iceconnectionstatechange (legacy)",
    "legacyIceConnectionStateChange",
    "setCodecPreferences",
    "setHeaderExtensionsToNegotiate",
    "setParameters",
    "replaceTrack",
    "getUserMedia",
    "getUserMediaOnSuccess",
    "getUserMediaOnFailure",
    "websocket",
    "createDTMFSender",
];

/// How the names of further such entries begin.
const OTHERS_BEGIN: [&str; 6] = [
    "transceiver",
    "sender",
    "receiver",
    "navigator.",
    "MediaStreamTrack.",
    "HTMLMediaElement.",
];

/// What an entry of a dump says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Logged {
    /// An attribute has this value now.
    State(Attribute, String),
    /// An event that is not judged.
    Event(&'static str),
    /// A call.
    Called {
        name: &'static str,
        description: Option<DescriptionType>,
    },
    /// The promise of a call was fulfilled.
    Succeeded {
        name: &'static str,
        description: Option<DescriptionType>,
    },
    /// A call was refused.
    Failed { name: &'static str, error: String },
    /// Something that is known and not converted.
    Other(String),
    /// Something that is not known.
    Unknown(String),
}

impl Logged {
    /// Reads an entry by its method and its value.
    ///
    /// # Errors
    ///
    /// If the value of a state event is not a text.
    pub(super) fn read(method: &str, value: &Value, place: &Place) -> Result<Self, Problem> {
        let lower = method.to_lowercase();
        let bare = lower.strip_prefix("on").unwrap_or(&lower);
        if let Some(attribute) = Attribute::of_event(bare) {
            let Value::String(text) = value else {
                let of = format!("the value of `{method}`");
                return Err(place.expected(&of, "a state: a text", value));
            };
            return Ok(Self::State(attribute, state(text, attribute)));
        }
        let event = entry(&EVENTS_WITH_ON, &lower).or_else(|| entry(&EVENTS, bare));
        if let Some(event) = event {
            return Ok(Self::Event(event));
        }
        if let Some(name) = call(method) {
            let description = description(value);
            return Ok(Self::Called { name, description });
        }
        let outcome = |suffix: &str| method.strip_suffix(suffix).and_then(call);
        if let Some(name) = outcome("OnSuccess") {
            return Ok(if PROMISED.contains(&name) {
                let description = description(value);
                Self::Succeeded { name, description }
            } else {
                Self::Other(method.to_owned())
            });
        }
        if let Some(name) = outcome("OnFailure").or_else(|| outcome("Failed")) {
            let error = error(value);
            return Ok(Self::Failed { name, error });
        }
        let is_other =
            OTHERS.contains(&method) || OTHERS_BEGIN.iter().any(|start| method.starts_with(start));
        Ok(if is_other {
            Self::Other(method.to_owned())
        } else {
            Self::Unknown(method.to_owned())
        })
    }

    /// Returns whether it is a call that sets a description.
    pub(super) fn sets_description(&self) -> bool {
        matches!(self, Self::Called { name, .. }
            if ["setLocalDescription", "setRemoteDescription"].contains(name))
    }
}

/// Returns whether a call returns a promise.
pub(super) fn is_promised(name: &str) -> bool {
    PROMISED.contains(&name)
}

fn entry(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    let found = table.iter().find(|(written, _)| *written == name);
    found.map(|(_, meant)| *meant)
}

fn call(name: &str) -> Option<&'static str> {
    let mut calls = PROMISED.iter().chain(&PLAIN);
    let found = calls.find(|call| **call == name);
    found.copied().or_else(|| entry(&RENAMED, name))
}

/// Returns the state that the text of an entry means: `checking`, `"checking"`,
/// `"new" => "checking"` or `ICEConnectionStateChecking`. A text that is none of these is returned
/// as it is.
fn state(text: &str, of: Attribute) -> String {
    let new = text.rsplit("=>").next().unwrap_or(text).trim();
    let quoted = new.strip_prefix('"').and_then(|new| new.strip_suffix('"'));
    let bare = quoted.unwrap_or(new);
    by_old_name(bare, of).unwrap_or(bare).to_owned()
}

/// Returns the state with this name in an enum of old versions of Chromium, such as
/// `SignalingStateHaveLocalPrAnswer`.
fn by_old_name(name: &str, of: Attribute) -> Option<&'static str> {
    let (_, end) = name.rsplit_once("State")?;
    let end = end.to_lowercase();
    let end = if end == "starting" { "new" } else { &end };
    let mut states = of.values().into_iter();
    states.find(|state| state.replace('-', "") == end)
}

/// Returns the type of a description: of an object, of its JSON, or of `type: offer, sdp: …`.
fn description(value: &Value) -> Option<DescriptionType> {
    match value {
        Value::Object(keys) => typed(keys.get("type")?.as_str()?),
        Value::String(text) if text.starts_with('{') => {
            let parsed: Value = serde_json::from_str(text).ok()?;
            typed(parsed.get("type")?.as_str()?)
        }
        Value::String(text) => typed(text.strip_prefix("type: ")?.split(',').next()?),
        _ => None,
    }
}

fn typed(text: &str) -> Option<DescriptionType> {
    let mut types = DescriptionType::ALL.iter();
    types.find(|one| one.as_str() == text).copied()
}

/// Returns the name of the exception if there is one, and otherwise the message. Some versions of
/// Chromium write the candidate instead, which is not kept.
fn error(value: &Value) -> String {
    const LONGEST_CHARS: usize = 200;
    let text = value.as_str().unwrap_or_default();
    let name = text.split_once(':').map_or(text, |(name, _)| name);
    let is_name = name.ends_with("Error") && name.chars().all(|c| c.is_ascii_alphabetic());
    if is_name {
        return name.to_owned();
    }
    if text.is_empty() || text.starts_with('{') || text.contains("candidate:") {
        return "not recorded".to_owned();
    }
    text.chars().take(LONGEST_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn read(method: &str, value: &Value) -> Logged {
        Logged::read(method, value, &Place::Line(1)).unwrap()
    }

    #[rstest]
    #[case("oniceconnectionstatechange", "\"checking\"", "checking")]
    #[case("iceconnectionstatechange", "checking", "checking")]
    #[case("iceconnectionstatechange", "\"new\" => \"checking\"", "checking")]
    #[case("iceConnectionStateChange", "ICEConnectionStateChecking", "checking")]
    #[case("iceConnectionStateChange", "ICEConnectionStateStarting", "new")]
    #[case("oniceconnectionstatechange", "\"chekcing\"", "chekcing")]
    #[case(
        "iceConnectionStateChange",
        "ICEConnectionStateLost",
        "ICEConnectionStateLost"
    )]
    #[case("oniceconnectionstatechange", "\"", "\"")]
    #[case(
        "signalingStateChange",
        "SignalingStateHaveLocalPrAnswer",
        "have-local-pranswer"
    )]
    #[case("onsignalingstatechange", "\"have-remote-offer\"", "have-remote-offer")]
    fn a_state_is_read_in_every_way_it_is_written(
        #[case] method: &str,
        #[case] value: &str,
        #[case] expected: &str,
    ) {
        let event = method.to_lowercase();
        let attribute = Attribute::of_event(event.trim_start_matches("on")).unwrap();
        assert_eq!(
            read(method, &json!(value)),
            Logged::State(attribute, expected.to_owned())
        );
    }

    #[rstest]
    #[case(json!({"type": "offer", "sdp": "v=0"}), Some(DescriptionType::Offer))]
    #[case(json!("{\"type\":\"rollback\"}"), Some(DescriptionType::Rollback))]
    #[case(json!("type: answer, sdp: v=0"), Some(DescriptionType::Answer))]
    #[case(json!(""), None)]
    #[case(json!("{"), None)]
    #[case(Value::Null, None)]
    #[case(json!({"type": "ofer"}), None)]
    fn a_description_has_a_type(
        #[case] value: Value,
        #[case] description: Option<DescriptionType>,
    ) {
        let name = "setLocalDescription";
        let called = Logged::Called { name, description };
        assert_eq!(read(name, &value), called);
    }

    #[rstest]
    #[case(
        "setLocalDescriptionOnFailure",
        "InvalidStateError: Called in …",
        "InvalidStateError"
    )]
    #[case(
        "setLocalDescriptionOnFailure",
        "Called in wrong state: stable",
        "Called in wrong state: stable"
    )]
    #[case(
        "addIceCandidateFailed",
        "{\"candidate\":\"candidate:1 1 udp\"}",
        "not recorded"
    )]
    #[case("createOfferOnFailure", "", "not recorded")]
    fn a_failure_has_a_name_or_a_message(
        #[case] method: &str,
        #[case] value: &str,
        #[case] expected: &str,
    ) {
        let failed = read(method, &json!(value));
        assert!(matches!(failed, Logged::Failed { error, .. } if error == expected));
    }

    #[rstest]
    #[case("onAddStream", Logged::Event("addstream"))]
    #[case("onRenegotiationNeeded", Logged::Event("negotiationneeded"))]
    #[case("stop", Logged::Called { name: "close", description: None })]
    #[case("addStream", Logged::Called { name: "addStream", description: None })]
    #[case("addTrackOnSuccess", Logged::Other("addTrackOnSuccess".to_owned()))]
    #[case("iceconnectionstatechange (legacy)", Logged::Other("iceconnectionstatechange (legacy)".to_owned()))]
    #[case("transceiverAdded", Logged::Other("transceiverAdded".to_owned()))]
    #[case("teleport", Logged::Unknown("teleport".to_owned()))]
    fn every_other_entry_is_of_one_kind(#[case] method: &str, #[case] expected: Logged) {
        assert_eq!(read(method, &Value::Null), expected);
    }

    #[test]
    fn a_state_that_is_not_a_text_is_refused() {
        let refused = Logged::read("onconnectionstatechange", &json!(3), &Place::Line(7));
        let problem = refused.unwrap_err();
        assert_eq!(problem.position.unwrap().line, 7);
        assert_eq!(
            problem.problem.to_string(),
            "the value of `onconnectionstatechange`: expected a state: a text, found the number 3"
        );
    }
}
