//! webrtc-rs in the simulated world, driven by hand: it connects, breaks, recovers and closes, and
//! every replay gives the same result.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::time::Duration;

use peerstate::implementation::configuration::Configuration;
use peerstate::implementation::{
    Advanced, Call, Implementation, Link, LinkChange, PeerIndex, PeerSetup, Returned, Session,
    Setup,
};
use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate_model::trace::At;

fn setup() -> Setup {
    let peer = |name: &str| PeerSetup {
        name: name.to_owned(),
        configuration: Configuration::default(),
    };
    Setup {
        peers: vec![peer("alice"), peer("bob")],
        seed: 7,
    }
}

fn description(
    session: &mut dyn Session,
    peer: usize,
    call: &Call,
) -> peerstate::implementation::Description {
    match session.call(PeerIndex(peer), call).unwrap() {
        Returned::Description(description) => description,
        other => panic!("{other:?}"),
    }
}

fn ok(session: &mut dyn Session, peer: usize, call: &Call) {
    let returned = session.call(PeerIndex(peer), call).unwrap();
    assert_eq!(returned, Returned::Ok, "{call:?}");
}

/// Lets time pass and hands over candidates as they come.
fn let_pass(session: &mut dyn Session, duration: Duration) {
    let deadline = At::after(session.now().since_start() + duration);
    loop {
        for (from, to) in [(0, 1), (1, 0)] {
            for candidate in session.take_candidates(PeerIndex(from)) {
                ok(session, to, &Call::AddIceCandidate(Some(candidate)));
            }
        }
        if session.now() >= deadline
            || session.advance(deadline).unwrap() == Advanced::DeadlinePassed
        {
            return;
        }
    }
}

fn run() -> String {
    let mut session = WebrtcRs.start(&setup()).unwrap();
    let session = session.as_mut();
    ok(
        session,
        0,
        &Call::CreateDataChannel {
            label: "chat".to_owned(),
            negotiated_id: None,
        },
    );
    let offer = description(session, 0, &Call::CreateOffer { ice_restart: false });
    ok(session, 0, &Call::SetLocalDescription(Some(offer.clone())));
    ok(session, 1, &Call::SetRemoteDescription(offer));
    let answer = description(session, 1, &Call::CreateAnswer);
    ok(session, 1, &Call::SetLocalDescription(Some(answer.clone())));
    ok(session, 0, &Call::SetRemoteDescription(answer));
    let_pass(session, Duration::from_secs(5));
    let cut = |cut| LinkChange {
        cut: Some(cut),
        ..LinkChange::default()
    };
    session.change_network(Link::Everywhere, cut(true)).unwrap();
    let_pass(session, Duration::from_secs(10));
    session
        .change_network(Link::Everywhere, cut(false))
        .unwrap();
    let_pass(session, Duration::from_secs(10));
    ok(session, 0, &Call::Close);
    let_pass(session, Duration::from_secs(40));
    session
        .take_entries()
        .iter()
        .map(|entry| format!("{}\n", entry.to_json()))
        .collect()
}

#[test]
fn a_connection_comes_up_breaks_recovers_and_closes() {
    let trace = run();
    for event in [
        r#""event":"connectionstatechange","state":{"connectionState":"connected"}"#,
        r#""event":"connectionstatechange","state":{"connectionState":"disconnected"}"#,
        r#""event":"connectionstatechange","state":{"connectionState":"failed"}"#,
    ] {
        assert!(trace.contains(event), "no {event} in\n{trace}");
    }
}

#[test]
fn two_hundred_replays_are_one() {
    let first = run();
    for _ in 1..200 {
        assert_eq!(run(), first);
    }
}
