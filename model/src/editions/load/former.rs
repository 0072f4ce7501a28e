//! Which key and which word replace those of the former format, in which the dynamics were prose.
//! Only for the error about such a file; no answer is ever read from prose.

/// The keys that have been renamed.
pub(super) const FORMER_KEYS: [(&str, &str); 5] = [
    ("derivation_algorithm", "update_steps"),
    ("ice_event_order", "ice_change"),
    ("dtls_event_order", "dtls_change"),
    ("ice_state_on_close", "ice_connection_state_on_close"),
    ("connectionstate_getter", "connection_state_getter"),
];

use self::Mark::{Begins, Ends, Is};

/// How to recognise a former text.
enum Mark {
    Is(&'static str),
    Begins(&'static str),
    Ends(&'static str),
}

const ICE_CHANGE: &[(Mark, &str)] = &[
    (
        Begins("one task: all slots updated, then [selectedcandidatepairchange]"),
        "`one_task`, and `first_ice_event: selectedcandidatepairchange`",
    ),
    (Begins("one task:"), "`one_task`"),
    (Is("one task"), "`one_task`"),
    (Begins("three tasks from 2016-11-11"), "`task_each`"),
];
const DTLS_CHANGE: &[(Mark, &str)] = &[
    (Begins("one task:"), "`one_task`"),
    (Is("one task"), "`one_task`"),
    (
        Begins("transport statechange in its own task"),
        "`task_each`",
    ),
];
const ON_CLOSE: &[(Mark, &str)] = &[
    (Is("synchronous"), "`at_once`"),
    (Begins("asynchronous (queued task)"), "`in_queued_task`"),
    (Begins("never set by the steps"), "`never_by_the_steps`"),
];
const CLOSE_FIRES: &[(Mark, &str)] = &[
    (Begins("no (explicit"), "`explicitly_not`"),
    (Begins("not stated"), "`unspecified`"),
    (Begins("unspecified"), "`unspecified`"),
    (Ends("close() not excepted"), "`not_excepted`"),
    (Begins("yes, in a queued task"), "`in_queued_task`"),
    (Is("no"), "`not_by_the_steps`"),
    (Begins("no in effect"), "`not_by_the_steps`"),
    (Begins("no (queued steps abort"), "`not_by_the_steps`"),
];

/// By the present name of the question.
const FORMER_ANSWERS: &[(&str, &[(Mark, &str)])] = &[
    (
        "update_steps",
        &[
            (Is("true"), "`both`"),
            (Is("false"), "`none`"),
            (
                Begins("none for connectionState; ICE update steps"),
                "`iceConnectionState`",
            ),
        ],
    ),
    ("ice_change", ICE_CHANGE),
    ("dtls_change", DTLS_CHANGE),
    ("connection_state_on_close", ON_CLOSE),
    ("ice_connection_state_on_close", ON_CLOSE),
    ("close_fires_connectionstatechange", CLOSE_FIRES),
    ("close_fires_iceconnectionstatechange", CLOSE_FIRES),
    (
        "connection_state_getter",
        &[
            (Begins("returns [[ConnectionState]]"), "`ConnectionState`"),
            (
                Begins("returns [[IceConnectionState]]"),
                "`IceConnectionState`",
            ),
        ],
    ),
    (
        "connection_state_derived_from",
        &[(
            Begins("[[IceConnectionState]] slot"),
            "`IceConnectionState`",
        )],
    ),
    (
        "transport_set",
        &[
            (Begins("unspecified"), "`unspecified`"),
            (
                Begins("transceivers plus [[SctpTransport]]"),
                "`transceivers_and_SctpTransport`",
            ),
            (
                Begins("those referenced by the set of transceivers"),
                "`transceivers`",
            ),
        ],
    ),
];

/// Returns what replaces a former text, if known.
pub(super) fn answer(question: &str, text: &str) -> Option<&'static str> {
    let mut questions = FORMER_ANSWERS.iter();
    let (_, answers) = questions.find(|(key, _)| *key == question)?;
    let found = answers.iter().find(|(mark, _)| mark.is_in(text));
    found.map(|(_, word)| *word)
}

/// Returns what to do about a former trigger.
pub(super) fn trigger(text: &str) -> Option<&'static str> {
    if text.contains("attribute returns the aggregate") {
        Some("leave it out, and write `connection_state_getter: aggregate`")
    } else {
        text.starts_with("unspecified").then_some("leave it out")
    }
}

impl Mark {
    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Is(mark) => text == *mark,
            Self::Begins(mark) => text.starts_with(mark),
            Self::Ends(mark) => text.ends_with(mark),
        }
    }
}
