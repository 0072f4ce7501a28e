//! A mutation analysis of the suite: what each scenario catches, and the purpose of each of its
//! steps.
//!
//! An expectation is *controlled* if it can be the first of its scenario that is missed: by
//! webrtc-rs as it is, by a wrong implementation, or because an earlier step is removed. Another
//! step is *controlled* if without it webrtc-rs behaves differently, or a wrong implementation that
//! the scenario catches is no longer caught.

pub(crate) mod lists;
pub(crate) mod page;
mod shown;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;

use peerstate::implementation::{PeerIndex, Setup};
use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate::parallel::on_every_core;
use peerstate::run::Supported;
use peerstate::scenario::suite;
use peerstate::scenario::{Action, Scenario};
use peerstate_model::trace::At;

pub(crate) use self::shown::Caught;
use self::shown::{Judge, Place, Shown};
use crate::wrong::{self, Hooked, Hooks, Seen, Tape, Wrong, acts};

/// The result for the whole suite.
pub(crate) struct Analysis {
    /// The scenarios that could be run, by id.
    pub(crate) scenarios: Vec<Controlled>,
    /// The ids of the scenarios that require what webrtc-rs lacks.
    pub(crate) unsupported: Vec<String>,
}

impl Analysis {
    /// Returns the scenarios whose expectations catch a wrong implementation.
    pub(crate) fn scenarios_that_catch(&self, wrong: &str) -> Vec<&str> {
        let catching = self.scenarios.iter().filter(|scenario| {
            let caught = scenario.caught.get(wrong);
            caught.is_some_and(|caught| caught.by_the_scenario())
        });
        catching.map(|scenario| scenario.id.as_str()).collect()
    }

    /// Returns the rules that catch it, in any scenario.
    pub(crate) fn rules_that_catch(&self, wrong: &str) -> BTreeSet<&'static str> {
        let caught = self.scenarios.iter();
        let caught = caught.filter_map(|scenario| scenario.caught.get(wrong));
        caught
            .flat_map(|caught| caught.rules.iter().copied())
            .collect()
    }

    /// Returns the scenarios whose expectations a right implementation misses.
    pub(crate) fn scenarios_that_wrong(&self, right: &str) -> Vec<&str> {
        let wronging = self.scenarios.iter();
        let wronging = wronging.filter(|scenario| scenario.wronged.contains(right));
        wronging.map(|scenario| scenario.id.as_str()).collect()
    }
}

/// A scenario and its controls.
pub(crate) struct Controlled {
    /// Its id.
    pub(crate) id: String,
    /// For each wrong implementation that it catches, by name, how it is caught.
    pub(crate) caught: BTreeMap<&'static str, Caught>,
    /// The right implementations that miss an expectation, by name.
    pub(crate) wronged: BTreeSet<&'static str>,
    /// The expectations, each with its control.
    pub(crate) expectations: Vec<Part>,
    /// The other steps, each with its control.
    pub(crate) steps: Vec<Part>,
}

/// An expectation at a peer, or another step.
pub(crate) struct Part {
    /// The line of its step.
    pub(crate) line: usize,
    /// The peer, for an expectation.
    pub(crate) peer: Option<String>,
    /// The step as it is written.
    pub(crate) text: String,
    /// The control that shows its purpose; `None` if it has none.
    pub(crate) control: Option<Control>,
}

