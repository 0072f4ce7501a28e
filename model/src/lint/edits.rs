//! Every small edit of a definition: add a state to a list or drop it, swap "some" and "every" or
//! "and" and "or", add an alternative, drop a condition, move a row or swap two.
//!
//! The same edits serve two purposes. On a defective edition they are proposals
//! ([`suggest`](super::suggest)). On a sound edition they are mutants: each must change nothing, or
//! be caught by a finding or a law. Otherwise the checks have a gap.

use crate::editions::{Mode, Predicate, Reading, Row, StateList, StateLists};
use crate::state_set::StateSet;
use crate::states::{IceTransportState, StateEnum};
use crate::words;

words! {
    /// The kinds of edits.
    pub enum EditKind {
        /// Adds a state to a list.
        AddState = "state added",
        /// Drops a state from a list.
        DropState = "state dropped",
        /// Replaces "some" by "every", or the other way round.
        Quantifier = "quantifier changed",
        /// Replaces "and" by "or", or the other way round.
        Connective = "connective changed",
        /// Adds to a condition on iceConnectionState the alternative that every ICE transport is in a
        /// state.
        AddAlternative = "alternative added",
        /// Drops a condition.
        DropCondition = "condition dropped",
        /// Negates a condition.
        Negate = "condition negated",
        /// Moves a row to another place.
        MoveRow = "row moved",
        /// Swaps two rows.
        SwapRows = "rows swapped",
    }
}

/// An edit, with its result.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit<T> {
    /// Its kind.
    pub kind: EditKind,
    /// The edit as an instruction.
    pub instruction: String,
    /// The clause before the edit; the order of the rows if that is edited.
    pub before: String,
    /// The clause after the edit.
    pub after: String,
    /// The edited value.
    pub result: T,
}

impl<T> Edit<T> {
    /// Returns the same edit of a value that contains the edited one.
    pub(super) fn map<U>(self, within: impl FnOnce(T) -> U) -> Edit<U> {
        Edit {
            kind: self.kind,
            instruction: self.instruction,
            before: self.before,
            after: self.after,
            result: within(self.result),
        }
    }
}

/// Returns every small edit of a reading: first of each clause, then of the order of its rows.
#[must_use]
pub fn edits_of_reading<S: StateEnum>(reading: &Reading<S>) -> Vec<Edit<Reading<S>>> {
    let mut edits = Vec::new();
    for (place, row) in reading.rows.iter().enumerate() {
        for edit in edits_of_predicate(&row.predicate) {
            let mut result = reading.clone();
            result.rows[place].predicate = edit.result;
            edits.push(Edit {
                kind: edit.kind,
                instruction: format!("in `{}`, {}", row.value, edit.instruction),
                before: edit.before,
                after: edit.after,
                result,
            });
        }
    }
    if reading.mode == Mode::FirstMatch {
        edits.extend(edits_of_order(reading));
    }
    edits
}

/// Returns every small edit of a condition.
#[must_use]
pub fn edits_of_predicate(predicate: &Predicate) -> Vec<Edit<Predicate>> {
    let mut found = Vec::new();
    vary(predicate, &mut |kind, instruction, result| {
        found.push((kind, instruction, result));
    });
    found
        .into_iter()
        .map(|(kind, instruction, result)| Edit {
            kind,
            instruction,
            before: predicate.to_string(),
            after: result.to_string(),
            result,
        })
        .collect()
}

/// Calls `found` with every variant of a predicate, the kind of the edit, and its instruction.
fn vary(predicate: &Predicate, found: &mut dyn FnMut(EditKind, String, Predicate)) {
    match predicate {
        Predicate::Otherwise => {}
        Predicate::Closed(closed) => {
            let result = Predicate::Closed(!closed);
            found(
                EditKind::Negate,
                format!("say instead that {result}"),
                result,
            );
        }
        Predicate::NoTransports(none) => {
            let result = Predicate::NoTransports(!none);
            found(
                EditKind::Negate,
                format!("say instead that {result}"),
                result,
            );
        }
        Predicate::Any(lists) => {
            vary_lists(lists, &mut |kind, what, lists| {
                found(kind, what, Predicate::Any(lists));
            });
            let result = Predicate::All(lists.clone());
            found(
                EditKind::Quantifier,
                format!("say instead that {result}"),
                result,
            );
        }
        Predicate::All(lists) => {
            vary_lists(lists, &mut |kind, what, lists| {
                found(kind, what, Predicate::All(lists));
            });
            let result = Predicate::Any(lists.clone());
            found(
                EditKind::Quantifier,
                format!("say instead that {result}"),
                result,
            );
        }
        Predicate::None(lists) => {
            vary_lists(lists, &mut |kind, what, lists| {
                found(kind, what, Predicate::None(lists));
            });
            let result = Predicate::Any(lists.clone());
            found(
                EditKind::Negate,
                format!("say instead that {result}"),
                result,
            );
        }
        Predicate::IceConnectionState(set) => {
            let of = "iceConnectionState";
            for (kind, what, state) in states_to_edit(|state| set.contains(state), of) {
                let result = set.symmetric_difference(StateSet::only(state));
                found(kind, what, Predicate::IceConnectionState(result));
            }
            for state in IceTransportState::ALL {
                let every = Predicate::All(StateLists {
                    ice: Some(StateList {
                        states: StateSet::only(state),
                        foreign: Vec::new(),
                    }),
                    dtls: None,
                });
                let what = format!("also allow that {every}");
                let result = Predicate::AnyOf(vec![predicate.clone(), every]);
                found(EditKind::AddAlternative, what, result);
            }
        }
        Predicate::AllOf(parts) => {
            vary_parts(parts, &mut |kind, what, parts| {
                found(kind, what, Predicate::AllOf(parts));
            });
            let result = Predicate::AnyOf(parts.clone());
            found(
                EditKind::Connective,
                format!("say instead that {result}"),
                result,
            );
        }
        Predicate::AnyOf(parts) => {
            vary_parts(parts, &mut |kind, what, parts| {
                found(kind, what, Predicate::AnyOf(parts));
            });
            let result = Predicate::AllOf(parts.clone());
            found(
                EditKind::Connective,
                format!("say instead that {result}"),
                result,
            );
        }
    }
}

