//! Works on several items in parallel, and returns the results in order. Locks what threads share.

use std::convert::Infallible;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
#[cfg(feature = "adapter")]
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// Does `work` for each of the items on all cores, and returns the results in their order.
#[must_use]
pub fn on_every_core<'i, T: Sync, R: Send>(
    items: &'i [T],
    work: impl Fn(&'i T) -> R + Sync,
) -> Vec<R> {
    let mut results = Vec::with_capacity(items.len());
    let give = |result| {
        results.push(result);
        Ok::<_, Infallible>(())
    };
    let Ok(()) = side_by_side(items, cores(), work, || (), give);
    results
}

/// Returns the number of cores: a thread for each.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Locks what no thread leaves half changed.
#[cfg(feature = "adapter")]
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does `work` for each of the items on at most `threads` threads, and passes the results to `give`
/// in their order, as soon as they are available. Calls `done` whenever one is done.
///
/// # Errors
///
/// The first error of `give`. Work that has begun is then finished, and its result is dropped.
pub(crate) fn side_by_side<'i, T: Sync, R: Send, E>(
    items: &'i [T],
    threads: usize,
    work: impl Fn(&'i T) -> R + Sync,
    done: impl Fn(),
    mut give: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else {
                        return;
                    };
                    if sender.send((place, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting: Vec<Option<R>> = items.iter().map(|_| None).collect();
        let mut given = 0;
        for (place, result) in receiver {
            done();
            waiting[place] = Some(result);
            while let Some(result) = waiting.get_mut(given).and_then(Option::take) {
                given += 1;
                give(result)?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..100).collect();
        let doubled: Vec<u32> = items.iter().map(|item| item * 2).collect();
        assert_eq!(on_every_core(&items, |item| item * 2), doubled);
    }

    #[test]
    fn the_first_error_ends_it() {
        let mut given = 0;
        let give = |result: u32| {
            given += 1;
            if result == 2 { Err(result) } else { Ok(()) }
        };
        assert_eq!(
            side_by_side(&[1, 2, 3, 4], 2, |item| *item, || (), give),
            Err(2)
        );
        assert_eq!(given, 2);
    }
}
