//! Small files that together have every key of a format.

/// A scenario that has every key except those of steps.
pub(crate) const EVERY_MEMBER: &str = "
title: Every key
about: Every key of the format, each with a value that it takes.
spec: https://www.w3.org/TR/webrtc/
tags: [a, b]
covers: []
requires: [network, sdp]
seed: 7
limit: 5min
peers:
  alice:
    iceServers: [{urls: 'stun:s', username: u, credential: c}, {urls: ['stun:s']}]
    iceTransportPolicy: all
    bundlePolicy: max-compat
    rtcpMuxPolicy: require
    iceCandidatePoolSize: 2
    harness: {iceLite: false, addresses: 1, certificate: ecdsa}
  bob: {}
  carol:
steps: [{wait: 1s}]
";

/// Steps that together have every key.
pub(crate) const EVERY_STEP: &str = "
  - alice: {createDataChannel: {label: a, negotiated: true, id: 1}}
  - alice: {addTransceiver: {kind: audio, direction: sendonly}}
  - alice: {addTrack: video}
  - alice: {removeTrack: {kind: video}}
  - alice: {createOffer: {as: o, iceRestart: true}}
  - alice: {setLocalDescription: {from: bob, type: offer}}
  - bob: {setRemoteDescription: {from: alice, alter: {fingerprint: wrong, bundle: none}}}
  - alice: {setLocalDescription: {type: offer, alter: {setup: active, reject: 0}}}
  - bob: {createAnswer: {as: a}}
  - bob: {addIceCandidate: {from: alice, again: true}}
  - bob: {addIceCandidate: {end: true}}
  - bob: {addIceCandidate: {candidate: c, sdpMid: m, sdpMLineIndex: 0, usernameFragment: u}}
  - bob: {addIceCandidate: }
  - bob: {restartIce: {}, fails: InvalidStateError}
  - bob: getStats
  - bob: {setConfiguration: {bundlePolicy: balanced}}
  - bob: close
    fails: TypeError
    stop: true
  - negotiate:
      offerer: alice
      answerer: bob
      trickle: false
      iceRestart: false
      alter: {candidates: none, offer: {setup: passive}, answer: {reject: 1}}
  - network: cut
  - network: {between: [alice, bob], cut: true, loss: 0.5, latency: 80ms}
  - network: {from: alice, to: bob, loss: 1}
  - expect: {peer: [alice, bob], connectionState: [new, closed], within: 5s}
  - expect: {peer: alice, iceConnectionState: new, iceGatheringState: new, signalingState: stable}
  - expect: {peer: alice, iceTransportState: new, dtlsTransportState: new}
  - expect: {peer: alice, events: [open], never: close, during: 1s}
  - expect: {peer: alice, changes: {connectionState: connected, signalingState: [stable]}, during: 1s}
  - wait: 0.5 h
    stop: false
";

/// Known deviations as a list.
pub(crate) const EVERY_DEVIATION: &str = "
- id: wrong-order
  rule: event/order
  scenarios: ['ice/*', close/fresh]
  peer: bob
  message: before
  reason: The order is wrong.
  since: '0.21'
  link: https://example.org/1
- {id: a-fault, rule: error, scenarios: ['**'], reason: It hangs., since: '1'}
";

/// Known deviations that name their implementation.
pub(crate) const OF_AN_IMPLEMENTATION: &str = "
implementation: mine
deviations:
  - rule: [event/order, error]
    scenarios: ['ice/*']
    message: [before, after]
    reason: The order is wrong.
    since: '0.21'
";

/// An edition that has every key except those of a cascade.
pub(crate) const EVERY_SAYING: &str = "
schema: 1
id: every
date: '2026-01-01'
source: https://example.org
also: [https://example.org/2]
status: draft
in_force: never
transport_set: all
claims:
  - {id: d, enum: RTCIceConnectionState, state: completed, must: {closed: false}, quote: q}
dynamics:
  update_steps: both
  rederive_triggers: {is: [is_closed_true, transport_set_change], quote: q}
  ice_change: {is: one_task, quote: q}
  ice_path_isclosed_abort: false
  event_isclosed_abort: {is: true, quote: q}
  close_fires_connectionstatechange: not_excepted
  changed_by: somebody
notes: [n]
changes: []
enums:
  RTCIceConnectionState:
    mode: independent
    readings:
      - id: a
        default: true
        basis: b
        vacuous_all: true
        states:
          completed: {no_transports: false}
";

/// An edition that has every predicate.
pub(crate) const EVERY_PREDICATE: &str = "
id: every
date: '2026-01-01'
source: https://example.org
status: draft
transport_set: {is: transceivers, quote: q}
ice_from: repaired
claims:
  - {id: c, enum: RTCPeerConnectionState, state: new, must: {no_transports: true}, quote: q}
enums:
  RTCPeerConnectionState:
    mode: first_match
    order: [closed, failed, new]
    readings:
      - id: a
        default: true
        basis: b
        vacuous_all: true
        states:
          closed: {closed: true}
          failed: {any_of: [{any: {ice: [failed], dtls: [failed]}}, {all: {ice: [closed]}}]}
          new: {otherwise: true}
      - id: b
        default: false
        basis: b
        vacuous_all: false
        order: [new]
        states:
          new: {all_of: [{none: {dtls: [checking]}}, {ice_connection_state: [new]}]}
";

/// The header of a trace.
pub(crate) const EVERY_HEADER: &str = r#"{"trace": 1, "implementation": {"name": "x", "version": "1"}, "scenario": "s", "clock": "virtual", "peers": ["alice", "bob"], "observes": {"events": ["statechange"], "attributes": {"connectionState": "live", "signalingState": "cached"}, "actions": true, "tasks": false, "order": true, "transports": "some"}, "more": 1}"#;

/// The entries of small traces, with an empty line between them.
pub(crate) const EVERY_LINE: &str = r#"{"at": 0, "peer": "alice", "action": "setRemoteDescription", "phase": "end", "type": "offer", "result": "ok", "endOfCandidates": true, "task": 1}
{"at": 2.5, "peer": "bob", "action": "close", "result": {"error": "InvalidStateError"}, "state": {"connectionState": "new", "iceConnectionState": "new", "iceGatheringState": "new", "signalingState": "stable"}}

{"at": 1, "peer": "alice", "event": "statechange", "transport": "0", "kind": "dtls", "value": "new", "transports": [{"id": "0", "ice": "new", "dtls": "new", "gathering": "new"}, {"id": 1}]}

{"at": 1, "peer": "alice", "sample": "poll", "transports": [], "ended": true}
{"at": 1, "peer": "bob", "note": "n"}"#;
