#![doc = include_str!("../README.md")]
//!
//! # How it works
//!
//! The simulated world: one thread, a virtual clock, and an in-memory network.
//!
//! Everything in it happens in one order, which depends only on the calls and the seed. Tasks are
//! polled first in, first out. Timers and packets in flight are events in a map, ordered by time
//! and then by creation. When nothing is ready, the clock jumps to the next event. So two runs of
//! the same scenario give the same trace, to the microsecond.
//!
//! The world does not know WebRTC. An asynchronous implementation runs in it as tasks
//! ([`World::spawn`]) that wait for timers ([`World::sleep`]) and packets ([`Port::poll_receive`]).
//! A sans-I/O implementation is driven from outside with [`Port::try_receive`] and an [`Alarm`]. In
//! both cases, the user calls [`World::step`]: it polls whatever is ready, then lets exactly one
//! event happen. One event at a time matters: an implementation that chooses at random among ready
//! branches (`select!`) then never has two to choose from. So a timer ends with its event, even if
//! a packet of the same time was delivered before.
//!
//! One thing can not be bounded from inside a process: an implementation that never returns from a
//! single poll. Everything else ends as a [`Halt`].

mod executor;
mod network;
mod panics;
mod port;
mod timers;

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use executor::Task;
pub use executor::TaskId;
use network::Network;
pub use network::{Arrived, Host, LinkState, Links};
use panics::quietly;
pub use panics::{catch, watch};
pub use port::Port;
pub use timers::{Alarm, Sleep};

/// How often tasks may be polled while the clock does not advance.
const MOST_POLLS_AT_ONE_MOMENT: u64 = 100_000;

/// How often tasks may be polled in the lifetime of a world.
const MOST_POLLS: u64 = 20_000_000;

/// Why a world can not continue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// A task panicked.
    #[error("a task panicked: {message}")]
    Panicked {
        /// Its message, and where in the source.
        message: String,
    },
    /// Tasks keep waking each other, and the clock does not advance, or hardly.
    #[error("tasks were polled {polls} times without getting anywhere")]
    Livelock {
        /// How often tasks were polled.
        polls: u64,
    },
}

/// The result of a [`World::step`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    /// One event happened.
    Happened,
    /// No event is left before the deadline; the clock is at the deadline.
    DeadlinePassed,
}

/// A world. Cloning gives another handle to the same one.
#[derive(Debug, Clone)]
pub struct World {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// The time of the virtual clock at the start; only differences from it are used.
    origin: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: Duration,
    next_event: u64,
    events: BTreeMap<(Duration, u64), Event>,
    next_task: u64,
    tasks: BTreeMap<TaskId, Task>,
    ready: VecDeque<TaskId>,
    network: Network,
    polls: u64,
    polls_at_this_moment: u64,
    halt: Option<Halt>,
}

#[derive(Debug)]
enum Event {
    Timer(Waker),
    Packet {
        from: SocketAddr,
        to: SocketAddr,
        bytes: Vec<u8>,
    },
}

