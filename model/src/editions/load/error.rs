//! What can be wrong with a file of an edition.

use crate::input::fields::ShapeError;
use crate::input::names::Suggestion;
use crate::input::yaml::YamlError;
use crate::states::UnknownState;

/// Why a file is no edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// It is no YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A name is no value of the enum.
    #[error(transparent)]
    State(#[from] UnknownState),
    /// A name is a state of neither kind of transport.
    #[error(
        "no kind of transport has a state `{found}`{suggestion} (known: {})", known.join(", ")
    )]
    NoTransportState {
        /// What was read.
        found: String,
        /// The nearest known one.
        suggestion: Suggestion,
        /// All known ones.
        known: Vec<&'static str>,
    },
    /// The format has another version.
    #[error("this reads schema 1 of the format, found {found}")]
    Schema {
        /// What was read.
        found: String,
    },
    /// A predicate is none.
    #[error("expected a predicate: one of {}; found {found}", known.join(", "))]
    Predicate {
        /// The keys of which a predicate has one.
        known: Vec<&'static str>,
        /// What came.
        found: String,
    },
    /// A predicate speaks of no kind of transport.
    #[error("name at least one kind of transport here: `ice`, `dtls`")]
    NoKind,
    /// `all_of` or `any_of` has no parts.
    #[error("`{of}` needs at least one part")]
    NoParts {
        /// Which.
        of: &'static str,
    },
    /// Not exactly one reading is the default.
    #[error("exactly one reading must have `default: true`; {count} have")]
    Defaults {
        /// How many are.
        count: usize,
    },
    /// A reading has no rows.
    #[error("a reading needs at least one value with its predicate")]
    NoRows,
    /// An id is not one word.
    #[error("an id is one word, without spaces or invisible characters; found {found}")]
    NotAnId {
        /// What was read.
        found: String,
    },
    /// A trigger is none that there is.
    #[error(
        "no trigger is called `{found}`{suggestion}{} (known: {})", or_else(*former), known.join(", ")
    )]
    Trigger {
        /// What was read.
        found: String,
        /// The nearest known one.
        suggestion: Suggestion,
        /// What to do, where it was right in the former format.
        former: Option<&'static str>,
        /// All known ones.
        known: Vec<&'static str>,
    },
    /// An answer is none of those to the question.
    #[error(
        "`{key}` has no answer `{found}`{suggestion}{} (known: {}; the words of the text go beside \
         it: `{key}: {{is: …, quote: …}}`)", instead(*former), known.join(", ")
    )]
    NotAnAnswer {
        /// The question.
        key: &'static str,
        /// What was read.
        found: String,
        /// The nearest known one.
        suggestion: Suggestion,
        /// What stands for it now, where it was right in the former format.
        former: Option<&'static str>,
        /// All known ones.
        known: Vec<&'static str>,
    },
    /// A key has another name now.
    #[error(
        "the key `{key}` is now `{now}`{} (known: {})", instead(*former), known.join(", ")
    )]
    FormerKey {
        /// The key that was read.
        key: &'static str,
        /// The key in its place.
        now: &'static str,
        /// What stands for its value now, where that is known.
        former: Option<&'static str>,
        /// All answers.
        known: Vec<&'static str>,
    },
    /// A claim is about what the edition does not define.
    #[error("this edition does not define {of}, so nothing can be claimed of it")]
    ClaimOfNothing {
        /// The enum.
        of: &'static str,
    },
    /// Two readings have the same id.
    #[error("two readings have the id `{id}`")]
    DuplicateReading {
        /// The id.
        id: String,
    },
    /// A cascade has no order.
    #[error("`mode: first_match` needs an `order` here or on every reading")]
    NoOrder,
    /// The order names a value that has no row.
    #[error("the order names `{value}`, which has no row in `states`")]
    MissingRow {
        /// The value.
        value: &'static str,
    },
    /// A row is not in the order.
    #[error("the row `{value}` is not in the order, so it could never apply")]
    NotInOrder {
        /// The value.
        value: &'static str,
    },
    /// The order names a value twice.
    #[error("the order names `{value}` twice")]
    TwiceInOrder {
        /// The value.
        value: &'static str,
    },
    /// `otherwise` stands where it is not the last row of a cascade.
    #[error("`otherwise` may stand only alone in the last row of a `first_match` cascade")]
    Otherwise,
    /// A definition refers to itself.
    #[error(
        "a cycle: `ice_connection_state` is the value of RTCIceConnectionState, which this helps \
         to define"
    )]
    Cycle,
    /// `ice_connection_state` is used, and no definition of it is at hand.
    #[error(
        "`ice_connection_state` refers to RTCIceConnectionState, which this file does not define; \
         define it, or name an edition that does with `ice_from`"
    )]
    NothingReferenced,
    /// `ice_from` names this very edition.
    #[error("a cycle: `ice_from` names this edition itself")]
    IceFromItself,
    /// `ice_from` names no edition with a definition of `RTCIceConnectionState`.
    #[error(
        "`ice_from` names `{found}`, which is no edition that defines RTCIceConnectionState\
         {suggestion}"
    )]
    IceFrom {
        /// What was read.
        found: String,
        /// The nearest edition.
        suggestion: Suggestion,
    },
    /// The edition defines nothing.
    #[error("define at least one of RTCPeerConnectionState and RTCIceConnectionState")]
    Empty,
}

/// What to write for what was right in the former format.
fn instead(former: Option<&str>) -> String {
    or_else(former.map(|word| format!("write {word}")).as_deref())
}

/// What to do about what was right in the former format.
fn or_else(former: Option<&str>) -> String {
    former.map_or_else(String::new, |advice| format!("; {advice}"))
}
