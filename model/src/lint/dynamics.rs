//! Finds what is wrong with how and when an edition updates the values and fires events.
//!
//! If a text has an algorithm, lint runs it on the connection model. It explores the machine with
//! one transport that is created, changes and is discarded. Each property that fails is a finding
//! with a shortest path. One transport is enough, because each property judges a step, and a step
//! concerns one transport. A test compares with more transports, and `peerstate check` goes up to
//! four. What a text leaves out is also a finding ([`says`](super::says)).

use super::closed::lint_closed;
use super::finding::{DynamicsFinding, DynamicsKind};
use super::says::lint_silences;
use crate::editions::Edition;
use crate::machine::algorithms::Algorithms;
use crate::machine::check::path_of;
use crate::machine::explore::explore;
use crate::machine::model::ConnectionModel;
use crate::machine::rulebook::Rulebook;
use crate::machine::steps::Step;
use crate::policies::{Asks, Choices, Chosen, Policy, of_property};

/// The largest number of transports in the machine; see the module.
const TRANSPORTS: usize = 1;

/// The properties of the machine that are about the dynamics, each with its kind and the meaning of
/// its failure. The other properties are about the definitions.
pub const OF_THE_MACHINE: &[(&str, DynamicsKind, &str)] = &[
    (
        "value/not-stale",
        DynamicsKind::Stale,
        "the values are not derived again when a transport is created or discarded",
    ),
    (
        "closed/exactly-when-closed",
        DynamicsKind::Close,
        "a closed connection has a value other than closed",
    ),
    (
        "event/none-after-close",
        DynamicsKind::Close,
        "an event is fired on a closed connection",
    ),
    (
        "event/none-after-handler-closes",
        DynamicsKind::Close,
        "a handler that calls close() does not stop the other events of its task: they are fired \
         on a closed connection",
    ),
    (
        "event/order",
        DynamicsKind::Order,
        "events are not fired in the order statechange, iceconnectionstatechange, \
         connectionstatechange",
    ),
    (
        "event/attributes-current",
        DynamicsKind::Order,
        "a handler of iceconnectionstatechange or connectionstatechange reads a value that does \
         not match the transports",
    ),
    (
        "event/statechange-current",
        DynamicsKind::SecondTask,
        "a handler of a transport's statechange reads the values from before the change, because \
         a separate task updates them",
    ),
    (
        "event/on-change",
        DynamicsKind::Event,
        "a value changes without its event, or an event is fired without a change",
    ),
];

/// Lints how an edition updates the values and fires events.
pub(super) fn lint_dynamics(edition: &Edition, choices: &Choices) -> Vec<DynamicsFinding> {
    let mut findings = lint_silences(edition);
    findings.extend(lint_closed(edition));
    findings.extend(of_the_machine(edition, choices));
    findings.extend(of_the_text(edition, choices));
    findings.sort_by_key(|finding| finding.kind);
    findings
}

/// Returns the answers to policies that the text contradicts in what it says about its algorithms.
fn of_the_text(edition: &Edition, choices: &Choices) -> Vec<DynamicsFinding> {
    if Rulebook::of(edition).is_none() {
        return Vec::new();
    }
    let contradicted = choices.answers().filter_map(|(policy, answer)| {
        let Asks::Text(says) = answer.asks else {
            return None;
        };
        (!says(edition)).then(|| DynamicsFinding {
            kind: kind_of(policy),
            about: policy.id,
            message: format!("the text differs from this answer: {}", answer.sentence),
            path: None,
            policy: Some(Chosen {
                policy: policy.id,
                answer: answer.id,
            }),
        })
    });
    contradicted.collect()
}

/// Returns the kind of finding for a question about events: the kind of the property that another
/// of its answers requires.
fn kind_of(policy: &Policy) -> DynamicsKind {
    let of_property = policy.answers.iter().find_map(|answer| match answer.asks {
        Asks::Property(id) => OF_THE_MACHINE.iter().find(|(about, ..)| *about == id),
        Asks::Law(_) | Asks::NoContradiction | Asks::Text(_) => None,
    });
    of_property.map_or(DynamicsKind::Event, |(_, kind, _)| *kind)
}

fn of_the_machine(edition: &Edition, choices: &Choices) -> Vec<DynamicsFinding> {
    let Some(rulebook) = Rulebook::of(edition) else {
        return Vec::new();
    };
    let (model, failing) = failing(rulebook, choices);
    failing
        .into_iter()
        .map(|(&(about, kind, what), steps)| DynamicsFinding {
            kind,
            about,
            message: what.to_owned(),
            path: Some(path_of(&model, steps)),
            policy: of_property(about),
        })
        .collect()
}

/// A property that fails, with a shortest path.
type Failing = (
    &'static (&'static str, DynamicsKind, &'static str),
    Vec<Step>,
);

