//! Whether some run of the machine explains a trace that shows everything: a search through all runs
//! at once, entry by entry.

use std::collections::BTreeSet;

use peerstate_model::machine::rulebook::Rulebook;
use peerstate_model::trace::{Entry, Trace, What};

use super::runs::{Recording, Run};

/// Runs that the trace so far does not distinguish from the true one, by how much of the trace they
/// explain.
type Frontier<'r> = Vec<Vec<Run<'r>>>;

/// Whether a run of this machine, recorded in this way, gives the trace.
pub(crate) fn explains(rulebook: &Rulebook, recording: Recording, trace: &Trace) -> bool {
    let entries = &trace.entries;
    let mut frontier: Frontier<'_> = vec![Vec::new(); entries.len() + 1];
    frontier[0].push(Run::new(rulebook, recording, &[]));
    let mut seen = BTreeSet::new();
    for place in 0..=entries.len() {
        while let Some(run) = frontier[place].pop() {
            // Equal runs continue equally.
            let key = (
                place,
                run.connection,
                format!("{:?}", run.transports),
                (run.queued, run.gathering, run.signaling),
            );
            if !seen.insert(key) {
                continue;
            }
            if place == entries.len() {
                // A task that is still queued may run after the end.
                return true;
            }
            for mut next in moves(&run, &entries[place]) {
                let made = next.entries.len();
                if made == 0 {
                    // Steps that show nothing take no time.
                    next.at = run.at;
                }
                let end = place + made;
                if end <= entries.len() && is_alike(&next, &run, &entries[place..end]) {
                    next.entries.clear();
                    frontier[end].push(next);
                }
            }
        }
    }
    false
}

/// Every way in which a run may continue, each with the entries that it makes.
fn moves<'r>(run: &Run<'r>, entry: &Entry) -> Vec<Run<'r>> {
    let mut all = Vec::new();
    let at = u64::try_from(entry.at.since_start().as_millis()).unwrap();
    let ids: Vec<Option<u32>> = if run.transports.is_empty() {
        vec![None]
    } else {
        run.transports.keys().copied().map(Some).collect()
    };
    let mut go = |change: &dyn Fn(&mut Run<'r>)| {
        let mut next = run.clone();
        next.at = at;
        change(&mut next);
        all.push(next);
    };
    for step in run.steps() {
        for id in &ids {
            go(&|next| {
                next.prefers = *id;
                next.take(step);
            });
            // Events that a text lets the rest of a task fire on a closed connection may be
            // missing.
            for late in 0..4_usize {
                go(&|next| {
                    next.prefers = *id;
                    next.take(step);
                    let is_close = |entry: &Entry| matches!(&entry.what, What::Action { name, .. } if name == "close");
                    if let Some(close) = next.entries.iter().position(is_close) {
                        let mut place = 0;
                        next.entries.retain(|_| {
                            place += 1;
                            place <= close + 1 || late >> (place - close - 2) & 1 == 1
                        });
                    }
                });
            }
        }
    }
    for why in ["poll", "end"] {
        go(&|next| next.sample(why));
    }
    if !run.connection.closed {
        for id in ids.iter().flatten() {
            go(&|next| next.gather_one(*id));
        }
        for description in run.descriptions() {
            go(&|next| next.describe_as(description, false));
            go(&|next| next.describe_as(description, true));
        }
    }
    all
}

/// Whether the entries that a move made are those of the trace: the same except for their tasks'
/// numbers, of which only the equality matters, and at one moment.
fn is_alike(next: &Run<'_>, before: &Run<'_>, shown: &[Entry]) -> bool {
    // A task that is queued runs before the clock moves on.
    let waited = !before.connection.is_settled() && before.at != next.at;
    let tasks = next.entries.windows(2).zip(shown.windows(2));
    let same_tasks = tasks
        .into_iter()
        .all(|(made, shown)| (made[0].task == made[1].task) == (shown[0].task == shown[1].task));
    let alike = next.entries.iter().zip(shown).all(|(made, shown)| {
        let plain = |entry: &Entry| Entry {
            line: 0,
            task: None,
            ..entry.clone()
        };
        plain(made) == plain(shown)
    });
    same_tasks && alike && !waited
}
