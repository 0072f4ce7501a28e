//! What can be wrong with a definition, and the search for it.

use std::collections::BTreeMap;

use super::contradictions::is_contradictory;
use super::space::{Space, Table, combinations, smallest};
use crate::editions::{Claim, ClaimedState, Definition, Edition, Facts, Mode, Predicate, Reading};
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
    StateEnum,
};
use crate::transports::{Combination, Transport};

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// No value holds.
    Gap,
    /// Several values hold.
    Overlap,
    /// No combination has a value.
    Unreachable,
    /// The text contradicts a claim that it makes itself.
    Claim,
    /// The two aggregates of the edition tell different stories.
    Contradiction,
    /// One transport takes a step forward, and the aggregate goes back.
    Regression,
    /// A state is named that the kind of transport does not have.
    Naming,
}

impl Kind {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Overlap => "overlap",
            Self::Unreachable => "unreachable",
            Self::Claim => "claim",
            Self::Contradiction => "contradiction",
            Self::Regression => "regression",
            Self::Naming => "naming",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// How many open combinations of at most so many transports as were asked for have it; for a
    /// regression, from how many some step goes back; zero where it is not one of combinations.
    pub combinations: usize,
    /// The smallest combination that has it; for a regression, the one before the step.
    pub example: Option<Combination>,
    /// What it is, in words.
    pub message: String,
}

/// The findings of one reading of one enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumReport {
    /// The W3C name of the enum.
    pub enum_name: &'static str,
    /// The reading.
    pub reading: String,
    /// Whether it is the default one.
    pub default: bool,
    /// The findings, by kind.
    pub findings: Vec<Finding>,
}

/// Lints every reading of every enum of an edition.
#[must_use]
pub fn lint(edition: &Edition, up_to: usize) -> Vec<EnumReport> {
    let mut reports = Vec::new();
    if let Some(definition) = &edition.connection_state {
        for reading in &definition.readings {
            let mut findings = lint_definition(edition, reading, up_to);
            findings.extend(contradictions(edition, reading, up_to));
            reports.push(report(definition, reading, findings));
        }
    }
    if let Some(definition) = &edition.ice_connection_state {
        for reading in &definition.readings {
            let findings = lint_definition(edition, reading, up_to);
            reports.push(report(definition, reading, findings));
        }
    }
    reports
}

fn report<S: StateEnum>(
    definition: &Definition<S>,
    reading: &Reading<S>,
    mut findings: Vec<Finding>,
) -> EnumReport {
    findings.sort_by_key(|finding| finding.kind);
    EnumReport {
        enum_name: S::NAME,
        reading: reading.id.clone(),
        default: definition.is_default(reading),
        findings,
    }
}

/// A value that an enum's states are ordered by, for those that are progress.
pub trait Progress: StateEnum {
    /// How far a value is; `None` for values that are no progress.
    fn progress(self) -> Option<u8>;
    /// The claims of an edition about a value of this enum.
    fn claimed(claim: &Claim) -> Option<Self>;
}

impl Progress for PeerConnectionState {
    fn progress(self) -> Option<u8> {
        match self {
            Self::New => Some(0),
            Self::Connecting => Some(1),
            Self::Connected => Some(2),
            _ => None,
        }
    }

    fn claimed(claim: &Claim) -> Option<Self> {
        match claim.state {
            ClaimedState::Connection(state) => Some(state),
            ClaimedState::IceConnection(_) => None,
        }
    }
}

impl Progress for IceConnectionState {
    fn progress(self) -> Option<u8> {
        match self {
            Self::New => Some(0),
            Self::Checking => Some(1),
            Self::Connected => Some(2),
            Self::Completed => Some(3),
            _ => None,
        }
    }

    fn claimed(claim: &Claim) -> Option<Self> {
        match claim.state {
            ClaimedState::IceConnection(state) => Some(state),
            ClaimedState::Connection(_) => None,
        }
    }
}

