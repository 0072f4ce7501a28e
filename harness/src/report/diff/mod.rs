//! How two editions differ, and on how many combinations any two of them differ.

pub mod human;
pub mod json;

use std::collections::BTreeSet;

use peerstate_model::editions::{Defined, Edition, Reading, Said};
use peerstate_model::lint::{Difference, compare, disagreements};
use schemars::JsonSchema;
use serde::Serialize;

use crate::editions::Named;

/// The largest number of transports in the counted combinations.
pub const COUNTED_TRANSPORTS: usize = 3;

/// Two editions, and how their default readings of an enum differ.
#[derive(Debug)]
pub struct Comparison<'e, S> {
    a: (&'e Named, &'e Reading<S>),
    b: (&'e Named, &'e Reading<S>),
    difference: Difference<S>,
}

/// The two editions do not both define the enum.
#[derive(Debug, thiserror::Error)]
#[error("{a} and {b} do not both define {of}")]
pub struct NotBoth {
    /// The first edition, in printable form.
    pub a: String,
    /// The second edition.
    pub b: String,
    /// The enum.
    pub of: &'static str,
}

/// A difference other than in a value.
#[derive(Debug, Serialize, JsonSchema)]
struct Beside {
    /// The key in the format of editions, such as `dynamics.dtls_event_order`.
    what: String,
    /// What the first edition says; null if nothing.
    a: Option<String>,
    /// What the second edition says.
    b: Option<String>,
}

/// The number of combinations on which any two editions differ.
#[derive(Debug)]
pub struct Matrix {
    /// The enum.
    pub of: &'static str,
    /// The editions that define it, by the names that the user gave.
    pub editions: Vec<String>,
    /// The number of combinations for which each pair differs.
    pub combinations: Vec<Vec<usize>>,
}

impl<'e, S: Defined> Comparison<'e, S> {
    /// Compares two editions.
    ///
    /// # Errors
    ///
    /// If they do not both define the enum.
    pub fn of(a: &'e Named, b: &'e Named) -> Result<Self, NotBoth> {
        let (one, other) = S::definition(&a.edition)
            .zip(S::definition(&b.edition))
            .ok_or_else(|| NotBoth {
                a: a.shown(),
                b: b.shown(),
                of: S::NAME,
            })?;
        let (one, other) = (one.default_reading(), other.default_reading());
        let difference = compare((&a.edition, one), (&b.edition, other), COUNTED_TRANSPORTS);
        Ok(Self {
            a: (a, one),
            b: (b, other),
            difference,
        })
    }

    /// Returns the differences other than in values.
    fn beside(&self) -> Vec<Beside> {
        let (a, b) = (&self.a.0.edition, &self.b.0.edition);
        let mut beside = Vec::new();
        // If the answer is the same, a different quote is not a difference.
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
}

impl Matrix {
    /// Compares the default readings of an enum, for each pair of editions.
    #[must_use]
    pub fn of<S: Defined>(editions: &[Named]) -> Self {
        let defined = editions.iter().filter_map(|of| {
            let definition = S::definition(&of.edition)?;
            Some((of, definition.default_reading()))
        });
        let (names, readings): (Vec<String>, Vec<(&Edition, &Reading<S>)>) = defined
            .map(|(of, reading)| (of.name.clone(), (&of.edition, reading)))
            .unzip();
        Self {
            of: S::NAME,
            editions: names,
            combinations: disagreements(&readings, COUNTED_TRANSPORTS),
        }
    }
}
