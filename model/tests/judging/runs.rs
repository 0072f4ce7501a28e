//! Random runs of the connection machine, recorded as a harness would record them: with the
//! transports shown, hidden or partly shown, with or without the numbers of the tasks.

use std::collections::BTreeMap;

use peerstate_model::machine::connection::{Connection, QueuedChange};
use peerstate_model::machine::model::ConnectionModel;
use peerstate_model::machine::procedures::Event;
use peerstate_model::machine::rulebook::Rulebook;
use peerstate_model::machine::run::Fired;
use peerstate_model::machine::steps::{Change, Step, dtls_steps, ice_steps, is_usable};
use peerstate_model::states::{
    DtlsTransportState, IceGathererState, IceGatheringState, IceTransportState, SignalingState,
};
use peerstate_model::trace::{
    ActionResult, At, Clock, DescriptionType, Entry, Header, Implementation, Observes, Phase,
    Trace, TransportKind, TransportState, TransportsListed, What,
};
use peerstate_model::transports::Transport;
use proptest::prelude::*;
use stateright::Model;
use std::time::Duration;

/// How a run is recorded.
#[expect(clippy::struct_excessive_bools, reason = "each is a way to record")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recording {
    pub(crate) clock: Clock,
    pub(crate) tasks: bool,
    pub(crate) transports: Listing,
    /// Whether both attributes are read in every entry, or each only in its own event.
    pub(crate) both: bool,
    /// Whether the events of the transports are subscribed to.
    pub(crate) statechange: bool,
    /// Whether the last entry is the sample that ends a run.
    pub(crate) end: bool,
    /// Whether a settled connection waits longer than a queued task may take.
    pub(crate) slow: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    All,
    Some,
    None,
}

pub(crate) fn recording() -> impl Strategy<Value = Recording> {
    let listing = prop_oneof![
        3 => Just(Listing::All),
        1 => Just(Listing::Some),
        2 => Just(Listing::None)
    ];
    let flags = any::<(bool, bool, bool, bool, bool)>();
    (listing, flags).prop_map(
        |(transports, (real, tasks, both, statechange, end))| Recording {
            clock: if real { Clock::Real } else { Clock::Virtual },
            tasks,
            transports,
            both,
            statechange,
            end,
            slow: false,
        },
    )
}

/// A run in progress.
#[derive(Clone)]
pub(super) struct Run<'r> {
    rulebook: &'r Rulebook,
    recording: Recording,
    choices: &'r [u16],
    pub(super) at: u64,
    pub(super) task: u64,
    /// Which of equal transports takes a step.
    pub(super) prefers: Option<u32>,
    pub(super) connection: Connection,
    /// The transports by id, as the connection has them; the machine's own are a multiset.
    pub(super) transports: BTreeMap<u32, (Transport, IceGathererState)>,
    pub(super) made: u32,
    /// The transport of the change that was queued when it was closed or discarded.
    pub(super) queued: Option<u32>,
    pub(super) gathering: IceGatheringState,
    pub(super) signaling: SignalingState,
    pub(super) entries: Vec<Entry>,
}

/// Records a run of an edition's machine that the choices pick.
pub(crate) fn record(rulebook: &Rulebook, recording: Recording, choices: &[u16]) -> Trace {
    let mut run = Run::new(rulebook, recording, choices);
    run.go();
    let mut entries = run.entries;
    number_lines(&mut entries);
    Trace {
        header: header(recording),
        entries,
    }
}

/// Gives each entry the line that it will have.
pub(crate) fn number_lines(entries: &mut [Entry]) {
    for (place, entry) in entries.iter_mut().enumerate() {
        entry.line = place + 2;
    }
}

fn header(recording: Recording) -> Header {
    let mut events = vec![
        "connectionstatechange",
        "iceconnectionstatechange",
        "icegatheringstatechange",
        "signalingstatechange",
    ];
    if recording.statechange {
        events.extend(["statechange", "gatheringstatechange"]);
    }
    Header {
        trace: 1,
        implementation: Implementation {
            name: "machine".to_owned(),
            version: "1".to_owned(),
        },
        scenario: None,
        clock: recording.clock,
        peers: vec!["alice".to_owned()],
        observes: Observes {
            events: Some(events.into_iter().map(str::to_owned).collect()),
            actions: Some(true),
            tasks: Some(recording.tasks),
            transports: Some(match recording.transports {
                Listing::All => TransportsListed::All,
                Listing::Some => TransportsListed::Some,
                Listing::None => TransportsListed::None,
            }),
            ..Observes::default()
        },
    }
}