/// Returns every property of the dynamics that fails, whether or not a policy requires it.
pub(super) fn failing_properties(rulebook: Rulebook) -> Vec<&'static str> {
    let model = ConnectionModel::new(rulebook, TRANSPORTS);
    explore(&model).failing.into_keys().collect()
}

/// Returns the required properties of the dynamics that fail.
fn failing(rulebook: Rulebook, choices: &Choices) -> (ConnectionModel, Vec<Failing>) {
    let model = ConnectionModel::new(rulebook, TRANSPORTS);
    let mut found = explore(&model).failing;
    let failing = OF_THE_MACHINE
        .iter()
        .filter(|entry| choices.ask_for_property(entry.0))
        .filter_map(|entry| Some((entry, found.remove(entry.0)?)));
    let failing = failing.collect();
    (model, failing)
}

/// An edit of the algorithms, as an instruction and as a change.
type AlgorithmEdit = (&'static str, fn(&mut Algorithms));

/// The small edits of the algorithms.
const EDITS: &[AlgorithmEdit] = &[
    (
        "derive the values again when a transport is created or discarded, as when its state \
         changes",
        |algorithms| algorithms.set_change_updates = true,
    ),
    (
        "in the task of a DTLS change, update connectionState before firing statechange, and fire \
         connectionstatechange in the same task",
        |algorithms| {
            algorithms.dtls_in_one_task = true;
            // One task has one check.
            algorithms.dtls_aborts_when_closed |= algorithms.update_aborts_when_closed;
        },
    ),
    (
        "in the task of an ICE change, update both values before firing any event, and fire every \
         event in the same task",
        |algorithms| algorithms.one_task = true,
    ),
    (
        "abort the task of a DTLS change if [[IsClosed]] is true",
        |algorithms| {
            algorithms.dtls_aborts_when_closed = true;
            algorithms.update_aborts_when_closed = true;
        },
    ),
    (
        "before every event of a task except the first, abort if [[IsClosed]] is true",
        |algorithms| algorithms.events_abort_when_closed = true,
    ),
    (
        "let close() set both values without queuing an update",
        |algorithms| {
            algorithms.close_sets_connection_state = true;
            algorithms.close_sets_ice_connection_state = true;
            algorithms.close_queues_update = false;
        },
    ),
];

/// Edits of the algorithms that remove some findings and add none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DynamicsProposal {
    /// The edit as an instruction, or two edits that are needed together.
    pub instruction: String,
    /// The names of the findings that it removes.
    pub mends: Vec<&'static str>,
    /// The names of the findings that remain.
    pub left: Vec<&'static str>,
}

/// Searches the small edits of the algorithms for repairs: single edits, and pairs that together
/// repair what no single edit does.
#[must_use]
pub fn suggest_dynamics(edition: &Edition, choices: &Choices) -> Vec<DynamicsProposal> {
    let Some(rulebook) = Rulebook::of(edition) else {
        return Vec::new();
    };
    let before = abouts(rulebook.clone(), choices);
    let mut proposals: Vec<_> = EDITS
        .iter()
        .filter_map(|edit| propose((&rulebook, choices), &before, &[edit]))
        .collect();
    for (place, one) in EDITS.iter().enumerate() {
        for other in &EDITS[place + 1..] {
            let is_mended = |about: &&str| proposals.iter().any(|p| p.mends.contains(about));
            if before.iter().all(is_mended) {
                return proposals;
            }
            let both = propose((&rulebook, choices), &before, &[one, other]);
            let is_new = |both: &DynamicsProposal| !both.mends.iter().all(is_mended);
            proposals.extend(both.filter(is_new));
        }
    }
    proposals
}

fn abouts(rulebook: Rulebook, choices: &Choices) -> Vec<&'static str> {
    let (_, failing) = failing(rulebook, choices);
    failing.iter().map(|(entry, _)| entry.0).collect()
}

/// Returns what some edits do together, if they improve the text.
fn propose(
    (rulebook, choices): (&Rulebook, &Choices),
    before: &[&'static str],
    edits: &[&AlgorithmEdit],
) -> Option<DynamicsProposal> {
    let edit_all = |algorithms: &mut Algorithms| edits.iter().for_each(|edit| edit.1(algorithms));
    let left = abouts(rulebook.clone().with(edit_all), choices);
    let is_mended = |about: &&&'static str| !left.contains(*about);
    let mends: Vec<_> = before.iter().filter(is_mended).copied().collect();
    let none_added = left.iter().all(|about| before.contains(about));
    let instructions: Vec<_> = edits.iter().map(|edit| edit.0).collect();
    (!mends.is_empty() && none_added).then(|| DynamicsProposal {
        instruction: instructions.join("; and "),
        mends,
        left,
    })
}
