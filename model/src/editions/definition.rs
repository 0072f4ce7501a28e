//! Editions, and their definitions.

use super::dynamics::{Dynamics, Said, TransportSet};
use super::predicate::{Facts, Predicate};
use crate::state_set::StateSet;
use crate::states::{IceConnectionState, PeerConnectionState, Progress, StateEnum};
use crate::transports::Combination;
use crate::words;

/// A published text of the definitions, or a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// Its id, such as `w3c-rec-2025-03-13`.
    pub id: String,
    /// When it was written, as far as known.
    pub date: String,
    /// Where the text is.
    pub source: String,
    /// Further links.
    pub also: Vec<String>,
    /// What kind of text it is.
    pub status: String,
    /// From when to when it was part of the editor's draft, if known.
    pub in_force: Option<String>,
    /// The transports that count.
    pub transport_set: Said<TransportSet>,
    /// The edition whose `RTCIceConnectionState` the predicates refer to.
    pub ice_from: Option<String>,
    /// The definition of `RTCPeerConnectionState`, if the text has one.
    pub connection_state: Option<Definition<PeerConnectionState>>,
    /// The definition of `RTCIceConnectionState`, if the text has one.
    pub ice_connection_state: Option<Definition<IceConnectionState>>,
    /// The definition that `ice_connection_state` predicates refer to: that of `ice_from`, or of
    /// this edition; `None` if nothing refers to it.
    pub(crate) referenced_ice: Option<Definition<IceConnectionState>>,
    /// What the text itself says must hold in a state.
    pub claims: Vec<Claim>,
    /// How and when the values are updated and events are fired.
    pub dynamics: Dynamics,
    /// Notes of this project.
    pub notes: Vec<String>,
    /// What an edition of this project changes, and why.
    pub changes: Vec<String>,
}

/// The definition of one enum in an edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition<S> {
    /// How the descriptions of the values relate.
    pub mode: Mode,
    /// The ways to understand the prose, in the order of the file; at least one.
    pub readings: Vec<Reading<S>>,
    /// The index of the default reading.
    pub(super) default: usize,
}

words! {
    /// How the descriptions of the values relate.
    pub enum Mode {
        /// The first description that holds gives the value, from top to bottom.
        FirstMatch = "first_match",
        /// Each description is evaluated alone.
        Independent = "independent",
    }
}

/// A way to understand the prose.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<S> {
    /// Its id in the edition, such as `a`.
    pub id: String,
    /// The reason for this reading.
    pub basis: String,
    /// Whether "all" holds if there are no transports.
    pub vacuous_all: bool,
    /// How the rows relate.
    pub mode: Mode,
    /// The values and their descriptions: in the order of the cascade, or of the enum.
    pub rows: Vec<Row<S>>,
}

/// One value and its description.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<S> {
    /// The value.
    pub value: S,
    /// When it holds.
    pub predicate: Predicate,
}

/// What a text claims about its own states.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its id in the edition.
    pub id: String,
    /// The state that it is about.
    pub state: ClaimedState,
    /// What must hold in that state.
    pub must: Predicate,
    /// The words of the text, abridged.
    pub quote: String,
}

/// A state of one of the two enums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimedState {
    /// A value of `RTCPeerConnectionState`.
    Connection(PeerConnectionState),
    /// A value of `RTCIceConnectionState`.
    IceConnection(IceConnectionState),
}

/// The values that hold for one combination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// For `RTCPeerConnectionState`; `None` if the edition does not define it.
    pub connection_state: Option<StateSet<PeerConnectionState>>,
    /// For `RTCIceConnectionState`; `None` if the edition does not define it.
    pub ice_connection_state: Option<StateSet<IceConnectionState>>,
}

/// An enum that editions define, for generic code.
pub trait Defined: Progress {
    /// Returns its definition, if the edition has one.
    fn definition(edition: &Edition) -> Option<&Definition<Self>>;
    /// Returns the value that a claim is about, if it is a value of this enum.
    fn claimed(claim: &Claim) -> Option<Self>;
    /// Returns the edition with one reading of the enum replaced by another with the same id, also
    /// where its predicates refer to it.
    fn with_reading(edition: &Edition, reading: &Reading<Self>) -> Edition;
}

