//! Everything that lint counts, by plain enumeration.

use std::collections::BTreeMap;

use super::{CONNECTION, ICE, Multisets, Plain, Values, combination, number};

/// Pairs of values that contradict each other, written a second time: connectionState, and the
/// values of iceConnectionState that contradict it.
const CONTRADICTIONS: [(&str, &str); 6] = [
    (
        "new",
        "checking connected completed disconnected failed closed",
    ),
    ("connecting", "disconnected failed closed"),
    ("connected", "new checking disconnected failed closed"),
    (
        "disconnected",
        "new checking connected completed failed closed",
    ),
    ("failed", "closed"),
    (
        "closed",
        "new checking connected completed disconnected failed",
    ),
];

/// Whether a pair is not a contradiction here, since a policy covers it: connected beside new with
/// every ICE transport closed; disconnected beside any value of ICE that is not lost, with a DTLS
/// transport closed.
fn is_open(connection: &str, ice: &str, set: &[usize]) -> bool {
    let has = |kind: fn(usize) -> usize, state| set.iter().any(|of| kind(*of) == state);
    match (connection, ice) {
        ("connected", "new") => !set.is_empty() && set.iter().all(|of| of % 7 == 6),
        ("disconnected", "new" | "checking" | "connected" | "completed") => has(|of| of / 7, 3),
        _ => false,
    }
}

/// How many of the multisets of at most three transports, and the first of all, as text.
pub(crate) type Found = (usize, Option<String>);

/// The multisets of at most four transports that a predicate accepts.
pub(crate) fn search(closed: bool, sets: &[Vec<usize>], asked: impl Fn(usize) -> bool) -> Found {
    let mut found: Found = (0, None);
    for (place, set) in sets.iter().enumerate() {
        if asked(place) {
            let first = || combination(closed, set).to_string();
            found.1 = found.1.or_else(|| Some(first()));
            found.0 += usize::from(set.len() <= 3 && !closed);
        }
    }
    found
}

/// The steps forward of one transport.
pub(crate) fn steps(transport: usize) -> Vec<usize> {
    let (ice, dtls) = (transport % 7, transport / 7);
    let mut steps = Vec::new();
    if ice < 3 {
        steps.push(number(ice + 1, dtls));
    }
    if dtls < 2 {
        steps.push(number(ice, dtls + 1));
    }
    steps
}

pub(crate) fn progress(values: Values) -> Option<usize> {
    let value = values.single()?;
    ["new", "connecting checking", "connected", "completed"]
        .iter()
        .position(|names| names.split(' ').any(|name| name == value))
}

/// Everything that can be counted, by plain enumeration.
pub(crate) fn theirs(
    plain: &Plain,
    (of, reading_id): (&str, &str),
    multisets: &Multisets,
) -> BTreeMap<&'static str, Vec<Found>> {
    let sets = &multisets.sets[..];
    let [open, closed] = [false, true].map(|closed| plain.table(of, reading_id, closed, sets));
    let reading = &plain.edition.readings[&(of.to_owned(), reading_id.to_owned())];
    let mut all: BTreeMap<&'static str, Vec<Found>> = BTreeMap::new();
    let mut add = |kind, found: Found| {
        if found.1.is_some() {
            all.entry(kind).or_default().push(found);
        }
    };
    add("gap", search(false, sets, |place| open[place].len() == 0));
    add(
        "overlap",
        search(false, sets, |place| open[place].len() > 1),
    );
    for claim in &plain.edition.claims {
        if claim.of == of {
            let broken = |place: usize| {
                let at = plain.at(false, place, &sets[place]);
                open[place].meets(claim.state) && !claim.must.holds(&at, reading.vacuous)
            };
            add("claim", search(false, sets, broken));
        }
    }
    let progress: Vec<Option<usize>> = open.iter().map(|values| progress(*values)).collect();
    let back = |place: usize| {
        let steps = multisets.forward[place].iter();
        let mut after = steps.map(|step| progress[*step]);
        after.any(|after| after.is_some() && after < progress[place])
    };
    add("regression", search(false, sets, back));
    if of == CONNECTION {
        for (is_closed, connection) in [(false, &open), (true, &closed)] {
            let ice = plain.default_table(ICE, is_closed, sets);
            let ice = ice.unwrap_or_else(|| plain.ice[usize::from(is_closed)].clone());
            for (value, others) in CONTRADICTIONS {
                for other in others.split(' ') {
                    let pair = (Values::of(value), Values::of(other));
                    let both = |place: usize| {
                        (connection[place], ice[place]) == pair
                            && !is_open(value, other, &sets[place])
                    };
                    add("contradiction", search(is_closed, sets, both));
                }
            }
        }
    }
    for (value, _) in &reading.rows {
        let reached = open.iter().chain(&closed);
        if !reached.into_iter().any(|values| values.meets(*value)) {
            all.entry("unreachable").or_default().push((0, None));
        }
    }
    for found in all.values_mut() {
        found.sort();
    }
    all
}
