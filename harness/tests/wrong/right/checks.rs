//! Implementations that check candidates correctly, and differ from webrtc-rs in one thing.

use peerstate::implementation::{
    Call, Candidate, Description, DescriptionType, PeerIndex, Returned,
};
use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceGatheringState, IceTransportState,
    PeerConnectionState,
};
use peerstate_model::trace::{At, Entry};

use super::super::seen::{
    PeerSeen, Seen, connection, fired, gathering, ice, is_event, reports, ufrag, unless,
};
use super::super::{Hooks, NOTHING, Passed, Right};
use super::{has_candidates, has_candidates_described, release, reports_connected, reports_failed};

pub(super) const TABLE: &[Right] = &[
    Right {
        name: "waits-for-the-end-of-candidates",
        does: "failed and completed are reported only once addIceCandidate() or a description has \
               ended the other side's candidates, whether or not the description offers trickling.",
        not_in: &[],
        hooks: Hooks {
            call: note_the_end_of_candidates,
            entry: |seen, peer, entry| {
                let completed = reports(&entry, ice(IceConnectionState::Completed));
                let needs = completed || reports_failed(&entry);
                unless(needs && !seen.noted(peer, END), entry)
            },
            ..NOTHING
        },
    },
    Right {
        name: "completed-follows-the-end-of-candidates",
        does: "iceConnectionState becomes completed a moment after it is connected and the end of \
               candidates of this generation has been signalled.",
        not_in: &[],
        hooks: Hooks {
            call: note_the_end_of_this_generation,
            entry: |seen, peer, entry| {
                if is_event(&entry, "iceconnectionstatechange") {
                    let connected = reports(&entry, ice(IceConnectionState::Connected));
                    seen.peers[peer.0].held = connected.then(|| entry.clone());
                }
                vec![entry]
            },
            passed: |seen| {
                let connected = release(seen, |seen, peer| seen.noted(peer, END));
                let connected = connected.into_iter();
                let completed = connected.map(|connected| {
                    let completed = ice(IceConnectionState::Completed);
                    fired(connected.at, &connected.peer, completed)
                });
                completed.collect()
            },
            ..NOTHING
        },
    },
    Right {
        name: "new-without-candidates",
        does: "A connection stays new until it has a candidate of the other side or receives a packet \
               from it, while webrtc-rs reports checking without checking anything.",
        not_in: &[],
        hooks: Hooks {
            entry: |seen, peer, entry| new_until_candidates(seen, peer, &entry),
            ..NOTHING
        },
    },
    Right {
        name: "behind-a-firewall",
        does: "Gathering takes a second, so a description that is created earlier has no candidates; \
               and a firewall drops checks from an address that no candidate of the other side has.",
        not_in: &[
            ("connect/candidates-of-the-answerer-only", UNKNOWN_ADDRESS),
            ("connect/candidates-of-the-offerer-only", UNKNOWN_ADDRESS),
            ("connect/late-candidates", UNKNOWN_ADDRESS),
        ],
        hooks: Hooks {
            call: |seen, peer, call| Passed::On(as_it_was_made(seen, peer, call)),
            returned: |seen, peer, _, returned| match returned {
                Returned::Description(made)
                    if !seen.noted_before(peer, "gathers", 1)
                        && is_of_the_first_generation(&seen.peers[peer.0], &made) =>
                {
                    let shown = without_candidates(&made);
                    if shown != made {
                        seen.peers[peer.0].originals.push((shown.sdp.clone(), made));
                    }
                    Returned::Description(shown)
                }
                other => other,
            },
            entry: |seen, peer, entry| {
                if reports(&entry, gathering(IceGatheringState::Complete)) {
                    seen.note(peer, "gathers");
                }
                firewalled(seen, peer, entry)
            },
            ..NOTHING
        },
    },
    Right {
        name: "answers-the-offered-setup",
        does: "createAnswer() leaves the handshake to an offer with setup active, and the firewall \
               of such an offerer drops checks from an address that no candidate has.",
        not_in: &[],
        hooks: Hooks {
            call: |seen, peer, call| Passed::On(as_it_was_made(seen, peer, call)),
            returned: |seen, peer, _, returned| match returned {
                Returned::Description(made)
                    if made.kind == DescriptionType::Answer && is_offered_active(seen) =>
                {
                    let sdp = made.sdp.replace("a=setup:active", "a=setup:passive");
                    let kind = made.kind;
                    seen.peers[peer.0].originals.push((sdp.clone(), made));
                    Returned::Description(Description { kind, sdp })
                }
                other => other,
            },
            entry: |seen, peer, entry| {
                if is_offered_active(seen) {
                    firewalled(seen, peer, entry)
                } else {
                    vec![entry]
                }
            },
            ..NOTHING
        },
    },
    Right {
        name: "ignores-candidates-after-the-end",
        does: "addIceCandidate() ignores a candidate after the end of candidates.",
        not_in: &[],
        hooks: Hooks {
            call: |seen, peer, call| {
                let is_late = seen.noted(peer, END)
                    && matches!(&call, Call::AddIceCandidate(Some(one)) if !one.candidate.is_empty());
                if is_late {
                    Passed::Answered(Returned::Ok)
                } else {
                    note_the_end_of_this_generation(seen, peer, call)
                }
            },
            ..NOTHING
        },
    },
    Right {
        name: "patient",
        does: "In a working network, a connection waits 39.5 seconds for checks of the other side, \
               fails only after the end of candidates, and is new without a candidate.",
        not_in: &[],
        hooks: Hooks {
            call: note_the_end_of_candidates,
            entry: |seen, peer, entry| {
                if reports_connected(&entry) {
                    seen.note(peer, "connected");
                }
                let is_over = seen.peers[peer.0].closed || seen.noted(peer, "connected");
                if reports_failed(&entry) && seen.network_changes == 0 && !is_over {
                    seen.note(peer, GAVE_UP);
                    return Vec::new();
                }
                new_until_candidates(seen, peer, &entry)
            },
            candidate: |seen, peer, candidate| {
                seen.note(peer, "has candidates");
                Some(candidate)
            },
            passed: |seen| {
                let mut shown = Vec::new();
                for peer in (0..seen.peers.len()).map(PeerIndex) {
                    let open = seen.noted(peer, GAVE_UP) && !seen.peers[peer.0].closed;
                    let (connected, failed) = if open && can_connect(seen) {
                        (true, false)
                    } else {
                        let over = seen.noted_before(peer, GAVE_UP, TEN_SECONDS);
                        (false, open && over && seen.noted(peer, END))
                    };
                    if (connected || failed) && seen.note(peer, "decided") {
                        shown.extend(decided(seen.now, &seen.peers[peer.0].name, connected));
                    }
                }
                shown
            },
            ..NOTHING
        },
    },
    Right {
        name: "consent-by-answers",
        does: "Consent expires thirty seconds after the network was cut in one direction, at both \
               sides: the connection is failed if the end of candidates was signalled, and \
               disconnected otherwise.",
        not_in: &[],
        hooks: Hooks {
            call: note_the_end_of_candidates,
            network: |seen, change| {
                for peer in (0..seen.peers.len()).map(PeerIndex) {
                    match change.cut {
                        Some(true) => drop(seen.note(peer, "cut")),
                        Some(false) => {
                            seen.peers[peer.0].notes.remove("cut");
                            seen.peers[peer.0].notes.remove("expired");
                        }
                        None => {}
                    }
                }
                change
            },
            entry: |seen, peer, entry| {
                let is_loss = reports_failed(&entry)
                    || reports(&entry, connection(PeerConnectionState::Disconnected))
                    || reports(&entry, ice(IceConnectionState::Disconnected));
                unless(is_loss && seen.noted(peer, "expired"), entry)
            },
            passed: |seen| {
                let mut shown = Vec::new();
                for peer in (0..seen.peers.len()).map(PeerIndex) {
                    let known = &seen.peers[peer.0];
                    let failed = seen.noted(peer, END);
                    let is_connected = match known.state.connection_state {
                        Some(PeerConnectionState::Connected) => true,
                        // It was reported already that the other side does not answer.
                        Some(PeerConnectionState::Disconnected) => failed,
                        _ => false,
                    };
                    let expired = seen.noted_before(peer, "cut", 30);
                    if is_connected && expired && !known.closed && seen.note(peer, "expired") {
                        shown.extend(lost(seen.now, &seen.peers[peer.0].name, failed));
                    }
                }
                shown
            },
            ..NOTHING
        },
    },
];

