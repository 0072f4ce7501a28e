//! Reads the definition of one enum: its readings, and the rows of each.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::str::FromStr;

use serde_json::{Map, Value as Json, json};

use super::predicate::predicate;
use super::{EditionError, Found, id, line};
use crate::editions::definition::{Definition, Mode, Reading, Row};
use crate::editions::predicate::Predicate;
use crate::input::fields::Fields;
use crate::input::keys::{Beside, keys};
use crate::input::names;
use crate::input::shape::{At, Definitions, Shape, flag, list, one_of};
use crate::input::yaml::{Node, NodeId};
use crate::keys;
use crate::states::{StateEnum, UnknownState, state};

/// An enum that an edition defines.
pub(super) trait Defined: StateEnum + FromStr<Err = UnknownState> + Debug {}

impl<S: StateEnum + FromStr<Err = UnknownState> + Debug> Defined for S {}

keys! {
    /// The definition of one enum.
    struct DefinitionKeys<S: Defined>: EditionError, "a definition: `mode`, `order`, `readings`" {
        /// How the descriptions of the values relate: the first that holds gives the value, or each
        /// is evaluated alone.
        expected mode: Mode = one_of("mode", "`first_match` or `independent`", &Mode::ALL, Mode::as_str),
        /// The order of the cascade, unless each reading has its own.
        optional order: Vec<S> = order(),
        /// The ways to understand the prose.
        expected readings: At<Vec<At<ReadingKeys<S>>>> =
            list("a list of readings", keys().placed()).placed(),
    }
    besides [ONE_DEFAULT, A_CASCADE_HAS_AN_ORDER]
}

keys! {
    /// A way to understand the prose.
    struct ReadingKeys<S: Defined>: EditionError, "a reading: `id`, `default`, `states`, …" {
        /// The id of the reading in the edition.
        expected id: String = id(),
        /// Whether it is used if no reading is named.
        expected default: bool = flag(),
        /// The reason for this reading.
        expected basis: String = line(),
        /// Whether "all" holds if there are no transports.
        expected vacuous_all: bool = flag(),
        /// The order of its cascade, if it has its own.
        optional order: Vec<S> = order(),
        /// The values and their predicates.
        expected states: Rows<S> = Shape::new(read_rows, schema_of_rows::<S>),
    }
}

/// Exactly one reading is the default. The reader checks this once it has read them all.
const ONE_DEFAULT: Beside<EditionError> = Beside {
    schema: || {
        json!({ "properties": { "readings": {
            "contains": { "properties": { "default": { "const": true } } },
            "minContains": 1,
            "maxContains": 1,
        } } })
    },
    check: |_, _| {},
};

/// A cascade has an order, or each of its readings has one. The reader checks the order of each
/// reading.
const A_CASCADE_HAS_AN_ORDER: Beside<EditionError> = Beside {
    schema: || {
        json!({
            "if": { "properties": { "mode": { "const": Mode::FirstMatch } } },
            "then": { "anyOf": [
                { "required": ["order"] },
                { "properties": { "readings": { "items": { "required": ["order"] } } } },
            ] },
        })
    },
    check: |_, _| {},
};

/// The rows of a reading as written, with their places.
#[derive(Debug, Clone)]
struct Rows<S> {
    node: NodeId,
    /// The number of rows, including those that can not be read.
    written: usize,
    read: Vec<(NodeId, Row<S>)>,
}

/// Reads one predicate for each value.
fn read_rows<S: Defined>(node: &Node, problems: &mut Found) -> Option<Rows<S>> {
    let entries = Fields::of(node, "values and predicates", problems)?.entries();
    if entries.is_empty() {
        problems.add(node.id, EditionError::NoRows);
    }
    let mut rows = Vec::new();
    for entry in entries {
        let value = problems.keep(entry.id, entry.key.parse::<S>());
        let predicate = predicate().read(&entry.value, problems);
        // A predicate that can not be read refuses the file; its row is not reported as missing as
        // well.
        let predicate = predicate.unwrap_or(Predicate::AllOf(Vec::new()));
        if let Some(value) = value {
            rows.push((entry.value.id, Row { value, predicate }));
        }
    }
    Some(Rows {
        node: node.id,
        written: entries.len(),
        read: rows,
    })
}

