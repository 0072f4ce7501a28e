//! What every adapter must do.

use std::time::Duration;

use peerstate_model::trace::Clock;
use serde_json::{Value, json};

use super::bench::{ALICE, BOB, Bench, LONGEST, Mistake, call, mistake};
use crate::adapter::connection::Wrong;
use crate::adapter::protocol::{Message, RequestBody};
use crate::implementation::{Capability, Method};

/// How long something that must not happen is waited for.
const QUIET: Duration = Duration::from_millis(300);

/// An exercise.
type Exercise = fn(&mut Bench) -> Result<(), Mistake>;

/// What an adapter must do, as a sentence without its subject, and how that is tried.
pub(super) const EXERCISES: &[(&str, Exercise)] = &[
    (
        "create two peers, read them, and reset",
        Bench::create_and_reset,
    ),
    ("begin again after a reset, as at first", Bench::begin_again),
    (
        "answer a request about a peer that was not created with an error",
        Bench::unknown_peer,
    ),
    (
        "answer a request that it does not know with `unsupported`",
        Bench::unknown_request,
    ),
    ("make an offer and set it", Bench::offer),
    ("have every method that it does not lack", Bench::methods),
    (
        "report a call that fails as an error with a name",
        Bench::refusal,
    ),
    (
        "connect two peers, with an entry for each event of the states it observes",
        Bench::connect,
    ),
    (
        "report nothing more about earlier peers, once it has answered reset",
        Bench::quiet_after_reset,
    ),
    ("end when its standard input ends", Bench::ends),
];

impl Bench {
    fn create_and_reset(&mut self) -> Result<(), Mistake> {
        self.create(&json!({}))?;
        for peer in [ALICE, BOB] {
            let reading = self.read(peer)?;
            if !reading.is_object() {
                return mistake(format!("read resulted in {reading}, and not in an object"));
            }
        }
        self.reset()
    }

    fn begin_again(&mut self) -> Result<(), Mistake> {
        self.create(&json!({}))?;
        let first = self.read(ALICE)?;
        self.call(ALICE, Method::Close, [])?;
        self.reset()?;
        self.create(&json!({}))?;
        let again = self.read(ALICE)?;
        if first != again {
            return mistake(format!(
                "a new peer read {first} at first, and {again} after a reset"
            ));
        }
        Ok(())
    }

    fn unknown_peer(&mut self) -> Result<(), Mistake> {
        self.create(&json!({}))?;
        let peer = "carol".to_owned();
        let answer = self.request(RequestBody::Read { peer })?;
        if answer.result.is_some() {
            return mistake("read of `carol`, which was not created, succeeded");
        }
        Ok(())
    }

    fn unknown_request(&mut self) -> Result<(), Mistake> {
        let answer = self.connection.request_word("dance", self.timeout)?;
        if answer.unsupported.is_none() {
            return mistake(
                "the request `dance` was not answered with `unsupported`; a later version of the \
                 protocol may have requests that an adapter does not know",
            );
        }
        Ok(())
    }

    /// Alice's offer of a data channel, set.
    pub(super) fn offered(&mut self) -> Result<Value, Mistake> {
        self.create(&json!({}))?;
        self.call(ALICE, Method::CreateDataChannel, [json!("data")])?;
        let offer = self.call(ALICE, Method::CreateOffer, [])?;
        let is_offer = offer.get("type") == Some(&json!("offer"));
        if !is_offer || offer.get("sdp").is_none_or(|sdp| !sdp.is_string()) {
            return mistake(format!(
                "createOffer resulted in {offer}, and not in {{\"type\": \"offer\", \"sdp\": …}}"
            ));
        }
        self.call(ALICE, Method::SetLocalDescription, [offer.clone()])?;
        Ok(offer)
    }

    pub(super) fn offer(&mut self) -> Result<(), Mistake> {
        self.offered().map(drop)
    }

