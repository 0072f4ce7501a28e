//! A session on tokio. Calls are awaited; everything else is written when it happens.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use futures::future::join_all;
use peerstate_model::trace::{At, Entry, State};
use rtc::crypto::default_provider;
use tokio::task::JoinHandle;

use super::lines::{Lines, Recorder};
use super::runtime::WatchedRuntime;
use crate::implementation::{
    Advanced, Call, Candidate, Fault, Link, LinkChange, PeerIndex, Reading, Returned, Session,
    Setup, StartError,
};
use crate::implementations::webrtc_rs::NAME;
use crate::implementations::webrtc_rs::peer::{Peer, Place};

/// How long passes between two readings of the transports, which have no events.
const POLL: Duration = Duration::from_millis(2);

pub(super) struct TokioSession {
    runtime: Arc<tokio::runtime::Runtime>,
    lines: Lines,
    recorder: Recorder,
    peers: Vec<Peer<Recorder>>,
    poll: Option<JoinHandle<()>>,
    begun: Instant,
}

impl TokioSession {
    pub(super) fn start(
        runtime: &Arc<tokio::runtime::Runtime>,
        lines: Lines,
        setup: &Setup,
    ) -> Result<Self, StartError> {
        let names = setup.peers.iter().map(|peer| peer.name.clone());
        let recorder = runtime.block_on(lines.begin(names));
        let mut session = Self {
            runtime: Arc::clone(runtime),
            lines,
            recorder,
            peers: Vec::new(),
            poll: None,
            begun: Instant::now(),
        };
        let tracks = Arc::new(AtomicU32::new(0));
        let mut watched = Vec::new();
        for (index, peer) in setup.peers.iter().enumerate() {
            let host = WatchedRuntime::new();
            let place = Place {
                runtime: Arc::new(host.clone()),
                provider: default_provider()
                    .map_err(|error| StartError::unavailable(NAME, &error))?,
                // The relay between the peers is on this host.
                address: "127.0.0.1:0".to_owned(),
                tracks: Arc::clone(&tracks),
            };
            let recorder = session.recorder.clone();
            let build = Peer::build(PeerIndex(index), peer.clone(), place, recorder);
            let peer = runtime.block_on(build)?;
            watched.push((peer.clone(), host));
            session.peers.push(peer);
        }
        session.poll = Some(runtime.spawn(poll(session.recorder.clone(), watched)));
        Ok(session)
    }
}

/// Reads the transports of every peer again and again, until the session has ended.
async fn poll(recorder: Recorder, peers: Vec<(Peer<Recorder>, WatchedRuntime)>) {
    let mut ticks = tokio::time::interval(POLL);
    loop {
        ticks.tick().await;
        for (peer, runtime) in &peers {
            let Some(mut held) = recorder.hold().await else {
                return;
            };
            let transports = peer.view.read().await;
            // The crate's driver may end by itself, after an error that it only logs.
            held.polled(peer.index, transports, runtime.is_driver_gone());
        }
    }
}

/// The fault of a request that only a virtual clock has.
fn has_no_virtual_clock(request: &str) -> Fault {
    Fault::Ended {
        reason: format!("{request} is for a virtual clock, and this one is real"),
    }
}

impl Session for TokioSession {
    fn now(&self) -> At {
        At::after(self.begun.elapsed())
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault> {
        let called = self.peers[peer.0].clone();
        let call = call.clone();
        let recorder = self.recorder.clone();
        Ok(self.runtime.block_on(async move {
            if call == Call::Close
                && let Some(mut held) = recorder.hold().await
            {
                held.set_closed(peer);
            }
            called.perform(call).await
        }))
    }

    fn read(&mut self, peer: PeerIndex) -> Result<Reading, Fault> {
        let view = &self.peers[peer.0].view;
        let (held, transports) = self.runtime.block_on(async {
            let mut held = self.recorder.hold().await;
            let transports = view.read().await;
            if let Some(held) = &mut held {
                held.set_read(peer, transports.as_ref());
            }
            (held, transports)
        });
        if let Some(held) = held {
            self.lines.hold(held);
        }
        Ok(Reading {
            state: State::default(),
            transports,
        })
    }

    fn change_network(&mut self, _link: Link, _change: LinkChange) -> Result<(), Fault> {
        Err(has_no_virtual_clock("network"))
    }

    fn advance(&mut self, _deadline: At) -> Result<Advanced, Fault> {
        Err(has_no_virtual_clock("advance"))
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        // They were written when they happened.
        Vec::new()
    }

    fn take_candidates(&mut self, _peer: PeerIndex) -> Vec<Candidate> {
        Vec::new()
    }
}

impl Drop for TokioSession {
    fn drop(&mut self) {
        let peers = std::mem::take(&mut self.peers);
        let poll = self.poll.take();
        self.runtime.block_on(async {
            self.lines.end().await;
            // Ended, the poll no longer owns a peer.
            if let Some(poll) = poll {
                let _ = poll.await;
            }
            // A peer that the scenario has closed refuses, or does it again.
            join_all(peers.iter().map(|peer| peer.connection.close())).await;
        });
    }
}
