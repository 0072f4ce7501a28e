//! Reading what a text claims of its own states.

use super::predicate::{read_predicate, read_state};
use super::{EditionError, Found, read_id, string};
use crate::editions::definition::{Claim, ClaimedState, Definition};
use crate::editions::predicate::Predicate;
use crate::fields::{self, Fields, ShapeError};
use crate::states::{IceConnectionState, PeerConnectionState, StateEnum, UnknownState};
use crate::yaml::Node;

/// What claims may be about: whether the file has a definition, and the definition, unless there is
/// something wrong with it, which has been told.
pub(super) struct Defined<'d> {
    pub(super) connection: (bool, Option<&'d Definition<PeerConnectionState>>),
    pub(super) ice: (bool, Option<&'d Definition<IceConnectionState>>),
}

pub(super) fn read_claims(node: &Node, defined: &Defined<'_>, problems: &mut Found) -> Vec<Claim> {
    fields::list(node, "a list of claims", problems)
        .unwrap_or_default()
        .iter()
        .filter_map(|item| read_claim(item, defined, problems))
        .collect()
}

/// The value that a claim is about, which some reading must have a row for.
fn read_claimed<S>(
    node: &Node,
    defined: (bool, Option<&Definition<S>>),
    problems: &mut Found,
) -> Option<S>
where
    S: StateEnum + std::str::FromStr<Err = UnknownState>,
{
    let state: S = read_state(node, problems)?;
    match defined {
        (false, _) => problems.add(node.id, EditionError::ClaimOfNothing { of: S::NAME }),
        (true, Some(definition)) => {
            let mut rows = definition.readings.iter().flat_map(|r| &r.rows);
            if !rows.any(|row| row.value == state) {
                let value = state.as_str();
                problems.add(node.id, EditionError::ClaimWithoutRow { value });
            }
        }
        (true, None) => {}
    }
    Some(state)
}

fn read_claim(node: &Node, defined: &Defined<'_>, problems: &mut Found) -> Option<Claim> {
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
            ClaimedState::Connection(read_claimed(state, defined.connection, problems)?)
        }
        IceConnectionState::NAME => {
            ClaimedState::IceConnection(read_claimed(state, defined.ice, problems)?)
        }
        _ => {
            problems.add(
                enum_node.id,
                ShapeError::expected(expected, &enum_node.value),
            );
            return None;
        }
    };
    Some(Claim {
        id: id?.to_owned(),
        state,
        must: must?,
        quote,
    })
}
