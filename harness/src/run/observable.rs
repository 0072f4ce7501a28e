//! The parts of a scenario that an implementation shows: what an implementation does not show is
//! not judged.
//!
//! An expectation of something that is not observed is left out, and its time passes in full: after
//! its `within`, a lasting value would hold. That does not work for a transient value such as
//! `connecting`. A scenario that waits for a transient value that is not observed is unsupported,
//! and so is one that only expects what is not observed.

use std::collections::BTreeSet;

use peerstate_model::states::StateEnum;
use peerstate_model::trace::{Attribute, Observes, TransportsListed};
use schemars::JsonSchema;
use serde::Serialize;

use crate::scenario::{Action, Attributes, Changes, EVENTS, EventExpectation, Scenario, Step};

/// The transient values.
const PASSING: [&str; 4] = ["checking", "connecting", "disconnected", "gathering"];

/// The part of an expectation that is not judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "LeftOutReport")]
pub struct LeftOut {
    /// The line of the step in the scenario.
    pub line: usize,
    /// The attributes and events that are not observed.
    pub unseen: Vec<&'static str>,
}

/// A scenario without the expectations that can not be judged.
pub(super) struct Observable {
    pub(super) scenario: Scenario,
    pub(super) left_out: Vec<LeftOut>,
    /// The attributes and events that are not observed, although the scenario depends on them.
    pub(super) rests_on: BTreeSet<&'static str>,
}

impl Observable {
    pub(super) fn of(scenario: &Scenario, observes: &Observes) -> Self {
        let mut observable = Self {
            scenario: scenario.clone(),
            left_out: Vec::new(),
            rests_on: BTreeSet::new(),
        };
        let (mut expects, mut is_judged) = (false, false);
        for Step { line, action, .. } in &mut observable.scenario.steps {
            let mut sight = Sight {
                observes,
                unseen: Vec::new(),
            };
            let (is_empty, duration) = match action {
                Action::Expect(expectation) => {
                    let passes = sight.attributes(&mut expectation.attributes);
                    let is_empty = expectation.attributes == Attributes::default();
                    if is_empty && passes && !expectation.within.is_zero() {
                        observable.rests_on.extend(&sight.unseen);
                    }
                    (is_empty, expectation.within)
                }
                Action::ExpectEvents(expectation) => {
                    sight.events(expectation);
                    (expects_nothing(expectation), expectation.during)
                }
                _ => continue,
            };
            expects = true;
            is_judged |= !is_empty;
            if is_empty {
                *action = Action::Wait(duration);
            }
            if !sight.unseen.is_empty() {
                observable.left_out.push(LeftOut {
                    line: *line,
                    unseen: sight.unseen,
                });
            }
        }
        if expects && !is_judged {
            let unseen = observable.left_out.iter().flat_map(|one| &one.unseen);
            observable.rests_on.extend(unseen);
        }
        observable
    }
}

/// The sorting of one expectation into what is observed and what is not.
struct Sight<'o> {
    observes: &'o Observes,
    unseen: Vec<&'static str>,
}

impl Sight<'_> {
    /// Leaves out the attributes that are not observed. Returns whether a transient value was among
    /// the expected ones.
    fn attributes(&mut self, attributes: &mut Attributes) -> bool {
        let [connection, ice, gathering, signaling] =
            Attribute::ALL.map(|attribute| (attribute.as_str(), self.shows(attribute)));
        let shows_transports = self.observes.transports != Some(TransportsListed::None);
        let transport = |name| (name, shows_transports);
        let passes = [
            self.leave_out(&mut attributes.connection_state, connection),
            self.leave_out(&mut attributes.ice_connection_state, ice),
            self.leave_out(&mut attributes.ice_gathering_state, gathering),
            self.leave_out(&mut attributes.signaling_state, signaling),
            self.leave_out(
                &mut attributes.ice_transport_state,
                transport("iceTransportState"),
            ),
            self.leave_out(
                &mut attributes.dtls_transport_state,
                transport("dtlsTransportState"),
            ),
        ];
        passes.contains(&true)
    }

    /// Leaves out the events that are not observed.
    fn events(&mut self, expectation: &mut EventExpectation) {
        let [connection, ice, gathering, signaling] =
            Attribute::ALL.map(|attribute| (attribute.event(), self.hears(attribute.event())));
        let changes = &mut expectation.changes;
        self.leave_out(&mut changes.connection_state, connection);
        self.leave_out(&mut changes.ice_connection_state, ice);
        self.leave_out(&mut changes.ice_gathering_state, gathering);
        self.leave_out(&mut changes.signaling_state, signaling);
        let unheard: Vec<&'static str> = EVENTS
            .iter()
            .copied()
            .filter(|event| !self.hears(event))
            .collect();
        let all = [
            &mut expectation.events,
            &mut expectation.once,
            &mut expectation.never,
        ];
        for events in all {
            events.retain(|event| {
                let found = unheard.iter().find(|unheard| **unheard == event);
                self.unseen.extend(found.copied());
                found.is_none()
            });
        }
        self.unseen.sort_unstable();
        self.unseen.dedup();
    }

    /// Returns whether an event is observed.
    fn hears(&self, event: &str) -> bool {
        let events = self.observes.events.as_ref();
        events.is_none_or(|events| events.contains(event))
    }

    /// Returns whether an attribute is observed: it is read, or its event is.
    fn shows(&self, attribute: Attribute) -> bool {
        self.hears(attribute.event()) || self.observes.attributes.contains_key(&attribute)
    }

    /// Leaves out what is not observed. Returns whether one of the values is transient.
    fn leave_out<S: StateEnum>(
        &mut self,
        states: &mut Option<Vec<S>>,
        (name, is_observed): (&'static str, bool),
    ) -> bool {
        let Some(left_out) = states.take_if(|_| !is_observed) else {
            return false;
        };
        self.unseen.push(name);
        left_out
            .iter()
            .any(|state| PASSING.contains(&state.as_str()))
    }
}

