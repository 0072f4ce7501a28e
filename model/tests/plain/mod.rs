//! A second reading and evaluation of the definitions, a plain one: with another reader, over lists
//! of transports instead of sets, sharing nothing with the crate but the names of the states.

pub(crate) mod findings;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use peerstate_model::transports::{Combination, Transport};
use serde_yaml::Value;

pub(crate) const CONNECTION: &str = "RTCPeerConnectionState";
pub(crate) const ICE: &str = "RTCIceConnectionState";
pub(crate) const ICE_STATES: [&str; 7] = [
    "new",
    "checking",
    "connected",
    "completed",
    "disconnected",
    "failed",
    "closed",
];
pub(crate) const DTLS_STATES: [&str; 5] = ["new", "connecting", "connected", "closed", "failed"];
/// The values of both enums, by their letters.
const VALUES: [&str; 8] = [
    "checking",
    "closed",
    "completed",
    "connected",
    "connecting",
    "disconnected",
    "failed",
    "new",
];

/// A set of values of an enum: a bit each, by its place in `VALUES`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Values(u8);

impl Values {
    pub(crate) fn of(name: &str) -> Self {
        let place = VALUES.iter().position(|value| *value == name).unwrap();
        Self(1 << place)
    }

    pub(crate) fn of_all<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let bits = names.into_iter().map(|name| Self::of(name).0);
        Self(bits.fold(0, |all, bit| all | bit))
    }

    pub(crate) fn len(self) -> u32 {
        self.0.count_ones()
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The only value of the set.
    pub(crate) fn single(self) -> Option<&'static str> {
        (self.len() == 1).then(|| VALUES[self.0.trailing_zeros() as usize])
    }
}

/// Every multiset of at most four transports.
pub(crate) static MULTISETS: LazyLock<Multisets> = LazyLock::new(|| Multisets::of_at_most(4));

/// A condition, with a table of the transports that it is about.
pub(crate) enum Condition {
    Closed(bool),
    Any([bool; 35]),
    All([bool; 35]),
    NoTransports(bool),
    Ice(Values),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Always,
}

pub(crate) fn number(ice: usize, dtls: usize) -> usize {
    dtls * 7 + ice
}

pub(crate) fn names(value: &Value) -> Vec<String> {
    let items = value.as_sequence().unwrap();
    items
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

impl Condition {
    pub(crate) fn read(value: &Value) -> Self {
        let (kind, value) = value.as_mapping().unwrap().iter().next().unwrap();
        let table = |of_any: bool| {
            let mut table = [false; 35];
            for (i, ice) in ICE_STATES.iter().enumerate() {
                for (d, dtls) in DTLS_STATES.iter().enumerate() {
                    let within = |of: &str, state: &str| {
                        let list = value.get(of).map(names);
                        list.map(|list| list.iter().any(|name| name == state))
                    };
                    let (ice, dtls) = (within("ice", ice), within("dtls", dtls));
                    table[number(i, d)] = if of_any {
                        ice == Some(true) || dtls == Some(true)
                    } else {
                        ice != Some(false) && dtls != Some(false)
                    };
                }
            }
            table
        };
        let parts = || {
            value
                .as_sequence()
                .unwrap()
                .iter()
                .map(Self::read)
                .collect()
        };
        match kind.as_str().unwrap() {
            "closed" => Self::Closed(value.as_bool().unwrap()),
            "any" => Self::Any(table(true)),
            "none" => Self::Not(Box::new(Self::Any(table(true)))),
            "all" => Self::All(table(false)),
            "no_transports" => Self::NoTransports(value.as_bool().unwrap()),
            "ice_connection_state" => {
                Self::Ice(Values::of_all(names(value).iter().map(String::as_str)))
            }
            "all_of" => Self::And(parts()),
            "any_of" => Self::Or(parts()),
            "otherwise" => Self::Always,
            other => unreachable!("{other}"),
        }
    }

    pub(crate) fn holds(&self, at: &At<'_>, vacuous: bool) -> bool {
        match self {
            Self::Closed(closed) => at.closed == *closed,
            Self::Any(table) => at.set.iter().any(|transport| table[*transport]),
            Self::All(table) => {
                (vacuous || !at.set.is_empty()) && at.set.iter().all(|transport| table[*transport])
            }
            Self::NoTransports(none) => at.set.is_empty() == *none,
            Self::Ice(list) => at.ice.meets(*list),
            Self::And(parts) => parts.iter().all(|part| part.holds(at, vacuous)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(at, vacuous)),
            Self::Not(part) => !part.holds(at, vacuous),
            Self::Always => true,
        }
    }
}

/// One combination, and the values of iceConnectionState there.
pub(crate) struct At<'a> {
    pub(crate) closed: bool,
    pub(crate) set: &'a [usize],
    pub(crate) ice: Values,
}

