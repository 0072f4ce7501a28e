//! One change to a trace, so that it shows something that did not happen.

use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState, SignalingState,
};
use peerstate_model::trace::{Entry, Trace, What};
use proptest::prelude::*;

/// A change to a trace.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Corruption {
    /// An event is left out.
    Drop,
    /// An event is there twice.
    Double,
    /// An event is moved after the next entry.
    Delay,
    /// An event is moved before the entry that was before it.
    Hasten,
    /// `connectionState` reads something else in one entry.
    ConnectionState,
    /// `iceConnectionState` reads something else in one entry.
    IceConnectionState,
    /// `signalingState` reads something else in one entry.
    SignalingState,
    /// An event is fired at the end, after `close()` where that was called.
    Append,
    /// A transport reads another ICE state in one entry.
    IceTransport,
    /// A transport reads another DTLS state in one entry.
    DtlsTransport,
}

pub(crate) fn corruption() -> impl Strategy<Value = Corruption> {
    prop::sample::select(vec![
        Corruption::Drop,
        Corruption::Double,
        Corruption::Delay,
        Corruption::Hasten,
        Corruption::ConnectionState,
        Corruption::IceConnectionState,
        Corruption::SignalingState,
        Corruption::Append,
        Corruption::IceTransport,
        Corruption::DtlsTransport,
    ])
}

/// Makes the change at a random place; `None` if the trace has none for it.
#[expect(clippy::too_many_lines, reason = "one arm for each corruption")]
pub(crate) fn corrupt(trace: &Trace, corruption: Corruption, place: u16, to: u16) -> Option<Trace> {
    let mut trace = trace.clone();
    let to = usize::from(to);
    // No rule requires an event that may be fired after close().
    let close = trace
        .entries
        .iter()
        .find(|entry| matches!(&entry.what, What::Action { name, .. } if name == "close"));
    let last = close.map_or(usize::MAX, |close| close.line);
    // No rule relates the event of a transport that is gone to the entries around it.
    let is_gone = |entry: &Entry| match &entry.what {
        What::Event {
            transport: Some(id),
            ..
        } => {
            let listed = entry.transports.iter().flatten();
            !listed.map(|one| &one.id).any(|one| one == id)
        }
        _ => false,
    };
    let is_event = |entry: &Entry| {
        matches!(entry.what, What::Event { .. }) && entry.line < last && !is_gone(entry)
    };
    // The states before the first entry are not known.
    let first = trace.entries.first().map(|entry| (entry.at, entry.task));
    // The specification does not say which of its two kinds a transport closes first, nor what is
    // read in between.
    let closes = |entry: &Entry| matches!(&entry.what, What::Event { value: Some(value), .. } if value == "closed");
    let lists_again = |entry: &Entry| {
        entry.transports.iter().flatten().next().is_some()
            && first != Some((entry.at, entry.task))
            && !closes(entry)
    };
    let pick = |wanted: &dyn Fn(&Entry) -> bool| {
        let places: Vec<usize> = trace
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| wanted(entry))
            .map(|(place, _)| place)
            .collect();
        (!places.is_empty()).then(|| places[usize::from(place) % places.len()])
    };
    match corruption {
        Corruption::Drop => {
            let place = pick(&is_event)?;
            // No entry reads a state that close() or the transport's next step hides at once: the
            // specification does not list every step that there may be.
            let next = trace.entries.get(place + 1)?;
            if next.line == last || is_of_transport(&trace.entries[place]) && is_news(&trace, place)
            {
                return None;
            }
            trace.entries.remove(place);
        }
        Corruption::Double => {
            let place = pick(&is_event)?;
            let entry = trace.entries[place].clone();
            trace.entries.insert(place + 1, entry);
        }
        Corruption::Delay => {
            let place = pick(&is_event)?;
            let next = trace.entries.get(place + 1)?.clone();
            // A transport may be read outside the event loop, a moment before its event.
            if is_of_transport(&trace.entries[place]) && trace.entries[place].task != next.task {
                return None;
            }
            trace.entries[place].at = next.at;
            trace.entries[place].task = next.task;
            trace.entries.swap(place, place + 1);
        }
        Corruption::Hasten => {
            let place = pick(&is_event)?;
            let before = trace.entries.get(place.checked_sub(1)?)?.clone();
            if is_of_transport(&trace.entries[place]) && is_of_transport(&before) {
                return None;
            }
            trace.entries[place].at = before.at;
            trace.entries[place].task = before.task;
            trace.entries.swap(place, place - 1);
        }
        Corruption::ConnectionState => {
            let place = pick(&|entry| entry.state.connection_state.is_some() && !closes(entry))?;
            let all = PeerConnectionState::ALL;
            trace.entries[place].state.connection_state = Some(all[to % all.len()]);
        }
        Corruption::IceConnectionState => {
            let place =
                pick(&|entry| entry.state.ice_connection_state.is_some() && !closes(entry))?;
            let all = IceConnectionState::ALL;
            trace.entries[place].state.ice_connection_state = Some(all[to % all.len()]);
        }
        Corruption::SignalingState => {
            let place = pick(&|entry| entry.state.signaling_state.is_some())?;
            let all = SignalingState::ALL;
            trace.entries[place].state.signaling_state = Some(all[to % all.len()]);
        }
        Corruption::Append => {
            let last = trace.entries.last()?.clone();
            let names = [
                "connectionstatechange",
                "iceconnectionstatechange",
                "signalingstatechange",
            ];
            let what = What::event(names[to % names.len()]);
            let task = last.task.map(|task| task + 1);
            trace.entries.push(Entry { what, task, ..last });
        }
        Corruption::IceTransport | Corruption::DtlsTransport => {
            let place = pick(&lists_again)?;
            // Texts that do not check `[[IsClosed]]` let a queued task open a transport again, and
            // no rule says what it reads after that.
            if trace.entries[..place].iter().any(closes) {
                return None;
            }
            let next = trace
                .entries
                .get(place + 1)
                .and_then(|next| next.transports.clone());
            let transport = trace.entries[place].transports.as_mut()?.first_mut()?;
            if matches!(corruption, Corruption::IceTransport) {
                transport.ice = Some(IceTransportState::ALL[to % IceTransportState::ALL.len()]);
            } else {
                transport.dtls = Some(DtlsTransportState::ALL[to % DtlsTransportState::ALL.len()]);
            }
            // A transport may be read outside the event loop, a moment before its event.
            if next.iter().flatten().any(|next| next == transport) {
                return None;
            }
        }
    }
    super::runs::number_lines(&mut trace.entries);
    Some(trace)
}

fn is_of_transport(entry: &Entry) -> bool {
    matches!(
        &entry.what,
        What::Event {
            transport: Some(_),
            ..
        }
    )
}

/// Whether the transports have changed in the entry after a place.
fn is_news(trace: &Trace, place: usize) -> bool {
    let listed = |place: usize| trace.entries.get(place).map(|entry| &entry.transports);
    listed(place) != listed(place + 1)
}
