//! What one peer showed, as the rules query it. It is prepared in one pass over the entries, so
//! that no rule has to search.

use std::collections::HashMap;
use std::time::Duration;

use super::demands::Demands;
use crate::state_set::StateSet;
use crate::states::{DtlsTransportState as Dtls, IceGathererState, IceTransportState as Ice};
use crate::trace::{
    Attribute, Clock, Entry, JUDGED_EVENTS, Observes, Phase, Read, Trace, TransportKind,
    TransportState, TransportsListed, What,
};

/// The entries of one peer, the edition to judge them by, and what was observed.
#[derive(Debug)]
pub(super) struct View<'t> {
    pub(super) demands: &'t Demands<'t>,
    pub(super) entries: Vec<&'t Entry>,
    /// The task of each entry, as far as the trace shows; equal numbers mean one task.
    pub(super) tasks: Vec<usize>,
    /// Whether these are event-loop tasks, and not only entries with the same time.
    pub(super) knows_tasks: bool,
    /// For each entry that lists every transport, the index of its list in `sets`.
    pub(super) listed: Vec<Option<usize>>,
    /// The distinct lists of transports, sorted by id.
    pub(super) sets: Vec<Vec<TransportState>>,
    /// For each entry, whether transports came or went since one of them took an ICE step. A DTLS
    /// step updates connectionState from the previous iceConnectionState.
    set_changed: Vec<bool>,
    /// The same, since one of them took a step of gathering.
    set_changed_since_gathering: Vec<bool>,
    pub(super) facts: Facts<'t>,
    /// The index of the entry in which `close()` was called, and of that in which it returned.
    pub(super) close_begun: Option<usize>,
    pub(super) close_returned: Option<usize>,
    open_length: usize,
    clock: Clock,
}

/// Facts about the whole trace.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that a recorder may declare"
)]
#[derive(Debug, Clone)]
pub(super) struct Facts<'t> {
    observes: &'t Observes,
    /// Whether the trace has every call.
    pub(super) has_actions: bool,
    /// Whether neighbouring entries are in the order in which the application saw them.
    pub(super) has_order: bool,
    has_tasks: bool,
    lists_all: bool,
    /// The judged events that occur.
    occurring: Vec<&'static str>,
    clock: Clock,
}

impl<'t> Facts<'t> {
    pub(super) fn of(trace: &'t Trace) -> Self {
        let observes = &trace.header.observes;
        let mut occurring = Vec::new();
        let (mut any_action, mut any_task) = (false, false);
        for entry in &trace.entries {
            any_action |= matches!(entry.what, What::Action { .. });
            any_task |= entry.task.is_some();
            if let Some(event) = judged_event(entry)
                && !occurring.contains(&event)
            {
                occurring.push(event);
            }
        }
        Self {
            observes,
            has_actions: observes.actions.unwrap_or(any_action),
            has_order: observes.order.unwrap_or(true),
            has_tasks: any_task && observes.tasks.unwrap_or(true),
            lists_all: observes.transports.unwrap_or(TransportsListed::All)
                == TransportsListed::All,
            occurring,
            clock: trace.header.clock,
        }
    }

    /// Returns whether an event was subscribed to, so that its absence means something.
    pub(super) fn is_subscribed(&self, event: &str) -> bool {
        match &self.observes.events {
            Some(events) => events.contains(event),
            None => self.occurring.contains(&event),
        }
    }

    /// Returns whether the header itself says that an event was subscribed to.
    pub(super) fn is_said_to_be_subscribed(&self, event: &str) -> bool {
        let events = self.observes.events.as_ref();
        events.is_some_and(|events| events.contains(event))
    }

    /// Returns whether an attribute was read by its getter.
    pub(super) fn is_live(&self, attribute: Attribute) -> bool {
        self.observes.read(attribute) == Read::Live
    }
}

impl<'t> View<'t> {
    pub(super) fn of(facts: &Facts<'t>, entries: Vec<&'t Entry>, demands: &'t Demands<'t>) -> Self {
        let (tasks, knows_tasks) = (number_tasks(&entries, facts), facts.has_tasks);
        let (listed, sets) = intern(&entries, facts.lists_all);
        let set_changed = follow_sets(&listed, &sets, |t| t.ice);
        let set_changed_since_gathering = follow_sets(&listed, &sets, |t| t.gathering);
        let is_close = |entry: &&Entry, returned: bool| {
            matches!(&entry.what, What::Action { name, phase, .. }
                if name == "close" && !(returned && *phase == Some(Phase::Begin)))
        };
        let close_begun = entries.iter().position(|entry| is_close(entry, false));
        let close_returned = entries.iter().position(|entry| is_close(entry, true));
        let open_end = if facts.has_actions {
            close_begun
        } else {
            entries.iter().position(|entry| reads_closed(entry))
        };
        Self {
            demands,
            tasks,
            knows_tasks,
            listed,
            sets,
            set_changed,
            set_changed_since_gathering,
            facts: facts.clone(),
            close_begun,
            close_returned,
            open_length: open_end.unwrap_or(entries.len()),
            clock: facts.clock,
            entries,
        }
    }

