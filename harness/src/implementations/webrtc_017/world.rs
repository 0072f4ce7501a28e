//! A tokio runtime in virtual time, in which the network and the timers never act at the same time.
//!
//! The clock of the runtime is paused, and jumps to the next timer whenever nothing is left to run.
//! Between two jumps, everything that is ready runs to its end; then the due packets arrive one
//! after the other, and everything that one packet causes runs before the next arrives. So a
//! `select!` inside the crate, which chooses at random among ready branches, hardly ever has two.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use peerstate_clock::{Unsupported, WallClock};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::network::Network;
use crate::implementation::Fault;

/// How often tasks may be polled while time does not advance.
const MOST_LOOKS_AT_ONE_MOMENT: u64 = 100_000;

/// A tokio runtime in virtual time.
pub(super) struct World {
    /// Taken when the world is dropped.
    runtime: Option<Runtime>,
    handle: Handle,
    gate: Arc<Gate>,
    wall: WallClock,
    start: Instant,
    /// When time last advanced, and how often the driver had been polled by then.
    moment: Cell<(Duration, u64)>,
    panicked: RefCell<Option<String>>,
}

/// Finds out whether everything that was ready has run.
///
/// The runtime polls the driver between any two tasks, and its tasks in the order in which they
/// were woken. The sentinel is a task that wakes itself until it is polled twice with only the
/// driver in between: then no other task is ready. SCTP writes its packets on a separate thread, by
/// blocking tasks; so the sentinel lets them run too, and is done if no other task is ready
/// afterwards.
#[derive(Default)]
struct Gate {
    settled: AtomicBool,
    /// Whether the sentinel must forget when it was last polled.
    restarted: AtomicBool,
    /// Whether the driver waits for time to pass.
    sleeping: AtomicBool,
    /// How often the driver was polled.
    looks: AtomicU64,
    driver: Mutex<Option<Waker>>,
    sentinel: Mutex<Option<Waker>>,
}

/// Why a run of the world ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The awaited condition holds.
    Done,
    /// The deadline has passed.
    DeadlinePassed,
}

