//! One peer: a connection of the crate `webrtc`, its handler, and its readable state.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use futures::FutureExt;
use peerstate_model::trace::{State, TransportState};
use rtc::peer_connection::transport::RTCTransportId;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::crypto::RTCCryptoProvider;
use webrtc::peer_connection::transport::DtlsTransport;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceConnectionState,
    RTCIceGatheringState, RTCPeerConnectionIceErrorEvent, RTCPeerConnectionIceEvent,
    RTCPeerConnectionState, RTCSignalingState,
};
use webrtc::runtime::Runtime;

use super::NAME;
use super::calls::SenderOfKind;
use crate::implementation::{Candidate, PeerIndex, PeerSetup, StartError};
use crate::implementations::rtc_types::{build_from, convert};
use crate::implementations::webrtc_lines::convert::w3c_state;
use crate::implementations::webrtc_lines::errors::constructor_refused;

/// What a peer runs on, and how: in virtual time, or as an application does.
pub(super) struct Place {
    pub(super) runtime: Arc<dyn Runtime>,
    /// Where its random bytes come from.
    pub(super) provider: Arc<dyn RTCCryptoProvider>,
    /// The address that it binds. A text that is not an address would be looked up as a name.
    pub(super) address: String,
    /// The number of the last track of any peer of the session.
    pub(super) tracks: Arc<AtomicU32>,
}

/// Records what a session's peers show.
#[async_trait::async_trait]
pub(super) trait Records: Clone + Send + Sync + 'static {
    /// Records an event of a connection, from within its handler, with what can be read there.
    async fn event(&self, peer: PeerIndex, name: &'static str, state: State, view: &View);

    /// Records an event of a data channel.
    async fn data_channel_event(&self, peer: PeerIndex, name: &'static str);

    /// Records a candidate that was gathered.
    async fn candidate(&self, peer: PeerIndex, candidate: Candidate);
}

/// A peer of a session.
#[derive(Clone)]
pub(super) struct Peer<R> {
    pub(super) index: PeerIndex,
    pub(super) connection: Arc<dyn PeerConnection>,
    pub(super) view: View,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) recorder: R,
    /// The senders that have a track, by kind, in the order of `addTrack`.
    pub(super) senders: Arc<Mutex<Vec<SenderOfKind>>>,
    tracks: Arc<AtomicU32>,
}

/// The readable state of a connection.
#[derive(Clone)]
pub(super) struct View {
    connection: Arc<OnceLock<Weak<dyn PeerConnection>>>,
    /// The transports observed so far, in the order in which they were first observed, which is
    /// their id. Only their ids are kept: a transport owns its connection, whose handler owns this.
    seen: Arc<Mutex<Vec<RTCTransportId>>>,
}

impl<R: Records> Peer<R> {
    /// Builds the connection; the future must run where the runtime of the place does.
    pub(super) async fn build(
        index: PeerIndex,
        setup: PeerSetup,
        place: Place,
        recorder: R,
    ) -> Result<Self, StartError> {
        let Place {
            runtime,
            provider,
            address,
            tracks,
        } = place;
        let (configuration, media, settings) = build_from(NAME, &setup, provider)?;
        let view = View {
            connection: Arc::new(OnceLock::new()),
            seen: Arc::default(),
        };
        let handler = Handler {
            peer: index,
            view: view.clone(),
            recorder: recorder.clone(),
            runtime: Arc::clone(&runtime),
        };
        let build = PeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_media_engine(media)
            .with_setting_engine(settings)
            .with_runtime(Arc::clone(&runtime))
            .with_handler(Arc::new(handler) as Arc<dyn PeerConnectionEventHandler>)
            // One address: with several, the order of candidates would depend on a hash map.
            .with_udp_addrs(vec![address])
            .build();
        // The crate's future is large; on the heap it does not weigh on every future around it.
        let refused = |error| constructor_refused(&setup.name, &error);
        let connection = Box::pin(build).await.map_err(refused)?;
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        // It is set only here.
        let _ = view.connection.set(Arc::downgrade(&connection));
        Ok(Self {
            index,
            connection,
            view,
            runtime,
            recorder,
            senders: Arc::default(),
            tracks,
        })
    }

