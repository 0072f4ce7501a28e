//! Judges the transitions from one value to the next.

use super::finding::Judgement;
use super::readings::{OfConnection, readings};
use super::view::View;
use super::{
    CONNECTION_TRANSITION, GATHERING_TRANSITION, ICE_CONNECTION_TRANSITION, SIGNALING_TRANSITION,
};
use crate::states::{
    IceConnectionState as Ice, IceGatheringState as Gathering, PeerConnectionState as Connection,
    SignalingState as Signaling,
};

/// Judges the value to which each attribute changes, given the value that it read before.
///
/// Between two events, several transports may come, go and change, so little is impossible. But a
/// transport that is new becomes connected or disconnected only by way of checking, and every ICE
/// change is reported in its own task. Editions that queue a second task for the update may skip a
/// value, and are not judged. checking to completed is allowed: a controlled agent may find both in
/// one step (w3c/webrtc-pc#2316).
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    // If a definition has a gap, the previous value stays, and a later one follows it.
    let is_total = !view.demands.pairs().is_empty();
    if view.demands.updates_in_one_task() && is_total {
        let ices = readings::<Ice>(view);
        // A separate update may find an ICE connection state that no transport gives any more. In
        // that case it was already so when the connection became new.
        let stale =
            !view.demands.updates_with_the_set() && !view.demands.updates_dtls_in_one_task();
        let is_left_over = |since: usize| {
            let before = ices.iter().take_while(|reading| reading.place <= since);
            let last = before.last().and_then(|reading| reading.value);
            last.is_some_and(|ice| !matches!(ice, Ice::New | Ice::Checking))
        };
        walk(view, CONNECTION_TRANSITION, judgement, |from, to, since| {
            from != Connection::New
                || !matches!(to, Connection::Connected | Connection::Disconnected)
                || stale && since.is_some_and(is_left_over)
        });
        walk(view, ICE_CONNECTION_TRANSITION, judgement, |from, to, _| {
            from != Ice::New || !matches!(to, Ice::Connected | Ice::Completed | Ice::Disconnected)
        });
    }
    // With several transports, one that is discarded before it has gathered leaves a complete one.
    let several = view.sets.iter().any(|transports| transports.len() > 1);
    walk(view, GATHERING_TRANSITION, judgement, |from, to, _| {
        several || (from, to) != (Gathering::New, Gathering::Complete)
    });
    walk(view, SIGNALING_TRANSITION, judgement, |from, to, _| {
        follows(from, to)
    });
}

/// Returns whether the diagram of `RTCSignalingState`, with rollback, has this transition. An offer
/// that rolls another back passes through stable, with a separate event.
fn follows(from: Signaling, to: Signaling) -> bool {
    match from {
        Signaling::Stable => matches!(to, Signaling::HaveLocalOffer | Signaling::HaveRemoteOffer),
        Signaling::HaveLocalOffer => {
            matches!(to, Signaling::Stable | Signaling::HaveRemotePranswer)
        }
        Signaling::HaveRemoteOffer => {
            matches!(to, Signaling::Stable | Signaling::HaveLocalPranswer)
        }
        Signaling::HaveLocalPranswer | Signaling::HaveRemotePranswer => to == Signaling::Stable,
        // `close/terminal` judges that.
        Signaling::Closed => true,
    }
}

/// Follows everything that was read of an attribute, from the value of a new connection. Only
/// events are judged: between two samples, a value may have come and gone. `allowed` also receives
/// the entry at which the first of the two values was read, if any.
fn walk<S: OfConnection>(
    view: &View<'_>,
    rule: &'static str,
    judgement: &mut Judgement,
    allowed: impl Fn(S, S, Option<usize>) -> bool,
) {
    let closed = |value: S| value.as_str() == "closed";
    let (mut before, mut line, mut since_place) = (Some(S::INITIAL), 0, None);
    for reading in readings::<S>(view) {
        let entry = view.entries[reading.place];
        let from = std::mem::replace(&mut before, reading.value);
        let since = std::mem::replace(&mut line, entry.line);
        let place = since_place.replace(reading.place);
        let (Some(from), Some(to)) = (from, reading.value) else {
            continue;
        };
        // The rules about close() judge who closes a connection.
        if !reading.is_event || from == to || closed(from) || closed(to) {
            continue;
        }
        judgement.observe(rule);
        if !allowed(from, to, place) {
            let name = S::ATTRIBUTE.as_str();
            judgement.find_from(
                rule,
                entry,
                since,
                format!("{name} from `{from}` to `{to}`"),
                || format!("{name} changed from `{from}` to `{to}`"),
            );
        }
    }
}
