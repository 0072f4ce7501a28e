//! Reads a list of known deviations.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use peerstate_model::input::fields::{Problems, ShapeError};
use peerstate_model::input::keys::{Beside, keys};
use peerstate_model::input::located::Refused;
use peerstate_model::input::names;
use peerstate_model::input::shape::{
    At, Shape, either, flag, form, list, one_of, one_or_more, text,
};
use peerstate_model::input::yaml::{Document, Node, Value, YamlError};
use peerstate_model::keys;
use serde_json::{Value as Json, json};

use super::{ERROR, KnownDeviation, KnownDeviations, rules};
use crate::scenario::suite;

/// Errors in a list of known deviations.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// It is not valid YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// A value has the wrong form.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// An id does not have the form of an id.
    #[error(
        "an id is lower-case words joined by hyphens, such as `wrong-event-order`; found `{found}`"
    )]
    Id {
        /// The text that was found.
        found: String,
    },
    /// Two entries have the same id.
    #[error("duplicate id `{id}`, first in entry {first}")]
    DuplicateId {
        /// The id.
        id: String,
        /// The number of the first entry that has it, from 1.
        first: usize,
    },
    /// An entry names no scenarios.
    #[error("every entry needs at least one pattern of scenarios")]
    NoScenarios,
    /// An entry names no rule.
    #[error("every entry needs at least one rule")]
    NoRules,
    /// An entry gives an empty list of messages.
    #[error("give at least one part of a message, or leave out the key")]
    NoMessages,
    /// An entry about faults names a peer.
    #[error("a fault of the implementation has no peer; leave out `peer` if `rule` is `error`")]
    PeerOfError,
    /// A pattern is invalid.
    #[error("{0}")]
    Pattern(String),
    /// An entry gives no reason.
    #[error("every entry needs a reason")]
    NoReason,
}

impl KnownDeviations {
    /// Reads a list: the entries, or a mapping with them and their implementation.
    ///
    /// # Errors
    ///
    /// If the text is not a valid list: every problem, with line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, Refused<KnownError>> {
        let document = Document::parse(file, text).map_err(Refused::into_wider)?;
        let mut problems = Problems::default();
        let known = file_shape().read(document.root(), &mut problems);
        problems.finish(file, &document, known)
    }
}

/// Returns the JSON Schema of a list of known deviations.
#[must_use]
pub fn schema() -> Json {
    file_shape().document("A list of known deviations, version 1")
}

/// Returns the form of a file: nothing, the entries, or a mapping.
fn file_shape() -> Shape<KnownError, KnownDeviations> {
    let expected = "a list of known deviations, or `{implementation: …, deviations: […]}`";
    let alone = entries(expected).map(|entries| KnownDeviations {
        implementation: None,
        entries,
    });
    let of_one = keys().map(|of: OfImplementation| KnownDeviations {
        implementation: of.implementation,
        entries: of.deviations.unwrap_or_default(),
    });
    either(|value| matches!(value, Value::Mapping(_)), of_one, alone).or_nothing()
}

fn entries(expected: &'static str) -> Shape<KnownError, Vec<KnownDeviation>> {
    let entry = Shape::named("deviation", || keys().then(entry));
    list(expected, entry.placed()).then(|entries, _, problems| {
        unique_ids(&entries, problems);
        Some(
            entries
                .into_iter()
                .filter_map(|entry| entry.value)
                .collect(),
        )
    })
}

/// Checks that every id belongs to only one entry.
fn unique_ids(entries: &[At<KnownDeviation>], problems: &mut Problems<KnownError>) {
    let mut places = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        if let Some(id) = entry.value.as_ref().and_then(|entry| entry.id.clone()) {
            let first = *places.entry(id.clone()).or_insert(place + 1);
            if first != place + 1 {
                problems.add(entry.node, KnownError::DuplicateId { id, first });
            }
        }
    }
}

keys! {
    /// A list that names its implementation.
    struct OfImplementation: KnownError, "`{implementation: …, deviations: […]}`" {
        /// The name of the implementation; the list excuses no other.
        expected implementation: String = text("the name of an implementation"),
        /// The known deviations.
        expected deviations: Vec<KnownDeviation> = entries("a list of known deviations"),
    }
}

