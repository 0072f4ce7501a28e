//! The steps of a run.

mod expect;
mod negotiate;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use peerstate_model::trace::{At, Attribute, Entry, Read};

use super::alter::alter;
use super::attributes::LastKnown;
use super::recorder::Recorder;
use super::{Check, Missed, RunEnd, of_peer};
use crate::implementation::{
    Advanced, Call, Candidate, Description, DescriptionType, Fault, Method, PeerIndex, Returned,
    Session,
};
use crate::scenario::{
    Action, CandidateSource, DescriptionFrom, DescriptionSource, Scenario, Step, WrittenCall,
};

/// A running scenario.
pub(super) struct Stepper<'r> {
    scenario: &'r Scenario,
    recorder: Recorder<'r>,
    entries: Vec<Entry>,
    peers: Vec<PeerRecord>,
    descriptions: BTreeMap<String, Description>,
    /// Between which peers candidates are handed over as they are gathered.
    trickling: BTreeSet<(PeerIndex, PeerIndex)>,
    limit: At,
    checks: Vec<Check>,
    /// The line of the current step.
    line: usize,
    /// The number of entries when the previous step began: the window of an expectation of events
    /// includes what that step fired.
    window: usize,
    /// The number of entries when the current step began.
    begun: usize,
}

/// The runner's knowledge about a peer.
struct PeerRecord {
    known: LastKnown,
    /// Every candidate gathered, in order.
    candidates: Vec<Candidate>,
    /// How many of them were handed over to each other peer.
    handed: BTreeMap<PeerIndex, usize>,
    /// The description that the peer created last.
    made: Option<Description>,
    closed: bool,
}

/// Why a step stopped the run.
enum Stop {
    Failed(Failure),
    LimitPassed,
    Fault(Fault),
}

