//! Reading the definition of one enum: its readings, and the rows of each.

use std::collections::BTreeSet;

use super::predicate::{read_predicate, read_state};
use super::{EditionError, Found, read_id, string};
use crate::editions::definition::{Definition, Mode, Reading, Row};
use crate::editions::predicate::Predicate;
use crate::input::fields::{self, Fields};
use crate::input::names;
use crate::input::yaml::{Node, NodeId};
use crate::states::{StateEnum, UnknownState};

/// How the rows of a definition are taken.
const MODES: &[&str] = &["first_match", "independent"];

pub(super) fn read_definition<S>(node: &Node, problems: &mut Found) -> Option<Definition<S>>
where
    S: StateEnum + std::str::FromStr<Err = UnknownState>,
{
    let mut fields = Fields::of(node, "a definition: `mode`, `order`, `readings`", problems)?;
    let mode = fields.required("mode", problems).and_then(|node| {
        match fields::text(node, "`first_match` or `independent`", problems)? {
            "first_match" => Some(Mode::FirstMatch),
            "independent" => Some(Mode::Independent),
            other => {
                let problem = EditionError::unknown("mode", other, MODES);
                problems.add(node.id, problem);
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
    let defaults = items.iter().zip(&read);
    let defaults: Vec<NodeId> = defaults
        .filter(|(_, reading)| matches!(reading, Some((true, _))))
        .map(|(item, _)| item.id)
        .collect();
    if read.iter().all(Option::is_some) && defaults.len() != 1 {
        // Where there are several, the second is the one too many.
        let place = defaults.get(1).copied().unwrap_or(readings_node.id);
        let count = defaults.len();
        problems.add(place, EditionError::Defaults { count });
    }
    let mut ids = BTreeSet::new();
    for (item, reading) in items.iter().zip(&read) {
        if let Some((_, reading)) = reading
            && !ids.insert(reading.id.clone())
        {
            let id = names::shorten(&reading.id);
            problems.add(item.id, EditionError::DuplicateReading { id });
        }
    }
    let read: Vec<_> = read.into_iter().flatten().collect();
    let default = read.iter().position(|(default, _)| *default)?;
    let readings: Vec<Reading<S>> = read.into_iter().map(|(_, reading)| reading).collect();
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
        .and_then(|n| read_id(n, problems));
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
    let entries = states?.entries();
    if entries.is_empty() {
        problems.add(states_node?.id, EditionError::NoRows);
    }
    for entry in entries {
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
        (Mode::FirstMatch, Some(order)) => {
            sort_by_order(&mut rows, order, problems);
            // A name that is none has been told, and is the row that is missing.
            if rows.len() == entries.len() {
                missing_rows(&rows, order, node.id, problems);
            }
        }
        (Mode::Independent, _) => rows.sort_by_key(|(_, row)| row.value),
    }
    check_otherwise(&rows, mode, own_order.is_some(), problems);
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    let reading = Reading {
        id: id?.to_owned(),
        basis: basis?,
        vacuous_all: vacuous_all?,
        mode,
        rows,
    };
    Some((default?, reading))
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
