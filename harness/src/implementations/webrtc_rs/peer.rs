//! One peer: a connection of the crate `webrtc`, its handler, and its readable state.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use futures::FutureExt;
use peerstate_model::trace::{State, TransportState, What};
use rtc::peer_connection::transport::RTCTransportId;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::crypto::RTCCryptoProvider;
use webrtc::peer_connection::transport::DtlsTransport;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
    RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionIceErrorEvent,
    RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSignalingState, SettingEngineBuilder,
};
use webrtc::runtime::Runtime;

use super::NAME;
use super::recorder::Recorder;
use super::runtime::HostRuntime;
use crate::implementation::{PeerIndex, PeerSetup, StartError};
use crate::implementations::rtc_types::certificate::certificate;
use crate::implementations::rtc_types::convert;
use crate::implementations::rtc_types::seeded::SeededProvider;
use crate::implementations::webrtc_lines::convert::w3c_state;
use crate::implementations::webrtc_lines::errors::constructor_refused;
use crate::scenario::MOST_PEERS;
use peerstate_sim::{Host, World};

/// A peer of a session.
#[derive(Clone)]
pub(super) struct Peer {
    pub(super) connection: Arc<dyn PeerConnection>,
    pub(super) view: View,
    pub(super) runtime: HostRuntime,
}

// A text that is not an address would be looked up as a name.
const _: () = assert!(
    MOST_PEERS < 255,
    "every peer needs an address in 127.0.1.0/24"
);

/// The readable state of a connection.
#[derive(Clone)]
pub(super) struct View {
    connection: Arc<OnceLock<Weak<dyn PeerConnection>>>,
    /// The transports observed so far, in the order in which they were first observed, which is
    /// their id. Only their ids are kept: a transport owns its connection, whose handler owns this.
    seen: Arc<Mutex<Vec<RTCTransportId>>>,
}

impl Peer {
    /// Builds the connection; the future must run in the world.
    pub(super) async fn build(
        index: PeerIndex,
        setup: PeerSetup,
        seed: u64,
        world: World,
        recorder: Recorder,
    ) -> Result<Self, StartError> {
        let unavailable = |error| StartError::unavailable(NAME, &error);
        let mut media = MediaEngine::default();
        media.register_default_codecs().map_err(unavailable)?;
        let extras = setup.configuration.harness.clone().unwrap_or_default();
        // A seed of its own for every peer: two with the same tie-breaker would never settle.
        let provider = SeededProvider::new(seed.wrapping_add(index.0 as u64))
            .map_err(|error| StartError::unavailable(NAME, &error))?;
        let certificate = extras
            .certificate
            .map(|kind| certificate(kind, provider.crypto()))
            .transpose()
            .map_err(unavailable)?;
        let configuration = convert::configuration(&setup.configuration, certificate);
        let settings = SettingEngineBuilder::new()
            .with_crypto_provider(Arc::new(provider))
            .with_multicast_dns_mode(rtc::ice::mdns::MulticastDnsMode::Disabled)
            .with_lite(extras.ice_lite.unwrap_or(false))
            .build();
        let view = View {
            connection: Arc::new(OnceLock::new()),
            seen: Arc::default(),
        };
        let handler = Handler {
            peer: index,
            view: view.clone(),
            recorder,
            world: world.clone(),
        };
        let runtime = HostRuntime::new(world, Host(index.0));
        // One address: with several, the order of candidates would depend on a hash map.
        let address = format!("127.0.1.{}:0", index.0 + 1);
        let build = PeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_media_engine(media)
            .with_setting_engine(settings)
            .with_runtime(Arc::new(runtime.clone()) as Arc<dyn Runtime>)
            .with_handler(Arc::new(handler) as Arc<dyn PeerConnectionEventHandler>)
            .with_udp_addrs(vec![address])
            .build();
        // The crate's future is large; on the heap it does not weigh on every future around it.
        let refused = |error| constructor_refused(&setup.name, &error);
        let connection = Box::pin(build).await.map_err(refused)?;
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        // It is set only here.
        let _ = view.connection.set(Arc::downgrade(&connection));
        Ok(Self {
            connection,
            view,
            runtime,
        })
    }
}

impl View {
    /// Returns the states of the transports that the connection references, or `None` if it has
    /// never shown one.
    ///
    /// Completes at once or not at all: inside a handler and between events, nobody holds the
    /// connection's lock.
    pub(super) fn transports(&self) -> Option<Vec<TransportState>> {
        self.read_transports().now_or_never().flatten()
    }

    async fn read_transports(&self) -> Option<Vec<TransportState>> {
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

struct Handler {
    peer: PeerIndex,
    view: View,
    recorder: Recorder,
    world: World,
}

impl Handler {
    /// Records an event with what its handler can read.
    fn record(&self, event: &str, state: State) {
        let transports = self.view.transports();
        self.recorder
            .record(self.peer, What::event(event), state, transports);
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_negotiation_needed(&self) {
        self.record("negotiationneeded", State::default());
    }

    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(candidate) = event.candidate.to_json() {
            self.recorder
                .add_candidate(self.peer, convert::candidate(candidate));
        }
        self.record("icecandidate", State::default());
    }

    async fn on_ice_candidate_error(&self, _event: RTCPeerConnectionIceErrorEvent) {
        self.record("icecandidateerror", State::default());
    }

    async fn on_signaling_state_change(&self, state: RTCSignalingState) {
        let state = State {
            signaling_state: w3c_state(state),
            ..State::default()
        };
        self.record("signalingstatechange", state);
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        let state = State {
            ice_connection_state: w3c_state(state),
            ..State::default()
        };
        self.record("iceconnectionstatechange", state);
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        let state = State {
            ice_gathering_state: w3c_state(state),
            ..State::default()
        };
        self.record("icegatheringstatechange", state);
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let state = State {
            connection_state: w3c_state(state),
            ..State::default()
        };
        self.record("connectionstatechange", state);
    }

    async fn on_data_channel(&self, data_channel: Arc<dyn DataChannel>) {
        self.record("datachannel", State::default());
        watch_data_channel(self.peer, data_channel, &self.recorder, &self.world);
    }

    async fn on_track(&self, _track: Arc<dyn TrackRemote>) {
        self.record("track", State::default());
    }
}

/// Records the events of a data channel; nobody else takes them from it.
pub(super) fn watch_data_channel(
    peer: PeerIndex,
    data_channel: Arc<dyn DataChannel>,
    recorder: &Recorder,
    world: &World,
) {
    let recorder = recorder.clone();
    world.spawn(async move {
        while let Some(event) = data_channel.poll().await {
            let name = match event {
                DataChannelEvent::OnOpen => "open",
                DataChannelEvent::OnError => "error",
                DataChannelEvent::OnClosing => "closing",
                DataChannelEvent::OnClose => "close",
                _ => continue,
            };
            let what = What::event(name);
            recorder.record(peer, what, State::default(), None);
        }
    });
}