impl Defined for PeerConnectionState {
    fn definition(edition: &Edition) -> Option<&Definition<Self>> {
        edition.connection_state.as_ref()
    }

    fn claimed(claim: &Claim) -> Option<Self> {
        match claim.state {
            ClaimedState::Connection(state) => Some(state),
            ClaimedState::IceConnection(_) => None,
        }
    }

    fn with_reading(edition: &Edition, reading: &Reading<Self>) -> Edition {
        let mut edition = edition.clone();
        if let Some(definition) = &mut edition.connection_state {
            definition.replace(reading);
        }
        edition
    }
}

impl Defined for IceConnectionState {
    fn definition(edition: &Edition) -> Option<&Definition<Self>> {
        edition.ice_connection_state.as_ref()
    }

    fn claimed(claim: &Claim) -> Option<Self> {
        match claim.state {
            ClaimedState::IceConnection(state) => Some(state),
            ClaimedState::Connection(_) => None,
        }
    }

    fn with_reading(edition: &Edition, reading: &Reading<Self>) -> Edition {
        let mut edition = edition.clone();
        if let Some(definition) = &mut edition.ice_connection_state {
            definition.replace(reading);
        }
        if edition.ice_from.is_none() && edition.referenced_ice.is_some() {
            edition
                .referenced_ice
                .clone_from(&edition.ice_connection_state);
        }
        edition
    }
}

impl Edition {
    /// Returns the values that hold by the default readings. No value is a gap; several values are
    /// an overlap.
    #[must_use]
    pub fn derive(&self, combination: &Combination) -> Derived {
        self.derive_by(
            self.connection_state
                .as_ref()
                .map(Definition::default_reading),
            self.ice_connection_state
                .as_ref()
                .map(Definition::default_reading),
            &Facts::of(combination),
        )
    }

    /// Returns the values that hold by the chosen readings. A predicate that names a value of
    /// `RTCIceConnectionState` refers to the default reading of that enum.
    #[must_use]
    pub fn derive_by(
        &self,
        connection: Option<&Reading<PeerConnectionState>>,
        ice: Option<&Reading<IceConnectionState>>,
        facts: &Facts,
    ) -> Derived {
        let facts = self.with_ice_connection_state(*facts);
        Derived {
            connection_state: connection.map(|reading| reading.holding(&facts)),
            ice_connection_state: ice.map(|reading| reading.holding(&facts)),
        }
    }

    /// Returns the facts with the `RTCIceConnectionState` that predicates of this edition refer to.
    #[must_use]
    pub fn with_ice_connection_state(&self, facts: Facts) -> Facts {
        let ice_connection_state = match &self.referenced_ice {
            Some(definition) => definition.default_reading().holding(&facts),
            // No predicate refers to it: the loader refuses references to nothing.
            None => StateSet::empty(),
        };
        Facts {
            ice_connection_state,
            ..facts
        }
    }
}

impl<S: StateEnum> Definition<S> {
    /// Returns the reading to use if none is named.
    #[must_use]
    pub fn default_reading(&self) -> &Reading<S> {
        // The loader makes `default` an index in `readings`.
        &self.readings[self.default]
    }

    /// Returns the reading with this id, if there is one.
    #[must_use]
    pub fn reading(&self, id: &str) -> Option<&Reading<S>> {
        self.readings.iter().find(|reading| reading.id == id)
    }

    fn replace(&mut self, reading: &Reading<S>) {
        for old in &mut self.readings {
            if old.id == reading.id {
                old.clone_from(reading);
            }
        }
    }

    /// Returns whether a reading is the default one.
    #[must_use]
    pub fn is_default(&self, reading: &Reading<S>) -> bool {
        self.default_reading().id == reading.id
    }
}

impl<S: StateEnum> Reading<S> {
    /// Returns the values that hold for these facts; in a cascade, at most one.
    #[must_use]
    pub fn holding(&self, facts: &Facts) -> StateSet<S> {
        let mut holding = self
            .rows
            .iter()
            .filter(|row| row.predicate.holds(facts, self.vacuous_all));
        match self.mode {
            Mode::FirstMatch => holding.next().map(|row| row.value).into_iter().collect(),
            Mode::Independent => holding.map(|row| row.value).collect(),
        }
    }
}
