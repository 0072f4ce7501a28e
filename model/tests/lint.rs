//! Lint and the evaluation under it, against plain enumeration by an evaluator of its own: it reads
//! the same files with another reader, knows lists of transports instead of sets, and shares
//! nothing but the names of the states.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use peerstate_model::editions::{Facts, editions, known_findings};
use peerstate_model::lint::{Kind, lint};
use peerstate_model::states::{DtlsTransportState, IceTransportState};
use peerstate_model::transports::Transport;
use serde_yaml::Value;

type Pair = (&'static str, &'static str);

/// Every multiset of at most so many transports.
fn multisets(most: usize) -> Vec<Vec<Pair>> {
    let ice = IceTransportState::ALL.iter().map(|state| state.as_str());
    let all: Vec<Pair> = ice
        .flat_map(|ice| {
            DtlsTransportState::ALL
                .iter()
                .map(move |dtls| (ice, dtls.as_str()))
        })
        .collect();
    let mut sets: Vec<(usize, Vec<Pair>)> = vec![(0, Vec::new())];
    let mut found = vec![Vec::new()];
    for _ in 0..most {
        let mut more = Vec::new();
        for (from, set) in &sets {
            for (place, pair) in all.iter().enumerate().skip(*from) {
                let mut larger = set.clone();
                larger.push(*pair);
                more.push((place, larger));
            }
        }
        found.extend(more.iter().map(|(_, set)| set.clone()));
        sets = more;
    }
    found
}

struct Plain {
    files: BTreeMap<String, Value>,
}

impl Plain {
    fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("editions");
        let files = editions().iter().map(|edition| {
            let text = fs::read_to_string(folder.join(format!("{}.yaml", edition.id))).unwrap();
            (edition.id.clone(), serde_yaml::from_str(&text).unwrap())
        });
        Self {
            files: files.collect(),
        }
    }

    fn reading<'a>(&'a self, edition: &str, of: &str, id: Option<&str>) -> (&'a Value, &'a Value) {
        let definition = &self.files[edition]["enums"][of];
        let readings = definition["readings"].as_sequence().unwrap();
        let found = readings.iter().find(|reading| match id {
            Some(id) => reading["id"].as_str() == Some(id),
            None => reading["default"].as_bool() == Some(true),
        });
        (definition, found.unwrap())
    }

    fn values(&self, edition: &str, of: &str, id: Option<&str>, set: &[Pair]) -> Vec<String> {
        let (definition, reading) = self.reading(edition, of, id);
        let vacuous = reading["vacuous_all"].as_bool().unwrap();
        let rows = reading["states"].as_mapping().unwrap();
        let holds = |value: &str| {
            let predicate = &rows[value];
            self.holds(edition, predicate, set, vacuous)
        };
        if definition["mode"] == "first_match" {
            let order = reading.get("order").unwrap_or(&definition["order"]);
            let order = order
                .as_sequence()
                .unwrap()
                .iter()
                .map(|value| value.as_str().unwrap());
            order
                .filter(|value| holds(value))
                .take(1)
                .map(str::to_owned)
                .collect()
        } else {
            let values = rows.keys().map(|value| value.as_str().unwrap());
            let mut values: Vec<_> = values
                .filter(|value| holds(value))
                .map(str::to_owned)
                .collect();
            values.sort();
            values
        }
    }

    fn holds(&self, edition: &str, predicate: &Value, set: &[Pair], vacuous: bool) -> bool {
        let (kind, value) = predicate.as_mapping().unwrap().iter().next().unwrap();
        let parts = || value.as_sequence().unwrap().iter();
        let within = |kind: &str, state: &str| {
            value.get(kind).is_some_and(|list| {
                list.as_sequence()
                    .unwrap()
                    .iter()
                    .any(|name| name.as_str() == Some(state))
            })
        };
        let any = || {
            set.iter()
                .any(|(ice, dtls)| within("ice", ice) || within("dtls", dtls))
        };
        match kind.as_str().unwrap() {
            "closed" => !value.as_bool().unwrap(),
            "any" => any(),
            "none" => !any(),
            "all" if set.is_empty() => vacuous,
            "all" => set.iter().all(|(ice, dtls)| {
                (value.get("ice").is_none() || within("ice", ice))
                    && (value.get("dtls").is_none() || within("dtls", dtls))
            }),
            "no_transports" => set.is_empty() == value.as_bool().unwrap(),
            "ice_connection_state" => {
                let from = self.files[edition].get("ice_from").and_then(Value::as_str);
                let values =
                    self.values(from.unwrap_or(edition), "RTCIceConnectionState", None, set);
                parts().any(|name| values.iter().any(|value| name.as_str() == Some(value)))
            }
            "all_of" => parts().all(|part| self.holds(edition, part, set, vacuous)),
            "any_of" => parts().any(|part| self.holds(edition, part, set, vacuous)),
            "otherwise" => true,
            other => unreachable!("{other}"),
        }
    }
}

