//! How editions differ, as JSON.

use std::io::{self, Write};

use peerstate_model::editions::Defined;
use peerstate_model::lint::Group;
use peerstate_model::states::StateEnum;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Beside, Comparison, Matrix};
use crate::report::SCHEMA;
use crate::report::combination::{Example, names};

/// The output of `diff --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiffReport {
    /// The version of this format: 1.
    schema: u32,
    a: String,
    b: String,
    /// `RTCPeerConnectionState` or `RTCIceConnectionState`.
    #[serde(rename = "enum")]
    of: &'static str,
    /// The number of combinations of at most three transports for which they differ.
    combinations: usize,
    groups: Vec<DiffGroup>,
    /// Like `groups`, for a closed connection; not counted.
    closed: Vec<DiffGroup>,
    /// Other differences: readings, the set of transports, claims, dynamics.
    beside: Vec<Beside>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DiffGroup {
    /// The values of the first edition.
    a: Vec<&'static str>,
    /// The values of the second edition.
    b: Vec<&'static str>,
    combinations: usize,
    /// The smallest of these combinations, among any number of transports.
    example: Example,
}

impl DiffGroup {
    fn of<S: StateEnum>(group: &Group<S>) -> Self {
        Self {
            a: names(group.a),
            b: names(group.b),
            combinations: group.combinations,
            example: Example::of(&group.example),
        }
    }
}

impl DiffReport {
    /// Returns the report of a comparison.
    #[must_use]
    pub fn of<S: Defined>(comparison: &Comparison<'_, S>) -> Self {
        let difference = &comparison.difference;
        Self {
            schema: SCHEMA,
            a: comparison.a.0.edition.id.clone(),
            b: comparison.b.0.edition.id.clone(),
            of: S::NAME,
            combinations: difference.combinations,
            groups: difference.groups.iter().map(DiffGroup::of).collect(),
            closed: difference.closed.iter().map(DiffGroup::of).collect(),
            beside: comparison.beside(),
        }
    }
}

/// The output of `diff --all --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MatrixReport {
    /// The version of this format: 1.
    schema: u32,
    /// `RTCPeerConnectionState` or `RTCIceConnectionState`.
    #[serde(rename = "enum")]
    of: &'static str,
    /// The editions that define it.
    editions: Vec<String>,
    /// For each pair of editions, the number of combinations of at most three transports for which
    /// they differ.
    combinations: Vec<Vec<usize>>,
}

impl From<&Matrix> for MatrixReport {
    fn from(matrix: &Matrix) -> Self {
        Self {
            schema: SCHEMA,
            of: matrix.of,
            editions: matrix.editions.clone(),
            combinations: matrix.combinations.clone(),
        }
    }
}

/// Writes a comparison as one document.
///
/// # Errors
///
/// If the output can not be written.
pub fn write<S: Defined>(out: &mut dyn Write, comparison: &Comparison<'_, S>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &DiffReport::of(comparison))?;
    writeln!(out)
}

/// Writes a matrix as one document.
///
/// # Errors
///
/// If the output can not be written.
pub fn write_matrix(out: &mut dyn Write, matrix: &Matrix) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &MatrixReport::from(matrix))?;
    writeln!(out)
}