/// Why a check from an unknown address must not be dropped.
const UNKNOWN_ADDRESS: &str = "RFC 8445, section 7.3.1.3, where only one side is given candidates: a \
                               check from an unknown address is a new peer-reflexive candidate";

/// The note that the other side has no more candidates.
const END: &str = "end of candidates";

/// The note that connectionstatechange with connecting is held back.
const HELD_CONNECTION: &str = "connecting is held back";

/// The note that iceconnectionstatechange with checking is held back.
const HELD_ICE: &str = "checking is held back";

/// The note that webrtc-rs has given up, which it does after thirty seconds.
const GAVE_UP: &str = "webrtc-rs has given up";

/// The rest of the 39.5 seconds of RFC 8863 after that, in whole seconds.
const TEN_SECONDS: u64 = 10;

fn note_the_end_of_candidates(seen: &mut Seen, peer: PeerIndex, call: Call) -> Passed {
    if ends_candidates(&call) {
        seen.note(peer, END);
    }
    Passed::On(call)
}

fn note_the_end_of_this_generation(seen: &mut Seen, peer: PeerIndex, call: Call) -> Passed {
    if restarts(&seen.peers[peer.0], &call) {
        seen.peers[peer.0].notes.remove(END);
        return Passed::On(call);
    }
    note_the_end_of_candidates(seen, peer, call)
}