/// The control that shows the purpose of an expectation or a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Control {
    /// webrtc-rs itself misses the expectation.
    Missed,
    /// The expectation is missed without the step on this line.
    Without(usize),
    /// This wrong implementation misses the expectation.
    MissedBy(&'static str),
    /// An implementation that becomes wrong in this way before that point misses the expectation.
    MissedLateBy(&'static str),
    /// webrtc-rs does not reach it: the run ends at the step on this line.
    Unreached(usize),
    /// Without the step, the expectation on this line is missed.
    Fails(usize),
    /// Without the step, a deviation of webrtc-rs disappears, or another appears.
    Deviates(String),
    /// Without the step, this wrong implementation is not caught.
    Frees(&'static str),
    /// Without the step, an implementation that becomes wrong in this way is not caught.
    FreesLate(&'static str),
    /// Without the step, this right implementation is caught.
    Wrongs(&'static str),
}

/// Returns the analysis of the suite, which is computed once in a process.
pub(crate) fn analysis() -> &'static Analysis {
    static ANALYSIS: OnceLock<Analysis> = OnceLock::new();
    ANALYSIS.get_or_init(analyse)
}

/// A run of a scenario against webrtc-rs, with a tape.
struct Taped<'s> {
    scenario: &'s Scenario,
    shown: Shown,
    tape: Tape,
}

impl<'s> Taped<'s> {
    fn of(judge: &Judge, scenario: &'s Scenario) -> Self {
        let taped = Hooked::taped();
        let shown = judge.show(scenario, &taped);
        let tape = taped
            .tape
            .map(|tape| std::mem::take(&mut *tape.lock().unwrap()));
        Self {
            scenario,
            shown,
            tape: tape.unwrap_or_default(),
        }
    }

    /// Returns whether hooks that begin at a moment change anything.
    fn is_changed_by(&self, hooks: &Hooks, from: At) -> bool {
        let seen = Seen::of(&Setup {
            peers: self.scenario.peers.clone(),
            seed: self.scenario.seed,
        });
        acts(hooks, from, seen, &self.tape)
    }

    /// Returns what the expectations catch of hooks that begin at a moment.
    fn caught_late(&self, hooks: Hooks, from: At) -> Caught {
        shown::expectations(self.scenario, &Hooked::late(hooks, from)).beyond(&self.shown)
    }
}

/// A scenario as webrtc-rs behaves in it.
struct Base<'s> {
    run: Taped<'s>,
    caught: BTreeMap<&'static str, Caught>,
    /// What the right implementations show, if they differ from webrtc-rs here.
    right: BTreeMap<&'static str, Shown>,
}

fn analyse() -> Analysis {
    let judge = Judge::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios").to_owned();
    let suite = suite::Suite::embedded()
        .select(&[folder])
        .unwrap()
        .into_iter();
    let (scenarios, unsupported): (Vec<_>, Vec<_>) =
        suite.partition(|scenario| Supported::of(scenario, &WebrtcRs).is_ok());
    let bases = on_every_core(&scenarios, |scenario| base(&judge, scenario));
    // An implementation that few scenarios catch is the most likely to escape.
    let mut catches: BTreeMap<&str, usize> = BTreeMap::new();
    for name in bases.iter().flat_map(|base| base.caught.keys()) {
        *catches.entry(name).or_default() += 1;
    }
    let mut rarest = wrong::all();
    rarest.sort_by_key(|wrong| catches.get(wrong.name).copied().unwrap_or(0));
    Analysis {
        scenarios: on_every_core(&bases, |base| control(&judge, base, &rarest)),
        unsupported: unsupported
            .into_iter()
            .map(|scenario| scenario.id)
            .collect(),
    }
}

fn base<'s>(judge: &Judge, scenario: &'s Scenario) -> Base<'s> {
    let run = Taped::of(judge, scenario);
    let mut caught = BTreeMap::new();
    for wrong in wrong::all() {
        if run.is_changed_by(&wrong.hooks, At::default()) {
            let found = judge.show(scenario, &Hooked::of(wrong.hooks));
            let found = found.beyond(&run.shown);
            if !found.is_nothing() {
                caught.insert(wrong.name, found);
            }
        }
    }
    let mut right = BTreeMap::new();
    for one in wrong::right() {
        if run.is_changed_by(&one.hooks, At::default()) {
            let shown = shown::expectations(scenario, &Hooked::of(one.hooks));
            right.insert(one.name, shown);
        }
    }
    Base { run, caught, right }
}

/// Returns the lines of the expectations of a scenario, and their peers.
fn expectations(scenario: &Scenario) -> Vec<Place> {
    let name = |peer: PeerIndex| scenario.peers[peer.0].name.clone();
    let mut places = Vec::new();
    for step in &scenario.steps {
        let peers = match &step.action {
            Action::Expect(expectation) => expectation.peers.clone(),
            Action::ExpectEvents(expectation) => expectation.peers.clone(),
            Action::Call {
                peer,
                fails: Some(_),
                ..
            } => vec![*peer],
            _ => Vec::new(),
        };
        places.extend(peers.into_iter().map(|peer| (step.line, name(peer))));
    }
    places
}

