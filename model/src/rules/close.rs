//! `close()`: at once, without a word, and for good.

use super::Judgement;
use super::view::{View, judged_event};
use crate::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState, SignalingState,
};
use crate::trace::Entry;

/// `event/none-after-close`.
pub(super) fn no_events_after(view: &View<'_>, judgement: &mut Judgement) {
    let Some(returned) = view.close_returned() else {
        return;
    };
    judgement.observe();
    for entry in view.entries.get(returned + 1..).unwrap_or_default() {
        if let Some(event) = judged_event(entry) {
            judgement.check(entry, false, || {
                format!("{event} was dispatched after close()")
            });
        }
    }
}

/// `close/silent`.
pub(super) fn silent(view: &View<'_>, judgement: &mut Judgement) {
    let (Some(begun), Some(returned)) = (view.close_begun(), view.close_returned()) else {
        return;
    };
    judgement.observe();
    for entry in view.entries.get(begun + 1..returned).unwrap_or_default() {
        if let Some(event) = judged_event(entry) {
            judgement.check(entry, false, || format!("close() dispatched {event}"));
        }
    }
}

/// `close/attributes`.
pub(super) fn attributes(view: &View<'_>, judgement: &mut Judgement) {
    let Some(returned) = view.close_returned() else {
        return;
    };
    // The first entry from the return on that shows anything.
    let shown = view
        .entries
        .get(returned..)
        .unwrap_or_default()
        .iter()
        .find(|entry| {
            !open_attributes(entry).is_empty()
                || closed_attributes(entry)
                || entry
                    .transports
                    .as_ref()
                    .is_some_and(|transports| !transports.is_empty())
        });
    let Some(entry) = shown else { return };
    let mut wrong = open_attributes(entry);
    for transport in entry.transports.iter().flatten() {
        if let Some(ice) = transport.ice
            && ice != IceTransportState::Closed
        {
            wrong.push(format!("the ICE transport {} `{ice}`", transport.id));
        }
        if let Some(dtls) = transport.dtls
            && dtls != DtlsTransportState::Closed
        {
            wrong.push(format!("the DTLS transport {} `{dtls}`", transport.id));
        }
    }
    judgement.check(entry, wrong.is_empty(), || {
        format!(
            "after close() everything must read `closed`, but {}",
            wrong.join(", ")
        )
    });
}

/// `close/terminal`.
pub(super) fn terminal(view: &View<'_>, judgement: &mut Judgement) {
    let mut was_closed = false;
    for entry in &view.entries {
        let open = open_attributes(entry);
        if was_closed && (!open.is_empty() || closed_attributes(entry)) {
            judgement.check(entry, open.is_empty(), || {
                format!("the connection was closed, and now {}", open.join(", "))
            });
        }
        was_closed |= closed_attributes(entry);
    }
}

/// `close/only-by-close`.
pub(super) fn only_by_close(view: &View<'_>, judgement: &mut Judgement) {
    if !view.has_actions {
        return;
    }
    for entry in view.open_entries() {
        let shows = closed_attributes(entry) || !open_attributes(entry).is_empty();
        if shows {
            judgement.check(entry, !closed_attributes(entry), || {
                "the connection reads closed, but nobody has called close()".to_owned()
            });
        }
    }
}

/// Whether one of the attributes reads `closed`.
fn closed_attributes(entry: &Entry) -> bool {
    entry.state.connection_state == Some(PeerConnectionState::Closed)
        || entry.state.ice_connection_state == Some(IceConnectionState::Closed)
        || entry.state.signaling_state == Some(SignalingState::Closed)
}

/// The attributes that read something else than `closed`.
fn open_attributes(entry: &Entry) -> Vec<String> {
    let mut open = Vec::new();
    if let Some(state) = entry.state.connection_state
        && state != PeerConnectionState::Closed
    {
        open.push(format!("connectionState `{state}`"));
    }
    if let Some(state) = entry.state.ice_connection_state
        && state != IceConnectionState::Closed
    {
        open.push(format!("iceConnectionState `{state}`"));
    }
    if let Some(state) = entry.state.signaling_state
        && state != SignalingState::Closed
    {
        open.push(format!("signalingState `{state}`"));
    }
    open
}
