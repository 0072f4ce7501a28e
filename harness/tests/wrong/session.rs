//! A session that passes everything through the hooks of a wrong implementation.

use peerstate::implementation::{
    Advanced, Call, Candidate, Fault, Link, LinkChange, PeerIndex, Reading, Returned, Session,
};
use peerstate_model::trace::{At, Entry, What};

use super::{Hooked, Hooks, NOTHING, Passed, Seen};

/// A call of the hooks of a session.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    Call(PeerIndex, Call),
    Returned(PeerIndex, Call, Returned),
    Entry(PeerIndex, Entry),
    Candidate(PeerIndex, Candidate),
    Network(LinkChange),
    Passed,
}

/// The calls of the hooks, each with its time.
pub(crate) type Tape = Vec<(At, Happening)>;

/// Whether hooks would change anything on the tape, from a moment on. Up to the first change, a run
/// is the one on the tape; without a change, the whole run is.
pub(crate) fn acts(hooks: &Hooks, from: At, mut seen: Seen, tape: &Tape) -> bool {
    tape.iter().any(|(at, happening)| {
        seen.now = *at;
        let hooks = if *at < from { &NOTHING } else { hooks };
        would_change(hooks, &mut seen, happening)
    })
}

fn would_change(hooks: &Hooks, seen: &mut Seen, happening: &Happening) -> bool {
    match happening {
        Happening::Call(peer, call) => {
            let passed = (hooks.call)(seen, *peer, call.clone());
            !matches!(passed, Passed::On(passed) if passed == *call)
        }
        Happening::Returned(peer, call, returned) => {
            let changed = (hooks.returned)(seen, *peer, call, returned.clone());
            seen.learn_call(*peer, call, returned);
            changed != *returned
        }
        Happening::Entry(peer, entry) => {
            let shown = (hooks.entry)(seen, *peer, entry.clone());
            seen.learn(*peer, entry);
            shown.as_slice() != std::slice::from_ref(entry)
        }
        Happening::Candidate(peer, candidate) => {
            (hooks.candidate)(seen, *peer, candidate.clone()).as_ref() != Some(candidate)
        }
        Happening::Network(change) => {
            seen.network_changes += 1;
            (hooks.network)(seen, *change) != *change
        }
        Happening::Passed => !(hooks.passed)(seen).is_empty(),
    }
}

pub(super) struct WrongSession {
    inner: Box<dyn Session>,
    seen: Seen,
    hooked: Hooked,
    entries: Vec<Entry>,
    /// The reading after the call that has just returned.
    reading: Option<Reading>,
    /// The entries that follow its return.
    after: Vec<Entry>,
    /// Whether a call is running, during which hooks add no entries of their own.
    in_call: bool,
}

impl WrongSession {
    pub(super) fn new(inner: Box<dyn Session>, seen: Seen, hooked: Hooked) -> Self {
        Self {
            inner,
            seen,
            hooked,
            entries: Vec::new(),
            reading: None,
            after: Vec::new(),
            in_call: false,
        }
    }

    fn tape(&self, happening: impl FnOnce() -> Happening) {
        if let Some(tape) = &self.hooked.tape {
            tape.lock().unwrap().push((self.seen.now, happening()));
        }
    }

    /// The hooks, or none before the implementation turns wrong. An entry that ends a step at that
    /// very moment counts as before it; a call that is made then does not.
    fn hooks(&self, in_call: bool) -> Hooks {
        let Hooked { hooks, from, .. } = self.hooked;
        let begun = if in_call || from == At::default() {
            self.seen.now >= from
        } else {
            self.seen.now > from
        };
        if begun { hooks } else { NOTHING }
    }

    /// Takes the entries of the inner session.
    fn drain(&mut self, in_call: bool) {
        for entry in self.inner.take_entries() {
            let shown = self.show(&entry, in_call);
            self.entries.extend(shown);
        }
    }

    /// The entries that the hooks make of an entry.
    fn show(&mut self, entry: &Entry, in_call: bool) -> Vec<Entry> {
        let peer = self.seen.place(&entry.peer);
        self.tape(|| Happening::Entry(peer, entry.clone()));
        let shown = (self.hooks(in_call).entry)(&mut self.seen, peer, entry.clone());
        self.seen.learn(peer, entry);
        shown
    }

