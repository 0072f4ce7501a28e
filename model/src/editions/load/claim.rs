//! Reading what a text claims of its own states.

use super::predicate::{read_predicate, read_state};
use super::{EditionError, Found, read_id, string};
use crate::editions::definition::{Claim, ClaimedState};
use crate::editions::predicate::Predicate;
use crate::input::fields::{self, Fields};
use crate::input::yaml::Node;
use crate::states::{IceConnectionState, PeerConnectionState, StateEnum, UnknownState};

/// What claims may be about: the enums that the file defines, well or not.
#[derive(Clone, Copy)]
pub(super) struct Subjects {
    pub(super) connection: bool,
    pub(super) ice: bool,
}

pub(super) fn read_claims(node: &Node, subjects: Subjects, problems: &mut Found) -> Vec<Claim> {
    fields::list(node, "a list of claims", problems)
        .into_iter()
        .flatten()
        .filter_map(|item| read_claim(item, subjects, problems))
        .collect()
}

/// The value that a claim is about.
fn read_claimed<S>(node: &Node, is_defined: bool, problems: &mut Found) -> Option<S>
where
    S: StateEnum + std::str::FromStr<Err = UnknownState>,
{
    if !is_defined {
        problems.add(node.id, EditionError::ClaimOfNothing { of: S::NAME });
    }
    read_state(node, problems)
}

fn read_claim(node: &Node, subjects: Subjects, problems: &mut Found) -> Option<Claim> {
    let mut fields = Fields::of(
        node,
        "a claim: `id`, `enum`, `state`, `must`, `quote`",
        problems,
    )?;
    let id = fields
        .required("id", problems)
        .and_then(|n| read_id(n, problems));
    let quote = string(&mut fields, "quote", problems);
    let enum_node = fields.required("enum", problems);
    let state = fields.required("state", problems);
    let must = fields.required("must", problems).and_then(|node| {
        let must = read_predicate(node, problems)?;
        let mut inside = false;
        must.walk(&mut |part| inside |= *part == Predicate::Otherwise);
        if inside {
            problems.add(node.id, EditionError::Otherwise);
        }
        Some(must)
    });
    fields.reject_unknown(problems);
    let (enum_node, state) = (enum_node?, state?);
    let expected = "`RTCPeerConnectionState` or `RTCIceConnectionState`";
    let state = match fields::text(enum_node, expected, problems)? {
        PeerConnectionState::NAME => {
            ClaimedState::Connection(read_claimed(state, subjects.connection, problems)?)
        }
        IceConnectionState::NAME => {
            ClaimedState::IceConnection(read_claimed(state, subjects.ice, problems)?)
        }
        other => {
            let known = &[PeerConnectionState::NAME, IceConnectionState::NAME];
            let problem = EditionError::unknown("enum of claims", other, known);
            problems.add(enum_node.id, problem);
            return None;
        }
    };
    Some(Claim {
        id: id?.to_owned(),
        state,
        must: must?,
        quote: quote?,
    })
}
