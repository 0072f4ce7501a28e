//! Every scenario on webrtc-rs: one test for each file, with a readable snapshot of its trace.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

#[macro_use]
mod snapshot;

use std::fs;
use std::path::{Path, PathBuf};

use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate::run::deviations::KnownDeviations;
use peerstate::run::verdict::{Court, Judged};
use peerstate::scenario::{self, Scenario};
use peerstate_model::editions;
use peerstate_model::trace::Lanes;
use rstest::rstest;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios");

fn load(path: &Path) -> Scenario {
    let root = fs::canonicalize(ROOT).unwrap();
    let path = fs::canonicalize(path).unwrap();
    let id = path.strip_prefix(root).unwrap().with_extension("");
    let id = id.to_string_lossy().replace('\\', "/");
    let text = fs::read_to_string(&path).unwrap();
    scenario::parse(&path.to_string_lossy(), &id, &text)
        .unwrap_or_else(|refused| panic!("{refused}"))
}

fn judge(scenario: &Scenario) -> Judged {
    let text = include_str!("../known/webrtc-rs.yaml");
    let known = KnownDeviations::parse("known", text).unwrap();
    let court = Court {
        implementation: &WebrtcRs,
        edition: editions::edition(editions::DEFAULT_EDITION).unwrap(),
        known: &known,
        repeat: 2,
        seed: None,
    };
    court.judge(scenario).unwrap()
}

fn snapshot(judged: &Judged) -> String {
    let mut text = format!("{}: {}\n", judged.result, judged.title);
    if let Some(reason) = &judged.reason {
        text += &format!("{reason}\n");
    }
    for (finding, known) in &judged.findings {
        let known = if known.is_some() { " (known)" } else { "" };
        let (peer, first, count) = (&finding.peer, finding.first(), finding.count);
        let because = finding.because.map(|cause| format!(", because of {cause}"));
        text += &format!(
            "{} at {} ms, {peer}, {count}x{known}: {}{}\n",
            finding.rule,
            first.at,
            finding.message,
            because.unwrap_or_default()
        );
    }
    if let Some(trace) = &judged.trace {
        // A reviewer should see everything: nothing is cut.
        text += &format!("\n{}", trace.lanes(&Lanes::states(usize::MAX)));
    }
    text
}

#[rstest]
fn replays(#[files("../scenarios/**/*.yaml")] path: PathBuf) {
    let scenario = load(&path);
    let judged = judge(&scenario);
    let name = scenario.id.replace('/', "__");
    snapshot!("webrtc-rs__{name}", snapshot(&judged));
    assert!(!judged.result.is_unexpected(), "{}", snapshot(&judged));
}