pub(crate) struct PlainReading {
    pub(crate) cascade: bool,
    pub(crate) vacuous: bool,
    pub(crate) rows: Vec<(Values, Condition)>,
}

impl PlainReading {
    pub(crate) fn values(&self, at: &At<'_>) -> Values {
        let rows = self.rows.iter();
        let mut holding = rows.filter(|(_, condition)| condition.holds(at, self.vacuous));
        if self.cascade {
            return holding.next().map_or(Values(0), |(value, _)| *value);
        }
        Values(holding.fold(0, |all, (value, _)| all | value.0))
    }
}

pub(crate) struct PlainClaim {
    pub(crate) of: String,
    pub(crate) state: Values,
    pub(crate) must: Condition,
}

pub(crate) struct PlainEdition {
    pub(crate) readings: BTreeMap<(String, String), PlainReading>,
    pub(crate) default: BTreeMap<String, String>,
    pub(crate) claims: Vec<PlainClaim>,
    pub(crate) ice_from: Option<String>,
}

pub(crate) fn read_plain(id: &str) -> PlainEdition {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("editions");
    let text = fs::read_to_string(folder.join(format!("{id}.yaml"))).unwrap();
    read_plain_text(&text)
}

pub(crate) fn read_plain_text(text: &str) -> PlainEdition {
    let file: Value = serde_yaml::from_str(text).unwrap();
    let mut edition = PlainEdition {
        readings: BTreeMap::new(),
        default: BTreeMap::new(),
        claims: Vec::new(),
        ice_from: file
            .get("ice_from")
            .map(|id| id.as_str().unwrap().to_owned()),
    };
    for (of, definition) in file["enums"].as_mapping().unwrap() {
        let of = of.as_str().unwrap().to_owned();
        for reading in definition["readings"].as_sequence().unwrap() {
            let id = reading["id"].as_str().unwrap().to_owned();
            let states = reading["states"].as_mapping().unwrap();
            let cascade = definition["mode"] == "first_match";
            let order = if cascade {
                names(reading.get("order").unwrap_or(&definition["order"]))
            } else {
                states
                    .keys()
                    .map(|value| value.as_str().unwrap().to_owned())
                    .collect()
            };
            let rows = order
                .into_iter()
                .map(|value| (Values::of(&value), Condition::read(&states[value.as_str()])))
                .collect();
            if reading["default"].as_bool().unwrap() {
                edition.default.insert(of.clone(), id.clone());
            }
            let vacuous = reading["vacuous_all"].as_bool().unwrap();
            let reading = PlainReading {
                cascade,
                vacuous,
                rows,
            };
            edition.readings.insert((of.clone(), id), reading);
        }
    }
    let claims = file.get("claims").and_then(Value::as_sequence);
    for claim in claims.into_iter().flatten() {
        edition.claims.push(PlainClaim {
            of: claim["enum"].as_str().unwrap().to_owned(),
            state: Values::of(claim["state"].as_str().unwrap()),
            must: Condition::read(&claim["must"]),
        });
    }
    edition
}

/// Multisets of transports, the fewest first, in the order of examples.
pub(crate) struct Multisets {
    pub(crate) sets: Vec<Vec<usize>>,
    /// Of each, the places of those that a step forward of one of its transports leads to.
    pub(crate) forward: Vec<Vec<usize>>,
    /// By set of ICE states, a bit each: the place of the multiset with one transport for each
    /// state, DTLS new.
    pub(crate) one_a_state: Vec<Option<usize>>,
}

