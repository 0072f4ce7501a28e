//! A complete negotiation in one step.

use peerstate_model::input::keys::keys;
use peerstate_model::input::yaml::Node;

use super::{Context, find_peer};
use crate::implementation::capability::Capability;
use crate::scenario::error::Found;
use crate::scenario::keys::NegotiationKeys;
use crate::scenario::{Alteration, Negotiation};

pub(super) fn read_negotiation(
    node: &Node,
    context: &mut Context<'_>,
    problems: &mut Found,
) -> Option<Negotiation> {
    let negotiation = keys::<_, NegotiationKeys>().read(node, problems)?;
    let offerer = find_peer(negotiation.offerer, context, problems);
    let answerer = find_peer(negotiation.answerer, context, problems);
    let (mut offer, mut answer) = (Alteration::default(), Alteration::default());
    if let Some(alter) = negotiation.alter {
        context.requires.insert(Capability::Sdp);
        offer = alter.offer.and(alter.both);
        answer = alter.answer.and(alter.both);
    }
    let (offerer, answerer) = (offerer?, answerer?);
    if offerer == answerer {
        problems.add(node.id, context.same_peer(offerer));
    }
    // It sets what it creates.
    context.unset.remove(&offerer);
    context.unset.remove(&answerer);
    if negotiation.ice_restart {
        context.requires.insert(Capability::IceRestart);
    }
    Some(Negotiation {
        offerer,
        answerer,
        trickle: negotiation.trickle.unwrap_or(true),
        ice_restart: negotiation.ice_restart,
        offer,
        answer,
    })
}

impl Alteration {
    /// Returns this alteration, with what the other one adds to it.
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
