//! Questions about events: how many tasks a change takes, and what becomes of the rest of a task.

use super::{Answer, Asked, Asks, Policy, Source};
use crate::editions::{IsClosedAbort, Tasks};

/// The policies that ask of the events.
pub(super) const POLICIES: &[Policy] = &[
    Policy {
        id: "dtls-change-tasks",
        question: "Does a handler of a DTLS transport's statechange read the connectionState of \
                   after the change?",
        sources: &[
            Source {
                report: "https://www.w3.org/TR/webrtc/#rtcdtlstransport-interface",
                says: "the section that has the steps of a DTLS change",
            },
            Source {
                report: "w3c/webrtc-pc#2020",
                says: "one task that queues another for an ICE change is redundant; #2400, merged \
                       2019-12-12, makes it one task",
            },
            Source {
                report: "w3c/webrtc-pc#2444",
                says: "sets every state first and fires every event later, so that what handlers \
                       read is consistent; merged 2020-01-23",
            },
            Source {
                report: "w3c/webrtc-pc#2892",
                says: "the same of the gathering states: a second task may find another state, and \
                       lose an event",
            },
            Source {
                report: "w3c/webrtc-pc#2894",
                says: "makes it one task for the gathering states, which are all set before any \
                       event is fired; merged 2024-03-29",
            },
        ],
        answers: &[
            Answer {
                id: "one-task",
                sentence: "A handler of a DTLS transport's statechange reads the new connectionState: both states \
                           are set in one task, before any event is fired.",
                asks: Asks::Property("event/statechange-current"),
            },
            Answer {
                id: "second-task",
                sentence: "A handler of a DTLS transport's statechange reads the connectionState from before, \
                           which is set in a second task and fires there.",
                asks: Asks::Text(|edition| edition.dynamics.dtls_change.is != Tasks::OneTask),
            },
        ],
        asked: Asked::ByDefault(
            "The working group answered the same question alike for ICE changes (2019, 2020) and \
             for gathering (2024). The texts left the DTLS changes out, and no report says why.",
        ),
    },
    Policy {
        id: "closed-in-a-handler",
        question: "Are the rest of the events of a task fired once a handler of the first has called \
                   close()?",
        sources: &[
            Source {
                report: "w3c/webrtc-pc#2895",
                says: "asks it, with selectedcandidatepairchange and statechange as the example; \
                       the issue is open",
            },
            Source {
                report: "w3c/webrtc-pc#2893",
                says: "to touch state after an event is fired is prone to exploits, and is to be \
                       avoided",
            },
            Source {
                report: "w3c/webrtc-pc#2894",
                says: "writes \"Do not read or modify state beyond this point\" before the events \
                       of a task; merged 2024-03-29",
            },
            Source {
                report: "w3c/webrtc-pc#1020",
                says: "no events on a closed connection: a queued task asks for [[IsClosed]] at its \
                       beginning",
            },
        ],
        answers: &[
            Answer {
                id: "fired",
                sentence: "The rest of the events of a task is fired though a handler has called close(): what it \
                           fires is settled before its first event, and nothing is read between two.",
                asks: Asks::Text(|edition| {
                    edition.dynamics.event_isclosed_abort.is != IsClosedAbort::Aborts
                }),
            },
            Answer {
                id: "not-fired",
                sentence: "The rest of the events of a task is not fired once a handler has called close(): \
                           [[IsClosed]] is read again before each.",
                asks: Asks::Property("event/none-after-handler-closes"),
            },
        ],
        asked: Asked::WhereChosen(
            "The report that asks is open, and what was decided of gathering forbids what a repair \
             would need: to read [[IsClosed]] between two events.",
        ),
    },
];
