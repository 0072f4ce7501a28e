//! Reading an edition from its YAML file, compiled in or a draft of one's own.
//!
//! The format is described in `docs/edition-format.md`. Every problem of a file is found at once,
//! each with its line and column, and a file with any problem is refused whole.

use super::definition::{Claim, ClaimedState, Definition, Dynamics, Edition, Mode, Reading, Row};
use super::predicate::{Predicate, StateList, StateLists};
use crate::fields::{self, Fields, Problems, ShapeError};
use crate::located::Refused;
use crate::names::{self, Suggestion};
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState, StateEnum,
    UnknownState,
};
use crate::yaml::{Document, Node, NodeId, Value, YamlError};

/// Why a file is no edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// It is no YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A name is no value of the enum.
    #[error(transparent)]
    State(#[from] UnknownState),
    /// A name is a state of neither kind of transport.
    #[error("no kind of transport has a state `{found}`{suggestion}")]
    NoTransportState {
        /// What was read.
        found: String,
        /// The nearest known one.
        suggestion: Suggestion,
    },
    /// The format has another version.
    #[error("this reads schema 1 of the format, found {found}")]
    Schema {
        /// What was read.
        found: String,
    },
    /// A predicate is none.
    #[error(
        "expected a predicate: one of closed, any, all, none, no_transports, \
         ice_connection_state, all_of, any_of, otherwise; found {found}"
    )]
    Predicate {
        /// What came.
        found: String,
    },
    /// A predicate speaks of no kind of transport.
    #[error("name at least one kind of transport here: `ice`, `dtls`")]
    NoKind,
    /// `all_of` or `any_of` has no parts.
    #[error("`{of}` needs at least one part")]
    NoParts {
        /// Which.
        of: &'static str,
    },
    /// Not exactly one reading is the default.
    #[error("exactly one reading must have `default: true`; {count} have")]
    Defaults {
        /// How many are.
        count: usize,
    },
    /// Two readings have the same id.
    #[error("two readings have the id `{id}`")]
    DuplicateReading {
        /// The id.
        id: String,
    },
    /// A cascade has no order.
    #[error("`mode: first_match` needs an `order` here or on every reading")]
    NoOrder,
    /// The order names a value that has no row.
    #[error("the order names `{value}`, which has no row in `states`")]
    MissingRow {
        /// The value.
        value: &'static str,
    },
    /// A row is not in the order.
    #[error("the row `{value}` is not in the order, so it could never apply")]
    NotInOrder {
        /// The value.
        value: &'static str,
    },
    /// The order names a value twice.
    #[error("the order names `{value}` twice")]
    TwiceInOrder {
        /// The value.
        value: &'static str,
    },
    /// `otherwise` stands where it is not the last row of a cascade.
    #[error("`otherwise` may stand only alone in the last row of a `first_match` cascade")]
    Otherwise,
    /// A definition refers to itself.
    #[error(
        "a cycle: `ice_connection_state` is the value of RTCIceConnectionState, which this helps \
         to define"
    )]
    Cycle,
    /// `ice_connection_state` is used, and no definition of it is at hand.
    #[error(
        "`ice_connection_state` refers to RTCIceConnectionState, which this file does not define; \
         define it, or name an edition that does with `ice_from`"
    )]
    NothingReferenced,
    /// `ice_from` names this very edition.
    #[error("a cycle: `ice_from` names this edition itself")]
    IceFromItself,
    /// `ice_from` names no edition with a definition of `RTCIceConnectionState`.
    #[error("`ice_from` names `{found}`, which is no edition that defines RTCIceConnectionState")]
    IceFrom {
        /// What was read.
        found: String,
    },
    /// The edition defines nothing.
    #[error("define at least one of RTCPeerConnectionState and RTCIceConnectionState")]
    Empty,
}

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

fn read_definition<S>(node: &Node, problems: &mut Found) -> Option<Definition<S>>
where
    S: StateEnum + std::str::FromStr<Err = UnknownState>,
{
    let mut fields = Fields::of(node, "a definition: `mode`, `order`, `readings`", problems)?;
    let mode = fields.required("mode", problems).and_then(|node| {
        match fields::text(node, "`first_match` or `independent`", problems)? {
            "first_match" => Some(Mode::FirstMatch),
            "independent" => Some(Mode::Independent),
            _ => {
                let expected = "`first_match` or `independent`";
                problems.add(node.id, ShapeError::expected(expected, &node.value));
                None
            }
        }
    });
    let order = fields
        .optional("order")
        .and_then(|node| read_order(node, problems));
    let readings_node = fields.required("readings", problems);
    let items = readings_node.and_then(|node| fields::list(node, "a list of readings", problems));
    fields.reject_unknown(problems);

    let (mode, readings_node, items) = (mode?, readings_node?, items?);
    let read: Vec<_> = items
        .iter()
        .map(|item| read_reading(item, mode, order.as_deref(), problems))
        .collect();
    let count = read
        .iter()
        .filter(|reading| matches!(reading, Some((true, _))))
        .count();
    if read.iter().all(Option::is_some) && count != 1 {
        problems.add(readings_node.id, EditionError::Defaults { count });
    }
    let read: Vec<_> = read.into_iter().flatten().collect();
    let default = read.iter().position(|(default, _)| *default)?;
    let readings: Vec<Reading<S>> = read.into_iter().map(|(_, reading)| reading).collect();
    for (index, reading) in readings.iter().enumerate() {
        if readings[..index].iter().any(|other| other.id == reading.id) {
            let id = names::shorten(&reading.id);
            problems.add(readings_node.id, EditionError::DuplicateReading { id });
        }
    }
    Some(Definition {
        mode,
        readings,
        default,
    })
}

