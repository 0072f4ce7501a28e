//! Finds regressions: one transport takes a step forward, and the value goes back.

use std::collections::BTreeMap;

use super::finding::{Finding, Kind};
use super::search::{Counted, by_size, dtls_forward, ice_forward, steps_forward};
use crate::editions::Facts;
use crate::editions::space::{Table, combinations, every_facts};
use crate::invariant::Invariant;
use crate::state_set::StateSet;
use crate::states::{DtlsTransportState as Dtls, IceTransportState as Ice, Progress, goes_back};
use crate::transports::{Combination, Transport};

/// A step of a transport, and the values before and after it.
type StepBack<S> = (Transport, Transport, (S, S));

/// Searches for steps forward that take the value back, for any number of transports.
///
/// A step depends on two things: the sets of states of the other transports, and the transport
/// itself. So every pair of sets for the others, combined with every step of one transport, covers
/// every step. A pair of sets needs as many transports as its larger set has states.
pub(super) fn regression<S: Progress>(
    holding: &impl Fn(Facts) -> StateSet<S>,
    counted: &Counted,
) -> Option<Finding> {
    let small = counted.small_with_step(|before, after| back(holding, before, after).is_some());
    if !counted.describes && !small.is_empty() {
        return Some(Counted::undescribed(Kind::Regression, small));
    }
    let fewest = fewest(holding);
    let least = fewest.values().copied().min()?;
    if !counted.describes {
        return Some(Counted::undescribed(Kind::Regression, small));
    }
    let goes_back = |transports: &[Transport]| step_back(holding, transports, |_| true);
    let (example, (transport, step, (from, to))) = combinations(least)
        .find_map(|transports| goes_back(&transports).map(|back| (transports, back)))
        .invariant("some combination of the fewest transports goes back");
    let count = (0..=counted.up_to)
        .flat_map(combinations)
        .filter(|transports| goes_back(transports).is_some())
        .count();
    let smallest_of = |(pair, fewest): (&(S, S), &usize)| {
        combinations(*fewest)
            .find(|transports| step_back(holding, transports, |back| back == *pair).is_some())
            .map(Combination::open)
            .invariant("some combination of the fewest transports goes back by each pair")
    };
    let families = by_size(fewest.iter().map(smallest_of).collect());
    let example = Combination::open(example);
    Some(Finding {
        kind: Kind::Regression,
        combinations: count,
        families,
        small,
        message: format!(
            "with {}, a step forward of one transport, from {transport} to {step}, takes the \
             value back from `{from}` to `{to}`",
            example.in_words()
        ),
        example: Some(example),
        policy: None,
    })
}

/// Returns the pairs of values by which a step forward goes back, each with the fewest transports
/// that show it.
fn fewest<S: Progress>(holding: &impl Fn(Facts) -> StateSet<S>) -> BTreeMap<(S, S), usize> {
    let progress = |facts| holding(facts).single().and_then(Progress::progress);
    let open = every_facts().take_while(|facts| !facts.closed);
    let progress = Table::from_values(open.map(progress).collect());
    let progress = |facts: Facts| progress.at(facts);
    let mut fewest = BTreeMap::new();
    let mut see = |before, after, transports: usize| {
        let facts = |(ice, dtls): (StateSet<Ice>, StateSet<Dtls>)| Facts {
            closed: false,
            ice,
            dtls,
            ice_connection_state: StateSet::empty(),
        };
        let (before, after) = (facts(before), facts(after));
        // Most steps go forward, which the table shows at once.
        if progress(after) < progress(before)
            && let Some(pair) = back(holding, before, after)
        {
            let fewest = fewest.entry(pair).or_insert(transports);
            *fewest = transports.min(*fewest);
        }
    };
    // An ICE step leaves all DTLS states unchanged, including that of its own transport, and the
    // other way round.
    for rest in StateSet::<Ice>::all() {
        for dtls in StateSet::<Dtls>::all() {
            let Some(transports) = transports_of(rest.len(), dtls.len()) else {
                continue;
            };
            for from in Ice::ALL {
                if let Some(to) = ice_forward(from) {
                    let [from, to] = [from, to].map(|ice| rest.union(StateSet::only(ice)));
                    see((from, dtls), (to, dtls), transports);
                }
            }
        }
    }
    for rest in StateSet::<Dtls>::all() {
        for ice in StateSet::<Ice>::all() {
            let Some(transports) = transports_of(rest.len(), ice.len()) else {
                continue;
            };
            for from in Dtls::ALL {
                if let Some(to) = dtls_forward(from) {
                    let [from, to] = [from, to].map(|dtls| rest.union(StateSet::only(dtls)));
                    see((ice, from), (ice, to), transports);
                }
            }
        }
    }
    fewest
}

/// Returns the fewest transports of which one takes a step of one kind, if the others have `rest`
/// states of that kind, and all of them `all_of_other_kind` states of the other kind. `None` if no
/// transports do.
fn transports_of(rest: usize, all_of_other_kind: usize) -> Option<usize> {
    match (rest, all_of_other_kind) {
        // One transport has one state of each kind.
        (0, 1) => Some(1),
        (_, 0) | (0, _) => None,
        (rest, all) => Some(rest.max(all - 1) + 1),
    }
}

/// Returns the first step forward of one of these transports that goes back by such a pair of
/// values.
fn step_back<S: Progress>(
    holding: &impl Fn(Facts) -> StateSet<S>,
    transports: &[Transport],
    asked: impl Fn((S, S)) -> bool,
) -> Option<StepBack<S>> {
    let before = Facts::of_transports(false, transports);
    transports
        .iter()
        .enumerate()
        .find_map(|(place, transport)| {
            steps_forward(*transport).find_map(|step| {
                let mut after = transports.to_vec();
                after[place] = step;
                back(holding, before, Facts::of_transports(false, &after))
                    .filter(|pair| asked(*pair))
                    .map(|pair| (*transport, step, pair))
            })
        })
}

/// Returns the values before and after, if both are progress and the second is less of it.
fn back<S: Progress>(
    holding: &impl Fn(Facts) -> StateSet<S>,
    before: Facts,
    after: Facts,
) -> Option<(S, S)> {
    let (before, after) = (holding(before).single()?, holding(after).single()?);
    goes_back(before, after).then_some((before, after))
}
