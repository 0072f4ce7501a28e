//! Adapters that are installed: whether they keep the protocol, and what they give in a few scenarios.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::path::Path;
use std::time::Duration;

use peerstate::adapter::check::{Outcome, check};
use peerstate::adapter::{Adapter, CommandLine};
use peerstate::run::deviations::KnownDeviations;
use peerstate::run::verdict::{Court, Judged};
use peerstate::scenario::suite;
use peerstate_model::editions;

/// How long an adapter may take to answer.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

/// Whether `PEERSTATE_ADAPTERS` names an adapter, so that it must be tested.
pub(crate) fn is_named(name: &str) -> bool {
    let named = std::env::var("PEERSTATE_ADAPTERS").unwrap_or_default();
    named.split(',').any(|one| one.trim() == name)
}

/// Asserts that an adapter makes no mistake in the protocol.
pub(crate) fn assert_keeps_the_protocol(command: &CommandLine) {
    let all = check(command, TIMEOUT, |_| {}).unwrap();
    let mistakes: Vec<_> = all
        .iter()
        .filter(|one| matches!(one.outcome, Outcome::Mistake(_)))
        .collect();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
}

/// Runs scenarios against an adapter, and judges them with its list of known deviations.
pub(crate) fn judged(name: &str, command: CommandLine, scenarios: &[&str]) -> Vec<Judged> {
    let adapter = Adapter::open(command, TIMEOUT).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("known/{name}.yaml"));
    let text = std::fs::read_to_string(&file).unwrap();
    let known = KnownDeviations::parse(&file.to_string_lossy(), &text).unwrap();
    let court = Court {
        implementation: &adapter,
        edition: editions::edition(editions::DEFAULT_EDITION).unwrap(),
        known: &known,
        repeat: 1,
        seed: None,
    };
    let suite = suite::embedded().unwrap();
    let chosen = suite
        .iter()
        .filter(|one| scenarios.contains(&one.id.as_str()));
    let judged: Vec<_> = chosen.map(|one| court.judge(one).unwrap()).collect();
    assert_eq!(judged.len(), scenarios.len());
    judged
}
