//! What adapters have shown in a run: entries and candidates, in the order in which they came.

use std::time::Instant;

use peerstate_model::trace::{self, At, Clock, Entry};
use serde_json::{Map, Value, json};

use super::connection::{Received, Wrong};
use super::protocol::Message;
use crate::implementation::{Begin, Call, Candidate, Description, Fault, PeerIndex};
use crate::relay::{Dropped, Relay};

/// The most messages of one run. A scenario has a few hundred.
const MOST_MESSAGES: usize = 100_000;

/// What adapters have shown in a run.
pub(super) struct Shown {
    pub(super) clock: Clock,
    pub(super) begun: Instant,
    now: At,
    /// The header of the trace, as a line.
    header: String,
    pub(super) peers: Vec<String>,
    pub(super) entries: Vec<Entry>,
    pub(super) candidates: Vec<Vec<Candidate>>,
    /// The network between the peers, where the clock and the sockets are real.
    pub(super) relay: Option<Relay>,
    /// When the last call began, and after how many of the entries.
    pub(super) begin: Begin,
    messages: usize,
    /// Whether an entry or a candidate has come since the last look.
    pub(super) is_new: bool,
}

impl Shown {
    /// Nothing yet; time begins now.
    pub(super) fn new(
        clock: Clock,
        header: String,
        peers: Vec<String>,
        relay: Option<Relay>,
    ) -> Self {
        Self {
            clock,
            begun: Instant::now(),
            now: At::default(),
            header,
            candidates: vec![Vec::new(); peers.len()],
            peers,
            entries: Vec::new(),
            relay,
            begin: Begin::default(),
            messages: 0,
            is_new: false,
        }
    }

    /// The moment of the last that was received, or waited for. Time does not run backwards: what is
    /// received later counts from here.
    pub(super) const fn now(&self) -> At {
        self.now
    }

    /// Lets real time pass to a moment.
    pub(super) fn reach(&mut self, moment: Instant) {
        if self.clock == Clock::Real {
            let at = At::after(moment.saturating_duration_since(self.begun));
            self.now = self.now.max(at);
        }
    }

    /// Notes that a call begins now.
    pub(super) fn begin(&mut self) {
        self.begin = Begin {
            at: self.now,
            entries: self.entries.len(),
        };
    }

    pub(super) fn receive(&mut self, received: Received) -> Result<(), Wrong> {
        self.messages += 1;
        if self.messages > MOST_MESSAGES {
            let what = format!("wrote more than {MOST_MESSAGES} messages in one scenario");
            return Err(Wrong::new(what));
        }
        self.reach(received.at);
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
            Message::Began(_) => self.begin(),
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
    pub(super) fn carried(&mut self, viewer: PeerIndex, call: &Call) -> Result<Call, Fault> {
        let Some(relay) = &self.relay else {
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

    pub(super) fn note(&mut self, peer: PeerIndex, text: String) {
        let peer = self.peers.get(peer.0).map_or("", String::as_str);
        let note = trace::What::Note(text);
        self.entries.push(Entry::new(self.now, peer, note));
    }

    /// Reads an entry as one of a trace with this header.
    pub(super) fn entry(&mut self, mut entry: Map<String, Value>) -> Result<Entry, Wrong> {
        if let Some(at) = entry.get("at").and_then(Value::as_f64) {
            self.pass_to(at)?;
        }
        entry.insert("at".to_owned(), json!(self.now.millis()));
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
    pub(super) fn pass_to(&mut self, millis: f64) -> Result<(), Wrong> {
        if self.clock == Clock::Real {
            return Ok(());
        }
        let at = At::of_millis(millis).filter(|at| *at >= self.now);
        let Some(at) = at else {
            let what = format!("wrote the moment {millis} ms after {} ms", self.now);
            return Err(Wrong::new(what));
        };
        self.now = at;
        Ok(())
    }
}

pub(super) fn no_socket(error: &std::io::Error) -> String {
    format!("the network between the peers has no socket: {error}")
}
