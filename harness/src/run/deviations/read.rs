//! Reading a list of known deviations.

use std::collections::BTreeMap;

use peerstate_model::input::fields::{self, Fields, Problems, ShapeError};
use peerstate_model::input::located::Refused;
use peerstate_model::input::names;
use peerstate_model::input::yaml::{Document, Node, Value, YamlError};

use super::{ERROR, KnownDeviation, KnownDeviations, rules};
use crate::scenario::suite;

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
    /// An entry names no rule.
    #[error("every entry needs at least one rule")]
    NoRules,
    /// An entry gives an empty list of messages.
    #[error("give at least one part of a message, or leave the key out")]
    NoMessages,
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

impl KnownDeviations {
    /// Reads a list: the entries, or a mapping of them and the implementation that they are of.
    ///
    /// # Errors
    ///
    /// Every problem of the text, with line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, Refused<KnownError>> {
        let document = Document::parse(file, text).map_err(Refused::into_wider)?;
        let mut problems = Problems::default();
        let root = document.root();
        let known = match root.value {
            Value::Null => Some(Self::default()),
            Value::Mapping(_) => read_mapping(root, &mut problems),
            _ => {
                let expected =
                    "a list of known deviations, or `{implementation: …, deviations: […]}`";
                fields::list(root, expected, &mut problems).map(|items| Self {
                    implementation: None,
                    entries: read_entries(items, &mut problems),
                })
            }
        };
        problems.finish(file, &document, known)
    }
}

fn read_mapping(root: &Node, problems: &mut Problems<KnownError>) -> Option<KnownDeviations> {
    let mut fields = Fields::of(root, "`{implementation: …, deviations: […]}`", problems)?;
    let implementation = fields
        .required("implementation", problems)
        .and_then(|node| fields::text(node, "the name of an implementation", problems));
    let deviations = fields.required("deviations", problems);
    let items =
        deviations.and_then(|node| fields::list(node, "a list of known deviations", problems));
    fields.reject_unknown(problems);
    let entries = items.map(|items| read_entries(items, problems));
    Some(KnownDeviations {
        implementation: Some(implementation?.to_owned()),
        entries: entries?,
    })
}

