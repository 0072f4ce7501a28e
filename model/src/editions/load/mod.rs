//! Reads an edition from its YAML file, compiled in or a draft.
//!
//! `docs/edition-format.md` describes the format. All problems of a file are reported at once, each
//! with its line and column, and a file with any problem is refused.

mod claim;
mod definition;
mod dynamics;
mod error;
mod former;
mod predicate;

pub use error::EditionError;
use serde_json::{Value as Json, json};

use self::claim::{ClaimKeys, Subjects};
use self::definition::definition;
use self::dynamics::said;
use super::SOURCES;
use super::definition::{Definition, Edition};
use super::dynamics::{Dynamics, Said, TransportSet};
use crate::input::fields::Problems;
use crate::input::keys::{Beside, keys};
use crate::input::located::Refused;
use crate::input::names;
use crate::input::shape::{At, Shape, form, list, text, version};
use crate::input::yaml::{Document, Node, NodeId, Value};
use crate::keys;
use crate::states::{IceConnectionState, PeerConnectionState};

type Found = Problems<EditionError>;

keys! {
    /// An edition of the definitions, published or a draft.
    struct EditionKeys: EditionError, "an edition: a mapping with `schema`, `id`, …" {
        /// The version of the format.
        optional _schema as "schema": () = version(1, |found| EditionError::Schema { found: found.to_string() }),
        /// The id of the edition: one word.
        expected id: String = id(),
        /// When it was written, as far as known.
        expected date: String = line(),
        /// Where the text is.
        expected source: String = line(),
        /// What kind of text it is.
        expected status: String = line(),
        /// The transports that count.
        expected transport_set: Said<TransportSet> = said("transport_set"),
        /// From when to when it was part of the editor's draft, if known.
        optional in_force: String = text("a span of time"),
        /// Further links.
        defaulted also: Vec<String> = list("a list of texts", text("text")),
        /// Notes for readers.
        defaulted notes: Vec<String> = list("a list of texts", text("text")),
        /// What it changes in the edition before it, and why.
        defaulted changes: Vec<String> = list("a list of texts", text("text")),
        /// The edition whose `RTCIceConnectionState` the predicates refer to.
        optional ice_from: At<String> = text("the id of an edition").placed(),
        /// The definitions, at least one.
        expected enums: Enums = keys(),
        /// What the text itself claims about its states.
        defaulted claims: Vec<ClaimKeys> = list("a list of claims", keys()),
        /// How and when the values are updated and events are fired.
        defaulted dynamics: Dynamics = keys(),
    }
}

keys! {
    /// The definitions of a file.
    struct Enums: EditionError, "RTCPeerConnectionState and RTCIceConnectionState" {
        /// The definition of `RTCPeerConnectionState`.
        optional connection as "RTCPeerConnectionState": Definition<PeerConnectionState> = definition(),
        /// The definition of `RTCIceConnectionState`.
        optional ice as "RTCIceConnectionState": Definition<IceConnectionState> = definition(),
    }
    besides [AT_LEAST_ONE]
}

const AT_LEAST_ONE: Beside<EditionError> = Beside {
    schema: || json!({ "minProperties": 1 }),
    check: |node, problems| {
        if (node
            .get(PeerConnectionState::NAME)
            .or(node.get(IceConnectionState::NAME)))
        .is_none()
        {
            problems.add(node.id, EditionError::Empty);
        }
    },
};

/// The JSON Schema of a file that describes an edition.
#[must_use]
pub fn schema() -> Json {
    let title = "An edition of the definitions, version 1";
    keys::<_, EditionKeys>().document(title)
}

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
    let keys = keys::<_, EditionKeys>().read(document.root(), &mut problems);
    let edition = keys.and_then(|keys| keys.edition(document.root(), referenced, &mut problems));
    problems.finish(file, &document, edition)
}

impl EditionKeys {
    /// Builds the edition, once all references to other parts or to another edition are resolved.
    fn edition(
        self,
        node: &Node,
        referenced: &dyn Fn(&str) -> Option<Definition<IceConnectionState>>,
        problems: &mut Found,
    ) -> Option<Edition> {
        let enums = node.get("enums");
        let of_enum = |name| enums.and_then(|enums| enums.get(name));
        let connection_node = of_enum(PeerConnectionState::NAME);
        let ice_node = of_enum(IceConnectionState::NAME);
        let defined = [connection_node, ice_node].iter().flatten().count();
        // Whether a predicate refers to another enum, which has been reported.
        let misspelled = enums.is_some_and(
            |enums| matches!(&enums.value, Value::Mapping(entries) if entries.len() > defined),
        );
        for node in ice_node.into_iter().flat_map(references) {
            problems.add(node, EditionError::Cycle);
        }
        let (connection_state, ice_connection_state) = match self.enums {
            Some(enums) => (enums.connection, enums.ice),
            None => (None, None),
        };

        let referring: Vec<NodeId> = [connection_node, node.get("claims")]
            .into_iter()
            .flatten()
            .flat_map(references)
            .collect();
        let mut referenced_ice = ice_connection_state
            .clone()
            .filter(|_| !referring.is_empty());
        let is_from_another = self.ice_from.as_ref().is_some_and(|at| at.value.is_some());
        let ice_from = self.ice_from.and_then(|At { node, value }| {
            let name = value?;
            if self.id.as_ref() == Some(&name) {
                problems.add(node, EditionError::IceFromItself);
            } else if let Some(definition) = referenced(&name) {
                referenced_ice = Some(definition);
            } else {
                let found = names::shorten(&name);
                let suggestion = names::nearest(&name, SOURCES.iter().map(|(id, _)| *id));
                problems.add(node, EditionError::IceFrom { found, suggestion });
            }
            Some(name)
        });
        if ice_node.is_none() && !is_from_another && !misspelled {
            for node in referring {
                problems.add(node, EditionError::NothingReferenced);
            }
        }

        let subjects = Subjects {
            connection: connection_node.is_some() || misspelled,
            ice: ice_node.is_some() || misspelled,
        };
        let claims = self.claims.into_iter();
        let claims = claims.filter_map(|claim| claim.claim(subjects, problems));
        let claims = claims.collect();
        Some(Edition {
            id: self.id?,
            date: self.date?,
            source: self.source?,
            also: self.also,
            status: self.status?,
            in_force: self.in_force,
            transport_set: self.transport_set?,
            ice_from,
            connection_state,
            ice_connection_state,
            referenced_ice,
            claims,
            dynamics: self.dynamics,
            notes: self.notes,
            changes: self.changes,
        })
    }
}

/// Reads a text in one line.
fn line() -> Shape<EditionError, String> {
    text("text").map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Reads an id: one word of visible characters, because ids are printed everywhere.
fn id() -> Shape<EditionError, String> {
    const SEEN: &str =
        r"^[^\s\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+$";
    fn id(text: &str) -> Result<String, EditionError> {
        let is_seen = names::printable(text) == text;
        if is_seen && !text.is_empty() && !text.contains(char::is_whitespace) {
            return Ok(text.to_owned());
        }
        let found = names::shorten(text);
        Err(EditionError::NotAnId {
            found: format!("`{found}`"),
        })
    }
    Shape::named("id", || form("an id", SEEN, id))
}

/// Returns the nodes of every `ice_connection_state` predicate below a node.
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
