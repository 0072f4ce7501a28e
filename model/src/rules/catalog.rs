//! Every rule: its id, its requirement, the reason, the section, and the editions that it applies
//! to.

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

/// The rule of the harness: the expectations of a scenario.
pub const EXPECTATION: &str = "scenario/expectation";

/// The editions that a rule applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Editions {
    /// All editions: they agree on the requirement.
    All,
    /// All editions that define the value; the definition decides what is right.
    Values,
    /// The editions in which one task sets every value and fires every event of an ICE change. In
    /// the others, each update is a separate task.
    OneTask,
    /// All editions that have algorithms. The algorithms decide what `close()` sets at once, and
    /// what a task that was queued before it may still fire.
    Close,
    /// All editions. Some let a task that was queued before `close()` change a DTLS transport from
    /// closed.
    Tasks,
}

impl Editions {
    /// Returns whether a rule applies to an edition.
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

    /// Describes the editions, and names those that are left out.
    #[must_use]
    pub fn describe(self) -> String {
        let all = match self {
            Self::All => return "every edition".to_owned(),
            Self::Values => {
                "every edition that defines the value; its definition decides what is right"
            }
            Self::OneTask => {
                "the editions in which one task sets every value and fires every event of an ICE \
                 change"
            }
            Self::Close => {
                "the editions that have algorithms; they decide what a queued task may still do"
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
        why: "Most applications look at nothing else; with a wrong value, a working call appears to \
              be down, or the other way round.",
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
        requirement: "connectionState and iceConnectionState, read at the same moment, are a pair \
                      of values that some combination of transports gives.",
        why: "Both are derived from the same transports; a pair that no combination gives shows \
              that one of them is stale.",
        spec: "https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum",
        editions: Editions::Values,
    },
    Rule {
        id: CONNECTION_TRANSITION,
        level: Level::Must,
        requirement: "connectionState changes from one value to another only if a step of some \
                      transport can cause that change.",
        why: "An application that waits for connecting before connected hangs if it is skipped.",
        spec: "https://www.w3.org/TR/webrtc/#dom-peerconnection-connection-state",
        editions: Editions::OneTask,
    },
    Rule {
        id: ICE_CONNECTION_TRANSITION,
        level: Level::Must,
        requirement: "iceConnectionState changes from one value to another only if a step of some \
                      ICE transport can cause that change.",
        why: "As for connectionState.",
        spec: "https://www.w3.org/TR/webrtc/#dom-peerconnection-ice-connection-state",
        editions: Editions::OneTask,
    },
    Rule {
        id: GATHERING_STATE,
        level: Level::Must,
        requirement: "iceGatheringState is gathering if some ICE transport is gathering, complete if \
                      there are transports and all have finished, and new otherwise.",
        why: "Applications that do not trickle send their description when it is complete.",
        spec: "https://www.w3.org/TR/webrtc/#update-ice-gathering-state",
        editions: Editions::All,
    },
    Rule {
        id: GATHERING_TRANSITION,
        level: Level::Must,
        requirement: "Neither iceGatheringState nor the gathering state of a transport changes from \
                      new to complete: gathering comes between, with its own event.",
        why: "A transport gathers before it has finished gathering, and each change of its \
              gathering state updates the connection's state.",
        spec: "https://www.w3.org/TR/webrtc/#update-ice-gathering-state",
        editions: Editions::All,
    },
    Rule {
        id: SIGNALING_TRANSITION,
        level: Level::Must,
        requirement: "signalingState follows the transitions of the offer/answer state machine.",
        why: "It decides which descriptions may be applied.",
        spec: "https://www.w3.org/TR/webrtc/#rtcsignalingstate-enum",
        editions: Editions::All,
    },
    Rule {
        id: ON_CHANGE,
        level: Level::Must,
        requirement: "An event is dispatched for every change of its attribute, and none without \
                      one.",
        why: "Applications do not poll: they miss a change without an event, and mistake an event \
              without a change for a change.",
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
              sees a change half done.",
        spec: "https://www.w3.org/TR/webrtc/#rtcicetransport",
        editions: Editions::OneTask,
    },
    Rule {
        id: ORDER,
        level: Level::Must,
        requirement: "When a transport's state changes, its own event is fired first, then \
                      iceconnectionstatechange, then connectionstatechange; when it gathers, \
                      gatheringstatechange comes before icegatheringstatechange.",
        why: "An application that relies on the order of the specification handles the cause before \
              the consequence.",
        spec: "https://www.w3.org/TR/webrtc/#rtcicetransport",
        editions: Editions::OneTask,
    },
    Rule {
        id: NONE_AFTER_CLOSE,
        level: Level::Must,
        requirement: "After close(), no event about the connection's states is dispatched.",
        why: "Handlers of a closed connection would use objects that the application has released.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::Close,
    },
    Rule {
        id: CLOSE_ATTRIBUTES,
        level: Level::Must,
        requirement: "When close() has returned, connectionState, iceConnectionState and \
                      signalingState are closed, and so are the connection's transports; \
                      iceGatheringState is unchanged.",
        why: "close() is synchronous: the next line of the application sees its effect.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::Close,
    },
    Rule {
        id: SILENT,
        level: Level::Must,
        requirement: "close() itself dispatches no event about the connection's states.",
        why: "The caller of close() knows; an event would reach handlers that are being torn down.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::Close,
    },
    Rule {
        id: TERMINAL,
        level: Level::Must,
        requirement: "An attribute that has become closed stays closed.",
        why: "[[IsClosed]] is never set back to false.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::All,
    },
    Rule {
        id: ONLY_BY_CLOSE,
        level: Level::Must,
        requirement: "A connection is closed only if its application has called close().",
        why: "If the other peer or a transport closes, the connection stays open: the application \
              decides.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::Close,
    },
    Rule {
        id: VALUE_KNOWN,
        level: Level::Must,
        requirement: "Every state is a value of its enum, letter for letter.",
        why: "An application compares with the W3C values; another spelling is never equal.",
        spec: "https://www.w3.org/TR/webrtc/#state-definitions",
        editions: Editions::All,
    },
    Rule {
        id: ICE_TRANSITION,
        level: Level::Must,
        requirement: "A closed ICE transport stays closed, no ICE transport becomes new again or \
                      skips checking, and completed and failed come only after the end of \
                      remote candidates has been indicated.",
        why: "An application that gives up on failed, or frees what is closed, relies on the \
              state being final; a later candidate may still establish the connection.",
        spec: "https://www.w3.org/TR/webrtc/#rtcicetransportstate",
        editions: Editions::All,
    },
    Rule {
        id: DTLS_TRANSITION,
        level: Level::Must,
        requirement: "A closed DTLS transport stays closed, and no DTLS transport becomes new again \
                      or skips connecting.",
        why: "closed means that an association has ended for good.",
        spec: "https://www.w3.org/TR/webrtc/#rtcdtlstransportstate-enum",
        editions: Editions::Tasks,
    },
    Rule {
        id: AFTER_DESCRIPTION,
        level: Level::Must,
        requirement: "Once a description has been applied, signalingState has the value that its \
                      type leads to; if it was refused, signalingState is unchanged.",
        why: "signalingState decides which description may be set next.",
        spec: "https://www.w3.org/TR/webrtc/#set-the-session-description",
        editions: Editions::All,
    },
    Rule {
        id: BEFORE_PROMISE,
        level: Level::Must,
        requirement: "signalingstatechange is fired before the promise of the call that sets the \
                      description settles.",
        why: "Code that runs after the call relies on the handlers having run.",
        spec: "https://www.w3.org/TR/webrtc/#set-the-session-description",
        editions: Editions::All,
    },
    Rule {
        id: REFUSED,
        level: Level::Must,
        requirement: "A refused call changes no state and fires no event.",
        why: "An application that handles the error continues from the state before the call.",
        spec: "https://www.w3.org/TR/webrtc/#methods",
        editions: Editions::All,
    },
    Rule {
        id: ALIVE,
        level: Level::Must,
        requirement: "A connection that its application has not closed stays alive: its states can \
                      change, and its methods are not refused as on a closed connection.",
        why: "Otherwise an application waits for a change that can never come.",
        spec: "https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close",
        editions: Editions::All,
    },
    Rule {
        id: EXPECTATION,
        level: Level::Must,
        requirement: "Every expectation of a scenario holds within the time that the scenario gives.",
        why: "A scenario asserts what a sentence of the specification requires in its situation.",
        spec: "https://www.w3.org/TR/webrtc/",
        editions: Editions::All,
    },
];
