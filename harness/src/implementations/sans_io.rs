//! Drives sans-I/O stacks in the simulated world: an example of how to embed one.
//!
//! A sans-I/O stack has no sockets, no threads and no clock. Its user does four things, and so does
//! this file:
//!
//! 1. Pass the packets that arrive ([`Stack::receive`]).
//! 2. Pass the time, once the stack's requested time has come ([`Stack::wake`]).
//! 3. After either, and after every call of a method, take what the stack sends and reports until
//!    there is no more ([`Stack::poll`]).
//! 4. Wait for the next packet, or for the last time that the stack requested.
//!
//! One packet or one time is passed at once, and the stack is then polled until it waits. So the
//! order of everything follows from the scenario and its seed.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use peerstate_model::trace::{At, Entry, State, TransportState, What};
use peerstate_sim::{Alarm, Host, Port, Stepped, World, catch};

use super::simulated;
use crate::implementation::{
    Advanced, Call, Candidate, Fault, Link, LinkChange, PeerIndex, PeerSetup, Reading, Returned,
    Session, Setup, StartError,
};

/// How often a stack may have something to send or report, or be woken, while the clock does not
/// advance. A handshake needs some dozens.
const MOST_POLLS_AT_ONE_MOMENT: u64 = 10_000;

/// The port of every peer's address.
const PORT: u16 = 4000;

/// A connection of a sans-I/O stack.
pub(super) trait Stack: Sized {
    /// Constructs a connection that sends and receives at an address.
    ///
    /// # Errors
    ///
    /// If the stack refuses the configuration.
    fn build(setup: &PeerSetup, place: &Place) -> Result<Self, StartError>;

    /// Calls a method.
    fn call(&mut self, call: &Call, now: Instant) -> Returned;

    /// Passes a packet that has arrived at the address.
    ///
    /// # Errors
    ///
    /// If the connection can not continue; the text says why. The same is true of the next two
    /// methods.
    fn receive(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) -> Result<(), String>;

    /// Passes the time, when that of [`Output::Wait`] has come.
    fn wake(&mut self, now: Instant) -> Result<(), String>;

    /// Returns what comes next.
    fn poll(&mut self, now: Instant) -> Result<Output, String>;

    /// Reads the attributes and transports of the connection.
    fn read(&mut self) -> Reading;
}

/// The place of a connection.
pub(super) struct Place {
    /// Its only address.
    pub(super) address: SocketAddr,
    /// The time at which it is constructed.
    pub(super) now: Instant,
    /// The seed of its randomness; different for each peer.
    pub(super) seed: u64,
}

/// What a stack returns when polled.
pub(super) enum Output {
    /// A packet to send from the address.
    Send {
        /// The address of the receiver.
        to: SocketAddr,
        /// The content.
        bytes: Vec<u8>,
    },
    /// A candidate was gathered.
    Gathered(Candidate),
    /// An event was dispatched.
    Event {
        /// Its name.
        name: &'static str,
        /// The value that it carries.
        state: State,
    },
    /// Something happened that is not visible from outside.
    Nothing,
    /// There is no more until a packet arrives, or until this time.
    Wait(Option<Instant>),
}

impl Output {
    /// Returns an event that carries no value.
    pub(super) fn event(name: &'static str) -> Self {
        let state = State::default();
        Self::Event { name, state }
    }
}

/// A session of sans-I/O connections.
pub(super) struct SansIo<S> {
    world: World,
    peers: Vec<Peer<S>>,
    entries: Vec<Entry>,
    /// Increases with every entry and candidate.
    seen: u64,
    /// The time of the last poll, and the number of polls at that time.
    polled: (Duration, u64),
}

struct Peer<S> {
    name: String,
    stack: S,
    port: Port,
    alarm: Option<PeerAlarm>,
    candidates: Vec<Candidate>,
    /// The last states of the transports.
    transports: Option<Vec<TransportState>>,
    /// Whether a method was called whose consequences have not been taken yet.
    called: bool,
    /// Whether the connection can not continue; nothing is passed to it any more.
    ended: bool,
}

/// The event of the world that wakes a stack.
struct PeerAlarm {
    at: Instant,
    alarm: Alarm,
}

impl<S: Stack> SansIo<S> {
    pub(super) fn start(setup: &Setup) -> Result<Self, StartError> {
        let world = World::new(setup.seed);
        let mut peers = Vec::new();
        for (index, peer) in setup.peers.iter().enumerate() {
            let seed = setup.seed.wrapping_add(index as u64);
            let address = SocketAddr::from(([10, 0, 0, host_number(index)], PORT));
            let place = Place {
                address,
                now: world.instant(),
                seed,
            };
            let stack = catch(|| S::build(peer, &place)).map_err(simulated::fault)??;
            peers.push(Peer {
                name: peer.name.clone(),
                stack,
                port: world.open(Host(index), address),
                alarm: None,
                candidates: Vec::new(),
                transports: None,
                called: true,
                ended: false,
            });
        }
        Ok(Self {
            world,
            peers,
            entries: Vec::new(),
            seen: 0,
            polled: (Duration::ZERO, 0),
        })
    }

    /// Lets one event of the world happen, and passes it to the stacks.
    fn step(&mut self, deadline: Duration) -> Result<Stepped, Fault> {
        let step = self.world.step(deadline).map_err(simulated::fault)?;
        if step == Stepped::Happened {
            for index in 0..self.peers.len() {
                self.hand_in(index)?;
            }
        }
        Ok(step)
    }