fn expects_nothing(expectation: &EventExpectation) -> bool {
    let EventExpectation {
        events,
        once,
        never,
        changes,
        ..
    } = expectation;
    events.is_empty() && once.is_empty() && never.is_empty() && *changes == Changes::default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::scenario;

    /// Observes `iceConnectionState` and its events, and nothing else.
    fn sight() -> Observes {
        let ice = Attribute::IceConnectionState;
        Observes {
            events: Some([ice.event().to_owned()].into()),
            transports: Some(TransportsListed::None),
            ..Observes::default()
        }
    }

    fn observable(step: &str, observes: &Observes) -> Observable {
        let text = format!("title: x\nsteps:\n  - expect: {{peer: bob, {step}}}\n");
        let scenario = scenario::parse("x.yaml", "x", &text).unwrap();
        Observable::of(&scenario, observes)
    }

    #[rstest]
    #[case::seen("iceConnectionState: connected, within: 5s", &[], &[])]
    #[case::seen_in_part(
        "connectionState: connected, iceConnectionState: connected",
        &["connectionState"],
        &[]
    )]
    #[case::passing_beside_what_is_seen(
        "connectionState: connecting, iceConnectionState: checking, within: 5s",
        &["connectionState"],
        &[]
    )]
    #[case::transports("dtlsTransportState: connected", &["dtlsTransportState"], &["dtlsTransportState"])]
    #[case::never("never: [connectionstatechange, iceconnectionstatechange], during: 1s", &["connectionstatechange"], &[])]
    #[case::never_seen("never: [connectionstatechange], during: 1s", &["connectionstatechange"], &["connectionstatechange"])]
    #[case::changes(
        "changes: {iceConnectionState: checking, connectionState: connecting}, during: 1s",
        &["connectionstatechange"],
        &[]
    )]
    #[case::of_no_attribute("events: [open], during: 1s", &["open"], &["open"])]
    fn what_is_not_observed_is_left_out(
        #[case] step: &str,
        #[case] unseen: &[&str],
        #[case] rests_on: &[&str],
    ) {
        let observable = observable(step, &sight());
        let left_out = observable.left_out.iter().flat_map(|one| &one.unseen);
        assert_eq!(left_out.copied().collect::<Vec<_>>(), unseen);
        assert!(observable.rests_on.iter().eq(rests_on));
        let whole = super::tests::observable(step, &Observes::default());
        assert!(whole.left_out.is_empty() && whole.rests_on.is_empty());
    }

    #[rstest]
    #[case::lasting("connected", true)]
    #[case::passing("connecting", false)]
    #[case::one_of_them_passes("[connected, disconnected]", false)]
    fn only_a_lasting_value_is_waited_for_unseen(#[case] value: &str, #[case] is_run: bool) {
        let text = format!(
            "title: x\nsteps:\n  - expect: {{peer: bob, connectionState: {value}, within: 5s}}\n  \
             - expect: {{peer: bob, iceConnectionState: new}}\n"
        );
        let scenario = scenario::parse("x.yaml", "x", &text).unwrap();
        let observable = Observable::of(&scenario, &sight());
        assert_eq!(observable.rests_on.is_empty(), is_run);
        let waited = Action::Wait(std::time::Duration::from_secs(5));
        assert_eq!(observable.scenario.steps[0].action, waited);
        assert_eq!(observable.scenario.steps[1], scenario.steps[1]);
    }
}