fn control(judge: &Judge, base: &Base<'_>, rarest: &[&'static Wrong]) -> Controlled {
    let Taped {
        scenario, shown, ..
    } = &base.run;
    let trial = Trial {
        judge,
        base,
        rarest,
    };
    let mut missed: BTreeMap<Place, Control> = BTreeMap::new();
    let own = shown.missed.keys().cloned();
    missed.extend(own.map(|place| (place, Control::Missed)));
    for wrong in rarest {
        for place in base
            .caught
            .get(wrong.name)
            .iter()
            .flat_map(|caught| &caught.first)
        {
            let control = Control::MissedBy(wrong.name);
            missed.entry(place.clone()).or_insert(control);
        }
    }
    let places = expectations(scenario);
    let expected: BTreeSet<usize> = places.iter().map(|(line, _)| *line).collect();
    let text = StepTexts::of(scenario);
    let mut steps = Vec::new();
    for (place, step) in scenario.steps.iter().enumerate() {
        if expected.contains(&step.line) {
            continue;
        }
        let mut without = Scenario::clone(scenario);
        without.steps.remove(place);
        let without = Taped::of(judge, &without);
        for place in without.shown.beyond(shown).first {
            missed.entry(place).or_insert(Control::Without(step.line));
        }
        let control = trial.of_step(step.line, &without);
        steps.push(Part {
            line: step.line,
            peer: None,
            text: text.line(step.line),
            control,
        });
    }
    for place in &places {
        if !missed.contains_key(place) {
            trial.of_expectation(place, &mut missed);
        }
    }
    let wronged = base.right.iter();
    let wronged = wronged.filter(|(_, other)| !other.beyond(shown).missed.is_empty());
    let wronged = wronged.map(|(name, _)| *name);
    let parts = places.into_iter().map(|place| Part {
        line: place.0,
        text: text.line(place.0),
        control: missed.get(&place).cloned(),
        peer: Some(place.1),
    });
    Controlled {
        id: scenario.id.clone(),
        caught: base.caught.clone(),
        wronged: wronged.collect(),
        expectations: parts.collect(),
        steps,
    }
}

/// What is needed to try parts of a scenario.
struct Trial<'t> {
    judge: &'t Judge,
    base: &'t Base<'t>,
    /// The wrong implementations; those that the fewest scenarios catch come first.
    rarest: &'t [&'static Wrong],
}