/// Lints one reading by itself.
#[must_use]
pub fn lint_definition<S: Progress>(
    edition: &Edition,
    reading: &Reading<S>,
    up_to: usize,
) -> Vec<Finding> {
    let table = Table::of(|facts| reading.holding(&edition.with_ice_connection_state(facts)));
    let holding = |facts: Facts| table.get(facts).unwrap_or_default();
    let mut findings = Vec::new();
    findings.extend(of_combinations(
        Kind::Gap,
        up_to,
        |facts| holding(facts).is_empty(),
        |at| format!("with {} no value applies", in_words(at)),
    ));
    if reading.mode == Mode::Independent {
        findings.extend(of_combinations(
            Kind::Overlap,
            up_to,
            |facts| holding(facts).len() > 1,
            |at| {
                let values = holding(Facts::of(at));
                format!("with {} several values apply: {values}", in_words(at))
            },
        ));
    }
    findings.extend(unreachable(reading, &holding));
    for claim in &edition.claims {
        if let Some(state) = S::claimed(claim) {
            findings.extend(broken_claim(
                edition, claim, state, &holding, up_to, reading,
            ));
        }
    }
    findings.extend(regression(&holding, up_to));
    findings.extend(naming(reading));
    findings
}

fn of_combinations(
    kind: Kind,
    up_to: usize,
    has: impl Fn(Facts) -> bool,
    message: impl Fn(&Combination) -> String,
) -> Option<Finding> {
    let example = smallest(false, &has)?;
    let count = (0..=up_to)
        .flat_map(combinations)
        .filter(|transports| has(Facts::of_transports(false, transports)))
        .count();
    let message = message(&example);
    Some(Finding {
        kind,
        combinations: count,
        example: Some(example),
        message,
    })
}

fn unreachable<S: Progress>(
    reading: &Reading<S>,
    holding: &impl Fn(Facts) -> StateSet<S>,
) -> Vec<Finding> {
    let reached = [false, true]
        .into_iter()
        .flat_map(Space::facts)
        .fold(StateSet::empty(), |reached, facts| {
            holding(facts).union(reached)
        });
    reading
        .rows
        .iter()
        .filter(|row| !reached.contains(row.value))
        .map(|row| Finding {
            kind: Kind::Unreachable,
            combinations: 0,
            example: None,
            message: format!("no combination is `{}`", row.value),
        })
        .collect()
}

fn broken_claim<S: Progress>(
    edition: &Edition,
    claim: &Claim,
    state: S,
    holding: &impl Fn(Facts) -> StateSet<S>,
    up_to: usize,
    reading: &Reading<S>,
) -> Option<Finding> {
    let broken = |facts: Facts| {
        holding(facts).contains(state)
            && !claim.must.holds(
                &edition.with_ice_connection_state(facts),
                reading.vacuous_all,
            )
    };
    of_combinations(Kind::Claim, up_to, broken, |at| {
        format!(
            "with {} the value is `{state}`, of which the text says itself ({}) that {}",
            in_words(at),
            claim.id,
            claim.must
        )
    })
}

fn contradictions(
    edition: &Edition,
    reading: &Reading<PeerConnectionState>,
    up_to: usize,
) -> Vec<Finding> {
    let ice = edition
        .ice_connection_state
        .as_ref()
        .map(Definition::default_reading);
    let table = Table::of(|facts: Facts| {
        let facts = edition.with_ice_connection_state(facts);
        let connection = reading.holding(&facts).single()?;
        let ice = ice
            .map_or(facts.ice_connection_state, |ice| ice.holding(&facts))
            .single()?;
        is_contradictory(connection, ice).map(|reason| (connection, ice, reason))
    });
    let pair = |facts: Facts| table.get(facts).flatten();
    let mut counts = BTreeMap::new();
    for closed in [false, true] {
        for facts in Space::facts(closed) {
            if let Some(pair) = pair(facts) {
                counts.entry((closed, pair)).or_insert(0_usize);
            }
        }
    }
    for transports in (0..=up_to).flat_map(combinations) {
        if let Some(pair) = pair(Facts::of_transports(false, &transports)) {
            counts.entry((false, pair)).and_modify(|count| *count += 1);
        }
    }
    counts
        .into_iter()
        .filter_map(|((closed, found), combinations)| {
            let example = smallest(closed, |facts| pair(facts) == Some(found))?;
            let (connection, ice, reason) = found;
            let message = format!(
                "with {} connectionState is `{connection}` and iceConnectionState `{ice}`: {reason}",
                in_words(&example)
            );
            let kind = Kind::Contradiction;
            Some(Finding { kind, combinations, example: Some(example), message })
        })
        .collect()
}