    /// Passes what has arrived for a peer, and the time if its time has come.
    fn hand_in(&mut self, index: usize) -> Result<(), Fault> {
        let now = self.world.instant();
        let peer = &mut self.peers[index];
        let arrived = peer.port.try_receive();
        let is_due = peer.alarm.as_ref().is_some_and(|set| set.alarm.is_over());
        if peer.ended || (arrived.is_none() && !is_due) {
            return Ok(());
        }
        if let Some((from, bytes)) = arrived {
            let taken =
                catch(|| peer.stack.receive(from, &bytes, now)).map_err(simulated::fault)?;
            self.note_end(index, taken.err());
        } else {
            peer.alarm = None;
            let woken = catch(|| peer.stack.wake(now)).map_err(simulated::fault)?;
            self.note_end(index, woken.err());
        }
        self.take_out(index)
    }

    /// Takes what a peer sends and reports, until it waits.
    fn take_out(&mut self, index: usize) -> Result<(), Fault> {
        let now = self.world.instant();
        while !self.peers[index].ended {
            self.count_poll()?;
            let peer = &mut self.peers[index];
            match catch(|| peer.stack.poll(now)).map_err(simulated::fault)? {
                Ok(Output::Send { to, bytes }) => peer.port.send(to, &bytes),
                Ok(Output::Gathered(candidate)) => {
                    peer.candidates.push(candidate);
                    self.seen += 1;
                }
                Ok(Output::Event { name, state }) => self.record(index, What::event(name), state),
                Ok(Output::Nothing) => {}
                Ok(Output::Wait(moment)) => {
                    self.wait_until(index, moment);
                    break;
                }
                Err(reason) => self.note_end(index, Some(reason)),
            }
        }
        let peer = &mut self.peers[index];
        let transports = peer.stack.read().transports;
        if transports.is_some() && transports != peer.transports {
            self.record(index, What::Sample("poll".to_owned()), State::default());
        }
        Ok(())
    }

    fn wait_until(&mut self, index: usize, moment: Option<Instant>) {
        let since_start = self.world.now();
        let now = self.world.instant();
        let peer = &mut self.peers[index];
        // The same time keeps its place among the events of the world.
        if peer.alarm.as_ref().map(|set| set.at) != moment {
            peer.alarm = moment.map(|at| PeerAlarm {
                at,
                alarm: self
                    .world
                    .alarm(since_start + at.saturating_duration_since(now)),
            });
        }
    }

    /// Counts a poll, so that a stack that never waits, or always requests to be woken at once,
    /// does not hang the harness.
    fn count_poll(&mut self) -> Result<(), Fault> {
        let now = self.world.now();
        let (moment, polls) = self.polled;
        self.polled = if moment == now {
            (now, polls + 1)
        } else {
            (now, 1)
        };
        if polls >= MOST_POLLS_AT_ONE_MOMENT {
            return Err(Fault::Livelock { polls });
        }
        Ok(())
    }

    /// Notes that an error has ended a connection.
    fn note_end(&mut self, index: usize, reason: Option<String>) {
        let Some(reason) = reason else { return };
        let note = What::Note(format!("the connection has ended: {reason}"));
        self.record(index, note, State::default());
        if let Some(entry) = self.entries.last_mut() {
            entry.ended = true;
        }
        let peer = &mut self.peers[index];
        peer.ended = true;
        peer.alarm = None;
    }

    /// Records an entry, with the present states of the transports.
    fn record(&mut self, index: usize, what: What, state: State) {
        let peer = &mut self.peers[index];
        let mut entry = Entry::new(At::after(self.world.now()), &peer.name, what);
        entry.state = state;
        entry.transports = peer.stack.read().transports;
        peer.transports.clone_from(&entry.transports);
        self.entries.push(entry);
        self.seen += 1;
    }
}

impl<S: Stack> Session for SansIo<S> {
    fn now(&self) -> At {
        At::after(self.world.now())
    }

    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault> {
        let now = self.world.instant();
        let peer = &mut self.peers[peer.0];
        peer.called = true;
        // Its consequences are taken when the world continues, after it has returned.
        catch(|| peer.stack.call(call, now)).map_err(simulated::fault)
    }

    fn read(&mut self, peer: PeerIndex) -> Result<Reading, Fault> {
        let peer = &mut self.peers[peer.0];
        let reading = peer.stack.read();
        peer.transports.clone_from(&reading.transports);
        Ok(reading)
    }

    fn change_network(&mut self, link: Link, change: LinkChange) -> Result<(), Fault> {
        simulated::change_network(&self.world, self.peers.len(), link, change);
        Ok(())
    }

    fn advance(&mut self, deadline: At) -> Result<Advanced, Fault> {
        let seen = self.seen;
        for index in 0..self.peers.len() {
            if std::mem::take(&mut self.peers[index].called) {
                self.take_out(index)?;
            }
        }
        loop {
            if self.seen != seen {
                return Ok(Advanced::Seen);
            }
            if self.step(deadline.since_start())? == Stepped::DeadlinePassed {
                return Ok(Advanced::DeadlinePassed);
            }
        }
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    fn take_candidates(&mut self, peer: PeerIndex) -> Vec<Candidate> {
        std::mem::take(&mut self.peers[peer.0].candidates)
    }
}

/// Returns the last number of a peer's address. A scenario has far fewer peers than there are
/// addresses.
fn host_number(index: usize) -> u8 {
    u8::try_from(index + 1).unwrap_or(u8::MAX)
}
