//! A connection of the crate `str0m`, as a stack to drive.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use peerstate_model::states;
use peerstate_model::trace::State;
use str0m::change::{SdpAnswer, SdpApi, SdpOffer, SdpPendingOffer};
use str0m::channel::{ChannelConfig, ChannelId};
use str0m::media::{self, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Event, IceConnectionState, Input, Rtc, RtcError};

use super::{NAME, seeded};
use crate::implementation::configuration::IceTransportPolicy;
use crate::implementation::{
    Call, Candidate, Description, DescriptionType, Direction, MediaKind, PeerSetup, Reading,
    Returned, StartError,
};
use crate::implementations::sans_io::{Output, Place, Stack};

/// A connection, and what its application keeps.
pub(super) struct Str0mStack {
    rtc: Rtc,
    address: SocketAddr,
    /// The candidate that the application can gather.
    host: Option<str0m::Candidate>,
    /// The changes to negotiate, in order.
    changes: Vec<Change>,
    /// The last offer, if it was not answered.
    offer: Option<Offer>,
    /// The answer that was created when the last remote offer was accepted.
    answer: Option<String>,
    /// Whether data channels are negotiated.
    has_association: bool,
    /// The data channels that this side has created.
    channels: Vec<ChannelId>,
    /// The sections whose tracks this side sends, by kind, in the order in which they were added.
    senders: Vec<(MediaKind, Mid)>,
    /// The generation for which the address was gathered, by its `ice-ufrag`.
    gathered_for: Option<String>,
    /// What to report next.
    outputs: VecDeque<Output>,
    /// Whether to pass the time although the crate did not request one.
    is_time_due: bool,
    /// Whether the application has closed it.
    closed: bool,
}

/// A change that requires a negotiation.
#[derive(Clone)]
enum Change {
    Channel(ChannelConfig),
    Media(MediaKind, media::Direction),
    StopSending(Mid),
    RestartIce,
}

/// An offer that was created.
struct Offer {
    pending: SdpPendingOffer,
    /// How many of the changes it contains, from the first.
    changes: usize,
    channels: Vec<ChannelId>,
    senders: Vec<(MediaKind, Mid)>,
    has_association: bool,
}

impl Stack for Str0mStack {
    fn build(setup: &PeerSetup, place: &Place) -> Result<Self, StartError> {
        let configuration = &setup.configuration;
        let extras = configuration.harness.clone().unwrap_or_default();
        seeded::seed(place.seed);
        let rtc = Rtc::builder()
            .set_crypto_provider(Arc::new(seeded::provider()))
            .set_ice_lite(extras.ice_lite.unwrap_or(false))
            .build(place.now);
        let host = str0m::Candidate::host(place.address, "udp")
            .map_err(|error| StartError::unavailable(NAME, &error))?;
        let relays_only = configuration.ice_transport_policy == Some(IceTransportPolicy::Relay);
        Ok(Self {
            rtc,
            address: place.address,
            host: (!relays_only).then_some(host),
            changes: Vec::new(),
            offer: None,
            answer: None,
            has_association: false,
            channels: Vec::new(),
            senders: Vec::new(),
            gathered_for: None,
            outputs: VecDeque::new(),
            is_time_due: false,
            closed: false,
        })
    }

    fn call(&mut self, call: &Call, _now: Instant) -> Returned {
        self.perform(call).unwrap_or_else(|error| error.refusal())
    }

    fn receive(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) -> Result<(), String> {
        // Packets that do not belong to WebRTC are dropped.
        let Ok(packet) = Receive::new(Protocol::Udp, from, self.address, bytes) else {
            return Ok(());
        };
        let input = Input::Receive(now, packet);
        self.rtc.handle_input(input).map_err(|e| e.to_string())
    }

    fn wake(&mut self, now: Instant) -> Result<(), String> {
        let input = Input::Timeout(now);
        self.rtc.handle_input(input).map_err(|e| e.to_string())
    }

    fn poll(&mut self, now: Instant) -> Result<Output, String> {
        if let Some(output) = self.outputs.pop_front() {
            return Ok(output);
        }
        match self.rtc.poll_output().map_err(|error| error.to_string())? {
            str0m::Output::Transmit(packet) => Ok(Output::Send {
                to: packet.destination,
                bytes: packet.contents.to_vec(),
            }),
            str0m::Output::Event(event) => Ok(self.report(&event)),
            str0m::Output::Timeout(_) if std::mem::take(&mut self.is_time_due) => {
                self.wake(now).map(|()| Output::Nothing)
            }
            str0m::Output::Timeout(moment) if self.rtc.is_alive() => Ok(Output::Wait(Some(moment))),
            str0m::Output::Timeout(_) if self.closed => Ok(Output::Wait(None)),
            str0m::Output::Timeout(_) => Err("the other side has closed it".to_owned()),
        }
    }

