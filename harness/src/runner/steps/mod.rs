//! The steps of a run.

mod expect;
mod negotiate;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use peerstate_model::trace::{ActionResult, At, Entry, What};

use super::alter::alter;
use super::known::Known;
use super::{Outcome, Unexpected, of_peer};
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
}

/// What the runner knows of a peer.
struct PeerRecord {
    known: Known,
    /// Every candidate gathered, in order.
    candidates: Vec<Candidate>,
    /// How many of them were handed to each other peer.
    handed: BTreeMap<PeerIndex, usize>,
    /// What the peer made last.
    made: Option<Description>,
    /// Whether that was set locally since.
    made_is_set: bool,
    closed: bool,
}

/// Why a step stopped the run.
enum Stop {
    Unexpected { peer: PeerIndex, message: String },
    LimitPassed,
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<'r> Stepper<'r> {
    pub(super) fn new(scenario: &'r Scenario, session: &'r mut dyn Session) -> Self {
        let record = || PeerRecord {
            known: Known::initial(),
            candidates: Vec::new(),
            handed: BTreeMap::new(),
            made: None,
            made_is_set: false,
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
        }
    }

    /// Runs every step.
    pub(super) fn run(&mut self) -> Outcome {
        let scenario = self.scenario;
        for Step { line, action } in &scenario.steps {
            let result = self.step(action);
            self.collect();
            if let Err(stop) = result {
                return self.stopped(*line, stop);
            }
        }
        let line = scenario.steps.last().map_or(0, |step| step.line);
        match self.session.sample("end") {
            Ok(()) => Outcome::Finished,
            Err(fault) => self.stopped(line, Stop::Fault(fault)),
        }
    }

    fn stopped(&mut self, line: usize, stop: Stop) -> Outcome {
        match stop {
            Stop::Unexpected { peer, message } => {
                self.session
                    .note(peer, format!("line {line} of the scenario: {message}"));
                Outcome::Unexpected(Unexpected {
                    line,
                    peer: self.name(peer).to_owned(),
                    at: self.session.now(),
                    message,
                })
            }
            Stop::LimitPassed => Outcome::LimitPassed { line },
            Stop::Fault(fault) => Outcome::Fault { line, fault },
        }
    }

    /// Everything recorded.
    pub(super) fn into_entries(mut self) -> Vec<Entry> {
        self.collect();
        self.entries
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
            record
                .candidates
                .extend(self.session.take_candidates(index));
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
                let method = call.method();
                let message = format!("{method} must succeed, and failed with {error}: {message}");
                Err(Stop::Unexpected { peer, message })
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
                self.keep(peer, method, &call, &returned);
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
        let message = match (fails, returned) {
            (None, Returned::Refused { error, message }) => {
                format!("{name} must succeed, and failed with {error}: {message}")
            }
            (Some(expected), Returned::Refused { error, message }) if error != expected => {
                format!("{name} must fail with {expected}, and failed with {error}: {message}")
            }
            (Some(expected), Returned::Ok | Returned::Description(_)) => {
                format!("{name} must fail with {expected}, and succeeded")
            }
            _ => return Ok(()),
        };
        Err(Stop::Unexpected { peer, message })
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

    /// Keeps what a successful call made or set.
    fn keep(&mut self, peer: PeerIndex, method: &Method, call: &Call, returned: &Returned) {
        if let Returned::Description(description) = returned {
            let record = &mut self.peers[peer];
            record.made = Some(description.clone());
            record.made_is_set = false;
            if let Method::CreateOffer {
                name: Some(name), ..
            }
            | Method::CreateAnswer { name: Some(name) } = method
            {
                self.descriptions.insert(name.clone(), description.clone());
            }
        }
        if let Call::SetLocalDescription(_) = call {
            self.peers[peer].made_is_set = true;
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
            (DescriptionFrom::Unsaid, None) if record.made_is_set => None,
            (DescriptionFrom::Unsaid, _) => record.made.clone(),
            (DescriptionFrom::Name(name), _) => self.descriptions.get(name).cloned(),
            (DescriptionFrom::Peer(of), _) => self.peers[*of].made.clone(),
        };
        match found {
            Some(description) => Ok(Some(given_as(description, source))),
            None if source.from == DescriptionFrom::Unsaid && source.kind.is_none() => Ok(None),
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
            (DescriptionFrom::Unsaid, _) => {
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
    let message = "there is no description to set: none was made".to_owned();
    Stop::Unexpected { peer, message }
}
