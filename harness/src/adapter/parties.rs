//! The adapters of a run: one for all peers, or one for each of several.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Shared;
use super::connection::{Connection, Wrong};
use super::protocol::{Answer, RequestBody};
use super::shown::Shown;
use crate::implementation::{Fault, PeerIndex};

/// How long one of several adapters is waited for before the next: what another writes meanwhile
/// keeps the time at which it came.
const TURN: Duration = Duration::from_millis(1);

/// The adapters of a run.
pub(super) struct Parties {
    all: Vec<Party>,
    /// The party of each peer.
    of_peer: Vec<PartyIndex>,
}

/// An adapter, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartyIndex(pub(super) usize);

/// An adapter and its process.
pub(super) struct Party {
    adapter: Arc<Shared>,
    /// `None` once it has broken.
    connection: Option<Connection>,
}

impl Party {
    pub(super) const fn new(adapter: Arc<Shared>, connection: Connection) -> Self {
        Self {
            adapter,
            connection: Some(connection),
        }
    }
}

impl Parties {
    pub(super) const fn new(all: Vec<Party>, of_peer: Vec<PartyIndex>) -> Self {
        Self { all, of_peer }
    }

    /// Each party.
    pub(super) fn places(&self) -> impl Iterator<Item = PartyIndex> + use<> {
        (0..self.all.len()).map(PartyIndex)
    }

    /// The party of a peer.
    pub(super) fn of(&self, peer: PeerIndex) -> PartyIndex {
        self.of_peer[peer.0]
    }

    /// Requests something of one party, and receives what every party writes until it has answered.
    pub(super) fn request(
        &mut self,
        of: PartyIndex,
        body: RequestBody,
        shown: &mut Shown,
    ) -> Result<Answer, Fault> {
        let Party {
            adapter,
            connection,
        } = &mut self.all[of.0];
        let timeout = adapter.timeout;
        let begun = connection.as_mut().ok_or_else(already_broken)?;
        let pending = begun.begin(body, timeout);
        loop {
            let until = self.turn(Instant::now() + timeout);
            let connection = &mut self.all[of.0].connection;
            let waiting = connection.as_mut().ok_or_else(already_broken)?;
            let answer = waiting.answer(&pending, until, &mut |received| shown.receive(received));
            if let Some((at, answer)) = answer.inspect_err(|_| *connection = None)? {
                shown.reach(at);
                return Ok(answer);
            }
            for other in self.places().filter(|other| *other != of) {
                self.drain(other, shown)?;
            }
        }
    }

    /// Until when one party is waited for: one of several has only its turn.
    fn turn(&self, until: Instant) -> Instant {
        match self.all.len() {
            1 => until,
            _ => until.min(Instant::now() + TURN),
        }
    }

    /// Receives what the parties have written.
    pub(super) fn receive_all(&mut self, shown: &mut Shown) -> Result<(), Fault> {
        for place in self.places() {
            self.drain(place, shown)?;
        }
        Ok(())
    }

    /// Receives what the parties write, until something is new or the time has come.
    pub(super) fn wait(&mut self, until: Instant, shown: &mut Shown) -> Result<(), Fault> {
        loop {
            for place in self.places() {
                self.receive(place, self.turn(until), shown)?;
                if shown.is_new {
                    return Ok(());
                }
            }
            if Instant::now() >= until {
                shown.reach(until);
                return Ok(());
            }
        }
    }

    /// The fault of a message that is wrong; nothing more is requested of its party.
    pub(super) fn broken(&mut self, of: PartyIndex, wrong: Wrong) -> Fault {
        match self.all[of.0].connection.take() {
            Some(connection) => connection.misbehaved(wrong),
            None => already_broken(),
        }
    }

    fn drain(&mut self, from: PartyIndex, shown: &mut Shown) -> Result<(), Fault> {
        while self.receive(from, Instant::now(), shown)? {}
        Ok(())
    }

    /// Receives one message of a party; whether one came in time.
    fn receive(
        &mut self,
        from: PartyIndex,
        until: Instant,
        shown: &mut Shown,
    ) -> Result<bool, Fault> {
        let connection = &mut self.all[from.0].connection;
        let Some(running) = connection else {
            return Err(already_broken());
        };
        let received = running.push(until).inspect_err(|_| *connection = None)?;
        let Some(received) = received else {
            return Ok(false);
        };
        if let Err(wrong) = shown.receive(received) {
            return Err(self.broken(from, wrong));
        }
        Ok(true)
    }
}

impl Drop for Parties {
    fn drop(&mut self) {
        for party in &mut self.all {
            let Some(mut connection) = party.connection.take() else {
                continue;
            };
            // What still happens to the peers belongs to no run.
            let timeout = party.adapter.timeout;
            let reset = connection.request(RequestBody::Reset, timeout, |_| Ok(()));
            if reset.is_ok_and(|answer| answer.result.is_some()) {
                party.adapter.keep(connection);
            }
        }
    }
}

fn already_broken() -> Fault {
    Fault::Ended {
        reason: "it broke before".to_owned(),
    }
}