keys! {
    /// Something that an implementation is known to get wrong, with one cause.
    struct Entry: KnownError, "an entry: `rule`, `scenarios`, `reason`, `since`" {
        /// The rule that is broken, or a list of them if one cause breaks several; `error` for a
        /// fault of the implementation.
        expected rule: Vec<&'static str> = one_or_more(rule()).at_least_one(|_| KnownError::NoRules),
        /// The scenarios in which it happens: ids, or patterns over ids, in which `*` matches part
        /// of a name and `**` any path.
        expected scenarios: Vec<String> =
            list("a list of patterns", text("text")).at_least_one(|_| KnownError::NoScenarios),
        /// Why it is a deviation, and what the implementation does instead, in a sentence.
        expected reason: String =
            form("a sentence", r"\S", reason),
        /// The first version of the implementation that was seen to deviate.
        expected since: String = text("a version"),
        /// Whether it happens only sometimes, so that a run without it is as expected: only for an
        /// implementation whose clock is real.
        defaulted occasional: bool = flag(),
        /// Where it was reported.
        optional link: String = text("text"),
        /// Part of a finding's message or deviation, or a list of such parts, of which one must
        /// match.
        defaulted message: Vec<String> =
            one_or_more(text("part of a message")).at_least_one(|_| KnownError::NoMessages),
        /// The peer that shows it, if only one does.
        optional peer: String = text("the name of a peer"),
        /// The name of the deviation: lower-case words joined by hyphens, unique in the list.
        optional id: String =
            form("an id", "^[a-z0-9]+(-[a-z0-9]+)*$", id),
    }
    besides [FAULTS_ARE_OF_NO_PEER]
}

const FAULTS_ARE_OF_NO_PEER: Beside<KnownError> = Beside {
    schema: || {
        let is_error = json!({ "const": ERROR });
        json!({
            "if": { "properties": { "rule": { "anyOf": [
                is_error,
                { "type": "array", "contains": is_error },
            ] } } },
            "then": { "properties": { "peer": false } },
        })
    },
    check: |entry, problems| {
        let is_error = |rule: &Node| rule.value.as_str() == Some(ERROR);
        if let (Some(rule), Some(peer)) = (entry.get("rule"), entry.get("peer"))
            && rule.items().iter().any(is_error)
        {
            problems.add(peer.id, KnownError::PeerOfError);
        }
    },
};

fn rule() -> Shape<KnownError, &'static str> {
    static RULES: LazyLock<Vec<&'static str>> = LazyLock::new(|| rules().collect());
    one_of("rule", "the id of a rule", &RULES, |rule| rule)
}

fn reason(text: &str) -> Result<String, KnownError> {
    let is_empty = text.trim().is_empty();
    (!is_empty)
        .then(|| text.to_owned())
        .ok_or(KnownError::NoReason)
}

/// Checks that an id consists of lower-case words with letters and digits, joined by hyphens.
fn id(text: &str) -> Result<String, KnownError> {
    let is_in_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let mut words = text.split('-');
    let is_id = words.all(|word| !word.is_empty() && word.bytes().all(is_in_word));
    is_id
        .then(|| text.to_owned())
        .ok_or_else(|| KnownError::Id {
            found: names::shorten(text),
        })
}

/// Returns an entry whose scenarios are patterns.
fn entry(entry: Entry, node: &Node, problems: &mut Problems<KnownError>) -> Option<KnownDeviation> {
    let (scenarios, place) = (entry.scenarios?, node.get("scenarios")?.id);
    let patterns = scenarios.iter().map(|text| {
        let pattern = suite::pattern(text).map_err(|e| KnownError::Pattern(e.to_string()));
        problems.keep(place, pattern)
    });
    let matchers: Vec<_> = patterns.collect();
    Some(KnownDeviation {
        id: entry.id,
        rules: entry.rule?.into_iter().map(str::to_owned).collect(),
        matchers: matchers.into_iter().collect::<Option<_>>()?,
        scenarios,
        peer: entry.peer,
        messages: entry.message,
        reason: entry.reason?,
        since: entry.since?,
        occasional: entry.occasional,
        link: entry.link,
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
    fn an_entry_that_depends_on_a_race_need_not_happen() {
        let text = format!("{LIST}  occasional: true\n");
        let entry = KnownDeviations::parse("k.yaml", &text).unwrap().entries[0].clone();
        assert!(!entry.names("close/twice"));
        assert!(entry.lists("close/twice", &finding("event/order", "alice")));
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
