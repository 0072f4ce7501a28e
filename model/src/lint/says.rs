//! Finds what a text leaves out or only mentions, so that two implementations that follow it may
//! differ.

use super::Asked;
use super::finding::{DynamicsFinding, DynamicsKind};
use crate::editions::{
    Claim, Defined, Dynamics, Edition, FiredOnClose, FirstIceEvent, Getter, IceUpdateEvent,
    IsClosedAbort, SetOnClose, TransportSet, Trigger, UpdateSteps,
};
use crate::states::{IceConnectionState, PeerConnectionState};

/// Something that a text should say: the kind of finding, its stable name, and the message for a
/// text that does not say it.
struct Question {
    kind: DynamicsKind,
    about: &'static str,
    /// The requirement, in a sentence.
    asks: &'static str,
    extent: Extent,
    unanswered: fn(&Edition) -> Option<String>,
}

/// How much a text covers; each extent includes the one before it. Only what it covers is checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// The definitions, which every text has.
    Definitions,
    /// Events. A page may cover events and leave the algorithms to the specification.
    Events,
    /// The algorithms.
    Algorithms,
}

/// Every question, in the order in which findings are reported.
const QUESTIONS: &[Question] = &[
    Question {
        kind: DynamicsKind::Unspecified,
        about: "says/claimed-values",
        asks: "The text describes every value about which it makes a claim.",
        extent: Extent::Definitions,
        unanswered: |edition| {
            let is_described = |claim: &&Claim| {
                describes::<PeerConnectionState>(edition, claim)
                    || describes::<IceConnectionState>(edition, claim)
            };
            let claim = edition.claims.iter().find(|claim| !is_described(claim))?;
            Some(format!(
                "a claim ({}) is about a value that the text does not describe",
                claim.id
            ))
        },
    },
    Question {
        kind: DynamicsKind::Unspecified,
        about: "says/derivation",
        asks: "The text has steps that derive both values, and says when they run.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            let left_out = match edition.dynamics.update_steps.is {
                UpdateSteps::Both => false,
                UpdateSteps::Neither
                | UpdateSteps::IceConnectionState
                | UpdateSteps::Unspecified => true,
            };
            left_out.then(|| {
                "no step says when connectionState is derived again, nor when \
                 connectionstatechange is fired"
                    .to_owned()
            })
        },
    },
    Question {
        kind: DynamicsKind::Close,
        about: "says/close-fires-connectionstatechange",
        asks: "The text says whether close() fires connectionstatechange.",
        extent: Extent::Events,
        unanswered: |edition| {
            edition.connection_state.as_ref()?;
            let said = &edition.dynamics.close_fires_connectionstatechange;
            close_fires("connectionstatechange", said.is)
        },
    },
    Question {
        kind: DynamicsKind::Close,
        about: "says/close-fires-iceconnectionstatechange",
        asks: "The text says whether close() fires iceconnectionstatechange.",
        extent: Extent::Events,
        unanswered: |edition| {
            edition.ice_connection_state.as_ref()?;
            let said = &edition.dynamics.close_fires_iceconnectionstatechange;
            close_fires("iceconnectionstatechange", said.is)
        },
    },
    Question {
        kind: DynamicsKind::Close,
        about: "says/close-queues-update",
        asks: "If close() sets connectionState itself, it does not queue an update of it as well.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            closes_twice(&edition.dynamics).then(|| {
                "close() sets connectionState and also queues an update of it, which never has \
                 anything to do"
                    .to_owned()
            })
        },
    },
    Question {
        kind: DynamicsKind::Close,
        about: "says/ice-update-after-close",
        asks: "The steps that update the ICE connection state abort on a closed connection.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            let dynamics = &edition.dynamics;
            let goes_on = match dynamics.ice_path_isclosed_abort.is {
                IsClosedAbort::GoesOn => true,
                IsClosedAbort::Aborts | IsClosedAbort::Unspecified => false,
            };
            let of_this_value_only = match dynamics.update_steps.is {
                UpdateSteps::IceConnectionState => true,
                // If the text has steps for both values, the machine checks this; if it has none,
                // nothing runs.
                UpdateSteps::Both | UpdateSteps::Neither | UpdateSteps::Unspecified => false,
            };
            (of_this_value_only && goes_on).then(|| {
                "the steps that update the ICE connection state do not abort on a closed \
                 connection, and fire iceconnectionstatechange"
                    .to_owned()
            })
        },
    },
    Question {
        kind: DynamicsKind::Order,
        about: "says/selected-pair-order",
        asks: "The text says which of statechange and selectedcandidatepairchange comes first.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            let is_open = match edition.dynamics.first_ice_event.is {
                FirstIceEvent::Unspecified => true,
                FirstIceEvent::SelectedCandidatePairChange | FirstIceEvent::StateChange => false,
            };
            is_open.then(|| {
                "an ICE transport's state and its selected pair change in two tasks, and the text \
                 does not say which of statechange and selectedcandidatepairchange comes first"
                    .to_owned()
            })
        },
    },
    Question {
        kind: DynamicsKind::Event,
        about: "says/ice-update-event",
        asks: "The steps that update the ICE connection state fire iceconnectionstatechange.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            let event = edition.dynamics.ice_update_event.is;
            match event {
                IceUpdateEvent::IceConnectionStateChange | IceUpdateEvent::Unspecified => None,
                IceUpdateEvent::ConnectionStateChange
                | IceUpdateEvent::IceGatheringStateChange
                | IceUpdateEvent::SignalingStateChange => Some(format!(
                    "the steps that update the ICE connection state fire {}",
                    event.as_str()
                )),
            }
        },
    },
    Question {
        kind: DynamicsKind::Transports,
        about: "says/transport-set",
        asks: "The text says which transports count.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            let is_open = match edition.transport_set.is {
                TransportSet::Unspecified => true,
                TransportSet::Transceivers
                | TransportSet::TransceiversAndSctpTransport
                | TransportSet::All => false,
            };
            is_open.then(|| {
                "the text does not say which transports count: it may include those that no \
                 transceiver uses any more, and exclude that of data channels"
                    .to_owned()
            })
        },
    },
    Question {
        kind: DynamicsKind::Transports,
        about: "says/data-channels",
        asks: "The transport of data channels counts.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            let are_left_out = match edition.transport_set.is {
                TransportSet::Transceivers => true,
                TransportSet::TransceiversAndSctpTransport
                | TransportSet::All
                | TransportSet::Unspecified => false,
            };
            are_left_out.then(|| {
                "the transport of data channels does not count: a connection with only data \
                 channels has no transports, and stays `new`"
                    .to_owned()
            })
        },
    },
    Question {
        kind: DynamicsKind::Getter,
        about: "says/getter",
        asks: "The getter of connectionState returns the slot of connectionState.",
        extent: Extent::Algorithms,
        unanswered: |edition| match edition.dynamics.connection_state_getter.is {
            Getter::IceConnectionState => {
                Some("the getter of connectionState returns [[IceConnectionState]]".to_owned())
            }
            Getter::ConnectionState | Getter::Aggregate | Getter::Unspecified => None,
        },
    },
];

