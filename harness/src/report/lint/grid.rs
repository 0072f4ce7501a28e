//! The truth table of a reading for one and for two transports.

#![cfg_attr(
    not(feature = "html"),
    expect(dead_code, reason = "only the page shows the table of two transports")
)]

use std::collections::BTreeSet;
use std::fmt::Write;

use peerstate_model::editions::space::combinations;
use peerstate_model::editions::{Defined, Edition, Facts};
use peerstate_model::lint::{EnumReport, Finding};
use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState, StateEnum,
};
use peerstate_model::transports::Transport;

/// The values of a reading for every combination of at most two transports.
pub(super) struct Grid {
    /// The values without transports.
    pub(super) none: String,
    /// For one transport, by DTLS state, then by ICE state.
    one: Vec<String>,
    /// For two transports, by the first, then by the second.
    two: Vec<Vec<String>>,
    /// The combinations that have a finding of the report.
    found: BTreeSet<Vec<Transport>>,
}

/// Returns every transport, by DTLS state, then by ICE state.
fn transports() -> Vec<Transport> {
    combinations(1).flatten().collect()
}

/// Returns the combinations of a finding, each sorted as [`sorted`] does.
fn found(finding: &Finding) -> BTreeSet<Vec<Transport>> {
    finding.small.iter().cloned().map(sorted).collect()
}

fn sorted(mut transports: Vec<Transport>) -> Vec<Transport> {
    transports.sort_unstable();
    transports
}

impl Grid {
    /// Returns the grid of the reading that a report is about.
    pub(super) fn of(edition: &Edition, report: &EnumReport) -> Option<Self> {
        if report.enum_name == PeerConnectionState::NAME {
            Self::of_enum::<PeerConnectionState>(edition, report)
        } else {
            Self::of_enum::<IceConnectionState>(edition, report)
        }
    }

    fn of_enum<S: Defined>(edition: &Edition, report: &EnumReport) -> Option<Self> {
        let reading = S::definition(edition)?.reading(&report.reading)?;
        let values = |transports: &[Transport]| {
            let facts = Facts::of_transports(false, transports);
            let holding = reading.holding(&edition.with_ice_connection_state(facts));
            let names: Vec<_> = holding.iter().map(StateEnum::as_str).collect();
            names.join(" ")
        };
        let all = transports();
        Some(Self {
            none: values(&[]),
            one: all.iter().map(|transport| values(&[*transport])).collect(),
            two: all
                .iter()
                .map(|one| all.iter().map(|other| values(&[*one, *other])).collect())
                .collect(),
            found: report.findings.iter().flat_map(found).collect(),
        })
    }

    /// Returns the names of the ICE states, in the order of the columns.
    pub(super) fn ice_states() -> impl Iterator<Item = &'static str> {
        IceTransportState::ALL.iter().map(|state| state.as_str())
    }

    /// Returns for each DTLS state the values by ICE state, and whether the combination has a
    /// finding.
    pub(super) fn rows_of_one(&self) -> Vec<(&'static str, Vec<(String, bool)>)> {
        self.rows(&self.found)
    }

    /// Returns the same rows, marking only the combinations of one finding.
    pub(super) fn rows_of_one_for(
        &self,
        finding: &Finding,
    ) -> Vec<(&'static str, Vec<(String, bool)>)> {
        self.rows(&found(finding))
    }

    fn rows(&self, found: &BTreeSet<Vec<Transport>>) -> Vec<(&'static str, Vec<(String, bool)>)> {
        let all = transports();
        let columns = IceTransportState::ALL.len();
        let rows = self.one.chunks(columns).zip(all.chunks(columns));
        DtlsTransportState::ALL
            .iter()
            .zip(rows)
            .map(|(dtls, (values, transports))| {
                let cells = values.iter().zip(transports);
                let cells = cells.map(|(values, t)| (values.clone(), found.contains(&vec![*t])));
                (dtls.as_str(), cells.collect())
            })
            .collect()
    }

    /// Returns the distinct values for two transports, each with the path of its cells in a 35 by
    /// 35 square.
    pub(super) fn paths_of_two(&self) -> Vec<(String, String)> {
        let different: BTreeSet<&String> = self.two.iter().flatten().collect();
        different
            .into_iter()
            .map(|values| {
                let path = path(|row, column| {
                    self.two.get(row).and_then(|row| row.get(column)) == Some(values)
                });
                (values.clone(), path)
            })
            .collect()
    }

    /// Returns the path of the cells that do not have a finding; `None` if no combination of two
    /// transports has it.
    pub(super) fn path_without(finding: &Finding) -> Option<String> {
        let found = found(finding);
        let all = transports();
        if !found.iter().any(|transports| transports.len() == 2) {
            return None;
        }
        Some(path(|row, column| {
            let pair = all.get(row).zip(all.get(column));
            pair.is_some_and(|(one, other)| !found.contains(&sorted(vec![*one, *other])))
        }))
    }

    /// Returns the values for two transports as a string with one letter for each cell, and the
    /// meaning of the letters.
    pub(super) fn letters(&self) -> (String, Vec<String>) {
        let different: BTreeSet<&String> = self.two.iter().flatten().collect();
        let different: Vec<String> = different.into_iter().cloned().collect();
        let letter = |values: &String| {
            let place = different.iter().position(|other| other == values);
            place
                .and_then(|place| u8::try_from(place).ok())
                .map_or('?', |place| char::from(b'a' + place % 26))
        };
        (self.two.iter().flatten().map(letter).collect(), different)
    }
}

/// Returns the path around the cells of a 35 by 35 square that satisfy `asked`, run by run.
fn path(asked: impl Fn(usize, usize) -> bool) -> String {
    const SIDE: usize = 35;
    let mut path = String::new();
    for row in 0..SIDE {
        let mut column = 0;
        let begins = path.len();
        while column < SIDE {
            let length = (column..SIDE).take_while(|at| asked(row, *at)).count();
            if length > 0 {
                // A line for each row.
                if begins > 0 && begins == path.len() {
                    path.push('\n');
                }
                // Writing to a string does not fail.
                let _ = write!(path, "M{column} {row}h{length}v1h-{length}z");
            }
            column += length.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use peerstate_model::editions::edition;
    use peerstate_model::lint::lint;

    use super::*;

    #[test]
    fn a_path_goes_around_runs() {
        assert_eq!(
            path(|row, column| row == 1 && (2..4).contains(&column)),
            "M2 1h2v1h-2z"
        );
        assert_eq!(path(|_, _| false), "");
    }

    #[test]
    fn the_gap_of_2021_is_where_it_is() {
        let edition = edition("w3c-rec-2021-01-26").unwrap();
        let linted = lint(edition, 1);
        let grid = Grid::of(edition, &linted.enums[0]).unwrap();
        let rows = grid.rows_of_one();
        let (dtls, cells) = &rows[0];
        assert_eq!(*dtls, "new");
        let connected = Grid::ice_states()
            .position(|state| state == "connected")
            .unwrap();
        assert_eq!(cells[connected], (String::new(), true));
        assert_eq!(cells[0], ("new".to_owned(), false));
        let (letters, values) = grid.letters();
        assert_eq!(letters.len(), 35 * 35);
        assert_eq!(values[0], "");
    }
}
