//! What an adapter must do for each capability that it lists.

use std::time::{Duration, Instant};

use peerstate_model::trace::Clock;
use serde_json::{Map, Value, json};

use super::bench::{ALICE, BOB, Bench, LONGEST, Mistake, call, mistake};
use crate::adapter::protocol::{Message, RequestBody};
use crate::implementation::{Capability, Link, LinkChange, Method};

/// How long consent lasts (RFC 7675, section 5.1).
const CONSENT: Duration = Duration::from_secs(30);

impl Bench {
    /// Tries what a capability says.
    pub(super) fn capability(&mut self, capability: Capability) -> Result<(), Mistake> {
        let harness = |key: &str, value: Value| {
            let mut members = Map::new();
            members.insert("harness".to_owned(), json!({ key: value }));
            members
        };
        match capability {
            Capability::RestartIce => {
                self.create(&Map::new())?;
                self.call(ALICE, Method::RestartIce, &[])?;
            }
            Capability::GetStats => {
                self.create(&Map::new())?;
                self.call(ALICE, Method::GetStats, &[])?;
            }
            Capability::SetConfiguration => {
                self.create(&Map::new())?;
                self.call(ALICE, Method::SetConfiguration, &[json!({})])?;
            }
            Capability::Media => {
                self.create(&Map::new())?;
                self.call(ALICE, Method::AddTransceiver, &[json!("audio")])?;
                let offer = self.call(ALICE, Method::CreateOffer, &[])?;
                let sdp = offer.get("sdp").and_then(Value::as_str).unwrap_or_default();
                if !sdp.contains("m=audio") {
                    return mistake("an offer after addTransceiver(\"audio\") has no `m=audio`");
                }
            }
            Capability::Parameterless => {
                self.create(&Map::new())?;
                self.call(ALICE, Method::CreateDataChannel, &[json!("data")])?;
                let set = self.call(ALICE, Method::SetLocalDescription, &[])?;
                if set.get("sdp").is_none() {
                    return mistake(
                        "setLocalDescription without an argument must result in the description \
                         that was set",
                    );
                }
            }
            Capability::Rollback => {
                self.offered()?;
                let rollback = json!({ "type": "rollback", "sdp": "" });
                self.call(ALICE, Method::SetLocalDescription, &[rollback])?;
            }
            Capability::Pranswer => {
                let offer = self.offered()?;
                self.call(BOB, Method::SetRemoteDescription, &[offer])?;
                let mut made = self.call(BOB, Method::CreateAnswer, &[])?;
                made["type"] = json!("pranswer");
                self.call(
                    BOB,
                    Method::SetLocalDescription,
                    std::slice::from_ref(&made),
                )?;
                self.call(ALICE, Method::SetRemoteDescription, &[made])?;
            }
            Capability::Exceptions => {
                self.create(&Map::new())?;
                let body = call(ALICE, Method::CreateAnswer, &[]);
                let error = self.request(body)?.error;
                let name = error.map(|error| error.name).unwrap_or_default();
                if name != "InvalidStateError" {
                    return mistake(format!(
                        "createAnswer in `stable` must fail with InvalidStateError, and failed \
                         with `{name}`"
                    ));
                }
            }
            Capability::NegotiationNeeded => {
                self.create(&Map::new())?;
                self.call(ALICE, Method::CreateDataChannel, &[json!("data")])?;
                self.await_entry("negotiationneeded")?;
            }
            Capability::IceCandidate => {
                self.offered()?;
                self.await_entry("icecandidate")?;
            }
            Capability::IceServers => {
                let mut members = Map::new();
                let servers = json!([{ "urls": ["stun:127.0.0.1:3478"] }]);
                members.insert("iceServers".to_owned(), servers);
                self.create(&members)?;
            }
            Capability::IceLite => self.create(&harness("iceLite", json!(true)))?,
            Capability::Addresses => self.create(&harness("addresses", json!(2)))?,
            Capability::Certificate => self.create(&harness("certificate", json!("rsa")))?,
            Capability::SeveralTransports => {
                self.create(&Map::new())?;
                self.call(ALICE, Method::AddTransceiver, &[json!("audio")])?;
                self.call(ALICE, Method::CreateDataChannel, &[json!("data")])?;
                let offer = self.call(ALICE, Method::CreateOffer, &[])?;
                let sdp = offer.get("sdp").and_then(Value::as_str).unwrap_or_default();
                if sdp.matches("\nm=").count() < 2 {
                    return mistake("an offer of audio and data has fewer than two sections");
                }
            }
            Capability::Disconnected => self.disconnected()?,
            // The harness alters descriptions itself, on their way.
            Capability::Sdp => self.offer()?,
            Capability::Network => self.network()?,
        }
        Ok(())
    }

    fn network(&mut self) -> Result<(), Mistake> {
        if self.hello.clock == Clock::Virtual {
            self.create(&Map::new())?;
            self.result(RequestBody::Network {
                ways: vec![(ALICE.to_owned(), BOB.to_owned())],
                cut: Some(true),
                loss: None,
                latency: None,
            })?;
            return Ok(());
        }
        mistake(
            "with a real clock the harness relays between the peers: leave `network` out, or name \
             it under `lacks` if the harness can not",
        )
    }

    /// Connects, cuts the network, and waits until a peer reports the loss.
    fn disconnected(&mut self) -> Result<(), Mistake> {
        self.connect()?;
        let cut = LinkChange {
            cut: Some(true),
            ..LinkChange::default()
        };
        if let Some(relay) = &self.relay {
            for (from, to) in Link::Everywhere.directions(2) {
                relay.change(from, to, cut);
            }
        } else {
            self.result(RequestBody::Network {
                ways: vec![
                    (ALICE.to_owned(), BOB.to_owned()),
                    (BOB.to_owned(), ALICE.to_owned()),
                ],
                cut: Some(true),
                loss: None,
                latency: None,
            })?;
        }
        let is_reported = |entry: &Map<String, Value>| {
            let state = entry.get("state").and_then(Value::as_object);
            state.is_some_and(|state| state.values().any(|value| value == "disconnected"))
        };
        self.await_message(
            "reports `disconnected`",
            CONSENT,
            |message| matches!(message, Message::Entry(entry) if is_reported(entry)),
        )
    }

    fn await_entry(&mut self, event: &str) -> Result<(), Mistake> {
        let name = Some(json!(event));
        self.await_message(&format!("shows the event {event}"), LONGEST, |message| {
            matches!(message, Message::Entry(entry) if entry.get("event") == name.as_ref())
        })
    }

    fn await_message(
        &mut self,
        does: &str,
        longest: Duration,
        is_it: impl Fn(&Message) -> bool,
    ) -> Result<(), Mistake> {
        let deadline = Instant::now() + longest;
        let latest = self.now + longest.as_secs_f64() * 1000.0;
        while !self.messages.iter().any(&is_it) {
            self.pass(Duration::from_millis(500))?;
            if Instant::now() > deadline || self.now > latest {
                return mistake(format!("after {} s no entry {does}", longest.as_secs()));
            }
        }
        Ok(())
    }
}
