//! The in-memory network: hosts, their sockets, and the links between them.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::task::Waker;
use std::time::Duration;

use fastrand::Rng;

/// A host of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(pub usize);

/// How long a packet takes by default.
pub(super) const DEFAULT_LATENCY: Duration = Duration::from_millis(10);

/// The largest number of packets that wait at a socket; further packets are dropped.
const MOST_WAITING: usize = 1024;

/// The state of one direction of a link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkState {
    /// Whether every packet is dropped.
    pub cut: bool,
    /// The share of packets that are dropped at random, from 0 to 1.
    pub loss: f64,
    /// How long a packet takes.
    pub latency: Duration,
}

impl Default for LinkState {
    fn default() -> Self {
        Self {
            cut: false,
            loss: 0.0,
            latency: DEFAULT_LATENCY,
        }
    }
}

/// A packet that has arrived: its sender and its content.
pub type Arrived = (SocketAddr, Vec<u8>);

/// The links between hosts, and the fate of the packets on them.
#[derive(Debug)]
pub struct Links {
    states: BTreeMap<(Host, Host), LinkState>,
    random: Rng,
}

/// All hosts, sockets and links of a world.
#[derive(Debug)]
pub(super) struct Network {
    sockets: BTreeMap<SocketAddr, Socket>,
    pub(super) links: Links,
}

#[derive(Debug)]
struct Socket {
    host: Host,
    arrived: VecDeque<Arrived>,
    reader: Option<Waker>,
}

impl Links {
    /// Creates links without disturbances; the seed decides which packets are lost.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            states: BTreeMap::new(),
            random: Rng::with_seed(seed),
        }
    }

    /// Returns the link from one host to another.
    pub fn link(&mut self, from: Host, to: Host) -> &mut LinkState {
        self.states.entry((from, to)).or_default()
    }

    /// Returns how long a packet that is sent now takes, or `None` if it will not arrive.
    ///
    /// The fate of a packet is drawn when it is sent, for every packet on a lossy link. So it
    /// depends on the seed and on the number of packets before it, but not on its content.
    pub fn send(&mut self, from: Host, to: Host) -> Option<Duration> {
        let link = *self.link(from, to);
        let lost = link.loss > 0.0 && self.random.f64() < link.loss;
        (!link.cut && !lost).then_some(link.latency)
    }
}

impl Network {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            sockets: BTreeMap::new(),
            links: Links::new(seed),
        }
    }

    pub(super) fn open(&mut self, host: Host, address: SocketAddr) {
        let socket = Socket {
            host,
            arrived: VecDeque::new(),
            reader: None,
        };
        self.sockets.insert(address, socket);
    }

    pub(super) fn close(&mut self, address: SocketAddr) {
        self.sockets.remove(&address);
    }

    /// Returns how long a packet to a socket takes, or `None` if it will not arrive.
    pub(super) fn route(&mut self, from: Host, to: SocketAddr) -> Option<Duration> {
        let to = self.sockets.get(&to)?.host;
        self.links.send(from, to)
    }

    /// Puts a packet into a socket, and returns the waker of the task that waits for it.
    pub(super) fn deliver(
        &mut self,
        from: SocketAddr,
        to: SocketAddr,
        bytes: Vec<u8>,
    ) -> Option<Waker> {
        let socket = self.sockets.get_mut(&to)?;
        if socket.arrived.len() < MOST_WAITING {
            socket.arrived.push_back((from, bytes));
        }
        socket.reader.take()
    }

    /// Takes a packet from a socket, or records the task that waits for one.
    pub(super) fn receive(&mut self, at: SocketAddr, reader: &Waker) -> Option<Arrived> {
        let socket = self.sockets.get_mut(&at)?;
        let arrived = socket.arrived.pop_front();
        if arrived.is_none() {
            // A probe with a waker that does nothing must not replace a real reader.
            if !reader.will_wake(Waker::noop()) {
                socket.reader = Some(reader.clone());
            }
        }
        arrived
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(seed: u64) -> (Network, SocketAddr) {
        let mut network = Network::new(seed);
        let there: SocketAddr = "127.0.0.2:9".parse().unwrap();
        network.open(Host(1), there);
        (network, there)
    }

    #[test]
    fn loss_depends_on_the_seed_alone() {
        let fates = |seed| {
            let (mut network, there) = network(seed);
            network.links.link(Host(0), Host(1)).loss = 0.5;
            (0..64)
                .map(|_| network.route(Host(0), there).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(fates(1), fates(1));
        assert_ne!(fates(1), fates(2));
        assert!((16..48).contains(&fates(1).iter().filter(|arrives| **arrives).count()));
    }

    #[test]
    fn a_link_can_be_cut_in_one_direction() {
        let (mut network, there) = network(1);
        let here: SocketAddr = "127.0.0.1:9".parse().unwrap();
        network.open(Host(0), here);
        network.links.link(Host(0), Host(1)).cut = true;
        assert_eq!(network.route(Host(0), there), None);
        assert_eq!(network.route(Host(1), here), Some(DEFAULT_LATENCY));
    }

    #[test]
    fn nobody_receives_what_was_sent_to_no_socket() {
        let (mut network, there) = network(1);
        network.close(there);
        assert_eq!(network.route(Host(0), there), None);
        assert!(network.deliver(there, there, vec![1]).is_none());
    }
}
