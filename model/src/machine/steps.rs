//! The steps that a connection may take: what the network, the application and the event loop do.

pub use super::change::{Change, Step, is_usable};
use super::connection::{Connection, QueuedChange};
use super::rulebook::Rulebook;
use crate::state_set::StateSet;
use crate::states::{DtlsTransportState as Dtls, IceTransportState as Ice};
use crate::transports::Transport;

/// Returns the ICE steps of a transport in a state: each new state, and whether it needs an ICE
/// restart.
///
/// These follow the descriptions and example transitions of `RTCIceTransportState` in WebRTC 1.0. A
/// transport checks before it has a usable pair. It may find that checking has ended with the first
/// pair (w3c/webrtc-pc#2316). It fails when every pair has failed, or at once if there were none.
/// If all checks fail while candidates may still come, it is disconnected, and new candidates
/// return it to checking. When consent is lost (RFC 7675), connected changes to checking if pairs
/// are left, and to disconnected if candidates may come; completed changes to failed. A connected
/// transport with neither would have been completed. A restart changes completed to connected, and
/// disconnected and failed to checking (RFC 8445, section 2.4). Every transport may be closed.
#[must_use]
pub const fn ice_steps(state: Ice) -> &'static [(Ice, bool)] {
    match state {
        Ice::New => &[
            (Ice::Checking, false),
            (Ice::Failed, false),
            (Ice::Closed, false),
        ],
        Ice::Checking => &[
            (Ice::Connected, false),
            (Ice::Completed, false),
            (Ice::Disconnected, false),
            (Ice::Failed, false),
            (Ice::Closed, false),
        ],
        Ice::Connected => &[
            (Ice::Completed, false),
            (Ice::Checking, false),
            (Ice::Disconnected, false),
            (Ice::Closed, false),
        ],
        Ice::Completed => &[
            (Ice::Disconnected, false),
            (Ice::Failed, false),
            (Ice::Connected, true),
            (Ice::Closed, false),
        ],
        Ice::Disconnected => &[
            (Ice::Connected, false),
            (Ice::Completed, false),
            (Ice::Checking, false),
            (Ice::Failed, false),
            (Ice::Closed, false),
        ],
        Ice::Failed => &[(Ice::Checking, true), (Ice::Closed, false)],
        Ice::Closed => &[],
    }
}

/// Returns the DTLS steps of a transport.
///
/// These follow `RTCDtlsTransportState` in WebRTC 1.0. The handshake begins once ICE has a usable
/// pair, and ends connected, failed or closed. A `close_notify` alert closes a finished
/// association, and any other alert fails it. A new association may begin on the same transport
/// (RFC 8842, section 3), and an error may be indicated again for a transport that has failed.
/// Every transport may be closed: with its ICE transport, before it, or after it.
///
/// An ICE transport that is `new` "has not yet started checking", and "an agent MUST NOT send data
/// until its ICE checks have produced a valid pair" (RFC 8445, section 12.1). No handshake can
/// progress over it, so [three combinations](is_reached) are not reachable.
#[must_use]
pub const fn dtls_steps(transport: Transport) -> &'static [Dtls] {
    match (transport.dtls, transport.ice) {
        (Dtls::New, Ice::Connected | Ice::Completed) => &[Dtls::Connecting, Dtls::Closed],
        (Dtls::New, _) => &[Dtls::Closed],
        (Dtls::Connecting, Ice::New | Ice::Failed | Ice::Closed) => &[Dtls::Failed, Dtls::Closed],
        // Incoming packets may finish it, even if consent to send is lost.
        (Dtls::Connecting, _) => &[Dtls::Connected, Dtls::Failed, Dtls::Closed],
        (Dtls::Connected | Dtls::Failed, Ice::Connected | Ice::Completed) => {
            &[Dtls::Connecting, Dtls::Failed, Dtls::Closed]
        }
        (Dtls::Connected | Dtls::Failed, _) => &[Dtls::Failed, Dtls::Closed],
        (Dtls::Closed, _) => &[],
    }
}

/// Returns whether a transport can reach these states: 32 of the 35 combinations. Over an ICE
/// transport that is `new`, no DTLS transport is connecting, connected or failed ([`dtls_steps`]
/// explains why).
#[must_use]
pub const fn is_reached(transport: Transport) -> bool {
    !matches!(transport.ice, Ice::New) || matches!(transport.dtls, Dtls::New | Dtls::Closed)
}

/// Returns whether some reachable transports have exactly these states.
#[must_use]
pub fn can_be_reached(ice: StateSet<Ice>, dtls: StateSet<Dtls>) -> bool {
    let beneath_new: StateSet<Dtls> = [Dtls::New, Dtls::Closed].into_iter().collect();
    let has_new = ice.contains(Ice::New);
    ice.is_empty() == dtls.is_empty()
        && (!has_new || dtls.intersects(beneath_new))
        && (ice != StateSet::only(Ice::New) || dtls.is_subset(beneath_new))
}

