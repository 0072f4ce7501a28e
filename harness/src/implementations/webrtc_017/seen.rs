//! What the peers of a session have shown and nobody has taken yet, in the order in which it
//! happened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use peerstate_model::trace::{At, Entry, What};
use tokio::time::Instant;

use crate::implementation::{Candidate, PeerIndex, Reading};

/// What was observed; cloning gives another handle to the same.
#[derive(Clone)]
pub(super) struct Seen {
    start: Instant,
    inside: Arc<Mutex<Inside>>,
}

struct Inside {
    entries: Vec<Entry>,
    peers: Vec<PeerSeen>,
    /// Increases with every observation.
    news: u64,
}

struct PeerSeen {
    name: String,
    candidates: Vec<Candidate>,
    /// The last reading.
    last: Reading,
}

impl Seen {
    pub(super) fn new(start: Instant, names: impl Iterator<Item = String>) -> Self {
        let peers = names.map(|name| PeerSeen {
            name,
            candidates: Vec::new(),
            last: Reading::default(),
        });
        let inside = Inside {
            entries: Vec::new(),
            peers: peers.collect(),
            news: 0,
        };
        Self {
            start,
            inside: Arc::new(Mutex::new(inside)),
        }
    }

    /// Records an entry with what was read at this time; must be called inside the runtime, whose
    /// clock is read.
    pub(super) fn record(&self, peer: PeerIndex, what: What, reading: Reading) {
        let at = At::after(self.start.elapsed());
        let mut inside = self.inside();
        let inside = &mut *inside;
        let Some(seen) = inside.peers.get_mut(peer.0) else {
            return;
        };
        let mut entry = Entry::new(at, &seen.name, what);
        entry.state = reading.state;
        entry.transports.clone_from(&reading.transports);
        if reading != Reading::default() {
            seen.last = reading;
        }
        inside.entries.push(entry);
        inside.news += 1;
    }

    /// Records a sample, but only if something different was read; must be called inside the
    /// runtime.
    pub(super) fn record_if_changed(&self, peer: PeerIndex, reading: Reading) {
        let seen = self
            .inside()
            .peers
            .get(peer.0)
            .map(|seen| seen.last.clone());
        if seen.is_some_and(|last| last != reading) {
            let what = What::Sample("poll".to_owned());
            self.record(peer, what, reading);
        }
    }

    /// Notes what a peer reads, so that a value that was already read elsewhere is not reported
    /// again.
    pub(super) fn know(&self, peer: PeerIndex, reading: Reading) {
        if let Some(seen) = self.inside().peers.get_mut(peer.0) {
            seen.last = reading;
        }
    }

    pub(super) fn add_candidate(&self, peer: PeerIndex, candidate: Candidate) {
        let mut inside = self.inside();
        if let Some(seen) = inside.peers.get_mut(peer.0) {
            seen.candidates.push(candidate);
            inside.news += 1;
        }
    }

    pub(super) fn take_candidates(&self, peer: PeerIndex) -> Vec<Candidate> {
        let mut inside = self.inside();
        let seen = inside.peers.get_mut(peer.0);
        seen.map(|seen| std::mem::take(&mut seen.candidates))
            .unwrap_or_default()
    }

    pub(super) fn take_entries(&self) -> Vec<Entry> {
        std::mem::take(&mut self.inside().entries)
    }

    /// Returns a number that changes as soon as something is observed.
    pub(super) fn news(&self) -> u64 {
        self.inside().news
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
