//! A session: the peers of a scenario as connections of the crate `webrtc` in one world.

use std::future::Future;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use peerstate_model::trace::{At, Entry, State};
use webrtc::runtime::Runtime;

use super::NAME;
use super::peer::{Peer, Place};
use super::recorder::Recorder;
use super::runtime::HostRuntime;
use crate::implementation::{
    Advanced, Call, Candidate, Fault, Link, LinkChange, PeerIndex, Reading, Returned, Session,
    Setup, StartError,
};
use crate::implementations::rtc_types::seeded::SeededProvider;
use crate::implementations::simulated;
use crate::scenario::MOST_PEERS;
use peerstate_sim::{Host, Stepped, World};

/// How long a call may take to return. The longest wait inside the crate is a tenth of a second.
const LONGEST_CALL: Duration = Duration::from_mins(1);

const _: () = assert!(
    MOST_PEERS < 255,
    "every peer needs an address in 127.0.1.0/24"
);

pub(super) struct WebrtcRsSession {
    world: World,
    recorder: Recorder,
    peers: Vec<HostPeer>,
}

/// A peer, and the runtime of its host.
struct HostPeer {
    peer: Peer<Recorder>,
    runtime: HostRuntime,
}

impl WebrtcRsSession {
    pub(super) fn start(setup: &Setup) -> Result<Self, StartError> {
        let world = World::new(setup.seed);
        let names = setup.peers.iter().map(|peer| peer.name.clone());
        let recorder = Recorder::new(world.clone(), names);
        let mut session = Self {
            world,
            recorder,
            peers: Vec::new(),
        };
        let tracks = Arc::new(AtomicU32::new(0));
        for (index, peer) in setup.peers.iter().enumerate() {
            let runtime = HostRuntime::new(session.world.clone(), Host(index));
            // A seed of its own for every peer: two with the same tie-breaker would never settle.
            let provider = SeededProvider::new(setup.seed.wrapping_add(index as u64))
                .map_err(|error| StartError::unavailable(NAME, &error))?;
            let place = Place {
                runtime: Arc::new(runtime.clone()) as Arc<dyn Runtime>,
                provider: Arc::new(provider),
                address: format!("127.0.1.{}:0", index + 1),
                tracks: Arc::clone(&tracks),
            };
            let recorder = session.recorder.clone();
            let build = Peer::build(PeerIndex(index), peer.clone(), place, recorder);
            let peer = session.finish("constructor", build)??;
            session.peers.push(HostPeer { peer, runtime });
        }
        Ok(session)
    }

    fn step(&self, deadline: Duration) -> Result<Stepped, Fault> {
        let step = self.world.step(deadline).map_err(simulated::fault)?;
        if step == Stepped::Happened {
            self.world.settle().map_err(simulated::fault)?;
            self.poll();
        }
        Ok(step)
    }

    /// Reads the transports of every peer, and records those that read something new.
    fn poll(&self) {
        for HostPeer { peer, runtime } in &self.peers {
            self.recorder
                .record_if_changed(peer.index, "poll", peer.view.transports());
            // The crate's driver may end by itself, after an error that it only logs.
            if runtime.is_driver_gone() {
                self.recorder.record_death(peer.index);
            }
        }
    }

    /// Lets the world run until a call has returned.
    fn finish<T: Send + 'static>(
        &self,
        during: &'static str,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        let result = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&result);
        let task = self.world.spawn(async move {
            let value = future.await;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        });
        let deadline = self.world.now() + LONGEST_CALL;
        while !self.world.is_finished(task) {
            // A call that is done before anything else happens takes no time.
            self.world.settle().map_err(simulated::fault)?;
            self.poll();
            if self.world.is_finished(task) {
                break;
            }
            if self.step(deadline)? == Stepped::DeadlinePassed {
                return Err(Fault::Deadlock { during });
            }
        }
        let value = result.lock().unwrap_or_else(PoisonError::into_inner).take();
        value.ok_or(Fault::Deadlock { during })
    }
}

impl Drop for WebrtcRsSession {
    fn drop(&mut self) {
        // The tasks own what owns the world; without this, neither would ever be dropped.
        self.world.shut_down();
    }
}

impl Session for WebrtcRsSession {
    fn now(&self) -> At {
        At::after(self.world.now())
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault> {
        if *call == Call::Close {
            self.recorder.set_closed(peer);
        }
        let performed = self.peers[peer.0].peer.clone().perform(call.clone());
        self.finish(call.method().as_str(), performed)
    }

    fn read(&mut self, peer: PeerIndex) -> Result<Reading, Fault> {
        let transports = self.peers[peer.0].peer.view.transports();
        self.recorder.set_read(peer, transports.as_ref());
        Ok(Reading {
            state: State::default(),
            transports,
        })
    }

    fn change_network(&mut self, link: Link, change: LinkChange) -> Result<(), Fault> {
        simulated::change_network(&self.world, self.peers.len(), link, change);
        Ok(())
    }

    fn advance(&mut self, deadline: At) -> Result<Advanced, Fault> {
        let news = self.recorder.news();
        loop {
            let step = self.step(deadline.since_start())?;
            if self.recorder.news() != news {
                return Ok(Advanced::Seen);
            }
            if step == Stepped::DeadlinePassed {
                return Ok(Advanced::DeadlinePassed);
            }
        }
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        self.recorder.take_entries()
    }

    fn take_candidates(&mut self, peer: PeerIndex) -> Vec<Candidate> {
        self.recorder.take_candidates(peer)
    }
}
