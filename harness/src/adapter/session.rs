//! A run by an adapter: the trait [`Session`] on top of its messages.

use std::time::Instant;

use peerstate_model::trace::{self, At, Clock, Entry};
use serde_json::{Map, Value, json};

use super::connection::Wrong;
use super::parties::{Parties, PartyIndex};
use super::protocol::{self, Answer, Exception, RequestBody, members, of_shape};
use super::shown::{Shown, no_socket};
use super::{calls, header};
use crate::implementation::{
    Advanced, Begin, Call, Candidate, ConstructorRefused, Fault, Link, LinkChange, PeerIndex,
    Profile, Reading, Returned, Session, Setup, StartError,
};
use crate::relay::Relay;

/// A run.
pub(super) struct AdapterSession {
    parties: Parties,
    shown: Shown,
    /// What was read when a call returned, until it is asked for.
    just_read: Option<(PeerIndex, Reading)>,
}

/// The party of a run in virtual time, where it is alone: it simulates the network and the clock.
const SIMULATING: PartyIndex = PartyIndex(0);

impl AdapterSession {
    /// Creates the peers, each at its party. The profile is that of all parties.
    pub(super) fn start(
        parties: Parties,
        profile: &Profile,
        setup: &Setup,
    ) -> Result<Self, StartError> {
        let peers: Vec<String> = setup.peers.iter().map(|peer| peer.name.clone()).collect();
        let header = header(&profile.identity, profile.clock, &profile.observes, &peers);
        let relay = match profile.clock {
            Clock::Virtual => None,
            Clock::Real => Some(Relay::start(peers.len(), setup.seed)),
        };
        let relay = relay.transpose().map_err(|error| StartError::Unavailable {
            implementation: "the relay".to_owned(),
            reason: no_socket(&error),
        })?;
        let mut session = Self {
            parties,
            shown: Shown::new(profile.clock, header, peers, relay),
            just_read: None,
        };
        for party in session.parties.places() {
            session.create(party, setup)?;
        }
        Ok(session)
    }

    /// Creates the peers of one party.
    fn create(&mut self, party: PartyIndex, setup: &Setup) -> Result<(), StartError> {
        let relay = self.shown.relay.as_ref();
        let indexed = setup.peers.iter().enumerate();
        let own = indexed.filter(|(index, _)| self.parties.of(PeerIndex(*index)) == party);
        let peers = own.map(|(_, peer)| {
            let relayed = relay.map(|relay| relay.configuration(&peer.configuration));
            protocol::Peer {
                name: peer.name.clone(),
                configuration: members(relayed.as_ref().unwrap_or(&peer.configuration)),
            }
        });
        let peers: Vec<_> = peers.collect();
        if peers.is_empty() {
            return Ok(());
        }
        let seed = setup.seed;
        let answer = self.request(party, RequestBody::Create { peers, seed })?;
        if let Some(exception) = answer.error {
            let Exception {
                name,
                message,
                peer,
            } = exception;
            let known = peer.filter(|peer| self.shown.peers.contains(peer));
            let Some(peer) = known else {
                let what = "answered create with an error, and not with the `peer` it is of";
                let fault = self.parties.broken(party, Wrong::new(what));
                return Err(StartError::Fault(fault));
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
            let fault = self.parties.broken(party, Wrong::new(what));
            return Err(StartError::Fault(fault));
        }
        Ok(())
    }

    fn request(&mut self, party: PartyIndex, body: RequestBody) -> Result<Answer, Fault> {
        let answer = self.parties.request(party, body, &mut self.shown)?;
        if let Some(at) = answer.at
            && let Err(wrong) = self.shown.pass_to(at)
        {
            return Err(self.parties.broken(party, wrong));
        }
        Ok(answer)
    }

    /// The fault of a message about a peer that is wrong.
    fn broken(&mut self, peer: PeerIndex, wrong: Wrong) -> Fault {
        let party = self.parties.of(peer);
        self.parties.broken(party, wrong)
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
        let entry = entry.map_err(|wrong| self.broken(peer, wrong))?;
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

impl Session for AdapterSession {
    fn now(&self) -> At {
        self.shown.now()
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault> {
        self.just_read = None;
        let carried = self.shown.carried(peer, call)?;
        // What was written before is older than the call.
        self.parties.receive_all(&mut self.shown)?;
        self.shown.reach(Instant::now());
        self.shown.begin();
        let body = RequestBody::Call {
            peer: self.shown.peers[peer.0].clone(),
            method: call.method(),
            arguments: calls::arguments(&carried),
        };
        let answer = self.request(self.parties.of(peer), body)?;
        if let Some(state) = &answer.state {
            let reading = self.reading(peer, state, answer.transports.as_ref())?;
            self.just_read = Some((peer, reading));
        }
        let returned = calls::returned(call, &answer);
        let returned = returned.map_err(|what| self.broken(peer, Wrong::new(what)))?;
        if let (Some(relay), Returned::Description(description)) =
            (&mut self.shown.relay, &returned)
        {
            relay.described(peer, &description.sdp);
        }
        Ok(returned)
    }

    fn begin(&self) -> Option<Begin> {
        Some(self.shown.begin)
    }

    fn read(&mut self, peer: PeerIndex) -> Result<Reading, Fault> {
        if let Some((_, reading)) = self.just_read.take_if(|(of, _)| *of == peer) {
            return Ok(reading);
        }
        let body = RequestBody::Read {
            peer: self.shown.peers[peer.0].clone(),
        };
        let answer = self.request(self.parties.of(peer), body)?;
        let Some(result) = answer.result else {
            let wrong = Wrong::new("answered read without a result");
            return Err(self.broken(peer, wrong));
        };
        let read: Result<protocol::Reading, _> = of_shape("a reading", result);
        let protocol::Reading { state, transports } =
            read.map_err(|error| self.broken(peer, Wrong::new(format!("wrote {error}"))))?;
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
        let answer = self.request(SIMULATING, body)?;
        if answer.result.is_none() {
            let wrong = Wrong::new("did not do what network says");
            return Err(self.parties.broken(SIMULATING, wrong));
        }
        Ok(())
    }

    fn advance(&mut self, deadline: At) -> Result<Advanced, Fault> {
        self.just_read = None;
        if std::mem::take(&mut self.shown.is_new) {
            return Ok(Advanced::Seen);
        }
        if self.shown.clock == Clock::Virtual {
            let to = deadline.millis();
            let answer = self.request(SIMULATING, RequestBody::Advance { to })?;
            if answer.at.is_none() || (!self.shown.is_new && self.now() < deadline) {
                let what = "answered advance without `at`, or before its time with nothing to show";
                return Err(self.parties.broken(SIMULATING, Wrong::new(what)));
            }
        } else {
            let until = self.shown.begun + deadline.since_start();
            self.parties.wait(until, &mut self.shown)?;
        }
        Ok(if std::mem::take(&mut self.shown.is_new) {
            Advanced::Seen
        } else {
            Advanced::DeadlinePassed
        })
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.shown.entries)
    }

    fn take_candidates(&mut self, peer: PeerIndex) -> Vec<Candidate> {
        std::mem::take(&mut self.shown.candidates[peer.0])
    }
}
