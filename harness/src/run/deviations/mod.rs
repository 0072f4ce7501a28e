//! Known deviations: what an implementation is known to get wrong, each with its reason.
//!
//! A finding that an entry lists does not fail a run. An entry that lists nothing that happens any
//! more does: it must go, so that the list is true. The format is described in
//! `docs/known-format.md`.

mod draft;
mod list;
mod matching;
mod read;

use globset::GlobMatcher;
pub use matching::{Stale, match_known, stale};
use peerstate_model::rules::{Finding, RULES};
pub use read::{KnownError, schema};

pub use draft::draft;
pub use list::{ListError, NamedList};

/// The pseudo rule under which a fault of the implementation is listed.
pub const ERROR: &str = "error";

/// How the reason of an entry begins that nobody has written yet.
const TO_BE_WRITTEN: &str = "TODO";

/// The deviations known of one implementation.
#[derive(Debug, Default)]
pub struct KnownDeviations {
    /// The implementation that they are of; `None` where the list does not say.
    pub implementation: Option<String>,
    /// The entries, in the order of the file.
    pub entries: Vec<KnownDeviation>,
}

/// One known deviation: one cause.
#[derive(Debug, Clone)]
pub struct KnownDeviation {
    /// The name of the deviation, unique in the list: lower-case words joined by hyphens.
    pub id: Option<String>,
    /// The rules that are broken, at least one; [`ERROR`] may be among them.
    pub rules: Vec<String>,
    /// The patterns of the scenarios in which it is.
    pub scenarios: Vec<String>,
    /// The peer that shows it, where only one does.
    pub peer: Option<String>,
    /// Parts of a finding's message or deviation, one of which it has; they separate deviations from
    /// the same rule. Any finding where there are none.
    pub messages: Vec<String>,
    /// Why, in a sentence.
    pub reason: String,
    /// The first version of the implementation in which it was seen.
    pub since: String,
    /// Where it was reported.
    pub link: Option<String>,
    matchers: Vec<GlobMatcher>,
}

impl KnownDeviation {
    /// What it is called: its id, or else its rules.
    #[must_use]
    pub fn name(&self) -> String {
        self.id.clone().unwrap_or_else(|| self.rules.join(", "))
    }

    /// Whether its reason has been written.
    #[must_use]
    pub fn has_reason(&self) -> bool {
        !self.reason.trim_start().starts_with(TO_BE_WRITTEN)
    }

    /// Whether the entry speaks of a scenario.
    #[must_use]
    pub fn concerns(&self, scenario: &str) -> bool {
        self.matchers
            .iter()
            .any(|matcher| matcher.is_match(scenario))
    }

    /// Whether the entry lists a finding in a scenario.
    #[must_use]
    pub fn lists(&self, scenario: &str, finding: &Finding) -> bool {
        self.rules.iter().any(|rule| rule == finding.rule)
            && self.concerns(scenario)
            && self.peer.as_ref().is_none_or(|peer| *peer == finding.peer)
            && self.has_message(&[&finding.message, &finding.deviation])
    }

    /// Whether the entry lists a fault of the implementation in a scenario.
    #[must_use]
    pub fn lists_error(&self, scenario: &str, message: &str) -> bool {
        self.rules.iter().any(|rule| rule == ERROR)
            && self.concerns(scenario)
            && self.has_message(&[message])
    }

    fn has_message(&self, texts: &[&str]) -> bool {
        let mut parts = self.messages.iter();
        self.messages.is_empty() || parts.any(|part| texts.iter().any(|text| text.contains(part)))
    }

    /// Whether the entry names the scenario itself, and not a pattern.
    #[must_use]
    pub fn names(&self, scenario: &str) -> bool {
        self.scenarios.iter().any(|pattern| pattern == scenario)
    }
}

impl KnownDeviations {
    /// The place of the first entry that lists a finding.
    #[must_use]
    pub fn find(&self, scenario: &str, finding: &Finding) -> Option<usize> {
        let mut entries = self.entries.iter();
        entries.position(|entry| entry.lists(scenario, finding))
    }

    /// The place of the first entry that lists a fault of the implementation.
    #[must_use]
    pub fn find_error(&self, scenario: &str, message: &str) -> Option<usize> {
        let mut entries = self.entries.iter();
        entries.position(|entry| entry.lists_error(scenario, message))
    }

    /// How many entries have a reason that is still to be written.
    #[must_use]
    pub fn without_reason(&self) -> usize {
        let unwritten = self.entries.iter().filter(|entry| !entry.has_reason());
        unwritten.count()
    }

    /// Whether it may excuse an implementation with this name.
    #[must_use]
    pub fn is_of(&self, implementation: &str) -> bool {
        let named = self.implementation.as_deref();
        named.is_none_or(|name| name == implementation)
    }
}

/// What an entry may be about: every rule, and [`ERROR`].
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.id).chain([ERROR])
}
