//! Virtual and real time: the same crate, on simulated and on real sockets, reports the same.
#![cfg(all(feature = "webrtc-rs-tokio", unix))]
use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use peerstate::adapter::{Adapter, CommandLine};
use peerstate::implementation::{Implementation, KnownList};
use peerstate::implementations::webrtc_rs::{WebrtcRs, real};
use peerstate::run::deviations::KnownDeviations;
use peerstate::run::{self, Supported};
use peerstate::scenario::suite;
use peerstate_model::trace::{Clock, Trace, What};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Short in real time, and of every kind: they connect, renegotiate, refuse calls, and close.
const SCENARIOS: &[&str] = &[
    "after-close/create-answer",
    "configuration/candidate-pool-size-is-fixed",
    "configuration/refused-changes-nothing",
    "connect/ice-lite",
    "dtls/certificate-mixed",
    "ice/candidate-malformed",
    "negotiation/create-answer-without-offer",
    "negotiation/glare-resolved",
    "negotiation/pranswer-connects",
    "negotiation/rejected-section",
    "negotiation/rollback-and-connect",
];

fn tokio() -> CommandLine {
    CommandLine::of_words([env!("CARGO_BIN_EXE_peerstate"), "adapter", "webrtc-rs"])
}

/// The events of each peer, in order, each with the value that it carried.
fn events(trace: &Trace) -> BTreeMap<String, Vec<String>> {
    let mut events: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in &trace.entries {
        if let What::Event { name, .. } = &entry.what {
            let json = entry.to_json();
            let state = json.get("state").map(ToString::to_string);
            let shown = format!("{name} {}", state.unwrap_or_default());
            events.entry(entry.peer.clone()).or_default().push(shown);
        }
    }
    events
}

#[test]
fn the_events_of_each_peer_are_those_of_virtual_time() {
    let adapter = Adapter::open(tokio(), TIMEOUT).unwrap();
    let all = suite::embedded().unwrap();
    let chosen: Vec<_> = all
        .iter()
        .filter(|scenario| SCENARIOS.contains(&scenario.id.as_str()))
        .collect();
    assert_eq!(chosen.len(), SCENARIOS.len());
    thread::scope(|scope| {
        for scenario in chosen {
            let adapter = &adapter;
            scope.spawn(move || {
                let ran = |of: &dyn Implementation| {
                    run::run(&Supported::of(scenario, of).unwrap(), None).unwrap()
                };
                let [simulated, real] = [ran(&WebrtcRs), ran(adapter)];
                let clocks = [&simulated, &real].map(|run| run.trace.header.clock);
                assert_eq!(clocks, [Clock::Virtual, Clock::Real]);
                let id = &scenario.id;
                assert_eq!(events(&real.trace), events(&simulated.trace), "{id}");
                assert!(!events(&real.trace).is_empty(), "{id}");
                assert_eq!(real.end, simulated.end, "{id}");
            });
        }
    });
}

/// What it introduces itself with is what a list shows before it was started.
#[test]
fn the_profile_is_that_of_the_adapter() {
    let adapter = Adapter::open(tokio(), TIMEOUT).unwrap().profile();
    let profile = real::profile();
    assert_eq!(profile.identity.name, real::NAME);
    assert_eq!(adapter.identity.name, WebrtcRs.profile().identity.name);
    assert_eq!(adapter.identity.version, profile.identity.version);
    assert_eq!(adapter.observes, profile.observes);
    assert_eq!(adapter.clock, profile.clock);
    assert_eq!(adapter.capabilities, profile.capabilities);
}

/// The entries of both times are one list, although they are two files.
#[test]
fn what_is_known_is_that_of_virtual_time_and_more() {
    let known = |list: Option<KnownList>| {
        let KnownList { name, text } = list.unwrap();
        let known = KnownDeviations::parse(name, text).unwrap();
        assert!(known.is_of("webrtc-rs") && !known.is_of("rtc"), "{name}");
        let names = known.entries.iter().map(|entry| entry.name());
        names.collect::<Vec<_>>()
    };
    let simulated = known(WebrtcRs.profile().known_deviations);
    let real = known(real::profile().known_deviations);
    assert!(real.starts_with(&simulated) && real.len() > simulated.len());
}
