//! Values of a trace that can be read, but are most likely slips.

use std::collections::BTreeMap;

use super::{Trace, What};
use crate::input::names::{self, Suggestion};

/// The events that rules judge.
pub const JUDGED_EVENTS: &[&str] = &[
    "connectionstatechange",
    "iceconnectionstatechange",
    "icegatheringstatechange",
    "signalingstatechange",
    "statechange",
    "gatheringstatechange",
    "selectedcandidatepairchange",
];

/// The other events of a connection and its parts, which may appear and are not judged.
const OTHER_EVENTS: &[&str] = &[
    "addstream",
    "bufferedamountlow",
    "close",
    "closing",
    "datachannel",
    "ended",
    "error",
    "icecandidate",
    "icecandidateerror",
    "message",
    "mute",
    "negotiationneeded",
    "open",
    "removestream",
    "tonechange",
    "track",
    "unmute",
];

/// The name of an event that is almost that of a judged one, and therefore not judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The line where it is first, from 1.
    pub line: usize,
    /// The strange value, and the one that was probably meant.
    pub message: String,
}

impl Trace {
    /// Every slip in the order of the trace, each name once.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut strange: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for entry in &self.entries {
            if let What::Event { name, .. } = &entry.what
                && !JUDGED_EVENTS.contains(&name.as_str())
                && !OTHER_EVENTS.contains(&name.as_str())
            {
                strange.entry(name).or_insert((entry.line, 0)).1 += 1;
            }
        }
        let subscribed = self.header.observes.events.iter().flatten();
        for name in subscribed {
            if !JUDGED_EVENTS.contains(&name.as_str()) && !OTHER_EVENTS.contains(&name.as_str()) {
                strange.entry(name).or_insert((1, 1));
            }
        }
        let mut warnings: Vec<Warning> = strange
            .into_iter()
            .filter_map(|(name, (line, count))| {
                let suggestion = names::nearest(name, JUDGED_EVENTS.iter().copied());
                let Suggestion(Some(meant)) = suggestion else {
                    return None;
                };
                let times = if count == 1 {
                    "once".to_owned()
                } else {
                    format!("{count} times")
                };
                let found = names::shorten(name);
                let message =
                    format!("the event `{found}` ({times}) is not judged: did you mean `{meant}`?");
                Some(Warning { line, message })
            })
            .collect();
        warnings.sort_by_key(|warning| warning.line);
        warnings
    }
}
