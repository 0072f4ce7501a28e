//! What nobody disputes, and so is asked of every text: what each value is for.
//!
//! A law stops where an open question begins. So most do not speak of a combination in which a
//! transport is closed while the connection is open; [`open`](super::open) does.

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

/// Whether a closed DTLS transport leaves it open what the value is.
fn is_open_for_dtls(facts: Facts) -> bool {
    facts.dtls.contains(Dtls::Closed)
}

/// The policies that are asked by default, and ask of the values.
pub(super) const POLICIES: &[Policy] = &[
    Policy {
        id: "closed",
        question: "When are the two values closed?",
        sources: &[
            SECTION,
            Source {
                report: "w3c/webrtc-pc#1257",
                says: "asks for closed where all transports are closed; the answer is that new is \
                       by design",
            },
            Source {
                report: "w3c/webrtc-pc#2446",
                says: "closed refers to [[IsClosed]]; to let it mean that the other peer has closed \
                       would be a breaking change",
            },
            Source {
                report: "w3c/webrtc-pc#3053",
                says: "asks for closed where a DTLS transport receives close_notify; the issue is \
                       closed, and the text is as it was",
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
            "Every text since 2018-06-07 has close() set both, and each time that more was asked \
             for the text stayed as it was.",
        ),
    },
    Policy {
        id: "failed",
        question: "When is a value failed?",
        sources: &[SECTION, ICE_SECTION],
        answers: &[Answer {
            id: "a-transport-has-failed",
            sentence: "A value is failed where a transport that it looks at has failed, and only \
                       there, unless a DTLS transport is closed.",
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
                says: "lets connectionState prefer disconnected to connecting, as \
                       iceConnectionState does; merged 2018-12-06",
            },
        ],
        answers: &[Answer {
            id: "an-ice-transport-is",
            sentence: "A value is disconnected where an ICE transport is and none has failed that \
                       it looks at, and only there; unless a DTLS transport is closed, which leaves \
                       connectionState open.",
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
            "The working group decided it in 2018, and every W3C text since says so.",
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
                says: "with no transports the values are new",
            },
        ],
        answers: &[Answer {
            id: "nothing-has-begun",
            sentence: "A value is new where every transport that it looks at is new, and never where \
                       one is neither new nor closed; unless every ICE transport is closed, which \
                       leaves connectionState open.",
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
            "The working group decided it in 2017 and 2018, and every W3C text since says so.",
        ),
    },
    Policy {
        id: "connected",
        question: "When is connectionState connected?",
        sources: &[SECTION],
        answers: &[Answer {
            id: "every-transport-is",
            sentence: "connectionState is connected where every ICE transport is connected or \
                       completed and every DTLS transport connected, and never where an ICE \
                       transport has no working pair and is not closed.",
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
            "That is what the value is for. The texts since 2023-03-23 leave out completed, and \
             thereby contradict their own note on connecting.",
        ),
    },
    Policy {
        id: "completed",
        question: "When is iceConnectionState completed?",
        sources: &[ICE_SECTION],
        answers: &[Answer {
            id: "every-ice-transport-is",
            sentence: "iceConnectionState is completed where every ICE transport is, and never \
                       where one is neither completed nor closed.",
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
        question: "Which values of the two attributes go together?",
        sources: &[
            SECTION,
            ICE_SECTION,
            Source {
                report: "w3c/webrtc-pc#2036",
                says: "is there so that the two values behave alike",
            },
            Source {
                report: "w3c/webrtc-pc#810",
                says: "new beside closed is a mistake",
            },
        ],
        answers: &[Answer {
            id: "listed",
            sentence: "No combination gives a pair of values that contradict each other; \
                       docs/lint.md lists the pairs.",
            asks: Asks::NoContradiction,
        }],
        asked: Asked::ByDefault(
            "Each pair says of ICE what the other value denies. Where a public discussion wants \
             such a pair, the pair is excepted, and a policy of its own asks.",
        ),
    },
];
