//! What a text leaves out, or says in passing only: where it does, two implementations that follow
//! it may differ.

use super::Asked;
use super::finding::{DynamicsFinding, DynamicsKind};
use crate::editions::{
    Claim, Defined, Dynamics, Edition, FiredOnClose, FirstIceEvent, Getter, IceUpdateEvent,
    IsClosedAbort, SetOnClose, TransportSet, Trigger, UpdateSteps,
};
use crate::states::{IceConnectionState, PeerConnectionState};

/// Something that a text should say: the kind of finding, its stable name, and what is to be told
/// of a text that does not.
struct Question {
    kind: DynamicsKind,
    about: &'static str,
    /// What a text should say, in a sentence.
    asks: &'static str,
    extent: Extent,
    unanswered: fn(&Edition) -> Option<String>,
}

/// How far a text goes, each beyond the one before; of what lies farther it is not
/// asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// The definitions, which every text has.
    Definitions,
    /// Events, of which a page may speak that leaves the algorithms to the specification.
    Events,
    /// The algorithms.
    Algorithms,
}

/// Every question, in the order in which the answers are told.
const QUESTIONS: &[Question] = &[
    Question {
        kind: DynamicsKind::Unspecified,
        about: "says/claimed-values",
        asks: "Every value that the text claims something of is described.",
        extent: Extent::Definitions,
        unanswered: |edition| {
            let is_described = |claim: &&Claim| {
                describes::<PeerConnectionState>(edition, claim)
                    || describes::<IceConnectionState>(edition, claim)
            };
            let claim = edition.claims.iter().find(|claim| !is_described(claim))?;
            Some(format!(
                "something is claimed ({}) of a value that is not described",
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
        asks: "Where close() sets connectionState itself, it queues no update of it besides.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            closes_twice(&edition.dynamics).then(|| {
                "close() sets connectionState and queues an update of it besides, which can find \
                 nothing to do"
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
                // With steps for both the machine shows this, and without any nothing runs.
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
        asks: "The text says which of statechange and selectedcandidatepairchange is first.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            let is_open = match edition.dynamics.first_ice_event.is {
                FirstIceEvent::Unspecified => true,
                FirstIceEvent::SelectedCandidatePairChange | FirstIceEvent::StateChange => false,
            };
            is_open.then(|| {
                "an ICE transport's state and its selected pair change in two tasks, and nothing \
                 says which of statechange and selectedcandidatepairchange is first"
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
                "nothing says which transports count: those that no transceiver uses any more \
                 may, and that of data channels may not"
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
                "the transport of data channels does not count: a connection with data channels \
                 alone has no transports, and stays `new`"
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

/// What is asked of every text.
pub(super) fn asked() -> impl Iterator<Item = Asked> {
    QUESTIONS.iter().map(|question| Asked {
        about: question.about,
        kind: question.kind,
        asks: question.asks,
    })
}

/// What a text leaves open. A page that says nothing of algorithms retells the definitions and
/// leaves them to the specification; that is no finding.
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

/// How far a text goes.
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

/// Whether some reading of an enum has a row for the value that a claim is about.
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
            "that close() fires no {event} is not said, and follows from the steps alone"
        )),
        FiredOnClose::NotExcepted => Some(format!(
            "{event} is said to be fired for every change, and close(), which fires none, is not \
             excepted"
        )),
        FiredOnClose::Unspecified => Some(format!("nothing says whether close() fires {event}")),
    }
}

/// Whether `close()` sets the connection state, and an update is queued besides.
fn closes_twice(dynamics: &Dynamics) -> bool {
    let sets = match dynamics.connection_state_on_close.is {
        SetOnClose::AtOnce => true,
        SetOnClose::InQueuedTask | SetOnClose::NeverByTheSteps | SetOnClose::Unspecified => false,
    };
    sets && dynamics.is_triggered_by(Trigger::IsClosedTrue)
}
