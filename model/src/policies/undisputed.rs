//! What nobody disputes, and what is therefore checked for every text: the meaning of each value.
//!
//! A law ends where an open question begins. So most laws ignore combinations in which a transport
//! is closed while the connection is open; [`open`](super::open) covers those.

use super::values::{is, may_be, must_be, only, while_open};
use super::{Answer, Asked, Asks, ENUM, ICE_ENUM, Policy, Source};
use crate::editions::Facts;
use crate::state_set::StateSet;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};

const SECTION: Source = Source {
    report: ENUM,
    says: "the section that defines connectionState",
};

const ICE_SECTION: Source = Source {
    report: ICE_ENUM,
    says: "the section that defines iceConnectionState",
};

/// Returns whether a closed DTLS transport leaves the value open.
fn is_open_for_dtls(facts: Facts) -> bool {
    facts.dtls.contains(Dtls::Closed)
}

/// The policies about values that are checked by default.
pub(super) const POLICIES: &[Policy] = &[
    Policy {
        id: "closed",
        question: "When are the two values closed?",
        sources: &[
            SECTION,
            Source {
                report: "w3c/webrtc-pc#1257",
                says: "requests closed if all transports are closed; the reply is that new is by design",
            },
            Source {
                report: "w3c/webrtc-pc#2446",
                says: "closed refers to [[IsClosed]]; making it mean that the other peer has closed would \
                       be a breaking change",
            },
            Source {
                report: "w3c/webrtc-pc#3053",
                says: "requests closed if a DTLS transport receives close_notify; the issue is closed, \
                       and the text is unchanged",
            },
        ],
        answers: &[Answer {
            id: "by-close-alone",
            sentence: "Both values are closed exactly when [[IsClosed]] is true.",
            asks: Asks::Law(|facts, values| {
                let values = values(facts);
                is(values.connection, PeerConnectionState::Closed, facts.closed)
                    && is(values.ice, IceConnectionState::Closed, facts.closed)
            }),
        }],
        asked: Asked::ByDefault(
            "In every text since 2018-06-07, close() sets both, and each request for more left the \
             text unchanged.",
        ),
    },
    Policy {
        id: "failed",
        question: "When is a value failed?",
        sources: &[SECTION, ICE_SECTION],
        answers: &[Answer {
            id: "a-transport-has-failed",
            sentence: "A value is failed if and only if a transport that it depends on has failed, \
                       unless a DTLS transport is closed.",
            asks: Asks::Law(|facts, values| {
                let ice = facts.ice.contains(Ice::Failed);
                let any = ice || facts.dtls.contains(Dtls::Failed);
                let may = any || is_open_for_dtls(facts);
                while_open(facts, values, |values| {
                    must_be(values.connection, PeerConnectionState::Failed, any)
                        && may_be(values.connection, PeerConnectionState::Failed, may)
                        && is(values.ice, IceConnectionState::Failed, ice)
                })
            }),
        }],
        asked: Asked::ByDefault("Every W3C text that is a cascade says so."),
    },
    Policy {
        id: "disconnected",
        question: "When is a value disconnected?",
        sources: &[
            SECTION,
            ICE_SECTION,
            Source {
                report: "w3c/webrtc-pc#2036",
                says: "makes connectionState prefer disconnected to connecting, as iceConnectionState \
                       does; merged 2018-12-06",
            },
        ],
        answers: &[Answer {
            id: "an-ice-transport-is",
            sentence: "A value is disconnected if and only if an ICE transport is disconnected and \
                       no transport that the value depends on has failed; unless a DTLS transport \
                       is closed, which leaves connectionState open.",
            asks: Asks::Law(|facts, values| {
                let lost = facts.ice.contains(Ice::Disconnected);
                let ice = lost && !facts.ice.contains(Ice::Failed);
                let connection = ice && !facts.dtls.contains(Dtls::Failed);
                let open = is_open_for_dtls(facts);
                let disconnected = PeerConnectionState::Disconnected;
                while_open(facts, values, |values| {
                    must_be(values.connection, disconnected, connection && !open)
                        && may_be(values.connection, disconnected, connection || open)
                        && is(values.ice, IceConnectionState::Disconnected, ice)
                })
            }),
        }],
        asked: Asked::ByDefault(
            "The working group decided this in 2018, and every W3C text since then says so.",
        ),
    },
    Policy {
        id: "new",
        question: "When is a value new?",
        sources: &[
            SECTION,
            ICE_SECTION,
            Source {
                report: "w3c/webrtc-pc#2031",
                says: "a connection whose ICE transport is connected must not be new",
            },
            Source {
                report: "w3c/webrtc-pc#1305",
                says: "without transports, the values are new",
            },
        ],
        answers: &[Answer {
            id: "nothing-has-begun",
            sentence: "A value is new if every transport that it depends on is new, and never if one \
                       is neither new nor closed; unless every ICE transport is closed, which leaves \
                       connectionState open.",
            asks: Asks::Law(|facts, values| {
                let ice = only(facts.ice, &[Ice::New]);
                let all = ice && only(facts.dtls, &[Dtls::New]);
                let may_ice = only(facts.ice, &[Ice::New, Ice::Closed]);
                let may = may_ice && only(facts.dtls, &[Dtls::New, Dtls::Closed])
                    || facts.ice == StateSet::only(Ice::Closed);
                while_open(facts, values, |values| {
                    must_be(values.connection, PeerConnectionState::New, all)
                        && may_be(values.connection, PeerConnectionState::New, may)
                        && must_be(values.ice, IceConnectionState::New, ice)
                        && may_be(values.ice, IceConnectionState::New, may_ice)
                })
            }),
        }],
        asked: Asked::ByDefault(
            "The working group decided this in 2017 and 2018, and every W3C text since then says so.",
        ),
    },
    Policy {
        id: "connected",
        question: "When is connectionState connected?",
        sources: &[SECTION],
        answers: &[Answer {
            id: "every-transport-is",
            sentence: "connectionState is connected if every ICE transport is connected or completed \
                       and every DTLS transport is connected, and never if an ICE transport has no \
                       working pair and is not closed.",
            asks: Asks::Law(|facts, values| {
                let usable = only(facts.ice, &[Ice::Connected, Ice::Completed])
                    && only(facts.dtls, &[Dtls::Connected])
                    && !facts.ice.is_empty();
                let may = only(facts.ice, &[Ice::Connected, Ice::Completed, Ice::Closed])
                    && !facts.ice.is_empty();
                while_open(facts, values, |values| {
                    must_be(values.connection, PeerConnectionState::Connected, usable)
                        && may_be(values.connection, PeerConnectionState::Connected, may)
                })
            }),
        }],
        asked: Asked::ByDefault(
            "This is the purpose of the value. The texts since 2023-03-23 leave out completed, and so \
             contradict their own note on connecting.",
        ),
    },
    Policy {
        id: "completed",
        question: "When is iceConnectionState completed?",
        sources: &[ICE_SECTION],
        answers: &[Answer {
            id: "every-ice-transport-is",
            sentence: "iceConnectionState is completed if every ICE transport is completed, and \
                       never if one is neither completed nor closed.",
            asks: Asks::Law(|facts, values| {
                let all = only(facts.ice, &[Ice::Completed]) && !facts.ice.is_empty();
                let may = only(facts.ice, &[Ice::Completed, Ice::Closed]) && !facts.ice.is_empty();
                while_open(facts, values, |values| {
                    must_be(values.ice, IceConnectionState::Completed, all)
                        && may_be(values.ice, IceConnectionState::Completed, may)
                })
            }),
        }],
        asked: Asked::ByDefault("Every W3C text that is a cascade says so."),
    },
    Policy {
        id: "no-contradiction",
        question: "Which values of the two attributes are compatible?",
        sources: &[
            SECTION,
            ICE_SECTION,
            Source {
                report: "w3c/webrtc-pc#2036",
                says: "exists so that the two values behave alike",
            },
            Source {
                report: "w3c/webrtc-pc#810",
                says: "new together with closed is a mistake",
            },
        ],
        answers: &[Answer {
            id: "listed",
            sentence: "No combination gives a pair of values that contradict each other; \
                       docs/lint.md lists the pairs.",
            asks: Asks::NoContradiction,
        }],
        asked: Asked::ByDefault(
            "In each pair, one value says something about ICE that the other denies. If a public \
             discussion proposes such a pair, the pair is excepted, and a separate policy covers it.",
        ),
    },
];
