//! A run by an adapter: the trait [`Session`] on top of its messages.

use std::sync::Arc;
use std::time::{Duration, Instant};

use peerstate_model::trace::{self, At, Clock, Entry};
use serde_json::{Map, Value, json};

use super::connection::{Connection, Received, Wrong};
use super::protocol::{self, Answer, Exception, Message, RequestBody, of_shape};
use super::{Shared, calls};
use crate::implementation::{
    Advanced, Call, Candidate, ConstructorRefused, Description, Fault, Link, LinkChange, PeerIndex,
    Reading, Returned, Session, Setup, StartError,
};
use crate::relay::{Dropped, Relay};

/// The most messages of one run. A scenario has a few hundred.
const MOST_MESSAGES: usize = 100_000;

/// A run.
pub(super) struct AdapterSession {
    adapter: Arc<Shared>,
    /// `None` once it has broken.
    connection: Option<Connection>,
    shown: Shown,
    /// What was read when a call returned, until it is asked for.
    just_read: Option<(PeerIndex, Reading)>,
}

/// What an adapter has shown in a run.
struct Shown {
    clock: Clock,
    begun: Instant,
    now: At,
    /// The header of the trace, as a line.
    header: String,
    peers: Vec<String>,
    entries: Vec<Entry>,
    candidates: Vec<Vec<Candidate>>,
    /// The network between the peers, where the clock and the sockets are real.
    relay: Option<Relay>,
    messages: usize,
    is_new: bool,
}

impl AdapterSession {
    pub(super) fn start(
        adapter: Arc<Shared>,
        connection: Connection,
        setup: &Setup,
    ) -> Result<Self, StartError> {
        let peers: Vec<String> = setup.peers.iter().map(|peer| peer.name.clone()).collect();
        let clock = adapter.hello.clock;
        let relay = match clock {
            Clock::Virtual => None,
            Clock::Real => Some(Relay::start(peers.len(), setup.seed)),
        };
        let relay = relay.transpose().map_err(|error| StartError::Unavailable {
            implementation: adapter.hello.implementation.name.clone(),
            reason: no_socket(&error),
        })?;
        let shown = Shown {
            clock,
            begun: Instant::now(),
            now: At::default(),
            header: adapter.header(&peers),
            candidates: vec![Vec::new(); peers.len()],
            peers,
            entries: Vec::new(),
            relay,
            messages: 0,
            is_new: false,
        };
        let mut session = Self {
            adapter,
            connection: Some(connection),
            shown,
            just_read: None,
        };
        let relay = session.shown.relay.as_ref();
        let peers = setup.peers.iter().map(|peer| {
            let relayed = relay.map(|relay| relay.configuration(&peer.configuration));
            protocol::Peer {
                name: peer.name.clone(),
                configuration: calls::configuration(
                    relayed.as_ref().unwrap_or(&peer.configuration),
                ),
            }
        });
        let create = RequestBody::Create {
            peers: peers.collect(),
            seed: setup.seed,
        };
        let answer = session.request(create)?;
        if let Some(exception) = answer.error {
            let Exception {
                name,
                message,
                peer,
            } = exception;
            let known = peer.filter(|peer| session.shown.peers.contains(peer));
            let Some(peer) = known else {
                let what = "answered create with an error, and not with the `peer` it is of";
                return Err(StartError::Fault(session.broken(Wrong::new(what))));
            };
            return Err(StartError::Refused(ConstructorRefused {
                peer,
                error: name,
                message,
            }));
        }
        if let Some(reason) = answer.unsupported {
            let what = format!(
                "answered that a configuration is unsupported ({reason}), and `hello` did not say \
                 that it lacks a member of it"
            );
            return Err(StartError::Fault(session.broken(Wrong::new(what))));
        }
        Ok(session)
    }

    fn request(&mut self, body: RequestBody) -> Result<Answer, Fault> {
        let Some(connection) = &mut self.connection else {
            return Err(already_broken());
        };
        let shown = &mut self.shown;
        let timeout = self.adapter.timeout;
        let answer = connection.request(body, timeout, |received| shown.receive(received));
        let answer = answer.inspect_err(|_| self.connection = None)?;
        if let Some(at) = answer.at
            && let Err(wrong) = self.shown.pass_to(at)
        {
            return Err(self.broken(wrong));
        }
        Ok(answer)
    }

    /// The fault of a message that is wrong; nothing more is requested.
    fn broken(&mut self, wrong: Wrong) -> Fault {
        match self.connection.take() {
            Some(connection) => connection.misbehaved(wrong),
            None => already_broken(),
        }
    }

