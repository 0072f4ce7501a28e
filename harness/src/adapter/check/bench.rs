//! A process on which an exercise is done, and what every exercise does.

use std::io;
use std::time::{Duration, Instant};

use peerstate_model::trace::Clock;
use serde_json::{Value, json};

use crate::adapter::connection::Connection;
use crate::adapter::protocol::{Answer, Hello, Lack, Message, Peer, RequestBody, members};
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

impl From<io::Error> for Mistake {
    fn from(error: io::Error) -> Self {
        Self(format!("the harness has no socket to relay with: {error}"))
    }
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
        let what = body.during();
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

    pub(super) fn create(&mut self, configuration: &Value) -> Result<(), Mistake> {
        let peer = |name: &str| Peer {
            name: name.to_owned(),
            configuration: members(configuration),
        };
        let peers = vec![peer(ALICE), peer(BOB)];
        if self.hello.clock == Clock::Real {
            self.relay = Some(Relay::start(peers.len(), 1)?);
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
            let (carried, _) = relay.carry_description(viewer, &sdp)?;
            description["sdp"] = Value::String(carried);
        }
        self.call(to, Method::SetRemoteDescription, [description])?;
        Ok(())
    }

    /// Gives a peer a candidate of the other, as a session does.
    pub(super) fn hand_candidate(
        &mut self,
        to: &'static str,
        mut candidate: Candidate,
    ) -> Result<(), Mistake> {
        if let Some(relay) = &mut self.relay {
            let (viewer, owner) = both(to);
            if relay.gathered(owner, &candidate).is_err() {
                return Ok(());
            }
            candidate = relay.carry_candidate(viewer, &candidate)?;
        }
        self.call(to, Method::AddIceCandidate, [json!(candidate)])?;
        Ok(())
    }

    pub(super) fn call(
        &mut self,
        peer: &str,
        method: Method,
        arguments: impl IntoIterator<Item = Value>,
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

    /// Lets time pass until something is so. `missing` says, after "after 10 s ", what the mistake is if
    /// it never is.
    pub(super) fn until(
        &mut self,
        longest: Duration,
        missing: &str,
        mut is_so: impl FnMut(&mut Self) -> Result<bool, Mistake>,
    ) -> Result<(), Mistake> {
        let deadline = Instant::now() + longest;
        let latest = self.now + longest.as_secs_f64() * 1000.0;
        while !is_so(self)? {
            self.pass(Duration::from_millis(500))?;
            if Instant::now() > deadline || self.now > latest {
                return mistake(format!("after {} s {missing}", longest.as_secs()));
            }
        }
        Ok(())
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

pub(super) fn call(
    peer: &str,
    method: Method,
    arguments: impl IntoIterator<Item = Value>,
) -> RequestBody {
    RequestBody::Call {
        peer: peer.to_owned(),
        method,
        arguments: arguments.into_iter().collect(),
    }
}
