//! Reading an edition from its YAML file, compiled in or a draft of one's own.
//!
//! The format is described in `docs/edition-format.md`. Every problem of a file is found at once,
//! each with its line and column, and a file with any problem is refused whole.

mod definition;
mod error;
mod predicate;

pub use error::EditionError;

use self::definition::read_definition;
use self::predicate::{read_predicate, read_state};
use super::definition::{Claim, ClaimedState, Definition, Dynamics, Edition};
use crate::fields::{self, Fields, Problems, ShapeError};
use crate::located::Refused;
use crate::names;
use crate::states::{IceConnectionState, PeerConnectionState};
use crate::yaml::{Document, Node, NodeId, Value};

type Found = Problems<EditionError>;

/// Reads an edition. `referenced` finds the definition of `RTCIceConnectionState` of another
/// edition, for `ice_from`.
///
/// # Errors
///
/// Every problem of the text.
pub fn load(
    file: &str,
    text: &str,
    referenced: &dyn Fn(&str) -> Option<Definition<IceConnectionState>>,
) -> Result<Edition, Refused<EditionError>> {
    let document = Document::parse(file, text).map_err(Refused::into_wider)?;
    let mut problems = Found::default();
    let edition = read_edition(document.root(), referenced, &mut problems);
    problems.finish(file, &document, edition)
}

fn read_edition(
    node: &Node,
    referenced: &dyn Fn(&str) -> Option<Definition<IceConnectionState>>,
    problems: &mut Found,
) -> Option<Edition> {
    let mut fields = Fields::of(
        node,
        "an edition: a mapping with `schema`, `id`, …",
        problems,
    )?;
    check_schema(&mut fields, problems);
    let id_node = fields.required("id", problems);
    let id = id_node.and_then(|node| fields::text(node, "an id", problems));
    let date = string(&mut fields, "date", problems);
    let source = string(&mut fields, "source", problems);
    let status = string(&mut fields, "status", problems);
    let transport_set = string(&mut fields, "transport_set", problems);
    let in_force = fields
        .optional("in_force")
        .and_then(|n| fields::text(n, "a span of time", problems));
    let also = strings(&mut fields, "also", problems);
    let notes = strings(&mut fields, "notes", problems);
    let changes = strings(&mut fields, "changes", problems);
    let ice_from = fields.optional("ice_from");

    let mut enums = fields.required("enums", problems).and_then(|node| {
        Fields::of(
            node,
            "RTCPeerConnectionState and RTCIceConnectionState",
            problems,
        )
    });
    let connection_node = enums
        .as_mut()
        .and_then(|e| e.optional(PeerConnectionState::NAME));
    let ice_node = enums
        .as_mut()
        .and_then(|e| e.optional(IceConnectionState::NAME));
    if let Some(enums) = enums {
        if connection_node.is_none() && ice_node.is_none() {
            problems.add(enums.id, EditionError::Empty);
        }
        enums.reject_unknown(problems);
    }
    let ice_connection_state = ice_node.and_then(|n| read_definition(n, problems));
    let connection_state = connection_node.and_then(|n| read_definition(n, problems));
    for node in ice_node.map(references).unwrap_or_default() {
        problems.add(node, EditionError::Cycle);
    }

    let claims_node = fields.optional("claims");
    let referring: Vec<NodeId> = connection_node
        .into_iter()
        .chain(claims_node)
        .flat_map(references)
        .collect();
    let mut referenced_ice = ice_connection_state
        .clone()
        .filter(|_| !referring.is_empty());
    let ice_from = ice_from.and_then(|node| {
        let name = fields::text(node, "the id of an edition", problems)?;
        if Some(name) == id {
            problems.add(node.id, EditionError::IceFromItself);
        } else if let Some(definition) = referenced(name) {
            referenced_ice = Some(definition);
        } else {
            let found = names::shorten(name);
            problems.add(node.id, EditionError::IceFrom { found });
        }
        Some(name.to_owned())
    });
    if ice_node.is_none() && ice_from.is_none() {
        for node in referring {
            problems.add(node, EditionError::NothingReferenced);
        }
    }

    let claims = claims_node
        .map(|n| read_claims(n, problems))
        .unwrap_or_default();
    let dynamics = fields
        .optional("dynamics")
        .and_then(|n| read_dynamics(n, problems));
    fields.reject_unknown(problems);

    Some(Edition {
        id: id?.to_owned(),
        date,
        source,
        also,
        status,
        in_force: in_force.map(str::to_owned),
        transport_set,
        ice_from,
        connection_state,
        ice_connection_state,
        referenced_ice,
        claims,
        dynamics: dynamics.unwrap_or_default(),
        notes,
        changes,
    })
}

