//! From one value to the next.

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

/// Judges what each attribute goes to from what it read before.
///
/// Several transports may come, go and move between two events, so that little is impossible. What
/// is: a transport that is new becomes connected or disconnected only by way of checking, and every
/// ICE change is reported in a task of its own. Editions that queue a second task for the update may
/// skip a value, and are not judged. checking to completed is allowed: a controlled agent may find
/// both in one step (w3c/webrtc-pc#2316).
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    // Where a definition has a gap, the value from before stays, and a later one follows it.
    let is_total = !view.demands.pairs().is_empty();
    if view.demands.updates_in_one_task() && is_total {
        walk(view, CONNECTION_TRANSITION, judgement, |from, to| {
            from != Connection::New
                || !matches!(to, Connection::Connected | Connection::Disconnected)
        });
        walk(view, ICE_CONNECTION_TRANSITION, judgement, |from, to| {
            from != Ice::New || !matches!(to, Ice::Connected | Ice::Completed | Ice::Disconnected)
        });
    }
    // With several transports, one that is discarded before it gathered leaves a complete one.
    let several = view.sets.iter().any(|transports| transports.len() > 1);
    walk(view, GATHERING_TRANSITION, judgement, |from, to| {
        several || (from, to) != (Gathering::New, Gathering::Complete)
    });
    walk(view, SIGNALING_TRANSITION, judgement, follows);
}

/// The edges of the diagram of `RTCSignalingState`, with rollback. An offer that rolls another back
/// passes through stable, with an event of its own.
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
        // That is a matter of `close/terminal`.
        Signaling::Closed => true,
    }
}

/// Walks along everything that was read of an attribute, from the value of a fresh connection. Only
/// an event is judged: between two samples a value may have come and gone.
fn walk<S: OfConnection>(
    view: &View<'_>,
    rule: &'static str,
    judgement: &mut Judgement,
    allowed: impl Fn(S, S) -> bool,
) {
    let closed = |value: S| value.as_str() == "closed";
    let (mut before, mut line) = (Some(S::INITIAL), 0);
    for reading in readings::<S>(view) {
        let Some(entry) = view.entries.get(reading.place).copied() else {
            continue;
        };
        let from = std::mem::replace(&mut before, reading.value);
        let since = std::mem::replace(&mut line, entry.line);
        let (Some(from), Some(to)) = (from, reading.value) else {
            continue;
        };
        // Who closes a connection is a matter of the rules of close().
        if !reading.is_event || from == to || closed(from) || closed(to) {
            continue;
        }
        judgement.observe(rule);
        if !allowed(from, to) {
            let name = S::ATTRIBUTE.as_str();
            judgement.find_from(
                rule,
                entry,
                since,
                format!("{name} from `{from}` to `{to}`"),
                || format!("{name} went from `{from}` to `{to}`"),
            );
        }
    }
}
