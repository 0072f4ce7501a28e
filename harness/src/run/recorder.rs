//! Records a run as entries of a trace: what the session observed, and what the harness did.

use std::time::Duration;

use peerstate_model::trace::{At, Entry, Phase, What};

use crate::implementation::{
    Advanced, Begin, Call, Candidate, Fault, Link, LinkChange, PeerIndex, Reading, Returned,
    Session,
};
use crate::scenario::Scenario;

/// How much time passes after every call: the time that an application takes until its next call.
const AFTER_CALL: Duration = Duration::from_millis(1);

/// A session whose calls are recorded.
pub(super) struct Recorder<'r> {
    scenario: &'r Scenario,
    session: &'r mut dyn Session,
    /// The recorded entries that have not been taken yet.
    entries: Vec<Entry>,
    /// How many of them were observed before the last call began.
    early: usize,
}

impl<'r> Recorder<'r> {
    pub(super) fn new(scenario: &'r Scenario, session: &'r mut dyn Session) -> Self {
        Self {
            scenario,
            session,
            entries: Vec::new(),
            early: 0,
        }
    }

    pub(super) fn now(&self) -> At {
        self.session.now()
    }

    /// Returns the name of a peer.
    pub(super) fn name(&self, peer: PeerIndex) -> &'r str {
        // A scenario names only its own peers.
        &self.scenario.peers[peer.0].name
    }

    /// Calls a method and records it, with what can be read right after it. A call during which
    /// something was observed becomes two entries, one where it began and one where it ended.
    pub(super) fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault> {
        self.collect();
        let name = self.name(peer);
        let begun_at = self.session.now();
        let returned = self.session.call(peer, call);
        let begin = self.session.begin().unwrap_or(Begin {
            at: begun_at,
            entries: 0,
        });
        let mut before = self.session.take_entries();
        let inside = before.split_off(begin.entries.min(before.len()));
        self.entries.extend(before);
        self.early = self.entries.len();
        let eventful = !inside.is_empty();
        if eventful || returned.is_err() {
            let first = call.entry(begin.at, name, Some(Phase::Begin), None);
            self.entries.push(first);
            self.entries.extend(inside);
        }
        let returned = returned?;
        let phase = eventful.then_some(Phase::End);
        let returned_at = self.session.now();
        let Reading { state, transports } = self.session.read(peer)?;
        let mut read = call.entry(returned_at, name, phase, Some(&returned));
        let since = self.session.take_entries();
        if !since.is_empty() {
            // It was not read when the call returned: something happened before.
            let what = What::Sample("after-action".to_owned());
            let end = std::mem::replace(&mut read, Entry::new(self.session.now(), name, what));
            self.entries.push(end);
            self.entries.extend(since);
        }
        read.state = state;
        read.transports = transports;
        self.entries.push(read);
        let now = self.session.now();
        let deadline = At::after(now.since_start() + AFTER_CALL);
        while self.session.advance(deadline)? == Advanced::Seen {}
        Ok(returned)
    }

    pub(super) fn change_network(&mut self, link: Link, change: LinkChange) -> Result<(), Fault> {
        self.session.change_network(link, change)
    }

    pub(super) fn advance(&mut self, deadline: At) -> Result<Advanced, Fault> {
        self.session.advance(deadline)
    }

    pub(super) fn take_candidates(&mut self, peer: PeerIndex) -> Vec<Candidate> {
        self.session.take_candidates(peer)
    }

    /// Records free text.
    pub(super) fn note(&mut self, peer: PeerIndex, text: String) {
        self.collect();
        let entry = Entry::new(self.session.now(), self.name(peer), What::Note(text));
        self.entries.push(entry);
    }

    /// Records what can be read of every peer.
    pub(super) fn sample(&mut self, why: &str) -> Result<(), Fault> {
        for peer in (0..self.scenario.peers.len()).map(PeerIndex) {
            self.sample_of(peer, why)?;
        }
        Ok(())
    }

    /// Records what can be read of one peer.
    pub(super) fn sample_of(&mut self, peer: PeerIndex, why: &str) -> Result<(), Fault> {
        let Reading { state, transports } = self.session.read(peer)?;
        // What happened until it was read.
        self.collect();
        let what = What::Sample(why.to_owned());
        let mut entry = Entry::new(self.session.now(), self.name(peer), what);
        entry.state = state;
        entry.transports = transports;
        self.entries.push(entry);
        Ok(())
    }

    /// Returns how many of the entries that are taken next were observed before the last call began.
    pub(super) const fn early(&self) -> usize {
        self.early
    }

    /// Returns what was recorded since the last call, in order.
    pub(super) fn take_entries(&mut self) -> Vec<Entry> {
        self.collect();
        std::mem::take(&mut self.entries)
    }

    fn collect(&mut self) {
        self.entries.extend(self.session.take_entries());
    }
}
