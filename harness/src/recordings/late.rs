//! Chromium writes the current state into the log when <chrome://webrtc-internals> is opened:
//! descriptions as if they were set now, then `signalingState`, `iceConnectionState` and
//! `connectionState`. These are not changes. If they are the first states of a log, what came
//! before them is not known.

use std::collections::{BTreeMap, BTreeSet};

use peerstate_model::trace::Attribute;

use super::events::Logged;
use super::log::{Connection, Layer, Record};

/// The attributes of the current state, in the order in which they are written.
const CURRENT: [Attribute; 3] = [
    Attribute::SignalingState,
    Attribute::IceConnectionState,
    Attribute::ConnectionState,
];

/// What in a log is not what it seems.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Repeats {
    /// The records that only repeat what has happened before.
    pub(super) records: BTreeSet<usize>,
    /// Whether the log begins late, so that the values before its first ones are not known.
    pub(super) is_late: bool,
}

impl Repeats {
    /// Finds the repetitions in the log of a connection.
    pub(super) fn of(connection: &Connection, layer: Layer) -> Self {
        match layer {
            // The library sees a connection from its creation.
            Layer::Page { .. } => Self {
                records: BTreeSet::new(),
                is_late: connection.created.is_none(),
            },
            Layer::Native => Self::of_native(&connection.records),
        }
    }

    fn of_native(records: &[Record]) -> Self {
        let mut repeats = Self::default();
        let mut known: BTreeMap<Attribute, &str> = BTreeMap::new();
        // Whether a call that sets a description has begun, and whether one has returned.
        let (mut has_begun, mut has_returned) = (false, false);
        for (index, record) in records.iter().enumerate() {
            let is_current = current(records, index);
            let is_first = known.is_empty() && !has_returned;
            let repeated = |(attribute, text): &(Attribute, &str)| {
                known.get(attribute).is_some_and(|known| known == text)
            };
            if let Some(values) = is_current
                && (is_first || values.iter().all(repeated))
            {
                let before = records.iter().take(index).enumerate().rev();
                let before = before.take_while(|(_, one)| one.logged.sets_description());
                // There are two descriptions at the most.
                repeats
                    .records
                    .extend(before.take(2).map(|(index, _)| index));
                if is_first {
                    repeats.is_late = true;
                } else {
                    repeats.records.extend(index..index + values.len());
                }
            }
            match &record.logged {
                Logged::State(attribute, text) => {
                    if known.is_empty() && CURRENT.contains(attribute) && !has_begun {
                        repeats.is_late = true;
                    }
                    if CURRENT.contains(attribute) {
                        known.insert(*attribute, text);
                    }
                }
                Logged::Succeeded { .. } | Logged::Failed { .. } => has_returned = true,
                logged => has_begun |= logged.sets_description(),
            }
        }
        repeats
    }
}

/// Returns the values of the current state if it is written from here on.
fn current(records: &[Record], index: usize) -> Option<[(Attribute, &str); 3]> {
    let value = |place: usize| {
        let attribute = CURRENT[place];
        match &records.get(index + place)?.logged {
            Logged::State(of, text) if *of == attribute => Some((attribute, text.as_str())),
            _ => None,
        }
    };
    Some([value(0)?, value(1)?, value(2)?])
}
