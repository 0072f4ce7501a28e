//! Every rule: its id, what it requires, why, where that is written, and of which editions it is.

use super::demands::Demands;
use super::{Level, Rule};
use crate::editions::{self, Edition};

pub(super) const CONNECTION_STATE: &str = "connection-state/derivation";
pub(super) const ICE_CONNECTION_STATE: &str = "ice-connection-state/derivation";
pub(super) const CONSISTENT_PAIR: &str = "states/consistent-pair";
pub(super) const CONNECTION_TRANSITION: &str = "connection-state/transition";
pub(super) const ICE_CONNECTION_TRANSITION: &str = "ice-connection-state/transition";
pub(super) const GATHERING_STATE: &str = "gathering-state/derivation";
pub(super) const GATHERING_TRANSITION: &str = "gathering-state/transition";
pub(super) const SIGNALING_TRANSITION: &str = "signaling-state/transition";
pub(super) const ON_CHANGE: &str = "event/on-change";
pub(super) const ATTRIBUTES_CURRENT: &str = "event/attributes-current";
pub(super) const ORDER: &str = "event/order";
pub(super) const NONE_AFTER_CLOSE: &str = "event/none-after-close";
pub(super) const CLOSE_ATTRIBUTES: &str = "close/attributes";
pub(super) const SILENT: &str = "close/silent";
pub(super) const TERMINAL: &str = "close/terminal";
pub(super) const ONLY_BY_CLOSE: &str = "close/only-by-close";
pub(super) const VALUE_KNOWN: &str = "value/known";
pub(super) const ICE_TRANSITION: &str = "ice-transport/transition";
pub(super) const DTLS_TRANSITION: &str = "dtls-transport/transition";
pub(super) const AFTER_DESCRIPTION: &str = "signaling-state/after-description";
pub(super) const BEFORE_PROMISE: &str = "event/before-promise";
pub(super) const REFUSED: &str = "operation/refused-changes-nothing";
pub(super) const ALIVE: &str = "implementation/alive";

/// The rule of the harness: what a scenario expects.
pub const EXPECTATION: &str = "scenario/expectation";

/// The editions that a rule is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Editions {
    /// All: they agree on what it requires.
    All,
    /// All that define the value; what is right depends on the definition.
    Values,
    /// Those in which one task sets every value and fires every event of an ICE change. In others
    /// each update has a task of its own.
    OneTask,
    /// All that have algorithms. What `close()` sets at once, and what a task that was queued before
    /// it may still fire, depends on them.
    Close,
    /// All. Some let a task that was queued before `close()` take a DTLS transport from closed.
    Tasks,
}

impl Editions {
    /// Whether a rule is of an edition.
    #[must_use]
    pub fn include(self, edition: &Edition) -> bool {
        match self {
            Self::All | Self::Tasks => true,
            Self::Values => {
                edition.connection_state.is_some() || edition.ice_connection_state.is_some()
            }
            Self::OneTask => Demands::of(edition).updates_in_one_task(),
            Self::Close => Demands::of(edition).algorithms.is_some(),
        }
    }

    /// In words, with the editions that it leaves out.
    #[must_use]
    pub fn describe(self) -> String {
        let all = match self {
            Self::All => return "every edition, alike".to_owned(),
            Self::Values => "every edition that defines the value; what is right depends on it",
            Self::OneTask => {
                "the editions in which one task sets every value and fires every event of an ICE \
                 change"
            }
            Self::Close => {
                "the editions that have algorithms; what a queued task may still do depends on them"
            }
            Self::Tasks => {
                return "every edition; some let a task that was queued before close() run after it"
                    .to_owned();
            }
        };
        let others: Vec<&str> = editions::editions()
            .iter()
            .filter(|edition| !self.include(edition))
            .map(|edition| edition.id.as_str())
            .collect();
        if others.is_empty() {
            return all.to_owned();
        }
        format!("{all}; not {}", others.join(", "))
    }
}

