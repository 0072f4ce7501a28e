//! The adapters of this project: each that is installed keeps the protocol, and gives the listed results.
//!
//! An adapter that is not installed is skipped, and the test prints how to install it. Where
//! `PEERSTATE_ADAPTERS` names it, as in `PEERSTATE_ADAPTERS=aiortc,werift`, it must be installed.
#![cfg(all(feature = "adapter", unix))]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod installed;

use std::path::Path;

use peerstate::adapter::CommandLine;
use peerstate::run::verdict::Judged;
use rstest::rstest;

/// A connection, one that is closed, and one whose handshake fails. They are the shortest of their
/// kind: the clock is real.
const SCENARIOS: [&str; 3] = [
    "after-close/get-stats",
    "dtls/offer-setup-active",
    "dtls/wrong-fingerprint-in-answer",
];

/// The command of an adapter; `None` where it is not installed, and need not be.
fn command(name: &str) -> Option<CommandLine> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("adapters");
    // Written once the installation is complete.
    let is_installed = ["node_modules", ".venv", ".build"]
        .iter()
        .any(|kind| folder.join(name).join(kind).join(".installed").exists());
    assert!(
        is_installed || !installed::is_named(name),
        "PEERSTATE_ADAPTERS names {name}, which is not installed: harness/adapters/run {name} --install"
    );
    if !is_installed {
        eprintln!(
            "skipped: {name} is not installed; `harness/adapters/run {name} --install` installs it"
        );
        return None;
    }
    let run = folder.join("run");
    let words = format!("'{}' {name}", run.to_str().unwrap());
    Some(CommandLine::parse(&words).unwrap())
}

#[rstest]
#[case("aiortc")]
#[case("node-datachannel")]
#[case("pion")]
#[case("werift")]
#[case("wrtc")]
fn it_keeps_the_protocol(#[case] name: &str) {
    let Some(command) = command(name) else {
        return;
    };
    installed::assert_keeps_the_protocol(&command);
}

/// Which deviations a run shows may depend on the time; that all of them are listed may not.
#[rstest]
#[case("aiortc")]
#[case("node-datachannel")]
#[case("pion")]
#[case("werift")]
#[case("wrtc")]
fn it_gives_the_listed_results(#[case] name: &str) {
    let Some(command) = command(name) else {
        return;
    };
    let judged = installed::judged(name, command, &SCENARIOS);
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
