//! Renders a path through the machine as a table of the cells that changed in each step.

use super::change::Step;
use super::connection::{Connection, Update};
use super::rulebook::Rulebook;

/// The headings of the columns.
const COLUMNS: [&str; 6] = [
    "step",
    "transports",
    "queued",
    "iceConnectionState",
    "connectionState",
    "events",
];

/// Renders a path from the initial state. A cell that did not change is blank.
#[must_use]
pub fn render(rulebook: &Rulebook, steps: &[Step]) -> String {
    let mut state = Connection::new();
    let mut cells = describe(&state);
    let mut rows = vec![row("initially", &cells, "")];
    for &step in steps {
        let mut fired = Vec::new();
        state = rulebook.take(&state, step, &mut fired);
        let events: Vec<_> = fired.iter().map(|fired| fired.event.as_str()).collect();
        let now = describe(&state);
        let mut shown = now.clone();
        for (cell, before) in shown.iter_mut().zip(&cells) {
            if cell == before {
                cell.clear();
            }
        }
        rows.push(row(&step.to_string(), &shown, &events.join(", ")));
        cells = now;
    }
    layout(&rows)
}

fn row(step: &str, cells: &[String; 4], events: &str) -> [String; 6] {
    let [transports, queued, ice, connection] = cells.clone();
    [
        step.to_owned(),
        transports,
        queued,
        ice,
        connection,
        events.to_owned(),
    ]
}

fn describe(state: &Connection) -> [String; 4] {
    [
        transports(state),
        queue(state),
        state.ice_connection_state.to_string(),
        state.connection_state.to_string(),
    ]
}

/// Describes the transports of a state.
pub(super) fn transports(state: &Connection) -> String {
    let all: Vec<_> = state
        .transports
        .as_slice()
        .iter()
        .map(ToString::to_string)
        .collect();
    if all.is_empty() {
        "none".to_owned()
    } else {
        all.join(" ")
    }
}

/// Describes the tasks that are queued in a state.
pub(super) fn queue(state: &Connection) -> String {
    let mut queued: Vec<String> = state
        .queued_change
        .iter()
        .map(ToString::to_string)
        .collect();
    queued.extend(state.queue.iter().map(|update| {
        match update {
            Update::IceConnectionState => "update iceConnectionState",
            Update::ConnectionState => "update connectionState",
        }
        .to_owned()
    }));
    if queued.is_empty() {
        "nothing".to_owned()
    } else {
        queued.join(", ")
    }
}

fn layout(rows: &[[String; 6]]) -> String {
    let heading = COLUMNS.map(str::to_owned);
    let all: Vec<&[String; 6]> = std::iter::once(&heading).chain(rows).collect();
    let width = |column: usize| {
        all.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in all {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
