//! The steps of a run.

mod expect;
mod negotiate;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use peerstate_model::trace::{ActionResult, At, Attribute, Entry, Read, What};

use super::alter::alter;
use super::attributes::LastKnown;
use super::{Check, Missed, Outcome, of_peer};
use crate::implementation::{
    Call, Candidate, Description, DescriptionType, Fault, PeerIndex, Progress, Returned, Session,
};
use crate::scenario::{
    Action, CandidateSource, DescriptionFrom, DescriptionSource, Method, Scenario, Step,
};

/// A run under way.
pub(super) struct Stepper<'r> {
    scenario: &'r Scenario,
    session: &'r mut dyn Session,
    entries: Vec<Entry>,
    peers: Vec<PeerRecord>,
    descriptions: BTreeMap<String, Description>,
    /// From whom to whom candidates flow as they are gathered.
    trickling: BTreeSet<(PeerIndex, PeerIndex)>,
    limit: At,
    checks: Vec<Check>,
    /// The line of the step under way.
    line: usize,
    /// How many entries there were when the step before began: what it fired is inside the window
    /// of an expectation of events.
    window: usize,
}

/// What the runner knows of a peer.
struct PeerRecord {
    known: LastKnown,
    /// Every candidate gathered, in order.
    candidates: Vec<Candidate>,
    /// How many of them were handed to each other peer.
    handed: BTreeMap<PeerIndex, usize>,
    /// What the peer made last.
    made: Option<Description>,
    closed: bool,
}

/// Why a step stopped the run.
enum Stop {
    Failed(Failure),
    LimitPassed,
    Fault(Fault),
}