/// Returns how many queued tasks may wait while the transports change once more, that is, how far
/// the network runs ahead of the event loop.
///
/// A task judges what it finds, and in the worst case finds that one change came between. More
/// waiting tasks only repeat that, and more transports change nothing about it. A test compares
/// with a longer queue, which shows no other fault.
#[must_use]
pub const fn room(transports: usize) -> usize {
    match transports {
        0..=1 => 2,
        2 => 1,
        _ => 0,
    }
}

/// Returns whether there are so few transports that the exploration includes everything that does
/// not depend on their number: the change that is queued while `close()` is called or a transport
/// is discarded, and in the handler of which event; `close()` while an update waits, which finds
/// every transport closed and no value other than closed; and a task that does not change its
/// transport's state, whose events find what the task before has left.
#[must_use]
pub const fn is_few(connection: &Connection) -> bool {
    room(connection.transports.len()) > 0
}

/// Adds every change of the transports that a connection may take, with at most `most` transports
/// and while this many tasks wait.
pub fn changes(
    rulebook: &Rulebook,
    most_transports: usize,
    room: fn(usize) -> usize,
    connection: &Connection,
    steps: &mut Vec<Step>,
) {
    let count = connection.transports.len();
    if connection.closed || connection.queue.len() > room(count) {
        return;
    }
    // If there are many transports, one is created or discarded before the values are derived
    // again, and none while a change waits for one that is gone. If there are few, all that can.
    let is_few = is_few(connection);
    let comes_and_goes = is_few || !connection.stale;
    if count < most_transports
        && comes_and_goes
        && (count < 2 || connection.queued_change.is_none())
    {
        steps.push(Step::Change(Change::Create));
    }
    let mut last = None;
    for &transport in connection.transports.as_slice() {
        // Equal transports are neighbours, and their steps lead to the same states.
        if last == Some(transport) {
            continue;
        }
        last = Some(transport);
        let discard = |queued| Step::Change(Change::Discard { transport, queued });
        if comes_and_goes {
            steps.push(discard(None));
            // The queued change is that it closes: which change it is does not affect the rest, and
            // neither does the number of other changes.
            if is_few && connection.queued_change.is_none() {
                if transport.ice != Ice::Closed {
                    steps.push(discard(Some(QueuedChange::Ice(Ice::Closed))));
                }
                if transport.dtls != Dtls::Closed {
                    steps.push(discard(Some(QueuedChange::Dtls(Dtls::Closed))));
                }
            }
        }
        let ice = ice_steps(transport.ice).iter();
        steps.extend(ice.map(|&(to, restart)| {
            Step::Change(Change::Ice {
                transport,
                to,
                restart,
            })
        }));
        if is_few && is_usable(transport.ice) {
            steps.push(Step::Change(Change::Pair { transport }));
        }
        if is_few || !connection.stale {
            // If an error has no separate steps, only a change is reported.
            let repeats = is_few && rulebook.algorithms.dtls_errors;
            let dtls = dtls_steps(transport).iter();
            let dtls = dtls.filter(|to| repeats || **to != transport.dtls);
            steps.extend(dtls.map(|&to| Step::Change(Change::Dtls { transport, to })));
        }
    }
}

/// Adds every other step that a connection may take.
pub fn tasks(rulebook: &Rulebook, connection: &Connection, steps: &mut Vec<Step>) {
    if !connection.closed {
        if is_few(connection) || connection.is_settled() {
            steps.push(Step::Close { queued: None });
        }
        if is_few(connection) {
            let queued = changes_that_run_when_closed(rulebook, connection);
            steps.extend(queued.map(|queued| Step::Close {
                queued: Some(queued),
            }));
        }
    }
    steps.extend(connection.queued_change.map(Step::QueuedChange));
    steps.extend(connection.queue.first().map(Step::Update));
}

