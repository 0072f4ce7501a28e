//! A whole negotiation in one step.

use peerstate_model::input::fields::{self, Fields};
use peerstate_model::input::yaml::Node;

use super::{Context, read_peer};
use crate::implementation::capability::Capability;
use crate::scenario::arguments;
use crate::scenario::error::Found;
use crate::scenario::{Alteration, Negotiation, ScenarioError};

pub(super) fn read_negotiation(
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
            .get(offerer.0)
            .copied()
            .unwrap_or_default()
            .to_owned();
        problems.add(node.id, ScenarioError::SamePeer { name });
    }
    // It sets what it makes.
    context.unset.remove(&offerer);
    context.unset.remove(&answerer);
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
            fingerprint: self.fingerprint.or(other.fingerprint),
            no_bundle: self.no_bundle || other.no_bundle,
            no_candidates: self.no_candidates || other.no_candidates,
            setup: self.setup.or(other.setup),
            reject: self.reject.or(other.reject),
        }
    }
}