    /// Returns the number of entries before `close()` was called. If the trace does not have the
    /// calls, a value that reads closed shows that it was called.
    pub(super) const fn open_length(&self) -> usize {
        self.open_length
    }

    /// Returns the entries before `close()` was called, with their indices.
    pub(super) fn open_entries(&self) -> impl Iterator<Item = (usize, &'t Entry)> + '_ {
        let open = &self.entries[..self.open_length()];
        open.iter().copied().enumerate()
    }

    /// Returns the states of the transports that an entry lists; `None` if it does not list them
    /// all, or lacks the states of one kind.
    pub(super) fn states(&self, place: usize) -> Option<(StateSet<Ice>, Option<StateSet<Dtls>>)> {
        let transports = self.transports(place)?;
        let ice: Option<StateSet<Ice>> = transports.iter().map(|t| t.ice).collect();
        let dtls: Option<StateSet<Dtls>> = transports.iter().map(|t| t.dtls).collect();
        Some((ice?, dtls))
    }

    /// Returns the transports that an entry lists, if it lists them all.
    pub(super) fn transports(&self, place: usize) -> Option<&[TransportState]> {
        self.listed[place].map(|set| self.sets[set].as_slice())
    }

    /// Returns the gathering states of the transports that an entry lists.
    pub(super) fn gathering(&self, place: usize) -> Option<StateSet<IceGathererState>> {
        self.transports(place)?
            .iter()
            .map(|t| t.gathering)
            .collect()
    }

    /// Returns whether the value in an entry may belong to the transports before some came or went:
    /// the edition may not derive it again then.
    pub(super) fn may_lag_behind_the_set(&self, place: usize, attribute: Attribute) -> bool {
        match attribute {
            // No edition updates it in this case.
            Attribute::IceGatheringState => self.set_changed_since_gathering[place],
            _ => !self.demands.updates_with_the_set() && self.set_changed[place],
        }
    }

    /// Returns whether transports came or went since one of them took an ICE step.
    pub(super) fn has_changed_set(&self, place: usize) -> bool {
        self.set_changed[place]
    }

    /// Returns whether two entries ran in one task, as far as the trace shows.
    pub(super) fn same_task(&self, one: usize, other: usize) -> bool {
        self.tasks[one] == self.tasks[other]
    }

    /// Returns whether an entry is one of these events, or one of them came before it in its task.
    pub(super) fn follows_an_event(&self, place: usize, events: &[&str]) -> bool {
        let mut before = (0..=place)
            .rev()
            .take_while(|other| self.same_task(*other, place));
        before.any(|other| {
            let event = judged_event(self.entries[other]);
            event.is_some_and(|event| events.contains(&event))
        })
    }

    /// Returns how long a queued task may take to run.
    ///
    /// On a real clock, tasks wait for the event loop. In virtual time they take no time or almost
    /// none, as the implementation decides.
    pub(super) const fn patience(&self) -> Duration {
        match self.clock {
            Clock::Virtual => Duration::from_millis(10),
            Clock::Real => Duration::from_millis(100),
        }
    }

    /// Returns whether an entry is later than another by more than a queued task may take.
    pub(super) fn is_much_later(&self, later: usize, earlier: usize) -> bool {
        let at = |place: usize| self.entries[place].at.since_start();
        at(later) > at(earlier) + self.patience()
    }

    /// Returns whether the values of an entry have settled: nothing else was observed until index
    /// `news` for longer than queued tasks may take, or until the sample that ends the trace.
    pub(super) fn is_settled(&self, place: usize, news: usize) -> bool {
        let last = self.entries.len().saturating_sub(1);
        let ends = self
            .entries
            .last()
            .is_some_and(|entry| matches!(&entry.what, What::Sample(why) if why == "end"));
        if news > last {
            return ends || self.is_much_later(last, place);
        }
        // The news itself is at a later time, and until then nothing else was observed. If an
        // update is a separate task, the transports may have changed unobserved before it ran.
        let seen = self.demands.updates_in_one_task() || self.facts.is_subscribed("statechange");
        self.is_much_later(if seen { news } else { news.saturating_sub(1) }, place)
    }
}

/// Returns the name of the event of an entry, if rules judge it.
pub(super) fn judged_event(entry: &Entry) -> Option<&'static str> {
    match &entry.what {
        What::Event { name, .. } => JUDGED_EVENTS.iter().copied().find(|event| event == name),
        _ => None,
    }
}

/// Returns whether an entry is an event with this name.
pub(super) fn is_event(entry: &Entry, event: &str) -> bool {
    matches!(&entry.what, What::Event { name, .. } if name == event)
}

