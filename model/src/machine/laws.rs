//! What the values mean, said once more and without the rows: laws that hold of a sound cascade.
//!
//! Lint asks whether a text is at peace with itself; a text may be, and mean the wrong thing. The
//! laws say what each value is for, as the cascade stands since 2018-12-06, transport by transport
//! and not row by row. They keep an edit of a definition from changing its meaning unseen:
//! [`mutants`](crate::lint::mutants) shows that every small edit of the repaired edition that changes
//! any value breaks a law or has a finding.

use crate::editions::{Definition, Edition, Facts, Mode, Reading};
use crate::regions::Everywhere;
use crate::space::{Space, Table, every_facts, smallest};
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
    StateEnum,
};
use crate::transports::Combination;

/// The two values of a connection, each where exactly one holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Values {
    connection: Option<PeerConnectionState>,
    ice: Option<IceConnectionState>,
}

/// A law.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// Its stable name.
    pub id: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// The section that it rests on.
    pub spec: &'static str,
    holds: fn(Facts, &dyn Fn(Facts) -> Values) -> bool,
}

const CONNECTION: &str = "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum";
const ICE: &str = "https://www.w3.org/TR/webrtc/#rtciceconnectionstate-enum";

/// Every law.
pub const LAWS: &[Law] = &[
    Law {
        id: "law/closed",
        sentence: "Both values are closed exactly when [[IsClosed]] is true.",
        spec: CONNECTION,
        holds: |facts, values| {
            let values = values(facts);
            is(values.connection, PeerConnectionState::Closed, facts.closed)
                && is(values.ice, IceConnectionState::Closed, facts.closed)
        },
    },
    Law {
        id: "law/failed",
        sentence: "A value is failed exactly when a transport that it looks at has failed.",
        spec: CONNECTION,
        holds: |facts, values| {
            let ice = facts.ice.contains(Ice::Failed);
            let any = ice || facts.dtls.contains(Dtls::Failed);
            while_open(facts, values, |values| {
                is(values.connection, PeerConnectionState::Failed, any)
                    && is(values.ice, IceConnectionState::Failed, ice)
            })
        },
    },
    Law {
        id: "law/disconnected",
        sentence: "A value is disconnected exactly when an ICE transport is, and none has failed \
                   that it looks at.",
        spec: CONNECTION,
        holds: |facts, values| {
            let lost = facts.ice.contains(Ice::Disconnected);
            let ice = lost && !facts.ice.contains(Ice::Failed);
            let connection = ice && !facts.dtls.contains(Dtls::Failed);
            while_open(facts, values, |values| {
                is(
                    values.connection,
                    PeerConnectionState::Disconnected,
                    connection,
                ) && is(values.ice, IceConnectionState::Disconnected, ice)
            })
        },
    },
    Law {
        id: "law/new",
        sentence: "A value is new exactly when no transport that it looks at has begun: each is \
                   new or closed.",
        spec: CONNECTION,
        holds: |facts, values| {
            let ice = only(facts.ice, &[Ice::New, Ice::Closed]);
            let connection = ice && only(facts.dtls, &[Dtls::New, Dtls::Closed]);
            while_open(facts, values, |values| {
                is(values.connection, PeerConnectionState::New, connection)
                    && is(values.ice, IceConnectionState::New, ice)
            })
        },
    },
    Law {
        id: "law/connected",
        sentence: "connectionState is connected exactly when some ICE transport has a usable pair, \
                   and each has or is closed, and each DTLS transport is connected or closed.",
        spec: CONNECTION,
        holds: |facts, values| {
            let usable = only(facts.ice, &[Ice::Connected, Ice::Completed, Ice::Closed])
                && !only(facts.ice, &[Ice::Closed])
                && only(facts.dtls, &[Dtls::Connected, Dtls::Closed]);
            while_open(facts, values, |values| {
                is(values.connection, PeerConnectionState::Connected, usable)
            })
        },
    },
    Law {
        id: "law/completed",
        sentence: "iceConnectionState is completed exactly when some ICE transport is, and each is \
                   or is closed.",
        spec: ICE,
        holds: |facts, values| {
            let all = only(facts.ice, &[Ice::Completed, Ice::Closed])
                && facts.ice.contains(Ice::Completed);
            while_open(facts, values, |values| {
                is(values.ice, IceConnectionState::Completed, all)
            })
        },
    },
    Law {
        id: "law/closed-beside-others",
        sentence: "A closed transport beside others changes neither value.",
        spec: CONNECTION,
        holds: |facts, values| {
            let beside = Facts {
                ice: facts.ice.union(StateSet::only(Ice::Closed)),
                dtls: facts.dtls.union(StateSet::only(Dtls::Closed)),
                ..facts
            };
            facts.ice.is_empty() || values(facts) == values(beside)
        },
    },
];

