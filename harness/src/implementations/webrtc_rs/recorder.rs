//! What the peers of a session show, as entries of a trace in the order in which they happened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use peerstate_model::trace::{At, Entry, State, TransportState, What};

use super::peer::{Records, View};
use crate::implementation::{Candidate, PeerIndex};
use peerstate_sim::World;

/// The recorder of a session; cloning gives another handle to the same one.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    world: World,
    recorded: Arc<Mutex<Recorded>>,
}

#[derive(Debug)]
struct Recorded {
    entries: Vec<Entry>,
    peers: Vec<PeerRecord>,
    /// Increases with everything that the runner may want to look at.
    news: u64,
}

#[derive(Debug)]
struct PeerRecord {
    name: String,
    candidates: Vec<Candidate>,
    /// The last states of the transports.
    transports: Option<Vec<TransportState>>,
    /// Whether `close()` caused its end, or its end has been reported.
    end_is_expected: bool,
}

impl Recorder {
    pub(super) fn new(world: World, names: impl Iterator<Item = String>) -> Self {
        let peers = names
            .map(|name| PeerRecord {
                name,
                candidates: Vec::new(),
                transports: None,
                end_is_expected: false,
            })
            .collect();
        let recorded = Recorded {
            entries: Vec::new(),
            peers,
            news: 0,
        };
        Self {
            world,
            recorded: Arc::new(Mutex::new(recorded)),
        }
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records an entry with what was read at this time.
    fn record(
        &self,
        peer: PeerIndex,
        what: What,
        state: State,
        transports: Option<Vec<TransportState>>,
    ) {
        self.set_read(peer, transports.as_ref());
        self.push(peer, what, |entry| {
            entry.state = state;
            entry.transports = transports;
        });
    }

    fn push(&self, peer: PeerIndex, what: What, fill: impl FnOnce(&mut Entry)) {
        let at = At::after(self.world.now());
        let mut recorded = self.recorded();
        if let Some(record) = recorded.peers.get(peer.0) {
            let mut entry = Entry::new(at, &record.name, what);
            fill(&mut entry);
            recorded.entries.push(entry);
            recorded.news += 1;
        }
    }

    /// Records a sample, but only if the states of the transports have changed.
    pub(super) fn record_if_changed(
        &self,
        peer: PeerIndex,
        why: &str,
        transports: Option<Vec<TransportState>>,
    ) {
        let changed = transports.is_some()
            && self
                .recorded()
                .peers
                .get(peer.0)
                .is_some_and(|p| p.transports != transports);
        if changed {
            self.record(
                peer,
                What::Sample(why.to_owned()),
                State::default(),
                transports,
            );
        }
    }

    /// Notes the states of a peer's transports that were read elsewhere.
    pub(super) fn set_read(&self, peer: PeerIndex, transports: Option<&Vec<TransportState>>) {
        if let (Some(record), Some(transports)) =
            (self.recorded().peers.get_mut(peer.0), transports)
        {
            record.transports = Some(transports.clone());
        }
    }

    /// Notes that the application closes a peer, whose end is then expected.
    pub(super) fn set_closed(&self, peer: PeerIndex) {
        if let Some(record) = self.recorded().peers.get_mut(peer.0) {
            record.end_is_expected = true;
        }
    }

    /// Records, once, that a peer has ended by itself.
    pub(super) fn record_death(&self, peer: PeerIndex) {
        let is_expected = self
            .recorded()
            .peers
            .get_mut(peer.0)
            .is_none_or(|record| std::mem::replace(&mut record.end_is_expected, true));
        if !is_expected {
            let what = What::Sample("poll".to_owned());
            self.push(peer, what, |entry| entry.ended = true);
        }
    }

    pub(super) fn take_candidates(&self, peer: PeerIndex) -> Vec<Candidate> {
        let mut recorded = self.recorded();
        recorded
            .peers
            .get_mut(peer.0)
            .map(|p| std::mem::take(&mut p.candidates))
            .unwrap_or_default()
    }

    pub(super) fn take_entries(&self) -> Vec<Entry> {
        std::mem::take(&mut self.recorded().entries)
    }

    /// Returns a number that changes as soon as something is recorded or gathered.
    pub(super) fn news(&self) -> u64 {
        self.recorded().news
    }
}

#[async_trait::async_trait]
impl Records for Recorder {
    async fn event(&self, peer: PeerIndex, name: &'static str, state: State, view: &View) {
        self.record(peer, What::event(name), state, view.transports());
    }

    async fn data_channel_event(&self, peer: PeerIndex, name: &'static str) {
        self.record(peer, What::event(name), State::default(), None);
    }

    async fn candidate(&self, peer: PeerIndex, candidate: Candidate) {
        let mut recorded = self.recorded();
        if let Some(record) = recorded.peers.get_mut(peer.0) {
            record.candidates.push(candidate);
            recorded.news += 1;
        }
    }
}
