//! The attributes of a peer, as far as an application knows that has watched it from the start.

use std::collections::BTreeMap;
use std::time::Duration;

use peerstate_model::states::{
    IceConnectionState, IceGatheringState, PeerConnectionState, SignalingState, StateEnum,
};
use peerstate_model::trace::{At, Attribute, Entry, Read, TransportState};

use crate::scenario::Attributes;

/// The last value of each attribute, and where it comes from.
///
/// An attribute in an entry is known at that time. If an implementation has no getter for it, the
/// value of its last event is assumed to persist. Before the first event, the attribute is assumed
/// to have the initial value of the specification; after `close()`, which fires no event, it is
/// assumed to be closed. Such an assumption is reported as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LastKnown {
    /// How each attribute is read; by default, by its getter.
    reads: BTreeMap<Attribute, Read>,
    connection_state: Value<PeerConnectionState>,
    ice_connection_state: Value<IceConnectionState>,
    ice_gathering_state: Value<IceGatheringState>,
    signaling_state: Value<SignalingState>,
    transports: Vec<TransportState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Value<S> {
    state: S,
    source: Source,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// It has not been observed yet.
    Initial,
    /// `close()` has returned, and it has not been observed since.
    Close,
    /// An event carried it, at this time.
    Event(At),
    /// It was read.
    Read,
}

/// The comparison of attributes with what is expected of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Comparison {
    /// The differences: what is expected, and what was found instead.
    pub(super) misses: Vec<(String, String)>,
    /// The compared values that are assumed, and where they come from.
    pub(super) assumed: Vec<String>,
}

impl LastKnown {
    /// Returns the attributes of a newly constructed connection.
    pub(super) fn initial(reads: BTreeMap<Attribute, Read>) -> Self {
        Self {
            reads,
            connection_state: Value::initial(PeerConnectionState::New),
            ice_connection_state: Value::initial(IceConnectionState::New),
            ice_gathering_state: Value::initial(IceGatheringState::New),
            signaling_state: Value::initial(SignalingState::Stable),
            transports: Vec::new(),
        }
    }

    /// Returns whether some attribute is read by its getter.
    pub(super) fn can_read(&self) -> bool {
        let mut all = Attribute::ALL.into_iter();
        all.any(|attribute| matches!(self.reads.get(&attribute), None | Some(Read::Live)))
    }

    /// Notes that the application has closed the connection.
    pub(super) fn close(&mut self) {
        self.connection_state = Value::closed(PeerConnectionState::Closed);
        self.ice_connection_state = Value::closed(IceConnectionState::Closed);
        self.signaling_state = Value::closed(SignalingState::Closed);
    }

    /// Notes what an entry contains.
    pub(super) fn learn(&mut self, entry: &Entry) {
        let (reads, state) = (&self.reads, &entry.state);
        let source = |attribute| match reads.get(&attribute) {
            None | Some(Read::Live) => Source::Read,
            Some(Read::Argument | Read::Cached) => Source::Event(entry.at),
        };
        self.connection_state
            .learn(state.connection_state, source(Attribute::ConnectionState));
        self.ice_connection_state.learn(
            state.ice_connection_state,
            source(Attribute::IceConnectionState),
        );
        self.ice_gathering_state.learn(
            state.ice_gathering_state,
            source(Attribute::IceGatheringState),
        );
        self.signaling_state
            .learn(state.signaling_state, source(Attribute::SignalingState));
        if let Some(transports) = &entry.transports {
            self.transports.clone_from(transports);
        }
    }

    /// Returns whether gathering has ended.
    pub(super) fn has_gathered(&self) -> bool {
        self.ice_gathering_state.state == IceGatheringState::Complete
    }

    /// Compares the expected attributes. A value that an event carried is assumed if that was
    /// before `since`.
    pub(super) fn compare(&self, attributes: &Attributes, since: Duration) -> Comparison {
        let mut comparison = Comparison::default();
        let Attributes {
            connection_state,
            ice_connection_state,
            ice_gathering_state,
            signaling_state,
            ice_transport_state,
            dtls_transport_state,
        } = attributes;
        comparison.value(
            "connectionState",
            connection_state.as_deref(),
            self.connection_state,
            since,
        );
        comparison.value(
            "iceConnectionState",
            ice_connection_state.as_deref(),
            self.ice_connection_state,
            since,
        );
        comparison.value(
            "iceGatheringState",
            ice_gathering_state.as_deref(),
            self.ice_gathering_state,
            since,
        );
        comparison.value(
            "signalingState",
            signaling_state.as_deref(),
            self.signaling_state,
            since,
        );
        comparison.transports(
            "iceTransportState",
            ice_transport_state.as_deref(),
            self.transports.iter().map(|transport| transport.ice),
        );
        comparison.transports(
            "dtlsTransportState",
            dtls_transport_state.as_deref(),
            self.transports.iter().map(|transport| transport.dtls),
        );
        comparison
    }
}