/// A failed requirement.
struct Failure {
    peer: PeerIndex,
    /// What is wrong, without details of this run.
    deviation: String,
    message: String,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<'r> Stepper<'r> {
    pub(super) fn new(
        scenario: &'r Scenario,
        session: &'r mut dyn Session,
        reads: &BTreeMap<Attribute, Read>,
    ) -> Self {
        let record = || PeerRecord {
            known: LastKnown::initial(reads.clone()),
            candidates: Vec::new(),
            handed: BTreeMap::new(),
            made: None,
            closed: false,
        };
        Self {
            scenario,
            peers: scenario.peers.iter().map(|_| record()).collect(),
            limit: At::after(session.now().since_start() + scenario.limit),
            recorder: Recorder::new(scenario, session),
            entries: Vec::new(),
            descriptions: BTreeMap::new(),
            trickling: BTreeSet::new(),
            checks: Vec::new(),
            line: 0,
            window: 0,
            begun: 0,
        }
    }

    /// Runs every step.
    pub(super) fn run(&mut self) -> RunEnd {
        let scenario = self.scenario;
        for Step { line, action, stop } in &scenario.steps {
            self.line = *line;
            self.window = std::mem::replace(&mut self.begun, self.entries.len());
            let failures = self.failures();
            let result = self.step(action);
            self.collect();
            match result {
                Ok(()) => {}
                Err(Stop::Failed(failure)) => self.fail(failure, Vec::new()),
                Err(Stop::LimitPassed) => return RunEnd::LimitPassed { line: *line },
                Err(Stop::Fault(fault)) => return RunEnd::Fault { line: *line, fault },
            }
            if *stop && self.failures() > failures {
                return self.sample_end(RunEnd::Stopped { line: *line });
            }
        }
        self.sample_end(RunEnd::Finished)
    }

    fn sample_end(&mut self, end: RunEnd) -> RunEnd {
        let line = self.line;
        match self.recorder.sample("end") {
            Ok(()) => end,
            Err(fault) => RunEnd::Fault { line, fault },
        }
    }

    /// Returns how many expectations were missed so far.
    fn failures(&self) -> usize {
        let missed = self.checks.iter().filter(|check| check.missed.is_some());
        missed.count()
    }

    /// Notes that an expectation of the current step was met.
    fn meet(&mut self, peer: PeerIndex, assumed: Vec<String>) {
        self.check(peer, assumed, None);
    }

    /// Notes that an expectation was missed, also in the trace.
    fn fail(&mut self, failure: Failure, assumed: Vec<String>) {
        let Failure {
            peer,
            deviation,
            mut message,
        } = failure;
        if !assumed.is_empty() {
            message += &format!(" (assumed: {})", assumed.join("; "));
        }
        let line = self.line;
        self.recorder
            .note(peer, format!("line {line} of the scenario: {message}"));
        self.collect();
        let name = self.recorder.name(peer);
        let last = self.entries.iter().rposition(|entry| entry.peer == name);
        let missed = Missed {
            // The header is the first line.
            trace_line: last.map_or(1, |place| place + 2),
            deviation,
            message,
        };
        self.check(peer, assumed, Some(missed));
    }

    fn check(&mut self, peer: PeerIndex, assumed: Vec<String>, missed: Option<Missed>) {
        self.checks.push(Check {
            line: self.line,
            peer: self.recorder.name(peer).to_owned(),
            at: self.recorder.now(),
            assumed,
            missed,
        });
    }

    /// Returns everything that was recorded, and the results of the expectations.
    pub(super) fn into_parts(mut self) -> (Vec<Entry>, Vec<Check>) {
        self.collect();
        (self.entries, self.checks)
    }

    /// Takes what the session has recorded and gathered.
    fn collect(&mut self) {
        let entries = self.recorder.take_entries();
        for (index, record) in self.peers.iter_mut().enumerate() {
            let name = &self.scenario.peers[index].name;
            for entry in of_peer(&entries, name) {
                if entry.closes() {
                    record.known.close();
                }
                record.known.learn(entry);
            }
            // The scenario must signal the end of candidates: some implementations report it, and
            // some do not.
            let gathered = self.recorder.take_candidates(PeerIndex(index)).into_iter();
            let gathered = gathered.filter(|one| !one.candidate.is_empty());
            record.candidates.extend(gathered);
        }
        self.entries.extend(entries);
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Stop> {
        let is_first = self.begun == self.entries.len();
        let returned = self.recorder.call(peer, call);
        let early = self.recorder.early();
        self.collect();
        if is_first {
            // What was on its way when the step began does not belong to it.
            self.begun += early;
        }
        if *call == Call::Close {
            self.peers[peer.0].closed = true;
        }
        Ok(returned?)
    }

    /// Calls a method that must succeed.
    fn must(&mut self, peer: PeerIndex, call: &Call) -> Result<Option<Description>, Stop> {
        match self.call(peer, call)? {
            Returned::Ok => Ok(None),
            Returned::Description(description) => Ok(Some(description)),
            Returned::Refused { error, message } => {
                Err(must_succeed(peer, call.method(), &error, &message))
            }
        }
    }

    /// Lets the world run until something is observed, or until a deadline.
    fn advance(&mut self, deadline: At) -> Result<Advanced, Stop> {
        self.trickle()?;
        if deadline > self.limit && self.recorder.now() >= self.limit {
            return Err(Stop::LimitPassed);
        }
        let progress = self.recorder.advance(deadline.min(self.limit))?;
        self.collect();
        self.trickle()?;
        if progress == Advanced::DeadlinePassed && deadline > self.limit {
            return Err(Stop::LimitPassed);
        }
        Ok(progress)
    }

    fn let_pass(&mut self, duration: Duration) -> Result<(), Stop> {
        let deadline = At::after(self.recorder.now().since_start() + duration);
        loop {
            let progress = self.advance(deadline)?;
            if progress == Advanced::DeadlinePassed && self.recorder.now() >= deadline {
                return Ok(());
            }
        }
    }

    /// Hands over the candidates that are trickled.
    ///
    /// A refused candidate does not fail the run: the trace shows the call and its error, and a
    /// closed peer refuses every candidate.
    fn trickle(&mut self) -> Result<(), Stop> {
        for (from, to) in self.trickling.clone() {
            while let Some(candidate) = self.next_candidate(from, to) {
                if !self.peers[to.0].closed {
                    self.call(to, &Call::AddIceCandidate(Some(candidate)))?;
                }
            }
        }
        Ok(())
    }

    fn next_candidate(&mut self, from: PeerIndex, to: PeerIndex) -> Option<Candidate> {
        let record = self.peers.get_mut(from.0)?;
        let handed = record.handed.entry(to).or_insert(0);
        let candidate = record.candidates.get(*handed)?.clone();
        *handed += 1;
        Some(candidate)
    }

    fn step(&mut self, action: &Action) -> Result<(), Stop> {
        match action {
            Action::Call {
                peer,
                call,
                kept_as,
                fails,
            } => self.call_method(*peer, call, kept_as.as_deref(), fails.as_deref()),
            Action::Negotiate(negotiation) => self.negotiate(negotiation),
            Action::Network { link, change } => Ok(self.recorder.change_network(*link, *change)?),
            Action::Expect(expectation) => self.expect(expectation),
            Action::ExpectEvents(expectation) => self.expect_events(expectation),
            Action::Wait(duration) => self.let_pass(*duration),
        }
    }

    fn call_method(
        &mut self,
        peer: PeerIndex,
        call: &WrittenCall,
        kept_as: Option<&str>,
        fails: Option<&str>,
    ) -> Result<(), Stop> {
        let mut last = None;
        for call in self.resolve(peer, call)? {
            let returned = self.call(peer, &call)?;
            let refused = matches!(returned, Returned::Refused { .. });
            if let Returned::Description(description) = &returned {
                self.keep(peer, kept_as, description);
            }
            last = Some((call.method(), returned));
            if refused {
                break;
            }
        }
        // No call at all: these are candidates of a peer that has gathered none.
        let Some((method, returned)) = last else {
            return Ok(());
        };
        match (fails, returned) {
            (None, Returned::Refused { error, message }) => {
                Err(must_succeed(peer, method, &error, &message))
            }
            (None, Returned::Ok | Returned::Description(_)) => Ok(()),
            (Some(expected), Returned::Refused { error, .. }) if error == expected => {
                self.meet(peer, Vec::new());
                Ok(())
            }
            (Some(expected), Returned::Refused { error, message }) => {
                let deviation =
                    format!("{method} must fail with {expected}, but failed with {error}");
                Err(refused(peer, deviation, &message))
            }
            (Some(expected), Returned::Ok | Returned::Description(_)) => {
                let deviation = format!("{method} must fail with {expected}, but succeeded");
                Err(failed(peer, deviation))
            }
        }
    }

    /// Returns the calls that a written call means: one, or one for each candidate.
    fn resolve(&mut self, peer: PeerIndex, call: &WrittenCall) -> Result<Vec<Call>, Stop> {
        let candidates = match call {
            Call::AddIceCandidate(source) => self.candidates(peer, source),
            _ => Vec::new(),
        };
        call.resolve(
            |source| self.local_description(peer, source),
            |source| self.remote_description(peer, source),
            |_| candidates,
        )
    }

    fn candidates(&mut self, peer: PeerIndex, source: &CandidateSource) -> Vec<Option<Candidate>> {
        match source {
            CandidateSource::Literal(candidate) => vec![Some(candidate.clone())],
            CandidateSource::End => vec![None],
            CandidateSource::From { peer: from, again } => {
                if *again {
                    self.peers[from.0].handed.insert(peer, 0);
                }
                std::iter::from_fn(|| self.next_candidate(*from, peer).map(Some)).collect()
            }
        }
    }

    /// Keeps what a successful call created.
    fn keep(&mut self, peer: PeerIndex, kept_as: Option<&str>, description: &Description) {
        self.peers[peer.0].made = Some(description.clone());
        if let Some(name) = kept_as {
            self.descriptions
                .insert(name.to_owned(), description.clone());
        }
    }

    fn local_description(
        &self,
        peer: PeerIndex,
        source: &DescriptionSource,
    ) -> Result<Option<Description>, Stop> {
        let is_rollback = source.kind == Some(DescriptionType::Rollback);
        if source.from == DescriptionFrom::Implementation && !is_rollback {
            return Ok(None);
        }
        let own = &self.peers[peer.0].made;
        self.description(peer, source, own.as_ref()).map(Some)
    }

    fn remote_description(
        &self,
        peer: PeerIndex,
        source: &DescriptionSource,
    ) -> Result<Description, Stop> {
        let others = self.peers.iter().enumerate();
        let others = others.filter(|(other, _)| *other != peer.0);
        let mut made = others.filter_map(|(_, record)| record.made.as_ref());
        self.description(peer, source, made.next_back())
    }

    /// Returns the description that a peer is given: the last one, if the source does not name any.
    fn description(
        &self,
        peer: PeerIndex,
        source: &DescriptionSource,
        last: Option<&Description>,
    ) -> Result<Description, Stop> {
        if source.kind == Some(DescriptionType::Rollback) {
            return Ok(Description {
                kind: DescriptionType::Rollback,
                sdp: String::new(),
            });
        }
        let found = match &source.from {
            DescriptionFrom::Unsaid | DescriptionFrom::Implementation => last,
            DescriptionFrom::Name(name) => self.descriptions.get(name),
            DescriptionFrom::Peer(of) => self.peers[of.0].made.as_ref(),
        };
        let Some(Description { kind, sdp }) = found.cloned() else {
            let deviation = "there is no description to set: none was created";
            return Err(failed(peer, deviation.to_owned()));
        };
        let kind = source.kind.unwrap_or(kind);
        Ok(alter(Description { kind, sdp }, source.alteration))
    }
}

fn must_succeed(peer: PeerIndex, method: Method, error: &str, message: &str) -> Stop {
    let deviation = format!("{method} must succeed, but failed with {error}");
    refused(peer, deviation, message)
}

/// Returns a failure whose message adds that of an error.
fn refused(peer: PeerIndex, deviation: String, message: &str) -> Stop {
    Stop::Failed(Failure {
        peer,
        message: format!("{deviation}: {message}"),
        deviation,
    })
}

/// Returns a failure whose message is its deviation.
fn failed(peer: PeerIndex, deviation: String) -> Stop {
    Stop::Failed(Failure {
        peer,
        message: deviation.clone(),
        deviation,
    })
}
