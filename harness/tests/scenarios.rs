//! Every scenario on webrtc-rs: one test for each file, with a readable snapshot of its trace.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

#[macro_use]
mod snapshot;

use std::path::{Path, PathBuf};

use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate::run::deviations::NamedList;
use peerstate::run::verdict::{Court, Judged};
use peerstate::scenario::Scenario;
use peerstate::scenario::suite::Suite;
use peerstate_model::editions;
use peerstate_model::trace::Lanes;
use rstest::rstest;

fn load(path: &Path) -> Scenario {
    let selected = Suite::embedded().select(&[path.to_str().unwrap().to_owned()]);
    let mut selected = selected.unwrap_or_else(|refused| panic!("{refused}"));
    selected.remove(0)
}

fn judge(scenario: &Scenario) -> Judged {
    let court = Court {
        implementation: &WebrtcRs,
        edition: editions::edition(editions::DEFAULT_EDITION).unwrap(),
        known: &NamedList::of(&WebrtcRs, None).unwrap().known,
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
