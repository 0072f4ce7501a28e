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

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (deadline, scheduled) = (self.deadline, self.scheduled.take());
        let world = Arc::clone(&self.world);
        let mut state = world.state();
        let replaced = scheduled.and_then(|key| state.events.remove(&key));
        if state.now >= deadline {
            return Poll::Ready(());
        }
        // A timer polled again keeps its place among the events of its moment.
        let event = Event::Timer(context.waker().clone());
        self.scheduled = Some(match (scheduled, replaced) {
            (Some(key), Some(_)) => {
                state.events.insert(key, event);
                key
            }
            _ => state.schedule(deadline, event),
        });
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
