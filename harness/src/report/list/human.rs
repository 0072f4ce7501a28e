//! Lists of scenarios, editions, rules and implementations, for people.

use std::io::{self, Write};

use super::Listed;
use crate::report::table::{Column, Columns};

/// Writes one line for each.
///
/// # Errors
///
/// If the output can not be written.
pub fn write(out: &mut dyn Write, listed: &[Listed]) -> io::Result<()> {
    let names = listed.iter().map(|one| one.name.as_str());
    let columns = Columns(vec![Column::of(names, 0)]);
    for Listed { name, about } in listed {
        writeln!(out, "{}", columns.plain([name, about]))?;
    }
    Ok(())
}
