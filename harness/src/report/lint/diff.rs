//! What two editions disagree on, and the matrix of all.

use std::collections::BTreeSet;
use std::io::{self, Write};

use owo_colors::OwoColorize;
use peerstate_model::editions::{Defined, Edition, Reading, Said};
use peerstate_model::input::names::printable;
use peerstate_model::lint::{Difference, Group, compare, disagreements};

use super::Named;
use super::json::{Beside, DiffReport, MatrixReport};
use crate::report::SCHEMA;

/// How many transports the counts go to.
pub const COUNTED_TRANSPORTS: usize = 3;

/// Two editions, and where their default readings of an enum disagree.
#[derive(Debug)]
pub struct Comparison<'e, S> {
    a: (&'e Named, &'e Reading<S>),
    b: (&'e Named, &'e Reading<S>),
    difference: Difference<S>,
}

impl<'e, S: Defined> Comparison<'e, S> {
    /// Compares them; `None` if they do not both define the enum.
    #[must_use]
    pub fn of(a: &'e Named, b: &'e Named) -> Option<Self> {
        let one = (&a.edition, S::definition(&a.edition)?.default_reading());
        let other = (&b.edition, S::definition(&b.edition)?.default_reading());
        Some(Self {
            a: (a, one.1),
            b: (b, other.1),
            difference: compare(one, other, COUNTED_TRANSPORTS),
        })
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self) -> DiffReport {
        DiffReport::of(
            &self.a.0.edition,
            &self.b.0.edition,
            &self.difference,
            self.beside(),
        )
    }

    /// What differs beside the values.
    fn beside(&self) -> Vec<Beside> {
        let (a, b) = (&self.a.0.edition, &self.b.0.edition);
        let mut beside = Vec::new();
        // Where the answer is the same, another quote is no difference.
        let mut compare = |what: String, a: Option<Said<String>>, b: Option<Said<String>>| {
            if a.as_ref().map(|said| &said.is) != b.as_ref().map(|said| &said.is) {
                let (a, b) = (
                    a.map(|said| said.to_string()),
                    b.map(|said| said.to_string()),
                );
                beside.push(Beside { what, a, b });
            }
        };
        let unquoted = |is: String| Said { is, quote: None };
        let readings = |edition: &Edition| {
            let definition = S::definition(edition)?;
            let readings = definition
                .readings
                .iter()
                .map(|reading| reading.basis.as_str());
            Some(unquoted(readings.collect::<Vec<_>>().join("; ")))
        };
        compare("readings".to_owned(), readings(a), readings(b));
        let sets = (a.transport_set.in_words(), b.transport_set.in_words());
        compare("transport_set".to_owned(), sets.0, sets.1);
        let claim = |edition: &Edition, id: &str| {
            let claim = edition.claims.iter().find(|claim| claim.id == id)?;
            Some(unquoted(claim.must.to_string()))
        };
        let claims: BTreeSet<&String> = a.claims.iter().chain(&b.claims).map(|c| &c.id).collect();
        for id in claims {
            compare(format!("claims.{id}"), claim(a, id), claim(b, id));
        }
        let (said_a, said_b) = (a.dynamics.said(), b.dynamics.said());
        let said = |all: &[(&'static str, Said<String>)], key| {
            let found = all.iter().find(|(other, _)| *other == key);
            found.map(|(_, said)| said.clone())
        };
        let keys: BTreeSet<&str> = said_a.iter().chain(&said_b).map(|(key, _)| *key).collect();
        for key in keys {
            compare(
                format!("dynamics.{key}"),
                said(&said_a, key),
                said(&said_b, key),
            );
        }
        beside
    }

    /// For people: a group a pair of values, with the clauses that give them.
    ///
    /// # Errors
    ///
    /// When nothing can be written.
    pub fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        let (a, b) = (self.a.0, self.b.0);
        writeln!(
            out,
            "{} of {} and {}: {} combinations of up to {COUNTED_TRANSPORTS} transports differ",
            S::NAME,
            a.shown().bold(),
            b.shown().bold(),
            self.difference.combinations
        )?;
        for group in &self.difference.groups {
            writeln!(out)?;
            let count = group.combinations;
            writeln!(
                out,
                "  {} -> {}  {count} combinations, such as {}",
                group.a, group.b, group.example
            )?;
            self.tell_rows(group, out)?;
        }
        for group in &self.difference.closed {
            writeln!(out)?;
            writeln!(
                out,
                "  {} -> {}  on a closed connection, such as {}",
                group.a, group.b, group.example
            )?;
            self.tell_rows(group, out)?;
        }
        let beside = self.beside();
        if !beside.is_empty() {
            writeln!(out, "\n  Beside the values:")?;
        }
        for Beside { what, a, b } in &beside {
            let said =
                |said: &Option<String>| said.as_deref().map_or_else(|| "-".to_owned(), printable);
            writeln!(out, "    {what}")?;
            writeln!(out, "      {}: {}", self.a.0.shown(), said(a))?;
            writeln!(out, "      {}: {}", self.b.0.shown(), said(b))?;
        }
        Ok(())
    }