fn schema_of_rows<S: Defined>(definitions: &mut Definitions) -> Json {
    let mut predicate = predicate().schema(definitions);
    predicate["description"] = json!("The condition for this value.");
    let names = S::ALL.iter().map(|state| state.as_str().to_owned());
    let properties: Map<_, _> = names.map(|name| (name, predicate.clone())).collect();
    json!({
        "type": "object",
        "minProperties": 1,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// Reads values without duplicates.
fn order<S: Defined>() -> Shape<EditionError, Vec<S>> {
    let values = list("a list of values", state::<_, S>().placed());
    let distinct = values.then(|items, _, problems| {
        let mut order = Vec::new();
        for At { node, value } in items {
            let value = value?;
            if order.contains(&value) {
                let value = value.as_str();
                problems.add(node, EditionError::TwiceInOrder { value });
            }
            order.push(value);
        }
        Some(order)
    });
    distinct.and(json!({ "uniqueItems": true }))
}

/// Reads the definition of one enum.
pub(super) fn definition<S: Defined>() -> Shape<EditionError, Definition<S>> {
    keys().then(of_keys)
}

fn of_keys<S: Defined>(
    keys: DefinitionKeys<S>,
    _: &Node,
    problems: &mut Found,
) -> Option<Definition<S>> {
    let (mode, order, readings) = (keys.mode?, keys.order, keys.readings?);
    let (node, readings) = (readings.node, readings.value?);
    let mut read = Vec::new();
    for At { node, value } in readings {
        let reading = value.and_then(|keys| keys.reading(mode, order.as_deref(), problems));
        read.push((node, reading));
    }
    let defaults = read.iter();
    let defaults = defaults.filter(|(_, reading)| matches!(reading, Some((true, _))));
    let defaults: Vec<NodeId> = defaults.map(|(node, _)| *node).collect();
    if read.iter().all(|(_, reading)| reading.is_some()) && defaults.len() != 1 {
        // If there are several, the second is the one too many.
        let place = defaults.get(1).copied().unwrap_or(node);
        let count = defaults.len();
        problems.add(place, EditionError::Defaults { count });
    }
    let mut ids = BTreeSet::new();
    for (node, reading) in &read {
        if let Some((_, reading)) = reading
            && !ids.insert(reading.id.clone())
        {
            let id = names::shorten(&reading.id);
            problems.add(*node, EditionError::DuplicateReading { id });
        }
    }
    let read: Vec<_> = read
        .into_iter()
        .filter_map(|(_, reading)| reading)
        .collect();
    let default = read.iter().position(|(default, _)| *default)?;
    let readings: Vec<Reading<S>> = read.into_iter().map(|(_, reading)| reading).collect();
    Some(Definition {
        mode,
        readings,
        default,
    })
}

impl<S: Defined> ReadingKeys<S> {
    /// Returns the reading, and whether it is the default one.
    fn reading(
        self,
        mode: Mode,
        order: Option<&[S]>,
        problems: &mut Found,
    ) -> Option<(bool, Reading<S>)> {
        let Rows {
            node,
            written,
            read: mut rows,
        } = self.states?;
        match (mode, self.order.as_deref().or(order)) {
            (Mode::FirstMatch, None) => {
                problems.add(node, EditionError::NoOrder);
                return None;
            }
            (Mode::FirstMatch, Some(order)) => {
                sort_by_order(&mut rows, order, problems);
                // A name that is not a value has been reported; it explains the missing row.
                if rows.len() == written {
                    missing_rows(&rows, order, node, problems);
                }
            }
            (Mode::Independent, _) => rows.sort_by_key(|(_, row)| row.value),
        }
        check_otherwise(&rows, mode, self.order.is_some(), problems);
        let reading = Reading {
            id: self.id?,
            basis: self.basis?,
            vacuous_all: self.vacuous_all?,
            mode,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        };
        Some((self.default?, reading))
    }
}

fn missing_rows<S: StateEnum>(
    rows: &[(NodeId, Row<S>)],
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
}

fn sort_by_order<S: StateEnum>(rows: &mut [(NodeId, Row<S>)], order: &[S], problems: &mut Found) {
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

/// `otherwise` means that none of the rows before applies. A reading with a separate order may put
/// it earlier: that is a finding of lint, not an error in the file.
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