/// Whether a call signals that the other side has no more candidates, with or without trickling.
fn ends_candidates(call: &Call) -> bool {
    match call {
        Call::AddIceCandidate(candidate) => {
            let candidate = candidate.as_ref();
            candidate.is_none_or(|candidate| candidate.candidate.is_empty())
        }
        Call::SetRemoteDescription(description) => description.sdp.contains("a=end-of-candidates"),
        _ => false,
    }
}

/// Whether a call has other ICE credentials than the remote description before it. In such a
/// description of webrtc-rs, the end of candidates is that of the old generation.
fn restarts(known: &PeerSeen, call: &Call) -> bool {
    let Call::SetRemoteDescription(next) = call else {
        return false;
    };
    let before = known.set.iter().filter(|(local, _)| !local);
    let before = before.filter_map(|(_, one)| ufrag(one)).next_back();
    before.is_some() && ufrag(next).is_some() && before != ufrag(next)
}

/// The entries of a peer that stays new until it has a candidate or a packet of the other side.
fn new_until_candidates(seen: &mut Seen, peer: PeerIndex, entry: &Entry) -> Vec<Entry> {
    let connecting = reports(entry, connection(PeerConnectionState::Connecting));
    let checking = reports(entry, ice(IceConnectionState::Checking));
    if (connecting || checking) && !has_candidates(&seen.peers[peer.0]) {
        let held = if connecting {
            HELD_CONNECTION
        } else {
            HELD_ICE
        };
        seen.note(peer, held);
        return Vec::new();
    }
    let reported =
        is_event(entry, "connectionstatechange") || is_event(entry, "iceconnectionstatechange");
    let begins = has_candidates(&seen.peers[peer.0]) || reported;
    let mut shown = vec![entry.clone()];
    for (held, state) in [
        (HELD_CONNECTION, connection(PeerConnectionState::Connecting)),
        (HELD_ICE, ice(IceConnectionState::Checking)),
    ] {
        let open = !seen.peers[peer.0].closed;
        if begins && open && seen.peers[peer.0].notes.remove(held).is_some() {
            let event = fired(entry.at, &entry.peer, state);
            let place = if reported { 0 } else { shown.len() };
            shown.insert(place, event);
        }
    }
    shown
}

