//! Reading an edition from its YAML file, compiled in or a draft of one's own.
//!
//! The format is described in `docs/edition-format.md`. Every problem of a file is found at once,
//! each with its line and column, and a file with any problem is refused whole.

mod claim;
mod definition;
mod dynamics;
mod error;
mod former;
mod predicate;

pub use error::EditionError;

use self::claim::{Subjects, read_claims};
use self::definition::read_definition;
use self::dynamics::{read_answer, read_dynamics};
use super::SOURCES;
use super::definition::{Definition, Edition};
use super::dynamics::Dynamics;
use crate::input::fields::{self, Fields, Problems};
use crate::input::located::Refused;
use crate::input::names;
use crate::input::yaml::{Document, Node, NodeId, Value};
use crate::states::{IceConnectionState, PeerConnectionState};

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
    let id = id_node.and_then(|node| read_id(node, problems));
    let date = string(&mut fields, "date", problems);
    let source = string(&mut fields, "source", problems);
    let status = string(&mut fields, "status", problems);
    let transport_set = fields
        .required("transport_set", problems)
        .and_then(|node| read_answer("transport_set", node, problems));
    let in_force = fields
        .optional("in_force")
        .and_then(|n| fields::text(n, "a span of time", problems));
    let also = strings(&mut fields, "also", problems);
    let notes = strings(&mut fields, "notes", problems);
    let changes = strings(&mut fields, "changes", problems);
    let ice_from = fields.optional("ice_from");

    let Enums {
        connection: connection_node,
        ice: ice_node,
        misspelled,
    } = read_enums(&mut fields, problems);
    let ice_connection_state = ice_node.and_then(|n| read_definition(n, problems));
    let connection_state = connection_node.and_then(|n| read_definition(n, problems));
    for node in ice_node.into_iter().flat_map(references) {
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
            let suggestion = names::nearest(name, SOURCES.iter().map(|(id, _)| *id));
            problems.add(node.id, EditionError::IceFrom { found, suggestion });
        }
        Some(name.to_owned())
    });
    if ice_node.is_none() && ice_from.is_none() && !misspelled {
        for node in referring {
            problems.add(node, EditionError::NothingReferenced);
        }
    }

    let subjects = Subjects {
        connection: connection_node.is_some() || misspelled,
        ice: ice_node.is_some() || misspelled,
    };
    let claims = match claims_node {
        Some(node) => read_claims(node, subjects, problems),
        None => Vec::new(),
    };
    let dynamics = match fields.optional("dynamics") {
        Some(node) => read_dynamics(node, problems),
        None => Some(Dynamics::default()),
    };
    fields.reject_unknown(problems);

    Some(Edition {
        id: id?.to_owned(),
        date: date?,
        source: source?,
        also,
        status: status?,
        in_force: in_force.map(str::to_owned),
        transport_set: transport_set?,
        ice_from,
        connection_state,
        ice_connection_state,
        referenced_ice,
        claims,
        dynamics: dynamics?,
        notes,
        changes,
    })
}

/// The definitions of a file, unread.
#[derive(Default)]
struct Enums<'d> {
    connection: Option<&'d Node>,
    ice: Option<&'d Node>,
    /// Whether another enum is named, which has been told.
    misspelled: bool,
}

fn read_enums<'d>(fields: &mut Fields<'d>, problems: &mut Found) -> Enums<'d> {
    let expected = "RTCPeerConnectionState and RTCIceConnectionState";
    let node = fields.required("enums", problems);
    let Some(mut enums) = node.and_then(|node| Fields::of(node, expected, problems)) else {
        return Enums::default();
    };
    let connection = enums.optional(PeerConnectionState::NAME);
    let ice = enums.optional(IceConnectionState::NAME);
    if connection.is_none() && ice.is_none() {
        problems.add(enums.id, EditionError::Empty);
    }
    let misspelled = enums.entries().len() > [connection, ice].iter().flatten().count();
    enums.reject_unknown(problems);
    Enums {
        connection,
        ice,
        misspelled,
    }
}

fn check_schema(fields: &mut Fields<'_>, problems: &mut Found) {
    if let Some(schema) = fields.optional("schema")
        && fields::whole(&schema.value) != Some(1)
    {
        let found = schema.value.describe();
        problems.add(schema.id, EditionError::Schema { found });
    }
}

/// A text in one line.
fn string(fields: &mut Fields<'_>, key: &'static str, problems: &mut Found) -> Option<String> {
    let node = fields.required(key, problems);
    let text = node.and_then(|node| fields::text(node, "text", problems))?;
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(words.join(" "))
}

/// An id: one word.
fn read_id<'d>(node: &'d Node, problems: &mut Found) -> Option<&'d str> {
    let id = fields::text(node, "an id", problems)?;
    // Ids are printed everywhere, so they hold nothing that would have to be escaped.
    if id.is_empty() || id.contains(char::is_whitespace) || names::printable(id) != id {
        let found = format!("`{}`", names::shorten(id));
        problems.add(node.id, EditionError::NotAnId { found });
        return None;
    }
    Some(id)
}

fn strings(fields: &mut Fields<'_>, key: &'static str, problems: &mut Found) -> Vec<String> {
    match fields.optional(key) {
        Some(node) => fields::texts(node, "a list of texts", problems),
        None => Vec::new(),
    }
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
