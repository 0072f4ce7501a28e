//! Open questions about the values: how to treat a closed transport while the connection is open,
//! and whether a transport that starts ends connected.

use super::values::{Values, may_be, must_be, only, while_open};
use super::{Answer, Asked, Asks, ENUM, ICE_ENUM, Policy, Source};
use crate::editions::Facts;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice,
    PeerConnectionState as Connection,
};

const SECTION: Source = Source {
    report: ENUM,
    says: "the section that defines connectionState",
};

/// The policies that are checked only if somebody chooses an answer.
pub(super) const POLICIES: &[Policy] = &[
    Policy {
        id: "no-connected-dtls-transport",
        question: "What is connectionState if ICE is connected and every DTLS transport is \
                   closed?",
        sources: &[
            SECTION,
            Source {
                report: "w3c/webrtc-pc#3053",
                says: "after close_notify, connectionState does not change until ICE fails, which the \
                       report calls misleading; the issue is closed",
            },
            Source {
                report: "w3c/webrtc-pc#2446",
                says: "failed or disconnected makes more sense than closed; proposes disconnected",
            },
        ],
        answers: &[
            Answer {
                id: "connected",
                sentence: "connectionState is connected over ICE transports in use, even if every DTLS \
                           transport is closed: closed transports are ignored.",
                asks: Asks::Law(|facts, values| {
                    given(facts, values, no_dtls_transport, Connection::Connected)
                }),
            },
            Answer {
                id: "not-connected",
                sentence: "connectionState is not connected if every DTLS transport is closed, since \
                           nothing can be sent.",
                asks: Asks::Law(|facts, values| {
                    let may = !no_dtls_transport(facts);
                    while_open(facts, values, |values| {
                        may_be(values.connection, Connection::Connected, may)
                    })
                }),
            },
        ],
        asked: Asked::WhereChosen("A public report proposes the other answer."),
    },
    Policy {
        id: "closed-dtls-transport",
        question: "How does a closed DTLS transport count if others are connected?",
        sources: &[
            SECTION,
            Source {
                report: "w3c/webrtc-pc#2446",
                says: "failed or disconnected makes more sense than closed; proposes disconnected; the \
                       issue is open",
            },
        ],
        answers: &[
            Answer {
                id: "connected",
                sentence: "If others are connected, a closed DTLS transport counts as connected: \
                           connectionState is connected.",
                asks: Asks::Law(|facts, values| {
                    given(facts, values, some_dtls_closed, Connection::Connected)
                }),
            },
            Answer {
                id: "disconnected",
                sentence: "Even if others are connected, a closed DTLS transport counts as lost: \
                           connectionState is disconnected.",
                asks: Asks::Law(|facts, values| {
                    given(facts, values, some_dtls_closed, Connection::Disconnected)
                }),
            },
            Answer {
                id: "failed",
                sentence: "Even if others are connected, a closed DTLS transport counts as failed: \
                           connectionState is failed.",
                asks: Asks::Law(|facts, values| {
                    given(facts, values, some_dtls_closed, Connection::Failed)
                }),
            },
        ],
        asked: Asked::WhereChosen("An open public report proposes another answer."),
    },
    Policy {
        id: "dtls-transport-starts",
        question: "What is connectionState if ICE is connected and a DTLS transport is new or \
                   connecting?",
        sources: &[
            SECTION,
            Source {
                report: "w3c/webrtc-pc#2031",
                says: "connected ICE with new DTLS should be connecting",
            },
            Source {
                report: "w3c/webrtc-pc#2499",
                says: "one transport is connected and another is new; Chrome reports connecting, and \
                       media flows on the first",
            },
            Source {
                report: "w3c/webrtc-pc#2828",
                says: "a connection in use may change to connecting when a transport is added",
            },
        ],
        answers: &[
            Answer {
                id: "connecting",
                sentence: "connectionState is connecting until every DTLS transport is connected or closed.",
                asks: Asks::Law(|facts, values| {
                    given(facts, values, dtls_starts, Connection::Connecting)
                }),
            },
            Answer {
                id: "connected-beside-another",
                sentence: "connectionState is connected as soon as one DTLS transport is, and connecting before.",
                asks: Asks::Law(|facts, values| {
                    let one = facts.dtls.contains(Dtls::Connected) && in_use(facts);
                    let value = if one {
                        Connection::Connected
                    } else {
                        Connection::Connecting
                    };
                    given(facts, values, dtls_starts, value)
                }),
            },
        ],
        asked: Asked::WhereChosen(
            "The texts say connecting; what a new transport should do to a connection in use is under \
             discussion.",
        ),
    },
    Policy {
        id: "all-ice-transports-closed",
        question: "What is connectionState if every ICE transport is closed and a DTLS transport is \
                   still connected?",
        sources: &[
            SECTION,
            Source {
                report: "w3c/webrtc-pc#2827",
                says: "no description covers the combination; the participants agree that without a new \
                       transport the value is connected; the issue is open",
            },
            Source {
                report: "w3c/webrtc-pc#2828",
                says: "intended as an editorial change, makes it connecting; merged 2023-03-23",
            },
        ],
        answers: &[
            Answer {
                id: "connected",
                sentence: "connectionState is connected over closed ICE transports while DTLS is \
                           connected, as it was until 2023-03-23.",
                asks: Asks::Law(|facts, values| {
                    given(facts, values, no_ice_transport, Connection::Connected)
                }),
            },
            Answer {
                id: "connecting",
                sentence: "connectionState is connecting over closed ICE transports while DTLS is \
                           connected, by the last row since 2023-03-23.",
                asks: Asks::Law(|facts, values| {
                    given(facts, values, no_ice_transport, Connection::Connecting)
                }),
            },
            Answer {
                id: "new",
                sentence: "connectionState is new over closed ICE transports, as iceConnectionState is.",
                asks: Asks::Law(|facts, values| {
                    given(facts, values, no_ice_transport, Connection::New)
                }),
            },
        ],
        asked: Asked::WhereChosen("The texts differ, and the report is open."),
    },
    Policy {
        id: "new-or-closed",
        question: "What is a value if every transport that it depends on is new or closed?",
        sources: &[
            SECTION,
            Source {
                report: ICE_ENUM,
                says: "the section that defines iceConnectionState",
            },
            Source {
                report: "w3c/webrtc-pc#1257",
                says: "new is by design: a connection whose media sections are all rejected is like one \
                       without media sections",
            },
            Source {
                report: "w3c/webrtc-pc#2827",
                says: "most people would expect closed if all transports are closed",
            },
        ],
        answers: &[
            Answer {
                id: "new",
                sentence: "A value is new if every transport that it depends on is new or closed.",
                asks: Asks::Law(|facts, values| {
                    let ice = only(facts.ice, &[Ice::New, Ice::Closed]);
                    let all = ice && only(facts.dtls, &[Dtls::New, Dtls::Closed]);
                    while_open(facts, values, |values| {
                        must_be(values.connection, Connection::New, all)
                            && must_be(values.ice, IceConnectionState::New, ice)
                    })
                }),
            },
            Answer {
                id: "closed",
                sentence: "connectionState is closed if every transport is closed.",
                asks: Asks::Law(|facts, values| {
                    let all_closed = |facts: Facts| {
                        facts.ice == StateSet::only(Ice::Closed)
                            && facts.dtls == StateSet::only(Dtls::Closed)
                    };
                    given(facts, values, all_closed, Connection::Closed)
                }),
            },
        ],
        asked: Asked::WhereChosen(
            "It was confirmed as intended in 2017, and an open report questions it again.",
        ),
    },
    Policy {
        id: "closed-beside-others",
        question: "Does a closed transport among others change a value?",
        sources: &[
            SECTION,
            Source {
                report: "w3c/webrtc-pc#2446",
                says: "a closed transport among others that connect leaves no value; the issue is open",
            },
        ],
        answers: &[Answer {
            id: "no",
            sentence: "A closed transport among others changes neither value.",
            asks: Asks::Law(|facts, values| {
                let beside = Facts {
                    ice: facts.ice.union(StateSet::only(Ice::Closed)),
                    dtls: facts.dtls.union(StateSet::only(Dtls::Closed)),
                    ..facts
                };
                facts.ice.is_empty() || values(facts) == values(beside)
            }),
        }],
        asked: Asked::WhereChosen(
            "The texts since 2020-04-23 ignore it; the report that proposes otherwise is open.",
        ),
    },
];

