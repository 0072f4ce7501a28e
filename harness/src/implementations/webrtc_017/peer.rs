//! One peer: a connection of the crate, its handlers, and its readable state.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use peerstate_model::trace::{State, TransportState, What};
use webrtc_017::api::APIBuilder;
use webrtc_017::api::media_engine::MediaEngine;
use webrtc_017::api::setting_engine::SettingEngine;
use webrtc_017::data_channel::RTCDataChannel;
use webrtc_017::ice::mdns::MulticastDnsMode;
use webrtc_017::peer_connection::RTCPeerConnection;
use webrtc_017::rtp_transceiver::rtp_sender::RTCRtpSender;
use webrtc_017::util::vnet::net::Net;

use super::certificate::certificate;
use super::seen::Seen;
use super::{NAME, convert};
use crate::implementation::{MediaKind, PeerIndex, PeerSetup, Reading, StartError};
use crate::implementations::webrtc_lines::convert::w3c_state;
use crate::implementations::webrtc_lines::errors::constructor_refused;

/// A sender, and the kind of the track that it was added with.
type SenderOfKind = (MediaKind, Arc<RTCRtpSender>);

/// A peer of a session.
pub(super) struct Peer {
    pub(super) connection: Arc<RTCPeerConnection>,
    watcher: Watcher,
    /// The senders that have a track, in the order of `addTrack`.
    senders: Mutex<Vec<SenderOfKind>>,
}

/// Records what handlers receive. Handlers belong to the connection and must not keep it alive.
#[derive(Clone)]
struct Watcher {
    peer: PeerIndex,
    connection: Weak<RTCPeerConnection>,
    seen: Seen,
}

type Handled = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Peer {
    /// Builds the connection; must be called in the runtime.
    pub(super) async fn build(
        peer: PeerIndex,
        setup: &PeerSetup,
        host: Arc<Net>,
        seen: Seen,
    ) -> Result<Self, StartError> {
        let mut media = MediaEngine::default();
        let registered = media.register_default_codecs();
        registered.map_err(|error| StartError::unavailable(NAME, &error))?;
        let extras = setup.configuration.harness.clone().unwrap_or_default();
        let mut settings = SettingEngine::default();
        settings.set_vnet(Some(host));
        settings.set_ice_multicast_dns_mode(MulticastDnsMode::Disabled);
        settings.set_lite(extras.ice_lite.unwrap_or(false));
        let api = APIBuilder::new()
            .with_media_engine(media)
            .with_setting_engine(settings)
            .build();
        let certificates = extras.certificate.map(certificate).transpose();
        let certificates = certificates.map_err(|error| StartError::unavailable(NAME, &error))?;
        let certificates = certificates.into_iter().collect();
        let configuration = convert::configuration(&setup.configuration, certificates);
        let made = api.new_peer_connection(configuration).await;
        let connection = Arc::new(made.map_err(|error| constructor_refused(&setup.name, &error))?);
        let watcher = Watcher {
            peer,
            connection: Arc::downgrade(&connection),
            seen,
        };
        watcher.watch(&connection);
        watcher.seen.know(peer, read(&connection));
        Ok(Self {
            connection,
            watcher,
            senders: Mutex::default(),
        })
    }

    /// Returns what the attributes and the transports read now.
    pub(super) fn read(&self) -> Reading {
        read(&self.connection)
    }

    /// Records the events of a data channel.
    pub(super) fn watch_data_channel(&self, channel: &RTCDataChannel) {
        self.watcher.watch_data_channel(channel);
    }

    pub(super) fn add_sender(&self, kind: MediaKind, sender: Arc<RTCRtpSender>) {
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        senders.push((kind, sender));
    }

    /// Takes the first sender that has a track of a kind.
    pub(super) fn take_sender(&self, kind: MediaKind) -> Option<Arc<RTCRtpSender>> {
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        let place = senders.iter().position(|(of, _)| *of == kind)?;
        Some(senders.remove(place).1)
    }
}

impl Watcher {
    fn watch(&self, connection: &RTCPeerConnection) {
        connection.on_signaling_state_change(self.handler("signalingstatechange"));
        connection.on_ice_connection_state_change(self.handler("iceconnectionstatechange"));
        connection.on_peer_connection_state_change(self.handler("connectionstatechange"));
        connection.on_ice_gathering_state_change(self.handler("icegatheringstatechange"));
        let this = self.clone();
        connection.on_negotiation_needed(Box::new(move || this.handle("negotiationneeded")));
        let this = self.clone();
        connection.on_track(Box::new(move |_, _, _| this.handle("track")));
        let this = self.clone();
        connection.on_ice_candidate(Box::new(move |gathered| {
            if let Some(candidate) = gathered.and_then(|gathered| gathered.to_json().ok()) {
                this.seen
                    .add_candidate(this.peer, convert::candidate(candidate));
            }
            this.handle("icecandidate")
        }));
        let this = self.clone();
        connection.on_data_channel(Box::new(move |channel| {
            let handled = this.handle("datachannel");
            this.watch_data_channel(&channel);
            handled
        }));
    }

    /// Returns the handler of an event that carries a value.
    fn handler<V: ToString + 'static>(
        &self,
        event: &'static str,
    ) -> Box<dyn FnMut(V) -> Handled + Send + Sync> {
        let this = self.clone();
        Box::new(move |value| {
            this.record(What::Event {
                name: event.to_owned(),
                transport: None,
                kind: None,
                value: Some(value.to_string()),
            });
            Box::pin(ready(()))
        })
    }

    fn handle(&self, event: &str) -> Handled {
        self.record(What::event(event));
        Box::pin(ready(()))
    }

    /// Records an event with what the connection reads inside its handler.
    fn record(&self, what: What) {
        let connection = self.connection.upgrade();
        let reading = connection.map(|connection| read(&connection));
        self.seen
            .record(self.peer, what, reading.unwrap_or_default());
    }

    fn watch_data_channel(&self, channel: &RTCDataChannel) {
        let this = self.clone();
        channel.on_open(Box::new(move || this.handle("open")));
        let this = self.clone();
        channel.on_close(Box::new(move || this.handle("close")));
        let this = self.clone();
        channel.on_error(Box::new(move |_| this.handle("error")));
    }
}

/// Returns what a connection reads. Each value is a number that the crate stores: no lock is taken.
///
/// It has one transport, from its construction on, and no getter for the state of its gatherer
/// except `iceGatheringState`.
fn read(connection: &RTCPeerConnection) -> Reading {
    let dtls = connection.dtls_transport();
    Reading {
        state: State {
            connection_state: w3c_state(connection.connection_state()),
            ice_connection_state: w3c_state(connection.ice_connection_state()),
            ice_gathering_state: w3c_state(connection.ice_gathering_state()),
            signaling_state: w3c_state(connection.signaling_state()),
        },
        transports: Some(vec![TransportState {
            id: "0".to_owned(),
            ice: w3c_state(dtls.ice_transport().state()),
            dtls: w3c_state(dtls.state()),
            gathering: None,
        }]),
    }
}
