//! The counterexamples that are known, and why.

use crate::input::fields::{Problems, ShapeError};
use crate::input::keys::keys;
use crate::input::located::Refused;
use crate::input::shape::{list, text, whole};
use crate::input::yaml::{Document, YamlError};
use crate::keys;

keys! {
    /// A counterexample that is known.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct KnownCounterexample: KnownError, "`editions`, `property`, `transports`, `reason`, `reported`" {
        /// The editions that have it.
        required editions: Vec<String> = list("a list of editions", text("text")),
        /// The public reports, such as `w3c/webrtc-pc#1883`; none where none is known.
        required reported: Vec<String> = list("a list of reports", text("text")),
        /// The property that fails.
        required property: String = text("text"),
        /// Why.
        required reason: String = text("text"),
        /// From how many transports on.
        required transports: usize = whole(0..=usize::MAX, "a number of transports"),
        /// What implementations do instead, where that has been looked up.
        optional implementations: String = text("text"),
    }
}

/// Why a file is not a list of known counterexamples.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnownError {
    /// It is not YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

const KNOWN_FILE: &str = "model/editions/known-counterexamples.yaml";
const KNOWN_TEXT: &str = include_str!("../../editions/known-counterexamples.yaml");

/// The counterexamples that are known.
///
/// # Errors
///
/// If the list that is compiled in can not be read, which a test excludes.
pub fn known_counterexamples() -> Result<Vec<KnownCounterexample>, Refused<KnownError>> {
    let document = Document::parse(KNOWN_FILE, KNOWN_TEXT).map_err(Refused::into_wider)?;
    let mut problems = Problems::<KnownError>::default();
    let shape = list(
        "a list of counterexamples",
        keys::<_, KnownCounterexample>(),
    );
    let known = shape.read(document.root(), &mut problems);
    problems.finish(KNOWN_FILE, &document, known)
}
