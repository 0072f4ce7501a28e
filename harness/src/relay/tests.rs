//! Two peers that are plain sockets, and what each sees of the other.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use super::*;
use crate::implementation::configuration::IceServer;

const ALICE: PeerIndex = PeerIndex(0);
const BOB: PeerIndex = PeerIndex(1);

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    // Long enough for any machine; a test that passes never waits for it.
    let timeout = Some(Duration::from_secs(20));
    socket.set_read_timeout(timeout).unwrap();
    socket
}

fn candidate(address: SocketAddr) -> Candidate {
    Candidate {
        candidate: format!(
            "candidate:1 1 udp 1 {} {} typ host",
            address.ip(),
            address.port()
        ),
        sdp_mid: None,
        sdp_mline_index: None,
        username_fragment: None,
    }
}

fn address(candidate: &Candidate) -> SocketAddr {
    let found = candidates::addresses(&candidate.candidate).next();
    found.unwrap().unwrap().get()
}

fn receive(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 1500];
    let (bytes, from) = socket.recv_from(&mut buffer).unwrap();
    (buffer[..bytes].to_vec(), from)
}

/// A relay between two sockets, with where each sees the other.
struct Pair {
    relay: Relay,
    alice: UdpSocket,
    bob: UdpSocket,
    bob_seen: SocketAddr,
    alice_seen: SocketAddr,
}

fn pair() -> Pair {
    let (alice, bob) = (socket(), socket());
    let mut relay = Relay::start(2, 1).unwrap();
    let mut carried = |owner, socket: &UdpSocket, viewer| {
        let gathered = candidate(socket.local_addr().unwrap());
        relay.gathered(owner, &gathered).unwrap();
        address(&relay.carry_candidate(viewer, &gathered).unwrap())
    };
    Pair {
        alice_seen: carried(ALICE, &alice, BOB),
        bob_seen: carried(BOB, &bob, ALICE),
        relay,
        alice,
        bob,
    }
}

fn cut(is_cut: bool) -> LinkChange {
    LinkChange {
        cut: Some(is_cut),
        ..LinkChange::default()
    }
}

#[test]
fn each_peer_sees_the_other_at_the_address_it_was_given() {
    let pair = pair();
    pair.alice.send_to(b"to bob", pair.bob_seen).unwrap();
    assert_eq!(receive(&pair.bob), (b"to bob".to_vec(), pair.alice_seen));
    pair.bob.send_to(b"to alice", pair.alice_seen).unwrap();
    assert_eq!(receive(&pair.alice), (b"to alice".to_vec(), pair.bob_seen));
    assert_eq!(pair.relay.forwarded(), 2);
}

#[test]
fn an_address_that_is_first_seen_in_a_packet_is_the_one_that_is_signalled_later() {
    let (alice, bob) = (socket(), socket());
    let mut relay = Relay::start(2, 1).unwrap();
    let of_alice = candidate(alice.local_addr().unwrap());
    relay.gathered(ALICE, &of_alice).unwrap();
    let alice_seen = address(&relay.carry_candidate(BOB, &of_alice).unwrap());
    bob.send_to(b"early", alice_seen).unwrap();
    let (_, seen) = receive(&alice);
    let of_bob = candidate(bob.local_addr().unwrap());
    relay.gathered(BOB, &of_bob).unwrap();
    let signalled = relay.carry_candidate(ALICE, &of_bob).unwrap();
    assert_eq!(address(&signalled), seen);
}

#[test]
fn a_way_that_is_cut_drops_in_one_direction_until_it_is_restored() {
    let pair = pair();
    pair.relay.change(ALICE, BOB, cut(true));
    pair.alice.send_to(b"lost", pair.bob_seen).unwrap();
    // Packets of one socket stay in order: had the first been forwarded, it would come first.
    pair.bob.send_to(b"back", pair.alice_seen).unwrap();
    assert_eq!(receive(&pair.alice).0, b"back");
    while pair.relay.switch.dropped() == 0 {
        std::thread::yield_now();
    }
    pair.relay.change(ALICE, BOB, cut(false));
    pair.alice.send_to(b"arrives", pair.bob_seen).unwrap();
    assert_eq!(receive(&pair.bob).0, b"arrives");
}

