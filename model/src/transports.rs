//! The transports of a connection: a multiset of (ICE state, DTLS state) pairs.
//!
//! Transports have no order, and no name that a definition could depend on, so two collections with
//! the same pairs are equal. [`Transports`] keeps them sorted, so that equality and hashing agree
//! with this.

use std::fmt;
use std::str::FromStr;

use crate::input::names;
use crate::states::{DtlsTransportState, IceTransportState, UnknownState};

/// One transport: an `RTCIceTransport` and the `RTCDtlsTransport` over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Transport {
    /// The state of the ICE transport.
    pub ice: IceTransportState,
    /// The state of the DTLS transport.
    pub dtls: DtlsTransportState,
}

impl Transport {
    /// A newly created transport: nothing has begun.
    pub const NEW: Self = Self {
        ice: IceTransportState::New,
        dtls: DtlsTransportState::New,
    };

    /// Returns a transport in the given states.
    #[must_use]
    pub const fn new(ice: IceTransportState, dtls: DtlsTransportState) -> Self {
        Self { ice, dtls }
    }

    /// Returns every combination of states, ICE first, each in the order of the specification.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        IceTransportState::ALL.iter().flat_map(|&ice| {
            DtlsTransportState::ALL
                .iter()
                .map(move |&dtls| Self { ice, dtls })
        })
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({},{})", self.ice, self.dtls)
    }
}

/// A multiset of transports, kept sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Transports(Vec<Transport>);

impl Transports {
    /// Returns an empty multiset.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Returns the transports, sorted.
    #[must_use]
    pub fn as_slice(&self) -> &[Transport] {
        &self.0
    }

    /// Returns the number of transports, counting equal ones separately.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no transports.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the transports, sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Transport> {
        self.0.iter()
    }

    /// Returns the transports with one more.
    #[must_use]
    pub fn with(&self, transport: Transport) -> Self {
        let mut transports = self.clone();
        let at = transports.0.partition_point(|other| *other < transport);
        transports.0.insert(at, transport);
        transports
    }

    /// Returns the transports without the one at `index`; all of them if `index` is out of range.
    #[must_use]
    pub fn without(&self, index: usize) -> Self {
        let mut transports = self.clone();
        if index < transports.0.len() {
            transports.0.remove(index);
        }
        transports
    }

    /// Returns the transports with the one at `index` replaced.
    #[must_use]
    pub fn replacing(&self, index: usize, transport: Transport) -> Self {
        self.without(index).with(transport)
    }
}

impl FromIterator<Transport> for Transports {
    fn from_iter<I: IntoIterator<Item = Transport>>(transports: I) -> Self {
        let mut transports: Vec<_> = transports.into_iter().collect();
        transports.sort_unstable();
        Self(transports)
    }
}

impl<'a> IntoIterator for &'a Transports {
    type Item = &'a Transport;
    type IntoIter = std::slice::Iter<'a, Transport>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Transports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no transports");
        }
        for (index, transport) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{transport}")?;
        }
        Ok(())
    }
}

/// Everything that a definition of an aggregate state may depend on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Combination {
    /// The connection's `[[IsClosed]]` slot.
    pub closed: bool,
    /// The transports that the connection references.
    pub transports: Transports,
}

impl Combination {
    /// Returns an open connection with these transports.
    #[must_use]
    pub fn open(transports: impl IntoIterator<Item = Transport>) -> Self {
        Self {
            closed: false,
            transports: transports.into_iter().collect(),
        }
    }

    /// Describes the combination: `one transport whose ICE is connected and DTLS not begun`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let one = |transport: &Transport| {
            let ice = match transport.ice {
                IceTransportState::New => "not begun",
                other => other.as_str(),
            };
            let dtls = match transport.dtls {
                DtlsTransportState::New => "not begun",
                other => other.as_str(),
            };
            format!("ICE is {ice} and DTLS {dtls}")
        };
        let told: Vec<String> = self.transports.iter().map(one).collect();
        let open = match told.as_slice() {
            [] => "no transports".to_owned(),
            [one] => format!("one transport whose {one}"),
            more => {
                let count = more.len();
                format!(
                    "{count} transports, one whose {}",
                    more.join(", one whose ")
                )
            }
        };
        if self.closed {
            format!("the connection closed and {open}")
        } else {
            open
        }
    }
}

