//! The runtime that the crate uses on a host of the simulated world.

use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use peerstate_sim::{Host, Port, TaskId, World};
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime,
    Transmit,
};

/// The runtime of one host; cloning gives another handle to the same one.
#[derive(Debug, Clone)]
pub(super) struct HostRuntime {
    world: World,
    host: Host,
    /// The first task that was started on it, which drives the connection.
    driver: Arc<OnceLock<TaskId>>,
}

impl HostRuntime {
    pub(super) fn new(world: World, host: Host) -> Self {
        Self {
            world,
            host,
            driver: Arc::default(),
        }
    }

    /// Returns whether the task that drives the connection has ended.
    pub(super) fn is_driver_gone(&self) -> bool {
        let driver = self.driver.get();
        driver.is_some_and(|driver| self.world.is_finished(*driver))
    }
}

impl Runtime for HostRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        let world = self.world.clone();
        let task = world.spawn(future);
        // Only the first task is kept.
        let _ = self.driver.set(task);
        Box::new(Handle { world, task })
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let port = self.world.open(self.host, socket.local_addr()?);
        Ok(Arc::new(Socket {
            port,
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
        // The world has no name server; numeric addresses resolve.
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
        self.world.instant()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        Box::pin(self.world.sleep(duration))
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        Box::new(Interval {
            next: self.world.now(),
            world: self.world.clone(),
            period,
        })
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        // The owner of the world waits by stepping it; nothing on a host may block.
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
    world: World,
    task: TaskId,
}

impl JoinHandle for Handle {
    fn detach(&self) {
        // Dropping a handle does nothing here, so every task is detached from the start.
    }

    fn abort(&self) {
        self.world.stop(self.task);
    }

    fn is_finished(&self) -> bool {
        self.world.is_finished(self.task)
    }
}

/// A repeating timer whose first tick happens at once.
struct Interval {
    world: World,
    period: Duration,
    next: Duration,
}

impl AsyncInterval for Interval {
    fn tick(&mut self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let now = self.world.now();
        let wait = self.next.saturating_sub(now);
        self.next = self.next.max(now) + self.period;
        Box::pin(self.world.sleep(wait))
    }
}

#[derive(Debug)]
struct Socket {
    port: Port,
    /// The socket that the implementation bound. It is kept open so that no other session, in this
    /// process or another, gets the same address.
    _reserves_port: UdpSocket,
}

impl AsyncUdpSocket for Socket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.port.address())
    }

    fn poll_send(
        &self,
        _context: &mut Context<'_>,
        packet: &Transmit<'_>,
    ) -> Poll<io::Result<usize>> {
        self.port.send(packet.destination, packet.contents);
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
        self.port.poll_receive(context).map(|(from, bytes)| {
            let length = bytes.len().min(buffer.len());
            buffer[..length].copy_from_slice(&bytes[..length]);
            *meta = RecvMeta::default();
            meta.len = length;
            meta.stride = length.max(1);
            meta.addr = from;
            Ok(1)
        })
    }
}