/// Returns the changes that may be queued, if their task does not abort at once on a closed
/// connection.
fn changes_that_run_when_closed(
    rulebook: &Rulebook,
    connection: &Connection,
) -> impl Iterator<Item = QueuedChange> {
    let transports = connection.transports;
    let may = move |change: QueuedChange| {
        transports.as_slice().iter().any(|transport| match change {
            QueuedChange::Ice(to) => ice_steps(transport.ice).iter().any(|step| step.0 == to),
            QueuedChange::Dtls(to) => dtls_steps(*transport).contains(&to),
            QueuedChange::Pair => is_usable(transport.ice),
        })
    };
    let runs = |change: &QueuedChange| !rulebook.procedures.aborts_when_closed(*change);
    // One queued change at a time shows everything: a second would find what the first has found.
    let first = connection.queued_change.is_none();
    let ice = Ice::ALL.iter().copied().map(QueuedChange::Ice);
    let dtls = Dtls::ALL.iter().copied().map(QueuedChange::Dtls);
    let all = ice.chain(dtls).chain([QueuedChange::Pair]);
    all.filter(move |change| first && runs(change) && may(*change))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;
    use stateright::Model;

    use super::*;
    use crate::editions::edition;
    use crate::machine::model::ConnectionModel;

    /// 32 of the 35 combinations of states are reached.
    #[test]
    fn every_combination_is_reached_that_is_not_ruled_out() {
        let mut reached = BTreeSet::from([Transport::NEW]);
        let mut todo = vec![Transport::NEW];
        while let Some(transport) = todo.pop() {
            let ice = ice_steps(transport.ice).iter();
            let ice = ice.map(|&(ice, _)| Transport { ice, ..transport });
            let dtls = dtls_steps(transport).iter();
            let dtls = dtls.map(|&dtls| Transport { dtls, ..transport });
            todo.extend(ice.chain(dtls).filter(|next| reached.insert(*next)));
        }
        assert_eq!(reached.len(), 32);
        for transport in Transport::all() {
            assert_eq!(
                reached.contains(&transport),
                is_reached(transport),
                "{transport}"
            );
        }
    }

    /// Sets of states can be reached exactly if some transports have them.
    #[test]
    fn sets_can_be_reached_as_their_transports_can() {
        for ice in StateSet::<Ice>::all() {
            for dtls in StateSet::<Dtls>::all() {
                let fit: Vec<_> = Transport::all()
                    .filter(|one| is_reached(*one))
                    .filter(|one| ice.contains(one.ice) && dtls.contains(one.dtls))
                    .collect();
                let covers = ice
                    .iter()
                    .all(|state| fit.iter().any(|one| one.ice == state))
                    && dtls
                        .iter()
                        .all(|state| fit.iter().any(|one| one.dtls == state));
                assert_eq!(can_be_reached(ice, dtls), covers, "{ice} {dtls}");
            }
        }
    }

    /// Tests that the machine takes the example transitions that WebRTC 1.0 lists for
    /// `RTCIceTransportState`, and those that its descriptions name. Each begins with
    /// "(`RTCIceTransport` first created): `new`" and ends with "`RTCPeerConnection.close()`:
    /// `closed`".
    #[rstest]
    #[case::remote_candidates_received(&[Ice::Checking])]
    #[case::found_usable_connection(&[Ice::Checking, Ice::Connected])]
    #[case::checks_fail_but_gathering_still_in_progress(&[Ice::Checking, Ice::Disconnected])]
    #[case::gave_up(&[Ice::Checking, Ice::Failed])]
    #[case::new_local_candidates(&[Ice::Checking, Ice::Disconnected, Ice::Checking])]
    #[case::finished_all_checks(&[Ice::Checking, Ice::Connected, Ice::Completed])]
    #[case::lost_connectivity(&[Ice::Checking, Ice::Completed, Ice::Disconnected])]
    #[case::restart_of_a_disconnected_one(&[Ice::Checking, Ice::Disconnected, Ice::Checking])]
    #[case::restart_of_a_failed_one(&[Ice::Checking, Ice::Failed, Ice::Checking])]
    #[case::restart_of_a_completed_one(&[Ice::Checking, Ice::Completed, Ice::Connected])]
    #[case::only_the_last_candidate_succeeds(&[Ice::Checking, Ice::Completed])]
    #[case::consent_lost_with_pairs_left(&[Ice::Checking, Ice::Connected, Ice::Checking])]
    #[case::consent_lost_with_none_left(&[Ice::Checking, Ice::Connected, Ice::Disconnected])]
    #[case::consent_lost_on_every_pair(&[Ice::Checking, Ice::Completed, Ice::Failed])]
    fn the_transitions_of_the_text_are_walked(#[case] states: &[Ice]) {
        let model = ConnectionModel::of(edition("repaired").unwrap(), 1).unwrap();
        let take = |before: &Connection, wanted: &dyn Fn(Step) -> bool| {
            let mut steps = Vec::new();
            model.actions(before, &mut steps);
            let step = steps.into_iter().find(|step| wanted(*step)).unwrap();
            model.rulebook.take(before, step, &mut Vec::new())
        };
        let ice_of = |connection: &Connection| connection.transports.as_slice()[0].ice;
        let is_create = |step| step == Step::Change(Change::Create);
        let mut now = take(&Connection::new(), &is_create);
        assert_eq!(ice_of(&now), Ice::New);
        for &state in states {
            let is_to = |step| matches!(step, Step::Change(Change::Ice { to, .. }) if to == state);
            now = take(&now, &is_to);
            assert_eq!(ice_of(&now), state);
            assert_eq!(now.ice_connection_state.as_str(), state.as_str());
        }
        now = take(&now, &|step| step == Step::Close { queued: None });
        assert_eq!(ice_of(&now), Ice::Closed);
    }

    /// Only a restart takes these steps, except from disconnected, which new candidates also change
    /// to checking.
    #[test]
    fn failed_and_completed_are_left_backwards_by_a_restart_alone() {
        assert!(ice_steps(Ice::Failed).contains(&(Ice::Checking, true)));
        assert!(!ice_steps(Ice::Failed).contains(&(Ice::Checking, false)));
        assert!(ice_steps(Ice::Completed).contains(&(Ice::Connected, true)));
        assert!(!ice_steps(Ice::Completed).contains(&(Ice::Connected, false)));
    }
}