impl Multisets {
    pub(crate) fn of_at_most(most: usize) -> Self {
        let mut sets = vec![Vec::new()];
        let mut last = sets.clone();
        for _ in 0..most {
            let mut more = Vec::new();
            for set in &last {
                for transport in set.last().copied().unwrap_or(0)..35 {
                    let mut larger: Vec<usize> = set.clone();
                    larger.push(transport);
                    more.push(larger);
                }
            }
            sets.extend(more.iter().cloned());
            last = more;
        }
        let places: HashMap<&Vec<usize>, usize> = sets.iter().zip(0..).collect();
        let after = |set: &Vec<usize>| {
            let mut found = Vec::new();
            for which in 0..set.len() {
                for step in findings::steps(set[which]) {
                    let mut after = set.clone();
                    after[which] = step;
                    after.sort_unstable();
                    found.push(places[&after]);
                }
            }
            found
        };
        let forward = sets.iter().map(after).collect();
        let with = |states: usize| {
            let one_each: Vec<usize> = (0..7).filter(|state| states >> state & 1 == 1).collect();
            places.get(&one_each).copied()
        };
        let one_a_state = (0..1 << 7).map(with).collect();
        Self {
            sets,
            forward,
            one_a_state,
        }
    }

    /// The multisets of at most this number of transports.
    pub(crate) fn at_most(&self, most: usize) -> &[Vec<usize>] {
        let end = self.sets.partition_point(|set| set.len() <= most);
        &self.sets[..end]
    }
}

pub(crate) fn combination(closed: bool, set: &[usize]) -> Combination {
    let one = |transport: &usize| {
        let (ice, dtls) = (ICE_STATES[transport % 7], DTLS_STATES[transport / 7]);
        Transport::new(ice.parse().unwrap(), dtls.parse().unwrap())
    };
    Combination {
        closed,
        transports: set.iter().map(one).collect(),
    }
}

/// What an edition gives for every multiset, open and closed.
pub(crate) struct Plain {
    pub(crate) edition: PlainEdition,
    /// By `[[IsClosed]]` and multiset, the default values of iceConnectionState that apply.
    pub(crate) ice: [Vec<Values>; 2],
}

impl Plain {
    pub(crate) fn of(id: &str, sets: &[Vec<usize>]) -> Self {
        Self::of_edition(read_plain(id), sets)
    }

    pub(crate) fn of_edition(edition: PlainEdition, sets: &[Vec<usize>]) -> Self {
        let other = edition.ice_from.as_deref().map(read_plain);
        let referred = other.as_ref().unwrap_or(&edition);
        let reading = referred
            .default
            .get(ICE)
            .map(|id| &referred.readings[&(ICE.to_owned(), id.clone())]);
        let ice = [false, true].map(|closed| {
            let values = |set: &Vec<usize>| {
                let at = At {
                    closed,
                    set,
                    ice: Values(0),
                };
                reading.map_or(Values(0), |reading| reading.values(&at))
            };
            sets.iter().map(values).collect()
        });
        Self { edition, ice }
    }

    pub(crate) fn at<'a>(&'a self, closed: bool, place: usize, set: &'a [usize]) -> At<'a> {
        let ice = self.ice[usize::from(closed)][place];
        At { closed, set, ice }
    }

    pub(crate) fn table(
        &self,
        of: &str,
        reading: &str,
        closed: bool,
        sets: &[Vec<usize>],
    ) -> Vec<Values> {
        let reading = &self.edition.readings[&(of.to_owned(), reading.to_owned())];
        let each = sets.iter().enumerate();
        each.map(|(place, set)| reading.values(&self.at(closed, place, set)))
            .collect()
    }

    pub(crate) fn default_table(
        &self,
        of: &str,
        closed: bool,
        sets: &[Vec<usize>],
    ) -> Option<Vec<Values>> {
        let reading = self.edition.default.get(of)?;
        Some(self.table(of, reading, closed, sets))
    }
}

/// The names in the lists of a reading that the kind of transport does not have.
pub(crate) fn foreign_names(id: &str, of: &str, reading: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("editions");
    let text = fs::read_to_string(folder.join(format!("{id}.yaml"))).unwrap();
    let file: Value = serde_yaml::from_str(&text).unwrap();
    let readings = file["enums"][of]["readings"].as_sequence().unwrap();
    let reading = readings
        .iter()
        .find(|other| other["id"].as_str() == Some(reading))
        .unwrap();
    let mut found = Vec::new();
    collect_foreign(&reading["states"], &mut found);
    found
}

fn collect_foreign(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Mapping(entries) => {
            for (key, value) in entries {
                let known: &[&str] = match key.as_str() {
                    Some("ice") => &ICE_STATES,
                    Some("dtls") => &DTLS_STATES,
                    _ => {
                        collect_foreign(value, found);
                        continue;
                    }
                };
                let named = names(value).into_iter();
                found.extend(named.filter(|name| !known.contains(&name.as_str())));
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| collect_foreign(item, found)),
        _ => {}
    }
}
