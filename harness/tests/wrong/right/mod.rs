//! Implementations that are as right as webrtc-rs, and differ from it in one thing: slower,
//! stricter, or right where it is wrong. A scenario must have the same result for them. If it has
//! another without one of its steps, that shows the purpose of the step.

mod checks;
mod exchange;

use std::time::Duration;

use peerstate::implementation::PeerIndex;
use peerstate_model::states::{IceConnectionState, PeerConnectionState};
use peerstate_model::trace::Entry;

use super::Right;
use super::seen::{PeerSeen, Seen, connection, ice, is_event, reports};

/// How much slower a slow implementation is.
const SLOWER: Duration = Duration::from_millis(400);

/// All of them.
pub(super) fn all() -> Vec<&'static Right> {
    checks::TABLE.iter().chain(exchange::TABLE).collect()
}

/// Whether a peer was given a candidate of the other side, by itself or in a description.
fn has_candidates(known: &PeerSeen) -> bool {
    has_candidates_described(known) || !known.given.is_empty()
}

/// Whether a peer was given a candidate of the other side in a description.
fn has_candidates_described(known: &PeerSeen) -> bool {
    let mut set = known.set.iter();
    set.any(|(local, one)| !local && one.sdp.contains("a=candidate:"))
}

/// Whether an entry reports that a connection has failed.
fn reports_failed(entry: &Entry) -> bool {
    reports(entry, connection(PeerConnectionState::Failed))
        || reports(entry, ice(IceConnectionState::Failed))
}

/// Whether an entry reports that a connection is connected.
fn reports_connected(entry: &Entry) -> bool {
    reports(entry, connection(PeerConnectionState::Connected))
        || reports(entry, ice(IceConnectionState::Connected))
}

/// Holds an event back, to be released a moment later.
fn hold(seen: &mut Seen, peer: PeerIndex, entry: Entry, event: &str) -> Vec<Entry> {
    if is_event(&entry, event) && !seen.peers[peer.0].closed {
        seen.peers[peer.0].held = Some(entry);
        Vec::new()
    } else {
        vec![entry]
    }
}

/// The entries that were held back for long enough and are due.
fn release(seen: &mut Seen, due: impl Fn(&Seen, PeerIndex) -> bool) -> Vec<Entry> {
    let now = seen.now;
    let long_enough = |entry: &mut Entry| now.since_start() >= entry.at.since_start() + SLOWER;
    let mut shown = Vec::new();
    for peer in (0..seen.peers.len()).map(PeerIndex) {
        if !due(seen, peer) {
            continue;
        }
        let known = &mut seen.peers[peer.0];
        if let Some(mut entry) = known.held.take_if(long_enough)
            && !known.closed
        {
            entry.at = now;
            // The transports are read again.
            entry.transports = None;
            shown.push(entry);
        }
    }
    shown
}
