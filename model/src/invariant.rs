//! What this crate guarantees itself, asserted where it relies on it.
//!
//! Input that is wrong is refused, with its place. An invariant that is broken is a mistake of this
//! crate, and must not pass for a verdict: a lookup that fails is neither "no value holds" nor "law
//! kept". So it ends the run and says what was broken. Where a place comes from the very list that
//! it is looked up in, indexing asserts the same.

use std::fmt::Display;

/// What must be there.
pub(crate) trait Invariant {
    /// What is there.
    type Held;

    /// What is there; `guarantee` says why it must be.
    ///
    /// # Panics
    ///
    /// When it is not, which is a mistake of this crate.
    fn invariant(self, guarantee: &str) -> Self::Held;
}

impl<T> Invariant for Option<T> {
    type Held = T;

    #[track_caller]
    fn invariant(self, guarantee: &str) -> T {
        match self {
            Some(held) => held,
            None => broken(guarantee, None),
        }
    }
}

impl<T, E: Display> Invariant for Result<T, E> {
    type Held = T;

    #[track_caller]
    fn invariant(self, guarantee: &str) -> T {
        match self {
            Ok(held) => held,
            Err(error) => broken(guarantee, Some(&error)),
        }
    }
}

#[expect(
    clippy::panic,
    reason = "the one place that panics: a broken invariant must not pass for a verdict"
)]
#[track_caller]
fn broken(guarantee: &str, error: Option<&dyn Display>) -> ! {
    match error {
        Some(error) => panic!("broken in peerstate itself, please report it: {guarantee}: {error}"),
        None => panic!("broken in peerstate itself, please report it: {guarantee}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_is_given() {
        assert_eq!(Some(1).invariant("there is one"), 1);
        assert_eq!(Ok::<_, String>(1).invariant("there is one"), 1);
    }

    #[test]
    #[should_panic(expected = "please report it: there is one")]
    fn what_is_not_there_is_no_value() {
        None::<u8>.invariant("there is one");
    }

    #[test]
    #[should_panic(expected = "please report it: it loads: no such file")]
    fn what_went_wrong_is_said() {
        Err::<u8, _>("no such file").invariant("it loads");
    }
}
