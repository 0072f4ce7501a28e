//! The network between the peers: hosts of the crate's `vnet`, and links that the harness controls.
//!
//! A router of `vnet` has one latency for all its hosts, which does not change. So its only filter
//! takes every packet out of it; the links here decide on the packet, and it goes on to its host
//! when it is due.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use peerstate_sim::{Host, Links};
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;
use webrtc_017::util::Error;
use webrtc_017::util::vnet::chunk::Chunk;
use webrtc_017::util::vnet::net::{Net, NetConfig};
use webrtc_017::util::vnet::router::{Nic, Router, RouterConfig};

use crate::implementation::{Link, LinkChange, PeerIndex};
use crate::implementations::simulated::change_link;
use crate::scenario::MOST_PEERS;

// The last number of an address is the peer's index, from 1.
const _: () = assert!(
    MOST_PEERS < 255,
    "every peer needs an address in 10.0.0.0/24"
);

type Packet = Box<dyn Chunk + Send + Sync>;
type Card = AsyncMutex<dyn Nic + Send + Sync>;

/// The hosts and the links between them.
pub(super) struct Network {
    router: Arc<AsyncMutex<Router>>,
    hosts: Vec<Arc<Net>>,
    traffic: Arc<Mutex<Traffic>>,
}

struct Traffic {
    start: Instant,
    links: Links,
    /// The packets in flight, by arrival time and then by the order of sending.
    under_way: BTreeMap<(Duration, u64), (Host, Packet)>,
    sent: u64,
    /// The network card of each host. It must not keep the router alive, which owns this network.
    cards: Vec<Weak<Card>>,
}

impl Network {
    /// Creates a network of `hosts` hosts; must be called in the runtime.
    pub(super) async fn new(hosts: usize, seed: u64, start: Instant) -> Result<Self, Error> {
        let traffic = Arc::new(Mutex::new(Traffic {
            start,
            links: Links::new(seed),
            under_way: BTreeMap::new(),
            sent: 0,
            cards: Vec::new(),
        }));
        let router = Router::new(RouterConfig {
            cidr: "10.0.0.0/24".to_owned(),
            ..RouterConfig::default()
        })?;
        let taken = Arc::clone(&traffic);
        let filter = move |packet: &(dyn Chunk + Send + Sync)| {
            lock(&taken).send(packet.clone_to());
            false
        };
        router.add_chunk_filter(Box::new(filter)).await;
        let mut network = Self {
            router: Arc::new(AsyncMutex::new(router)),
            hosts: Vec::new(),
            traffic,
        };
        for host in (0..hosts).map(Host) {
            network.add_host(host).await?;
        }
        network.router.lock().await.start().await?;
        Ok(network)
    }

    async fn add_host(&mut self, host: Host) -> Result<(), Error> {
        let net = Arc::new(Net::new(Some(NetConfig {
            static_ips: vec![address(host).to_string()],
            ..NetConfig::default()
        })));
        let card = net.get_nic()?;
        self.router.lock().await.add_net(Arc::clone(&card)).await?;
        card.lock()
            .await
            .set_router(Arc::clone(&self.router))
            .await?;
        lock(&self.traffic).cards.push(Arc::downgrade(&card));
        self.hosts.push(net);
        Ok(())
    }

    /// Returns the host of a peer.
    pub(super) fn host(&self, peer: PeerIndex) -> Arc<Net> {
        Arc::clone(&self.hosts[peer.0])
    }

    /// Changes links, for the packets that are sent from now on.
    pub(super) fn change(&self, link: Link, change: LinkChange) {
        let mut traffic = lock(&self.traffic);
        for (from, to) in link.directions(self.hosts.len()) {
            change_link(traffic.links.link(Host(from.0), Host(to.0)), change);
        }
    }

    /// Returns when the next packet arrives, as time since the start.
    pub(super) fn next_arrival(&self) -> Option<Duration> {
        let traffic = lock(&self.traffic);
        traffic.under_way.keys().next().map(|(at, _)| *at)
    }