/// Returns whether some attribute is `closed`, or an event reported it as such.
pub(super) fn reads_closed(entry: &Entry) -> bool {
    Attribute::ALL
        .into_iter()
        .any(|attribute| text_of(entry, attribute) == Some("closed"))
}

/// Returns what an entry shows of an attribute: what it read, or what its event reported.
pub(super) fn text_of(entry: &Entry, attribute: Attribute) -> Option<&str> {
    entry.state.get(attribute).or(match &entry.what {
        What::Event { name, value, .. } if name == attribute.event() => value.as_deref(),
        _ => None,
    })
}

/// Returns what a `statechange` reports: the state that it carries, or otherwise the state of its
/// transport in the list of the entry.
pub(super) fn changed_to(entry: &Entry, kind: TransportKind) -> Option<&str> {
    let What::Event {
        transport, value, ..
    } = &entry.what
    else {
        return None;
    };
    let listed = || {
        let transports = entry.transports.as_deref()?;
        let one = match (transport, transports) {
            (None, [only]) => only,
            (id, all) => all.iter().find(|other| Some(&other.id) == id.as_ref())?,
        };
        one.state(kind)
    };
    value.as_deref().or_else(listed)
}

/// Returns the kind of the transport on which a `statechange` is dispatched: the kind that the
/// entry states, or otherwise the only kind with this state.
pub(super) fn kind_of(entry: &Entry) -> Option<TransportKind> {
    let What::Event { kind, value, .. } = &entry.what else {
        return None;
    };
    let by_value = || match value.as_deref()? {
        "connecting" => Some(TransportKind::Dtls),
        "checking" | "completed" | "disconnected" => Some(TransportKind::Ice),
        _ => None,
    };
    kind.or_else(by_value)
}

/// Numbers the tasks: by the numbers in the trace, or otherwise by time.
fn number_tasks(entries: &[&Entry], facts: &Facts<'_>) -> Vec<usize> {
    /// Handlers of one task run within this time, and clocks are rounded.
    const LONGEST_BURST: Duration = Duration::from_millis(2);
    let longest = match facts.clock {
        Clock::Virtual => Duration::ZERO,
        Clock::Real => LONGEST_BURST,
    };
    let mut numbers = Vec::with_capacity(entries.len());
    let mut number = 0;
    let mut before: Option<&Entry> = None;
    let mut task = None;
    for entry in entries {
        let together = match (entry.task, task) {
            (Some(now), Some(before)) if facts.has_tasks => now == before,
            _ => before
                .is_some_and(|before| entry.at.since_start() <= before.at.since_start() + longest),
        };
        if !together {
            number += 1;
            task = None;
        }
        task = entry.task.or(task);
        before = Some(entry);
        numbers.push(number);
    }
    numbers
}

/// Returns each distinct list of transports, and the index of the list of each entry.
fn intern(entries: &[&Entry], lists_all: bool) -> (Vec<Option<usize>>, Vec<Vec<TransportState>>) {
    let mut numbers: HashMap<Vec<TransportState>, usize> = HashMap::new();
    let mut sets = Vec::new();
    let listed = entries
        .iter()
        .map(|entry| {
            let transports = entry.transports.as_ref().filter(|_| lists_all)?;
            let mut transports = transports.clone();
            transports.sort_by(|one, other| one.id.cmp(&other.id));
            Some(*numbers.entry(transports).or_insert_with_key(|transports| {
                sets.push(transports.clone());
                sets.len() - 1
            }))
        })
        .collect();
    (listed, sets)
}

/// Returns, for each entry, whether transports came or went since one of them took a step, that is,
/// since the state of one was different.
fn follow_sets<S: PartialEq>(
    listed: &[Option<usize>],
    sets: &[Vec<TransportState>],
    state: impl Fn(&TransportState) -> S,
) -> Vec<bool> {
    let set = |set: usize| sets[set].iter();
    let (mut changed, mut before) = (false, None);
    let mut all = Vec::with_capacity(listed.len());
    for now in listed {
        if let (Some(before), Some(now)) = (before, *now)
            && before != now
        {
            if set(before).map(|t| &t.id).ne(set(now).map(|t| &t.id)) {
                changed = true;
            } else if set(before).map(&state).ne(set(now).map(&state)) {
                changed = false;
            }
        }
        before = now.or(before);
        all.push(changed);
    }
    all
}

/// Returns, for each reading, the index of the next different reading, or otherwise the end.
pub(super) fn next_differing<T: PartialEq>(read: &[Option<T>]) -> Vec<usize> {
    let mut next = vec![read.len(); read.len()];
    let mut later: Option<usize> = None;
    for place in (0..read.len()).rev() {
        let Some(now) = &read[place] else {
            continue;
        };
        if let Some(later) = later {
            let same = read[later].as_ref() == Some(now);
            next[place] = if same { next[later] } else { later };
        }
        later = Some(place);
    }
    next
}