fn transports(set: &[Pair]) -> Vec<Transport> {
    set.iter()
        .map(|(i, d)| Transport::new(i.parse().unwrap(), d.parse().unwrap()))
        .collect()
}

#[test]
fn every_reading_gives_what_plain_enumeration_gives() {
    let plain = Plain::read();
    for edition in editions() {
        let most = 2;
        for set in multisets(most) {
            let facts = Facts::of_transports(false, &transports(&set));
            let facts = edition.with_ice_connection_state(facts);
            let sorted = |mut names: Vec<String>| {
                names.sort();
                names
            };
            for reading in edition.connection_state.iter().flat_map(|d| &d.readings) {
                let ours = reading
                    .holding(&facts)
                    .iter()
                    .map(|value| value.to_string())
                    .collect();
                let of = "RTCPeerConnectionState";
                let theirs = plain.values(&edition.id, of, Some(&reading.id), &set);
                assert_eq!(
                    sorted(ours),
                    theirs,
                    "{} {} {set:?}",
                    edition.id,
                    reading.id
                );
            }
            for reading in edition
                .ice_connection_state
                .iter()
                .flat_map(|d| &d.readings)
            {
                let ours = reading
                    .holding(&facts)
                    .iter()
                    .map(|value| value.to_string())
                    .collect();
                let of = "RTCIceConnectionState";
                let theirs = plain.values(&edition.id, of, Some(&reading.id), &set);
                assert_eq!(
                    sorted(ours),
                    theirs,
                    "{} {} {set:?}",
                    edition.id,
                    reading.id
                );
            }
        }
    }
}

#[test]
fn gaps_and_overlaps_are_counted_as_plain_enumeration_counts_them() {
    let plain = Plain::read();
    let sets = multisets(2);
    for edition in editions() {
        for report in lint(edition, 2) {
            let (mut gaps, mut overlaps) = (0, 0);
            for set in &sets {
                let reading = Some(report.reading.as_str());
                match plain
                    .values(&edition.id, report.enum_name, reading, set)
                    .len()
                {
                    0 => gaps += 1,
                    1 => {}
                    _ => overlaps += 1,
                }
            }
            let counted = |kind| {
                let finding = report.findings.iter().find(|finding| finding.kind == kind);
                finding.map_or(0, |finding| finding.combinations)
            };
            let name = format!("{} {} {}", edition.id, report.enum_name, report.reading);
            assert_eq!(counted(Kind::Gap), gaps, "{name}");
            assert_eq!(counted(Kind::Overlap), overlaps, "{name}");
        }
    }
}

#[test]
fn four_transports_show_nothing_that_sets_do_not() {
    let plain = Plain::read();
    let sets = multisets(4);
    for id in ["w3c-2018-12-06", "w3c-rec-2025-03-13", "mdn-en-us"] {
        let edition = editions().iter().find(|edition| edition.id == id).unwrap();
        let definition = edition.connection_state.as_ref().unwrap();
        for set in sets.iter().step_by(97) {
            let facts = Facts::of_transports(false, &transports(set));
            let facts = edition.with_ice_connection_state(facts);
            let mut ours: Vec<_> = definition
                .default_reading()
                .holding(&facts)
                .iter()
                .map(|v| v.to_string())
                .collect();
            ours.sort();
            assert_eq!(
                ours,
                plain.values(id, "RTCPeerConnectionState", None, set),
                "{id} {set:?}"
            );
        }
    }
}

#[test]
fn every_finding_is_listed_and_every_listed_one_is_found() {
    let mut known = known_findings().unwrap();
    for edition in editions() {
        for report in lint(edition, 1) {
            for finding in &report.findings {
                let example = finding.example.as_ref().map(ToString::to_string);
                let place = known.iter().position(|known| {
                    known.edition == edition.id
                        && known.enum_name == report.enum_name
                        && known.reading == report.reading
                        && known.kind == finding.kind.as_str()
                        && known.example == example
                });
                let place =
                    place.unwrap_or_else(|| unreachable!("{} {report:?} {finding:?}", edition.id));
                known.remove(place);
            }
        }
    }
    assert_eq!(known, []);
}

#[test]
fn the_repaired_edition_has_no_finding() {
    let repaired = editions()
        .iter()
        .find(|edition| edition.id == "repaired")
        .unwrap();
    for report in lint(repaired, 3) {
        assert_eq!(report.findings, []);
    }
}