impl World {
    /// Creates a world at time zero, with an undisturbed network.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let state = State {
            now: Duration::ZERO,
            next_event: 0,
            events: BTreeMap::new(),
            next_task: 0,
            tasks: BTreeMap::new(),
            ready: VecDeque::new(),
            network: Network::new(seed),
            polls: 0,
            polls_at_this_moment: 0,
            halt: None,
        };
        Self {
            shared: Arc::new(Shared {
                origin: Instant::now(),
                state: Mutex::new(state),
            }),
        }
    }

    /// Returns the time since the start.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.shared.state().now
    }

    /// Returns the time as an [`Instant`]; only differences between two of the same world have a
    /// meaning.
    #[must_use]
    pub fn instant(&self) -> Instant {
        self.shared.origin + self.now()
    }

    /// Starts a task; it is first polled in the next step.
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) -> TaskId {
        executor::spawn(&self.shared, Box::pin(future))
    }

    /// Stops a task: drops it now, or as soon as its current poll has returned.
    pub fn stop(&self, task: TaskId) {
        executor::stop(&self.shared, task);
    }

    /// Returns whether a task has run to its end, or was stopped.
    #[must_use]
    pub fn is_finished(&self, task: TaskId) -> bool {
        executor::is_finished(&self.shared, task)
    }

    /// Returns a timer: a future that completes once the clock has advanced by a duration.
    #[must_use]
    pub fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(self.clone(), duration)
    }

    /// Schedules an event, so that [`step`](Self::step) stops at that time. A time in the past
    /// counts as now. If the alarm is dropped early, it leaves no event behind.
    #[must_use]
    pub fn alarm(&self, at: Duration) -> Alarm {
        Alarm::new(self.clone(), at, Waker::noop().clone())
    }

    /// Opens a UDP port on a host.
    #[must_use]
    pub fn open(&self, host: Host, address: SocketAddr) -> Port {
        Port::open(self.clone(), host, address)
    }

    /// Polls every ready task, until none is ready.
    ///
    /// # Errors
    ///
    /// If a task panicked, or the tasks keep waking each other; from then on, always.
    pub fn settle(&self) -> Result<(), Halt> {
        executor::run_ready(&self.shared)
    }

    /// Polls every ready task, until none is ready, and then lets one event happen: the next one,
    /// if it is not after the deadline.
    ///
    /// # Errors
    ///
    /// As [`settle`](Self::settle).
    pub fn step(&self, deadline: Duration) -> Result<Stepped, Halt> {
        self.settle()?;
        let mut state = self.shared.state();
        match state.events.first_key_value().map(|(key, _)| *key) {
            Some(key) if key.0 <= deadline => {
                let event = state.events.remove(&key);
                state.move_clock(key.0);
                let waker = match event {
                    Some(Event::Timer(waker)) => Some(waker),
                    Some(Event::Packet { from, to, bytes }) => {
                        state.network.deliver(from, to, bytes)
                    }
                    None => None,
                };
                // A waker takes the lock itself.
                drop(state);
                if let Some(waker) = waker {
                    waker.wake();
                }
                Ok(Stepped::Happened)
            }
            _ => {
                state.move_clock(deadline);
                Ok(Stepped::DeadlinePassed)
            }
        }
    }

    /// Returns whether nothing can happen any more: no task is ready, and no event is scheduled.
    #[must_use]
    pub fn is_still(&self) -> bool {
        let state = self.shared.state();
        state.ready.is_empty() && state.events.is_empty()
    }

    /// Ends the world: every task, timer and packet is dropped, and nothing happens any more.
    pub fn shut_down(&self) {
        // Dropping a task may wake or create others, which takes the lock.
        loop {
            let mut state = self.shared.state();
            let tasks = std::mem::take(&mut state.tasks);
            let events = std::mem::take(&mut state.events);
            state.ready.clear();
            drop(state);
            if tasks.is_empty() && events.is_empty() {
                return;
            }
            // The dropped values do not expect this order, and may panic.
            let _ = quietly(|| drop((tasks, events)));
        }
    }

    /// Changes the link from one host to another.
    pub fn change_link(&self, from: Host, to: Host, change: impl FnOnce(&mut LinkState)) {
        change(self.shared.state().network.links.link(from, to));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Only this module could panic while the lock is held; the state is then still the last
        // consistent one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn move_clock(&mut self, to: Duration) {
        if to > self.now {
            self.now = to;
            self.polls_at_this_moment = 0;
        }
    }

    fn schedule(&mut self, at: Duration, event: Event) -> (Duration, u64) {
        let key = (at, self.next_event);
        self.next_event += 1;
        self.events.insert(key, event);
        key
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn run(world: &World, until: Duration) -> Result<(), Halt> {
        while world.step(until)? == Stepped::Happened {}
        Ok(())
    }

    #[test]
    fn timers_fire_in_order_at_their_time() {
        let world = World::new(1);
        let log = Arc::new(Mutex::new(Vec::new()));
        for millis in [30, 10, 20] {
            let (clock, log) = (world.clone(), Arc::clone(&log));
            world.spawn(async move {
                clock.sleep(Duration::from_millis(millis)).await;
                log.lock().unwrap().push((millis, clock.now()));
            });
        }
        run(&world, Duration::from_secs(1)).unwrap();
        let times: Vec<_> = log
            .lock()
            .unwrap()
            .iter()
            .map(|(millis, _)| *millis)
            .collect();
        assert_eq!(times, [10, 20, 30]);
        assert!(
            log.lock()
                .unwrap()
                .iter()
                .all(|(m, at)| *at == Duration::from_millis(*m))
        );
        assert_eq!(world.now(), Duration::from_secs(1));
        assert!(world.is_still());
    }

    #[test]
    fn a_dropped_timer_leaves_nothing_behind() {
        let world = World::new(1);
        let clock = world.clone();
        world.spawn(async move {
            let long = clock.sleep(Duration::from_secs(1000));
            let short = clock.sleep(Duration::from_millis(1));
            futures::future::select(long, short).await;
        });
        run(&world, Duration::from_secs(1)).unwrap();
        assert!(world.is_still());
    }

    #[test]
    fn a_task_that_keeps_itself_awake_is_a_livelock() {
        let world = World::new(1);
        world.spawn(futures::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        }));
        assert!(matches!(world.settle(), Err(Halt::Livelock { .. })));
        assert!(matches!(world.settle(), Err(Halt::Livelock { .. })));
    }

    #[test]
    fn a_panic_is_caught_and_reported() {
        let world = World::new(1);
        world.spawn(async { panic!("boom {}", 7) });
        let Err(Halt::Panicked { message }) = world.settle() else {
            panic!("no halt")
        };
        assert!(
            message.starts_with("boom 7") && message.contains("lib.rs"),
            "{message}"
        );
    }

    #[test]
    fn a_world_that_is_shut_down_lets_go_of_everything() {
        let world = World::new(1);
        let held = Arc::new(());
        let (clock, token) = (world.clone(), Arc::clone(&held));
        world.spawn(async move {
            clock.sleep(Duration::from_secs(1)).await;
            drop(token);
        });
        world.settle().unwrap();
        assert_eq!(Arc::strong_count(&held), 2);
        world.shut_down();
        assert_eq!(Arc::strong_count(&held), 1);
        assert!(world.is_still());
    }

    #[test]
    fn a_stopped_task_is_polled_no_more() {
        let world = World::new(1);
        let count = Arc::new(AtomicU64::new(0));
        let (clock, counter) = (world.clone(), Arc::clone(&count));
        let task = world.spawn(async move {
            loop {
                counter.fetch_add(1, Ordering::Relaxed);
                clock.sleep(Duration::from_secs(1)).await;
            }
        });
        run(&world, Duration::from_millis(2500)).unwrap();
        world.stop(task);
        assert!(world.is_finished(task));
        run(&world, Duration::from_mins(1)).unwrap();
        assert_eq!(count.load(Ordering::Relaxed), 3);
    }
}