/// Whether a value is `wanted` exactly when it should be; where no one value holds, lint tells.
fn is<S: PartialEq + Copy>(value: Option<S>, wanted: S, should: bool) -> bool {
    value.is_none_or(|value| (value == wanted) == should)
}

fn only<S: StateEnum>(states: StateSet<S>, allowed: &[S]) -> bool {
    states.is_subset(allowed.iter().copied().collect())
}

fn while_open(
    facts: Facts,
    values: &dyn Fn(Facts) -> Values,
    holds: impl Fn(Values) -> bool,
) -> bool {
    facts.closed || holds(values(facts))
}

/// A law that an edition breaks.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The law.
    pub law: &'static Law,
    /// The smallest combination that breaks it.
    pub example: Combination,
    /// What the values are there.
    pub message: String,
}

/// The laws that the default readings of an edition break, for any number of transports; `None` if
/// an enum is missing or is no cascade, of which the laws do not speak.
#[must_use]
pub fn broken_laws(edition: &Edition) -> Option<Vec<Broken>> {
    let connection = edition
        .connection_state
        .as_ref()
        .map(Definition::default_reading)?;
    let ice = edition
        .ice_connection_state
        .as_ref()
        .map(Definition::default_reading)?;
    let cascade = connection.mode == Mode::FirstMatch && ice.mode == Mode::FirstMatch;
    cascade.then(|| broken_by(edition, Some(connection), Some(ice)))
}

/// The ids of the laws that two readings break; of a reading that is missing, or is no cascade,
/// the laws say nothing.
pub(crate) fn broken_laws_of(
    edition: &Edition,
    connection: Option<&Reading<PeerConnectionState>>,
    ice: Option<&Reading<IceConnectionState>>,
) -> Vec<&'static str> {
    let connection = connection.filter(|reading| reading.mode == Mode::FirstMatch);
    let ice = ice.filter(|reading| reading.mode == Mode::FirstMatch);
    if connection.is_none() && ice.is_none() {
        return Vec::new();
    }
    let values = values_of(edition, connection, ice);
    let is_broken = |law: &&Law| {
        let mut space = [false, true].into_iter().flat_map(Space::facts);
        space.any(|facts| !(law.holds)(facts, &values))
    };
    LAWS.iter().filter(is_broken).map(|law| law.id).collect()
}

/// What two readings give, where it is one value.
fn values_of(
    edition: &Edition,
    connection: Option<&Reading<PeerConnectionState>>,
    ice: Option<&Reading<IceConnectionState>>,
) -> impl Fn(Facts) -> Values {
    let everywhere = Everywhere::of(edition);
    let connection = connection.map(|reading| everywhere.values(reading));
    let ice = ice.map(|reading| everywhere.values(reading));
    let single = |facts| Values {
        connection: connection
            .as_ref()
            .and_then(|table| table.get(facts)?.single()),
        ice: ice.as_ref().and_then(|table| table.get(facts)?.single()),
    };
    // Every law looks at every place.
    let table = Table::from_values(every_facts().map(single).collect());
    let none = Values {
        connection: None,
        ice: None,
    };
    move |facts| table.get(facts).unwrap_or(none)
}

fn broken_by(
    edition: &Edition,
    connection: Option<&Reading<PeerConnectionState>>,
    ice: Option<&Reading<IceConnectionState>>,
) -> Vec<Broken> {
    let values = values_of(edition, connection, ice);
    let broken = |law: &'static Law| {
        let example = [false, true]
            .into_iter()
            .find_map(|closed| smallest(closed, |facts| !(law.holds)(facts, &values)))?;
        let found = values(Facts::of(&example));
        let told = |value: Option<&'static str>| value.unwrap_or("not defined");
        let message = format!(
            "with {} connectionState is {} and iceConnectionState {}",
            example.in_words(),
            told(found.connection.map(StateEnum::as_str)),
            told(found.ice.map(StateEnum::as_str)),
        );
        Some(Broken {
            law,
            example,
            message,
        })
    };
    LAWS.iter().filter_map(broken).collect()
}