/// The steps forward of one transport, from each state of it.
fn steps_forward(transport: Transport) -> impl Iterator<Item = Transport> {
    let ice = match transport.ice {
        Ice::New => Some(Ice::Checking),
        Ice::Checking => Some(Ice::Connected),
        Ice::Connected => Some(Ice::Completed),
        _ => None,
    };
    let dtls = match transport.dtls {
        Dtls::New => Some(Dtls::Connecting),
        Dtls::Connecting => Some(Dtls::Connected),
        _ => None,
    };
    let ice = ice.map(|ice| Transport { ice, ..transport });
    ice.into_iter()
        .chain(dtls.map(|dtls| Transport { dtls, ..transport }))
}

fn regression<S: Progress>(
    holding: &impl Fn(Facts) -> StateSet<S>,
    up_to: usize,
) -> Option<Finding> {
    let back = |before: Facts, after: Facts| {
        let (before, after) = (holding(before).single()?, holding(after).single()?);
        (after.progress()? < before.progress()?).then_some((before, after))
    };
    let with = |rest: Facts, transport: Transport| Facts {
        ice: rest.ice.union(StateSet::only(transport.ice)),
        dtls: rest.dtls.union(StateSet::only(transport.dtls)),
        ..rest
    };
    // For any number of transports: every rest, and every step.
    let fewest = Space::facts(false)
        .flat_map(|rest| Transport::all().map(move |transport| (rest, transport)))
        .filter(|(rest, transport)| {
            steps_forward(*transport)
                .any(|after| back(with(*rest, *transport), with(*rest, after)).is_some())
        })
        .map(|(rest, _)| rest.ice.len().max(rest.dtls.len()) + 1)
        .min()?;
    let step_back = |transports: &[Transport]| {
        let before = Facts::of_transports(false, transports);
        transports
            .iter()
            .enumerate()
            .find_map(|(place, transport)| {
                steps_forward(*transport).find_map(|step| {
                    let mut after = transports.to_vec();
                    after[place] = step;
                    back(before, Facts::of_transports(false, &after))
                        .map(|(from, to)| (*transport, step, from, to))
                })
            })
    };
    let example = combinations(fewest).find(|transports| step_back(transports).is_some())?;
    let (transport, step, from, to) = step_back(&example)?;
    let count = (0..=up_to)
        .flat_map(combinations)
        .filter(|transports| step_back(transports).is_some())
        .count();
    let example = Combination::open(example);
    Some(Finding {
        kind: Kind::Regression,
        combinations: count,
        message: format!(
            "with {} a step forward of one transport, from {transport} to {step}, takes the value \
             back from `{from}` to `{to}`",
            in_words(&example)
        ),
        example: Some(example),
    })
}

fn naming<S: StateEnum>(reading: &Reading<S>) -> Option<Finding> {
    let (mut ice, mut dtls) = (Vec::new(), Vec::new());
    for row in &reading.rows {
        row.predicate.walk(&mut |part| {
            if let Predicate::Any(lists) | Predicate::All(lists) | Predicate::None(lists) = part {
                ice.extend(lists.ice.iter().flat_map(|list| &list.foreign));
                dtls.extend(lists.dtls.iter().flat_map(|list| &list.foreign));
            }
        });
    }
    let told = |kind: &str, mut names: Vec<&str>| {
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| format!("{kind} transports have no {}", names.join(", no ")))
    };
    let told: Vec<String> = [told("ICE", ice), told("DTLS", dtls)]
        .into_iter()
        .flatten()
        .collect();
    (!told.is_empty()).then(|| Finding {
        kind: Kind::Naming,
        combinations: 0,
        example: None,
        message: format!("states are named that do not exist: {}", told.join("; ")),
    })
}

/// A combination as an editor would say it: `one transport whose ICE is connected and DTLS not
/// begun`.
fn in_words(combination: &Combination) -> String {
    let one = |transport: &Transport| {
        let ice = match transport.ice {
            Ice::New => "not begun".to_owned(),
            other => other.to_string(),
        };
        let dtls = match transport.dtls {
            Dtls::New => "not begun".to_owned(),
            other => other.to_string(),
        };
        format!("ICE is {ice} and DTLS {dtls}")
    };
    let told: Vec<String> = combination.transports.iter().map(one).collect();
    let open = match told.as_slice() {
        [] => "no transports".to_owned(),
        [one] => format!("one transport whose {one}"),
        more => {
            let count = more.len();
            format!(
                "{count} transports, one whose {}",
                more.join(", one whose ")
            )
        }
    };
    if combination.closed {
        format!("the connection closed and {open}")
    } else {
        open
    }
}
