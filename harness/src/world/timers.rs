//! Timers on the virtual clock.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use webrtc::runtime::AsyncInterval;

use super::{Event, Shared};

/// Waits until the clock has moved on by a duration; dropped early, it leaves no event behind.
pub(super) struct Sleep {
    world: Arc<Shared>,
    deadline: Duration,
    scheduled: Option<(Duration, u64)>,
}

impl Sleep {
    pub(super) fn new(world: Arc<Shared>, duration: Duration) -> Self {
        let deadline = world.state().now.saturating_add(duration);
        Self {
            world,
            deadline,
            scheduled: None,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    /// Over when its own event has happened, never because the clock shows its time: another event
    /// of that moment may wake the task first, and a `select!` would then have two branches that
    /// are ready and pick one at random.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let world = Arc::clone(&self.world);
        // A waker that is dropped may take the lock, so this one outlives it.
        let event = Event::Timer(context.waker().clone());
        let mut state = world.state();
        let Some(key) = self.scheduled else {
            self.scheduled = Some(state.schedule(self.deadline, event));
            return Poll::Pending;
        };
        let Some(waiting) = state.events.get_mut(&key) else {
            return Poll::Ready(());
        };
        // A timer polled again keeps its place among the events of its moment.
        let replaced = std::mem::replace(waiting, event);
        drop(state);
        drop(replaced);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.scheduled {
            let event = self.world.state().events.remove(&key);
            drop(event);
        }
    }
}

/// A repeating timer whose first tick is at once.
pub(super) struct Interval {
    pub(super) world: Arc<Shared>,
    pub(super) period: Duration,
    pub(super) next: Duration,
}

impl AsyncInterval for Interval {
    fn tick(&mut self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let now = self.world.state().now;
        let wait = self.next.saturating_sub(now);
        self.next = self.next.max(now) + self.period;
        Box::pin(Sleep::new(Arc::clone(&self.world), wait))
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use webrtc::runtime::Runtime;

    use super::*;
    use crate::world::{Host, Step, World};

    #[test]
    fn timers_of_one_moment_are_over_one_at_a_time() {
        let (world, moment) = (World::new(1), Duration::from_millis(10));
        let runtime = world.runtime(Host(0));
        let mut timers = [runtime.sleep(moment), runtime.sleep(moment)];
        let mut context = Context::from_waker(Waker::noop());
        let mut over = || {
            timers
                .each_mut()
                .map(|timer| timer.as_mut().poll(&mut context).is_ready())
        };
        assert_eq!(over(), [false, false]);
        assert_eq!(world.step(moment), Ok(Step::Happened));
        assert_eq!(world.now(), moment);
        assert_eq!(over(), [true, false]);
    }

    #[test]
    fn a_timer_that_is_due_at_once_waits_for_its_turn() {
        let world = World::new(1);
        let mut timer = world.runtime(Host(0)).sleep(Duration::ZERO);
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(timer.as_mut().poll(&mut context), Poll::Pending);
        assert_eq!(world.step(Duration::ZERO), Ok(Step::Happened));
        assert_eq!(timer.as_mut().poll(&mut context), Poll::Ready(()));
    }
}
