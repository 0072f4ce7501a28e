//! Decides which finding follows from which: one deviation may break several rules, and only its
//! cause is news.

use super::finding::Judgement;
use super::{
    ALIVE, ATTRIBUTES_CURRENT, CONNECTION_STATE, CONNECTION_TRANSITION, CONSISTENT_PAIR,
    GATHERING_STATE, GATHERING_TRANSITION, ICE_CONNECTION_STATE, ICE_CONNECTION_TRANSITION,
    ICE_TRANSITION, ON_CHANGE, ONLY_BY_CLOSE, ORDER, SIGNALING_TRANSITION, TERMINAL,
};

/// The rules about values, and about the events that report them.
const VALUES: [&str; 11] = [
    CONNECTION_STATE,
    ICE_CONNECTION_STATE,
    GATHERING_STATE,
    CONSISTENT_PAIR,
    CONNECTION_TRANSITION,
    ICE_CONNECTION_TRANSITION,
    GATHERING_TRANSITION,
    SIGNALING_TRANSITION,
    ON_CHANGE,
    ATTRIBUTES_CURRENT,
    TERMINAL,
];

/// Names the cause of every finding that follows from another.
pub(super) fn explain(judgement: &mut Judgement) {
    // A connection that closes by itself, or that has died, shows wrong values from then on.
    for cause in [ONLY_BY_CLOSE, ALIVE] {
        let Some(since) = judgement.first_line(cause) else {
            continue;
        };
        judgement.explain(cause, |rule, spans| {
            let is_consequence = VALUES.contains(&rule)
                || (cause == ONLY_BY_CLOSE && [ALIVE, ICE_TRANSITION].contains(&rule));
            is_consequence && spans.iter().all(|(line, _)| *line >= since)
        });
    }
    // An event that is too late in its order is also too late for its value.
    let misordered = judgement.blames(&[ORDER]);
    judgement.explain(ORDER, |rule, spans| {
        rule == ON_CHANGE && spans.iter().all(|(from, to)| misordered.meet(*from, *to))
    });
    // A skipped value was not set, or not reported.
    let causes: [(&'static str, &[&str]); 3] = [
        (
            ON_CHANGE,
            &[
                CONNECTION_TRANSITION,
                ICE_CONNECTION_TRANSITION,
                GATHERING_TRANSITION,
            ],
        ),
        (CONNECTION_STATE, &[CONNECTION_TRANSITION]),
        (
            ICE_CONNECTION_STATE,
            &[ICE_CONNECTION_TRANSITION, CONNECTION_STATE],
        ),
    ];
    for (cause, consequences) in causes {
        let blamed = judgement.blames(&[cause]);
        judgement.explain(cause, |rule, spans| {
            consequences.contains(&rule) && spans.iter().all(|(from, to)| blamed.meet(*from, *to))
        });
    }
}
