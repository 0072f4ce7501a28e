//! The findings of lint that are known, each listed.

use crate::fields::{self, Fields, Problems, ShapeError};
use crate::located::Refused;
use crate::yaml::{Document, YamlError};

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFinding {
    /// The edition.
    pub edition: String,
    /// The W3C name of the enum.
    pub enum_name: String,
    /// The reading.
    pub reading: String,
    /// The kind of finding.
    pub kind: String,
    /// The smallest combination that has it, as text; `None` where there is none.
    pub example: Option<String>,
    /// The public report, such as `w3c/webrtc-pc#2031`, as far as known.
    pub issue: Option<String>,
}

/// Why a file is no list of known findings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnownFindingsError {
    /// It is no YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

const FILE: &str = "model/editions/known-findings.yaml";
const TEXT: &str = include_str!("../../editions/known-findings.yaml");

/// Every finding that is known.
///
/// # Errors
///
/// When the list compiled in is none, which a test keeps from happening.
pub fn known_findings() -> Result<Vec<KnownFinding>, Refused<KnownFindingsError>> {
    let document = Document::parse(FILE, TEXT).map_err(Refused::into_wider)?;
    let mut problems = Problems::<KnownFindingsError>::default();
    let items = fields::list(document.root(), "a list of findings", &mut problems);
    let known = items.map(|items| {
        items
            .iter()
            .filter_map(|item| {
                let mut fields =
                    Fields::of(item, "a finding: `edition`, `enum`, …", &mut problems)?;
                let mut required = |key| {
                    let node = fields.required(key, &mut problems)?;
                    fields::text(node, "text", &mut problems).map(str::to_owned)
                };
                let (edition, enum_name) = (required("edition"), required("enum"));
                let (reading, kind) = (required("reading"), required("kind"));
                let mut optional = |key| {
                    let node = fields.optional(key)?;
                    fields::text(node, "text", &mut problems).map(str::to_owned)
                };
                let (example, issue) = (optional("example"), optional("issue"));
                fields.reject_unknown(&mut problems);
                Some(KnownFinding {
                    edition: edition?,
                    enum_name: enum_name?,
                    reading: reading?,
                    kind: kind?,
                    example,
                    issue,
                })
            })
            .collect()
    });
    problems.finish(FILE, &document, known)
}
