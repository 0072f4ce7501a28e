//! Known deviations: what an implementation is known to get wrong, each with its reason.
//!
//! A finding that an entry lists does not fail a run. An entry whose deviation no longer happens
//! does: it must be removed, so that the list stays true. `docs/known-format.md` describes the
//! format.

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

/// How the reason of an entry begins if it is still to be written.
const TO_BE_WRITTEN: &str = "TODO";

/// The known deviations of one implementation.
#[derive(Debug, Default)]
pub struct KnownDeviations {
    /// The implementation to which they belong; `None` if the list does not say.
    pub implementation: Option<String>,
    /// The entries, in the order of the file.
    pub entries: Vec<KnownDeviation>,
}

/// One known deviation: one cause.
#[derive(Debug, Clone)]
pub struct KnownDeviation {
    /// The id of the deviation, unique in the list: lower-case words joined by hyphens.
    pub id: Option<String>,
    /// The rules that are broken, at least one; [`ERROR`] may be among them.
    pub rules: Vec<String>,
    /// The patterns of the scenarios in which it happens.
    pub scenarios: Vec<String>,
    /// The peer that shows it, if only one does.
    pub peer: Option<String>,
    /// Parts of a finding's message or deviation, of which one must match; they separate deviations
    /// from the same rule. If empty, any finding matches.
    pub messages: Vec<String>,
    /// Why it is a deviation, in a sentence.
    pub reason: String,
    /// The first version of the implementation that was seen to deviate.
    pub since: String,
    /// Whether it happens only sometimes; then it is never stale.
    pub occasional: bool,
    /// Where it was reported.
    pub link: Option<String>,
    matchers: Vec<GlobMatcher>,
}

impl KnownDeviation {
    /// Returns its name: its id, or otherwise its rules.
    #[must_use]
    pub fn name(&self) -> String {
        self.id.clone().unwrap_or_else(|| self.rules.join(", "))
    }

    /// Returns whether its reason has been written.
    #[must_use]
    pub fn has_reason(&self) -> bool {
        !self.reason.trim_start().starts_with(TO_BE_WRITTEN)
    }

    /// Returns whether the entry applies to a scenario.
    #[must_use]
    pub fn concerns(&self, scenario: &str) -> bool {
        self.matchers
            .iter()
            .any(|matcher| matcher.is_match(scenario))
    }

    /// Returns whether the entry lists a finding in a scenario.
    #[must_use]
    pub fn lists(&self, scenario: &str, finding: &Finding) -> bool {
        self.rules.iter().any(|rule| rule == finding.rule)
            && self.concerns(scenario)
            && self.peer.as_ref().is_none_or(|peer| *peer == finding.peer)
            && self.has_message(&[&finding.message, &finding.deviation])
    }

    /// Returns whether the entry lists a fault of the implementation in a scenario.
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

    /// Returns whether the entry must happen in a scenario: whether it names the scenario itself, not
    /// by a pattern.
    #[must_use]
    pub fn names(&self, scenario: &str) -> bool {
        !self.occasional && self.scenarios.iter().any(|pattern| pattern == scenario)
    }
}

impl KnownDeviations {
    /// Returns the index of the first entry that lists a finding.
    #[must_use]
    pub fn find(&self, scenario: &str, finding: &Finding) -> Option<usize> {
        let mut entries = self.entries.iter();
        entries.position(|entry| entry.lists(scenario, finding))
    }

    /// Returns the index of the first entry that lists a fault of the implementation.
    #[must_use]
    pub fn find_error(&self, scenario: &str, message: &str) -> Option<usize> {
        let mut entries = self.entries.iter();
        entries.position(|entry| entry.lists_error(scenario, message))
    }

    /// Returns the number of entries whose reason is still to be written.
    #[must_use]
    pub fn without_reason(&self) -> usize {
        let unwritten = self.entries.iter().filter(|entry| !entry.has_reason());
        unwritten.count()
    }

    /// Returns whether it may excuse an implementation with this name.
    #[must_use]
    pub fn is_of(&self, implementation: &str) -> bool {
        let named = self.implementation.as_deref();
        named.is_none_or(|name| name == implementation)
    }
}

/// Returns what an entry may be about: every rule, and [`ERROR`].
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.id).chain([ERROR])
}