    fn methods(&mut self) -> Result<(), Mistake> {
        let calls = [
            (Method::CreateDataChannel, vec![json!("data")]),
            (Method::AddTransceiver, vec![json!("audio")]),
            (Method::AddTrack, vec![json!("video")]),
            (Method::RemoveTrack, vec![json!("video")]),
            (Method::RestartIce, Vec::new()),
            (Method::GetStats, Vec::new()),
            (Method::CreateOffer, Vec::new()),
            (Method::Close, Vec::new()),
        ];
        self.create(&json!({}))?;
        let media = self.hello.capabilities.contains(&Capability::Media);
        for (method, arguments) in calls {
            let of_media = matches!(
                method,
                Method::AddTransceiver | Method::AddTrack | Method::RemoveTrack
            );
            let named = Capability::ALL
                .iter()
                .find(|capability| capability.as_str() == method.as_str());
            let has = named.is_none_or(|one| self.hello.capabilities.contains(one));
            if !self.lacks(method) && has && (media || !of_media) {
                self.call(ALICE, method, arguments)?;
            }
        }
        Ok(())
    }

    fn refusal(&mut self) -> Result<(), Mistake> {
        self.create(&json!({}))?;
        let wrong = json!({ "type": "answer", "sdp": "" });
        let answer = self.request(call(ALICE, Method::SetRemoteDescription, [wrong]))?;
        match answer.error {
            Some(error) if error.name.is_empty() => mistake("an error has an empty name"),
            Some(_) => Ok(()),
            None => mistake(
                "setRemoteDescription of an empty answer in `stable` did not fail; an exception is \
                 the `error` of the answer",
            ),
        }
    }

    /// Negotiates a data channel and hands over candidates until both ends see the connection.
    pub(super) fn connect(&mut self) -> Result<(), Mistake> {
        let offer = self.offered()?;
        self.hand_description(BOB, offer)?;
        let made = self.call(BOB, Method::CreateAnswer, [])?;
        self.call(BOB, Method::SetLocalDescription, [made.clone()])?;
        self.hand_description(ALICE, made)?;
        let mut handed = 0;
        let missing = "no entry shows both peers connected: each event is an `entry`, and each \
                       candidate a `candidate` (or part of the description)";
        self.until(LONGEST, missing, |bench| {
            while let Some(message) = bench.messages.get(handed).cloned() {
                handed += 1;
                if let Message::Candidate {
                    peer,
                    candidate: Some(candidate),
                } = message
                    && !candidate.candidate.is_empty()
                {
                    let other = if peer == ALICE { BOB } else { ALICE };
                    bench.hand_candidate(other, candidate)?;
                }
            }
            Ok(bench.is_connected())
        })?;
        if self
            .relay
            .as_ref()
            .is_some_and(|relay| relay.forwarded() == 0)
        {
            return mistake(
                "the peers connected past the harness: each must use the addresses that it is given \
                 for the other, and no others",
            );
        }
        Ok(())
    }

    /// Whether both peers have shown an event with a state that is connected: `connectionState`, or
    /// `iceConnectionState` of a peer that does not show the first. A stack may report the second
    /// too early.
    fn is_connected(&self) -> bool {
        [ALICE, BOB].iter().all(|peer| {
            let values = |key: &'static str| {
                let of_peer = self
                    .messages
                    .iter()
                    .filter_map(move |message| match message {
                        Message::Entry(entry) if entry.get("peer") == Some(&json!(peer)) => {
                            Some(entry)
                        }
                        _ => None,
                    });
                of_peer.filter_map(move |entry| entry.get("state")?.get(key)?.as_str())
            };
            let key = match values("connectionState").next() {
                Some(_) => "connectionState",
                None => "iceConnectionState",
            };
            values(key).any(|value| matches!(value, "connected" | "completed"))
        })
    }

    fn quiet_after_reset(&mut self) -> Result<(), Mistake> {
        self.offered()?;
        self.reset()?;
        self.messages.clear();
        if self.hello.clock == Clock::Real && self.pass(QUIET)? {
            let wrong = Wrong::new("wrote a message after it had answered reset");
            return Err(self.connection.misbehaved(wrong).into());
        }
        Ok(())
    }

    fn ends(&mut self) -> Result<(), Mistake> {
        self.create(&json!({}))?;
        if self.connection.close_input(LONGEST) {
            return Ok(());
        }
        mistake(format!(
            "{} s after its standard input had ended it was still running",
            LONGEST.as_secs()
        ))
    }
}
