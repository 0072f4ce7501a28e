//! Reads what a text claims about its own states.

use serde_json::{Value as Json, json};

use super::predicate::predicate;
use super::{EditionError, Found, id, line};
use crate::editions::definition::{Claim, ClaimedState};
use crate::editions::predicate::Predicate;
use crate::input::keys::Beside;
use crate::input::shape::{At, one_of, text};
use crate::input::yaml::Node;
use crate::keys;
use crate::states::{IceConnectionState, PeerConnectionState, StateEnum, UnknownState};

/// The enums that claims may be about: those that the file defines, correctly or not.
#[derive(Clone, Copy)]
pub(super) struct Subjects {
    pub(super) connection: bool,
    pub(super) ice: bool,
}

const ENUMS: &[&str] = &[PeerConnectionState::NAME, IceConnectionState::NAME];

keys! {
    /// What a text claims about one of its own states.
    pub(super) struct ClaimKeys: EditionError, "a claim: `id`, `enum`, `state`, `must`, `quote`" {
        /// The id of the claim.
        expected id: String = id(),
        /// The words of the text.
        expected quote: String = line(),
        /// The enum that it is about.
        expected enum_name as "enum": &'static str = one_of(
            "enum of claims",
            "`RTCPeerConnectionState` or `RTCIceConnectionState`",
            ENUMS,
            |name| name,
        ),
        /// The value that it is about.
        expected state: At<String> = text("a state").placed(),
        /// What must hold in that state.
        expected must: Predicate = predicate().then(without_otherwise),
    }
    besides [OF_A_VALUE]
}

/// The claimed state is a value of the enum. The reader checks this once it knows the enum.
const OF_A_VALUE: Beside<EditionError> = Beside {
    schema: || json!({ "allOf": [of::<PeerConnectionState>(), of::<IceConnectionState>()] }),
    check: |_, _| {},
};

fn of<S: StateEnum>() -> Json {
    let values: Vec<_> = S::ALL.iter().map(|state| state.as_str()).collect();
    json!({
        "if": { "properties": { "enum": { "const": S::NAME } } },
        "then": { "properties": { "state": { "enum": values } } },
    })
}

/// There are no earlier rows.
fn without_otherwise(must: Predicate, node: &Node, problems: &mut Found) -> Option<Predicate> {
    let mut inside = false;
    must.walk(&mut |part| inside |= *part == Predicate::Otherwise);
    if inside {
        problems.add(node.id, EditionError::Otherwise);
    }
    (!inside).then_some(must)
}

impl ClaimKeys {
    pub(super) fn claim(self, subjects: Subjects, problems: &mut Found) -> Option<Claim> {
        let (enum_name, state) = (self.enum_name?, self.state?);
        let state = if enum_name == PeerConnectionState::NAME {
            ClaimedState::Connection(claimed(state, subjects.connection, problems)?)
        } else {
            ClaimedState::IceConnection(claimed(state, subjects.ice, problems)?)
        };
        Some(Claim {
            id: self.id?,
            state,
            must: self.must?,
            quote: self.quote?,
        })
    }
}

/// Returns the value that a claim is about.
fn claimed<S>(state: At<String>, is_defined: bool, problems: &mut Found) -> Option<S>
where
    S: StateEnum + std::str::FromStr<Err = UnknownState>,
{
    if !is_defined {
        problems.add(state.node, EditionError::ClaimOfNothing { of: S::NAME });
    }
    problems.keep(state.node, state.value?.parse())
}
