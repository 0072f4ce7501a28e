//! What a dump holds, whichever format it has: connections, each with the entries of its log.

use std::collections::BTreeMap;

use peerstate_model::trace::{Attribute, Implementation};
use serde_json::{Value, json};

use super::error::Place;
use super::events::Logged;

/// Where a log is written, which decides what it can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// In the page: a library wraps every connection, listens to its events, and reads its
    /// attributes inside the handlers. The order is the application's.
    Page {
        /// Whether it wraps every method.
        has_every_call: bool,
    },
    /// Below the page, in Chromium's renderer: the entry of a change is written when the native
    /// layer reports it, before or after the event is dispatched.
    Native,
}

/// The logs of one dump.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) layer: Layer,
    /// The browser, as far as the dump names it.
    pub(super) implementation: Implementation,
    /// In the order of their creation.
    pub(super) connections: Vec<Connection>,
    /// What of the dump belongs to none of the connections, and how often it occurs.
    pub(super) strays: BTreeMap<String, usize>,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// Its id in the dump, made unique.
    pub(super) name: String,
    /// The page that it belongs to, if the dump names it.
    pub(super) url: Option<String>,
    /// When it was created, in milliseconds, if the dump records that.
    pub(super) created: Option<f64>,
    pub(super) records: Vec<Record>,
}

/// An entry of a log.
#[derive(Debug)]
pub(super) struct Record {
    /// When, in milliseconds of any clock.
    pub(super) at: f64,
    pub(super) logged: Logged,
    pub(super) place: Place,
}

impl Layer {
    /// Returns what a trace of this layer observes.
    ///
    /// A value in the page was read by its getter. One of the native layer is that of its report,
    /// and nothing shows what the page has read by then.
    pub(super) fn observes(self) -> Value {
        let others = ["datachannel", "icecandidate", "negotiationneeded", "track"];
        let judged = Attribute::ALL.map(Attribute::event);
        let events: Vec<&str> = judged.into_iter().chain(others).collect();
        let (attributes, actions, order) = match self {
            Self::Page { has_every_call } => ("live", has_every_call, true),
            Self::Native => ("argument", false, false),
        };
        json!({
            "events": events,
            "attributes": attributes,
            "actions": actions,
            "tasks": false,
            "order": order,
            "transports": "none",
        })
    }
}

/// Returns the browser that `brands` and `agent` name: lists as in `navigator.userAgentData`, the
/// most exact first, and the text of `navigator.userAgent`.
pub(super) fn browser(brands: &[&Value], agent: Option<&Value>) -> Implementation {
    let named = brands.iter().find_map(|brands| of_brands(brands));
    let agent = agent.and_then(Value::as_str);
    let (name, version) = named
        .or_else(|| agent.and_then(of_agent))
        .unwrap_or(("browser", "unknown"));
    Implementation {
        name: name.to_owned(),
        version: version.to_owned(),
    }
}

/// Returns the brand that is neither the engine's nor one of those that mean nothing.
fn of_brands(brands: &Value) -> Option<(&str, &str)> {
    let brands = brands.as_array()?.iter().filter_map(|brand| {
        let name = brand.get("brand")?.as_str()?;
        let version = brand.get("version")?.as_str()?;
        let is_meaningless = name.contains("Not") && name.contains("Brand");
        (!is_meaningless).then_some((name, version))
    });
    brands.min_by_key(|(name, _)| *name == "Chromium")
}

/// Returns the browser that a user agent names. The names that every browser repeats come last.
fn of_agent(agent: &str) -> Option<(&'static str, &str)> {
    const NAMES: [(&str, &str); 6] = [
        ("Firefox/", "Firefox"),
        ("Edg/", "Microsoft Edge"),
        ("OPR/", "Opera"),
        ("HeadlessChrome/", "Chromium"),
        ("Chrome/", "Chromium"),
        ("Version/", "Safari"),
    ];
    NAMES.into_iter().find_map(|(mark, name)| {
        let (_, version) = agent.split_once(mark)?;
        Some((name, version.split(' ').next()?))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(json!([{"brand": "Chromium", "version": "142"}, {"brand": "Google Chrome", "version": "142.0.1"}, {"brand": "Not_A Brand", "version": "99"}]), "", "Google Chrome", "142.0.1")]
    #[case(json!([{"brand": "Not:A-Brand", "version": "8"}, {"brand": "Chromium", "version": "156"}]), "Firefox/1", "Chromium", "156")]
    #[case(json!([]), "Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "140.0")]
    #[case(
        Value::Null,
        "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
        "Safari",
        "18.1"
    )]
    #[case(json!(3), "curl", "browser", "unknown")]
    fn the_browser_is_named_as_far_as_it_names_itself(
        #[case] brands: Value,
        #[case] agent: &str,
        #[case] name: &str,
        #[case] version: &str,
    ) {
        let found = browser(&[&brands], Some(&json!(agent)));
        assert_eq!(
            (found.name.as_str(), found.version.as_str()),
            (name, version)
        );
    }
}
