//! The values of an entry that its peer did not read before.

use std::collections::BTreeMap;

use super::Detail;
use crate::trace::{Attribute, Entry, TransportState, What};

/// The last values of one peer.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen<'t> {
    state: [Option<&'static str>; 4],
    transports: Option<&'t [TransportState]>,
}

/// The values of an entry that are shown.
#[derive(Debug)]
pub(super) struct News {
    /// The values in words, each with a space before it; empty where there is nothing to show.
    pub(super) text: String,
    /// Whether any of them is new.
    pub(super) is_change: bool,
}

impl<'t> Seen<'t> {
    /// The values of an entry, which become the last ones of its peer.
    pub(super) fn take(&mut self, entry: &'t Entry, detail: Detail) -> News {
        let mut news = News {
            text: String::new(),
            is_change: false,
        };
        let attributes = self.attributes(entry, detail, &mut news);
        if !attributes.is_empty() {
            news.text.push(' ');
            news.text.push_str(&attributes.join(", "));
        }
        let transports = self.transports(entry, detail);
        if !transports.shown.is_empty() {
            news.text
                .push_str(&format!("  [{}]", transports.shown.join("; ")));
        }
        news.is_change |= transports.is_change;
        news
    }

    fn attributes(&mut self, entry: &Entry, detail: Detail, news: &mut News) -> Vec<String> {
        let event = match &entry.what {
            What::Event { name, .. } => name.as_str(),
            _ => "",
        };
        let mut shown = Vec::new();
        for (attribute, before) in Attribute::ALL.into_iter().zip(&mut self.state) {
            let Some(now) = entry.state.get(attribute) else {
                continue;
            };
            let name = attribute.as_str();
            let changed = *before != Some(now);
            let change = change(*before, Some(now));
            *before = Some(now);
            news.is_change |= changed;
            // The event of an attribute already has its name.
            if event.eq_ignore_ascii_case(attribute.event()) {
                shown.insert(0, change);
            } else if changed || detail == Detail::All {
                shown.push(format!("{name} {change}"));
            }
        }
        shown
    }

    fn transports(&mut self, entry: &'t Entry, detail: Detail) -> Transports {
        let mut news = Transports::default();
        let Some(now) = entry.transports.as_deref() else {
            return news;
        };
        let before = self.transports.replace(now).unwrap_or_default();
        if detail == Detail::All && now.is_empty() && before.is_empty() {
            news.shown.push("no transports".to_owned());
        }
        if detail == Detail::States && before == now {
            return news;
        }
        let by_id = |all: &'t [TransportState]| -> BTreeMap<&str, &TransportState> {
            all.iter().map(|one| (one.id.as_str(), one)).collect()
        };
        let (old, new) = (by_id(before), by_id(now));
        for transport in now {
            let last = old.get(transport.id.as_str()).copied();
            let states = describe(last, transport, detail);
            news.is_change |= last != Some(transport);
            news.shown.extend(states);
        }
        let gone = before
            .iter()
            .filter(|one| !new.contains_key(one.id.as_str()));
        for transport in gone {
            news.is_change = true;
            news.shown.push(format!("-{}", transport.id));
        }
        news
    }
}

/// The transports of an entry, as they are shown.
#[derive(Debug, Default)]
struct Transports {
    shown: Vec<String>,
    is_change: bool,
}

/// The states of a transport by their names.
fn fields(transport: &TransportState) -> [(&'static str, Option<&'static str>); 3] {
    [
        ("ice", transport.ice.map(|state| state.as_str())),
        ("dtls", transport.dtls.map(|state| state.as_str())),
        ("gathering", transport.gathering.map(|state| state.as_str())),
    ]
}

/// `old→new`, or the value alone where it is the first or the same.
fn change(before: Option<&str>, now: Option<&str>) -> String {
    match (before, now) {
        (Some(before), now) if Some(before) != now => format!("{before}→{}", now.unwrap_or("?")),
        (_, now) => now.unwrap_or("?").to_owned(),
    }
}

/// A transport as it is shown: the states that changed, or all states where every detail is shown.
fn describe(
    before: Option<&TransportState>,
    now: &TransportState,
    detail: Detail,
) -> Option<String> {
    let id = &now.id;
    let Some(before) = before else {
        return Some(match detail {
            Detail::All => format!(
                "+{id}: {}",
                join(fields(now).map(|(name, now)| { now.map(|now| format!("{name} {now}")) }))
            ),
            Detail::States => made(now),
        });
    };
    let states = fields(before)
        .into_iter()
        .zip(fields(now))
        .map(|((name, before), (_, now))| {
            let shown = before != now || detail == Detail::All && now.is_some();
            shown.then(|| format!("{name} {}", change(before, now)))
        });
    let states = join(states);
    (!states.is_empty() || detail == Detail::All).then(|| format!("{id}: {states}"))
}

/// A transport that was not there before: `+0 (new,new)`.
fn made(transport: &TransportState) -> String {
    let [ice, dtls, gathering] = fields(transport).map(|(_, state)| state);
    let (ice, dtls) = (ice.unwrap_or("?"), dtls.unwrap_or("?"));
    let gathering = gathering
        .filter(|state| *state != "new")
        .map(|state| format!(" gathering {state}"));
    format!(
        "+{} ({ice},{dtls}){}",
        transport.id,
        gathering.unwrap_or_default()
    )
}

fn join(parts: impl IntoIterator<Item = Option<String>>) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(", ")
}