impl<S> Value<S> {
    fn initial(state: S) -> Self {
        let source = Source::Initial;
        Self { state, source }
    }

    fn closed(state: S) -> Self {
        let source = Source::Close;
        Self { state, source }
    }

    fn learn(&mut self, state: Option<S>, source: Source) {
        if let Some(state) = state {
            *self = Self { state, source };
        }
    }
}

impl Source {
    /// Returns where the value is assumed from, if it is.
    fn assumption(self, since: Duration) -> Option<&'static str> {
        match self {
            Self::Initial => Some("its initial value"),
            Self::Close => Some("what close() sets"),
            Self::Event(at) if at.since_start() < since => Some("what its last event reported"),
            Self::Event(_) | Self::Read => None,
        }
    }
}

impl Comparison {
    fn miss(&mut self, name: &str, expected: &str, seen: &str) {
        let expected = format!("{name} {expected}");
        self.misses.push((expected, format!("{name} {seen}")));
    }

    fn value<S: StateEnum>(
        &mut self,
        name: &str,
        expected: Option<&[S]>,
        seen: Value<S>,
        since: Duration,
    ) {
        let Some(expected) = expected else { return };
        if let Some(from) = seen.source.assumption(since) {
            self.assumed.push(format!("{name} is {from}"));
        }
        if !expected.contains(&seen.state) {
            self.miss(name, &one_of(expected), seen.state.as_str());
        }
    }

    /// Every transport must be in one of the states, and there must be at least one.
    fn transports<S: StateEnum>(
        &mut self,
        name: &str,
        expected: Option<&[S]>,
        seen: impl Iterator<Item = Option<S>>,
    ) {
        let Some(expected) = expected else { return };
        let seen: Vec<Option<S>> = seen.collect();
        let holds = |state: &Option<S>| state.is_some_and(|state| expected.contains(&state));
        if seen.is_empty() {
            self.miss(name, &one_of(expected), "of no transport observed");
        } else if !seen.iter().all(holds) {
            let states: Vec<_> = seen
                .iter()
                .map(|state| state.map_or("unobserved", S::as_str))
                .collect();
            self.miss(name, &one_of(expected), &states.join(", "));
        }
    }
}

fn one_of<S: StateEnum>(states: &[S]) -> String {
    states
        .iter()
        .map(|state| state.as_str())
        .collect::<Vec<_>>()
        .join(" or ")
}

#[cfg(test)]
mod tests {
    use peerstate_model::trace::What;
    use rstest::rstest;

    use super::*;

    fn event(at: Duration) -> Entry {
        let mut entry = Entry::new(At::after(at), "alice", What::event("connectionstatechange"));
        entry.state.connection_state = Some(PeerConnectionState::Connecting);
        entry
    }

    fn compare(known: &LastKnown, since: u64) -> Comparison {
        let attributes = Attributes {
            connection_state: Some(vec![PeerConnectionState::Connecting]),
            ..Attributes::default()
        };
        known.compare(&attributes, Duration::from_secs(since))
    }

    #[rstest]
    #[case::read_by_the_getter(None, 9, &[])]
    #[case::in_the_window(Some(Read::Argument), 5, &[])]
    #[case::before_the_window(Some(Read::Argument), 6, &["connectionState is what its last event reported"])]
    fn the_last_event_is_assumed_to_hold(
        #[case] read: Option<Read>,
        #[case] since: u64,
        #[case] assumed: &[&str],
    ) {
        let reads = read.map(|read| (Attribute::ConnectionState, read));
        let mut known = LastKnown::initial(reads.into_iter().collect());
        known.learn(&event(Duration::from_secs(5)));
        let comparison = compare(&known, since);
        assert_eq!(comparison.misses, []);
        assert_eq!(comparison.assumed, assumed);
    }

    #[test]
    fn what_was_never_seen_is_assumed() {
        let mut known = LastKnown::initial(BTreeMap::new());
        let assumed = compare(&known, 0).assumed;
        assert_eq!(assumed, ["connectionState is its initial value"]);
        known.close();
        let comparison = compare(&known, 0);
        assert_eq!(comparison.assumed, ["connectionState is what close() sets"]);
        assert_eq!(comparison.misses.len(), 1);
    }
}
