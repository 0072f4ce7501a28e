//! The exhaustive check of an edition, and its report.

use std::fmt;

use stateright::{Checker, Model};

use super::connection::Connection;
use super::graph::Graph;
use super::laws::{LAWS, broken_laws};
use super::model::{ConnectionModel, ModelError, NoMachine};
use super::path_table;
use super::properties::PROPERTIES;
use super::steps::Step;
use crate::editions::Edition;
use crate::fields::{self, Fields, Problems, ShapeError};
use crate::located::Refused;
use crate::states::{IceConnectionState, PeerConnectionState};
use crate::yaml::{Document, YamlError};

/// What a check found.
#[derive(Debug, Clone)]
pub struct CheckReport {
    /// The edition.
    pub edition: String,
    /// The most transports that there were.
    pub most_transports: usize,
    /// What was explored; of an edition without a machine only the laws are checked.
    pub explored: Result<Explored, NoMachine>,
    /// Each property, in the order of the documentation.
    pub properties: Vec<PropertyReport>,
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The machine is being explored.
    Exploring {
        /// The different states found so far.
        states: usize,
    },
    /// Every property is being checked in every state.
    Checking {
        /// The different states that there are.
        states: usize,
    },
    /// Shortest paths are being searched.
    Searching {
        /// The different states that there are.
        states: usize,
    },
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exploring { states } => write!(f, "{states} states so far"),
            Self::Checking { states } => write!(f, "checking the properties in {states} states"),
            Self::Searching { states } => write!(f, "searching paths among {states} states"),
        }
    }
}

/// How much there was to explore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explored {
    /// How many states the checker generated.
    pub states: usize,
    /// How many of them are different.
    pub unique_states: usize,
    /// The length of the longest shortest path, in states.
    pub depth: usize,
}

/// What a check found of one property.
#[derive(Debug, Clone)]
pub struct PropertyReport {
    /// Its stable name.
    pub id: String,
    /// What it says.
    pub sentence: String,
    /// The section it rests on.
    pub spec: String,
    /// What was found.
    pub outcome: Outcome,
}

/// What was found of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds in every state.
    Holds,
    /// What it says can be seen has been seen, at the end of this shortest path.
    Witnessed(Path),
    /// It fails at the end of this shortest path, and that is listed as known.
    KnownCounterexample {
        /// The path.
        path: Path,
        /// Why it is known.
        reason: String,
    },
    /// It fails at the end of this shortest path.
    Counterexample(Path),
    /// What it says can be seen can not be.
    Unseen,
    /// It is listed as failing, and holds.
    Gone {
        /// Why it was listed.
        reason: String,
    },
}

/// A path through the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The steps from the initial state; none for what no step leads to.
    pub steps: Vec<Step>,
    /// The table of the cells that changed, or for a law the combination that breaks it.
    pub table: String,
}

impl CheckReport {
    /// Whether everything is as it is known to be.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        self.properties.iter().all(|property| {
            matches!(
                property.outcome,
                Outcome::Holds | Outcome::Witnessed(_) | Outcome::KnownCounterexample { .. }
            )
        })
    }
}

/// A counterexample that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCounterexample {
    /// The editions that have it.
    pub editions: Vec<String>,
    /// The property that fails.
    pub property: String,
    /// From how many transports on.
    pub transports: usize,
    /// Why.
    pub reason: String,
    /// The public reports, such as `w3c/webrtc-pc#1883`; none where none is known.
    pub reported: Vec<String>,
    /// What implementations do instead, where that has been looked up.
    pub implementations: Option<String>,
}

/// Why a file is no list of known counterexamples.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnownError {
    /// It is no YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

const KNOWN_FILE: &str = "model/editions/known-counterexamples.yaml";
const KNOWN_TEXT: &str = include_str!("../../editions/known-counterexamples.yaml");

