//! The values that an edition gives for a combination, as JSON.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::Derivation;
use crate::report::SCHEMA;
use crate::report::combination::{names, transports};

/// The output of `derive --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeriveReport {
    /// The version of this format: 1.
    schema: u32,
    edition: String,
    /// The reading; null if the edition defines neither enum.
    reading: Option<String>,
    /// `[[IsClosed]]`.
    closed: bool,
    /// The ICE state and the DTLS state of each transport.
    transports: Vec<[&'static str; 2]>,
    /// Every value that holds: none is a gap, several are an overlap; null if the edition does not
    /// define the enum.
    #[serde(rename = "connectionState")]
    connection_state: Option<Vec<&'static str>>,
    /// The same as `connectionState`.
    #[serde(rename = "iceConnectionState")]
    ice_connection_state: Option<Vec<&'static str>>,
}

impl DeriveReport {
    /// Returns the report of a derivation.
    #[must_use]
    pub fn of(derivation: &Derivation<'_>) -> Self {
        let (combination, derived) = (&derivation.combination, derivation.derived());
        Self {
            schema: SCHEMA,
            edition: derivation.named.edition.id.clone(),
            reading: derivation.reading.map(str::to_owned),
            closed: combination.closed,
            transports: transports(combination),
            connection_state: derived.connection_state.map(names),
            ice_connection_state: derived.ice_connection_state.map(names),
        }
    }
}

/// Writes a derivation as one document.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, derivation: &Derivation<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &DeriveReport::of(derivation))?;
    writeln!(out)
}
