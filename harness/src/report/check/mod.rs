//! The check of the connection model. What is reported of an edition is the model's own
//! [`CheckReport`].

pub mod human;
pub mod json;

use std::sync::Arc;
use std::time::{Duration, Instant};

use peerstate_model::known::counterexamples::KnownCounterexample;
use peerstate_model::machine::check::{CheckError, CheckReport, check_and_watch};
use peerstate_model::machine::rulebook::Rulebook;
use peerstate_model::policies::Choices;

use crate::editions::{Named, NamedError};
use crate::parallel::{cores, side_by_side};

/// The editions that are checked where none is named.
const DEFAULT_EDITIONS: [&str; 3] = ["w3c-rec-2021-01-26", "w3c-rec-2025-03-13", "repaired"];

/// How editions are checked.
#[derive(Debug, Clone, Copy)]
pub struct Checking<'c> {
    /// The most transports that there may be at once.
    pub transports: usize,
    /// The policies that are asked for.
    pub choices: &'c Choices,
    /// What is known to fail of published editions.
    pub known: &'c [KnownCounterexample],
}

/// An edition that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What came of it.
    pub report: CheckReport,
    /// How long it took, in real time.
    pub elapsed: Duration,
}

impl Checking<'_> {
    /// Checks editions on all cores, and gives them out in their order. `watch` is called now and then
    /// with the id of an edition, and how many states of it have been gone through.
    ///
    /// # Errors
    ///
    /// When an edition can not be checked, and the first that `give` returns.
    pub fn check_all<E: From<CheckError>>(
        self,
        editions: &[Named],
        watch: impl Fn(&str, usize) + Send + Sync + 'static,
        mut give: impl FnMut(Checked) -> Result<(), E>,
    ) -> Result<(), E> {
        let watch = Arc::new(watch);
        let check = |of: &Named| {
            let (watch, id) = (Arc::clone(&watch), of.edition.id.clone());
            self.check(of, move |states| watch(&id, states))
        };
        side_by_side(editions, cores(), check, || (), |checked| give(checked?))
    }

    fn check(
        self,
        of: &Named,
        watch: impl Fn(usize) + Send + Sync + 'static,
    ) -> Result<Checked, CheckError> {
        let begun = Instant::now();
        // Of a draft nothing is known.
        let known = if of.is_published { self.known } else { &[] };
        let (edition, transports) = (&of.edition, self.transports);
        let report = check_and_watch(edition, transports, self.choices, known, Arc::new(watch))?;
        let elapsed = begun.elapsed();
        Ok(Checked { report, elapsed })
    }
}

/// The editions that a name stands for: the one of that name, every one that has an algorithm for
/// `all`, and both Recommendations and the repaired text where there is no name.
///
/// # Errors
///
/// When there is no such edition.
pub fn editions(name: Option<&str>) -> Result<Vec<Named>, NamedError> {
    match name {
        None => DEFAULT_EDITIONS.into_iter().map(Named::find).collect(),
        Some("all") => {
            let mut all = Named::all_published();
            all.retain(|of| Rulebook::of(&of.edition).is_some());
            Ok(all)
        }
        Some(name) => Ok(vec![Named::find(name)?]),
    }
}
