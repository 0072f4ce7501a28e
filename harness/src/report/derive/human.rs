//! The values that an edition gives for a combination, and the clauses that give them, for people.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::editions::{Definition, Facts, Reading};
use peerstate_model::states::StateEnum;

use super::Derivation;
use crate::report::rows::write_rows;

/// Writes the states that are present, and for each enum the values that hold and every row.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, derivation: &Derivation<'_>) -> io::Result<()> {
    let (named, combination) = (derivation.named, &derivation.combination);
    writeln!(out, "{}: {combination}", named.shown().bold())?;
    let (edition, facts) = (&named.edition, derivation.facts());
    write_facts(out, facts)?;
    if let (Some(definition), Some(reading)) = (&edition.connection_state, derivation.connection) {
        write_reading(out, definition, reading, facts)?;
    }
    if let (Some(definition), Some(reading)) = (&edition.ice_connection_state, derivation.ice) {
        write_reading(out, definition, reading, facts)?;
    }
    Ok(())
}

/// Writes the facts that the rows depend on: the states that are present.
fn write_facts(out: &mut dyn Write, facts: Facts) -> io::Result<()> {
    if facts.ice.is_empty() {
        writeln!(out, "  there are no transports")?;
    } else {
        writeln!(out, "  ICE transports: {}", facts.ice)?;
        writeln!(out, "  DTLS transports: {}", facts.dtls)?;
    }
    if facts.closed {
        writeln!(out, "  [[IsClosed]] is true")?;
    }
    if facts.ice_connection_state.is_empty() {
        return Ok(());
    }
    writeln!(out, "  iceConnectionState: {}", facts.ice_connection_state)
}

/// Writes the values and rows of a reading for some facts.
fn write_reading<S: StateEnum>(
    out: &mut dyn Write,
    definition: &Definition<S>,
    reading: &Reading<S>,
    facts: Facts,
) -> io::Result<()> {
    let holding = reading.holding(&facts).to_string();
    let default = if definition.is_default(reading) {
        ", the default"
    } else {
        ""
    };
    writeln!(out)?;
    writeln!(
        out,
        "{} (reading {}{default}): {}",
        S::NAME,
        reading.id,
        holding.bold()
    )?;
    write_rows(out, reading, facts, "  ")
}
