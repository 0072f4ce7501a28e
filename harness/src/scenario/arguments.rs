//! Arguments of methods, and the members of `RTCConfiguration`.

use std::time::Duration;

use peerstate_model::input::fields::{self, Fields, ShapeError};
use peerstate_model::input::names;
use peerstate_model::input::yaml::{Node, Value};

use super::error::Found;
use super::{Alteration, FingerprintChange, ScenarioError, SetupRole, duration};
use crate::implementation::capability::Capability;
use crate::implementation::configuration::{
    BundlePolicy, CertificateKind, Configuration, Extras, IceServer, IceTransportPolicy,
    RtcpMuxPolicy,
};

/// What a configuration needs of an implementation.
pub(super) fn implied(configuration: &Configuration) -> impl Iterator<Item = Capability> {
    let extras = configuration.harness.clone().unwrap_or_default();
    [
        extras
            .ice_lite
            .filter(|lite| *lite)
            .map(|_| Capability::IceLite),
        extras
            .addresses
            .filter(|count| *count > 1)
            .map(|_| Capability::Addresses),
        extras.certificate.map(|_| Capability::Certificate),
    ]
    .into_iter()
    .flatten()
}

/// One of several words; a problem if it is none of them.
pub(super) fn word<T: Copy>(
    node: &Node,
    kind: &'static str,
    words: &[(&'static str, T)],
    problems: &mut Found,
) -> Option<T> {
    let known = || words.iter().map(|(word, _)| *word);
    let expected = format!("one of {}", known().collect::<Vec<_>>().join(", "));
    let text = fields::text(node, &expected, problems)?;
    let found = words
        .iter()
        .find(|(word, _)| *word == text)
        .map(|(_, value)| *value);
    if found.is_none() {
        let problem = ScenarioError::Unknown {
            kind,
            found: names::shorten(text),
            suggestion: names::nearest(text, known()),
            known: known().map(str::to_owned).collect(),
        };
        problems.add(node.id, problem);
    }
    found
}

/// A whole number of a range; a problem if it is none.
pub(super) fn whole<N: TryFrom<i128>>(
    node: &Node,
    expected: &'static str,
    problems: &mut Found,
) -> Option<N> {
    let number = fields::whole(&node.value).and_then(|number| N::try_from(number).ok());
    if number.is_none() {
        let found = node.value.describe();
        problems.add(node.id, ScenarioError::Range { expected, found });
    }
    number
}

/// A duration; a problem if it is none.
pub(super) fn read_duration(node: &Node, problems: &mut Found) -> Option<Duration> {
    if let Value::Integer(_) | Value::Float(_) = node.value {
        let expected = "a duration with a unit, such as `5s`";
        problems.add(node.id, ShapeError::expected(expected, &node.value));
        return None;
    }
    let text = fields::text(node, "a duration, such as `5s`", problems)?;
    problems.keep(node.id, duration::parse(text))
}

pub(super) fn read_configuration(node: &Node, problems: &mut Found) -> Option<Configuration> {
    let mut fields = Fields::of(node, "the members of an RTCConfiguration", problems)?;
    let configuration = Configuration {
        ice_servers: fields
            .optional("iceServers")
            .and_then(|n| read_ice_servers(n, problems)),
        ice_transport_policy: fields.optional("iceTransportPolicy").and_then(|node| {
            let words = [
                ("relay", IceTransportPolicy::Relay),
                ("all", IceTransportPolicy::All),
            ];
            word(node, "RTCIceTransportPolicy", &words, problems)
        }),
        bundle_policy: fields.optional("bundlePolicy").and_then(|node| {
            let words = [
                ("balanced", BundlePolicy::Balanced),
                ("max-compat", BundlePolicy::MaxCompat),
                ("max-bundle", BundlePolicy::MaxBundle),
            ];
            word(node, "RTCBundlePolicy", &words, problems)
        }),
        rtcp_mux_policy: fields.optional("rtcpMuxPolicy").and_then(|node| {
            word(
                node,
                "RTCRtcpMuxPolicy",
                &[("require", RtcpMuxPolicy::Require)],
                problems,
            )
        }),
        ice_candidate_pool_size: fields
            .optional("iceCandidatePoolSize")
            .and_then(|node| whole(node, "a whole number from 0 to 255", problems)),
        harness: fields
            .optional("harness")
            .and_then(|node| read_extras(node, problems)),
    };
    fields.reject_unknown(problems);
    Some(configuration)
}

fn read_extras(node: &Node, problems: &mut Found) -> Option<Extras> {
    let mut fields = Fields::of(node, "the harness's extras", problems)?;
    let extras = Extras {
        ice_lite: fields
            .optional("iceLite")
            .and_then(|node| fields::boolean(node, problems)),
        addresses: fields.optional("addresses").and_then(|node| {
            let expected = "a whole number from 1 to 4";
            let count: Option<u8> = whole(node, expected, problems);
            if count.is_some_and(|count| !(1..=4).contains(&count)) {
                let found = node.value.describe();
                problems.add(node.id, ScenarioError::Range { expected, found });
            }
            count
        }),
        certificate: fields.optional("certificate").and_then(|node| {
            let words = [
                ("ecdsa", CertificateKind::Ecdsa),
                ("rsa", CertificateKind::Rsa),
            ];
            word(node, "kind of certificate", &words, problems)
        }),
    };
    fields.reject_unknown(problems);
    Some(extras)
}

fn read_ice_servers(node: &Node, problems: &mut Found) -> Option<Vec<IceServer>> {
    let items = fields::list(node, "a list of RTCIceServer", problems)?;
    let servers: Vec<_> = items
        .iter()
        .map(|item| read_ice_server(item, problems))
        .collect();
    servers.into_iter().collect()
}

fn read_ice_server(node: &Node, problems: &mut Found) -> Option<IceServer> {
    let mut fields = Fields::of(node, "an RTCIceServer: `urls`, …", problems)?;
    let urls = fields.required("urls", problems)?;
    let urls = text_or_texts(urls, "a URL or a list of URLs", problems);
    let mut text = |key| {
        let node = fields.optional(key)?;
        fields::text(node, "text", problems).map(str::to_owned)
    };
    let (username, credential) = (text("username"), text("credential"));
    fields.reject_unknown(problems);
    Some(IceServer {
        urls,
        username,
        credential,
    })
}

/// The keys of an alteration that stand in `fields`.
pub(super) fn read_alteration(fields: &mut Fields<'_>, problems: &mut Found) -> Alteration {
    let only = |node: Option<&Node>, kind, allowed, problems: &mut Found| {
        node.and_then(|node| word(node, kind, &[(allowed, true)], problems))
            .unwrap_or_default()
    };
    Alteration {
        fingerprint: fields.optional("fingerprint").and_then(|node| {
            let words = [
                ("wrong", FingerprintChange::Wrong),
                ("extra", FingerprintChange::Extra),
            ];
            word(node, "alteration", &words, problems)
        }),
        no_bundle: only(fields.optional("bundle"), "alteration", "none", problems),
        no_candidates: only(
            fields.optional("candidates"),
            "alteration",
            "none",
            problems,
        ),
        setup: fields.optional("setup").and_then(|node| {
            let roles = [
                SetupRole::Active,
                SetupRole::Passive,
                SetupRole::Actpass,
                SetupRole::Holdconn,
            ];
            word(
                node,
                "value of a=setup",
                &roles.map(|role| (role.as_str(), role)),
                problems,
            )
        }),
        reject: fields
            .optional("reject")
            .and_then(|node| whole(node, "the place of a media section, from 0", problems)),
    }
}

/// A list, or one thing that stands for a list of it.
pub(super) fn one_or_more(node: &Node) -> &[Node] {
    match &node.value {
        Value::Sequence(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// One text, or a list of texts.
pub(super) fn text_or_texts(
    node: &Node,
    expected: &'static str,
    problems: &mut Found,
) -> Vec<String> {
    match &node.value {
        Value::String(text) => {
            let text = fields::is_text(node.id, text, problems).then(|| text.clone());
            text.into_iter().collect()
        }
        _ => fields::texts(node, expected, problems),
    }
}

/// A number between 0 and 1.
pub(super) fn share(node: &Node, problems: &mut Found) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "only 0 and 1 are kept")]
    let number = match node.value {
        Value::Integer(number) => Some(number as f64),
        Value::Float(number) => Some(number),
        _ => None,
    };
    let share = number.filter(|number| (0.0..=1.0).contains(number));
    if share.is_none() {
        problems.add(
            node.id,
            ShapeError::expected("a number from 0 to 1", &node.value),
        );
    }
    share
}
