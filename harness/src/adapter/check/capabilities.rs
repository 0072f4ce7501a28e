//! What an adapter must do for each capability that it lists.

use std::time::Duration;

use peerstate_model::trace::Clock;
use serde_json::{Value, json};

use super::bench::{ALICE, BOB, Bench, LONGEST, Mistake, call, mistake};
use crate::adapter::protocol::{Message, RequestBody};
use crate::implementation::{Capability, Link, LinkChange, Method};

/// How long consent lasts (RFC 7675, section 5.1).
const CONSENT: Duration = Duration::from_secs(30);

impl Bench {
    /// Tries what a capability says.
    pub(super) fn capability(&mut self, capability: Capability) -> Result<(), Mistake> {
        match capability {
            Capability::RestartIce => {
                self.create(&json!({}))?;
                self.call(ALICE, Method::RestartIce, [])?;
            }
            Capability::IceRestart => self.ice_restart()?,
            Capability::GetStats => {
                self.create(&json!({}))?;
                self.call(ALICE, Method::GetStats, [])?;
            }
            Capability::SetConfiguration => {
                self.create(&json!({}))?;
                self.call(ALICE, Method::SetConfiguration, [json!({})])?;
            }
            Capability::Media => {
                self.create(&json!({}))?;
                self.call(ALICE, Method::AddTransceiver, [json!("audio")])?;
                let offer = self.call(ALICE, Method::CreateOffer, [])?;
                let sdp = offer.get("sdp").and_then(Value::as_str).unwrap_or_default();
                if !sdp.contains("m=audio") {
                    return mistake("an offer after addTransceiver(\"audio\") has no `m=audio`");
                }
            }
            Capability::Parameterless => {
                self.create(&json!({}))?;
                self.call(ALICE, Method::CreateDataChannel, [json!("data")])?;
                let set = self.call(ALICE, Method::SetLocalDescription, [])?;
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
                self.call(ALICE, Method::SetLocalDescription, [rollback])?;
            }
            Capability::Pranswer => {
                let offer = self.offered()?;
                self.call(BOB, Method::SetRemoteDescription, [offer])?;
                let mut made = self.call(BOB, Method::CreateAnswer, [])?;
                made["type"] = json!("pranswer");
                self.call(BOB, Method::SetLocalDescription, [made.clone()])?;
                self.call(ALICE, Method::SetRemoteDescription, [made])?;
            }
            Capability::Exceptions => {
                self.create(&json!({}))?;
                let body = call(ALICE, Method::CreateAnswer, []);
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
                self.create(&json!({}))?;
                self.call(ALICE, Method::CreateDataChannel, [json!("data")])?;
                self.await_entry("negotiationneeded")?;
            }
            Capability::IceCandidate => {
                self.offered()?;
                self.await_entry("icecandidate")?;
            }
            Capability::IceServers => {
                let servers = json!([{ "urls": ["stun:127.0.0.1:3478"] }]);
                self.create(&json!({ "iceServers": servers }))?;
            }
            Capability::IceLite => self.create(&json!({ "harness": { "iceLite": true } }))?,
            Capability::Addresses => self.create(&json!({ "harness": { "addresses": 2 } }))?,
            Capability::Certificate => {
                self.create(&json!({ "harness": { "certificate": "rsa" } }))?;
            }
            Capability::SeveralTransports => {
                self.create(&json!({}))?;
                self.call(ALICE, Method::AddTransceiver, [json!("audio")])?;
                self.call(ALICE, Method::CreateDataChannel, [json!("data")])?;
                let offer = self.call(ALICE, Method::CreateOffer, [])?;
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

    /// Offers, and then offers again with new credentials.
    fn ice_restart(&mut self) -> Result<(), Mistake> {
        let credentials = |offer: &Value| {
            let sdp = offer.get("sdp").and_then(Value::as_str)?;
            let mut lines = sdp.lines();
            lines
                .find(|line| line.starts_with("a=ice-ufrag:"))
                .map(str::to_owned)
        };
        let before = credentials(&self.offered()?);
        let options = json!({ "iceRestart": true });
        let offer = self.call(ALICE, Method::CreateOffer, [options])?;
        match (before, credentials(&offer)) {
            (Some(before), Some(after)) if before != after => Ok(()),
            _ => mistake("createOffer({iceRestart: true}) must give a new `a=ice-ufrag`"),
        }
    }

    fn network(&mut self) -> Result<(), Mistake> {
        if self.hello.clock == Clock::Virtual {
            self.create(&json!({}))?;
            self.result(cut_of(&[(ALICE, BOB)]))?;
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
            self.result(cut_of(&[(ALICE, BOB), (BOB, ALICE)]))?;
        }
        let is_reported = |message: &Message| {
            let Message::Entry(entry) = message else {
                return false;
            };
            let state = entry.get("state").and_then(Value::as_object);
            state.is_some_and(|state| state.values().any(|value| value == "disconnected"))
        };
        self.until(CONSENT, "no entry reports `disconnected`", |bench| {
            Ok(bench.messages.iter().any(is_reported))
        })
    }

    fn await_entry(&mut self, event: &str) -> Result<(), Mistake> {
        let has = |message: &Message| matches!(message, Message::Entry(entry) if entry.get("event") == Some(&json!(event)));
        self.until(
            LONGEST,
            &format!("no entry shows the event {event}"),
            |bench| Ok(bench.messages.iter().any(has)),
        )
    }
}

/// The request that cuts the simulated network.
fn cut_of(ways: &[(&str, &str)]) -> RequestBody {
    let ways = ways.iter();
    RequestBody::Network {
        ways: ways
            .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
            .collect(),
        cut: Some(true),
        loss: None,
        latency: None,
    }
}
