//! Timers on the virtual clock.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::{Event, World};

/// An event that does nothing but happen; dropped early, it leaves nothing behind.
#[derive(Debug)]
pub struct Alarm {
    world: World,
    key: (Duration, u64),
}

impl Alarm {
    pub(super) fn new(world: World, at: Duration, waker: Waker) -> Self {
        let mut state = world.shared.state();
        let at = at.max(state.now);
        let key = state.schedule(at, Event::Timer(waker));
        drop(state);
        Self { world, key }
    }

    /// Whether it has happened. Other events of the same moment may happen before it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !self.world.shared.state().events.contains_key(&self.key)
    }

    /// Lets it wake a task. Its place among the events of its moment does not change.
    fn wake(&self, waker: &Waker) {
        // A waker that is dropped may take the lock, so the one replaced outlives it.
        let event = Event::Timer(waker.clone());
        let mut state = self.world.shared.state();
        let replaced = state
            .events
            .get_mut(&self.key)
            .map(|waiting| std::mem::replace(waiting, event));
        drop(state);
        drop(replaced);
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let event = self.world.shared.state().events.remove(&self.key);
        drop(event);
    }
}

/// Waits until the clock has moved on by a duration; dropped early, it leaves no event behind.
#[derive(Debug)]
pub struct Sleep {
    world: World,
    deadline: Duration,
    alarm: Option<Alarm>,
}

impl Sleep {
    pub(super) fn new(world: World, duration: Duration) -> Self {
        let deadline = world.now().saturating_add(duration);
        Self {
            world,
            deadline,
            alarm: None,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    /// Over when its own event has happened, never because the clock shows its time: another event
    /// of that moment may wake the task first, and a `select!` would then have two branches that
    /// are ready and pick one at random.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &self.alarm {
            None => {
                let waker = context.waker().clone();
                self.alarm = Some(Alarm::new(self.world.clone(), self.deadline, waker));
                Poll::Pending
            }
            Some(alarm) if alarm.is_over() => Poll::Ready(()),
            Some(alarm) => {
                alarm.wake(context.waker());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stepped;

    #[test]
    fn timers_of_one_moment_are_over_one_at_a_time() {
        let (world, moment) = (World::new(1), Duration::from_millis(10));
        let mut timers = [Box::pin(world.sleep(moment)), Box::pin(world.sleep(moment))];
        let mut context = Context::from_waker(Waker::noop());
        let mut over = || {
            timers
                .each_mut()
                .map(|timer| timer.as_mut().poll(&mut context).is_ready())
        };
        assert_eq!(over(), [false, false]);
        assert_eq!(world.step(moment), Ok(Stepped::Happened));
        assert_eq!(world.now(), moment);
        assert_eq!(over(), [true, false]);
    }

    #[test]
    fn a_timer_that_is_due_at_once_waits_for_its_turn() {
        let world = World::new(1);
        let mut timer = Box::pin(world.sleep(Duration::ZERO));
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(timer.as_mut().poll(&mut context), Poll::Pending);
        assert_eq!(world.step(Duration::ZERO), Ok(Stepped::Happened));
        assert_eq!(timer.as_mut().poll(&mut context), Poll::Ready(()));
    }

    #[test]
    fn an_alarm_stops_a_step_at_its_moment_and_is_gone_when_dropped() {
        let world = World::new(1);
        let early = world.alarm(Duration::from_millis(5));
        let late = world.alarm(Duration::from_millis(9));
        assert_eq!(world.step(Duration::from_secs(1)), Ok(Stepped::Happened));
        assert_eq!(world.now(), Duration::from_millis(5));
        assert!(early.is_over() && !late.is_over());
        drop(late);
        assert!(world.is_still());
    }
}
