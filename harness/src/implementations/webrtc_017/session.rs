//! A session: the peers of a scenario as connections of the crate in one world.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use peerstate_model::trace::{At, Entry};
use webrtc_017::peer_connection::offer_answer_options::RTCOfferOptions;

use super::network::Network;
use super::peer::Peer;
use super::seen::Seen;
use super::world::{Stop, World};
use super::{NAME, convert};
use crate::implementation::{
    Advanced, Call, Candidate, DescriptionType, Fault, Link, LinkChange, MediaKind, PeerIndex,
    Reading, Returned, Session, Setup, StartError,
};
use crate::implementations::webrtc_lines::calls::{
    described, done, has_no_such_track, needs_a_description,
};
use crate::implementations::webrtc_lines::errors::NamedByW3c;

/// How long a call may take to return, in virtual time. Whatever the crate waits for by itself
/// happens within seconds; a call that waits for the other side, which none should, may wait for
/// minutes or forever.
const LONGEST_CALL: Duration = Duration::from_mins(1);

pub(super) struct Webrtc017Session {
    // Dropped in this order: the tasks of the world own connections.
    peers: Vec<Arc<Peer>>,
    network: Network,
    seen: Seen,
    tracks: u32,
    world: World,
}

impl Webrtc017Session {
    pub(super) fn start(setup: &Setup) -> Result<Self, StartError> {
        let world = World::new().map_err(|error| StartError::unavailable(NAME, &error))?;
        let made = world.within(Network::new(setup.peers.len(), setup.seed, world.start()))?;
        let network = made.map_err(|error| StartError::unavailable(NAME, &error))?;
        let names = setup.peers.iter().map(|peer| peer.name.clone());
        let seen = Seen::new(world.start(), names);
        let mut peers = Vec::new();
        for (index, peer) in setup.peers.iter().enumerate() {
            let index = PeerIndex(index);
            let build = Peer::build(index, peer, network.host(index), seen.clone());
            peers.push(Arc::new(world.within(build)??));
        }
        Ok(Self {
            peers,
            network,
            seen,
            tracks: 0,
            world,
        })
    }

    /// Lets the world run until `done`; records changes that can only be polled.
    fn run(&self, deadline: Duration, mut done: impl FnMut() -> bool) -> Result<Stop, Fault> {
        self.world.run(&self.network, deadline, || {
            for (index, peer) in self.peers.iter().enumerate() {
                self.seen.record_if_changed(PeerIndex(index), peer.read());
            }
            done()
        })
    }

    fn perform(&mut self, peer: &Arc<Peer>, call: &Call) -> Result<Returned, Fault> {
        let method = call.method().as_str();
        let connection = Arc::clone(&peer.connection);
        match call.clone() {
            Call::CreateDataChannel {
                label,
                negotiated_id,
            } => {
                let peer = Arc::clone(peer);
                let init = convert::data_channel_init(negotiated_id);
                self.simple(method, async move {
                    let made = connection.create_data_channel(&label, Some(init)).await;
                    made.map(|channel| peer.watch_data_channel(&channel))
                })
            }
            Call::AddTransceiver { kind, direction } => self.simple(method, async move {
                let (kind, init) = (
                    convert::codec_kind(kind),
                    convert::transceiver_init(direction),
                );
                connection.add_transceiver_from_kind(kind, Some(init)).await
            }),
            Call::AddTrack { kind } => {
                self.tracks += 1;
                let track = Arc::new(convert::track(kind, self.tracks));
                let peer = Arc::clone(peer);
                self.simple(method, async move {
                    let added = connection.add_track(track).await;
                    added.map(|sender| peer.add_sender(kind, sender))
                })
            }
            Call::RemoveTrack { kind } => self.remove_track(peer, kind),
            Call::CreateOffer { ice_restart } => {
                self.describe(method, DescriptionType::Offer, async move {
                    let options = RTCOfferOptions {
                        ice_restart,
                        ..RTCOfferOptions::default()
                    };
                    let made = connection.create_offer(Some(options)).await;
                    made.map(|made| made.sdp)
                })
            }
            Call::CreateAnswer => self.describe(method, DescriptionType::Answer, async move {
                let made = connection.create_answer(None).await;
                made.map(|made| made.sdp)
            }),
            Call::SetLocalDescription(None) => Ok(needs_a_description()),
            Call::SetLocalDescription(Some(description)) => self.simple(method, async move {
                let description = convert::description(description)?;
                connection.set_local_description(description).await
            }),
            Call::SetRemoteDescription(description) => self.simple(method, async move {
                let description = convert::description(description)?;
                connection.set_remote_description(description).await
            }),
            Call::AddIceCandidate(candidate) => self.simple(method, async move {
                let candidate = convert::candidate_init(candidate);
                connection.add_ice_candidate(candidate).await
            }),
            Call::RestartIce => self.simple(method, async move { connection.restart_ice().await }),
            Call::SetConfiguration(configuration) => self.simple(method, async move {
                let configuration = convert::configuration(&configuration, Vec::new());
                connection.set_configuration(configuration).await
            }),
            Call::GetStats => {
                self.finish(method, async move { connection.get_stats().await })?;
                Ok(Returned::Ok)
            }
            Call::Close => self.simple(method, async move { connection.close().await }),
        }
    }

