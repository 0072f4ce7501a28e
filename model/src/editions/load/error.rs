//! Errors in the file of an edition.

use crate::input::fields::ShapeError;
use crate::input::names::Suggestion;
use crate::input::yaml::YamlError;
use crate::states::UnknownState;

/// Why a file is not a valid edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// It is not valid YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong form.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A name is not a value of the enum.
    #[error(transparent)]
    State(#[from] UnknownState),
    /// Neither kind of transport has a state with this name.
    #[error(
        "no kind of transport has a state `{found}`{suggestion} (known: {})", known.join(", ")
    )]
    NoTransportState {
        /// The name that was found.
        found: String,
        /// The nearest known name.
        suggestion: Suggestion,
        /// All known names.
        known: Vec<&'static str>,
    },
    /// The format has another version.
    #[error("expected schema 1 of the format, found {found}")]
    Schema {
        /// The version that was found.
        found: String,
    },
    /// A mapping is not a predicate.
    #[error("expected a predicate: one of {}; found {found}", known.join(", "))]
    Predicate {
        /// The keys, one of which a predicate has.
        known: Vec<&'static str>,
        /// What was found.
        found: String,
    },
    /// A predicate names no kind of transport.
    #[error("name at least one kind of transport here: `ice`, `dtls`")]
    NoKind,
    /// `all_of` or `any_of` has no parts.
    #[error("`{of}` needs at least one part")]
    NoParts {
        /// `all_of` or `any_of`.
        of: &'static str,
    },
    /// The number of default readings is not one.
    #[error("exactly one reading must have `default: true`; {count} have")]
    Defaults {
        /// The number of default readings.
        count: usize,
    },
    /// A reading has no rows.
    #[error("a reading needs at least one value with its predicate")]
    NoRows,
    /// An id is not one word.
    #[error("an id is one word, without spaces or invisible characters; found {found}")]
    NotAnId {
        /// What was found.
        found: String,
    },
    /// There is no trigger with this name.
    #[error(
        "expected a trigger, found `{found}`{suggestion}{} (known: {})", or_else(*former), known.join(", ")
    )]
    Trigger {
        /// The name that was found.
        found: String,
        /// The nearest known name.
        suggestion: Suggestion,
        /// What to do about a trigger of the former format.
        former: Option<&'static str>,
        /// All known triggers.
        known: Vec<&'static str>,
    },
    /// The question has no such answer.
    #[error(
        "`{key}` has no answer `{found}`{suggestion}{} (known: {}; quote the words of the text as \
         `{key}: {{is: …, quote: …}}`)", instead(*former), known.join(", ")
    )]
    NotAnAnswer {
        /// The key of the question.
        key: &'static str,
        /// The word that was found.
        found: String,
        /// The nearest known word.
        suggestion: Suggestion,
        /// What replaces an answer of the former format.
        former: Option<&'static str>,
        /// All known answers.
        known: Vec<&'static str>,
    },
    /// The key has been renamed.
    #[error(
        "the key `{key}` is now `{now}`{} (known: {})", instead(*former), known.join(", ")
    )]
    FormerKey {
        /// The key that was found.
        key: &'static str,
        /// The key that replaces it.
        now: &'static str,
        /// What replaces its value, if known.
        former: Option<&'static str>,
        /// All known answers.
        known: Vec<&'static str>,
    },
    /// A claim is about an enum that the edition does not define.
    #[error("this edition does not define {of}, so a claim can not be about it")]
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
    /// The order names a value without a row.
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
    /// `otherwise` is not alone in the last row of a cascade.
    #[error("`otherwise` is only allowed alone in the last row of a `first_match` cascade")]
    Otherwise,
    /// A definition refers to itself.
    #[error(
        "a cycle: `ice_connection_state` is the value of RTCIceConnectionState, and this predicate is \
         part of its definition"
    )]
    Cycle,
    /// `ice_connection_state` is used without a definition of it.
    #[error(
        "`ice_connection_state` refers to RTCIceConnectionState, which this file does not define; \
         define it, or name an edition that does with `ice_from`"
    )]
    NothingReferenced,
    /// `ice_from` names the edition itself.
    #[error("a cycle: `ice_from` names this edition itself")]
    IceFromItself,
    /// `ice_from` does not name an edition with a definition of `RTCIceConnectionState`.
    #[error(
        "`ice_from` names `{found}`, which is not an edition that defines RTCIceConnectionState\
         {suggestion}"
    )]
    IceFrom {
        /// The id that was found.
        found: String,
        /// The nearest edition.
        suggestion: Suggestion,
    },
    /// The edition defines nothing.
    #[error("define at least one of RTCPeerConnectionState and RTCIceConnectionState")]
    Empty,
}

/// Says what to write instead of what the former format allowed.
fn instead(former: Option<&str>) -> String {
    or_else(former.map(|word| format!("write {word}")).as_deref())
}

/// Says what to do about what the former format allowed.
fn or_else(former: Option<&str>) -> String {
    former.map_or_else(String::new, |advice| format!("; {advice}"))
}
