//! The findings that are known, each with a sentence and the public report.

use super::counterexamples::{KnownCounterexample, KnownError, known_counterexamples};
use crate::input::fields::{Problems, ShapeError};
use crate::input::keys::keys;
use crate::input::located::Refused;
use crate::input::shape::{Shape, list, text};
use crate::input::yaml::{Document, Node, YamlError};
use crate::keys;
use crate::lint::{DynamicsFinding, EnumReport, Finding, Kind, Linted};
use crate::policies::Choices;

/// Everything that is known to be wrong with the editions compiled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFindings {
    /// The list of findings of lint.
    pub findings: Vec<KnownFinding>,
    /// The list of counterexamples of the machine.
    pub counterexamples: Vec<KnownCounterexample>,
}

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFinding {
    /// The kind of finding.
    pub kind: String,
    /// What it is a finding about.
    pub subject: Subject,
    /// What is wrong with the text.
    pub sentence: String,
    /// The public reports, such as `w3c/webrtc-pc#2031`; none where none is known.
    pub reported: Vec<String>,
    /// What implementations do instead, where that has been looked up.
    pub implementations: Option<String>,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Readings of a definition.
    Definition {
        /// The W3C name of the enum.
        enum_name: String,
        /// The smallest combination that has it, as text; `None` where there is none.
        example: Option<String>,
        /// The policy that it breaks, for a finding of that kind.
        policy: Option<String>,
        /// The readings that have it, each as edition and reading.
        readings: Vec<(String, String)>,
    },
    /// The dynamics of editions.
    Dynamics {
        /// What it is about, such as `says/derivation`.
        about: String,
        /// The editions that have it.
        editions: Vec<String>,
    },
}

/// The explanation of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation<'k> {
    /// What is wrong with the text.
    pub sentence: &'k str,
    /// The public reports; none where none is known.
    pub reported: &'k [String],
    /// What implementations do instead, where that has been looked up.
    pub implementations: Option<&'k str>,
}

/// Why a file is not a list of known findings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnownFindingsError {
    /// It is not YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A reading is not written as edition and reading.
    #[error("expected a reading such as `w3c-2015-09-04/a`, found `{0}`")]
    Reading(String),
    /// A finding is not about exactly one thing.
    #[error(
        "a finding is of the dynamics (`about`, `editions`) or of a definition (`enum`, `readings`)"
    )]
    Subject,
    /// It is in the list of counterexamples.
    #[error(transparent)]
    Counterexamples(#[from] KnownError),
}

const FILE: &str = "model/editions/known-findings.yaml";
const TEXT: &str = include_str!("../../editions/known-findings.yaml");

/// Every finding that is known.
///
/// # Errors
///
/// If a list that is compiled in can not be read, which a test excludes.
pub fn known() -> Result<KnownFindings, Refused<KnownFindingsError>> {
    let counterexamples = known_counterexamples().map_err(Refused::into_wider)?;
    let document = Document::parse(FILE, TEXT).map_err(Refused::into_wider)?;
    let mut problems = Problems::<KnownFindingsError>::default();
    let shape = list("a list of findings", keys().then(of_entry));
    let findings = shape.read(document.root(), &mut problems);
    let findings = problems.finish(FILE, &document, findings)?;
    Ok(KnownFindings {
        findings,
        counterexamples,
    })
}

keys! {
    /// A finding that is known, as it is written.
    struct Entry: KnownFindingsError, "a finding: `kind`, `sentence`, …" {
        /// The kind of finding.
        required kind: String = text("text"),
        /// What is wrong with the text.
        required sentence: String = text("text"),
        /// What implementations do instead, where that has been looked up.
        optional implementations: String = text("text"),
        /// The public reports, such as `w3c/webrtc-pc#2031`; none where none is known.
        required reported: Vec<String> = list("a list of reports", text("text")),
        /// What of the dynamics it is about, such as `says/derivation`.
        optional about: String = text("text"),
        /// The editions whose dynamics have it.
        optional editions: Vec<String> = list("a list of editions", text("text")),
        /// The W3C name of the enum whose definition has it.
        optional enum_name as "enum": String = text("text"),
        /// The smallest combination that has it; none where there is none.
        optional example: String = text("text"),
        /// The policy that it breaks, for a finding of that kind.
        optional policy: String = text("text"),
        /// The readings that have it.
        optional readings: Vec<(String, String)> = list("a list of readings", reading()),
    }
}

/// A reading, as edition and reading.
fn reading() -> Shape<KnownFindingsError, (String, String)> {
    text("text").then(|text, node, problems| {
        let parts = text.split_once('/');
        if parts.is_none() {
            problems.add(node.id, KnownFindingsError::Reading(text.clone()));
        }
        parts.map(|(edition, reading)| (edition.to_owned(), reading.to_owned()))
    })
}