impl Trial<'_> {
    /// Returns the control of the step on a line, from a run without it; the cheapest is tried
    /// first.
    fn of_step(&self, line: usize, without: &Taped<'_>) -> Option<Control> {
        differs(&self.base.run.shown, &without.shown, line)
            .or_else(|| self.unreached(line))
            .or_else(|| self.wrongs(without))
            .or_else(|| self.frees(line, without))
            .or_else(|| self.frees_late(line, without))
    }

    fn unreached(&self, line: usize) -> Option<Control> {
        let stopped = self.base.run.shown.stopped;
        stopped
            .filter(|stopped| *stopped < line)
            .map(Control::Unreached)
    }

    /// Returns a wrong implementation that is not caught without a step.
    fn frees(&self, line: usize, without: &Taped<'_>) -> Option<Control> {
        let caught = self.rarest.iter();
        let caught = caught.filter_map(|wrong| {
            let caught = self.base.caught.get(wrong.name);
            caught.map(|caught| (*wrong, caught))
        });
        let (active, idle): (Vec<_>, Vec<_>) =
            caught.partition(|(wrong, _)| without.is_changed_by(&wrong.hooks, At::default()));
        if let Some((wrong, _)) = idle.first() {
            return Some(Control::Frees(wrong.name));
        }
        let freed = active.into_iter().find(|(wrong, before)| {
            let left = if before.by_the_scenario() {
                without.caught_late(wrong.hooks, At::default())
            } else {
                let shown = self.judge.show(without.scenario, &Hooked::of(wrong.hooks));
                shown.beyond(&without.shown)
            };
            is_free(wrong, &without.scenario.id, line, before, &left)
        });
        freed.map(|(wrong, _)| Control::Frees(wrong.name))
    }

    /// Returns a right implementation that is caught without a step.
    fn wrongs(&self, without: &Taped<'_>) -> Option<Control> {
        let wronged = wrong::right().into_iter().find(|right| {
            let before = self.base.right.get(right.name);
            if without.is_changed_by(&right.hooks, At::default()) {
                let after = shown::expectations(without.scenario, &Hooked::of(right.hooks));
                let before = before.unwrap_or(&self.base.run.shown);
                after.beyond(before).by_the_scenario()
            } else {
                before.is_some_and(|before| without.shown.beyond(before).by_the_scenario())
            }
        });
        wronged.map(|right| Control::Wrongs(right.name))
    }

    /// Returns an implementation that becomes wrong just before the step and is not caught without
    /// it.
    fn frees_late(&self, line: usize, without: &Taped<'_>) -> Option<Control> {
        let base = &self.base.run;
        let from = *base.shown.clear_before(line).first()?;
        if from == At::default() {
            return None;
        }
        let freed = self.rarest.iter().find(|wrong| {
            if !base.is_changed_by(&wrong.hooks, from) {
                return false;
            }
            let before = base.caught_late(wrong.hooks, from);
            if !before.by_the_scenario() {
                return false;
            }
            !without.is_changed_by(&wrong.hooks, from) || {
                let left = without.caught_late(wrong.hooks, from);
                is_free(wrong, &without.scenario.id, line, &before, &left)
            }
        });
        freed.map(|wrong| Control::FreesLate(wrong.name))
    }

    /// Returns the control of an expectation that no wrong implementation is the first to miss.
    fn of_expectation(&self, place: &Place, missed: &mut BTreeMap<Place, Control>) {
        if let Some(control) = self.unreached(place.0) {
            missed.insert(place.clone(), control);
            return;
        }
        let base = &self.base.run;
        for from in base.shown.clear_before(place.0) {
            // The implementation that most scenarios catch is the most likely to be caught here
            // too.
            for wrong in self.rarest.iter().rev() {
                if !base.is_changed_by(&wrong.hooks, from) {
                    continue;
                }
                for first in base.caught_late(wrong.hooks, from).first {
                    let control = Control::MissedLateBy(wrong.name);
                    missed.entry(first).or_insert(control);
                }
                if missed.contains_key(place) {
                    return;
                }
            }
        }
    }
}

/// Returns whether an implementation is no longer caught without the step on a line: not at all, or
/// not by an expectation that caught it. A refusal of the step itself counts only if the scenario
/// exists to catch that.
fn is_free(wrong: &Wrong, scenario: &str, line: usize, before: &Caught, left: &Caught) -> bool {
    let is_subject = wrong.caught_by.contains(&scenario);
    let mut missed = before.missed.iter();
    left.is_nothing()
        || (before.by_the_scenario() && !left.by_the_scenario())
        || missed.any(|place| !left.missed.contains(place) && (is_subject || place.0 != line))
}

/// Returns how webrtc-rs behaves differently without a step.
fn differs(base: &Shown, without: &Shown, step: usize) -> Option<Control> {
    let more = without.beyond(base);
    if let Some((line, _)) = more.first.first() {
        return Some(Control::Fails(*line));
    }
    let gone = base.missed.iter().find_map(|(place, deviations)| {
        let left = without.missed.get(place);
        let gone = deviations
            .iter()
            .find(|one| !left.is_some_and(|left| left.contains(*one)))?;
        Some(if place.0 == step {
            format!("{gone} (the step itself)")
        } else {
            gone.clone()
        })
    });
    let broken = base.particular.difference(&without.particular);
    let news = without.particular.difference(&base.particular);
    let rule = broken
        .chain(news)
        .next()
        .map(|(rule, _, _)| (*rule).to_owned());
    let ended = (base.ended != without.ended).then(|| "the end of the run".to_owned());
    gone.or(rule).or(ended).map(Control::Deviates)
}

/// The steps of a scenario as written.
struct StepTexts(Vec<String>);

impl StepTexts {
    fn of(scenario: &Scenario) -> Self {
        let text = fs::read_to_string(scenario.file.as_deref().unwrap_or_default()).unwrap();
        Self(
            text.lines()
                .map(|line| line.trim().trim_start_matches("- ").to_owned())
                .collect(),
        )
    }

    fn line(&self, line: usize) -> String {
        self.0.get(line - 1).cloned().unwrap_or_default()
    }
}
