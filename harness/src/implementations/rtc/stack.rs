//! A connection of the crate `rtc`, as a stack to drive.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use peerstate_model::trace::{State, TransportState};
use rtc::data_channel::RTCDataChannelId;
use rtc::peer_connection::configuration::RTCOfferOptions;
use rtc::peer_connection::event::{RTCDataChannelEvent, RTCPeerConnectionEvent, RTCTrackEvent};
use rtc::peer_connection::transport::{
    CandidateConfig, CandidateHostConfig, RTCDtlsTransport, RTCIceCandidate, RTCIceCandidateInit,
};
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtp_transceiver::RTCRtpSenderId;
use rtc::sansio::Protocol;
use rtc::shared::error::{Error, Result as RtcResult};
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use rtc::statistics::StatsSelector;

use super::NAME;
use crate::implementation::configuration::{Configuration, IceTransportPolicy};
use crate::implementation::{
    Call, Description, DescriptionType, MediaKind, PeerSetup, Reading, Returned, StartError,
};
use crate::implementations::rtc_types::seeded::SeededProvider;
use crate::implementations::rtc_types::{build_from, convert};
use crate::implementations::sans_io::{Output, Place, Stack};
use crate::implementations::webrtc_lines::convert::w3c_state;
use crate::implementations::webrtc_lines::errors::{constructor_refused, refusal};

/// A connection, and what its application keeps.
pub(super) struct RtcStack {
    connection: RTCPeerConnection,
    address: SocketAddr,
    relays_only: bool,
    /// The candidates that were gathered but not yet passed on; an empty candidate is the end.
    gathered: VecDeque<RTCIceCandidateInit>,
    /// What to report next.
    outputs: VecDeque<Output>,
    /// The data channels that the application knows, because it created or received them.
    channels: BTreeSet<RTCDataChannelId>,
    /// The senders that have a track, by kind, in the order of `addTrack`.
    senders: Vec<(MediaKind, RTCRtpSenderId)>,
    tracks: u32,
}

impl Stack for RtcStack {
    fn build(setup: &PeerSetup, place: &Place) -> Result<Self, StartError> {
        let provider = SeededProvider::new(place.seed)
            .map_err(|error| StartError::unavailable(NAME, &error))?;
        let (configuration, media, settings) = build_from(NAME, setup, Arc::new(provider))?;
        let connection = RTCPeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_media_engine(media)
            .with_setting_engine(settings)
            .build(place.now)
            .map_err(|error| constructor_refused(&setup.name, &error))?;
        Ok(Self {
            connection,
            address: place.address,
            relays_only: relays_only(&setup.configuration),
            gathered: VecDeque::new(),
            outputs: VecDeque::new(),
            channels: BTreeSet::new(),
            senders: Vec::new(),
            tracks: 0,
        })
    }

    fn call(&mut self, call: &Call, now: Instant) -> Returned {
        self.perform(call, now)
            .unwrap_or_else(|error| refusal(&error))
    }

    fn receive(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) -> Result<(), String> {
        let packet = TaggedBytesMut {
            now,
            transport: TransportContext {
                local_addr: self.address,
                peer_addr: from,
                transport_protocol: TransportProtocol::UDP,
                ecn: None,
            },
            message: bytes.into(),
        };
        self.connection
            .handle_read(packet)
            .map_err(|error| error.to_string())
    }

    fn wake(&mut self, now: Instant) -> Result<(), String> {
        self.connection
            .handle_timeout(now)
            .map_err(|error| error.to_string())
    }

