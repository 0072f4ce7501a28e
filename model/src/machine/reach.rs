//! Checks that a state can reach another, by taking the steps that lead there.
//!
//! Stateright's `eventually` misses counterexamples where paths join or form cycles, and this
//! machine has both. A property of one state that takes the steps itself misses none.

use super::change::{Change, Step, is_usable};
use super::connection::Connection;
use super::model::ConnectionModel;
use super::steps::is_few;
use crate::states::{DtlsTransportState as Dtls, IceTransportState as Ice, PeerConnectionState};
use crate::transports::Transport;

/// More steps than any combination of transports needs.
const MOST_STEPS: usize = 64;

/// Returns whether `close()` leads to closed, once every queued task has run.
pub(super) fn closed(model: &ConnectionModel, state: &Connection) -> bool {
    let closed = || {
        let closed = take(model, state, Step::Close { queued: None });
        settle(model, &closed).connection_state == PeerConnectionState::Closed
    };
    // With many transports, close() is only a step if nothing is queued.
    let is_step = is_few(state) || state.is_settled();
    state.closed || !is_step || closed()
}

/// Returns whether a working network leads to connected: every transport checks, finds a pair and
/// finishes its handshake; it restarts if it has failed, and is discarded if it has been closed.
pub(super) fn connected(model: &ConnectionModel, state: &Connection) -> bool {
    // The queued tasks lead to a state that is checked separately.
    let is_under_way = next_task(state).is_some();
    if state.closed || model.most_transports == 0 || is_under_way {
        return true;
    }
    let mut now = *state;
    for _ in 0..MOST_STEPS {
        if now.connection_state == PeerConnectionState::Connected {
            return true;
        }
        let Some(step) = towards_connected(&now) else {
            return false;
        };
        now = settle(model, &take(model, &now, Step::Change(step)));
    }
    false
}

/// Returns the next step of a working network; `None` if nothing is left to do.
fn towards_connected(state: &Connection) -> Option<Change> {
    let transports = state.transports.as_slice();
    if transports.is_empty() {
        return Some(Change::Create);
    }
    let is_closed = |one: &&Transport| one.ice == Ice::Closed || one.dtls == Dtls::Closed;
    if let Some(&transport) = transports.iter().find(is_closed) {
        return Some(Change::Discard {
            transport,
            queued: None,
        });
    }
    let step = transports.iter().find_map(|transport| next_of(*transport));
    // Everything works: a transport that has finished checking may check again, and one that has
    // not may finish.
    step.or_else(|| {
        let &transport = transports.first()?;
        Some(match transport.ice {
            Ice::Completed => ice(transport, Ice::Connected, true),
            _ => ice(transport, Ice::Completed, false),
        })
    })
}

fn next_of(transport: Transport) -> Option<Change> {
    let dtls = |to| Some(Change::Dtls { transport, to });
    match (transport.ice, transport.dtls) {
        (Ice::New, _) => Some(ice(transport, Ice::Checking, false)),
        (Ice::Failed, _) => Some(ice(transport, Ice::Checking, true)),
        (Ice::Checking | Ice::Disconnected, _) => Some(ice(transport, Ice::Connected, false)),
        (state, Dtls::New | Dtls::Failed) if is_usable(state) => dtls(Dtls::Connecting),
        (state, Dtls::Connecting) if is_usable(state) => dtls(Dtls::Connected),
        _ => None,
    }
}

const fn ice(transport: Transport, to: Ice, restart: bool) -> Change {
    Change::Ice {
        transport,
        to,
        restart,
    }
}

/// Returns the state once every queued task has run.
fn settle(model: &ConnectionModel, state: &Connection) -> Connection {
    let mut now = *state;
    while let Some(step) = next_task(&now) {
        now = take(model, &now, step);
    }
    now
}

fn next_task(state: &Connection) -> Option<Step> {
    let queued = state.queued_change.map(Step::QueuedChange);
    queued.or_else(|| state.queue.first().map(Step::Update))
}

fn take(model: &ConnectionModel, state: &Connection, step: Step) -> Connection {
    model.rulebook.take_unjudged(state, step).0
}
