//! For every rule, a small trace that breaks it and one that does not.

/// The first line of every example.
const HEADER: &str = r#"{"trace": 1, "implementation": {"name": "example", "version": "1"}, "clock": "virtual", "peers": ["alice"]}"#;

/// Each rule with the lines that break it and the lines that do not.
const EXAMPLES: &[(&str, &[&str], &[&str])] = &[
    (
        "connection-state/derivation",
        &[
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}}"#,
            r#"{"at": 9, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connected"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}"#,
        ],
    ),
    (
        "ice-connection-state/derivation",
        &[
            r#"{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "failed", "dtls": "new"}]}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "checking"}, "transports": [{"id": "0", "ice": "checking", "dtls": "new"}]}"#,
        ],
    ),
    (
        "states/consistent-pair",
        &[
            r#"{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"connectionState": "new", "iceConnectionState": "failed"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "sample": "poll", "state": {"connectionState": "new", "iceConnectionState": "new"}}"#,
        ],
    ),
    (
        "connection-state/transition",
        &[
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connected"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}}"#,
            r#"{"at": 9, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connected"}}"#,
        ],
    ),
    (
        "ice-connection-state/transition",
        &[
            r#"{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "disconnected"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "checking"}}"#,
            r#"{"at": 9, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "completed"}}"#,
        ],
    ),
    (
        "gathering-state/derivation",
        &[
            r#"{"at": 0, "peer": "alice", "event": "icegatheringstatechange", "state": {"iceGatheringState": "gathering"}, "transports": [{"id": "0", "gathering": "new"}]}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "icegatheringstatechange", "state": {"iceGatheringState": "gathering"}, "transports": [{"id": "0", "gathering": "gathering"}, {"id": "1", "gathering": "complete"}]}"#,
        ],
    ),
    (
        "gathering-state/transition",
        &[
            r#"{"at": 0, "peer": "alice", "event": "icegatheringstatechange", "state": {"iceGatheringState": "complete"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "icegatheringstatechange", "state": {"iceGatheringState": "gathering"}}"#,
            r#"{"at": 5, "peer": "alice", "event": "icegatheringstatechange", "state": {"iceGatheringState": "complete"}}"#,
        ],
    ),
    (
        "signaling-state/transition",
        &[
            r#"{"at": 0, "peer": "alice", "event": "signalingstatechange", "state": {"signalingState": "have-local-pranswer"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "signalingstatechange", "state": {"signalingState": "have-remote-offer"}}"#,
            r#"{"at": 1, "peer": "alice", "event": "signalingstatechange", "state": {"signalingState": "have-local-pranswer"}}"#,
            r#"{"at": 2, "peer": "alice", "event": "signalingstatechange", "state": {"signalingState": "stable"}}"#,
        ],
    ),
    (
        "event/on-change",
        &[
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}}"#,
            r#"{"at": 5, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}}"#,
            r#"{"at": 5, "peer": "alice", "sample": "end", "state": {"connectionState": "connecting"}}"#,
        ],
    ),
    (
        "event/attributes-current",
        &[
            r#"{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "checking", "connectionState": "connecting"}, "task": 1}"#,
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"iceConnectionState": "checking", "connectionState": "connecting"}, "task": 1}"#,
            r#"{"at": 9, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "connected", "connectionState": "connecting"}, "task": 2}"#,
            r#"{"at": 9, "peer": "alice", "event": "connectionstatechange", "state": {"iceConnectionState": "connected", "connectionState": "connected"}, "task": 2}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "checking", "connectionState": "connecting"}, "task": 1}"#,
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"iceConnectionState": "checking", "connectionState": "connecting"}, "task": 1}"#,
        ],
    ),
    (
        "event/order",
        &[
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}}"#,
            r#"{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "checking"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "statechange", "transport": "0", "kind": "ice"}"#,
            r#"{"at": 0, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "checking"}}"#,
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}}"#,
        ],
    ),
    (
        "event/none-after-close",
        &[
            r#"{"at": 0, "peer": "alice", "action": "close", "result": "ok"}"#,
            r#"{"at": 1, "peer": "alice", "event": "iceconnectionstatechange", "state": {"iceConnectionState": "closed"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "action": "close", "result": "ok"}"#,
            r#"{"at": 9, "peer": "alice", "sample": "end", "state": {"iceConnectionState": "closed"}}"#,
        ],
    ),
    (
        "close/attributes",
        &[
            r#"{"at": 0, "peer": "alice", "action": "close", "result": "ok", "state": {"connectionState": "new"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "action": "close", "result": "ok", "state": {"connectionState": "closed"}, "transports": [{"id": "0", "ice": "closed", "dtls": "closed"}]}"#,
        ],
    ),
    (
        "close/silent",
        &[
            r#"{"at": 0, "peer": "alice", "action": "close", "phase": "begin"}"#,
            r#"{"at": 0, "peer": "alice", "event": "signalingstatechange", "state": {"signalingState": "closed"}}"#,
            r#"{"at": 0, "peer": "alice", "action": "close", "phase": "end", "result": "ok"}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "action": "close", "phase": "begin"}"#,
            r#"{"at": 0, "peer": "alice", "action": "close", "phase": "end", "result": "ok"}"#,
        ],
    ),
    (
        "close/terminal",
        &[
            r#"{"at": 0, "peer": "alice", "action": "close", "result": "ok", "state": {"connectionState": "closed"}}"#,
            r#"{"at": 9, "peer": "alice", "sample": "end", "state": {"connectionState": "connected"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "action": "close", "result": "ok", "state": {"connectionState": "closed"}}"#,
            r#"{"at": 9, "peer": "alice", "sample": "end", "state": {"connectionState": "closed"}}"#,
        ],
    ),
    (
        "close/only-by-close",
        &[
            r#"{"at": 0, "peer": "alice", "action": "createOffer", "result": "ok", "state": {"signalingState": "closed"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "action": "createOffer", "result": "ok", "state": {"signalingState": "stable"}}"#,
            r#"{"at": 1, "peer": "alice", "action": "close", "result": "ok", "state": {"signalingState": "closed"}}"#,
        ],
    ),
    (
        "value/known",
        &[
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "Connecting"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "connectionstatechange", "state": {"connectionState": "connecting"}}"#,
        ],
    ),
    (
        "ice-transport/transition",
        &[
            r#"{"at": 0, "peer": "alice", "sample": "poll", "transports": [{"id": "0", "ice": "closed"}]}"#,
            r#"{"at": 9, "peer": "alice", "sample": "poll", "transports": [{"id": "0", "ice": "checking"}]}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "sample": "poll", "transports": [{"id": "0", "ice": "failed"}]}"#,
            r#"{"at": 9, "peer": "alice", "sample": "poll", "transports": [{"id": "0", "ice": "checking"}]}"#,
        ],
    ),
    (
        "dtls-transport/transition",
        &[
            r#"{"at": 0, "peer": "alice", "event": "statechange", "transport": "0", "kind": "dtls", "value": "connecting"}"#,
            r#"{"at": 9, "peer": "alice", "event": "statechange", "transport": "0", "kind": "dtls", "value": "new"}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "event": "statechange", "transport": "0", "kind": "dtls", "value": "connecting"}"#,
            r#"{"at": 9, "peer": "alice", "event": "statechange", "transport": "0", "kind": "dtls", "value": "failed"}"#,
        ],
    ),
    (
        "signaling-state/after-description",
        &[
            r#"{"at": 0, "peer": "alice", "action": "setLocalDescription", "type": "offer", "result": "ok", "state": {"signalingState": "stable"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "action": "setLocalDescription", "type": "offer", "phase": "begin", "state": {"signalingState": "stable"}}"#,
            r#"{"at": 1, "peer": "alice", "action": "setLocalDescription", "type": "offer", "phase": "end", "result": {"error": "OperationError"}, "state": {"signalingState": "stable"}}"#,
        ],
    ),
    (
        "event/before-promise",
        &[
            r#"{"at": 0, "peer": "alice", "action": "setLocalDescription", "type": "offer", "phase": "begin"}"#,
            r#"{"at": 1, "peer": "alice", "action": "setLocalDescription", "type": "offer", "phase": "end", "result": "ok", "state": {"signalingState": "have-local-offer"}}"#,
            r#"{"at": 2, "peer": "alice", "event": "signalingstatechange", "state": {"signalingState": "have-local-offer"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "action": "setLocalDescription", "type": "offer", "phase": "begin"}"#,
            r#"{"at": 1, "peer": "alice", "event": "signalingstatechange", "state": {"signalingState": "have-local-offer"}}"#,
            r#"{"at": 1, "peer": "alice", "action": "setLocalDescription", "type": "offer", "phase": "end", "result": "ok", "state": {"signalingState": "have-local-offer"}}"#,
        ],
    ),
    (
        "operation/refused-changes-nothing",
        &[
            r#"{"at": 0, "peer": "alice", "action": "addTransceiver", "phase": "begin"}"#,
            r#"{"at": 0, "peer": "alice", "event": "signalingstatechange", "state": {"signalingState": "have-local-offer"}}"#,
            r#"{"at": 0, "peer": "alice", "action": "addTransceiver", "phase": "end", "result": {"error": "TypeError"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "action": "addTransceiver", "phase": "begin"}"#,
            r#"{"at": 0, "peer": "alice", "action": "addTransceiver", "phase": "end", "result": {"error": "TypeError"}}"#,
            r#"{"at": 0, "peer": "alice", "event": "signalingstatechange", "state": {"signalingState": "have-local-offer"}}"#,
        ],
    ),
    (
        "implementation/alive",
        &[
            r#"{"at": 0, "peer": "alice", "action": "createDataChannel", "result": {"error": "InvalidStateError"}}"#,
        ],
        &[
            r#"{"at": 0, "peer": "alice", "action": "createDataChannel", "result": {"error": "OperationError"}}"#,
            r#"{"at": 1, "peer": "alice", "action": "close", "result": "ok"}"#,
            r#"{"at": 2, "peer": "alice", "action": "createDataChannel", "result": {"error": "InvalidStateError"}}"#,
        ],
    ),
];