    /// Passes a call on, as it was or changed.
    fn pass_on(&mut self, peer: PeerIndex, call: &Call, passed: &Call) -> Result<Returned, Fault> {
        let returned = self.inner.call(peer, passed)?;
        self.tape(|| Happening::Returned(peer, call.clone(), returned.clone()));
        let hooks = self.hooks(true);
        let returned = (hooks.returned)(&mut self.seen, peer, call, returned);
        self.seen.learn_call(peer, call, &returned);
        self.drain(true);
        let reading = self.inner.read(peer)?;
        self.end_call(peer, call, &returned, reading);
        Ok(returned)
    }

    /// Gives the hooks the entry that the harness will make of a call: the entries that they put
    /// before it happen during the call, and those after it happen after the call.
    fn end_call(&mut self, peer: PeerIndex, call: &Call, returned: &Returned, reading: Reading) {
        let name = &self.seen.peers[peer.0].name;
        let mut entry = call.entry(self.inner.now(), name, None, Some(returned));
        entry.state = reading.state;
        entry.transports = reading.transports;
        let mut during = self.show(&entry, true);
        let is_call = |entry: &Entry| matches!(entry.what, What::Action { .. });
        let place = during.iter().rposition(is_call).unwrap();
        self.after = during.split_off(place + 1);
        let Entry {
            state, transports, ..
        } = during.pop().unwrap();
        self.reading = Some(Reading { state, transports });
        during.retain(|entry| !is_call(entry));
        self.entries.extend(during);
    }

    fn pass_time(&mut self) {
        self.tape(|| Happening::Passed);
        let shown = (self.hooks(false).passed)(&mut self.seen);
        self.entries.extend(shown);
    }
}

impl Session for WrongSession {
    fn now(&self) -> At {
        self.inner.now()
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault> {
        self.in_call = true;
        self.seen.now = self.inner.now();
        self.tape(|| Happening::Call(peer, call.clone()));
        let hooks = self.hooks(true);
        let passed = (hooks.call)(&mut self.seen, peer, call.clone());
        let returned = match passed {
            Passed::Answered(returned) => {
                self.seen.learn_call(peer, call, &returned);
                let reading = Reading {
                    transports: self.seen.peers[peer.0].transports.clone(),
                    ..Reading::default()
                };
                self.end_call(peer, call, &returned, reading);
                returned
            }
            Passed::On(passed) => self.pass_on(peer, call, &passed)?,
            Passed::Behind(first, passed) => {
                self.inner.call(peer, &first)?;
                self.drain(true);
                self.pass_on(peer, call, &passed)?
            }
        };
        self.seen.now = self.inner.now();
        Ok(returned)
    }

    fn read(&mut self, peer: PeerIndex) -> Result<Reading, Fault> {
        self.entries.append(&mut self.after);
        if let Some(reading) = self.reading.take() {
            return Ok(reading);
        }
        let Reading { state, transports } = self.inner.read(peer)?;
        let name = &self.seen.peers[peer.0].name;
        let mut entry = Entry::new(self.inner.now(), name, What::Sample("end".to_owned()));
        entry.state = state;
        entry.transports = transports;
        let mut shown = self.show(&entry, true);
        let sampled = shown.pop().unwrap_or_else(|| {
            let what = What::Sample("end".to_owned());
            Entry::new(self.inner.now(), &self.seen.peers[peer.0].name, what)
        });
        self.entries.extend(shown);
        Ok(Reading {
            state: sampled.state,
            transports: sampled.transports,
        })
    }

    fn change_network(&mut self, link: Link, change: LinkChange) -> Result<(), Fault> {
        self.tape(|| Happening::Network(change));
        self.seen.network_changes += 1;
        let change = (self.hooks(true).network)(&mut self.seen, change);
        self.inner.change_network(link, change)
    }

    fn advance(&mut self, deadline: At) -> Result<Advanced, Fault> {
        let advanced = self.inner.advance(deadline)?;
        self.seen.now = self.inner.now();
        self.drain(self.in_call);
        if !self.in_call {
            self.pass_time();
        }
        self.in_call &= advanced == Advanced::Seen;
        Ok(advanced)
    }

    fn take_candidates(&mut self, peer: PeerIndex) -> Vec<Candidate> {
        let hooks = self.hooks(true);
        let candidates = self.inner.take_candidates(peer);
        let kept = candidates.into_iter().filter_map(|candidate| {
            self.tape(|| Happening::Candidate(peer, candidate.clone()));
            (hooks.candidate)(&mut self.seen, peer, candidate)
        });
        kept.collect()
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }
}
