//! Known deviations: what an implementation is known to get wrong, each with its reason.
//!
//! A finding that an entry lists does not fail a run. An entry that lists nothing that happens any
//! more does: it must go, so that the list is true.

use globset::GlobMatcher;
use peerstate_model::fields::{self, Fields, Problems, ShapeError};
use peerstate_model::located::Refused;
use peerstate_model::names;
use peerstate_model::rules::RULES;
use peerstate_model::yaml::{Document, Node, YamlError};

use crate::suite;

/// The pseudo rule under which a fault of the implementation is listed.
pub const ERROR: &str = "error";

/// The deviations known of one implementation.
#[derive(Debug, Default)]
pub struct Known {
    /// The entries, in the order of the file.
    pub entries: Vec<KnownEntry>,
}

/// One known deviation.
#[derive(Debug)]
pub struct KnownEntry {
    /// The rule that is broken, or [`ERROR`].
    pub rule: String,
    /// The patterns of the scenarios in which it is.
    pub scenarios: Vec<String>,
    /// Part of the finding's message, to tell deviations from the same rule apart.
    pub message: Option<String>,
    /// Why, in a sentence.
    pub reason: String,
    /// The first version of the implementation in which it was seen.
    pub since: String,
    /// Where it was reported.
    pub link: Option<String>,
    matchers: Vec<GlobMatcher>,
}

/// Why a file is no list of known deviations.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// It is no YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A name is no rule.
    #[error("there is no rule `{found}`{suggestion}")]
    Rule {
        /// What was read.
        found: String,
        /// The nearest known one.
        suggestion: names::Suggestion,
    },
    /// A pattern is none.
    #[error("{0}")]
    Pattern(String),
    /// An entry gives no reason.
    #[error("every entry needs a reason")]
    NoReason,
}

impl KnownEntry {
    /// Whether the entry speaks of a scenario.
    #[must_use]
    pub fn concerns(&self, scenario: &str) -> bool {
        self.matchers
            .iter()
            .any(|matcher| matcher.is_match(scenario))
    }

    /// Whether the entry lists a finding in a scenario.
    #[must_use]
    pub fn lists(&self, scenario: &str, rule: &str, message: &str) -> bool {
        self.rule == rule
            && self.concerns(scenario)
            && self
                .message
                .as_ref()
                .is_none_or(|part| message.contains(part))
    }

    /// Whether the entry names the scenario itself, and not a pattern.
    #[must_use]
    pub fn names(&self, scenario: &str) -> bool {
        self.scenarios.iter().any(|pattern| pattern == scenario)
    }
}

impl Known {
    /// Reads a list.
    ///
    /// # Errors
    ///
    /// Every problem of the text, with line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, Refused<KnownError>> {
        let document = Document::parse(file, text).map_err(Refused::into_wider)?;
        let mut problems = Problems::default();
        let root = document.root();
        let entries = match root.value {
            peerstate_model::yaml::Value::Null => Some(Vec::new()),
            _ => fields::list(root, "a list of known deviations", &mut problems).map(|items| {
                items
                    .iter()
                    .filter_map(|i| read_entry(i, &mut problems))
                    .collect()
            }),
        };
        problems.finish(file, &document, entries.map(|entries| Self { entries }))
    }

    /// The place of the first entry that lists a finding.
    #[must_use]
    pub fn find(&self, scenario: &str, rule: &str, message: &str) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| entry.lists(scenario, rule, message))
    }
}

fn read_entry(node: &Node, problems: &mut Problems<KnownError>) -> Option<KnownEntry> {
    let mut fields = Fields::of(
        node,
        "an entry: `rule`, `scenarios`, `reason`, `since`",
        problems,
    )?;
    let rule_node = fields.required("rule", problems);
    let rule = rule_node.and_then(|node| fields::text(node, "the id of a rule", problems));
    if let (Some(node), Some(rule)) = (rule_node, rule)
        && rule != ERROR
        && !RULES.iter().any(|known| known.id == rule)
    {
        let suggestion = names::nearest(rule, RULES.iter().map(|rule| rule.id));
        problems.add(
            node.id,
            KnownError::Rule {
                found: names::shorten(rule),
                suggestion,
            },
        );
    }
    let scenarios_node = fields.required("scenarios", problems);
    let scenarios = scenarios_node
        .map(|node| fields::texts(node, "a list of patterns", problems))
        .unwrap_or_default();
    let matchers: Vec<_> = scenarios
        .iter()
        .filter_map(|text| {
            let matcher = suite::pattern(text).map_err(|e| KnownError::Pattern(e.to_string()));
            problems.keep(scenarios_node?.id, matcher)
        })
        .collect();
    let reason = fields.required("reason", problems);
    let reason = reason.and_then(|node| {
        let reason = fields::text(node, "a sentence", problems)?;
        if reason.trim().is_empty() {
            problems.add(node.id, KnownError::NoReason);
        }
        Some(reason)
    });
    let since = fields
        .required("since", problems)
        .and_then(|n| fields::text(n, "a version", problems));
    let mut optional = |key| {
        let node = fields.optional(key)?;
        fields::text(node, "text", problems).map(str::to_owned)
    };
    let (message, link) = (optional("message"), optional("link"));
    fields.reject_unknown(problems);
    Some(KnownEntry {
        rule: rule?.to_owned(),
        scenarios,
        message,
        reason: reason?.to_owned(),
        since: since?.to_owned(),
        link,
        matchers,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "- rule: event/order\n  scenarios: [\"connect/*\", close/twice]\n  \
        reason: The order is reversed.\n  since: \"0.21\"\n";

    #[test]
    fn an_entry_lists_what_it_says() {
        let known = Known::parse("k.yaml", LIST).unwrap();
        assert_eq!(known.find("connect/audio", "event/order", "…"), Some(0));
        assert_eq!(known.find("connect/audio", "event/on-change", "…"), None);
        assert_eq!(known.find("ice/restart", "event/order", "…"), None);
        assert!(known.entries[0].names("close/twice") && !known.entries[0].names("connect/audio"));
    }

    #[test]
    fn an_entry_without_a_reason_or_with_an_unknown_rule_is_refused() {
        let text = LIST
            .replace("event/order", "event/oder")
            .replace("The order is reversed.", "' '");
        let refused = Known::parse("k.yaml", &text).unwrap_err().to_string();
        assert_eq!(
            refused,
            "k.yaml:1:9: there is no rule `event/oder`, did you mean `event/order`?\n\
             k.yaml:3:11: every entry needs a reason"
        );
    }
}