/// Returns a trace that breaks the rule with this id.
#[must_use]
pub fn breaking_example(rule: &str) -> Option<String> {
    EXAMPLES
        .iter()
        .find(|(id, ..)| *id == rule)
        .map(|(_, breaking, _)| trace(breaking))
}

/// Returns a trace that the rule with this id can judge, and that does not break it.
#[must_use]
pub fn conforming_example(rule: &str) -> Option<String> {
    EXAMPLES
        .iter()
        .find(|(id, ..)| *id == rule)
        .map(|(_, _, conforming)| trace(conforming))
}

fn trace(lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!("{HEADER}\n{lines}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::editions::edition;
    use crate::rules::{EXPECTATION, Outcome, RULES, Verdict, judge};
    use crate::trace::read;

    fn judged(example: &str) -> Verdict {
        judge(
            &read("example", example.as_bytes()).unwrap(),
            edition("repaired").unwrap(),
        )
    }

    #[test]
    fn every_rule_is_broken_by_its_example_and_by_no_other_rule() {
        for rule in RULES.iter().filter(|rule| rule.id != EXPECTATION) {
            let verdict = judged(&breaking_example(rule.id).unwrap());
            let broken: BTreeSet<&str> = verdict.findings.iter().map(|f| f.rule).collect();
            assert_eq!(broken, BTreeSet::from([rule.id]), "{:#?}", verdict.findings);
            assert_eq!(verdict.outcome, Outcome::Violates);
        }
    }

    #[test]
    fn every_rule_observes_its_conforming_example_and_finds_nothing() {
        for rule in RULES.iter().filter(|rule| rule.id != EXPECTATION) {
            let verdict = judged(&conforming_example(rule.id).unwrap());
            assert_eq!(verdict.findings, [], "{}", rule.id);
            assert!(!verdict.unobserved.contains(&rule.id), "{}", rule.id);
            assert_eq!(verdict.outcome, Outcome::Conforms);
        }
    }

    #[test]
    fn a_trace_without_entries_is_inconclusive() {
        let verdict = judged(&trace(&[]));
        assert_eq!(verdict.outcome, Outcome::Inconclusive);
        assert_eq!(verdict.unobserved.len(), RULES.len() - 1);
    }
}
