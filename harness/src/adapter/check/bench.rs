//! A process on which an exercise is done, and what every exercise does.

use std::time::{Duration, Instant};

use peerstate_model::trace::Clock;
use serde_json::{Map, Value};

use crate::adapter::calls;
use crate::adapter::connection::Connection;
use crate::adapter::protocol::{Answer, Hello, Lack, Message, Peer, RequestBody};
use crate::implementation::{Candidate, Fault, Method, PeerIndex};
use crate::relay::Relay;

/// How long something that must happen is waited for.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// Why an exercise failed.
pub(super) struct Mistake(pub(super) String);

impl From<Fault> for Mistake {
    fn from(fault: Fault) -> Self {
        Self(fault.to_string())
    }
}

pub(super) fn mistake<T>(text: impl Into<String>) -> Result<T, Mistake> {
    Err(Mistake(text.into()))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is the argument of map_err"
)]
fn no_socket(error: std::io::Error) -> Mistake {
    Mistake(format!("the harness has no socket to relay with: {error}"))
}

/// A process on which an exercise is done.
pub(super) struct Bench {
    pub(super) hello: Hello,
    pub(super) connection: Connection,
    pub(super) timeout: Duration,
    /// The entries and candidates that came.
    pub(super) messages: Vec<Message>,
    /// The moment of a virtual clock.
    pub(super) now: f64,
    /// The network between the peers, where the clock and the sockets are real.
    pub(super) relay: Option<Relay>,
}

pub(super) const ALICE: &str = "alice";
pub(super) const BOB: &str = "bob";

impl Bench {
    pub(super) fn new(hello: Hello, connection: Connection, timeout: Duration) -> Self {
        Self {
            hello,
            connection,
            timeout,
            messages: Vec::new(),
            now: 0.0,
            relay: None,
        }
    }

    pub(super) fn request(&mut self, body: RequestBody) -> Result<Answer, Fault> {
        let messages = &mut self.messages;
        let answer = self.connection.request(body, self.timeout, |received| {
            messages.push(received.message);
            Ok(())
        })?;
        self.now = answer.at.unwrap_or(self.now);
        Ok(answer)
    }

    /// The result of a request that must succeed.
    pub(super) fn result(&mut self, body: RequestBody) -> Result<Value, Mistake> {
        let what = match &body {
            RequestBody::Call { method, .. } => method.to_string(),
            other => other.name().to_owned(),
        };
        let answer = self.request(body)?;
        match (answer.result, answer.error, answer.unsupported) {
            (Some(result), ..) => Ok(result),
            (None, Some(error), _) => mistake(format!(
                "{what} failed with {}: {}; it must succeed here",
                error.name, error.message
            )),
            (None, None, reason) => mistake(format!(
                "{what} was answered as unsupported ({}), and `hello` does not say that it is \
                 lacking",
                reason.unwrap_or_default()
            )),
        }
    }

    pub(super) fn create(&mut self, configuration: &Map<String, Value>) -> Result<(), Mistake> {
        let peer = |name: &str| Peer {
            name: name.to_owned(),
            configuration: configuration.clone(),
        };
        let peers = vec![peer(ALICE), peer(BOB)];
        if self.hello.clock == Clock::Real {
            let relay = Relay::start(peers.len(), 1);
            self.relay = Some(relay.map_err(no_socket)?);
        }
        self.result(RequestBody::Create { peers, seed: 1 })?;
        Ok(())
    }

    /// Gives a peer the description of the other, as a session does.
    pub(super) fn hand_description(
        &mut self,
        to: &'static str,
        mut description: Value,
    ) -> Result<(), Mistake> {
        if let Some(relay) = &mut self.relay {
            let sdp = description.get("sdp").and_then(Value::as_str);
            let sdp = sdp.unwrap_or_default().to_owned();
            let (viewer, owner) = both(to);
            relay.described(owner, &sdp);
            let carried = relay.carry_description(viewer, &sdp);
            let (carried, _) = carried.map_err(no_socket)?;
            description["sdp"] = Value::String(carried);
        }
        self.call(to, Method::SetRemoteDescription, &[description])?;
        Ok(())
    }

    /// Gives a peer a candidate of the other, as a session does.
    pub(super) fn hand_candidate(
        &mut self,
        to: &'static str,
        candidate: Candidate,
    ) -> Result<(), Mistake> {
        let mut carried = candidate;
        if let Some(relay) = &mut self.relay {
            let (viewer, owner) = both(to);
            if relay.gathered(owner, &carried).is_err() {
                return Ok(());
            }
            let relayed = relay.carry_candidate(viewer, &carried);
            carried = relayed.map_err(no_socket)?;
        }
        let init = calls::candidate(&carried);
        self.call(to, Method::AddIceCandidate, &[init])?;
        Ok(())
    }

    pub(super) fn call(
        &mut self,
        peer: &str,
        method: Method,
        arguments: &[Value],
    ) -> Result<Value, Mistake> {
        self.result(call(peer, method, arguments))
    }

    pub(super) fn read(&mut self, peer: &str) -> Result<Value, Mistake> {
        let peer = peer.to_owned();
        self.result(RequestBody::Read { peer })
    }

    pub(super) fn reset(&mut self) -> Result<(), Mistake> {
        self.result(RequestBody::Reset)?;
        self.now = 0.0;
        Ok(())
    }

    pub(super) fn lacks(&self, method: Method) -> bool {
        self.hello.lacks.contains_key(&Lack::Method(method))
    }

    /// Lets time pass, real or virtual, and takes what comes; whether something came.
    pub(super) fn pass(&mut self, duration: Duration) -> Result<bool, Mistake> {
        let before = self.messages.len();
        if self.hello.clock == Clock::Virtual {
            let to = self.now + duration.as_secs_f64() * 1000.0;
            self.result(RequestBody::Advance { to })?;
        } else if let Some(received) = self.connection.push(Instant::now() + duration)? {
            self.messages.push(received.message);
        }
        Ok(self.messages.len() > before)
    }
}

/// The index of a peer, and that of the other.
fn both(peer: &str) -> (PeerIndex, PeerIndex) {
    let (alice, bob) = (PeerIndex(0), PeerIndex(1));
    if peer == ALICE {
        (alice, bob)
    } else {
        (bob, alice)
    }
}

pub(super) fn call(peer: &str, method: Method, arguments: &[Value]) -> RequestBody {
    RequestBody::Call {
        peer: peer.to_owned(),
        method,
        arguments: arguments.to_vec(),
    }
}
