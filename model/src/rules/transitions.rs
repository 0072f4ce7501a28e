//! From one value to the next.

use super::Judgement;
use super::view::{View, is_event};
use crate::states::{
    IceConnectionState as Ice, IceGatheringState as Gathering, PeerConnectionState as Connection,
    SignalingState as Signaling, StateEnum,
};
use crate::trace::{Entry, State};

/// `connection-state/transition`.
///
/// Several transports may come, go and move between two events, so that little is impossible. What
/// is: a transport that is new becomes connected or disconnected only by way of checking, and
/// every ICE change is told in a task of its own. Editions that queue a second task for the update
/// may skip a value, and are not judged.
pub(super) fn connection_state(view: &View<'_>, judgement: &mut Judgement) {
    if !view.updates_in_one_task() {
        return;
    }
    let forbidden = [
        (Connection::New, Connection::Connected),
        (Connection::New, Connection::Disconnected),
    ];
    walk(
        view,
        "connectionstatechange",
        "connectionState",
        Connection::New,
        |state| state.connection_state,
        |from, to| from != Connection::Closed && !forbidden.contains(&(from, to)),
        judgement,
    );
}

/// `ice-connection-state/transition`.
///
/// As for connectionState. checking to completed is allowed: a controlled agent may find both in
/// one step (w3c/webrtc-pc#2316).
pub(super) fn ice_connection_state(view: &View<'_>, judgement: &mut Judgement) {
    if !view.updates_in_one_task() {
        return;
    }
    let forbidden = [
        (Ice::New, Ice::Connected),
        (Ice::New, Ice::Completed),
        (Ice::New, Ice::Disconnected),
    ];
    walk(
        view,
        "iceconnectionstatechange",
        "iceConnectionState",
        Ice::New,
        |state| state.ice_connection_state,
        |from, to| from != Ice::Closed && !forbidden.contains(&(from, to)),
        judgement,
    );
}

/// `gathering-state/transition`.
pub(super) fn gathering_state(view: &View<'_>, judgement: &mut Judgement) {
    // With several transports, one that is discarded before it gathered leaves a complete one.
    let several = view.entries.iter().any(|entry| {
        entry
            .transports
            .as_ref()
            .is_some_and(|transports| transports.len() > 1)
    });
    walk(
        view,
        "icegatheringstatechange",
        "iceGatheringState",
        Gathering::New,
        |state| state.ice_gathering_state,
        |from, to| several || (from, to) != (Gathering::New, Gathering::Complete),
        judgement,
    );
}

/// `signaling-state/transition`.
///
/// The edges of the diagram of `RTCSignalingState`, with rollback. An offer that rolls another back
/// passes through stable, with an event of its own.
pub(super) fn signaling_state(view: &View<'_>, judgement: &mut Judgement) {
    let allowed = [
        (Signaling::Stable, Signaling::HaveLocalOffer),
        (Signaling::Stable, Signaling::HaveRemoteOffer),
        (Signaling::HaveLocalOffer, Signaling::Stable),
        (Signaling::HaveLocalOffer, Signaling::HaveRemotePranswer),
        (Signaling::HaveRemotePranswer, Signaling::Stable),
        (Signaling::HaveRemoteOffer, Signaling::Stable),
        (Signaling::HaveRemoteOffer, Signaling::HaveLocalPranswer),
        (Signaling::HaveLocalPranswer, Signaling::Stable),
    ];
    walk(
        view,
        "signalingstatechange",
        "signalingState",
        Signaling::Stable,
        |state| state.signaling_state,
        |from, to| allowed.contains(&(from, to)),
        judgement,
    );
}

/// Walks along the values that events of one kind told, from the value of a fresh connection.
///
/// An event that tells the value there already was is a matter of `event/on-change`, and events
/// after `close()` are one of `event/none-after-close`.
fn walk<S: StateEnum>(
    view: &View<'_>,
    event: &str,
    attribute: &str,
    initial: S,
    value: impl Fn(&State) -> Option<S>,
    allowed: impl Fn(S, S) -> bool,
    judgement: &mut Judgement,
) {
    let mut before = initial;
    let told = view
        .open_entries()
        .iter()
        .filter(|entry| is_event(entry, event));
    for entry in told.copied().collect::<Vec<&Entry>>() {
        let Some(now) = value(&entry.state) else {
            continue;
        };
        if now != before {
            judgement.check(entry, allowed(before, now), || {
                format!("{attribute} went from `{before}` to `{now}`")
            });
        }
        before = now;
    }
}