/// What must not be so.
struct Failure {
    peer: PeerIndex,
    /// What is wrong, without what is of this run.
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
            session,
            entries: Vec::new(),
            descriptions: BTreeMap::new(),
            trickling: BTreeSet::new(),
            checks: Vec::new(),
            line: 0,
            window: 0,
        }
    }

    /// Runs every step.
    pub(super) fn run(&mut self) -> Outcome {
        let scenario = self.scenario;
        let mut begun = 0;
        for Step { line, action, stop } in &scenario.steps {
            self.line = *line;
            self.window = std::mem::replace(&mut begun, self.entries.len());
            let failures = self.failures();
            let result = self.step(action);
            self.collect();
            match result {
                Ok(()) => {}
                Err(Stop::Failed(failure)) => self.fail(failure, Vec::new()),
                Err(Stop::LimitPassed) => return Outcome::LimitPassed { line: *line },
                Err(Stop::Fault(fault)) => return Outcome::Fault { line: *line, fault },
            }
            if *stop && self.failures() > failures {
                return self.sample_end(Outcome::Stopped { line: *line });
            }
        }
        self.sample_end(Outcome::Finished)
    }

    fn sample_end(&mut self, outcome: Outcome) -> Outcome {
        let line = self.line;
        match self.session.sample("end") {
            Ok(()) => outcome,
            Err(fault) => Outcome::Fault { line, fault },
        }
    }

    /// How many expectations were missed so far.
    fn failures(&self) -> usize {
        let missed = self.checks.iter().filter(|check| check.missed.is_some());
        missed.count()
    }

    /// Notes that an expectation of the step under way was met.
    fn meet(&mut self, peer: PeerIndex, assumed: Vec<String>) {
        self.check(peer, assumed, None);
    }

    /// Notes that one was missed, in the trace as well.
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
        self.session
            .note(peer, format!("line {line} of the scenario: {message}"));
        self.collect();
        let name = self.name(peer);
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
            peer: self.name(peer).to_owned(),
            at: self.session.now(),
            assumed,
            missed,
        });
    }

    /// Everything recorded, and what came of the expectations.
    pub(super) fn into_parts(mut self) -> (Vec<Entry>, Vec<Check>) {
        self.collect();
        (self.entries, self.checks)
    }

    fn name(&self, peer: PeerIndex) -> &'r str {
        self.scenario
            .peers
            .get(peer)
            .map_or("", |peer| peer.name.as_str())
    }

    /// Takes in what the session has recorded and gathered.
    fn collect(&mut self) {
        let entries = self.session.take_entries();
        let returned = |entry: &&Entry| {
            matches!(&entry.what, What::Action { name, result: Some(ActionResult::Ok), .. }
                if name == "close")
        };
        for (index, record) in self.peers.iter_mut().enumerate() {
            let name = &self.scenario.peers[index].name;
            for entry in of_peer(&entries, name) {
                if returned(&entry) {
                    record.known.close();
                }
                record.known.learn(entry);
            }
            // The end of candidates is the scenario's to signal: some implementations report it, and
            // some do not.
            let gathered = self.session.take_candidates(index).into_iter();
            let gathered = gathered.filter(|one| !one.candidate.is_empty());
            record.candidates.extend(gathered);
        }
        self.entries.extend(entries);
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Stop> {
        let returned = self.session.call(peer, call);
        self.collect();
        if *call == Call::Close {
            self.peers[peer].closed = true;
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

    /// Lets the world run until something is seen, or until a deadline.
    fn advance(&mut self, deadline: At) -> Result<Progress, Stop> {
        self.trickle()?;
        if deadline > self.limit && self.session.now() >= self.limit {
            return Err(Stop::LimitPassed);
        }
        let progress = self.session.advance(deadline.min(self.limit))?;
        self.collect();
        self.trickle()?;
        if progress == Progress::DeadlinePassed && deadline > self.limit {
            return Err(Stop::LimitPassed);
        }
        Ok(progress)
    }

    fn let_pass(&mut self, duration: Duration) -> Result<(), Stop> {
        let deadline = At::after(self.session.now().since_start() + duration);
        loop {
            let progress = self.advance(deadline)?;
            if progress == Progress::DeadlinePassed && self.session.now() >= deadline {
                return Ok(());
            }
        }
    }

    /// Hands over the candidates that flow by themselves.
    ///
    /// A candidate that is refused is no failure of the run: the trace shows the call and its
    /// error, and a peer that has closed refuses every one.
    fn trickle(&mut self) -> Result<(), Stop> {
        for (from, to) in self.trickling.clone() {
            while let Some(candidate) = self.next_candidate(from, to) {
                if !self.peers[to].closed {
                    self.call(to, &Call::AddIceCandidate(Some(candidate)))?;
                }
            }
        }
        Ok(())
    }

    fn next_candidate(&mut self, from: PeerIndex, to: PeerIndex) -> Option<Candidate> {
        let record = self.peers.get_mut(from)?;
        let handed = record.handed.entry(to).or_insert(0);
        let candidate = record.candidates.get(*handed)?.clone();
        *handed += 1;
        Some(candidate)
    }

    fn step(&mut self, action: &Action) -> Result<(), Stop> {
        match action {
            Action::Call {
                peer,
                method,
                fails,
            } => self.call_method(*peer, method, fails.as_deref()),
            Action::Negotiate(negotiation) => self.negotiate(negotiation),
            Action::Network { link, change } => Ok(self.session.set_network(*link, *change)?),
            Action::Expect(expectation) => self.expect(expectation),
            Action::ExpectEvents(expectation) => self.expect_events(expectation),
            Action::Wait(duration) => self.let_pass(*duration),
        }
    }

    fn call_method(
        &mut self,
        peer: PeerIndex,
        method: &Method,
        fails: Option<&str>,
    ) -> Result<(), Stop> {
        let mut last = None;
        for call in self.calls(peer, method)? {
            let returned = self.call(peer, &call)?;
            let refused = matches!(returned, Returned::Refused { .. });
            if !refused {
                self.keep(peer, method, &returned);
            }
            last = Some((call.method(), returned));
            if refused {
                break;
            }
        }
        // No call at all: candidates of a peer that has gathered none.
        let Some((name, returned)) = last else {
            return Ok(());
        };
        match (fails, returned) {
            (None, Returned::Refused { error, message }) => {
                Err(must_succeed(peer, name, &error, &message))
            }
            (None, Returned::Ok | Returned::Description(_)) => Ok(()),
            (Some(expected), Returned::Refused { error, .. }) if error == expected => {
                self.meet(peer, Vec::new());
                Ok(())
            }
            (Some(expected), Returned::Refused { error, message }) => {
                let deviation =
                    format!("{name} must fail with {expected}, and failed with {error}");
                Err(Stop::Failed(Failure {
                    peer,
                    message: format!("{deviation}: {message}"),
                    deviation,
                }))
            }
            (Some(expected), Returned::Ok | Returned::Description(_)) => {
                let deviation = format!("{name} must fail with {expected}, and succeeded");
                Err(failed(peer, deviation))
            }
        }
    }

    /// The calls that a method of a scenario stands for: one, except for candidates.
    fn calls(&mut self, peer: PeerIndex, method: &Method) -> Result<Vec<Call>, Stop> {
        let call = match method {
            Method::CreateDataChannel {
                label,
                negotiated_id,
            } => Call::CreateDataChannel {
                label: label.clone(),
                negotiated_id: *negotiated_id,
            },
            Method::AddTransceiver { kind, direction } => Call::AddTransceiver {
                kind: *kind,
                direction: *direction,
            },
            Method::AddTrack { kind } => Call::AddTrack { kind: *kind },
            Method::RemoveTrack { kind } => Call::RemoveTrack { kind: *kind },
            Method::CreateOffer { ice_restart, .. } => Call::CreateOffer {
                ice_restart: *ice_restart,
            },
            Method::CreateAnswer { .. } => Call::CreateAnswer,
            Method::SetLocalDescription(source) => {
                Call::SetLocalDescription(self.local_description(peer, source)?)
            }
            Method::SetRemoteDescription(source) => {
                Call::SetRemoteDescription(self.remote_description(peer, source)?)
            }
            Method::AddIceCandidate(source) => return Ok(self.candidates(peer, source)),
            Method::RestartIce => Call::RestartIce,
            Method::SetConfiguration(configuration) => {
                Call::SetConfiguration(configuration.clone())
            }
            Method::GetStats => Call::GetStats,
            Method::Close => Call::Close,
        };
        Ok(vec![call])
    }

    fn candidates(&mut self, peer: PeerIndex, source: &CandidateSource) -> Vec<Call> {
        match source {
            CandidateSource::Literal(candidate) => {
                vec![Call::AddIceCandidate(Some(candidate.clone()))]
            }
            CandidateSource::End => vec![Call::AddIceCandidate(None)],
            CandidateSource::From { peer: from, again } => {
                if *again && let Some(record) = self.peers.get_mut(*from) {
                    record.handed.insert(peer, 0);
                }
                let mut calls = Vec::new();
                while let Some(candidate) = self.next_candidate(*from, peer) {
                    calls.push(Call::AddIceCandidate(Some(candidate)));
                }
                calls
            }
        }
    }

    /// Keeps what a successful call made.
    fn keep(&mut self, peer: PeerIndex, method: &Method, returned: &Returned) {
        if let Returned::Description(description) = returned {
            let record = &mut self.peers[peer];
            record.made = Some(description.clone());
            if let Method::CreateOffer {
                name: Some(name), ..
            }
            | Method::CreateAnswer { name: Some(name) } = method
            {
                self.descriptions.insert(name.clone(), description.clone());
            }
        }
    }

    fn local_description(
        &mut self,
        peer: PeerIndex,
        source: &DescriptionSource,
    ) -> Result<Option<Description>, Stop> {
        let record = &self.peers[peer];
        let found = match (&source.from, source.kind) {
            (_, Some(DescriptionType::Rollback)) => return Ok(Some(rollback())),
            (DescriptionFrom::Implementation, _) => return Ok(None),
            (DescriptionFrom::Unsaid, _) => record.made.clone(),
            (DescriptionFrom::Name(name), _) => self.descriptions.get(name).cloned(),
            (DescriptionFrom::Peer(of), _) => self.peers[*of].made.clone(),
        };
        match found {
            Some(description) => Ok(Some(given_as(description, source))),
            None => Err(nothing_made(peer)),
        }
    }

    fn remote_description(
        &mut self,
        peer: PeerIndex,
        source: &DescriptionSource,
    ) -> Result<Description, Stop> {
        let found = match (&source.from, source.kind) {
            (_, Some(DescriptionType::Rollback)) => return Ok(rollback()),
            (DescriptionFrom::Unsaid | DescriptionFrom::Implementation, _) => {
                let others = (0..self.peers.len()).filter(|other| *other != peer);
                others
                    .filter_map(|other| self.peers[other].made.clone())
                    .next_back()
            }
            (DescriptionFrom::Name(name), _) => self.descriptions.get(name).cloned(),
            (DescriptionFrom::Peer(of), _) => self.peers[*of].made.clone(),
        };
        found
            .map(|description| given_as(description, source))
            .ok_or_else(|| nothing_made(peer))
    }
}

fn rollback() -> Description {
    Description {
        kind: DescriptionType::Rollback,
        sdp: String::new(),
    }
}

fn given_as(description: Description, source: &DescriptionSource) -> Description {
    let kind = source.kind.unwrap_or(description.kind);
    alter(
        Description {
            kind,
            ..description
        },
        source.alteration,
    )
}

fn nothing_made(peer: PeerIndex) -> Stop {
    let deviation = "there is no description to set: none was made".to_owned();
    failed(peer, deviation)
}

fn must_succeed(peer: PeerIndex, method: &str, error: &str, message: &str) -> Stop {
    let deviation = format!("{method} must succeed, and failed with {error}");
    Stop::Failed(Failure {
        peer,
        message: format!("{deviation}: {message}"),
        deviation,
    })
}

/// A failure of which there is no more to say than what is wrong.
fn failed(peer: PeerIndex, deviation: String) -> Stop {
    Stop::Failed(Failure {
        peer,
        message: deviation.clone(),
        deviation,
    })
}