    fn poll(&mut self, _now: Instant) -> Result<Output, String> {
        if let Some(output) = self.outputs.pop_front() {
            return Ok(output);
        }
        if let Some(packet) = self.connection.poll_write() {
            return Ok(Output::Send {
                to: packet.transport.peer_addr,
                bytes: packet.message.to_vec(),
            });
        }
        if let Some(event) = self.connection.poll_event() {
            return Ok(self.report(event));
        }
        // The data on tracks and data channels is not used.
        if self.connection.poll_read().is_some() {
            return Ok(Output::Nothing);
        }
        if let Some(candidate) = self.gathered.pop_front() {
            let added = self.connection.add_local_candidate(candidate);
            return added
                .map(|()| Output::Nothing)
                .map_err(|error| error.to_string());
        }
        Ok(Output::Wait(self.connection.poll_timeout()))
    }

    fn read(&mut self) -> Reading {
        Reading {
            // There are no getters.
            state: State::default(),
            transports: self.transports(),
        }
    }
}

impl RtcStack {
    fn perform(&mut self, call: &Call, now: Instant) -> RtcResult<Returned> {
        let connection = &mut self.connection;
        match call {
            Call::CreateDataChannel {
                label,
                negotiated_id,
            } => {
                let init = convert::data_channel_init(*negotiated_id);
                let channel = connection.create_data_channel(label, Some(init))?;
                self.channels.insert(channel.id());
            }
            Call::AddTransceiver { kind, direction } => {
                self.tracks += 1;
                let init = convert::transceiver_init(*kind, *direction, self.tracks);
                connection.add_transceiver_from_kind(convert::codec_kind(*kind), Some(init))?;
            }
            Call::AddTrack { kind } => {
                self.tracks += 1;
                let sender = connection.add_track(convert::track(*kind, self.tracks))?;
                self.senders.push((*kind, sender));
            }
            Call::RemoveTrack { kind } => {
                let Some(place) = self.senders.iter().position(|(of, _)| of == kind) else {
                    return Err(Error::ErrSenderNotCreatedByConnection);
                };
                connection.remove_track(self.senders[place].1)?;
                self.senders.remove(place);
            }
            Call::CreateOffer { ice_restart } => {
                let options = RTCOfferOptions {
                    ice_restart: *ice_restart,
                };
                let sdp = connection.create_offer(Some(options))?.sdp;
                return Ok(made(DescriptionType::Offer, sdp));
            }
            Call::CreateAnswer => {
                let sdp = connection.create_answer(None)?.sdp;
                return Ok(made(DescriptionType::Answer, sdp));
            }
            // The crate has no such form, and the harness does not call it.
            Call::SetLocalDescription(None) => {
                return Err(Error::ErrPeerConnSDPTypeInvalidValueSetLocalDescription);
            }
            Call::SetLocalDescription(Some(description)) => {
                connection
                    .set_local_description(now, convert::description(description.clone())?)?;
                if description.kind != DescriptionType::Rollback && has_a_section(description) {
                    self.gather()?;
                }
            }
            Call::SetRemoteDescription(description) => {
                connection
                    .set_remote_description(now, convert::description(description.clone())?)?;
            }
            Call::AddIceCandidate(candidate) => {
                connection.add_remote_candidate(convert::candidate_init(candidate.clone()))?;
            }
            Call::RestartIce => connection.restart_ice(),
            Call::SetConfiguration(configuration) => {
                connection.set_configuration(convert::configuration(configuration, None))?;
                self.relays_only = relays_only(configuration);
            }
            Call::GetStats => {
                connection.get_stats(now, StatsSelector::None);
            }
            Call::Close => connection.close()?,
        }
        Ok(Returned::Ok)
    }

    /// Gathers what the application has: the address of the peer.
    fn gather(&mut self) -> RtcResult<()> {
        if !self.relays_only {
            let host = CandidateHostConfig {
                base_config: CandidateConfig {
                    network: "udp".to_owned(),
                    address: self.address.ip().to_string(),
                    port: self.address.port(),
                    component: 1,
                    ..CandidateConfig::default()
                },
                ..CandidateHostConfig::default()
            };
            let candidate = RTCIceCandidate::from(&host.new_candidate_host()?);
            self.gathered.push_back(candidate.to_json()?);
        }
        self.gathered.push_back(RTCIceCandidateInit::default());
        Ok(())
    }