/// The entries of a peer behind a firewall.
fn firewalled(seen: &Seen, peer: PeerIndex, mut entry: Entry) -> Vec<Entry> {
    let known = &seen.peers[peer.0];
    if known.given.iter().any(is_reachable) || has_candidates_described(known) {
        return vec![entry];
    }
    for transport in entry.transports.iter_mut().flatten() {
        if transport.ice == Some(IceTransportState::Connected) {
            transport.ice = Some(IceTransportState::Checking);
            transport.dtls = Some(DtlsTransportState::New);
        }
    }
    unless(reports_connected(&entry), entry)
}

/// The call, with the original of a description that was shown in another form.
fn as_it_was_made(seen: &Seen, peer: PeerIndex, call: Call) -> Call {
    let Call::SetLocalDescription(Some(one)) = &call else {
        return call;
    };
    let mut originals = seen.peers[peer.0].originals.iter().rev();
    let Some((_, made)) = originals.find(|(shown, _)| *shown == one.sdp) else {
        return call;
    };
    let (kind, sdp) = (one.kind, made.sdp.clone());
    Call::SetLocalDescription(Some(Description { kind, sdp }))
}

/// Whether some peer was given an offer with setup active.
fn is_offered_active(seen: &Seen) -> bool {
    let mut set = seen.peers.iter().flat_map(|peer| &peer.set);
    set.any(|(local, one)| {
        let is_offer = one.kind == DescriptionType::Offer;
        !local && is_offer && one.sdp.contains("a=setup:active")
    })
}

/// Whether a description has the ICE credentials of the first local one.
fn is_of_the_first_generation(known: &PeerSeen, made: &Description) -> bool {
    let mut local = known.set.iter().filter(|(local, _)| *local);
    let first = local.find_map(|(_, one)| ufrag(one));
    first.is_none() || first == ufrag(made)
}

/// The description with no candidate in it.
fn without_candidates(made: &Description) -> Description {
    let is_kept =
        |line: &&str| !line.starts_with("a=candidate:") && line.trim_end() != "a=end-of-candidates";
    Description {
        kind: made.kind,
        sdp: made.sdp.split_inclusive('\n').filter(is_kept).collect(),
    }
}

/// Whether some peer was given a candidate that leads to another.
fn can_connect(seen: &Seen) -> bool {
    let mut peers = (0..seen.peers.len()).map(PeerIndex);
    let given = seen.peers.iter().flat_map(|peer| &peer.given);
    let mut given = given.filter(|one| is_reachable(one));
    peers.all(|peer| seen.noted(peer, "has candidates")) && given.next().is_some()
}

/// Whether a candidate is that of a peer, and not invented by a scenario.
fn is_reachable(candidate: &Candidate) -> bool {
    let text = &candidate.candidate;
    !text.contains(" 127.0.9.9 ") && !text.contains(".local ")
}

/// The reports of a connection that has finally found a pair, or none.
fn decided(now: At, peer: &str, connected: bool) -> [Entry; 2] {
    let (of_ice, of_all) = if connected {
        (
            IceConnectionState::Connected,
            PeerConnectionState::Connected,
        )
    } else {
        (IceConnectionState::Failed, PeerConnectionState::Failed)
    };
    [ice(of_ice), connection(of_all)].map(|state| fired(now, peer, state))
}

/// The reports of a connection that has lost the other side.
fn lost(now: At, peer: &str, failed: bool) -> [Entry; 2] {
    let (of_ice, of_all) = if failed {
        (IceConnectionState::Failed, PeerConnectionState::Failed)
    } else {
        let disconnected = IceConnectionState::Disconnected;
        (disconnected, PeerConnectionState::Disconnected)
    };
    [ice(of_ice), connection(of_all)].map(|state| fired(now, peer, state))
}