/// A finding is of the dynamics of editions, or of readings of a definition.
fn of_entry(
    entry: Entry,
    node: &Node,
    problems: &mut Problems<KnownFindingsError>,
) -> Option<KnownFinding> {
    let subject = match (entry.about, entry.editions, entry.enum_name, entry.readings) {
        (Some(about), Some(editions), None, None) => Subject::Dynamics { about, editions },
        (None, None, Some(enum_name), Some(readings)) => Subject::Definition {
            enum_name,
            example: entry.example,
            policy: entry.policy,
            readings,
        },
        _ => {
            problems.add(node.id, KnownFindingsError::Subject);
            return None;
        }
    };
    Some(KnownFinding {
        kind: entry.kind,
        subject,
        sentence: entry.sentence,
        reported: entry.reported,
        implementations: entry.implementations,
    })
}

impl KnownFindings {
    /// The entry for a finding about a definition.
    #[must_use]
    pub fn of_definition(
        &self,
        edition: &str,
        report: &EnumReport,
        finding: &Finding,
    ) -> Option<Explanation<'_>> {
        self.findings
            .iter()
            .find(|known| {
                matches!(&known.subject, Subject::Definition { readings, .. }
                    if readings.iter().any(|(e, r)| e == edition && *r == report.reading))
                    && known.is_of(report.enum_name, finding)
            })
            .map(KnownFinding::entry)
    }

    /// The entry for a finding about the dynamics.
    #[must_use]
    pub fn of_dynamics(&self, edition: &str, finding: &DynamicsFinding) -> Option<Explanation<'_>> {
        let listed = self.findings.iter().find(|known| {
            known.kind == finding.kind.as_str()
                && matches!(&known.subject, Subject::Dynamics { about, editions }
                    if about == finding.about && editions.iter().any(|e| e == edition))
        });
        let counterexample = || {
            self.counterexamples
                .iter()
                .find(|known| {
                    known.property == finding.about && known.editions.iter().any(|e| e == edition)
                })
                .map(|known| Explanation {
                    sentence: &known.reason,
                    reported: &known.reported,
                    implementations: known.implementations.as_deref(),
                })
        };
        listed.map(KnownFinding::entry).or_else(counterexample)
    }

    /// Whether every finding is known.
    #[must_use]
    pub fn covers(&self, linted: &Linted) -> bool {
        let edition = &linted.edition;
        linted.enums.iter().all(|report| {
            let mut findings = report.findings.iter();
            findings.all(|finding| self.of_definition(edition, report, finding).is_some())
        }) && linted
            .dynamics
            .iter()
            .all(|finding| self.of_dynamics(edition, finding).is_some())
    }

    /// The listed findings of the editions that were linted, which lint did not find.
    #[must_use]
    pub fn gone(&self, linted: &[Linted]) -> Vec<String> {
        let mut gone = Vec::new();
        for known in &self.findings {
            match &known.subject {
                Subject::Definition {
                    enum_name,
                    example,
                    policy,
                    readings,
                } => {
                    let of = example.as_deref().unwrap_or("no combination");
                    for (edition, reading) in readings {
                        let is_asked = |choices: &Choices| match policy {
                            Some(id) => choices.iter().any(|chosen| chosen.policy == id),
                            None => {
                                known.kind != Kind::Contradiction.as_str()
                                    || choices.against_contradictions().is_some()
                            }
                        };
                        if is_gone(linted, edition, |linted| {
                            !is_asked(&linted.choices) || known.is_in(linted, reading)
                        }) {
                            let kind = &known.kind;
                            gone.push(format!("{edition}: {kind} of {enum_name} {reading}: {of}"));
                        }
                    }
                }
                Subject::Dynamics { about, editions } => {
                    for edition in editions {
                        if is_gone(linted, edition, |linted| {
                            !linted.choices.ask_for_property(about)
                                || linted.dynamics.iter().any(|finding| finding.about == about)
                        }) {
                            gone.push(format!(
                                "{edition}: {} of the dynamics: {about}",
                                known.kind
                            ));
                        }
                    }
                }
            }
        }
        gone
    }
}

impl KnownFinding {
    /// Whether this is such a finding about a definition, in whichever reading.
    fn is_of(&self, of: &str, finding: &Finding) -> bool {
        let text = finding.example.as_ref().map(ToString::to_string);
        let against = finding.policy.filter(|_| finding.kind == Kind::Policy);
        let against = against.map(|chosen| chosen.policy);
        self.kind == finding.kind.as_str()
            && matches!(&self.subject, Subject::Definition { enum_name, example, policy, .. }
                if enum_name == of && *example == text && policy.as_deref() == against)
    }

    /// Whether a reading of what was linted has such a finding.
    fn is_in(&self, linted: &Linted, reading: &str) -> bool {
        let mut reports = linted.enums.iter().filter(|of| of.reading == reading);
        reports.any(|report| {
            let mut findings = report.findings.iter();
            findings.any(|finding| self.is_of(report.enum_name, finding))
        })
    }

    fn entry(&self) -> Explanation<'_> {
        Explanation {
            sentence: &self.sentence,
            reported: &self.reported,
            implementations: self.implementations.as_deref(),
        }
    }
}

/// Whether an edition was linted, and does not have the finding.
fn is_gone(linted: &[Linted], edition: &str, found: impl Fn(&Linted) -> bool) -> bool {
    let mut of_edition = linted.iter().filter(|linted| linted.edition == edition);
    of_edition.any(|linted| !found(linted))
}
