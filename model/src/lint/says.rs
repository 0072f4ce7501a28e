//! What a text leaves out, or says in passing only: where it does, two implementations that follow
//! it may differ.

use super::Asked;
use super::finding::{DynamicsFinding, DynamicsKind};
use crate::editions::{Claim, Defined, Dynamics, Edition};
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
            (edition.dynamics.derivation_algorithm.as_deref() != Some("yes")).then(|| {
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
            let said = &edition.dynamics.close_fires_connectionstatechange;
            edition.connection_state.as_ref()?;
            close_fires("connectionstatechange", said.as_deref())
        },
    },
    Question {
        kind: DynamicsKind::Close,
        about: "says/close-fires-iceconnectionstatechange",
        asks: "The text says whether close() fires iceconnectionstatechange.",
        extent: Extent::Events,
        unanswered: |edition| {
            let said = &edition.dynamics.close_fires_iceconnectionstatechange;
            edition.ice_connection_state.as_ref()?;
            close_fires("iceconnectionstatechange", said.as_deref())
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
            // With a whole algorithm the machine shows this; here there are steps for the one
            // value only.
            let algorithm = dynamics.derivation_algorithm.as_deref();
            let some_steps = !matches!(algorithm, Some("yes" | "no"));
            (some_steps && dynamics.ice_path_isclosed_abort == Some(false)).then(|| {
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
            let order = edition.dynamics.ice_event_order.as_deref();
            let said = order.is_some_and(|order| order.contains("selectedcandidatepairchange"));
            (!said).then(|| {
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
            let event = edition.dynamics.ice_update_event.as_deref()?;
            (event != "iceconnectionstatechange")
                .then(|| format!("the steps that update the ICE connection state fire {event}"))
        },
    },
    Question {
        kind: DynamicsKind::Transports,
        about: "says/transport-set",
        asks: "The text says which transports count.",
        extent: Extent::Algorithms,
        unanswered: |edition| {
            edition.transport_set.starts_with("unspecified").then(|| {
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
            let set = &edition.transport_set;
            (set.contains("transceivers") && !set.contains("SctpTransport")).then(|| {
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
        unanswered: |edition| {
            let getter = edition.dynamics.connectionstate_getter.as_deref()?;
            getter
                .contains("[[IceConnectionState]]")
                .then(|| "the getter of connectionState returns [[IceConnectionState]]".to_owned())
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
            })
        })
        .collect()
}

/// How far a text goes.
fn extent_of(dynamics: &Dynamics) -> Extent {
    let said = dynamics.said();
    if said.iter().any(|(key, _)| !key.starts_with("close_fires_")) {
        Extent::Algorithms
    } else if said.is_empty() {
        Extent::Definitions
    } else {
        Extent::Events
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

fn close_fires(event: &str, said: Option<&str>) -> Option<String> {
    let said = said.unwrap_or("unspecified");
    if said.starts_with("unspecified") || said.starts_with("not stated") {
        Some(format!("nothing says whether close() fires {event}"))
    } else if said.ends_with("close() not excepted") {
        Some(format!(
            "{event} is said to be fired for every change, and close(), which fires none, is not \
             excepted"
        ))
    } else if said.starts_with("no") && !said.starts_with("no (explicit") {
        Some(format!(
            "that close() fires no {event} is not said, and follows from the steps alone"
        ))
    } else {
        None
    }
}

/// Whether `close()` sets the connection state, and an update is queued besides.
fn closes_twice(dynamics: &Dynamics) -> bool {
    let sets = dynamics
        .connection_state_on_close
        .as_deref()
        .is_some_and(|said| said.starts_with("synchronous"));
    let mut triggers = dynamics.rederive_triggers.iter();
    sets && triggers.any(|trigger| trigger == "is_closed_true")
}
