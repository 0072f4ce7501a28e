//! One thing done to a trace, so that it shows what did not happen.

use peerstate_model::states::{
    DtlsTransportState, IceConnectionState, IceTransportState, PeerConnectionState, SignalingState,
};
use peerstate_model::trace::{Entry, Trace, What};
use proptest::prelude::*;

/// What is done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Corruption {
    /// An event is left out.
    Drop,
    /// An event is there twice.
    Double,
    /// An event is later than it was, behind the next entry.
    Delay,
    /// An event comes before the entry that was before it.
    Hasten,
    /// `connectionState` reads something else in one entry.
    ConnectionState,
    /// `iceConnectionState` reads something else in one entry.
    IceConnectionState,
    /// `signalingState` reads something else in one entry.
    SignalingState,
    /// An event is fired at the end, behind `close()` where that was called.
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

/// Does it somewhere; `None` where there is nothing to do it to.
#[expect(clippy::too_many_lines, reason = "one arm a corruption")]
pub(crate) fn corrupt(trace: &Trace, corruption: Corruption, place: u16, to: u16) -> Option<Trace> {
    let mut trace = trace.clone();
    let to = usize::from(to);
    // What may be fired behind close() is never asked for.
    let close = trace
        .entries
        .iter()
        .find(|entry| matches!(&entry.what, What::Action { name, .. } if name == "close"));
    let last = close.map_or(usize::MAX, |close| close.line);
    // Nothing relates the event of a transport that is gone to what is beside it.
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
    // Of what the first entry lists nobody knows what it was before.
    let first = trace.entries.first().map(|entry| (entry.at, entry.task));
    // Nothing says which of its two kinds a transport closes first, nor what is read in between.
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
            // What close() hides at once, or the transport's next step, nobody has read: the
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
            // A transport may be read beneath the event loop, a moment before its event.
            let of_transport = matches!(
                &trace.entries[place].what,
                What::Event {
                    transport: Some(_),
                    ..
                }
            );
            if of_transport && trace.entries[place].task != next.task {
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
            // Texts that do not look for `[[IsClosed]]` let a queued task open a transport again, and
            // no rule says what it reads from then on.
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
            // A transport may be read beneath the event loop, a moment before its event.
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

/// Whether the transports have moved on in the entry behind a place.
fn is_news(trace: &Trace, place: usize) -> bool {
    let listed = |place: usize| trace.entries.get(place).map(|entry| &entry.transports);
    listed(place) != listed(place + 1)
}