/// Why a world can not be created.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorldError {
    #[error("the runtime of tokio could not be built: {0}")]
    Runtime(#[from] std::io::Error),
    #[error(transparent)]
    WallClock(#[from] Unsupported),
}

impl World {
    pub(super) fn new() -> Result<Self, WorldError> {
        let gate = Arc::new(Gate::default());
        let unparked = Arc::clone(&gate);
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            // The driver is polled between any two tasks, tasks that another thread has woken come
            // first, and blocking tasks run one after the other. The sentinel needs all three.
            .event_interval(1)
            .global_queue_interval(1)
            .max_blocking_threads(1)
            .on_thread_unpark(move || unparked.unparked())
            .build()?;
        runtime.spawn(Arc::clone(&gate).watch());
        let entered = runtime.enter();
        let start = Instant::now();
        drop(entered);
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
            gate,
            wall: WallClock::new(move || start.elapsed())?,
            start,
            moment: Cell::default(),
            panicked: RefCell::default(),
        })
    }

    /// Returns the time since the world began.
    pub(super) fn now(&self) -> Duration {
        let _entered = self.handle.enter();
        self.start.elapsed()
    }

    /// Returns the time at which the world began.
    pub(super) fn start(&self) -> Instant {
        self.start
    }

    /// Spawns a task.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.handle.spawn(task)
    }

    /// Runs everything that is ready, lets packets arrive, and lets time pass, until `done` holds
    /// or until `deadline`. `done` is called whenever everything that was ready has run.
    ///
    /// Fails if a task panicked, from then on always, or if the tasks keep waking each other.
    pub(super) fn run(
        &self,
        network: &Network,
        deadline: Duration,
        mut done: impl FnMut() -> bool,
    ) -> Result<Stop, Fault> {
        self.within(async {
            // What a call has started may be ready at once.
            self.gate.unsettle();
            let mut timer = pin!(tokio::time::sleep_until(self.start + deadline));
            poll_fn(|context| {
                let now = self.start.elapsed();
                self.count_looks(now)?;
                keep(&self.gate.driver, context);
                if !self.gate.settled.load(Ordering::Relaxed) {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                if done() {
                    return Poll::Ready(Ok(Stop::Done));
                }
                let next = network.next_arrival();
                if next.is_some_and(|at| at <= now) {
                    network.deliver_one();
                    self.gate.unsettle();
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                if now >= deadline {
                    return Poll::Ready(Ok(Stop::DeadlinePassed));
                }
                let until = next.map_or(deadline, |at| at.min(deadline));
                if timer.deadline() != self.start + until {
                    timer.as_mut().reset(self.start + until);
                }
                // It does not matter whether the timer has ended: time passes only when nothing is
                // ready.
                let _ = timer.as_mut().poll(context);
                self.gate.sleeping.store(true, Ordering::Relaxed);
                Poll::Pending
            })
            .await
        })?
    }

    /// Runs a future to its end in the runtime with its clocks; it must not use a timer.
    pub(super) fn within<T>(&self, future: impl Future<Output = T>) -> Result<T, Fault> {
        let broken = || {
            let message = self.panicked.borrow().clone().unwrap_or_default();
            Fault::Panicked { message }
        };
        let Some(runtime) = self
            .runtime
            .as_ref()
            .filter(|_| self.panicked.borrow().is_none())
        else {
            return Err(broken());
        };
        let (result, panics) =
            peerstate_sim::watch(|| self.wall.during(|| runtime.block_on(future)));
        if let Some(first) = panics.into_iter().next() {
            *self.panicked.borrow_mut() = Some(first);
        }
        match result {
            Some(value) if self.panicked.borrow().is_none() => Ok(value),
            _ => Err(broken()),
        }
    }

    fn count_looks(&self, now: Duration) -> Result<(), Fault> {
        let looks = self.gate.looks.fetch_add(1, Ordering::Relaxed) + 1;
        let (at, first) = self.moment.get();
        if at != now {
            self.moment.set((now, looks));
        } else if looks - first > MOST_LOOKS_AT_ONE_MOMENT {
            return Err(Fault::Livelock {
                polls: looks - first,
            });
        }
        Ok(())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let runtime = self.runtime.take();
        // The dropped values do not expect this order, and may panic.
        let _ = peerstate_sim::watch(|| self.wall.during(|| drop(runtime)));
    }
}

impl Gate {
    /// Starts again to find out whether everything has run.
    fn unsettle(&self) {
        self.settled.store(false, Ordering::Relaxed);
        self.restarted.store(true, Ordering::Relaxed);
        wake(&self.sentinel);
    }

    /// Called after the thread was parked: time may have passed, and timers may have ended.
    fn unparked(&self) {
        if self.sleeping.swap(false, Ordering::Relaxed) {
            self.unsettle();
            wake(&self.driver);
        }
    }

    /// The sentinel.
    fn watch(self: Arc<Self>) -> impl Future<Output = ()> {
        let mut last = 0;
        let mut nothing_is_blocking = false;
        poll_fn(move |context| {
            keep(&self.sentinel, context);
            let looks = self.looks.load(Ordering::Relaxed);
            let restarted = self.restarted.swap(false, Ordering::Relaxed);
            let alone = !restarted && looks == last + 1;
            last = looks;
            if alone && nothing_is_blocking {
                self.settled.store(true, Ordering::Relaxed);
                return Poll::Pending;
            }
            if alone {
                wait_for_blocking_tasks();
            }
            // The tasks that they woke are polled before the sentinel, which then knows of them.
            nothing_is_blocking = alone;
            context.waker().wake_by_ref();
            Poll::Pending
        })
    }
}

/// Waits until the blocking tasks have run: they have one thread, and this is the last of them.
fn wait_for_blocking_tasks() {
    let (done, is_done) = mpsc::channel();
    tokio::task::spawn_blocking(move || done.send(()));
    // The channel is disconnected when the runtime shuts down, and then nothing is left to wait
    // for.
    let _ = is_done.recv();
}

fn keep(waker: &Mutex<Option<Waker>>, context: &Context<'_>) {
    let mut waker = waker.lock().unwrap_or_else(PoisonError::into_inner);
    waker.get_or_insert_with(|| context.waker().clone());
}

fn wake(waker: &Mutex<Option<Waker>>) {
    if let Some(waker) = &*waker.lock().unwrap_or_else(PoisonError::into_inner) {
        waker.wake_by_ref();
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn world() -> (World, Network) {
        let world = World::new().unwrap();
        let network = world.within(Network::new(0, 1, world.start()));
        (world, network.unwrap().unwrap())
    }

    fn run_a_minute(task: impl Future<Output = ()> + Send + 'static) -> Result<Stop, Fault> {
        let (world, network) = world();
        let task = world.spawn(task);
        world.run(&network, Duration::from_mins(1), || task.is_finished())
    }

    #[test]
    fn time_passes_only_when_nothing_is_ready() {
        let (world, network) = world();
        let task = world.spawn(async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        });
        let stop = world.run(&network, Duration::from_mins(1), || task.is_finished());
        assert_eq!((stop, world.now()), (Ok(Stop::Done), Duration::ZERO));
    }

    #[test]
    fn the_wall_clock_passes_with_the_timers() {
        let (world, network) = world();
        let (sent, read) = mpsc::channel();
        let task = world.spawn(async move {
            for pause in [0, 5, 7] {
                tokio::time::sleep(Duration::from_secs(pause)).await;
                sent.send(SystemTime::now()).unwrap();
            }
        });
        let stop = world.run(&network, Duration::from_mins(1), || task.is_finished());
        assert_eq!((stop, world.now().as_secs()), (Ok(Stop::Done), 12));
        let began = SystemTime::UNIX_EPOCH + peerstate_clock::START;
        let after = |read: SystemTime| read.duration_since(began).unwrap().as_secs();
        assert_eq!(read.try_iter().map(after).collect::<Vec<_>>(), [0, 5, 12]);
    }

    #[test]
    fn what_waits_for_nothing_ends_with_the_deadline() {
        let stop = run_a_minute(std::future::pending());
        assert_eq!(stop, Ok(Stop::DeadlinePassed));
    }

    #[test]
    fn a_panic_of_a_task_that_nobody_waits_for_is_a_fault() {
        let fault = run_a_minute(async {
            drop(tokio::spawn(async { panic!("on purpose") }));
            std::future::pending::<()>().await;
        });
        let Err(Fault::Panicked { message }) = fault else {
            panic!("{fault:?}")
        };
        assert!(message.starts_with("on purpose at world.rs:"), "{message}");
    }

    #[test]
    fn tasks_that_keep_each_other_awake_are_a_fault() {
        let fault = run_a_minute(async {
            loop {
                tokio::task::yield_now().await;
            }
        });
        assert!(matches!(fault, Err(Fault::Livelock { .. })), "{fault:?}");
    }
}
