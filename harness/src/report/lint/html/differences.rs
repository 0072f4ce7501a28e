//! The part of the page that shows the differences between two chosen editions.

use std::collections::BTreeMap;

use maud::{Markup, html};
use peerstate_model::editions::{DEFAULT_EDITION, Defined};
use peerstate_model::lint::compare;
use peerstate_model::states::{IceConnectionState, PeerConnectionState};
use serde_json::{Value, json};

use crate::editions::Named;
use crate::report::combination::names;
use crate::report::diff::COUNTED_TRANSPORTS;
use crate::report::lint::RECOMMENDATION;

/// How any two of the editions differ.
pub(super) struct Differences {
    pub(super) editions: Vec<Named>,
    pub(super) by_enum: BTreeMap<&'static str, BTreeMap<String, Vec<Value>>>,
}

impl Differences {
    pub(super) fn of(editions: Vec<Named>) -> Self {
        let connection = pairs::<PeerConnectionState>(&editions);
        let ice = pairs::<IceConnectionState>(&editions);
        Self {
            editions,
            by_enum: BTreeMap::from([
                (PeerConnectionState::NAME, connection),
                (IceConnectionState::NAME, ice),
            ]),
        }
    }

    /// Returns the two editions to show first: the newest Recommendation and its repair, or the
    /// draft of the page.
    fn first(&self) -> (usize, usize) {
        let place = |id: &str| {
            let found = self.editions.iter().position(|of| of.name == id);
            found.unwrap_or_default()
        };
        let recommendation = place(RECOMMENDATION);
        match self.editions.as_slice() {
            [draft, _, _] if !draft.is_published => (0, recommendation),
            _ => {
                let repaired = place(DEFAULT_EDITION);
                (recommendation.min(repaired), recommendation.max(repaired))
            }
        }
    }

    pub(super) fn chooser(&self) -> Markup {
        let (a, b) = self.first();
        let groups = self
            .by_enum
            .get(PeerConnectionState::NAME)
            .and_then(|pairs| pairs.get(&format!("{a},{b}")));
        let id = |place: usize| self.editions.get(place).map_or("", |of| of.name.as_str());
        html! {
            p {
                (self.select("a", a)) " and " (self.select("b", b)) " by "
                select id="of" aria-label="enum" {
                    @for of in self.by_enum.keys().rev() { option { (of) } }
                }
            }
            div id="difference" class="scroll" tabindex="0" role="group" aria-label="differences" {
                @if let Some(groups) = groups {
                    table {
                        tr {
                            th scope="col" { (id(a)) } th scope="col" { (id(b)) }
                            th scope="col" { "combinations" } th scope="col" { "such as" }
                        }
                        @for group in groups {
                            tr {
                                td { (badges(&group[0])) }
                                td { (badges(&group[1])) }
                                td { (group[2].as_str().unwrap_or_default()) }
                                td { (group[3].as_str().unwrap_or_default()) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn select(&self, id: &str, chosen: usize) -> Markup {
        html! {
            select id=(id) aria-label="edition" {
                @for (place, of) in self.editions.iter().enumerate() {
                    option selected[place == chosen] { (of.name) }
                }
            }
        }
    }
}

fn badges(values: &Value) -> Markup {
    let values: Vec<&str> = values
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    html! {
        @if values.is_empty() { span class="v none" { "none" } }
        @for value in values { span class={ "v " (value) } { (value) } " " }
    }
}

fn pairs<S: Defined>(editions: &[Named]) -> BTreeMap<String, Vec<Value>> {
    let mut pairs = BTreeMap::new();
    for (i, Named { edition: a, .. }) in editions.iter().enumerate() {
        for (j, Named { edition: b, .. }) in editions.iter().enumerate().skip(i + 1) {
            let (Some(one), Some(other)) = (S::definition(a), S::definition(b)) else {
                continue;
            };
            let (one, other) = (one.default_reading(), other.default_reading());
            let difference = compare((a, one), (b, other), COUNTED_TRANSPORTS);
            let groups = difference.groups.iter().chain(&difference.closed);
            let groups = groups.map(|group| {
                let example = group.example.to_string();
                let count = if group.example.closed {
                    "closed".to_owned()
                } else {
                    group.combinations.to_string()
                };
                json!([names(group.a), names(group.b), count, example])
            });
            pairs.insert(format!("{i},{j}"), groups.collect());
        }
    }
    pairs
}