/// The counterexamples that are known.
///
/// # Errors
///
/// When the list compiled in is none, which a test keeps from happening.
pub fn known_counterexamples() -> Result<Vec<KnownCounterexample>, Refused<KnownError>> {
    let document = Document::parse(KNOWN_FILE, KNOWN_TEXT).map_err(Refused::into_wider)?;
    let mut problems = Problems::<KnownError>::default();
    let items = fields::list(document.root(), "a list of counterexamples", &mut problems);
    let known = items.map(|items| {
        items
            .iter()
            .filter_map(|item| {
                let expected = "`editions`, `property`, `transports`, `reason`, `reported`";
                let mut fields = Fields::of(item, expected, &mut problems)?;
                let mut lists = |key, expected| {
                    let node = fields.required(key, &mut problems)?;
                    Some(fields::texts(node, expected, &mut problems))
                };
                let editions = lists("editions", "a list of editions");
                let reported = lists("reported", "a list of reports");
                let mut required = |key| {
                    let node = fields.required(key, &mut problems)?;
                    fields::text(node, "text", &mut problems).map(str::to_owned)
                };
                let (property, reason) = (required("property"), required("reason"));
                let transports = fields.required("transports", &mut problems)?;
                let transports = match transports.value {
                    crate::yaml::Value::Integer(number) => usize::try_from(number).ok(),
                    _ => None,
                };
                let implementations = fields
                    .optional("implementations")
                    .and_then(|node| fields::text(node, "text", &mut problems))
                    .map(str::to_owned);
                fields.reject_unknown(&mut problems);
                Some(KnownCounterexample {
                    editions: editions?,
                    property: property?,
                    transports: transports?,
                    reason: reason?,
                    reported: reported?,
                    implementations,
                })
            })
            .collect()
    });
    problems.finish(KNOWN_FILE, &document, known)
}

/// An edition that can not be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// It has no machine, and the laws do not speak of it.
    #[error(
        "the edition {edition} can not be checked: {why}, and the laws speak of an edition that \
         defines both enums as cascades (`mode: first_match`); peerstate lint looks at its \
         definitions"
    )]
    Nothing {
        /// Its id.
        edition: String,
        /// Why it has no machine.
        why: NoMachine,
    },
    /// It has no such model.
    #[error(transparent)]
    Model(ModelError),
}

/// Explores the machine of an edition with up to so many transports, and checks every property.
/// Of an edition that defines the values and has no machine, the laws are checked alone.
///
/// # Errors
///
/// When there is nothing to check, or there are too many transports.
pub fn check(
    edition: &Edition,
    most_transports: usize,
    known: &[KnownCounterexample],
) -> Result<CheckReport, CheckError> {
    check_and_watch(edition, most_transports, known, &mut |_| ())
}

/// As [`check`], and calls `watch` with how far it is, often.
///
/// # Errors
///
/// As [`check`].
pub fn check_and_watch(
    edition: &Edition,
    most_transports: usize,
    known: &[KnownCounterexample],
    watch: &mut dyn FnMut(Stage),
) -> Result<CheckReport, CheckError> {
    let (explored, mut properties) = match ConnectionModel::of(edition, most_transports) {
        Ok(model) => {
            let (explored, properties) = explore(edition, &model, watch);
            (Ok(explored), properties)
        }
        Err(ModelError::NoMachine { edition: id, why }) => {
            let laws = laws(edition);
            if laws.is_empty() {
                return Err(CheckError::Nothing { edition: id, why });
            }
            (Err(why), laws)
        }
        Err(error) => return Err(CheckError::Model(error)),
    };
    for property in &mut properties {
        apply_known(property, edition, most_transports, known);
    }
    Ok(CheckReport {
        edition: edition.id.clone(),
        most_transports,
        explored,
        properties,
    })
}

/// Explores the machine, and checks every property of it and every law.
fn explore(
    edition: &Edition,
    model: &ConnectionModel,
    watch: &mut dyn FnMut(Stage),
) -> (Explored, Vec<PropertyReport>) {
    let graph = Graph::explore_and_watch(model, &mut |states| watch(Stage::Exploring { states }));
    let states = graph.len();
    watch(Stage::Checking { states });
    // One thread: the counts are then the same in every run.
    let checker = model.clone().checker().threads(1).spawn_bfs().join();
    watch(Stage::Searching { states });

    let mut properties: Vec<PropertyReport> = PROPERTIES
        .iter()
        .map(|info| PropertyReport {
            id: info.id.to_owned(),
            sentence: info.sentence.to_owned(),
            spec: info.spec.to_owned(),
            outcome: match checker.discovery(info.id) {
                None => Outcome::Holds,
                Some(path) => {
                    // Stateright's path is one of many; the graph has a shortest.
                    let shortest = graph.path_to(|state| !info.holds(model, state));
                    let steps = shortest.unwrap_or_else(|| path.into_actions());
                    Outcome::Counterexample(path_of(model, steps))
                }
            },
        })
        .collect();
    properties.extend(laws(edition));
    properties.extend(reachability(model, &graph));
    properties.extend(witnesses(model, &graph));
    let explored = Explored {
        states: checker.state_count(),
        unique_states: checker.unique_state_count(),
        depth: checker.max_depth(),
    };
    (explored, properties)
}