    /// What was read of a peer, checked as an entry of a trace is.
    fn reading(
        &mut self,
        peer: PeerIndex,
        state: &Map<String, Value>,
        transports: Option<&Vec<Value>>,
    ) -> Result<Reading, Fault> {
        let mut entry = Map::new();
        entry.insert("sample".to_owned(), json!("read"));
        entry.insert("peer".to_owned(), json!(self.shown.peers[peer.0]));
        entry.insert("state".to_owned(), json!(state));
        if let Some(transports) = transports {
            entry.insert("transports".to_owned(), json!(transports));
        }
        let entry = self.shown.entry(entry);
        let entry = entry.map_err(|wrong| self.broken(wrong))?;
        if let Some(unknown) = entry.unknown.first() {
            // A reading holds known values alone; the event that brought this one is in the trace.
            let text = unknown.error.to_string();
            let note = trace::What::Note(format!("not observed: {text}"));
            let noted = Entry::new(self.shown.now(), &entry.peer, note);
            self.shown.entries.push(noted);
        }
        let Entry {
            state, transports, ..
        } = entry;
        Ok(Reading { state, transports })
    }
}

fn no_socket(error: &std::io::Error) -> String {
    format!("the network between the peers has no socket: {error}")
}

fn already_broken() -> Fault {
    Fault::Ended {
        reason: "it broke before".to_owned(),
    }
}

impl Session for AdapterSession {
    fn now(&self) -> At {
        self.shown.now()
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault> {
        self.just_read = None;
        let carried = self.shown.carried(peer, call)?;
        let answer = self.request(RequestBody::Call {
            peer: self.shown.peers[peer.0].clone(),
            method: call.method(),
            arguments: calls::arguments(&carried),
        })?;
        if let Some(state) = &answer.state {
            let reading = self.reading(peer, state, answer.transports.as_ref())?;
            self.just_read = Some((peer, reading));
        }
        let returned = calls::returned(call, &answer);
        let returned = returned.map_err(|what| self.broken(Wrong::new(what)))?;
        if let (Some(relay), Returned::Description(description)) =
            (&mut self.shown.relay, &returned)
        {
            relay.described(peer, &description.sdp);
        }
        Ok(returned)
    }

    fn read(&mut self, peer: PeerIndex) -> Result<Reading, Fault> {
        if let Some((_, reading)) = self.just_read.take_if(|(of, _)| *of == peer) {
            return Ok(reading);
        }
        let answer = self.request(RequestBody::Read {
            peer: self.shown.peers[peer.0].clone(),
        })?;
        let Some(result) = answer.result else {
            return Err(self.broken(Wrong::new("answered read without a result")));
        };
        let read: Result<protocol::Reading, _> = of_shape("a reading", result);
        let protocol::Reading { state, transports } =
            read.map_err(|error| self.broken(Wrong::new(format!("wrote {error}"))))?;
        self.reading(peer, &state, transports.as_ref())
    }

    fn change_network(&mut self, link: Link, change: LinkChange) -> Result<(), Fault> {
        let peers = &self.shown.peers;
        if let Some(relay) = &self.shown.relay {
            for (from, to) in link.directions(peers.len()) {
                relay.change(from, to, change);
            }
            return Ok(());
        }
        let name = |peer: PeerIndex| peers[peer.0].clone();
        let ways = link.directions(peers.len()).into_iter();
        let LinkChange { cut, loss, latency } = change;
        let body = RequestBody::Network {
            ways: ways.map(|(from, to)| (name(from), name(to))).collect(),
            cut,
            loss,
            latency: latency.map(|latency| latency.as_secs_f64() * 1000.0),
        };
        let answer = self.request(body)?;
        if answer.result.is_none() {
            return Err(self.broken(Wrong::new("did not do what network says")));
        }
        Ok(())
    }

    fn advance(&mut self, deadline: At) -> Result<Advanced, Fault> {
        self.just_read = None;
        if std::mem::take(&mut self.shown.is_new) {
            return Ok(Advanced::Seen);
        }
        if self.shown.clock == Clock::Virtual {
            let to = deadline.since_start().as_secs_f64() * 1000.0;
            let answer = self.request(RequestBody::Advance { to })?;
            let is_new = std::mem::take(&mut self.shown.is_new);
            if answer.at.is_none() || (!is_new && self.now() < deadline) {
                let what = "answered advance without `at`, or before its time with nothing to show";
                return Err(self.broken(Wrong::new(what)));
            }
            return Ok(if is_new {
                Advanced::Seen
            } else {
                Advanced::DeadlinePassed
            });
        }
        let until = self.shown.begun + deadline.since_start();
        while !self.shown.is_new {
            let Some(connection) = &mut self.connection else {
                return Err(already_broken());
            };
            let received = connection.push(until);
            let Some(received) = received.inspect_err(|_| self.connection = None)? else {
                return Ok(Advanced::DeadlinePassed);
            };
            if let Err(wrong) = self.shown.receive(received) {
                return Err(self.broken(wrong));
            }
        }
        self.shown.is_new = false;
        Ok(Advanced::Seen)
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.shown.entries)
    }

    fn take_candidates(&mut self, peer: PeerIndex) -> Vec<Candidate> {
        std::mem::take(&mut self.shown.candidates[peer.0])
    }
}

impl Drop for AdapterSession {
    fn drop(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            let timeout = self.adapter.timeout;
            // What still happens to the peers belongs to no run.
            let reset = connection.request(RequestBody::Reset, timeout, |_| Ok(()));
            if reset.is_ok_and(|answer| answer.result.is_some()) {
                self.adapter.keep(connection);
            }
        }
    }
}

