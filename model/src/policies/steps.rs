//! Questions about events: how many tasks a change takes, and what happens to the remaining events
//! of a task.

use super::{Answer, Asked, Asks, Policy, Source};
use crate::editions::{IsClosedAbort, Tasks};

/// The policies about events.
pub(super) const POLICIES: &[Policy] = &[
    Policy {
        id: "dtls-change-tasks",
        question: "Does a handler of a DTLS transport's statechange read the new connectionState?",
        sources: &[
            Source {
                report: "https://www.w3.org/TR/webrtc/#rtcdtlstransport-interface",
                says: "the section that has the steps of a DTLS change",
            },
            Source {
                report: "w3c/webrtc-pc#2020",
                says: "for an ICE change, a task that queues another task is redundant; #2400, merged \
                       2019-12-12, makes it one task",
            },
            Source {
                report: "w3c/webrtc-pc#2444",
                says: "sets every state first and fires every event later, so that what handlers \
                       read is consistent; merged 2020-01-23",
            },
            Source {
                report: "w3c/webrtc-pc#2892",
                says: "the same for the gathering states: a second task may find another state and lose \
                       an event",
            },
            Source {
                report: "w3c/webrtc-pc#2894",
                says: "makes it one task for the gathering states, which sets them all before it fires \
                       any event; merged 2024-03-29",
            },
        ],
        answers: &[
            Answer {
                id: "one-task",
                sentence: "A handler of a DTLS transport's statechange reads the new connectionState: \
                           one task sets both states before it fires any event.",
                asks: Asks::Property("event/statechange-current"),
            },
            Answer {
                id: "second-task",
                sentence: "A handler of a DTLS transport's statechange reads the old connectionState: a \
                           second task sets the new one and fires its event.",
                asks: Asks::Text(|edition| edition.dynamics.dtls_change.is != Tasks::OneTask),
            },
        ],
        asked: Asked::ByDefault(
            "The working group gave this answer for ICE changes (2019, 2020) and for gathering \
             (2024). The texts leave out DTLS changes, and no report says why.",
        ),
    },
    Policy {
        id: "closed-in-a-handler",
        question: "Does a task fire its remaining events once a handler of the first has called \
                   close()?",
        sources: &[
            Source {
                report: "w3c/webrtc-pc#2895",
                says: "raises the question, with selectedcandidatepairchange and statechange as the \
                       example; the issue is open",
            },
            Source {
                report: "w3c/webrtc-pc#2893",
                says: "touching state after firing an event is prone to exploits and should be avoided",
            },
            Source {
                report: "w3c/webrtc-pc#2894",
                says: "adds \"Do not read or modify state beyond this point\" before the events of a \
                       task; merged 2024-03-29",
            },
            Source {
                report: "w3c/webrtc-pc#1020",
                says: "no events on a closed connection: a queued task checks [[IsClosed]] at its \
                       beginning",
            },
        ],
        answers: &[
            Answer {
                id: "fired",
                sentence: "A task fires its remaining events even if a handler has called close(): it \
                           decides before its first event what to fire, and reads nothing between \
                           two events.",
                asks: Asks::Text(|edition| {
                    edition.dynamics.event_isclosed_abort.is != IsClosedAbort::Aborts
                }),
            },
            Answer {
                id: "not-fired",
                sentence: "A task does not fire its remaining events once a handler has called close(): \
                           it reads [[IsClosed]] again before each event.",
                asks: Asks::Property("event/none-after-handler-closes"),
            },
        ],
        asked: Asked::WhereChosen(
            "The report is open, and a repair would have to read [[IsClosed]] between two events, \
             which the decision about gathering forbids.",
        ),
    },
];