    /// Lets the next packet arrive; must be called in the runtime.
    pub(super) fn deliver_one(&self) {
        let mut traffic = lock(&self.traffic);
        let Some((_, (to, packet))) = traffic.under_way.pop_first() else {
            return;
        };
        if let Some(card) = traffic.cards.get(to.0).and_then(Weak::upgrade) {
            tokio::spawn(async move { card.lock().await.on_inbound_chunk(packet).await });
        }
    }
}

impl Traffic {
    /// Decides on a packet when it is sent.
    fn send(&mut self, packet: Packet) {
        let host = |ip: IpAddr| {
            let mut hosts = (0..self.cards.len()).map(Host);
            hosts.find(|host| address(*host) == ip)
        };
        let ends = (
            host(packet.get_source_ip()),
            host(packet.get_destination_ip()),
        );
        let (Some(from), Some(to)) = ends else { return };
        if let Some(latency) = self.links.send(from, to) {
            self.sent += 1;
            let arrives = self.start.elapsed() + latency;
            self.under_way.insert((arrives, self.sent), (to, packet));
        }
    }
}

/// Returns the address of a peer's host.
fn address(host: Host) -> IpAddr {
    let last = u8::try_from(host.0 + 1).unwrap_or(u8::MAX);
    Ipv4Addr::new(10, 0, 0, last).into()
}

fn lock(traffic: &Mutex<Traffic>) -> MutexGuard<'_, Traffic> {
    traffic.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::implementations::webrtc_017::world::World;

    const HALF: LinkChange = LinkChange {
        cut: None,
        loss: Some(0.5),
        latency: None,
    };
    const CUT: LinkChange = LinkChange {
        cut: Some(true),
        loss: None,
        latency: None,
    };

    /// Returns when each of the packets that one host sends, one each second, reaches the other.
    fn arrivals(from: usize, to: usize, seed: u64, changes: &[(Link, LinkChange)]) -> Vec<u128> {
        let world = World::new().unwrap();
        let network = world
            .within(Network::new(2, seed, world.start()))
            .unwrap()
            .unwrap();
        for (link, change) in changes {
            network.change(*link, *change);
        }
        let (sender, receiver) = (network.host(PeerIndex(from)), network.host(PeerIndex(to)));
        let (start, times) = (world.start(), Arc::new(Mutex::new(Vec::new())));
        let kept = Arc::clone(&times);
        let exchange = world.spawn(async move {
            let port = |host| SocketAddr::new(address(Host(host)), 9);
            let (here, there) = (sender.bind(port(from)).await, receiver.bind(port(to)).await);
            let (here, there) = (here.unwrap(), there.unwrap());
            tokio::spawn(async move {
                while there.recv_from(&mut [0; 8]).await.is_ok() {
                    kept.lock().unwrap().push(start.elapsed().as_millis());
                }
            });
            for _ in 0..32 {
                here.send_to(b"packet", port(to)).await.unwrap();
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let stop = world.run(&network, Duration::from_mins(1), || exchange.is_finished());
        stop.unwrap();
        let times = times.lock().unwrap();
        times.clone()
    }

    #[test]
    fn a_packet_arrives_when_the_latency_has_passed() {
        let slow = LinkChange {
            latency: Some(Duration::from_millis(1500)),
            ..LinkChange::default()
        };
        assert_eq!(arrivals(0, 1, 1, &[])[..2], [10, 1010]);
        assert_eq!(
            arrivals(
                0,
                1,
                1,
                &[(Link::Between(PeerIndex(1), PeerIndex(0)), slow)]
            )[..2],
            [1500, 2500]
        );
    }

    #[test]
    fn loss_depends_on_the_seed_alone() {
        let fates = |seed| arrivals(0, 1, seed, &[(Link::Everywhere, HALF)]);
        assert_eq!(fates(1), fates(1));
        assert_ne!(fates(1), fates(2));
    }

    #[test]
    fn a_link_can_be_cut_in_one_direction() {
        let cut = [(Link::FromTo(PeerIndex(0), PeerIndex(1)), CUT)];
        assert_eq!(arrivals(0, 1, 1, &cut).len(), 0);
        assert_eq!(arrivals(1, 0, 1, &cut).len(), 32);
    }
}