/// Returns every state of an enum, as a state to add to a list or to drop from it.
fn states_to_edit<S: StateEnum>(
    has: impl Fn(S) -> bool,
    of: &str,
) -> impl Iterator<Item = (EditKind, String, S)> {
    S::ALL.iter().map(move |&state| {
        if has(state) {
            let what = format!("drop `{state}` from the states of {of}");
            (EditKind::DropState, what, state)
        } else {
            let what = format!("add `{state}` to the states of {of}");
            (EditKind::AddState, what, state)
        }
    })
}

fn vary_list<S: StateEnum>(
    list: &StateList<S>,
    of: &str,
    found: &mut dyn FnMut(EditKind, String, StateList<S>),
) {
    for (kind, what, state) in states_to_edit(|state| list.states.contains(state), of) {
        let result = StateList {
            states: list.states.symmetric_difference(StateSet::only(state)),
            foreign: list.foreign.clone(),
        };
        found(kind, what, result);
    }
    if !list.foreign.is_empty() {
        let what = format!("drop {} from the states of {of}", list.foreign.join(", "));
        let result = StateList {
            states: list.states,
            foreign: Vec::new(),
        };
        found(EditKind::DropState, what, result);
    }
}

fn vary_lists(lists: &StateLists, found: &mut dyn FnMut(EditKind, String, StateLists)) {
    if let Some(ice) = &lists.ice {
        vary_list(ice, "ICE transports", &mut |kind, what, ice| {
            let dtls = lists.dtls.clone();
            found(
                kind,
                what,
                StateLists {
                    ice: Some(ice),
                    dtls,
                },
            );
        });
    }
    if let Some(dtls) = &lists.dtls {
        vary_list(dtls, "DTLS transports", &mut |kind, what, dtls| {
            let ice = lists.ice.clone();
            let dtls = Some(dtls);
            found(kind, what, StateLists { ice, dtls });
        });
    }
    if lists.ice.is_some() && lists.dtls.is_some() {
        for (of, ice, dtls) in [
            ("ICE", None, lists.dtls.clone()),
            ("DTLS", lists.ice.clone(), None),
        ] {
            let what = format!("leave out the {of} transports");
            found(EditKind::DropCondition, what, StateLists { ice, dtls });
        }
    }
}

fn vary_parts(parts: &[Predicate], found: &mut dyn FnMut(EditKind, String, Vec<Predicate>)) {
    for (place, part) in parts.iter().enumerate() {
        vary(part, &mut |kind, what, part| {
            let mut parts = parts.to_vec();
            parts[place] = part;
            found(kind, what, parts);
        });
        if parts.len() > 1 {
            let mut rest = parts.to_vec();
            rest.remove(place);
            let what = format!("drop the condition that {part}");
            found(EditKind::DropCondition, what, rest);
        }
    }
}

/// Moves every row to every other place, and swaps every two rows. Each resulting order is returned
/// once.
fn edits_of_order<S: StateEnum>(reading: &Reading<S>) -> Vec<Edit<Reading<S>>> {
    let rows = &reading.rows;
    let mut edits: Vec<Edit<Reading<S>>> = Vec::new();
    let mut add = |kind, instruction: String, result: Vec<Row<S>>| {
        let known = edits.iter().any(|edit| edit.result.rows == result);
        if result == *rows || known {
            return;
        }
        edits.push(Edit {
            kind,
            instruction,
            before: order(rows),
            after: order(&result),
            result: Reading {
                rows: result,
                ..reading.clone()
            },
        });
    };
    // Shortest moves first, so that of two moves with the same effect the smaller is proposed.
    for distance in 1..rows.len() {
        for (from, to) in moves(rows.len(), distance) {
            let mut moved = rows.clone();
            let row = moved.remove(from);
            let value = row.value;
            moved.insert(to, row);
            let place = match moved.get(to + 1) {
                Some(next) => format!("before `{}`", next.value),
                None => "to the end".to_owned(),
            };
            add(EditKind::MoveRow, format!("move `{value}` {place}"), moved);
        }
    }
    for one in 0..rows.len() {
        for other in one + 1..rows.len() {
            let mut swapped = rows.clone();
            swapped.swap(one, other);
            let what = format!("swap `{}` and `{}`", rows[one].value, rows[other].value);
            add(EditKind::SwapRows, what, swapped);
        }
    }
    edits
}

/// The moves of one row by so many places, up or down.
fn moves(rows: usize, distance: usize) -> impl Iterator<Item = (usize, usize)> {
    let down = (0..rows).map(move |from| (from, from + distance));
    let up = (distance..rows).map(move |from| (from, from - distance));
    up.chain(down.filter(move |(_, to)| *to < rows))
}

fn order<S: StateEnum>(rows: &[Row<S>]) -> String {
    let values: Vec<_> = rows.iter().map(|row| row.value.as_str()).collect();
    values.join(", ")
}
