//! The UDP ports of hosts.

use std::net::SocketAddr;
use std::task::{Context, Poll, Waker};

use super::{Arrived, Event, Host, World};

/// A UDP port of a host, closed when dropped.
#[derive(Debug)]
pub struct Port {
    world: World,
    host: Host,
    address: SocketAddr,
}

impl Port {
    pub(super) fn open(world: World, host: Host, address: SocketAddr) -> Self {
        world.shared.state().network.open(host, address);
        Self {
            world,
            host,
            address,
        }
    }

    /// Where packets to it are sent.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a packet. Whether and when it arrives is decided by the link, now.
    pub fn send(&self, to: SocketAddr, bytes: &[u8]) {
        let mut state = self.world.shared.state();
        if let Some(latency) = state.network.route(self.host, to) {
            let at = state.now + latency;
            let packet = Event::Packet {
                from: self.address,
                to,
                bytes: bytes.to_vec(),
            };
            state.schedule(at, packet);
        }
    }

    /// Takes the packet that arrived first, if there is one.
    #[must_use]
    pub fn try_receive(&self) -> Option<Arrived> {
        self.receive(Waker::noop())
    }

    /// Takes the packet that arrived first, or wakes the task when one arrives.
    pub fn poll_receive(&self, context: &mut Context<'_>) -> Poll<Arrived> {
        self.receive(context.waker())
            .map_or(Poll::Pending, Poll::Ready)
    }

    fn receive(&self, reader: &Waker) -> Option<Arrived> {
        let mut state = self.world.shared.state();
        state.network.receive(self.address, reader)
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.world.shared.state().network.close(self.address);
    }
}
