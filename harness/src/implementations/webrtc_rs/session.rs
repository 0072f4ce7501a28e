//! A session: the peers of a scenario as connections of the crate `webrtc` in one world.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use peerstate_model::trace::{At, Entry, State};
use rtc::peer_connection::configuration::RTCOfferOptions;
use rtc::statistics::StatsSelector;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::PeerConnection;
use webrtc::rtp_transceiver::RtpSender;

use super::peer::{Peer, watch_data_channel};
use super::recorder::Recorder;
use crate::implementation::{
    Advanced, Call, Candidate, DescriptionType, Fault, Link, LinkChange, MediaKind, PeerIndex,
    Reading, Returned, Session, Setup, StartError,
};
use crate::implementations::rtc_types::convert;
use crate::implementations::simulated;
use crate::implementations::webrtc_lines::calls::{Calls, has_no_such_track, needs_a_description};
use crate::implementations::webrtc_lines::errors::refusal;
use peerstate_sim::{Stepped, World};

/// How long a call may take to return. The longest wait inside the crate is a tenth of a second.
const LONGEST_CALL: Duration = Duration::from_mins(1);

/// A sender, and the kind of the track that it was added with.
type SenderOfKind = (MediaKind, Arc<dyn RtpSender>);

pub(super) struct WebrtcRsSession {
    world: World,
    recorder: Recorder,
    peers: Vec<Peer>,
    /// The senders that have a track, by kind, in the order of `addTrack`.
    senders: BTreeMap<PeerIndex, Vec<SenderOfKind>>,
    tracks: u32,
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
            senders: BTreeMap::new(),
            tracks: 0,
        };
        for (index, peer) in setup.peers.iter().enumerate() {
            let index = PeerIndex(index);
            let (world, recorder) = (session.world.clone(), session.recorder.clone());
            let build = Peer::build(index, peer.clone(), setup.seed, world, recorder);
            let peer = session.finish("constructor", build)??;
            session.peers.push(peer);
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
        for (index, peer) in self.peers.iter().enumerate() {
            let index = PeerIndex(index);
            self.recorder
                .record_if_changed(index, "poll", peer.view.transports());
            // The crate's driver may end by itself, after an error that it only logs.
            if peer.runtime.is_driver_gone() {
                self.recorder.record_death(index);
            }
        }
    }

    fn perform(&mut self, index: PeerIndex, peer: &Peer, call: &Call) -> Result<Returned, Fault> {
        let method = call.method().as_str();
        let connection = Arc::clone(&peer.connection);
        match call.clone() {
            Call::CreateDataChannel {
                label,
                negotiated_id,
            } => {
                let init = convert::data_channel_init(negotiated_id);
                let made = self.finish(method, async move {
                    connection.create_data_channel(&label, Some(init)).await
                })?;
                Ok(match made {
                    Ok(channel) => {
                        watch_data_channel(index, channel, &self.recorder, &self.world);
                        Returned::Ok
                    }
                    Err(error) => refusal(&error),
                })
            }
            Call::AddTransceiver { kind, direction } => {
                self.tracks += 1;
                let init = convert::transceiver_init(kind, direction, self.tracks);
                self.simple(method, async move {
                    let kind = convert::codec_kind(kind);
                    connection.add_transceiver_from_kind(kind, Some(init)).await
                })
            }
            Call::AddTrack { kind } => {
                self.tracks += 1;
                let track = TrackLocalStaticRTP::new(convert::track(kind, self.tracks));
                let added = self.finish(method, async move {
                    connection
                        .add_track(Arc::new(track) as Arc<dyn TrackLocal>)
                        .await
                })?;
                Ok(match added {
                    Ok(sender) => {
                        self.senders.entry(index).or_default().push((kind, sender));
                        Returned::Ok
                    }
                    Err(error) => refusal(&error),
                })
            }
            Call::RemoveTrack { kind } => self.remove_track(index, connection, kind),
            Call::CreateOffer { ice_restart } => {
                self.describe(method, DescriptionType::Offer, async move {
                    let options = RTCOfferOptions { ice_restart };
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
                connection
                    .set_local_description(convert::description(description)?)
                    .await
            }),
            Call::SetRemoteDescription(description) => self.simple(method, async move {
                connection
                    .set_remote_description(convert::description(description)?)
                    .await
            }),
            Call::AddIceCandidate(candidate) => self.simple(method, async move {
                connection
                    .add_ice_candidate(convert::candidate_init(candidate))
                    .await
            }),
            Call::RestartIce => self.simple(method, async move { connection.restart_ice().await }),
            Call::SetConfiguration(configuration) => self.simple(method, async move {
                connection
                    .set_configuration(convert::configuration(&configuration, None))
                    .await
            }),
            Call::GetStats => {
                let now = self.world.instant();
                self.finish(method, async move {
                    connection.get_stats(now, StatsSelector::None).await
                })?;
                Ok(Returned::Ok)
            }
            Call::Close => {
                self.recorder.set_closed(index);
                self.simple(method, async move { connection.close().await })
            }
        }
    }

    fn remove_track(
        &mut self,
        index: PeerIndex,
        connection: Arc<dyn PeerConnection>,
        kind: MediaKind,
    ) -> Result<Returned, Fault> {
        let senders = self.senders.entry(index).or_default();
        let Some(place) = senders.iter().position(|(of, _)| *of == kind) else {
            return Ok(has_no_such_track());
        };
        let sender = Arc::clone(&senders[place].1);
        let returned = self.simple("removeTrack", async move {
            connection.remove_track(&sender).await
        })?;
        if returned == Returned::Ok {
            self.senders.entry(index).or_default().remove(place);
        }
        Ok(returned)
    }
}

impl Calls for WebrtcRsSession {
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
        let called = self.peers[peer.0].clone();
        self.perform(peer, &called, call)
    }

    fn read(&mut self, peer: PeerIndex) -> Result<Reading, Fault> {
        let transports = self.peers[peer.0].view.transports();
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
