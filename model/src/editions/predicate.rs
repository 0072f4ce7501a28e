//! Predicates: the conditions of a definition on a connection and its transports.
//!
//! A predicate depends only on *which* states are present, never on how many transports have them.
//! So it is evaluated on [`Facts`], two sets of states, instead of a list of transports;
//! `model/src/lint` relies on this.

use std::fmt;

use crate::state_set::StateSet;
use crate::states::{DtlsTransportState, IceConnectionState, IceTransportState, StateEnum};
use crate::transports::{Combination, Transport};

/// A condition on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// `[[IsClosed]]` has this value.
    Closed(bool),
    /// At least one transport of a named kind is in a state of that kind's list.
    Any(StateLists),
    /// Every transport of each named kind is in a state of that kind's list.
    All(StateLists),
    /// No transport of a named kind is in a state of that kind's list.
    None(StateLists),
    /// The connection has no transports, or it has some.
    NoTransports(bool),
    /// A value that holds for `RTCIceConnectionState` is in the list.
    IceConnectionState(StateSet<IceConnectionState>),
    /// All of these hold.
    AllOf(Vec<Predicate>),
    /// At least one of these holds.
    AnyOf(Vec<Predicate>),
    /// Always holds: the last row of a cascade.
    Otherwise,
}

/// A list of states for each kind of transport that the prose names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateLists {
    /// The states of ICE transports; `None` if the prose does not mention them.
    pub ice: Option<StateList<IceTransportState>>,
    /// The states of DTLS transports; `None` if the prose does not mention them.
    pub dtls: Option<StateList<DtlsTransportState>>,
}

/// States of one kind of transport, as the prose names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateList<S> {
    /// The states that this kind has.
    pub states: StateSet<S>,
    /// Names that are only states of the other kind; they never match.
    pub foreign: Vec<&'static str>,
}

/// Everything that a predicate can depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Facts {
    /// `[[IsClosed]]`.
    pub closed: bool,
    /// The states that ICE transports are in; empty exactly if there are no transports.
    pub ice: StateSet<IceTransportState>,
    /// The states that DTLS transports are in; empty exactly if there are no transports.
    pub dtls: StateSet<DtlsTransportState>,
    /// The values that hold for `RTCIceConnectionState`: derived from these facts, or the value of
    /// the `[[IceConnectionState]]` slot.
    pub ice_connection_state: StateSet<IceConnectionState>,
}

impl Facts {
    /// Returns the facts of a combination, without `RTCIceConnectionState`.
    #[must_use]
    pub fn of(combination: &Combination) -> Self {
        Self::of_transports(combination.closed, combination.transports.as_slice())
    }

    /// Returns the facts of these transports, without `RTCIceConnectionState`.
    #[must_use]
    pub fn of_transports(closed: bool, transports: &[Transport]) -> Self {
        Self {
            closed,
            ice: transports.iter().map(|transport| transport.ice).collect(),
            dtls: transports.iter().map(|transport| transport.dtls).collect(),
            ice_connection_state: StateSet::empty(),
        }
    }
}

impl Predicate {
    /// Returns whether the predicate holds. `vacuous_all`: whether "all" holds if there are no
    /// transports.
    #[must_use]
    pub fn holds(&self, facts: &Facts, vacuous_all: bool) -> bool {
        match self {
            Self::Closed(closed) => facts.closed == *closed,
            Self::Any(lists) => lists.any(*facts),
            Self::None(lists) => !lists.any(*facts),
            Self::All(lists) => lists.all(*facts, vacuous_all),
            Self::NoTransports(none) => facts.ice.is_empty() == *none,
            Self::IceConnectionState(list) => facts.ice_connection_state.intersects(*list),
            Self::AllOf(parts) => parts.iter().all(|part| part.holds(facts, vacuous_all)),
            Self::AnyOf(parts) => parts.iter().any(|part| part.holds(facts, vacuous_all)),
            Self::Otherwise => true,
        }
    }

    /// Returns the smallest parts because of which the predicate does not hold; empty if it holds.
    /// For an "and", these are the parts that fail; for an "or", all parts.
    #[must_use]
    pub fn failing(&self, facts: &Facts, vacuous_all: bool) -> Vec<&Self> {
        if self.holds(facts, vacuous_all) {
            return Vec::new();
        }
        match self {
            Self::AllOf(parts) | Self::AnyOf(parts) => parts
                .iter()
                .flat_map(|part| part.failing(facts, vacuous_all))
                .collect(),
            _ => vec![self],
        }
    }

    /// Calls `visit` with this predicate and every part of it, outermost first.
    pub fn walk<'p>(&'p self, visit: &mut impl FnMut(&'p Self)) {
        visit(self);
        if let Self::AllOf(parts) | Self::AnyOf(parts) = self {
            for part in parts {
                part.walk(visit);
            }
        }
    }
}

impl StateLists {
    fn any(&self, facts: Facts) -> bool {
        self.ice
            .as_ref()
            .is_some_and(|list| list.states.intersects(facts.ice))
            || self
                .dtls
                .as_ref()
                .is_some_and(|list| list.states.intersects(facts.dtls))
    }

    fn all(&self, facts: Facts, vacuous_all: bool) -> bool {
        (vacuous_all || !facts.ice.is_empty())
            && self
                .ice
                .as_ref()
                .is_none_or(|list| facts.ice.is_subset(list.states))
            && self
                .dtls
                .as_ref()
                .is_none_or(|list| facts.dtls.is_subset(list.states))
    }
}

impl<S: StateEnum> StateList<S> {
    /// Returns the names, first those that the kind has.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.states
            .iter()
            .map(StateEnum::as_str)
            .chain(self.foreign.iter().copied())
    }
}

impl fmt::Display for Predicate {
    /// Writes the predicate in words, such as `every ICE transport is connected or closed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(true) => f.write_str("[[IsClosed]] is true"),
            Self::Closed(false) => f.write_str("[[IsClosed]] is false"),
            Self::Any(lists) => lists.write(f, "some", "is", " or "),
            Self::All(lists) => lists.write(f, "every", "is", " and "),
            Self::None(lists) => lists.write(f, "no", "is", " and "),
            Self::NoTransports(true) => f.write_str("there are no transports"),
            Self::NoTransports(false) => f.write_str("there are transports"),
            Self::IceConnectionState(list) => {
                write!(
                    f,
                    "iceConnectionState is {}",
                    or(list.iter().map(StateEnum::as_str))
                )
            }
            Self::AllOf(parts) => write_parts(f, parts, " and "),
            Self::AnyOf(parts) => write_parts(f, parts, " or "),
            Self::Otherwise => f.write_str("none of the earlier rows applies"),
        }
    }
}

impl StateLists {
    fn write(
        &self,
        f: &mut fmt::Formatter<'_>,
        quantity: &str,
        verb: &str,
        between: &str,
    ) -> fmt::Result {
        if let Some(list) = &self.ice {
            write!(f, "{quantity} ICE transport {verb} {}", or(list.names()))?;
        }
        if self.ice.is_some() && self.dtls.is_some() {
            f.write_str(between)?;
        }
        if let Some(list) = &self.dtls {
            write!(f, "{quantity} DTLS transport {verb} {}", or(list.names()))?;
        }
        Ok(())
    }
}

fn write_parts(f: &mut fmt::Formatter<'_>, parts: &[Predicate], between: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        let compound = matches!(part, Predicate::AllOf(_) | Predicate::AnyOf(_))
            || matches!(part, Predicate::Any(l) | Predicate::All(l) | Predicate::None(l)
                if l.ice.is_some() && l.dtls.is_some());
        if compound {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

fn or<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}
