//! The counterexamples that are known, and why.

use crate::input::fields::{self, Fields, Problems, ShapeError};
use crate::input::located::Refused;
use crate::input::yaml::{Document, YamlError};

/// A counterexample that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCounterexample {
    /// The editions that have it.
    pub editions: Vec<String>,
    /// The property that fails.
    pub property: String,
    /// From how many transports on.
    pub transports: usize,
    /// Why.
    pub reason: String,
    /// The public reports, such as `w3c/webrtc-pc#1883`; none where none is known.
    pub reported: Vec<String>,
    /// What implementations do instead, where that has been looked up.
    pub implementations: Option<String>,
}

/// Why a file is no list of known counterexamples.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnownError {
    /// It is no YAML.
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
/// When the list compiled in is none, which a test keeps from happening.
pub fn known_counterexamples() -> Result<Vec<KnownCounterexample>, Refused<KnownError>> {
    let document = Document::parse(KNOWN_FILE, KNOWN_TEXT).map_err(Refused::into_wider)?;
    let mut problems = Problems::<KnownError>::default();
    let items = fields::list(document.root(), "a list of counterexamples", &mut problems);
    let known = items.map(|items| {
        items
            .iter()
            .filter_map(|item| {
                let expected = "`editions`, `property`, `transports`, `reason`, `reported`";
                let mut fields = Fields::of(item, expected, &mut problems)?;
                let mut lists = |key, expected| {
                    let node = fields.required(key, &mut problems)?;
                    Some(fields::texts(node, expected, &mut problems))
                };
                let editions = lists("editions", "a list of editions");
                let reported = lists("reported", "a list of reports");
                let mut required = |key| {
                    let node = fields.required(key, &mut problems)?;
                    fields::text(node, "text", &mut problems).map(str::to_owned)
                };
                let (property, reason) = (required("property"), required("reason"));
                let transports = fields.required("transports", &mut problems)?;
                let transports = match transports.value {
                    crate::input::yaml::Value::Integer(number) => usize::try_from(number).ok(),
                    _ => None,
                };
                let implementations = fields
                    .optional("implementations")
                    .and_then(|node| fields::text(node, "text", &mut problems))
                    .map(str::to_owned);
                fields.reject_unknown(&mut problems);
                Some(KnownCounterexample {
                    editions: editions?,
                    property: property?,
                    transports: transports?,
                    reason: reason?,
                    reported: reported?,
                    implementations,
                })
            })
            .collect()
    });
    problems.finish(KNOWN_FILE, &document, known)
}
