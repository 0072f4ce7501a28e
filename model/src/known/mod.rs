//! What is known to be wrong with the published editions, each with a reason and the public reports:
//! the findings of [`lint`](crate::lint) and the counterexamples of [`machine`](crate::machine).

pub mod counterexamples;
pub mod findings;
