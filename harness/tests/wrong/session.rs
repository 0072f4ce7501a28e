//! A session that passes everything on, through the hooks of a wrong implementation.

use std::time::Duration;

use peerstate::implementation::{
    Call, Candidate, Fault, Link, LinkChange, PeerIndex, Progress, Returned, Session,
};
use peerstate_model::trace::{ActionResult, At, Entry, Phase, What};

use super::{Hooked, Hooks, NOTHING, Passed, Seen};

/// How much time passes after a call that the wrong implementation answers by itself.
const AFTER_CALL: Duration = Duration::from_millis(1);

/// What the hooks of a session are asked, in order.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    Call(PeerIndex, Call),
    Returned(PeerIndex, Call, Returned),
    Entry(PeerIndex, Entry),
    Candidate(PeerIndex, Candidate),
    Network(LinkChange),
    Passed,
}

/// What happened, and when.
pub(crate) type Tape = Vec<(At, Happening)>;

/// Whether hooks would change anything of what happened, from a moment on. Up to the first change a
/// run is the one on the tape; where there is none, it is that run.
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
}

impl WrongSession {
    pub(super) fn new(inner: Box<dyn Session>, seen: Seen, hooked: Hooked) -> Self {
        let entries = Vec::new();
        Self {
            inner,
            seen,
            hooked,
            entries,
        }
    }

    fn tape(&self, happening: impl FnOnce() -> Happening) {
        if let Some(tape) = &self.hooked.tape {
            tape.lock().unwrap().push((self.seen.now, happening()));
        }
    }

    /// The hooks, or none before the implementation turns wrong. What ends a step at that very
    /// moment is before it, and a call made then is not.
    fn hooks(&self, in_call: bool) -> Hooks {
        let Hooked { hooks, from, .. } = self.hooked;
        let begun = if in_call || from == At::default() {
            self.seen.now >= from
        } else {
            self.seen.now > from
        };
        if begun { hooks } else { NOTHING }
    }

    /// Takes in what was recorded beneath.
    fn drain(&mut self) {
        let entries = self.inner.take_entries();
        self.take_in(entries, false);
    }

    fn take_in(&mut self, entries: Vec<Entry>, in_call: bool) {
        let hooks = self.hooks(in_call);
        for entry in entries {
            // What the runner notes down is no deed of the implementation.
            if matches!(entry.what, What::Note(_)) {
                self.entries.push(entry);
                continue;
            }
            let peer = self.seen.place(&entry.peer);
            self.tape(|| Happening::Entry(peer, entry.clone()));
            let shown = (hooks.entry)(&mut self.seen, peer, entry.clone());
            self.seen.learn(peer, &entry);
            self.entries.extend(shown);
        }
    }

    /// Passes a call on, as it was or changed.
    fn pass_on(&mut self, peer: PeerIndex, call: &Call, passed: &Call) -> Result<Returned, Fault> {
        let returned = self.inner.call(peer, passed)?;
        self.tape(|| Happening::Returned(peer, call.clone(), returned.clone()));
        let hooks = self.hooks(true);
        let changed = (hooks.returned)(&mut self.seen, peer, call, returned.clone());
        let mut entries = self.inner.take_entries();
        if changed != returned {
            correct(&mut entries, &self.seen.peers[peer].name, call, &changed);
        }
        self.seen.learn_call(peer, call, &changed);
        self.take_in(entries, true);
        Ok(changed)
    }

    fn pass_time(&mut self) {
        self.tape(|| Happening::Passed);
        let shown = (self.hooks(false).passed)(&mut self.seen);
        self.entries.extend(shown);
    }

    /// A call that is not passed on: its entry, and the time that calls take.
    fn answer(&mut self, peer: PeerIndex, call: &Call, returned: &Returned) -> Result<(), Fault> {
        let what = What::Action {
            name: call.method().to_owned(),
            result: Some(result(returned)),
            phase: None,
            description: call.description(),
        };
        let mut entry = Entry::new(self.inner.now(), &self.seen.peers[peer].name, what);
        if let Some(ends) = call.ends_candidates() {
            entry
                .extra
                .insert("endOfCandidates".to_owned(), ends.into());
        }
        entry
            .transports
            .clone_from(&self.seen.peers[peer].transports);
        self.take_in(vec![entry], true);
        let deadline = At::after(self.inner.now().since_start() + AFTER_CALL);
        while self.inner.advance(deadline)? == Progress::Seen {}
        self.drain();
        Ok(())
    }
}

impl Session for WrongSession {
    fn now(&self) -> At {
        self.inner.now()
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault> {
        self.drain();
        self.seen.now = self.inner.now();
        self.tape(|| Happening::Call(peer, call.clone()));
        let hooks = self.hooks(true);
        let passed = (hooks.call)(&mut self.seen, peer, call.clone());
        let returned = match passed {
            Passed::Answered(returned) => {
                self.seen.learn_call(peer, call, &returned);
                self.answer(peer, call, &returned)?;
                returned
            }
            Passed::On(passed) => self.pass_on(peer, call, &passed)?,
            Passed::Behind(first, passed) => {
                self.inner.call(peer, &first)?;
                let entries = self.inner.take_entries();
                let fired = entries.into_iter();
                let fired = fired.filter(|entry| !matches!(entry.what, What::Action { .. }));
                self.take_in(fired.collect(), true);
                self.pass_on(peer, call, &passed)?
            }
        };
        self.seen.now = self.inner.now();
        Ok(returned)
    }

    fn set_network(&mut self, link: Link, change: LinkChange) -> Result<(), Fault> {
        self.tape(|| Happening::Network(change));
        self.seen.network_changes += 1;
        let change = (self.hooks(true).network)(&mut self.seen, change);
        self.inner.set_network(link, change)
    }

    fn advance(&mut self, deadline: At) -> Result<Progress, Fault> {
        let progress = self.inner.advance(deadline)?;
        self.seen.now = self.inner.now();
        self.drain();
        self.pass_time();
        Ok(progress)
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

    fn note(&mut self, peer: PeerIndex, text: String) {
        self.inner.note(peer, text);
        self.drain();
    }

    fn sample(&mut self, why: &str) -> Result<(), Fault> {
        self.inner.sample(why)?;
        self.drain();
        Ok(())
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        self.drain();
        std::mem::take(&mut self.entries)
    }
}

fn result(returned: &Returned) -> ActionResult {
    match returned {
        Returned::Ok | Returned::Description(_) => ActionResult::Ok,
        Returned::Refused { error, .. } => ActionResult::Error(error.clone()),
    }
}

/// Makes the entry of a call say what it returned.
fn correct(entries: &mut [Entry], peer: &str, call: &Call, returned: &Returned) {
    let of_call = entries.iter_mut().rev().find(|entry| {
        entry.peer == peer
            && matches!(&entry.what, What::Action { name, phase, .. }
                if name == call.method() && *phase != Some(Phase::Begin))
    });
    if let Some(Entry {
        what: What::Action { result: shown, .. },
        ..
    }) = of_call
    {
        *shown = Some(result(returned));
    }
}