impl Shown {
    fn now(&self) -> At {
        match self.clock {
            Clock::Virtual => self.now,
            Clock::Real => At::after(self.begun.elapsed()),
        }
    }

    fn receive(&mut self, received: Received) -> Result<(), Wrong> {
        self.messages += 1;
        if self.messages > MOST_MESSAGES {
            let what = format!("wrote more than {MOST_MESSAGES} messages in one scenario");
            return Err(Wrong::new(what));
        }
        if self.clock == Clock::Real {
            // The next answer may have been read before; time does not run backwards.
            let at = At::after(received.at.saturating_duration_since(self.begun));
            self.now = self.now.max(at);
        }
        match received.message {
            Message::Entry(entry) => {
                let entry = self.entry(entry)?;
                self.entries.push(entry);
                self.is_new = true;
            }
            Message::Candidate { peer, candidate } => {
                let place = self.peers.iter().position(|name| *name == peer);
                let Some(place) = place else {
                    let what = format!("wrote a candidate of `{peer}`, which was not created");
                    return Err(Wrong::new(what));
                };
                self.gathered(PeerIndex(place), candidate);
                self.is_new = true;
            }
            Message::Log(text) => self.note(PeerIndex(0), text),
            // The connection hands out no answers.
            Message::Answer(_) => {}
        }
        Ok(())
    }

    /// Keeps a candidate that another peer may be given; `None` is the end of candidates.
    fn gathered(&mut self, owner: PeerIndex, candidate: Option<Candidate>) {
        let Some(candidate) = candidate else { return };
        let relay = self.relay.as_mut();
        match relay.map(|relay| relay.gathered(owner, &candidate)) {
            None | Some(Ok(())) => self.candidates[owner.0].push(candidate),
            Some(Err(dropped)) => self.note(owner, dropped.to_string()),
        }
    }

    /// A call as the peer is given it: with the addresses at which it sees other peers, and the
    /// servers of the relay.
    fn carried(&mut self, viewer: PeerIndex, call: &Call) -> Result<Call, Fault> {
        let Some(relay) = &mut self.relay else {
            return Ok(call.clone());
        };
        let mut all_dropped: Vec<Dropped> = Vec::new();
        let carried = match call {
            Call::SetRemoteDescription(given) => {
                relay
                    .carry_description(viewer, &given.sdp)
                    .map(|(sdp, dropped)| {
                        all_dropped = dropped;
                        Call::SetRemoteDescription(Description { sdp, ..*given })
                    })
            }
            Call::AddIceCandidate(Some(given)) => relay
                .carry_candidate(viewer, given)
                .map(|candidate| Call::AddIceCandidate(Some(candidate))),
            Call::SetConfiguration(given) => Ok(Call::SetConfiguration(relay.configuration(given))),
            other => Ok(other.clone()),
        };
        for dropped in all_dropped {
            self.note(viewer, dropped.to_string());
        }
        carried.map_err(|error| Fault::Ended {
            reason: no_socket(&error),
        })
    }

    fn note(&mut self, peer: PeerIndex, text: String) {
        let peer = self.peers.get(peer.0).map_or("", String::as_str);
        let note = trace::What::Note(text);
        self.entries.push(Entry::new(self.now, peer, note));
    }

    /// Reads an entry as one of a trace with this header.
    fn entry(&mut self, mut entry: Map<String, Value>) -> Result<Entry, Wrong> {
        let at = match self.clock {
            Clock::Real => None,
            Clock::Virtual => entry.get("at").and_then(Value::as_f64),
        };
        if let Some(at) = at {
            self.pass_to(at)?;
        }
        let millis = self.now.since_start().as_secs_f64() * 1000.0;
        entry.insert("at".to_owned(), json!(millis));
        let text = format!("{}\n{}\n", self.header, Value::Object(entry));
        let read = trace::read("entry", text.as_bytes());
        let read = read.map_err(|refused| {
            let problems = refused.problems.iter();
            let problems: Vec<_> = problems.map(|one| one.problem.to_string()).collect();
            Wrong::new(format!(
                "wrote an entry that no trace may have: {}",
                problems.join("; ")
            ))
        })?;
        let [entry] = <[Entry; 1]>::try_from(read.entries)
            .map_err(|_| Wrong::new("wrote an entry that is not one line"))?;
        Ok(Entry {
            at: self.now,
            ..entry
        })
    }

    /// Lets virtual time pass.
    fn pass_to(&mut self, millis: f64) -> Result<(), Wrong> {
        if self.clock == Clock::Real {
            return Ok(());
        }
        let duration = Duration::try_from_secs_f64(millis / 1000.0);
        let at = duration.map(At::after).ok().filter(|at| *at >= self.now);
        let Some(at) = at else {
            let what = format!("wrote the moment {millis} ms after {} ms", self.now);
            return Err(Wrong::new(what));
        };
        self.now = at;
        Ok(())
    }
}
