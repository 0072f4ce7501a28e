//! Reading predicates, and the states that they name.

use super::error::PREDICATES;
use super::{EditionError, Found};
use crate::editions::predicate::{Predicate, StateList, StateLists};
use crate::input::fields::{self, Fields, ShapeError};
use crate::input::names;
use crate::input::yaml::{Node, Value};
use crate::state_set::StateSet;
use crate::states::{DtlsTransportState, IceTransportState, StateEnum, UnknownState};

pub(super) fn read_predicate(node: &Node, problems: &mut Found) -> Option<Predicate> {
    let Value::Mapping(entries) = &node.value else {
        problems.add(
            node.id,
            EditionError::Predicate {
                found: node.value.describe(),
            },
        );
        return None;
    };
    let [entry] = entries.as_slice() else {
        let found = format!("a mapping of {} keys", entries.len());
        problems.add(node.id, EditionError::Predicate { found });
        return None;
    };
    let value = &entry.value;
    match entry.key.as_str() {
        "closed" => fields::boolean(value, problems).map(Predicate::Closed),
        "no_transports" => fields::boolean(value, problems).map(Predicate::NoTransports),
        "any" => read_lists(value, problems).map(Predicate::Any),
        "all" => read_lists(value, problems).map(Predicate::All),
        "none" => read_lists(value, problems).map(Predicate::None),
        "ice_connection_state" => {
            let items = fields::list(value, "a list of values", problems)?;
            let read: Vec<_> = items
                .iter()
                .map(|item| read_state(item, problems))
                .collect();
            let states: Option<StateSet<_>> = read.into_iter().collect();
            states.map(Predicate::IceConnectionState)
        }
        "all_of" => read_parts(value, "all_of", problems).map(Predicate::AllOf),
        "any_of" => read_parts(value, "any_of", problems).map(Predicate::AnyOf),
        "otherwise" => {
            if fields::boolean(value, problems)? {
                return Some(Predicate::Otherwise);
            }
            problems.add(value.id, ShapeError::expected("`true`", &value.value));
            None
        }
        other => {
            problems.add(
                entry.id,
                EditionError::unknown("predicate", other, PREDICATES),
            );
            None
        }
    }
}

pub(super) fn read_state<S>(node: &Node, problems: &mut Found) -> Option<S>
where
    S: std::str::FromStr<Err = UnknownState>,
{
    let text = fields::text(node, "a state", problems)?;
    problems.keep(node.id, text.parse())
}

fn read_parts(node: &Node, of: &'static str, problems: &mut Found) -> Option<Vec<Predicate>> {
    let items = fields::list(node, "a list of predicates", problems)?;
    if items.is_empty() {
        problems.add(node.id, EditionError::NoParts { of });
    }
    let read: Vec<_> = items
        .iter()
        .map(|item| read_predicate(item, problems))
        .collect();
    read.into_iter().collect()
}

fn read_lists(node: &Node, problems: &mut Found) -> Option<StateLists> {
    let mut fields = Fields::of(node, "lists of states: `ice`, `dtls`", problems)?;
    let ice = fields.optional("ice");
    let dtls = fields.optional("dtls");
    if ice.is_none() && dtls.is_none() {
        problems.add(node.id, EditionError::NoKind);
    }
    fields.reject_unknown(problems);
    Some(StateLists {
        ice: ice.map(|node| read_list::<IceTransportState, DtlsTransportState>(node, problems)),
        dtls: dtls.map(|node| read_list::<DtlsTransportState, IceTransportState>(node, problems)),
    })
}

/// A list of states of one kind; states of the other kind are kept as foreign.
fn read_list<S: StateEnum, O: StateEnum>(node: &Node, problems: &mut Found) -> StateList<S> {
    let mut states = StateSet::empty();
    let mut foreign = Vec::new();
    let items = fields::list(node, "a list of states", problems);
    for item in items.into_iter().flatten() {
        let Some(name) = fields::text(item, "a state", problems) else {
            continue;
        };
        if let Some(&state) = S::ALL.iter().find(|state| state.as_str() == name) {
            states.insert(state);
        } else if let Some(other) = O::ALL.iter().find(|state| state.as_str() == name) {
            foreign.push(other.as_str());
        } else {
            let mut known: Vec<_> = S::ALL.iter().map(|s| s.as_str()).collect();
            for other in O::ALL.iter().map(|s| s.as_str()) {
                if !known.contains(&other) {
                    known.push(other);
                }
            }
            let problem = EditionError::NoTransportState {
                found: names::shorten(name),
                suggestion: names::nearest(name, known.iter().copied()),
                known,
            };
            problems.add(item.id, problem);
        }
    }
    StateList { states, foreign }
}
