//! Editions, and the definitions in them.

use super::dynamics::{Dynamics, Said, TransportSet};
use super::predicate::{Facts, Predicate};
use crate::state_set::StateSet;
use crate::states::{IceConnectionState, PeerConnectionState, Progress, StateEnum};
use crate::transports::Combination;
use crate::words;

/// One published text of the definitions, or a draft of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// Its name here, such as `w3c-rec-2025-03-13`.
    pub id: String,
    /// When it was written, as far as known.
    pub date: String,
    /// Where the text is.
    pub source: String,
    /// Further links.
    pub also: Vec<String>,
    /// What kind of text it is.
    pub status: String,
    /// From when to when it stood in the editor's draft, where that is known.
    pub in_force: Option<String>,
    /// Which transports count, as the text says.
    pub transport_set: Said<TransportSet>,
    /// The edition whose `RTCIceConnectionState` is meant where the text names that state.
    pub ice_from: Option<String>,
    /// The definition of `RTCPeerConnectionState`, if the text has one.
    pub connection_state: Option<Definition<PeerConnectionState>>,
    /// The definition of `RTCIceConnectionState`, if the text has one.
    pub ice_connection_state: Option<Definition<IceConnectionState>>,
    /// The definition that `ice_connection_state` predicates refer to: that of `ice_from`, or of
    /// this edition; `None` where nothing refers to it.
    pub(crate) referenced_ice: Option<Definition<IceConnectionState>>,
    /// What the text itself says must hold in a state.
    pub claims: Vec<Claim>,
    /// How and when the values are updated and events fire.
    pub dynamics: Dynamics,
    /// Notes of ours.
    pub notes: Vec<String>,
    /// For an edition of our own: what it changes, and why.
    pub changes: Vec<String>,
}

/// The definition of one enum in an edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition<S> {
    /// How the descriptions of the values relate.
    pub mode: Mode,
    /// The ways to take the prose, in the order of the file; at least one.
    pub readings: Vec<Reading<S>>,
    /// The place of the default reading.
    pub(super) default: usize,
}

words! {
    /// How the descriptions of the values relate.
    pub enum Mode {
        /// The first whose description holds, top down.
        FirstMatch = "first_match",
        /// Each description is judged alone.
        Independent = "independent",
    }
}

/// One way to take the prose.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<S> {
    /// Its name in the edition, such as `a`.
    pub id: String,
    /// What it rests on.
    pub basis: String,
    /// Whether "all" holds of no transports.
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

/// What a text says of its own states.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its name in the edition.
    pub id: String,
    /// The state that it speaks of.
    pub state: ClaimedState,
    /// What must hold in that state.
    pub must: Predicate,
    /// The words of the text, in short.
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

/// The values that hold of one combination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// For `RTCPeerConnectionState`; `None` where the edition does not define it.
    pub connection_state: Option<StateSet<PeerConnectionState>>,
    /// For `RTCIceConnectionState`; `None` where the edition does not define it.
    pub ice_connection_state: Option<StateSet<IceConnectionState>>,
}

/// An enum that editions define, for code that works on either.
pub trait Defined: Progress {
    /// Its definition, if the edition has one.
    fn definition(edition: &Edition) -> Option<&Definition<Self>>;
    /// The value that a claim is about, if it is one of this enum.
    fn claimed(claim: &Claim) -> Option<Self>;
    /// The edition with one reading of the enum replaced by another of its name, also where its
    /// predicates refer to it.
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
    /// The values that hold by the default readings: none is a gap, several an overlap.
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

    /// The values that hold by chosen readings. Where a predicate names the value of
    /// `RTCIceConnectionState`, the default reading of that is meant.
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

    /// The facts, with the `RTCIceConnectionState` that predicates of this edition refer to.
    #[must_use]
    pub fn with_ice_connection_state(&self, facts: Facts) -> Facts {
        let ice_connection_state = match &self.referenced_ice {
            Some(definition) => definition.default_reading().holding(&facts),
            // Nothing refers to it, as the loader refuses whatever refers to nothing.
            None => StateSet::empty(),
        };
        Facts {
            ice_connection_state,
            ..facts
        }
    }
}

impl<S: StateEnum> Definition<S> {
    /// The reading that is meant where none is named.
    #[must_use]
    pub fn default_reading(&self) -> &Reading<S> {
        // The loader makes `default` a place in `readings`.
        &self.readings[self.default]
    }

    /// The reading with an id, if there is one.
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

    /// Whether a reading is the default one.
    #[must_use]
    pub fn is_default(&self, reading: &Reading<S>) -> bool {
        self.default_reading().id == reading.id
    }
}

impl<S: StateEnum> Reading<S> {
    /// The values that hold of these facts; in a cascade, one at most.
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