    fn read(&mut self) -> Reading {
        // There are no getters for the W3C's attributes.
        Reading::default()
    }
}

impl Str0mStack {
    fn perform(&mut self, call: &Call) -> Result<Returned, Refused> {
        match call {
            Call::CreateDataChannel {
                label,
                negotiated_id,
            } => {
                let config = ChannelConfig {
                    label: label.clone(),
                    negotiated: *negotiated_id,
                    ..ChannelConfig::default()
                };
                self.changes.push(Change::Channel(config));
                self.open_channels();
            }
            Call::AddTransceiver { kind, direction } => {
                self.changes
                    .push(Change::Media(*kind, converted(*direction)));
            }
            Call::AddTrack { kind } => {
                self.changes
                    .push(Change::Media(*kind, media::Direction::SendRecv));
            }
            Call::RemoveTrack { kind } => {
                let place = self.senders.iter().position(|(of, _)| of == kind);
                let place = place.ok_or(Refused::NoSuchTrack)?;
                let (_, mid) = self.senders.remove(place);
                self.changes.push(Change::StopSending(mid));
            }
            Call::RestartIce => self.changes.push(Change::RestartIce),
            Call::CreateOffer { ice_restart } => {
                if *ice_restart {
                    self.changes.push(Change::RestartIce);
                }
                return Ok(made(DescriptionType::Offer, self.make_offer()?));
            }
            Call::CreateAnswer => {
                let answer = self.answer.clone().ok_or(Refused::NoOffer)?;
                return Ok(made(DescriptionType::Answer, answer));
            }
            Call::SetLocalDescription(Some(description)) => self.gather(&description.sdp),
            Call::SetRemoteDescription(description) => {
                self.accept(description)?;
                self.is_time_due = true;
            }
            Call::AddIceCandidate(Some(candidate)) if !candidate.candidate.is_empty() => {
                let candidate = str0m::Candidate::from_sdp_string(&candidate.candidate)
                    .map_err(|error| Refused::Crate(error.into()))?;
                self.rtc.add_remote_candidate(candidate);
                self.is_time_due = true;
            }
            // It has no end of candidates.
            Call::AddIceCandidate(_) => {}
            Call::Close => {
                self.rtc.close()?;
                self.closed = true;
            }
            // The crate has none of these, and the harness does not call them.
            Call::SetLocalDescription(None) | Call::SetConfiguration(_) | Call::GetStats => {
                return Err(Refused::NotSupported);
            }
        }
        Ok(Returned::Ok)
    }

    fn make_offer(&mut self) -> Result<String, Refused> {
        let mut api = self.rtc.sdp_api();
        let (mut channels, mut senders) = (Vec::new(), Vec::new());
        for change in &self.changes {
            match change {
                Change::Channel(config) => {
                    channels.push(api.add_channel_with_config(config.clone()));
                }
                Change::Media(kind, direction) => {
                    let mid = add_media(&mut api, *kind, *direction);
                    senders.push((*kind, mid));
                }
                Change::StopSending(mid) => api.set_direction(*mid, media::Direction::RecvOnly),
                Change::RestartIce => {
                    api.ice_restart(true);
                }
            }
        }
        let (offer, pending) = api.apply().ok_or(Refused::NothingToOffer)?;
        let sdp = offer.to_sdp_string();
        self.offer = Some(Offer {
            pending,
            changes: self.changes.len(),
            channels,
            senders,
            has_association: has_association(&sdp),
        });
        Ok(sdp)
    }

    fn accept(&mut self, description: &Description) -> Result<(), Refused> {
        let sdp = &description.sdp;
        match description.kind {
            DescriptionType::Offer => {
                // From here on, an own offer can no longer be answered.
                self.offer = None;
                let offer = SdpOffer::from_sdp_string(sdp).map_err(RtcError::from)?;
                let answer = self.rtc.sdp_api().accept_offer(offer)?;
                self.answer = Some(answer.to_sdp_string());
                self.has_association |= has_association(sdp);
            }
            DescriptionType::Answer => {
                let answer = SdpAnswer::from_sdp_string(sdp).map_err(RtcError::from)?;
                let offer = self.offer.take().ok_or(Refused::NoOffer)?;
                self.rtc.sdp_api().accept_answer(offer.pending, answer)?;
                self.changes.drain(..offer.changes);
                self.channels.extend(offer.channels);
                self.senders.extend(offer.senders);
                self.has_association |= offer.has_association;
            }
            DescriptionType::Pranswer | DescriptionType::Rollback => {
                return Err(Refused::NotSupported);
            }
        }
        self.open_channels();
        Ok(())
    }