    /// Returns the number of a new track.
    pub(super) fn next_track(&self) -> u32 {
        self.tracks.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl View {
    /// Returns the states of the transports that the connection references, or `None` if it has
    /// never shown one.
    ///
    /// Completes at once or not at all, and is for one thread: inside a handler and between events,
    /// nobody holds the connection's lock.
    pub(super) fn transports(&self) -> Option<Vec<TransportState>> {
        self.read().now_or_never().flatten()
    }

    /// Reads the states of the transports, as soon as nobody holds the connection's lock.
    pub(super) async fn read(&self) -> Option<Vec<TransportState>> {
        let connection = self.connection.get()?.upgrade()?;
        let mut now: BTreeMap<usize, Arc<dyn DtlsTransport>> = BTreeMap::new();
        if let Some(sctp) = connection.sctp().await {
            self.note(sctp.transport(), &mut now);
        }
        for transceiver in connection.get_transceivers().await {
            if let Ok(Some(receiver)) = transceiver.receiver().await
                && let Ok(Some(transport)) = receiver.transport().await
            {
                self.note(transport, &mut now);
            }
            if let Ok(Some(sender)) = transceiver.sender().await
                && let Ok(Some(transport)) = sender.transport().await
            {
                self.note(transport, &mut now);
            }
        }
        if now.is_empty() {
            return None;
        }
        let mut states = Vec::new();
        for (place, transport) in now {
            let ice = transport.ice_transport();
            states.push(TransportState {
                id: place.to_string(),
                ice: ice.state().await.ok().and_then(w3c_state),
                dtls: transport.state().await.ok().and_then(w3c_state),
                gathering: ice.gathering_state().await.ok().and_then(w3c_state),
            });
        }
        Some(states)
    }

    fn note(
        &self,
        transport: Arc<dyn DtlsTransport>,
        now: &mut BTreeMap<usize, Arc<dyn DtlsTransport>>,
    ) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.iter().position(|other| *other == transport.id());
        let place = known.unwrap_or_else(|| {
            seen.push(transport.id());
            seen.len() - 1
        });
        now.entry(place).or_insert(transport);
    }
}

struct Handler<R> {
    peer: PeerIndex,
    view: View,
    recorder: R,
    runtime: Arc<dyn Runtime>,
}

impl<R: Records> Handler<R> {
    /// Records an event with what its handler can read.
    async fn record(&self, event: &'static str, state: State) {
        self.recorder
            .event(self.peer, event, state, &self.view)
            .await;
    }
}

#[async_trait::async_trait]
impl<R: Records> PeerConnectionEventHandler for Handler<R> {
    async fn on_negotiation_needed(&self) {
        self.record("negotiationneeded", State::default()).await;
    }

    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(candidate) = event.candidate.to_json() {
            let candidate = convert::candidate(candidate);
            self.recorder.candidate(self.peer, candidate).await;
        }
        self.record("icecandidate", State::default()).await;
    }

    async fn on_ice_candidate_error(&self, _event: RTCPeerConnectionIceErrorEvent) {
        self.record("icecandidateerror", State::default()).await;
    }

    async fn on_signaling_state_change(&self, state: RTCSignalingState) {
        let state = State {
            signaling_state: w3c_state(state),
            ..State::default()
        };
        self.record("signalingstatechange", state).await;
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        let state = State {
            ice_connection_state: w3c_state(state),
            ..State::default()
        };
        self.record("iceconnectionstatechange", state).await;
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        let state = State {
            ice_gathering_state: w3c_state(state),
            ..State::default()
        };
        self.record("icegatheringstatechange", state).await;
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let state = State {
            connection_state: w3c_state(state),
            ..State::default()
        };
        self.record("connectionstatechange", state).await;
    }

    async fn on_data_channel(&self, data_channel: Arc<dyn DataChannel>) {
        self.record("datachannel", State::default()).await;
        watch_data_channel(&*self.runtime, self.peer, data_channel, &self.recorder);
    }

    async fn on_track(&self, _track: Arc<dyn TrackRemote>) {
        self.record("track", State::default()).await;
    }
}

/// Records the events of a data channel; nobody else takes them from it.
pub(super) fn watch_data_channel(
    runtime: &dyn Runtime,
    peer: PeerIndex,
    data_channel: Arc<dyn DataChannel>,
    recorder: &impl Records,
) {
    let recorder = recorder.clone();
    let watch = async move {
        while let Some(event) = data_channel.poll().await {
            let name = match event {
                DataChannelEvent::OnOpen => "open",
                DataChannelEvent::OnError => "error",
                DataChannelEvent::OnClosing => "closing",
                DataChannelEvent::OnClose => "close",
                _ => continue,
            };
            recorder.data_channel_event(peer, name).await;
        }
    };
    runtime.spawn(Box::pin(watch)).detach();
}
