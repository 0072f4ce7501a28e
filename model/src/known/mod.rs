//! What is known to be wrong with the published editions, each with a reason and the public reports:
//! the findings of [`lint`](crate::lint) and the counterexamples of [`machine`](crate::machine).

mod counterexamples;
mod findings;

pub use counterexamples::{KnownCounterexample, KnownError, known_counterexamples};
pub use findings::{Explanation, KnownFinding, KnownFindings, KnownFindingsError, Subject, known};