/// Returns the requirements on every text.
pub(super) fn asked() -> impl Iterator<Item = Asked> {
    QUESTIONS.iter().map(|question| Asked {
        about: question.about,
        kind: question.kind,
        asks: question.asks,
    })
}

/// Returns what a text leaves open. A page without algorithms restates the definitions and leaves
/// the algorithms to the specification; that is not a finding.
pub(super) fn lint_silences(edition: &Edition) -> Vec<DynamicsFinding> {
    let extent = extent_of(&edition.dynamics);
    QUESTIONS
        .iter()
        .filter(|question| question.extent <= extent)
        .filter_map(|question| {
            Some(DynamicsFinding {
                kind: question.kind,
                about: question.about,
                message: (question.unanswered)(edition)?,
                path: None,
                policy: None,
            })
        })
        .collect()
}

/// Returns how much a text covers.
fn extent_of(dynamics: &Dynamics) -> Extent {
    let events = [
        dynamics.close_fires_connectionstatechange.is,
        dynamics.close_fires_iceconnectionstatechange.is,
    ];
    let of_events = events
        .iter()
        .filter(|said| **said != FiredOnClose::Unspecified);
    match (of_events.count(), dynamics.said().len()) {
        (of_events, all) if all > of_events => Extent::Algorithms,
        (0, _) => Extent::Definitions,
        _ => Extent::Events,
    }
}

/// Returns whether some reading of an enum has a row for the value that a claim is about.
fn describes<S: Defined>(edition: &Edition, claim: &Claim) -> bool {
    let Some((value, definition)) = S::claimed(claim).zip(S::definition(edition)) else {
        return false;
    };
    let mut rows = definition.readings.iter().flat_map(|reading| &reading.rows);
    rows.any(|row| row.value == value)
}

fn close_fires(event: &str, said: FiredOnClose) -> Option<String> {
    match said {
        FiredOnClose::ExplicitlyNot | FiredOnClose::InQueuedTask => None,
        FiredOnClose::NotByTheSteps => Some(format!(
            "the text does not say that close() fires no {event}; this follows only from the steps"
        )),
        FiredOnClose::NotExcepted => Some(format!(
            "the text says that {event} is fired for every change, and does not except close(), \
             which does not fire it"
        )),
        FiredOnClose::Unspecified => Some(format!(
            "the text does not say whether close() fires {event}"
        )),
    }
}

/// Returns whether `close()` both sets connectionState and queues an update of it.
fn closes_twice(dynamics: &Dynamics) -> bool {
    let sets = match dynamics.connection_state_on_close.is {
        SetOnClose::AtOnce => true,
        SetOnClose::InQueuedTask | SetOnClose::NeverByTheSteps | SetOnClose::Unspecified => false,
    };
    sets && dynamics.is_triggered_by(Trigger::IsClosedTrue)
}