impl<'r> Run<'r> {
    pub(super) fn new(rulebook: &'r Rulebook, recording: Recording, choices: &'r [u16]) -> Self {
        Self {
            rulebook,
            recording,
            choices,
            at: 0,
            task: 0,
            prefers: None,
            connection: Connection::new(),
            transports: BTreeMap::new(),
            made: 0,
            queued: None,
            gathering: IceGatheringState::New,
            signaling: SignalingState::Stable,
            entries: Vec::new(),
        }
    }

    /// Every step that the connection may take.
    pub(super) fn steps(&self) -> Vec<Step> {
        let model = ConnectionModel::new(self.rulebook.clone(), 2);
        let mut steps = Vec::new();
        model.actions(&self.connection, &mut steps);
        steps
    }

    fn choose(&mut self, among: usize) -> usize {
        let Some((first, rest)) = self.choices.split_first() else {
            return 0;
        };
        self.choices = rest;
        usize::from(*first) % among.max(1)
    }

    fn go(&mut self) {
        while !self.choices.is_empty() {
            // A queued task runs before the clock moves on.
            let waits = !self.connection.is_settled();
            let pauses = if self.recording.slow {
                [150, 400, 150, 400, 1000]
            } else {
                [0, 0, 3, 40, 400]
            };
            let pause = if waits { 0 } else { pauses[self.choose(5)] };
            self.at += pause;
            match self.choose(8) {
                0 => self.sample("poll"),
                1 if !self.connection.closed => self.gather(),
                2 if !self.connection.closed => self.describe(),
                _ => self.step(),
            }
        }
        while let Some(step) = self.next_task() {
            self.take(step);
        }
        if self.recording.end {
            self.sample("end");
        }
    }

    /// The next step that happens by itself.
    fn next_task(&self) -> Option<Step> {
        let queued = self.connection.queued_change.map(Step::QueuedChange);
        queued.or_else(|| self.connection.queue.first().map(Step::Update))
    }

    fn step(&mut self) {
        let mut steps = self.steps();
        // Closing ends the run, so it is rare.
        let rare = self.choose(12) != 0;
        let closes = |step: &Step| matches!(step, Step::Close { .. } | Step::ChangeAndClose { .. });
        if rare {
            steps.retain(|step| !closes(step));
        }
        // A recorder of the application's calls records the event whose handler makes a call.
        steps.retain(|step| match *step {
            Step::ChangeAndClose { change, event } => {
                let mut fired = Vec::new();
                let _ = self
                    .rulebook
                    .take(&self.connection, Step::Change(change), &mut fired);
                self.shows(fired[usize::from(event) - 1].event)
            }
            _ => true,
        });
        if !steps.is_empty() {
            let step = steps[self.choose(steps.len())];
            self.take(step);
        }
    }

    /// Whether an event is recorded.
    fn shows(&self, event: Event) -> bool {
        match event {
            Event::SelectedCandidatePairChange | Event::Error => false,
            Event::StateChange => self.recording.statechange,
            Event::IceConnectionStateChange | Event::ConnectionStateChange => true,
        }
    }

    pub(super) fn take(&mut self, step: Step) {
        let mut fired = Vec::new();
        self.task += 1;
        let before = self.connection;
        self.connection = self.rulebook.take(&before, step, &mut fired);
        match step {
            Step::Change(change) => {
                let of = self.apply(change);
                self.fire(&fired, of);
                // A description makes and discards transports, and its call is in the trace.
                if matches!(change, Change::Create | Change::Discard { .. }) {
                    self.sample("after-action");
                }
            }
            Step::ChangeAndClose { change, event } => {
                let of = self.apply(change);
                let (early, late) = fired.split_at(usize::from(event));
                self.fire(early, of.clone());
                self.close(true);
                self.fire(late, of);
            }
            Step::Close { queued } => {
                self.queued = queued.map(|queued| self.may(queued)).or(self.queued);
                self.close(false);
            }
            Step::QueuedChange(change) => self.run_queued(change, &fired),
            Step::Update(_) => self.fire(&fired, (0, Vec::new())),
        }
    }

    /// A transport that may make a change.
    fn may(&self, change: QueuedChange) -> u32 {
        let may = |id: &u32| {
            let transport = self.transports.get(id).map(|(transport, _)| *transport);
            transport.is_some_and(|transport| match change {
                QueuedChange::Ice(to) => ice_steps(transport.ice).iter().any(|step| step.0 == to),
                QueuedChange::Dtls(to) => dtls_steps(transport).contains(&to),
                QueuedChange::Pair => is_usable(transport.ice),
            })
        };
        let preferred = self.prefers.filter(may);
        preferred.unwrap_or_else(|| *self.transports.keys().rfind(|id| may(id)).unwrap())
    }