impl fmt::Display for Combination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.transports)?;
        if self.closed {
            f.write_str(", closed")
        } else {
            Ok(())
        }
    }
}

/// The text is not a list of transports such as `(connected,new) (completed,connected)`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportsError {
    /// Something else was found instead of a transport.
    #[error(
        "expected a transport such as `(connected,new)` at column {column}, found `{found}`; write \
         each as (ICE state,DTLS state), or nothing at all for no transports"
    )]
    Syntax {
        /// The column, from 1, in characters.
        column: usize,
        /// The text that was found.
        found: String,
    },
    /// A transport names a state that its kind does not have.
    #[error("at column {column}: {source}")]
    State {
        /// The column of the transport, from 1, in characters.
        column: usize,
        /// The wrong state, and those that exist.
        source: UnknownState,
    },
}

impl FromStr for Transports {
    type Err = TransportsError;

    /// Parses what [`Display`](fmt::Display) writes. Spaces are optional, and commas may separate
    /// transports.
    fn from_str(text: &str) -> Result<Self, TransportsError> {
        let mut transports = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            if rest.is_empty() {
                return Ok(transports.into_iter().collect());
            }
            let column = text[..text.len() - rest.len()].chars().count() + 1;
            let syntax = || TransportsError::Syntax {
                column,
                found: names::shorten(rest),
            };
            let (inside, after) = rest
                .strip_prefix('(')
                .and_then(|r| r.split_once(')'))
                .ok_or_else(syntax)?;
            let (ice, dtls) = inside.split_once(',').ok_or_else(syntax)?;
            let state = |source| TransportsError::State { column, source };
            transports.push(Transport {
                ice: ice.trim().parse().map_err(state)?,
                dtls: dtls.trim().parse().map_err(state)?,
            });
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn transport() -> impl Strategy<Value = Transport> {
        proptest::sample::select(Transport::all().collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn order_does_not_matter(mut transports in prop::collection::vec(transport(), 0..6)) {
            let one: Transports = transports.iter().copied().collect();
            transports.reverse();
            let other = transports.iter().fold(Transports::none(), |all, &t| all.with(t));
            prop_assert_eq!(one, other);
        }

        #[test]
        fn text_reads_back(transports in prop::collection::vec(transport(), 1..6)) {
            let transports: Transports = transports.into_iter().collect();
            prop_assert_eq!(transports.to_string().parse::<Transports>().unwrap(), transports);
        }

        #[test]
        fn no_text_panics(text in "[(),a-z ]{0,40}") {
            let _ = text.parse::<Transports>();
        }
    }

    #[rstest]
    #[case("", 0)]
    #[case("  ", 0)]
    #[case("(new,new)", 1)]
    #[case("(connected,new) (completed,connected)", 2)]
    #[case("( connected , new ),(completed,connected)", 2)]
    fn spaces_and_commas_are_free(#[case] text: &str, #[case] count: usize) {
        assert_eq!(text.parse::<Transports>().unwrap().len(), count);
    }

    #[rstest]
    #[case("(new,new) new", "at column 11, found `new`")]
    #[case("(new)", "at column 1, found `(new)`")]
    #[case("(new,checking)", "RTCDtlsTransportState has no value `checking`")]
    #[case(
        "(new,new) (nwe,new)",
        "at column 11: RTCIceTransportState has no value `nwe`, did you mean `new`?"
    )]
    fn bad_text_says_where_and_what(#[case] text: &str, #[case] message: &str) {
        let error = text.parse::<Transports>().unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}