    fn remove_track(&self, peer: &Arc<Peer>, kind: MediaKind) -> Result<Returned, Fault> {
        let Some(sender) = peer.take_sender(kind) else {
            return Ok(has_no_such_track());
        };
        let (connection, peer) = (Arc::clone(&peer.connection), Arc::clone(peer));
        self.simple("removeTrack", async move {
            let removed = connection.remove_track(&sender).await;
            if removed.is_err() {
                peer.add_sender(kind, sender);
            }
            removed
        })
    }
}

impl Webrtc017Session {
    /// Makes a call whose returned value is not used.
    fn simple<T: Send + 'static, E: NamedByW3c + Send + 'static>(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<Returned, Fault> {
        Ok(done(self.finish(method, call)?))
    }

    /// Makes a call that creates the SDP of a description.
    fn describe<E: NamedByW3c + Send + 'static>(
        &self,
        method: &'static str,
        kind: DescriptionType,
        call: impl Future<Output = Result<String, E>> + Send + 'static,
    ) -> Result<Returned, Fault> {
        Ok(described(kind, self.finish(method, call)?))
    }

    /// Lets the world run until a call has returned.
    fn finish<T: Send + 'static>(
        &self,
        during: &'static str,
        call: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        let task = self.world.spawn(call);
        let deadline = self.world.now() + LONGEST_CALL;
        match self.run(deadline, || task.is_finished())? {
            Stop::Done => self.world.within(task)?.map_err(|error| Fault::Panicked {
                message: error.to_string(),
            }),
            // The runtime does not say whether anything is left that could wake the call.
            Stop::DeadlinePassed => Err(Fault::TimedOut {
                during,
                after: LONGEST_CALL,
            }),
        }
    }
}

impl Session for Webrtc017Session {
    fn now(&self) -> At {
        At::after(self.world.now())
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault> {
        let called = Arc::clone(&self.peers[peer.0]);
        self.perform(&called, call)
    }

    fn read(&mut self, peer: PeerIndex) -> Result<Reading, Fault> {
        let reading = self.peers[peer.0].read();
        self.seen.know(peer, reading.clone());
        Ok(reading)
    }

    fn change_network(&mut self, link: Link, change: LinkChange) -> Result<(), Fault> {
        self.network.change(link, change);
        Ok(())
    }

    fn advance(&mut self, deadline: At) -> Result<Advanced, Fault> {
        let news = self.seen.news();
        let seen = self.seen.clone();
        let stop = self.run(deadline.since_start(), || seen.news() != news)?;
        Ok(match stop {
            Stop::Done => Advanced::Seen,
            Stop::DeadlinePassed => Advanced::DeadlinePassed,
        })
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        self.seen.take_entries()
    }

    fn take_candidates(&mut self, peer: PeerIndex) -> Vec<Candidate> {
        self.seen.take_candidates(peer)
    }
}
