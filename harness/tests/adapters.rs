//! The adapters of this project: each that is installed keeps the protocol, and gives the listed results.
//!
//! An adapter that is not installed is skipped, and the test prints how to install it. Where
//! `PEERSTATE_ADAPTERS` names it, as in `PEERSTATE_ADAPTERS=aiortc,werift`, it must be installed.
#![cfg(all(feature = "adapter", unix))]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use peerstate::adapter::check::{Outcome, check};
use peerstate::adapter::{Adapter, CommandLine};
use peerstate::run::deviations::KnownDeviations;
use peerstate::run::verdict::{Court, Judged};
use peerstate::scenario::suite;
use peerstate_model::editions;
use rstest::rstest;

/// A connection, one that is closed, and one whose handshake fails. They are the shortest of their
/// kind: the clock is real.
const SCENARIOS: [&str; 3] = [
    "after-close/get-stats",
    "dtls/offer-setup-active",
    "dtls/wrong-fingerprint-in-answer",
];

const TIMEOUT: Duration = Duration::from_secs(20);

fn folder(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(of)
}

/// The command of an adapter; `None` where it is not installed, and need not be.
fn installed(name: &str) -> Option<CommandLine> {
    let of = folder("adapters").join(name);
    // Written once the installation is complete.
    let is_installed = ["node_modules", ".venv"]
        .iter()
        .any(|kind| of.join(kind).join(".installed").exists());
    let required = std::env::var("PEERSTATE_ADAPTERS").unwrap_or_default();
    let is_required = required.split(',').any(|one| one.trim() == name);
    assert!(
        is_installed || !is_required,
        "PEERSTATE_ADAPTERS names {name}, which is not installed: harness/adapters/run {name} --install"
    );
    if !is_installed {
        eprintln!(
            "skipped: {name} is not installed; `harness/adapters/run {name} --install` installs it"
        );
        return None;
    }
    let run = folder("adapters/run");
    let command = format!("'{}' {name}", run.to_str().unwrap());
    Some(CommandLine::parse(&command).unwrap())
}

fn known(name: &str) -> KnownDeviations {
    let file = folder("known").join(format!("{name}.yaml"));
    let text = std::fs::read_to_string(&file).unwrap();
    KnownDeviations::parse(&file.to_string_lossy(), &text).unwrap()
}

#[rstest]
#[case("aiortc")]
#[case("node-datachannel")]
#[case("werift")]
#[case("wrtc")]
fn it_keeps_the_protocol(#[case] name: &str) {
    let Some(command) = installed(name) else {
        return;
    };
    let all = check(&command, TIMEOUT, |_| {}).unwrap();
    let mistakes: Vec<_> = all
        .iter()
        .filter(|one| matches!(one.outcome, Outcome::Mistake(_)))
        .collect();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
}

/// Which deviations a run shows may depend on the time; that all of them are listed may not.
#[rstest]
#[case("aiortc")]
#[case("node-datachannel")]
#[case("werift")]
#[case("wrtc")]
fn it_gives_the_listed_results(#[case] name: &str) {
    let Some(command) = installed(name) else {
        return;
    };
    let adapter = Adapter::open(command, TIMEOUT).unwrap();
    let known = known(name);
    let court = Court {
        implementation: &adapter,
        edition: editions::edition(editions::DEFAULT_EDITION).unwrap(),
        known: &known,
        repeat: 1,
        seed: None,
    };
    let suite = suite::embedded().unwrap();
    let scenarios = suite
        .iter()
        .filter(|one| SCENARIOS.contains(&one.id.as_str()));
    let judged: Vec<_> = scenarios.map(|one| court.judge(one).unwrap()).collect();
    assert_eq!(judged.len(), SCENARIOS.len());
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(format!("adapters__{name}"), shown(&judged));
    });
}

/// A line for each scenario, and one for each finding that is not known.
fn shown(judged: &[Judged]) -> String {
    let mut text = String::new();
    for one in judged {
        let (scenario, result, expectations) =
            (&one.scenario, one.result, one.expectations.as_str());
        text += &format!("{scenario}: {result}, expectations {expectations}\n");
        for finding in one.findings_known(false) {
            text += &format!("  {}: {}\n", finding.rule, finding.message);
        }
    }
    text
}
