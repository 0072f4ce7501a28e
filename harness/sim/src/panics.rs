//! Panics of what runs in a world, as messages, without output on standard error.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use super::Halt;

/// Runs code that is driven from outside the world, and turns a panic into a [`Halt`], without
/// output on standard error.
///
/// # Errors
///
/// If it panicked.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Halt> {
    quietly(work).map_err(|message| Halt::Panicked { message })
}

/// Runs `work`, without output on standard error for panics in it. Returns its result, unless it
/// panicked itself, and the messages and places of all panics on this thread, in order.
///
/// A separate runtime catches the panics of its tasks, and passes each to the code that awaits the
/// task, if there is any. This function reports them anyway.
pub fn watch<T>(work: impl FnOnce() -> T) -> (Option<T>, Vec<String>) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let watched = WATCHED.with_borrow_mut(|said| {
                let watched = said.as_mut();
                watched.map(|said| said.push(describe(info))).is_some()
            });
            if !watched {
                before(info);
            }
        }));
    });
    let outside = WATCHED.replace(Some(Vec::new()));
    let result = panic::catch_unwind(AssertUnwindSafe(work)).ok();
    let said = WATCHED.replace(outside).unwrap_or_default();
    (result, said)
}

/// Runs `work` and turns a panic into its message and place, without output on standard error.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let (result, mut said) = watch(work);
    // Panics before the last one were caught inside.
    result.ok_or_else(|| said.pop().unwrap_or_else(|| NO_MESSAGE.to_owned()))
}

/// The message of a panic without a message, or one that was raised without the program's hook.
const NO_MESSAGE: &str = "a panic without a message";

thread_local! {
    /// The messages of panics, while this thread is inside [`watch`].
    static WATCHED: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or(NO_MESSAGE);
    match info.location() {
        Some(location) => {
            let file = file_name(location.file());
            format!("{message} at {file}:{}", location.line())
        }
        None => message.to_owned(),
    }
}

/// Returns the last part of a path: where a build keeps its sources does not belong in a trace.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_that_was_caught_is_seen_all_the_same() {
        let (result, said) = watch(|| {
            let _ = panic::catch_unwind(|| panic!("boom {}", 7));
            5
        });
        assert_eq!((result, said.len()), (Some(5), 1));
        assert!(said[0].starts_with("boom 7 at panics.rs:"), "{said:?}");
    }

    #[test]
    fn all_are_seen_in_order_and_none_where_there_is_none() {
        let (result, said) = watch(|| {
            let _ = panic::catch_unwind(|| panic!("first"));
            panic!("second")
        });
        assert_eq!((result, said.len()), (None::<()>, 2));
        assert!(said[0].starts_with("first at") && said[1].starts_with("second at"));
        assert_eq!(watch(|| 3), (Some(3), Vec::new()));
    }

    #[test]
    fn what_ended_the_work_is_its_panic() {
        let ended: Result<(), String> = quietly(|| {
            let _ = panic::catch_unwind(|| panic!("caught"));
            panic!("not caught")
        });
        let said = ended.err().unwrap_or_default();
        assert!(said.starts_with("not caught at panics.rs:"), "{said}");
        let caught = quietly(|| panic::catch_unwind(|| panic!("caught")).is_err());
        assert_eq!(caught, Ok(true));
    }
}