#[test]
fn latency_delays_each_packet_and_keeps_their_order() {
    let pair = pair();
    let latency = Duration::from_millis(20);
    pair.relay.change(
        ALICE,
        BOB,
        LinkChange {
            latency: Some(latency),
            ..LinkChange::default()
        },
    );
    let begun = Instant::now();
    for packet in [b"1", b"2", b"3"] {
        pair.alice.send_to(packet, pair.bob_seen).unwrap();
    }
    let arrived: Vec<_> = (0..3).map(|_| receive(&pair.bob).0).collect();
    assert_eq!(arrived, [b"1", b"2", b"3"]);
    assert!(begun.elapsed() >= latency);
}

#[test]
fn the_same_seed_loses_the_same_packets() {
    let arrived = || {
        let pair = pair();
        let loss = LinkChange {
            loss: Some(0.5),
            ..LinkChange::default()
        };
        pair.relay.change(ALICE, BOB, loss);
        for number in 0..100 {
            pair.alice.send_to(&[number], pair.bob_seen).unwrap();
        }
        while pair.relay.switch.dropped() + pair.relay.forwarded() < 100 {
            std::thread::yield_now();
        }
        (0..pair.relay.forwarded())
            .map(|_| receive(&pair.bob).0)
            .collect::<Vec<_>>()
    };
    let first = arrived();
    assert!((20..80).contains(&first.len()), "{}", first.len());
    assert_eq!(first, arrived());
}

#[test]
fn a_candidate_that_nobody_gathered_leads_nowhere_on_this_host() {
    let relay = Relay::start(2, 1).unwrap();
    let made_up = candidate(SocketAddr::from(([192, 0, 2, 7], 5000)));
    let given = relay.carry_candidate(ALICE, &made_up).unwrap();
    assert!(LocalAddress::new(address(&given)).is_some());
    let alice = socket();
    alice.send_to(b"lost", address(&given)).unwrap();
    assert_eq!(relay.forwarded(), 0);
}

#[test]
fn a_foreign_candidate_is_refused_when_gathered_and_left_out_of_descriptions() {
    let mut relay = Relay::start(2, 1).unwrap();
    let foreign = SocketAddr::from(([192, 0, 2, 7], 5000));
    let gathered = candidate(foreign);
    assert_eq!(
        relay.gathered(ALICE, &gathered),
        Err(Dropped::Foreign(foreign))
    );
    let sdp = format!("v=0\r\na={}\r\n", gathered.candidate);
    let carried = relay.carry_description(BOB, &sdp).unwrap();
    assert_eq!(
        carried,
        ("v=0\r\n".to_owned(), vec![Dropped::Foreign(foreign)])
    );
}

#[test]
fn a_description_names_the_same_address_as_the_candidate() {
    let mut pair = pair();
    let gathered = candidate(pair.alice.local_addr().unwrap());
    let sdp = format!("v=0\r\na={}\r\n", gathered.candidate);
    pair.relay.described(ALICE, &sdp);
    let (carried, dropped) = pair.relay.carry_description(BOB, &sdp).unwrap();
    let seen = candidates::addresses(&carried).next().unwrap().unwrap();
    assert_eq!((seen.get(), dropped), (pair.alice_seen, Vec::new()));
}

/// A configuration with one STUN server.
fn with_server(url: &str) -> Configuration {
    let server = IceServer {
        urls: vec![url.to_owned()],
        username: None,
        credential: None,
    };
    Configuration {
        ice_servers: Some(vec![server]),
        ..Configuration::default()
    }
}

#[test]
fn the_server_that_answers_reports_where_the_request_came_from() {
    let relay = Relay::start(1, 1).unwrap();
    let configuration = relay.configuration(&with_server("stun:198.51.100.1:3478"));
    let url = configuration.ice_servers.unwrap().remove(0).urls.remove(0);
    let server: SocketAddr = url.strip_prefix("stun:").unwrap().parse().unwrap();
    assert!(LocalAddress::new(server).is_some());
    let alice = socket();
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42];
    request.extend([7; 12]);
    alice.send_to(&request, server).unwrap();
    let (response, from) = receive(&alice);
    assert_eq!(from, server);
    assert_eq!(response[..2], [1, 1]);
    let port = u16::from_be_bytes([response[26] ^ 0x21, response[27] ^ 0x12]);
    assert_eq!(port, alice.local_addr().unwrap().port());
}
