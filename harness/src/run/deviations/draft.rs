//! Drafts a list of known deviations from a run, for an implementation that has none yet.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use peerstate_model::trace::Implementation;

use super::matching::is_shown;
use super::{ERROR, KnownDeviation, KnownDeviations, Stale, TO_BE_WRITTEN};
use crate::run::verdict::Judged;

/// The longest id of a drafted entry.
const LONGEST_ID: usize = 64;

/// A deviation that no entry lists: its rule, and what is wrong.
type Deviation = (String, String);

/// How often a deviation was seen.
#[derive(Default)]
struct Seen<'j> {
    scenarios: BTreeSet<&'j str>,
    /// Whether some run of these scenarios does not show it.
    is_occasional: bool,
}

/// Drafts a list of every deviation in a run: the existing entries without what no longer happens,
/// then one for each deviation that is not listed, with a reason that is still to be written.
#[must_use]
pub fn draft(
    implementation: &Implementation,
    known: &KnownDeviations,
    judged: &[Judged],
    stale: &[Stale<'_>],
) -> String {
    let entries = known.entries.iter();
    let kept: Vec<KnownDeviation> = entries
        .filter_map(|entry| true_today(entry, judged, stale))
        .collect();
    let unlisted = unlisted(judged);
    let mut text = format!("implementation: {}\n", quoted(&implementation.name));
    if kept.is_empty() && unlisted.is_empty() {
        return text + "deviations: []\n";
    }
    text += "deviations:\n";
    for entry in &kept {
        write_entry(&mut text, entry);
    }
    let mut ids: BTreeSet<String> = kept.into_iter().filter_map(|entry| entry.id).collect();
    for ((rule, message), seen) in unlisted {
        let id = unused(&id_of(&rule, &message), &mut ids);
        let scenarios = seen.scenarios.into_iter().map(globset::escape);
        let entry = KnownDeviation {
            id: Some(id),
            rules: vec![rule],
            scenarios: scenarios.collect(),
            peer: None,
            messages: Some(message)
                .filter(|message| !message.is_empty())
                .into_iter()
                .collect(),
            reason: format!(
                "{TO_BE_WRITTEN}: why this is a deviation, and what the implementation does instead"
            ),
            since: implementation.version.clone(),
            occasional: seen.is_occasional,
            link: None,
            matchers: Vec::new(),
        };
        write_entry(&mut text, &entry);
    }
    text
}

/// Returns the part of an entry that still holds, as far as the run shows: without rules that
/// nothing breaks and scenarios that do not show it; `None` if nothing remains.
fn true_today(
    entry: &KnownDeviation,
    judged: &[Judged],
    stale: &[Stale<'_>],
) -> Option<KnownDeviation> {
    if entry.occasional {
        return Some(entry.clone());
    }
    let of_entry = stale.iter().filter(|one| std::ptr::eq(one.entry, entry));
    let mut entry = entry.clone();
    for one in of_entry {
        let rule = one.rule?;
        entry.rules.retain(|other| other != rule);
    }
    let names: Vec<String> = entry.scenarios.clone();
    let shows = |name: &String| match judged.iter().find(|one| one.scenario == *name) {
        None => true,
        Some(one) => is_shown(&entry, one),
    };
    entry.scenarios = names.into_iter().filter(|name| shows(name)).collect();
    (!entry.scenarios.is_empty()).then_some(entry)
}

/// Returns the deviations that no entry lists, each with the scenarios that show it.
fn unlisted(judged: &[Judged]) -> BTreeMap<Deviation, Seen<'_>> {
    let mut unlisted: BTreeMap<Deviation, Seen<'_>> = BTreeMap::new();
    for one in judged {
        let of_runs: Vec<_> = one.runs().map(unlisted_in).collect();
        for deviation in of_runs.iter().flatten() {
            let seen = unlisted.entry(deviation.clone()).or_default();
            seen.scenarios.insert(&one.scenario);
            seen.is_occasional |= of_runs.iter().any(|run| !run.contains(deviation));
        }
    }
    unlisted
}

/// Returns the deviations of a run that no entry lists.
fn unlisted_in(run: &Judged) -> BTreeSet<Deviation> {
    let mut unlisted = BTreeSet::new();
    let mut add = |rule: &str, text: &str| {
        unlisted.insert((rule.to_owned(), readable(text)));
    };
    for (finding, place) in &run.findings {
        // What follows from a known deviation is known too.
        if place.is_none() && finding.because.is_none() {
            add(finding.rule, &finding.deviation);
        }
    }
    if let (Some(fault), None) = (&run.fault, run.error_entry) {
        add(ERROR, fault);
    }
    unlisted
}

/// Returns the longest part of a text that a list can contain: without control characters.
fn readable(text: &str) -> String {
    let parts = text.split(char::is_control);
    let longest = parts.max_by_key(|part| part.len()).unwrap_or_default();
    longest.trim().to_owned()
}

/// Returns an id: words of the rule, then of what is wrong, as many as fit.
fn id_of(rule: &str, message: &str) -> String {
    let text = format!("{rule} {message}").to_lowercase();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let mut id = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        if !id.is_empty() && id.len() + 1 + word.len() > LONGEST_ID {
            break;
        }
        if !id.is_empty() {
            id.push('-');
        }
        id.extend(word.chars().take(LONGEST_ID));
    }
    id
}

fn unused(id: &str, ids: &mut BTreeSet<String>) -> String {
    let mut unused = id.to_owned();
    let mut number = 2;
    while !ids.insert(unused.clone()) {
        unused = format!("{id}-{number}");
        number += 1;
    }
    unused
}

/// JSON's form of a text is also valid YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}

fn write_entry(text: &mut String, entry: &KnownDeviation) {
    let one_or_more = |items: &[String]| match items {
        [item] => quoted(item),
        items => list(items),
    };
    let messages = Some(entry.messages.as_slice()).filter(|messages| !messages.is_empty());
    let members = [
        ("id", entry.id.as_deref().map(quoted)),
        ("rule", Some(one_or_more(&entry.rules))),
        ("scenarios", Some(list(&entry.scenarios))),
        ("peer", entry.peer.as_deref().map(quoted)),
        ("message", messages.map(one_or_more)),
        ("reason", Some(quoted(entry.reason.trim()))),
        ("since", Some(quoted(&entry.since))),
        ("occasional", entry.occasional.then(|| "true".to_owned())),
        ("link", entry.link.as_deref().map(quoted)),
    ];
    let mut begin = "\n  - ";
    for (key, value) in members {
        if let Some(value) = value {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{begin}{key}: {value}");
            begin = "    ";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_words_and_none_is_given_twice() {
        let id = id_of("event/order", "connectionstatechange comes before \"X\"");
        assert_eq!(id, "event-order-connectionstatechange-comes-before-x");
        let mut ids = BTreeSet::new();
        assert_eq!(unused("a", &mut ids), "a");
        assert_eq!(unused("a", &mut ids), "a-2");
        assert!(id_of("a/b", &"long ".repeat(99)).len() <= LONGEST_ID);
    }

    #[test]
    fn control_characters_are_left_out() {
        assert_eq!(
            readable("one\u{1b}[1mthe longest part\n"),
            "[1mthe longest part"
        );
    }
}
