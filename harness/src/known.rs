//! Known deviations: what an implementation is known to get wrong, each with its reason.
//!
//! A finding that an entry lists does not fail a run. An entry that lists nothing that happens any
//! more does: it must go, so that the list is true. The format is described in
//! `docs/known-format.md`.

use std::collections::BTreeMap;

use globset::GlobMatcher;
use peerstate_model::fields::{self, Fields, Problems, ShapeError};
use peerstate_model::located::Refused;
use peerstate_model::names;
use peerstate_model::rules::RULES;
use peerstate_model::yaml::{Document, Node, Value, YamlError};

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
    /// The name of the deviation, unique in the list: lower-case words joined by hyphens.
    pub id: Option<String>,
    /// The rule that is broken, or [`ERROR`].
    pub rule: String,
    /// The patterns of the scenarios in which it is.
    pub scenarios: Vec<String>,
    /// The peer that shows it, where only one does.
    pub peer: Option<String>,
    /// Part of the finding's message, which separates deviations from the same rule.
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
    /// It can not be read as YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A name is no rule.
    #[error("there is no rule `{found}`{suggestion} (known: {})", rules().collect::<Vec<_>>().join(", "))]
    Rule {
        /// What was read.
        found: String,
        /// The nearest known one.
        suggestion: names::Suggestion,
    },
    /// An id is not made as ids are.
    #[error(
        "an id is lower-case words joined by hyphens, such as `wrong-event-order`; found `{found}`"
    )]
    Id {
        /// What was read.
        found: String,
    },
    /// Two entries have the same id.
    #[error("duplicate id `{id}`, first in entry {first}")]
    DuplicateId {
        /// The id.
        id: String,
        /// The place of the first entry that has it, from 1.
        first: usize,
    },
    /// An entry names no scenarios.
    #[error("every entry needs at least one pattern of scenarios")]
    NoScenarios,
    /// An entry about faults names a peer.
    #[error(
        "a fault of the implementation is of no peer; leave `peer` out where `rule` is `error`"
    )]
    PeerOfError,
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

    /// Whether the entry lists a finding in a scenario; `peer` is `None` for a fault of the
    /// implementation, which is of no peer.
    #[must_use]
    pub fn lists(&self, scenario: &str, rule: &str, peer: Option<&str>, message: &str) -> bool {
        self.rule == rule
            && self.concerns(scenario)
            && (self.peer.is_none() || self.peer.as_deref() == peer)
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
            Value::Null => Some(Vec::new()),
            _ => fields::list(root, "a list of known deviations", &mut problems)
                .map(|items| read_entries(items, &mut problems)),
        };
        problems.finish(file, &document, entries.map(|entries| Self { entries }))
    }

    /// The place of the first entry that lists a finding.
    #[must_use]
    pub fn find(
        &self,
        scenario: &str,
        rule: &str,
        peer: Option<&str>,
        message: &str,
    ) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| entry.lists(scenario, rule, peer, message))
    }
}

/// What an entry may be about: every rule, and [`ERROR`].
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.id).chain([ERROR])
}

fn read_entries(items: &[Node], problems: &mut Problems<KnownError>) -> Vec<KnownEntry> {
    let mut entries = Vec::new();
    let mut places = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        let Some(entry) = read_entry(item, problems) else {
            continue;
        };
        if let Some(id) = entry.id.clone() {
            let first = *places.entry(id.clone()).or_insert(place + 1);
            if first != place + 1 {
                problems.add(item.id, KnownError::DuplicateId { id, first });
            }
        }
        entries.push(entry);
    }
    entries
}

/// Lower-case words of letters and digits, joined by hyphens.
fn is_id(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
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
        && !rules().any(|known| known == rule)
    {
        let suggestion = names::nearest(rule, rules());
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
    if let Some(node) = scenarios_node
        && matches!(&node.value, Value::Sequence(items) if items.is_empty())
    {
        problems.add(node.id, KnownError::NoScenarios);
    }
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
    let peer_node = fields.optional("peer");
    let peer = peer_node.and_then(|n| fields::text(n, "the name of a peer", problems));
    if let (Some(node), Some(ERROR)) = (peer_node, rule) {
        problems.add(node.id, KnownError::PeerOfError);
    }
    let id = fields.optional("id").and_then(|node| {
        let id = fields::text(node, "an id", problems)?;
        if !is_id(id) {
            let found = names::shorten(id);
            problems.add(node.id, KnownError::Id { found });
        }
        Some(id.to_owned())
    });
    fields.reject_unknown(problems);
    Some(KnownEntry {
        id,
        rule: rule?.to_owned(),
        scenarios,
        peer: peer.map(str::to_owned),
        message,
        reason: reason?.to_owned(),
        since: since?.to_owned(),
        link,
        matchers,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const LIST: &str = "- rule: event/order\n  scenarios: [\"connect/*\", close/twice]\n  \
        reason: The order is reversed.\n  since: \"0.21\"\n";

    #[test]
    fn an_entry_lists_what_it_says() {
        let known = Known::parse("k.yaml", LIST).unwrap();
        let find = |scenario, rule| known.find(scenario, rule, Some("alice"), "…");
        assert_eq!(find("connect/audio", "event/order"), Some(0));
        assert_eq!(find("connect/audio", "event/on-change"), None);
        assert_eq!(find("ice/restart", "event/order"), None);
        assert!(known.entries[0].names("close/twice") && !known.entries[0].names("connect/audio"));
    }

    #[test]
    fn an_entry_may_be_of_one_peer() {
        let known = Known::parse("k.yaml", &format!("{LIST}  peer: bob\n")).unwrap();
        let find = |peer| known.find("close/twice", "event/order", peer, "…");
        assert_eq!(find(Some("bob")), Some(0));
        assert_eq!(find(Some("alice")), None);
        assert_eq!(find(None), None);
    }

    #[rstest]
    #[case("gathering-never-reported", true)]
    #[case("rfc8445", true)]
    #[case("Upper", false)]
    #[case("two words", false)]
    #[case("double--hyphen", false)]
    #[case("-", false)]
    #[case("", false)]
    fn an_id_is_words_joined_by_hyphens(#[case] id: &str, #[case] good: bool) {
        let read = Known::parse("k.yaml", &format!("{LIST}  id: \"{id}\"\n"));
        match read {
            Ok(known) => assert!(good && known.entries[0].id.as_deref() == Some(id)),
            Err(refused) => assert!(!good && refused.to_string().contains("an id is lower-case")),
        }
    }

    #[test]
    fn an_id_is_unique_in_the_list() {
        let entry = format!("{LIST}  id: order\n");
        let refused = Known::parse("k.yaml", &format!("{entry}{LIST}{entry}")).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "k.yaml:10:3: duplicate id `order`, first in entry 1"
        );
    }

    #[test]
    fn an_entry_without_a_reason_or_with_an_unknown_rule_is_refused() {
        let text = LIST
            .replace("event/order", "event/oder")
            .replace("The order is reversed.", "' '");
        let refused = Known::parse("k.yaml", &text).unwrap_err().to_string();
        let (rule, reason) = refused.split_once('\n').unwrap();
        let expected = "k.yaml:1:9: there is no rule `event/oder`, did you mean `event/order`? \
                        (known: connection-state/derivation, ";
        assert!(rule.starts_with(expected), "{rule}");
        assert_eq!(reason, "k.yaml:3:11: every entry needs a reason");
    }
}
