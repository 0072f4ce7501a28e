//! The executor: a queue of ready tasks, polled first in, first out.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};

use super::panics::quietly;
use super::{Halt, MOST_POLLS, MOST_POLLS_AT_ONE_MOMENT, Shared};

/// A task of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(u64);

pub(super) struct Task {
    /// `None` while it is being polled.
    future: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    queued: bool,
    /// Set if the task stops itself while it is being polled.
    stopped: bool,
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task")
            .field("queued", &self.queued)
            .finish_non_exhaustive()
    }
}

struct TaskWaker {
    task: TaskId,
    world: Weak<Shared>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(world) = self.world.upgrade() {
            enqueue(&world, self.task);
        }
    }
}

pub(super) fn spawn(
    world: &Arc<Shared>,
    future: Pin<Box<dyn Future<Output = ()> + Send>>,
) -> TaskId {
    let mut state = world.state();
    let id = TaskId(state.next_task);
    state.next_task += 1;
    state.tasks.insert(
        id,
        Task {
            future: Some(future),
            queued: true,
            stopped: false,
        },
    );
    state.ready.push_back(id);
    id
}

/// Stops a task: it is dropped now, or as soon as its current poll has returned.
pub(super) fn stop(world: &Arc<Shared>, id: TaskId) {
    let mut state = world.state();
    let Some(task) = state.tasks.get_mut(&id) else {
        return;
    };
    task.stopped = true;
    if task.future.is_some() {
        let task = state.tasks.remove(&id);
        // Dropping what the task owns may take the lock.
        drop(state);
        drop(task);
    }
}

pub(super) fn is_finished(world: &Arc<Shared>, id: TaskId) -> bool {
    world.state().tasks.get(&id).is_none_or(|task| task.stopped)
}

fn enqueue(world: &Shared, id: TaskId) {
    let mut state = world.state();
    if let Some(task) = state.tasks.get_mut(&id)
        && !task.queued
    {
        task.queued = true;
        state.ready.push_back(id);
    }
}

pub(super) fn run_ready(world: &Arc<Shared>) -> Result<(), Halt> {
    while let Some((id, future)) = next_ready(world)? {
        poll(world, id, future)?;
    }
    Ok(())
}

type Ready = (TaskId, Pin<Box<dyn Future<Output = ()> + Send>>);

fn next_ready(world: &Arc<Shared>) -> Result<Option<Ready>, Halt> {
    let mut state = world.state();
    if let Some(halt) = &state.halt {
        return Err(halt.clone());
    }
    while let Some(id) = state.ready.pop_front() {
        let Some(task) = state.tasks.get_mut(&id) else {
            continue;
        };
        task.queued = false;
        let Some(future) = task.future.take() else {
            continue;
        };
        state.polls += 1;
        state.polls_at_this_moment += 1;
        if state.polls_at_this_moment > MOST_POLLS_AT_ONE_MOMENT || state.polls > MOST_POLLS {
            let halt = Halt::Livelock {
                polls: state.polls_at_this_moment,
            };
            state.halt = Some(halt.clone());
            drop(state);
            drop(future);
            return Err(halt);
        }
        return Ok(Some((id, future)));
    }
    Ok(None)
}

fn poll(
    world: &Arc<Shared>,
    id: TaskId,
    mut future: Pin<Box<dyn Future<Output = ()> + Send>>,
) -> Result<(), Halt> {
    let waker = Waker::from(Arc::new(TaskWaker {
        task: id,
        world: Arc::downgrade(world),
    }));
    let polled = quietly(|| future.as_mut().poll(&mut Context::from_waker(&waker)));
    let mut state = world.state();
    match polled {
        Ok(Poll::Pending) if !state.tasks.get(&id).is_none_or(|task| task.stopped) => {
            if let Some(task) = state.tasks.get_mut(&id) {
                task.future = Some(future);
            }
            Ok(())
        }
        Ok(_) => {
            state.tasks.remove(&id);
            drop(state);
            drop(future);
            Ok(())
        }
        Err(message) => {
            state.tasks.remove(&id);
            let halt = Halt::Panicked { message };
            state.halt = Some(halt.clone());
            drop(state);
            // A task that panicked halfway may panic again when it is dropped.
            let _ = quietly(|| drop(future));
            Err(halt)
        }
    }
}