/// Every rule, in the order of the documentation.
pub static RULES: &[Rule] = &[
    Rule {
        id: CONNECTION_STATE,
        level: Level::Must,
        requirement: "connectionState is the value that the edition's definition gives for the \
                      states of the connection's transports.",
        why: "The value is all that most applications look at; a wrong one shows a call that is up \
              as down, or the other way round.",
        spec: "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum",
        editions: Editions::Values,
    },
    Rule {
        id: ICE_CONNECTION_STATE,
        level: Level::Must,
        requirement: "iceConnectionState is the value that the edition's definition gives for the \
                      states of the connection's ICE transports.",
        why: "connectionState is derived from it, and older applications look at nothing else.",
        spec: "https://www.w3.org/TR/webrtc/#rtciceconnectionstate-enum",
        editions: Editions::Values,
    },
    Rule {
        id: CONSISTENT_PAIR,
        level: Level::Must,
        requirement: "connectionState and iceConnectionState, read at one moment, are values that \
                      some states of transports give together.",
        why: "The two are derived from the same transports; a pair that nothing gives shows that \
              one of them is stale.",
        spec: "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum",
        editions: Editions::Values,
    },
    Rule {
        id: CONNECTION_TRANSITION,
        level: Level::Must,
        requirement: "connectionState goes from one value to another that a step of some transport \
                      can lead to.",
        why: "An application that counts on connecting before connected hangs when it is left out.",
        spec: "https://www.w3.org/TR/webrtc/#dom-peerconnection-connection-state",
        editions: Editions::OneTask,
    },
    Rule {
        id: ICE_CONNECTION_TRANSITION,
        level: Level::Must,
        requirement: "iceConnectionState goes from one value to another that a step of some ICE \
                      transport can lead to.",
        why: "As for connectionState.",
        spec: "https://www.w3.org/TR/webrtc/#dom-peerconnection-ice-connection-state",
        editions: Editions::OneTask,
    },
    Rule {
        id: GATHERING_STATE,
        level: Level::Must,
        requirement: "iceGatheringState is gathering if some ICE transport gathers, complete if \
                      there are transports and all have finished, and new otherwise.",
        why: "Applications without trickling send their description when it reads complete.",
        spec: "https://www.w3.org/TR/webrtc/#update-ice-gathering-state",
        editions: Editions::All,
    },
    Rule {
        id: GATHERING_TRANSITION,
        level: Level::Must,
        requirement: "Neither iceGatheringState nor the gathering state of a transport goes from new \
                      to complete: gathering comes between, with an event of its own.",
        why: "A transport gathers before it has gathered, and each of its steps updates the \
              connection's state.",
        spec: "https://www.w3.org/TR/webrtc/#update-ice-gathering-state",
        editions: Editions::All,
    },
    Rule {
        id: SIGNALING_TRANSITION,
        level: Level::Must,
        requirement: "signalingState moves along the edges of the offer/answer state machine.",
        why: "Which descriptions may be applied depends on it.",
        spec: "https://www.w3.org/TR/webrtc/#rtcsignalingstate-enum",
        editions: Editions::All,
    },
    Rule {
        id: ON_CHANGE,
        level: Level::Must,
        requirement: "An event is dispatched for every change of its attribute, and none without \
                      one.",
        why: "Applications do not poll; a change without an event is not seen, and an event \
              without a change is taken for one.",
        spec: "https://www.w3.org/TR/webrtc/#event-connectionstatechange",
        editions: Editions::Values,
    },
    Rule {
        id: ATTRIBUTES_CURRENT,
        level: Level::Must,
        requirement: "Inside the handler of an event of a transport or of the connection, \
                      iceConnectionState, connectionState and the transport's own state already \
                      have their new values.",
        why: "The algorithm updates every slot before it fires the first event, so that no handler \
              sees half a change.",
        spec: "https://www.w3.org/TR/webrtc/#rtcicetransport",
        editions: Editions::OneTask,
    },
    Rule {
        id: ORDER,
        level: Level::Must,
        requirement: "When a transport's state changes, its own event is fired first, then \
                      iceconnectionstatechange, then connectionstatechange; when it gathers, \
                      gatheringstatechange comes before icegatheringstatechange.",
        why: "An application that handles both in the order of the specification acts on the cause \
              before the consequence.",
        spec: "https://www.w3.org/TR/webrtc/#rtcicetransport",
        editions: Editions::OneTask,
    },
    Rule {
        id: NONE_AFTER_CLOSE,
        level: Level::Must,
        requirement: "After close() no event of the connection's states is dispatched.",
        why: "Handlers of a connection that is gone act on objects that are gone.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::Close,
    },
    Rule {
        id: CLOSE_ATTRIBUTES,
        level: Level::Must,
        requirement: "When close() has returned, connectionState, iceConnectionState and \
                      signalingState read closed, and so do the connection's transports; \
                      iceGatheringState is as before.",
        why: "close() is synchronous: the next line of the application sees its effect.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::Close,
    },
    Rule {
        id: SILENT,
        level: Level::Must,
        requirement: "close() itself dispatches no event of the connection's states.",
        why: "Who calls close() knows; an event would reach handlers that are being torn down.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::Close,
    },
    Rule {
        id: TERMINAL,
        level: Level::Must,
        requirement: "An attribute that has been closed stays closed.",
        why: "[[IsClosed]] is never set back to false.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::All,
    },
    Rule {
        id: ONLY_BY_CLOSE,
        level: Level::Must,
        requirement: "A connection is closed only if its application has called close().",
        why: "A peer that closes, or a transport that does, leaves the connection open: the \
              application decides.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::Close,
    },
    Rule {
        id: VALUE_KNOWN,
        level: Level::Must,
        requirement: "Every state is a value of its enum, letter for letter.",
        why: "An application compares with the values of W3C; another spelling is never equal.",
        spec: "https://www.w3.org/TR/webrtc/#state-definitions",
        editions: Editions::All,
    },
    Rule {
        id: ICE_TRANSITION,
        level: Level::Must,
        requirement: "An ICE transport that is closed stays closed, none becomes new again or \
                      leaves out checking, and completed and failed come only after the end of \
                      remote candidates has been indicated.",
        why: "An application that gives up on failed, or frees what is closed, must not be \
              contradicted later; candidates still to come may make the connection.",
        spec: "https://www.w3.org/TR/webrtc/#rtcicetransportstate",
        editions: Editions::All,
    },
    Rule {
        id: DTLS_TRANSITION,
        level: Level::Must,
        requirement: "A DTLS transport that is closed stays closed, and none becomes new again or \
                      leaves out connecting.",
        why: "closed says that an association has ended for good.",
        spec: "https://www.w3.org/TR/webrtc/#rtcdtlstransportstate-enum",
        editions: Editions::Tasks,
    },
    Rule {
        id: AFTER_DESCRIPTION,
        level: Level::Must,
        requirement: "Once a description has been applied, signalingState is what its type leads \
                      to; where it was refused, signalingState is as before.",
        why: "Which description may be set next depends on it.",
        spec: "https://www.w3.org/TR/webrtc/#set-the-session-description",
        editions: Editions::All,
    },
    Rule {
        id: BEFORE_PROMISE,
        level: Level::Must,
        requirement: "signalingstatechange is fired before the promise of the call that sets the \
                      description settles.",
        why: "What an application does behind the call must find its handlers done.",
        spec: "https://www.w3.org/TR/webrtc/#set-the-session-description",
        editions: Editions::All,
    },
    Rule {
        id: REFUSED,
        level: Level::Must,
        requirement: "A call that is refused changes no state and fires no event.",
        why: "An application that handles the error goes on from where it was.",
        spec: "https://www.w3.org/TR/webrtc/#methods",
        editions: Editions::All,
    },
    Rule {
        id: ALIVE,
        level: Level::Must,
        requirement: "A connection that nobody has closed goes on: its states can change, and its \
                      methods are not refused as on a closed one.",
        why: "An application waits for a change that can never come.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::All,
    },
    Rule {
        id: EXPECTATION,
        level: Level::Must,
        requirement: "What a scenario expects comes to hold in the time that it gives.",
        why: "A scenario asserts what a sentence of the specification demands of its situation.",
        spec: "https://www.w3.org/TR/webrtc/",
        editions: Editions::All,
    },
];