    fn run_queued(&mut self, change: QueuedChange, fired: &[Fired]) {
        let id = self.queued.take().unwrap();
        let of = match change {
            QueuedChange::Ice(to) => (TransportKind::Ice, to.to_string()),
            QueuedChange::Dtls(to) => (TransportKind::Dtls, to.to_string()),
            QueuedChange::Pair => return,
        };
        // A task that aborts sets nothing and fires nothing.
        if let Some((transport, _)) = self.transports.get_mut(&id)
            && !fired.is_empty()
        {
            match change {
                QueuedChange::Ice(to) => transport.ice = to,
                QueuedChange::Dtls(to) => transport.dtls = to,
                QueuedChange::Pair => {}
            }
        }
        self.fire(fired, (id, vec![of]));
    }

    /// Applies to the transports by id the step that the machine took with its multiset. Returns
    /// what their events report.
    fn apply(&mut self, change: Change) -> (u32, Vec<(TransportKind, String)>) {
        let find = |run: &Self, transport: Transport| {
            let is = |id: &u32| {
                run.transports
                    .get(id)
                    .is_some_and(|(one, _)| *one == transport)
            };
            let preferred = run.prefers.filter(is);
            preferred.unwrap_or_else(|| *run.transports.keys().find(|id| is(id)).unwrap())
        };
        match change {
            Change::Create => {
                self.made += 1;
                let new = (Transport::NEW, IceGathererState::New);
                self.transports.insert(self.made, new);
                (self.made, Vec::new())
            }
            Change::Discard { transport, queued } => {
                let id = find(self, transport);
                self.transports.remove(&id);
                self.queued = queued.map(|_| id).or(self.queued);
                (id, Vec::new())
            }
            Change::Pair { transport } => (find(self, transport), Vec::new()),
            Change::Ice { transport, to, .. } => {
                let id = find(self, transport);
                self.transports.get_mut(&id).unwrap().0.ice = to;
                (id, vec![(TransportKind::Ice, to.to_string())])
            }
            Change::Dtls { transport, to } => {
                let id = find(self, transport);
                self.transports.get_mut(&id).unwrap().0.dtls = to;
                (id, vec![(TransportKind::Dtls, to.to_string())])
            }
        }
    }

    fn entry(&mut self, what: What) -> Entry {
        let mut entry = Entry::new(At::after(Duration::from_millis(self.at)), "alice", what);
        entry.task = self.recording.tasks.then_some(self.task);
        entry.state.connection_state = Some(self.connection.connection_state);
        entry.state.ice_connection_state = Some(self.connection.ice_connection_state);
        entry.state.ice_gathering_state = Some(self.gathering);
        entry.state.signaling_state = Some(self.signaling);
        let some = |id: &u32| self.recording.transports == Listing::All || *id == 1;
        entry.transports = (self.recording.transports != Listing::None).then(|| {
            let listed = self.transports.iter().filter(|(id, _)| some(id));
            listed
                .map(|(id, (transport, gathering))| TransportState {
                    id: id.to_string(),
                    ice: Some(transport.ice),
                    dtls: Some(transport.dtls),
                    gathering: Some(*gathering),
                })
                .collect()
        });
        entry
    }

    fn push(&mut self, mut entry: Entry) {
        if !self.recording.both
            && let What::Event { name, .. } = &entry.what
        {
            let state = std::mem::take(&mut entry.state);
            match name.as_str() {
                "connectionstatechange" => entry.state.connection_state = state.connection_state,
                "iceconnectionstatechange" => {
                    entry.state.ice_connection_state = state.ice_connection_state;
                }
                "icegatheringstatechange" => {
                    entry.state.ice_gathering_state = state.ice_gathering_state;
                }
                _ => entry.state.signaling_state = state.signaling_state,
            }
            if name.ends_with("gatheringstatechange") && !name.starts_with("ice")
                || name == "statechange"
            {
                entry.state.signaling_state = None;
            }
        }
        self.entries.push(entry);
    }

    fn fire(&mut self, fired: &[Fired], of: (u32, Vec<(TransportKind, String)>)) {
        let (id, changes) = of;
        // Where every transport is listed, an event may leave out what it reports.
        let says = self.recording.slow
            || self.recording.transports != Listing::All
            || !self.task.is_multiple_of(3);
        for fired in fired {
            let names: Vec<What> = match fired.event {
                Event::StateChange if self.recording.statechange => changes
                    .iter()
                    .map(|(kind, value)| What::Event {
                        name: "statechange".to_owned(),
                        transport: Some(id.to_string()),
                        kind: Some(*kind),
                        value: says.then(|| value.clone()),
                    })
                    .collect(),
                Event::SelectedCandidatePairChange | Event::Error | Event::StateChange => {
                    Vec::new()
                }
                Event::IceConnectionStateChange => vec![What::event("iceconnectionstatechange")],
                Event::ConnectionStateChange => vec![What::event("connectionstatechange")],
            };
            for what in names {
                let mut entry = self.entry(what);
                entry.state.connection_state = Some(fired.connection_state);
                entry.state.ice_connection_state = Some(fired.ice_connection_state);
                self.push(entry);
            }
        }
    }

