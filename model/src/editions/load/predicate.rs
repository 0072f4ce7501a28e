//! Reads predicates, and the states that they name.

use serde_json::{Map, Value as Json, json};

use super::{EditionError, Found};
use crate::editions::predicate::{Predicate, StateList, StateLists};
use crate::input::fields::{self, ShapeError};
use crate::input::keys::{Beside, keys};
use crate::input::names;
use crate::input::shape::{Definitions, Shape, flag, list, only_true};
use crate::input::yaml::{Node, Value};
use crate::keys;
use crate::state_set::StateSet;
use crate::states::{DtlsTransportState, IceConnectionState, IceTransportState, StateEnum, state};

/// Reads a predicate: one key with its value.
pub(super) fn predicate() -> Shape<EditionError, Predicate> {
    Shape::named("predicate", || Shape::new(read, schema))
}

type Case = (&'static str, &'static str, Shape<EditionError, Predicate>);

fn cases() -> [Case; 9] {
    let lists = || keys().map(|Lists { ice, dtls }| StateLists { ice, dtls });
    let values = || list("a list of values", state::<_, IceConnectionState>());
    let parts = |of| {
        let parts = list("a list of predicates", predicate());
        parts.at_least_one(move |_| EditionError::NoParts { of })
    };
    [
        (
            "closed",
            "[[IsClosed]] has this value.",
            flag().map(Predicate::Closed),
        ),
        (
            "any",
            "A transport is in one of these states.",
            lists().map(Predicate::Any),
        ),
        (
            "all",
            "Every transport is in one of these states.",
            lists().map(Predicate::All),
        ),
        (
            "none",
            "No transport is in one of these states.",
            lists().map(Predicate::None),
        ),
        (
            "no_transports",
            "Whether the connection has no transports.",
            flag().map(Predicate::NoTransports),
        ),
        (
            "ice_connection_state",
            "RTCIceConnectionState has one of these values.",
            values().map(|values| Predicate::IceConnectionState(values.into_iter().collect())),
        ),
        (
            "all_of",
            "All of these hold.",
            parts("all_of").map(Predicate::AllOf),
        ),
        (
            "any_of",
            "At least one of these holds.",
            parts("any_of").map(Predicate::AnyOf),
        ),
        (
            "otherwise",
            "None of the earlier rows holds.",
            only_true("`true`").map(|_| Predicate::Otherwise),
        ),
    ]
}

fn read(node: &Node, problems: &mut Found) -> Option<Predicate> {
    let cases = cases();
    let known: Vec<_> = cases.iter().map(|(key, ..)| *key).collect();
    let found = match &node.value {
        Value::Mapping(entries) => match entries.as_slice() {
            [entry] => {
                if let Some((.., shape)) = cases.iter().find(|(key, ..)| *key == entry.key) {
                    return shape.read(&entry.value, problems);
                }
                let problem = ShapeError::word("predicate", &entry.key, known);
                problems.add(entry.id, problem);
                return None;
            }
            _ => format!("a mapping of {} keys", entries.len()),
        },
        other => other.describe().to_string(),
    };
    problems.add(node.id, EditionError::Predicate { known, found });
    None
}

fn schema(definitions: &mut Definitions) -> Json {
    let mut properties = Map::new();
    for (key, about, shape) in cases() {
        let mut schema = shape.schema(definitions);
        schema["description"] = json!(about);
        properties.insert(key.to_owned(), schema);
    }
    json!({
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
        "properties": properties,
    })
}

type OfIce = StateList<IceTransportState>;
type OfDtls = StateList<DtlsTransportState>;

keys! {
    /// States of transports.
    struct Lists: EditionError, "lists of states: `ice`, `dtls`" {
        /// States of ICE transports.
        optional ice: OfIce = states::<IceTransportState, DtlsTransportState>(),
        /// States of DTLS transports.
        optional dtls: OfDtls = states::<DtlsTransportState, IceTransportState>(),
    }
    besides [OF_A_KIND]
}

const OF_A_KIND: Beside<EditionError> = Beside {
    schema: || json!({ "minProperties": 1 }),
    check: |node, problems| {
        if node.get("ice").or(node.get("dtls")).is_none() {
            problems.add(node.id, EditionError::NoKind);
        }
    },
};

/// Reads a list of states of one kind. States of the other kind are kept as foreign, because the
/// prose of some editions names them.
fn states<S: StateEnum, O: StateEnum>() -> Shape<EditionError, StateList<S>> {
    let either = Shape::new(either_state::<S, O>, |_| json!({ "enum": known::<S, O>() }));
    list("a list of states", either).map(|items| {
        let mut states = StateSet::empty();
        let mut foreign = Vec::new();
        for item in items {
            match item {
                Ok(state) => states.insert(state),
                Err(other) => foreign.push(O::as_str(other)),
            }
        }
        StateList { states, foreign }
    })
}

/// Reads a state of one kind, or otherwise of the other.
fn either_state<S: StateEnum, O: StateEnum>(
    node: &Node,
    problems: &mut Found,
) -> Option<Result<S, O>> {
    let name = fields::text(node, "a state", problems)?;
    let own = S::ALL.iter().find(|state| state.as_str() == name);
    let other = O::ALL.iter().find(|state| state.as_str() == name);
    let found = own.copied().map(Ok).or(other.copied().map(Err));
    if found.is_none() {
        let known = known::<S, O>();
        let problem = EditionError::NoTransportState {
            found: names::shorten(name),
            suggestion: names::nearest(name, known.iter().copied()),
            known,
        };
        problems.add(node.id, problem);
    }
    found
}

fn known<S: StateEnum, O: StateEnum>() -> Vec<&'static str> {
    let mut known: Vec<_> = S::ALL.iter().map(|state| state.as_str()).collect();
    for other in O::ALL.iter().map(|state| state.as_str()) {
        if !known.contains(&other) {
            known.push(other);
        }
    }
    known
}
