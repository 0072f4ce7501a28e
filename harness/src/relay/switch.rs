//! The sockets of the relay, and the thread that forwards between them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Registry, Token, Waker};

use super::address::{self, LocalAddress};
use super::stun;
use crate::implementation::{LinkChange, PeerIndex};
use crate::parallel::lock;

/// The most sockets of one relay. Peers have a few candidates each.
const MOST_SOCKETS: usize = 512;

/// The most packets that wait for their latency to pass; what comes beyond is lost, as in a full
/// queue of a router.
const MOST_DELAYED: usize = 10_000;

/// More than a UDP packet can hold.
const LARGEST_PACKET_BYTES: usize = 1 << 16;

/// The token of the waker, which no socket has.
const WAKE: Token = Token(usize::MAX);

/// The sockets of a relay, and its thread, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Switch {
    inner: Arc<Mutex<Inner>>,
    waker: Waker,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Inner {
    registry: Registry,
    sockets: Vec<Socket>,
    /// Where the sockets are that represent an address of a peer to another.
    represented: BTreeMap<Represented, usize>,
    ways: Vec<Vec<Way>>,
    delayed: BinaryHeap<Reverse<Delayed>>,
    rng: fastrand::Rng,
    forwarded: u64,
    dropped: u64,
    has_ended: bool,
}

#[derive(Debug)]
struct Socket {
    socket: UdpSocket,
    what: What,
}

/// What a socket is for.
#[derive(Debug, Clone, Copy)]
enum What {
    Represents(Represented),
    /// Reads and forgets.
    Silent,
    /// A STUN server.
    Answering,
}

/// An address of `owner`, as `viewer` sees it. No other peer is given the socket's address, so
/// whatever arrives there comes from `viewer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Represented {
    owner: PeerIndex,
    address: LocalAddress,
    viewer: PeerIndex,
}

/// The state of the way from one peer to another.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    is_cut: bool,
    /// From 0 to 1.
    loss: f64,
    latency: Duration,
}

/// A packet on its way: first those that are due first, then those that were sent first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Delayed {
    due: Instant,
    number: u64,
    socket: usize,
    to: LocalAddress,
    packet: Vec<u8>,
}

impl Switch {
    pub(super) fn start(peers: usize, seed: u64) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let inner = Arc::new(Mutex::new(Inner {
            registry: poll.registry().try_clone()?,
            sockets: Vec::new(),
            represented: BTreeMap::new(),
            ways: vec![vec![Way::default(); peers]; peers],
            delayed: BinaryHeap::new(),
            rng: fastrand::Rng::with_seed(seed),
            forwarded: 0,
            dropped: 0,
            has_ended: false,
        }));
        let thread = {
            let inner = Arc::clone(&inner);
            thread::Builder::new()
                .name("relay".to_owned())
                .spawn(move || forward(poll, &inner))?
        };
        Ok(Self {
            inner,
            waker,
            thread: Some(thread),
        })
    }

    /// A new socket that never answers.
    pub(super) fn silent(&self) -> io::Result<SocketAddr> {
        lock(&self.inner)
            .open(address::of_this_host(), What::Silent)
            .map(|(_, at)| at)
    }

    /// A new STUN server.
    pub(super) fn answering(&self) -> io::Result<SocketAddr> {
        lock(&self.inner)
            .open(address::of_this_host(), What::Answering)
            .map(|(_, at)| at)
    }

    /// Where `viewer` sees an address of `owner`.
    pub(super) fn represent(
        &self,
        owner: PeerIndex,
        address: LocalAddress,
        viewer: PeerIndex,
    ) -> io::Result<SocketAddr> {
        let mut inner = lock(&self.inner);
        let socket = inner.representing(Represented {
            owner,
            address,
            viewer,
        })?;
        inner.sockets[socket].socket.local_addr()
    }

    pub(super) fn change(&self, from: PeerIndex, to: PeerIndex, change: LinkChange) {
        let LinkChange { cut, loss, latency } = change;
        let way = &mut lock(&self.inner).ways[from.0][to.0];
        way.is_cut = cut.unwrap_or(way.is_cut);
        way.loss = loss.unwrap_or(way.loss);
        way.latency = latency.unwrap_or(way.latency);
    }

    /// How many packets were sent on.
    pub(super) fn forwarded(&self) -> u64 {
        lock(&self.inner).forwarded
    }

    /// How many packets were lost on a way that is cut or lossy.
    #[cfg(test)]
    pub(super) fn dropped(&self) -> u64 {
        lock(&self.inner).dropped
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        lock(&self.inner).has_ended = true;
        // Without a wake, the thread would wait for the next packet, and end then.
        if self.waker.wake().is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

/// Forwards packets until the switch is dropped.
fn forward(mut poll: Poll, inner: &Mutex<Inner>) {
    let mut events = Events::with_capacity(64);
    let mut buffer = vec![0; LARGEST_PACKET_BYTES];
    loop {
        let due = lock(inner).delayed.peek().map(|Reverse(next)| next.due);
        let timeout = due.map(|due| due.saturating_duration_since(Instant::now()));
        match poll.poll(&mut events, timeout) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return,
            _ => {}
        }
        if lock(inner).has_ended {
            return;
        }
        for event in &events {
            // One packet at a time, so that nobody waits long for the lock.
            while event.token() != WAKE && lock(inner).receive(event.token().0, &mut buffer) {}
        }
        lock(inner).deliver(Instant::now());
    }
}