fn read_order<S>(node: &Node, problems: &mut Found) -> Option<Vec<S>>
where
    S: StateEnum + std::str::FromStr<Err = UnknownState>,
{
    let items = fields::list(node, "a list of values", problems)?;
    let mut order: Vec<S> = Vec::new();
    for item in items {
        if let Some(value) = read_state(item, problems) {
            if order.contains(&value) {
                problems.add(
                    item.id,
                    EditionError::TwiceInOrder {
                        value: value.as_str(),
                    },
                );
            }
            order.push(value);
        }
    }
    Some(order)
}

fn read_state<S>(node: &Node, problems: &mut Found) -> Option<S>
where
    S: std::str::FromStr<Err = UnknownState>,
{
    let text = fields::text(node, "a state", problems)?;
    problems.keep(node.id, text.parse())
}

/// A reading, and whether it is the default one.
fn read_reading<S>(
    node: &Node,
    mode: Mode,
    order: Option<&[S]>,
    problems: &mut Found,
) -> Option<(bool, Reading<S>)>
where
    S: StateEnum + std::str::FromStr<Err = UnknownState>,
{
    let mut fields = Fields::of(node, "a reading: `id`, `default`, `states`, …", problems)?;
    let id = fields
        .required("id", problems)
        .and_then(|n| fields::text(n, "an id", problems));
    let default = fields
        .required("default", problems)
        .and_then(|n| fields::boolean(n, problems));
    let basis = string(&mut fields, "basis", problems);
    let vacuous_all = fields
        .required("vacuous_all", problems)
        .and_then(|n| fields::boolean(n, problems));
    let own_order = fields
        .optional("order")
        .and_then(|node| read_order(node, problems));
    let states_node = fields.required("states", problems);
    let states = states_node.and_then(|n| Fields::of(n, "values and predicates", problems));
    fields.reject_unknown(problems);

    let mut rows: Vec<(NodeId, Row<S>)> = Vec::new();
    for entry in states?.entries() {
        let value = problems.keep(entry.id, entry.key.parse::<S>());
        // A predicate that can not be read refuses the file; its row is not missing besides.
        let predicate =
            read_predicate(&entry.value, problems).unwrap_or(Predicate::AllOf(Vec::new()));
        if let Some(value) = value {
            rows.push((entry.value.id, Row { value, predicate }));
        }
    }
    let node = states_node?;
    match (mode, own_order.as_deref().or(order)) {
        (Mode::FirstMatch, None) => {
            problems.add(node.id, EditionError::NoOrder);
            return None;
        }
        (Mode::FirstMatch, Some(order)) => sort_by_order(&mut rows, order, node.id, problems),
        (Mode::Independent, _) => rows.sort_by_key(|(_, row)| row.value),
    }
    check_otherwise(&rows, mode, own_order.is_some(), problems);
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    let reading = Reading {
        id: id?.to_owned(),
        basis,
        vacuous_all: vacuous_all?,
        mode,
        rows,
    };
    Some((default?, reading))
}

fn sort_by_order<S: StateEnum>(
    rows: &mut [(NodeId, Row<S>)],
    order: &[S],
    node: NodeId,
    problems: &mut Found,
) {
    for &value in order {
        if !rows.iter().any(|(_, row)| row.value == value) {
            problems.add(
                node,
                EditionError::MissingRow {
                    value: value.as_str(),
                },
            );
        }
    }
    for (row_node, row) in rows.iter() {
        if !order.contains(&row.value) {
            problems.add(
                *row_node,
                EditionError::NotInOrder {
                    value: row.value.as_str(),
                },
            );
        }
    }
    rows.sort_by_key(|(_, row)| order.iter().position(|&value| value == row.value));
}

/// `otherwise` says "none of the rows before applies". A reading with an order of its own may put
/// it earlier: that is then a finding of lint, and no fault of the file.
fn check_otherwise<S>(
    rows: &[(NodeId, Row<S>)],
    mode: Mode,
    reordered: bool,
    problems: &mut Found,
) {
    for (index, (node, row)) in rows.iter().enumerate() {
        let whole = row.predicate == Predicate::Otherwise;
        let last = index + 1 == rows.len();
        let mut inside = false;
        row.predicate
            .walk(&mut |part| inside |= *part == Predicate::Otherwise);
        let allowed = whole && mode == Mode::FirstMatch && (last || reordered);
        if inside && !allowed {
            problems.add(*node, EditionError::Otherwise);
        }
    }
}

fn read_predicate(node: &Node, problems: &mut Found) -> Option<Predicate> {
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
            let found = format!("`{}`", names::shorten(other));
            problems.add(entry.id, EditionError::Predicate { found });
            None
        }
    }
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
    for item in fields::list(node, "a list of states", problems).unwrap_or_default() {
        let Some(name) = fields::text(item, "a state", problems) else {
            continue;
        };
        if let Some(&state) = S::ALL.iter().find(|state| state.as_str() == name) {
            states.insert(state);
        } else if let Some(other) = O::ALL.iter().find(|state| state.as_str() == name) {
            foreign.push(other.as_str());
        } else {
            let known = S::ALL
                .iter()
                .map(|s| s.as_str())
                .chain(O::ALL.iter().map(|s| s.as_str()));
            let suggestion = names::nearest(name, known);
            let found = names::shorten(name);
            problems.add(
                item.id,
                EditionError::NoTransportState { found, suggestion },
            );
        }
    }
    StateList { states, foreign }
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