fn check_schema(fields: &mut Fields<'_>, problems: &mut Found) {
    if let Some(schema) = fields.optional("schema")
        && schema.value != Value::Integer(1)
    {
        let found = schema.value.describe();
        problems.add(schema.id, EditionError::Schema { found });
    }
}

fn string(fields: &mut Fields<'_>, key: &'static str, problems: &mut Found) -> String {
    fields
        .required(key, problems)
        .and_then(|node| fields::text(node, "text", problems))
        .unwrap_or_default()
        .to_owned()
}

fn strings(fields: &mut Fields<'_>, key: &'static str, problems: &mut Found) -> Vec<String> {
    fields
        .optional(key)
        .map(|node| fields::texts(node, "a list of texts", problems))
        .unwrap_or_default()
}

/// The nodes of every `ice_connection_state` predicate below a node.
fn references(node: &Node) -> Vec<NodeId> {
    match &node.value {
        Value::Sequence(items) => items.iter().flat_map(references).collect(),
        Value::Mapping(entries) => entries
            .iter()
            .flat_map(|entry| {
                let own = (entry.key == "ice_connection_state").then_some(entry.id);
                own.into_iter()
                    .chain(references(&entry.value))
                    .collect::<Vec<_>>()
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn read_claims(node: &Node, problems: &mut Found) -> Vec<Claim> {
    fields::list(node, "a list of claims", problems)
        .unwrap_or_default()
        .iter()
        .filter_map(|item| read_claim(item, problems))
        .collect()
}

fn read_claim(node: &Node, problems: &mut Found) -> Option<Claim> {
    let mut fields = Fields::of(
        node,
        "a claim: `id`, `enum`, `state`, `must`, `quote`",
        problems,
    )?;
    let id = string(&mut fields, "id", problems);
    let quote = string(&mut fields, "quote", problems);
    let enum_node = fields.required("enum", problems);
    let state = fields.required("state", problems);
    let must = fields
        .required("must", problems)
        .and_then(|n| read_predicate(n, problems));
    fields.reject_unknown(problems);
    let (enum_node, state) = (enum_node?, state?);
    let expected = "`RTCPeerConnectionState` or `RTCIceConnectionState`";
    let state = match fields::text(enum_node, expected, problems)? {
        PeerConnectionState::NAME => ClaimedState::Connection(read_state(state, problems)?),
        IceConnectionState::NAME => ClaimedState::IceConnection(read_state(state, problems)?),
        _ => {
            problems.add(
                enum_node.id,
                ShapeError::expected(expected, &enum_node.value),
            );
            return None;
        }
    };
    Some(Claim {
        id,
        state,
        must: must?,
        quote,
    })
}

fn read_dynamics(node: &Node, problems: &mut Found) -> Option<Dynamics> {
    let mut fields = Fields::of(node, "the dynamics: a mapping", problems)?;
    let derivation_algorithm = fields
        .optional("derivation_algorithm")
        .and_then(|node| match &node.value {
            Value::Bool(value) => Some(if *value { "yes" } else { "no" }.to_owned()),
            Value::String(text) => Some(text.clone()),
            other => {
                problems.add(
                    node.id,
                    ShapeError::expected("`true`, `false` or text", other),
                );
                None
            }
        });
    let rederive_triggers = strings(&mut fields, "rederive_triggers", problems);
    let mut optional_text = |key| {
        fields
            .optional(key)
            .and_then(|node| fields::text(node, "text", problems))
            .map(str::to_owned)
    };
    let mut dynamics = Dynamics {
        derivation_algorithm,
        rederive_triggers,
        close_fires_connectionstatechange: optional_text("close_fires_connectionstatechange"),
        close_fires_iceconnectionstatechange: optional_text("close_fires_iceconnectionstatechange"),
        connection_state_on_close: optional_text("connection_state_on_close"),
        ice_state_on_close: optional_text("ice_state_on_close"),
        ice_event_order: optional_text("ice_event_order"),
        ice_update_event: optional_text("ice_update_event"),
        dtls_event_order: optional_text("dtls_event_order"),
        connectionstate_getter: optional_text("connectionstate_getter"),
        connection_state_derived_from: optional_text("connection_state_derived_from"),
        changed_by: optional_text("changed_by"),
        ..Dynamics::default()
    };
    let mut optional_boolean = |key| {
        fields
            .optional(key)
            .and_then(|node| fields::boolean(node, problems))
    };
    dynamics.ice_path_isclosed_abort = optional_boolean("ice_path_isclosed_abort");
    dynamics.dtls_path_isclosed_abort = optional_boolean("dtls_path_isclosed_abort");
    fields.reject_unknown(problems);
    Some(dynamics)
}
