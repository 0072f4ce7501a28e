//! The check of the connection model. The report on an edition is the model's own [`CheckReport`].

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

/// The editions that are checked if none is named.
const DEFAULT_EDITIONS: [&str; 3] = ["w3c-rec-2021-01-26", "w3c-rec-2025-03-13", "repaired"];

/// How editions are checked.
#[derive(Debug, Clone, Copy)]
pub struct Checking<'c> {
    /// The largest number of transports at one time.
    pub transports: usize,
    /// The chosen policies.
    pub choices: &'c Choices,
    /// The known counterexamples of published editions.
    pub known: &'c [KnownCounterexample],
}

/// An edition that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The result.
    pub report: CheckReport,
    /// The time that it took, in real time.
    pub elapsed: Duration,
}

impl Checking<'_> {
    /// Checks editions on all cores, and passes them to `give` in their order. `watch` is called
    /// now and then with the id of an edition and the number of its states that have been explored.
    ///
    /// # Errors
    ///
    /// If an edition can not be checked, and the first error of `give`.
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
        // No counterexamples of a draft are known.
        let known = if of.is_published { self.known } else { &[] };
        let (edition, transports) = (&of.edition, self.transports);
        let report = check_and_watch(edition, transports, self.choices, known, Arc::new(watch))?;
        let elapsed = begun.elapsed();
        Ok(Checked { report, elapsed })
    }
}

/// Returns the editions that a name means: the one with that name, every one that has an algorithm
/// for `all`, and both Recommendations and the repaired text if no name is given.
///
/// # Errors
///
/// If no edition has that name.
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