fn read_entries(items: &[Node], problems: &mut Problems<KnownError>) -> Vec<KnownDeviation> {
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

/// One rule, or a list of them.
fn read_rules(node: &Node, problems: &mut Problems<KnownError>) -> Vec<String> {
    let items = one_or_more(node);
    if items.is_empty() {
        problems.add(node.id, KnownError::NoRules);
    }
    let mut read = Vec::new();
    for item in items {
        let Some(rule) = fields::text(item, "the id of a rule", problems) else {
            continue;
        };
        if rules().any(|known| known == rule) {
            read.push(rule.to_owned());
        } else {
            let problem = KnownError::Rule {
                found: names::shorten(rule),
                suggestion: names::nearest(rule, rules()),
            };
            problems.add(item.id, problem);
        }
    }
    read
}

/// One part of a message, or a list of them.
fn read_messages(node: &Node, problems: &mut Problems<KnownError>) -> Vec<String> {
    let items = one_or_more(node);
    if items.is_empty() {
        problems.add(node.id, KnownError::NoMessages);
    }
    let texts = items
        .iter()
        .filter_map(|item| fields::text(item, "part of a message", problems));
    texts.map(str::to_owned).collect()
}

/// A list, or one thing that stands for a list of it.
fn one_or_more(node: &Node) -> &[Node] {
    match &node.value {
        Value::Sequence(items) => items,
        _ => std::slice::from_ref(node),
    }
}

fn read_entry(node: &Node, problems: &mut Problems<KnownError>) -> Option<KnownDeviation> {
    let mut fields = Fields::of(
        node,
        "an entry: `rule`, `scenarios`, `reason`, `since`",
        problems,
    )?;
    let rule_node = fields.required("rule", problems);
    let rules = rule_node
        .map(|node| read_rules(node, problems))
        .unwrap_or_default();
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
    let link = optional("link");
    let messages = fields
        .optional("message")
        .map(|node| read_messages(node, problems));
    let peer_node = fields.optional("peer");
    let peer = peer_node.and_then(|n| fields::text(n, "the name of a peer", problems));
    if let Some(node) = peer_node
        && rules.iter().any(|rule| rule == ERROR)
    {
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
    Some(KnownDeviation {
        id,
        rules,
        scenarios,
        peer: peer.map(str::to_owned),
        messages: messages.unwrap_or_default(),
        reason: reason?.to_owned(),
        since: since?.to_owned(),
        link,
        matchers,
    })
}

#[cfg(test)]
mod tests {
    use peerstate_model::rules::{Finding, Place};
    use peerstate_model::trace::At;
    use rstest::rstest;

    use super::*;

    fn finding(rule: &'static str, peer: &str) -> Finding {
        let at = At::default();
        Finding::new(rule, peer, Place { line: 2, at }, "…".to_owned())
    }

    const LIST: &str = "- rule: event/order\n  scenarios: [\"connect/*\", close/twice]\n  \
        reason: The order is reversed.\n  since: \"0.21\"\n";

    #[test]
    fn an_entry_lists_what_it_says() {
        let known = KnownDeviations::parse("k.yaml", LIST).unwrap();
        let find = |scenario, rule| known.find(scenario, &finding(rule, "alice"));
        assert_eq!(find("connect/audio", "event/order"), Some(0));
        assert_eq!(find("connect/audio", "event/on-change"), None);
        assert_eq!(find("ice/restart", "event/order"), None);
        assert!(known.entries[0].names("close/twice") && !known.entries[0].names("connect/audio"));
    }

    #[test]
    fn an_entry_may_be_of_one_peer() {
        let known = KnownDeviations::parse("k.yaml", &format!("{LIST}  peer: bob\n")).unwrap();
        let find = |peer| known.find("close/twice", &finding("event/order", peer));
        assert_eq!(find("bob"), Some(0));
        assert_eq!(find("alice"), None);
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
        let read = KnownDeviations::parse("k.yaml", &format!("{LIST}  id: \"{id}\"\n"));
        match read {
            Ok(known) => assert!(good && known.entries[0].id.as_deref() == Some(id)),
            Err(refused) => assert!(!good && refused.to_string().contains("an id is lower-case")),
        }
    }

    #[test]
    fn one_cause_may_break_several_rules() {
        let text = LIST.replace("event/order", "[event/order, error]");
        let known = KnownDeviations::parse("k.yaml", &text).unwrap();
        let find = |rule| known.find("close/twice", &finding(rule, "alice"));
        assert_eq!(find("event/order"), Some(0));
        assert_eq!(find("close/silent"), None);
        assert_eq!(known.find_error("close/twice", "it hangs"), Some(0));
        assert_eq!(known.entries[0].name(), "event/order, error");
    }

    #[test]
    fn a_list_may_be_of_one_implementation() {
        let entry = LIST.replace("- rule", "  - rule").replace("\n  ", "\n    ");
        let text = format!("implementation: one\ndeviations:\n{entry}");
        let known = KnownDeviations::parse("k.yaml", &text).unwrap();
        assert!(known.is_of("one") && !known.is_of("other"));
        assert_eq!(known.entries.len(), 1);
        assert!(KnownDeviations::parse("k.yaml", LIST).unwrap().is_of("any"));
        let refused = KnownDeviations::parse("k.yaml", "implementation: one\n").unwrap_err();
        assert!(refused.to_string().contains("`deviations`"), "{refused}");
    }

    #[test]
    fn an_id_is_unique_in_the_list() {
        let entry = format!("{LIST}  id: order\n");
        let refused =
            KnownDeviations::parse("k.yaml", &format!("{entry}{LIST}{entry}")).unwrap_err();
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
        let refused = KnownDeviations::parse("k.yaml", &text)
            .unwrap_err()
            .to_string();
        let (rule, reason) = refused.split_once('\n').unwrap();
        let expected = "k.yaml:1:9: there is no rule `event/oder`, did you mean `event/order`? \
                        (known: connection-state/derivation, ";
        assert!(rule.starts_with(expected), "{rule}");
        assert_eq!(reason, "k.yaml:3:11: every entry needs a reason");
    }
}