    /// The clauses that give the values of a group.
    fn tell_rows(&self, group: &Group<S>, out: &mut impl Write) -> io::Result<()> {
        for ((of, reading), values) in [(self.a, group.a), (self.b, group.b)] {
            for row in reading.rows.iter().filter(|row| values.contains(row.value)) {
                let (name, value) = (of.shown(), row.value);
                writeln!(out, "    {name}: {value} if {}", row.predicate)?;
            }
        }
        Ok(())
    }
}

/// On how many combinations every edition disagrees with every other.
#[must_use]
pub fn matrix<S: Defined>(editions: &[Named]) -> MatrixReport {
    let of_enum = || {
        editions
            .iter()
            .filter(|of| S::definition(&of.edition).is_some())
    };
    let defined: Vec<(&Edition, &Reading<S>)> = of_enum()
        .filter_map(|of| Some((&of.edition, S::definition(&of.edition)?.default_reading())))
        .collect();
    MatrixReport {
        schema: SCHEMA,
        of: S::NAME,
        editions: of_enum().map(|of| of.name.clone()).collect(),
        combinations: disagreements(&defined, COUNTED_TRANSPORTS),
    }
}

impl MatrixReport {
    /// For people: a row and a column an edition.
    ///
    /// # Errors
    ///
    /// When nothing can be written.
    pub fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "{}: on how many combinations of up to {COUNTED_TRANSPORTS} transports editions differ\n",
            self.of.bold()
        )?;
        let editions: Vec<String> = self.editions.iter().map(|id| printable(id)).collect();
        let names = editions.iter().map(String::len).max().unwrap_or(0);
        let number = self.editions.len().to_string().len();
        let cells = self.combinations.iter().flatten();
        let width = cells
            .map(|count| count.to_string().len())
            .max()
            .unwrap_or(1)
            .max(number);
        write!(out, "{:>number$}  {:names$}", "", "")?;
        for column in 1..=self.editions.len() {
            write!(out, "  {column:>width$}")?;
        }
        writeln!(out)?;
        for (place, (id, row)) in editions.iter().zip(&self.combinations).enumerate() {
            write!(out, "{:>number$}  {id:names$}", place + 1)?;
            for (column, count) in row.iter().enumerate() {
                if column == place {
                    write!(out, "  {:>width$}", "-")?;
                } else if *count == 0 {
                    let cell = format!("{count:>width$}");
                    write!(out, "  {}", cell.green())?;
                } else {
                    write!(out, "  {count:>width$}")?;
                }
            }
            writeln!(out)?;
        }
        writeln!(
            out,
            "\nNext: peerstate diff A B shows where two of them differ."
        )
    }
}