fn apply_known(
    property: &mut PropertyReport,
    edition: &Edition,
    transports: usize,
    known: &[KnownCounterexample],
) {
    let listed = known.iter().find(|known| {
        known.property == property.id
            && known.transports <= transports
            && known.editions.contains(&edition.id)
    });
    let Some(listed) = listed else { return };
    let reason = match listed.reported.as_slice() {
        [] => listed.reason.clone(),
        reports => format!("{} ({})", listed.reason.trim(), reports.join(", ")),
    };
    property.outcome = match std::mem::replace(&mut property.outcome, Outcome::Holds) {
        Outcome::Counterexample(path) => Outcome::KnownCounterexample { path, reason },
        Outcome::Unseen => Outcome::KnownCounterexample {
            path: path_of_nothing(),
            reason,
        },
        _ => Outcome::Gone { reason },
    };
}

fn path_of_nothing() -> Path {
    Path {
        steps: Vec::new(),
        table: String::new(),
    }
}

pub(crate) fn path_of(model: &ConnectionModel, steps: Vec<Step>) -> Path {
    let table = path_table::render(&model.rulebook, &steps);
    Path { steps, table }
}

/// The laws of the definitions, which hold or fail for any number of transports.
fn laws(edition: &Edition) -> Vec<PropertyReport> {
    let Some(broken) = broken_laws(edition) else {
        return Vec::new();
    };
    LAWS.iter()
        .map(|law| PropertyReport {
            id: law.id.to_owned(),
            sentence: law.sentence.to_owned(),
            spec: law.spec.to_owned(),
            outcome: match broken.iter().find(|broken| broken.law.id == law.id) {
                None => Outcome::Holds,
                Some(broken) => Outcome::Counterexample(Path {
                    steps: Vec::new(),
                    table: format!("{}\n", broken.message),
                }),
            },
        })
        .collect()
}

fn reachability(model: &ConnectionModel, graph: &Graph) -> Vec<PropertyReport> {
    let open = |state: &Connection| !state.closed;
    let report = |id: &str, sentence: &str, spec: &str, dead_end: Option<Vec<Step>>| {
        let outcome = match dead_end {
            None => Outcome::Holds,
            Some(steps) => Outcome::Counterexample(path_of(model, steps)),
        };
        PropertyReport {
            id: id.to_owned(),
            sentence: sentence.to_owned(),
            spec: spec.to_owned(),
            outcome,
        }
    };
    let closed = graph.path_to_dead_end(
        open,
        |state| state.connection_state == PeerConnectionState::Closed,
        false,
    );
    let mut reports = vec![report(
        "reach/closed",
        "From every open state, closed can be reached.",
        "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        closed,
    )];
    if model.most_transports > 0 {
        let connected = graph.path_to_dead_end(
            open,
            |state| state.connection_state == PeerConnectionState::Connected,
            true,
        );
        reports.push(report(
            "reach/connected",
            "From every open state, connected can be reached with a network that works.",
            "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnectionstate-connected",
            connected,
        ));
    }
    reports
}

/// That every value, and every pair of values that the definitions allow, can be seen.
fn witnesses(model: &ConnectionModel, graph: &Graph) -> Vec<PropertyReport> {
    const SPEC: &str = "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum";
    let report = |id: String, sentence: String, path: Option<Vec<Step>>| PropertyReport {
        id,
        sentence,
        spec: SPEC.to_owned(),
        outcome: path.map_or(Outcome::Unseen, |steps| {
            Outcome::Witnessed(path_of(model, steps))
        }),
    };
    let mut reports = Vec::new();
    let none = model.most_transports == 0;
    let seen_without = |value: &str| matches!(value, "new" | "closed");
    for &value in PeerConnectionState::ALL {
        if none && !seen_without(value.as_str()) {
            continue;
        }
        reports.push(report(
            format!("seen/connectionState-{value}"),
            format!("connectionState can be {value}."),
            graph.path_to(|state| state.connection_state == value),
        ));
    }
    for &value in IceConnectionState::ALL {
        if none && !seen_without(value.as_str()) {
            continue;
        }
        reports.push(report(
            format!("seen/iceConnectionState-{value}"),
            format!("iceConnectionState can be {value}."),
            graph.path_to(|state| state.ice_connection_state == value),
        ));
    }
    for &value in PeerConnectionState::ALL {
        for &ice in IceConnectionState::ALL {
            let allowed = graph.states().iter().any(|state| {
                let transports = state.transports.as_slice();
                !state.closed
                    && model
                        .rulebook
                        .ice_connection_state(transports)
                        .contains(ice)
                    && model
                        .rulebook
                        .connection_state(transports, ice)
                        .contains(value)
            });
            if allowed {
                reports.push(report(
                    format!("seen/{value}-with-{ice}"),
                    format!("connectionState {value} and iceConnectionState {ice} together."),
                    graph.path_to(|state| {
                        state.is_settled()
                            && !state.stale
                            && (state.connection_state, state.ice_connection_state) == (value, ice)
                    }),
                ));
            }
        }
    }
    reports
}
