//! The values that an edition gives for one combination, and the readings that give them.

pub mod human;
pub mod json;

use peerstate_model::editions::{Defined, Derived, Edition, Facts, Reading};
use peerstate_model::input::names::{self, Suggestion};
use peerstate_model::states::{IceConnectionState, PeerConnectionState};
use peerstate_model::transports::Combination;

use crate::editions::Named;

/// A combination, and the readings of an edition by which it is evaluated.
#[derive(Debug)]
pub struct Derivation<'e> {
    /// The edition.
    pub named: &'e Named,
    /// The combination.
    pub combination: Combination,
    /// The reading of connectionState, if the edition defines it.
    pub connection: Option<&'e Reading<PeerConnectionState>>,
    /// The reading of iceConnectionState, if the edition defines it.
    pub ice: Option<&'e Reading<IceConnectionState>>,
    /// The reading that was chosen, or otherwise that of the first enum that is defined.
    pub reading: Option<&'e str>,
}

/// Neither enum has the chosen reading.
#[derive(Debug, thiserror::Error)]
#[error("{edition} has no reading `{found}`{suggestion} (it has {readings})")]
pub struct NoReading {
    /// The edition.
    pub edition: String,
    /// The id that was given.
    pub found: String,
    /// The nearest known id.
    pub suggestion: Suggestion,
    /// The readings that it has.
    pub readings: String,
}

impl<'e> Derivation<'e> {
    /// Evaluates a combination. An enum that lacks the chosen reading is evaluated by its default
    /// reading.
    ///
    /// # Errors
    ///
    /// If neither enum has that reading.
    pub fn of(
        named: &'e Named,
        combination: Combination,
        wanted: Option<&'e str>,
    ) -> Result<Self, NoReading> {
        let edition = &named.edition;
        let connection = choose::<PeerConnectionState>(edition, wanted);
        let ice = choose::<IceConnectionState>(edition, wanted);
        let ids = [
            connection.map(|reading| reading.id.as_str()),
            ice.map(|reading| reading.id.as_str()),
        ];
        if let Some(wanted) = wanted
            && !ids.contains(&Some(wanted))
        {
            return Err(no_reading(edition, wanted));
        }
        Ok(Self {
            named,
            combination,
            connection,
            ice,
            reading: wanted.or(ids[0]).or(ids[1]),
        })
    }

    /// Returns the facts that the rows depend on.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let facts = Facts::of(&self.combination);
        self.named.edition.with_ice_connection_state(facts)
    }

    /// Returns the values that hold.
    #[must_use]
    pub fn derived(&self) -> Derived {
        let facts = Facts::of(&self.combination);
        let edition = &self.named.edition;
        edition.derive_by(self.connection, self.ice, &facts)
    }
}

fn choose<'e, S: Defined>(edition: &'e Edition, wanted: Option<&str>) -> Option<&'e Reading<S>> {
    let definition = S::definition(edition)?;
    let named = wanted.and_then(|id| definition.reading(id));
    Some(named.unwrap_or_else(|| definition.default_reading()))
}

/// Returns the ids of the readings of an enum.
fn ids<S: Defined>(edition: &Edition) -> Vec<&str> {
    let readings = S::definition(edition).into_iter().flat_map(|d| &d.readings);
    readings.map(|reading| reading.id.as_str()).collect()
}

fn no_reading(edition: &Edition, wanted: &str) -> NoReading {
    let mut readings = ids::<PeerConnectionState>(edition);
    readings.extend(ids::<IceConnectionState>(edition));
    readings.sort_unstable();
    readings.dedup();
    NoReading {
        edition: edition.id.clone(),
        found: names::shorten(wanted),
        suggestion: names::nearest(wanted, readings.iter().copied()),
        readings: readings.join(", "),
    }
}
