//! The crate's tokio runtime, with an eye on the task that drives a connection.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime,
    TokioRuntime,
};

/// The runtime of one peer; cloning gives another handle to the same one.
#[derive(Debug, Clone)]
pub(super) struct WatchedRuntime {
    inner: Arc<TokioRuntime>,
    /// Whether a task was started: the first one drives the connection.
    has_driver: Arc<AtomicBool>,
    is_driver_gone: Arc<AtomicBool>,
}

impl WatchedRuntime {
    pub(super) fn new() -> Self {
        Self {
            inner: Arc::new(TokioRuntime),
            has_driver: Arc::default(),
            is_driver_gone: Arc::default(),
        }
    }

    /// Returns whether the task that drives the connection has ended.
    pub(super) fn is_driver_gone(&self) -> bool {
        self.is_driver_gone.load(Ordering::Acquire)
    }
}

/// Notes the end of a task, however it ends.
struct NotesEnd(Arc<AtomicBool>);

impl Drop for NotesEnd {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Runtime for WatchedRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        if self.has_driver.swap(true, Ordering::AcqRel) {
            return self.inner.spawn(future);
        }
        let notes = NotesEnd(Arc::clone(&self.is_driver_gone));
        self.inner.spawn(Box::pin(async move {
            let _notes = notes;
            future.await;
        }))
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        self.inner.wrap_udp_socket(socket)
    }

    fn wrap_tcp_listener(&self, listener: TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.inner.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        remote: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        self.inner.connect_tcp(remote)
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        self.inner.resolve_host(host)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        self.inner.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.inner.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.inner.block_on(future);
    }

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        self.inner.yield_now()
    }

    fn name(&self) -> &'static str {
        self.inner.name()
    }
}