    fn close(&mut self, in_handler: bool) {
        let closed = Transport::new(IceTransportState::Closed, DtlsTransportState::Closed);
        for (transport, _) in self.transports.values_mut() {
            *transport = closed;
        }
        self.signaling = SignalingState::Closed;
        if !in_handler {
            self.task += 1;
        }
        let entry = self.entry(What::call("close", ActionResult::Ok));
        self.push(entry);
    }

    pub(super) fn sample(&mut self, why: &str) {
        self.task += 1;
        let entry = self.entry(What::Sample(why.to_owned()));
        self.push(entry);
    }

    fn gather(&mut self) {
        let ids: Vec<u32> = self.transports.keys().copied().collect();
        if !ids.is_empty() {
            let id = ids[self.choose(ids.len())];
            self.gather_one(id);
        }
    }

    /// A transport takes a step of gathering.
    pub(super) fn gather_one(&mut self, id: u32) {
        let state = &mut self.transports.get_mut(&id).unwrap().1;
        *state = match state {
            IceGathererState::Gathering => IceGathererState::Complete,
            _ => IceGathererState::Gathering,
        };
        let state = *state;
        self.task += 1;
        if self.recording.statechange {
            let entry = self.entry(What::Event {
                name: "gatheringstatechange".to_owned(),
                transport: Some(id.to_string()),
                kind: None,
                value: Some(state.as_str().to_owned()),
            });
            self.push(entry);
        }
        let mut all = self.transports.values().map(|(_, gathering)| *gathering);
        let now = if all.clone().any(|one| one == IceGathererState::Gathering) {
            IceGatheringState::Gathering
        } else if all.all(|one| one == IceGathererState::Complete) {
            IceGatheringState::Complete
        } else {
            IceGatheringState::New
        };
        if now != self.gathering {
            self.gathering = now;
            let entry = self.entry(What::event("icegatheringstatechange"));
            self.push(entry);
        }
    }

    fn describe(&mut self) {
        let possible = self.descriptions();
        if !possible.is_empty() {
            let description = possible[self.choose(possible.len())];
            let refused = self.choose(4) == 0;
            self.describe_as(description, refused);
        }
    }

    /// The descriptions that may be set: the method, the type, and the new signalingState.
    pub(super) fn descriptions(&self) -> Vec<(&'static str, DescriptionType, SignalingState)> {
        use DescriptionType::{Answer, Offer, Pranswer, Rollback};
        use SignalingState::{
            Closed, HaveLocalOffer, HaveLocalPranswer, HaveRemoteOffer, HaveRemotePranswer, Stable,
        };
        let (local, remote) = ("setLocalDescription", "setRemoteDescription");
        match self.signaling {
            Stable => vec![
                (local, Offer, HaveLocalOffer),
                (remote, Offer, HaveRemoteOffer),
            ],
            HaveLocalOffer => vec![
                (remote, Answer, Stable),
                (remote, Pranswer, HaveRemotePranswer),
                (local, Rollback, Stable),
                (local, Offer, HaveLocalOffer),
            ],
            HaveRemoteOffer => vec![
                (local, Answer, Stable),
                (local, Pranswer, HaveLocalPranswer),
                (remote, Rollback, Stable),
            ],
            HaveLocalPranswer => vec![(local, Answer, Stable)],
            HaveRemotePranswer => vec![(remote, Answer, Stable)],
            Closed => Vec::new(),
        }
    }

    /// A description is applied, or refused.
    pub(super) fn describe_as(
        &mut self,
        (method, description, to): (&'static str, DescriptionType, SignalingState),
        refused: bool,
    ) {
        let call = |phase, result| What::Action {
            name: method.to_owned(),
            result,
            phase: Some(phase),
            description: Some(description),
        };
        self.task += 1;
        let entry = self.entry(call(Phase::Begin, None));
        self.push(entry);
        self.task += 1;
        if refused {
            let result = ActionResult::Error("OperationError".to_owned());
            let entry = self.entry(call(Phase::End, Some(result)));
            self.push(entry);
            return;
        }
        if to != self.signaling {
            self.signaling = to;
            let entry = self.entry(What::event("signalingstatechange"));
            self.push(entry);
        }
        let entry = self.entry(call(Phase::End, Some(ActionResult::Ok)));
        self.push(entry);
    }
}