/// Returns whether `connectionState` has a value wherever `is_asked` holds.
fn given(
    facts: Facts,
    values: &dyn Fn(Facts) -> Values,
    is_asked: impl Fn(Facts) -> bool,
    value: Connection,
) -> bool {
    while_open(facts, values, |values| {
        must_be(values.connection, value, is_asked(facts))
    })
}

/// Returns whether some ICE transport has a working pair, and every other has one or is closed.
fn in_use(facts: Facts) -> bool {
    only(facts.ice, &[Ice::Connected, Ice::Completed, Ice::Closed])
        && !only(facts.ice, &[Ice::Closed])
}

fn no_dtls_transport(facts: Facts) -> bool {
    in_use(facts) && facts.dtls == StateSet::only(Dtls::Closed)
}

fn some_dtls_closed(facts: Facts) -> bool {
    let both: StateSet<Dtls> = [Dtls::Connected, Dtls::Closed].into_iter().collect();
    in_use(facts) && facts.dtls == both
}

/// Returns whether a DTLS transport is new or connecting and none has failed, over ICE transports
/// that have a working pair or are closed, and something has begun.
fn dtls_starts(facts: Facts) -> bool {
    let starts = facts.dtls.contains(Dtls::New) || facts.dtls.contains(Dtls::Connecting);
    let has_begun = in_use(facts) || !only(facts.dtls, &[Dtls::New, Dtls::Closed]);
    only(facts.ice, &[Ice::Connected, Ice::Completed, Ice::Closed])
        && starts
        && has_begun
        && !facts.dtls.contains(Dtls::Failed)
}

/// Returns whether every ICE transport is closed, and every DTLS transport is connected or closed,
/// at least one of them connected.
fn no_ice_transport(facts: Facts) -> bool {
    facts.ice == StateSet::only(Ice::Closed)
        && only(facts.dtls, &[Dtls::Connected, Dtls::Closed])
        && facts.dtls.contains(Dtls::Connected)
}
