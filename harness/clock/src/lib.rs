#![doc = include_str!("../README.md")]

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod shim;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

/// The time at which every wall clock starts, after 1970-01-01T00:00:00Z: 2025-01-01T00:00:00Z.
pub const START: Duration = Duration::from_hours(24 * 20_089);

/// A wall clock that follows another clock.
#[derive(Clone)]
pub struct WallClock {
    source: Rc<Source>,
}

struct Source {
    /// Returns how much time has passed on the followed clock.
    elapsed: Box<dyn Fn() -> Duration>,
    /// The last time that was read, after [`START`].
    last: Cell<Duration>,
}

/// The wall clock can not be replaced here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsupported;

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "`SystemTime::now` can not follow virtual time here: this needs 64-bit Linux, and a \
             program whose `clock_gettime` is that of the crate `peerstate-clock`",
        )
    }
}

impl std::error::Error for Unsupported {}

impl WallClock {
    /// Returns a wall clock that follows `elapsed`, which returns how much time has passed.
    ///
    /// # Errors
    ///
    /// If `SystemTime::now` of this program does not read it.
    pub fn new(elapsed: impl Fn() -> Duration + 'static) -> Result<Self, Unsupported> {
        let source = Rc::new(Source {
            elapsed: Box::new(elapsed),
            last: Cell::new(Duration::ZERO),
        });
        let clock = Self { source };
        // Check whether the shim is active on this platform and in this program.
        let read = clock.during(SystemTime::now);
        let last = SystemTime::UNIX_EPOCH + START + clock.source.last.get();
        (read == last).then_some(clock).ok_or(Unsupported)
    }

    /// Runs `work`. On its thread, `SystemTime::now` reads this clock until `work` has returned or
    /// panicked.
    ///
    /// Calls may be nested: the innermost clock is read.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let outer = CURRENT.replace(Some(Rc::clone(&self.source)));
        let _restore = Restore(outer);
        work()
    }
}

thread_local! {
    /// The clock that the wall clock of this thread follows; `None` is the real one.
    static CURRENT: RefCell<Option<Rc<Source>>> = const { RefCell::new(None) };
}

/// Restores the previous clock, however the work ends.
struct Restore(Option<Rc<Source>>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

impl Source {
    /// Reads the clock; `None` if the followed clock panicked.
    fn read(&self) -> Option<Duration> {
        let elapsed = panic::catch_unwind(AssertUnwindSafe(|| (self.elapsed)())).ok()?;
        let after_last = self.last.get() + Duration::from_nanos(1);
        let now = elapsed.max(after_last);
        self.last.set(now);
        Some(START + now)
    }
}

/// Returns the wall clock of this thread, after 1970-01-01T00:00:00Z; `None` is the real one.
#[cfg_attr(
    not(all(target_os = "linux", target_pointer_width = "64")),
    expect(dead_code, reason = "only the shim reads it")
)]
fn read() -> Option<Duration> {
    // While the followed clock is being read, it reads the real clock. A thread that ends has no
    // clock any more, and reads the real one.
    let source = CURRENT.try_with(|current| current.try_borrow_mut().ok()?.take());
    let source = source.ok().flatten()?;
    let _restore = Restore(Some(Rc::clone(&source)));
    source.read()
}

#[cfg(all(test, target_os = "linux", target_pointer_width = "64"))]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a helper of a test stops at the first surprise, as the test does"
    )]

    use std::thread;
    use std::time::Instant;

    use super::*;

    fn at(elapsed: Duration) -> WallClock {
        WallClock::new(move || elapsed).unwrap()
    }

    /// Returns the wall clock of this thread, after [`START`].
    fn now() -> Duration {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        since_1970.unwrap().checked_sub(START).unwrap()
    }

    fn is_real() -> bool {
        // No test here follows a clock for more than a day.
        now() > Duration::from_hours(24)
    }

    #[test]
    fn follows_the_clock_that_it_is_given() {
        let elapsed = Rc::new(Cell::new(Duration::from_secs(5)));
        let given = Rc::clone(&elapsed);
        let clock = WallClock::new(move || given.get()).unwrap();
        elapsed.set(Duration::from_secs(7));
        assert_eq!(clock.during(now), Duration::from_secs(7));
        elapsed.set(Duration::from_hours(1));
        assert_eq!(clock.during(now), Duration::from_hours(1));
    }

    #[test]
    fn never_reads_the_same_twice_nor_runs_backwards() {
        let elapsed = Rc::new(Cell::new(Duration::from_secs(5)));
        let given = Rc::clone(&elapsed);
        let clock = WallClock::new(move || given.get()).unwrap();
        let reads = clock.during(|| {
            let mut reads: Vec<_> = (0..100).map(|_| now()).collect();
            elapsed.set(Duration::from_secs(4));
            reads.push(now());
            reads
        });
        assert!(reads.is_sorted_by(|one, next| one < next), "{reads:?}");
        assert_eq!(reads[100].as_secs(), 5);
    }

    #[test]
    fn is_real_before_and_after() {
        let clock = at(Duration::ZERO);
        assert!(is_real());
        assert!(!clock.during(is_real));
        assert!(is_real());
    }

    #[test]
    fn is_real_on_every_other_thread() {
        let clock = at(Duration::ZERO);
        assert!(clock.during(|| thread::spawn(is_real).join().unwrap()));
    }

    #[test]
    fn is_real_after_a_panic() {
        let clock = at(Duration::ZERO);
        let work = AssertUnwindSafe(|| clock.during(|| panic!("on purpose")));
        panic::catch_unwind(work).unwrap_err();
        assert!(is_real());
    }

    #[test]
    fn the_innermost_is_read() {
        let outer = at(Duration::from_secs(100));
        let inner = at(Duration::from_secs(200));
        let (within, after) = outer.during(|| (inner.during(now), now()));
        assert_eq!((within.as_secs(), after.as_secs()), (200, 100));
    }

    #[test]
    fn what_is_followed_may_read_the_real_clock_or_panic() {
        let follows_itself = WallClock::new(now).unwrap();
        assert!(follows_itself.during(is_real));
        let reads = Cell::new(0);
        let panics = WallClock::new(move || {
            reads.set(reads.get() + 1);
            assert_eq!(reads.get(), 1, "on purpose");
            Duration::ZERO
        });
        assert!(panics.unwrap().during(is_real));
    }

    #[test]
    fn other_clocks_stay_as_they_are() {
        let clock = at(Duration::ZERO);
        let before = Instant::now();
        let within = clock.during(Instant::now);
        assert!(before <= within && within <= Instant::now());
    }
}