    /// Translates an event of the crate for an application of `RTCPeerConnection`.
    fn report(&mut self, event: RTCPeerConnectionEvent) -> Output {
        let mut state = State::default();
        let name = match event {
            RTCPeerConnectionEvent::OnNegotiationNeededEvent => "negotiationneeded",
            RTCPeerConnectionEvent::OnIceCandidateEvent(event) => {
                if let Ok(candidate) = event.candidate.to_json() {
                    let candidate = convert::candidate(candidate);
                    self.outputs.push_back(Output::Gathered(candidate));
                }
                "icecandidate"
            }
            RTCPeerConnectionEvent::OnIceCandidateErrorEvent(_) => "icecandidateerror",
            RTCPeerConnectionEvent::OnSignalingStateChangeEvent(value) => {
                state.signaling_state = w3c_state(value);
                "signalingstatechange"
            }
            RTCPeerConnectionEvent::OnIceConnectionStateChangeEvent(value) => {
                state.ice_connection_state = w3c_state(value);
                "iceconnectionstatechange"
            }
            RTCPeerConnectionEvent::OnIceGatheringStateChangeEvent(value) => {
                state.ice_gathering_state = w3c_state(value);
                "icegatheringstatechange"
            }
            RTCPeerConnectionEvent::OnConnectionStateChangeEvent(value) => {
                state.connection_state = w3c_state(value);
                "connectionstatechange"
            }
            RTCPeerConnectionEvent::OnDataChannel(event) => return self.report_channel(&event),
            RTCPeerConnectionEvent::OnTrack(RTCTrackEvent::OnOpen(_)) => "track",
            _ => return Output::Nothing,
        };
        Output::Event { name, state }
    }

    fn report_channel(&mut self, event: &RTCDataChannelEvent) -> Output {
        match event {
            RTCDataChannelEvent::OnOpen(id) if self.channels.insert(*id) => {
                // The other side has created it.
                self.outputs.push_back(Output::event("open"));
                Output::event("datachannel")
            }
            RTCDataChannelEvent::OnOpen(_) => Output::event("open"),
            RTCDataChannelEvent::OnError(_) => Output::event("error"),
            RTCDataChannelEvent::OnClosing(_) => Output::event("closing"),
            RTCDataChannelEvent::OnClose(_) => Output::event("close"),
            _ => Output::Nothing,
        }
    }

    /// Returns the only transport, once a negotiated section refers to it.
    fn transports(&mut self) -> Option<Vec<TransportState>> {
        if let Some(sctp) = self.connection.sctp() {
            return Some(vec![listed(&sctp.transport())]);
        }
        let transceivers: Vec<_> = self.connection.get_transceivers().collect();
        transceivers.into_iter().find_map(|id| {
            if let Some(receiver) = self.connection.rtp_receiver(id.into()) {
                return Some(vec![listed(&receiver.transport()?)]);
            }
            let sender = self.connection.rtp_sender(id.into())?;
            Some(vec![listed(&sender.transport()?)])
        })
    }
}

fn listed(transport: &RTCDtlsTransport<'_>) -> TransportState {
    let ice = transport.ice_transport();
    TransportState {
        // There is one, whatever is negotiated.
        id: "0".to_owned(),
        ice: w3c_state(ice.state()),
        dtls: w3c_state(transport.state()),
        gathering: w3c_state(ice.gathering_state()),
    }
}

fn made(kind: DescriptionType, sdp: String) -> Returned {
    Returned::Description(Description { kind, sdp })
}

fn relays_only(configuration: &Configuration) -> bool {
    configuration.ice_transport_policy == Some(IceTransportPolicy::Relay)
}

fn has_a_section(description: &Description) -> bool {
    description.sdp.lines().any(|line| line.starts_with("m="))
}