    /// Creates the data channels that need no negotiation, since there is an association.
    fn open_channels(&mut self) {
        if !self.has_association {
            return;
        }
        // The answer to an offer opens the channels of the offer.
        let offered = self.offer.as_ref().map_or(0, |offer| offer.changes);
        let later = self.changes.split_off(offered);
        for change in later {
            let Change::Channel(config) = change else {
                self.changes.push(change);
                continue;
            };
            let mut api = self.rtc.sdp_api();
            self.channels.push(api.add_channel_with_config(config));
            api.apply();
        }
    }

    /// Gathers what the application has, the address of the peer, once for each generation.
    fn gather(&mut self, sdp: &str) {
        let mut lines = sdp.lines();
        let ufrag = lines.find_map(|line| line.strip_prefix("a=ice-ufrag:"));
        let Some(host) = self.host.clone() else {
            return;
        };
        if ufrag.is_none() || ufrag == self.gathered_for.as_deref() {
            return;
        }
        self.gathered_for = ufrag.map(str::to_owned);
        let candidate = Candidate {
            candidate: host.to_sdp_string(),
            sdp_mid: None,
            sdp_mline_index: Some(0),
            username_fragment: self.gathered_for.clone(),
        };
        self.rtc.add_local_candidate(host);
        self.outputs.push_back(Output::Gathered(candidate));
    }

    /// Translates an event of the crate for an application of `RTCPeerConnection`.
    fn report(&mut self, event: &Event) -> Output {
        match event {
            Event::IceConnectionStateChange(value) => Output::Event {
                name: "iceconnectionstatechange",
                state: State {
                    ice_connection_state: Some(ice_connection_state(*value)),
                    ..State::default()
                },
            },
            Event::MediaAdded(_) => Output::event("track"),
            Event::ChannelOpen(id, _) if self.channels.contains(id) => Output::event("open"),
            Event::ChannelOpen(..) => {
                // The other side has created it.
                self.outputs.push_back(Output::event("open"));
                Output::event("datachannel")
            }
            Event::ChannelClose(_) => Output::event("close"),
            _ => Output::Nothing,
        }
    }
}

/// Why a call is refused.
enum Refused {
    Crate(RtcError),
    NothingToOffer,
    NoOffer,
    NoSuchTrack,
    NotSupported,
}

impl From<RtcError> for Refused {
    fn from(error: RtcError) -> Self {
        Self::Crate(error)
    }
}

impl Refused {
    /// The crate has its own errors; the W3C's name for failures that it does not list is
    /// `OperationError`. Scenarios that expect a name are not run.
    fn refusal(&self) -> Returned {
        let message = match self {
            Self::Crate(error) => error.to_string(),
            Self::NothingToOffer => "there is no change to offer".to_owned(),
            Self::NoOffer => "there is no offer to answer".to_owned(),
            Self::NoSuchTrack => "no track of this kind is sent".to_owned(),
            Self::NotSupported => "str0m has no such method".to_owned(),
        };
        Returned::Refused {
            error: "OperationError".to_owned(),
            message,
        }
    }
}

fn made(kind: DescriptionType, sdp: String) -> Returned {
    Returned::Description(Description { kind, sdp })
}

fn has_association(sdp: &str) -> bool {
    sdp.lines().any(|line| line.starts_with("m=application"))
}

fn add_media(api: &mut SdpApi<'_>, kind: MediaKind, direction: media::Direction) -> Mid {
    let kind = match kind {
        MediaKind::Audio => media::MediaKind::Audio,
        MediaKind::Video => media::MediaKind::Video,
    };
    api.add_media(kind, direction, None, None, None)
}

fn converted(direction: Direction) -> media::Direction {
    match direction {
        Direction::Sendrecv => media::Direction::SendRecv,
        Direction::Sendonly => media::Direction::SendOnly,
        Direction::Recvonly => media::Direction::RecvOnly,
        Direction::Inactive => media::Direction::Inactive,
    }
}

/// Returns the W3C state with the same name and the same documentation.
fn ice_connection_state(state: IceConnectionState) -> states::IceConnectionState {
    match state {
        IceConnectionState::New => states::IceConnectionState::New,
        IceConnectionState::Checking => states::IceConnectionState::Checking,
        IceConnectionState::Connected => states::IceConnectionState::Connected,
        IceConnectionState::Completed => states::IceConnectionState::Completed,
        IceConnectionState::Disconnected => states::IceConnectionState::Disconnected,
    }
}
