//! The runtime that an implementation on a host of the world is given.

use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime,
    Transmit,
};

use super::executor::{self, TaskId};
use super::timers::{Interval, Sleep};
use super::{Event, Host, Shared};

/// The runtime of one host.
#[derive(Debug)]
pub struct HostRuntime {
    world: Arc<Shared>,
    host: Host,
}

impl HostRuntime {
    pub(super) fn new(world: Arc<Shared>, host: Host) -> Self {
        Self { world, host }
    }
}

impl Runtime for HostRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        let task = executor::spawn(&self.world, future);
        self.world.state().drivers.entry(self.host).or_insert(task);
        Box::new(Handle {
            world: Arc::clone(&self.world),
            task,
        })
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let address = socket.local_addr()?;
        self.world.state().network.open(self.host, address);
        let world = Arc::clone(&self.world);
        Ok(Arc::new(Socket {
            world,
            host: self.host,
            address,
            _reserves_port: socket,
        }))
    }

    fn wrap_tcp_listener(&self, _listener: TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        Err(no_tcp())
    }

    fn connect_tcp<'a>(
        &'a self,
        _remote: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        Box::pin(async { Err(no_tcp()) })
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        // There is no name server in the world; addresses written as numbers resolve.
        Box::pin(async move {
            host.parse().map(|address| vec![address]).map_err(|_| {
                io::Error::new(
                    io::ErrorKind::NotFound,
                    "the simulated network has no names",
                )
            })
        })
    }

    fn now(&self) -> Instant {
        self.world.origin + self.world.state().now
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        Box::pin(Sleep::new(Arc::clone(&self.world), duration))
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        let next = self.world.state().now;
        Box::new(Interval {
            world: Arc::clone(&self.world),
            period,
            next,
        })
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        // Whoever drives the world waits by stepping it; nothing on a host may block.
        futures::executor::block_on(future);
    }

    fn name(&self) -> &'static str {
        "simulated"
    }
}

fn no_tcp() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "the simulated network carries UDP only",
    )
}

struct Handle {
    world: Arc<Shared>,
    task: TaskId,
}

impl JoinHandle for Handle {
    fn detach(&self) {
        // Dropping a handle does nothing here, so every task is detached from the start.
    }

    fn abort(&self) {
        executor::stop(&self.world, self.task);
    }

    fn is_finished(&self) -> bool {
        executor::is_finished(&self.world, self.task)
    }
}

#[derive(Debug)]
struct Socket {
    world: Arc<Shared>,
    host: Host,
    address: SocketAddr,
    /// The socket that the implementation bound: kept open so that no other session, here or in
    /// another process, is given the same address.
    _reserves_port: UdpSocket,
}

impl AsyncUdpSocket for Socket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }

    fn poll_send(
        &self,
        _context: &mut Context<'_>,
        packet: &Transmit<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut state = self.world.state();
        let to = packet.destination;
        if let Some(latency) = state.network.route(self.host, to) {
            let at = state.now + latency;
            let bytes = packet.contents.to_vec();
            state.schedule(
                at,
                Event::Packet {
                    from: self.address,
                    to,
                    bytes,
                },
            );
        }
        Poll::Ready(Ok(packet.contents.len()))
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let (Some(buffer), Some(meta)) = (buffers.first_mut(), meta.first_mut()) else {
            return Poll::Ready(Ok(0));
        };
        match self
            .world
            .state()
            .network
            .receive(self.address, context.waker())
        {
            Some((from, bytes)) => {
                let length = bytes.len().min(buffer.len());
                buffer[..length].copy_from_slice(&bytes[..length]);
                *meta = RecvMeta::default();
                meta.len = length;
                meta.stride = length.max(1);
                meta.addr = from;
                Poll::Ready(Ok(1))
            }
            None => Poll::Pending,
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.world.state().network.close(self.address);
    }
}
