//! The calls of the application, as calls of the crate's methods.

use std::sync::{Arc, MutexGuard, PoisonError};

use rtc::peer_connection::configuration::RTCOfferOptions;
use rtc::statistics::StatsSelector;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::rtp_transceiver::RtpSender;

use super::peer::{Peer, Records, watch_data_channel};
use crate::implementation::{Call, DescriptionType, MediaKind, Returned};
use crate::implementations::rtc_types::convert;
use crate::implementations::webrtc_lines::calls::{
    described, done, has_no_such_track, needs_a_description,
};
use crate::implementations::webrtc_lines::errors::refusal;

/// A sender, and the kind of the track that it was added with.
pub(super) type SenderOfKind = (MediaKind, Arc<dyn RtpSender>);

impl<R: Records> Peer<R> {
    /// Makes a call, and waits until it has returned.
    pub(super) async fn perform(self, call: Call) -> Returned {
        let connection = &self.connection;
        match call {
            Call::CreateDataChannel {
                label,
                negotiated_id,
            } => {
                let init = convert::data_channel_init(negotiated_id);
                match connection.create_data_channel(&label, Some(init)).await {
                    Ok(channel) => {
                        watch_data_channel(&*self.runtime, self.index, channel, &self.recorder);
                        Returned::Ok
                    }
                    Err(error) => refusal(&error),
                }
            }
            Call::AddTransceiver { kind, direction } => {
                let init = convert::transceiver_init(kind, direction, self.next_track());
                let kind = convert::codec_kind(kind);
                done(connection.add_transceiver_from_kind(kind, Some(init)).await)
            }
            Call::AddTrack { kind } => {
                let track = TrackLocalStaticRTP::new(convert::track(kind, self.next_track()));
                let track = Arc::new(track) as Arc<dyn TrackLocal>;
                match connection.add_track(track).await {
                    Ok(sender) => {
                        self.senders().push((kind, sender));
                        Returned::Ok
                    }
                    Err(error) => refusal(&error),
                }
            }
            Call::RemoveTrack { kind } => self.remove_track(kind).await,
            Call::CreateOffer { ice_restart } => {
                let options = RTCOfferOptions { ice_restart };
                let made = connection.create_offer(Some(options)).await;
                described(DescriptionType::Offer, made.map(|made| made.sdp))
            }
            Call::CreateAnswer => {
                let made = connection.create_answer(None).await;
                described(DescriptionType::Answer, made.map(|made| made.sdp))
            }
            Call::SetLocalDescription(None) => needs_a_description(),
            Call::SetLocalDescription(Some(description)) => {
                match convert::description(description) {
                    Ok(description) => done(connection.set_local_description(description).await),
                    Err(error) => refusal(&error),
                }
            }
            Call::SetRemoteDescription(description) => match convert::description(description) {
                Ok(description) => done(connection.set_remote_description(description).await),
                Err(error) => refusal(&error),
            },
            Call::AddIceCandidate(candidate) => {
                let init = convert::candidate_init(candidate);
                done(connection.add_ice_candidate(init).await)
            }
            Call::RestartIce => done(connection.restart_ice().await),
            Call::SetConfiguration(configuration) => {
                let configuration = convert::configuration(&configuration, None);
                done(connection.set_configuration(configuration).await)
            }
            Call::GetStats => {
                connection
                    .get_stats(self.runtime.now(), StatsSelector::None)
                    .await;
                Returned::Ok
            }
            Call::Close => done(connection.close().await),
        }
    }

    async fn remove_track(&self, kind: MediaKind) -> Returned {
        let first = self.senders().iter().position(|(of, _)| *of == kind);
        let Some(place) = first else {
            return has_no_such_track();
        };
        let sender = Arc::clone(&self.senders()[place].1);
        let returned = done(self.connection.remove_track(&sender).await);
        if returned == Returned::Ok {
            self.senders().remove(place);
        }
        returned
    }

    fn senders(&self) -> MutexGuard<'_, Vec<SenderOfKind>> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
