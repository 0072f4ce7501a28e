//! Assertions of the guarantees that this crate gives itself.
//!
//! Wrong input is refused, with its place. A broken invariant is a bug of this crate, and must not
//! become a verdict: a failed lookup means neither "no value holds" nor "law kept". So it ends the
//! run and says which guarantee was broken. If an index comes from the same list that it is used
//! on, indexing asserts the same.

use std::fmt::Display;

/// A value that must be present.
pub(crate) trait Invariant {
    /// The type of the value.
    type Held;

    /// Returns the value; `guarantee` says why it must be present.
    ///
    /// # Panics
    ///
    /// If it is not present, which is a bug of this crate.
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
        Some(error) => panic!("a bug in peerstate, please report it: {guarantee}: {error}"),
        None => panic!("a bug in peerstate, please report it: {guarantee}"),
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
