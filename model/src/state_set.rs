//! A set of values of one of the state enums.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use crate::states::StateEnum;

/// A set of states, in the order of their enum. Every enum here has at most eight values.
pub struct StateSet<S> {
    bits: u8,
    of: PhantomData<S>,
}

impl<S: StateEnum> StateSet<S> {
    /// Returns the empty set.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            bits: 0,
            of: PhantomData,
        }
    }

    /// Returns the set of all values of the enum.
    #[must_use]
    pub fn full() -> Self {
        S::ALL.iter().copied().collect()
    }

    /// Returns the set with one member.
    #[must_use]
    pub fn only(state: S) -> Self {
        Self {
            bits: 1 << state.index(),
            of: PhantomData,
        }
    }

    /// Returns every set in a fixed order, the empty one first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..1_u16 << S::ALL.len())
            .filter_map(|bits| u8::try_from(bits).ok())
            .map(|bits| Self {
                bits,
                of: PhantomData,
            })
    }

    /// Returns whether a state is a member.
    #[must_use]
    pub fn contains(self, state: S) -> bool {
        self.bits & (1 << state.index()) != 0
    }

    /// Adds a state.
    pub fn insert(&mut self, state: S) {
        self.bits |= 1 << state.index();
    }

    /// Returns whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Returns the number of members.
    #[must_use]
    pub const fn len(self) -> usize {
        self.bits.count_ones() as usize
    }

    /// Returns whether the two sets have a member in common.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.bits & other.bits != 0
    }

    /// Returns whether every member is also a member of the other set.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.bits & !other.bits == 0
    }

    /// Returns the members of exactly one of the sets.
    #[must_use]
    pub const fn symmetric_difference(self, other: Self) -> Self {
        Self {
            bits: self.bits ^ other.bits,
            of: PhantomData,
        }
    }

    /// Returns the members of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            bits: self.bits | other.bits,
            of: PhantomData,
        }
    }

    /// Returns the members, in the order of the enum.
    pub fn iter(self) -> impl Iterator<Item = S> {
        S::ALL
            .iter()
            .copied()
            .filter(move |&state| self.contains(state))
    }

    /// Returns the only member, if there is exactly one.
    #[must_use]
    pub fn single(self) -> Option<S> {
        if self.bits.is_power_of_two() {
            S::ALL.get(self.bits.trailing_zeros() as usize).copied()
        } else {
            None
        }
    }

    /// Returns a number below 256 that no other set of the same enum has.
    #[must_use]
    pub const fn number(self) -> usize {
        self.bits as usize
    }
}

impl<S: StateEnum> FromIterator<S> for StateSet<S> {
    fn from_iter<I: IntoIterator<Item = S>>(states: I) -> Self {
        let mut set = Self::empty();
        states.into_iter().for_each(|state| set.insert(state));
        set
    }
}

// Written by hand, because a derive would require the same of `S`.
impl<S> Clone for StateSet<S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for StateSet<S> {}
impl<S> PartialEq for StateSet<S> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}
impl<S> Eq for StateSet<S> {}
impl<S> PartialOrd for StateSet<S> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<S> Ord for StateSet<S> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bits.cmp(&other.bits)
    }
}
impl<S> Hash for StateSet<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits.hash(state);
    }
}
impl<S: StateEnum> Default for StateSet<S> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<S: StateEnum> fmt::Display for StateSet<S> {
    /// Writes the members between commas, or `nothing`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(StateEnum::as_str).collect();
        f.pad(&if names.is_empty() {
            "nothing".to_owned()
        } else {
            names.join(", ")
        })
    }
}

impl<S> fmt::Debug for StateSet<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateSet({:#010b})", self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::states::IceTransportState::{self, Checking, New};

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set: StateSet<IceTransportState> = [Checking, New].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [New, Checking]);
        assert_eq!(set.to_string(), "new, checking");
        assert_eq!(set.single(), None);
        assert_eq!(StateSet::only(New).single(), Some(New));
        assert!(StateSet::only(New).is_subset(set) && set.intersects(StateSet::full()));
        assert_eq!(StateSet::<IceTransportState>::all().count(), 128);
    }
}