impl Inner {
    fn open(&mut self, ip: IpAddr, what: What) -> io::Result<(usize, SocketAddr)> {
        if self.sockets.len() >= MOST_SOCKETS {
            let text = format!("more than {MOST_SOCKETS} addresses in one scenario");
            return Err(io::Error::other(text));
        }
        let place = self.sockets.len();
        let mut socket = UdpSocket::bind(SocketAddr::new(ip, 0))?;
        let address = socket.local_addr()?;
        self.registry
            .register(&mut socket, Token(place), Interest::READABLE)?;
        self.sockets.push(Socket { socket, what });
        Ok((place, address))
    }

    fn representing(&mut self, represented: Represented) -> io::Result<usize> {
        if let Some(place) = self.represented.get(&represented) {
            return Ok(*place);
        }
        let ip = represented.address.get().ip();
        let (place, _) = self.open(ip, What::Represents(represented))?;
        self.represented.insert(represented, place);
        Ok(place)
    }

    /// Takes a packet from a socket; whether there was one.
    fn receive(&mut self, place: usize, buffer: &mut [u8]) -> bool {
        let Socket { socket, what } = &self.sockets[place];
        let (what, received) = (*what, socket.recv_from(buffer));
        let (bytes, source) = match received {
            Ok(received) => received,
            // That a packet of before did not arrive (ICMP) says that there may be more.
            Err(error) => return error.kind() == io::ErrorKind::ConnectionRefused,
        };
        let Some(source) = LocalAddress::new(source) else {
            return true;
        };
        let packet = &buffer[..bytes];
        match what {
            What::Silent => {}
            What::Answering => {
                if let Some(response) = stun::response(packet, source.get()) {
                    let _ = self.sockets[place].socket.send_to(&response, source.get());
                }
            }
            What::Represents(represented) => self.send_on(represented, source, packet),
        }
        true
    }

    /// Sends a packet of `viewer` on to `owner`, from what represents its source.
    fn send_on(&mut self, at: Represented, source: LocalAddress, packet: &[u8]) {
        let Way {
            is_cut,
            loss,
            latency,
        } = self.ways[at.viewer.0][at.owner.0];
        if is_cut || (loss > 0.0 && self.rng.f64() < loss) {
            self.dropped += 1;
            return;
        }
        let from = self.representing(Represented {
            owner: at.viewer,
            address: source,
            viewer: at.owner,
        });
        // Without a socket the packet is lost, as in a router without a port.
        let Ok(socket) = from else { return };
        self.forwarded += 1;
        if latency.is_zero() {
            self.send(socket, at.address, packet);
        } else if self.delayed.len() < MOST_DELAYED {
            self.delayed.push(Reverse(Delayed {
                due: Instant::now() + latency,
                number: self.forwarded,
                socket,
                to: at.address,
                packet: packet.to_vec(),
            }));
        }
    }

    /// Sends the packets that are due.
    fn deliver(&mut self, now: Instant) {
        while let Some(Reverse(next)) = self.delayed.peek()
            && next.due <= now
            && let Some(Reverse(next)) = self.delayed.pop()
        {
            self.send(next.socket, next.to, &next.packet);
        }
    }

    /// The only place that sends to a peer.
    fn send(&self, socket: usize, to: LocalAddress, packet: &[u8]) {
        // A packet that can not be sent is lost.
        let _ = self.sockets[socket].socket.send_to(packet, to.get());
    }
}
