//! A run as JUnit XML, which CI systems read.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Reporter, RunEvent};
use crate::run::verdict::{Judged, Result};
use peerstate_model::rules::Finding;

/// Collects the run and writes one XML document at its end.
pub struct Junit<W> {
    out: W,
    suite: TestSuite,
    elapsed: Duration,
}

impl<W: Write> Junit<W> {
    /// Returns a reporter that writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            suite: TestSuite::new("peerstate"),
            elapsed: Duration::ZERO,
        }
    }
}

impl<W: Write> Reporter for Junit<W> {
    fn event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        match event {
            RunEvent::Started {
                implementation,
                edition,
                ..
            } => {
                self.suite = TestSuite::new(format!(
                    "{} {} by {edition}",
                    implementation.name, implementation.version
                ));
                Ok(())
            }
            RunEvent::Judged { judged, trace_file } => {
                let mut case = TestCase::new(judged.scenario.clone(), status(judged));
                case.set_classname("peerstate");
                case.set_time(judged.elapsed);
                let lines = system_out(judged, *trace_file);
                if !lines.is_empty() {
                    case.set_system_out(lines.join("\n"));
                }
                self.elapsed += judged.elapsed;
                self.suite.add_test_case(case);
                Ok(())
            }
            RunEvent::Finished(finished) => {
                for stale in finished.stale {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(stale.to_string());
                    let name = format!("known: {}", stale.entry.name());
                    self.suite.add_test_case(TestCase::new(name, status));
                }
                let mut report = Report::new("peerstate");
                report.set_time(self.elapsed);
                self.suite.set_time(self.elapsed);
                report.add_test_suite(self.suite.clone());
                // Writing to memory first: its error would hide that a pipe was closed.
                let xml = report.to_string().map_err(io::Error::other)?;
                writeln!(self.out, "{xml}")
            }
        }
    }
}

fn status(judged: &Judged) -> TestCaseStatus {
    let unknown = judged.findings.iter().filter(|(_, known)| known.is_none());
    let known = judged.findings.iter().filter(|(_, known)| known.is_some());
    match judged.result {
        Result::Pass => TestCaseStatus::success(),
        // CI systems show a skipped test with its reason, and do not count it as passed.
        Result::Known => {
            let mut status = TestCaseStatus::skipped();
            let reasons = judged.deviations.iter().zip(&judged.known_reasons);
            let reasons: Vec<String> = reasons
                .map(|(name, reason)| format!("{name}: {reason}"))
                .collect();
            status
                .set_message(format!("known: {}", reasons.join(" ")))
                .set_description(describe(judged, known));
            status
        }
        Result::Unsupported => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(judged.reason.clone().unwrap_or_default());
            status
        }
        Result::Fail | Result::Fixed => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_message(judged.result.to_string())
                .set_description(describe(judged, unknown));
            status
        }
        Result::Inconclusive | Result::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status
                .set_message(judged.result.to_string())
                .set_description(describe(judged, unknown));
            status
        }
    }
}

/// Returns whether the expectations hold, what they assume, and the file of the trace.
fn system_out(judged: &Judged, trace_file: Option<&str>) -> Vec<String> {
    let mut lines = vec![format!("expectations: {}", judged.expectations.as_str())];
    for check in &judged.checks {
        if !check.assumed.is_empty() {
            let (line, peer) = (check.line, &check.peer);
            let assumed = check.assumed.join("; ");
            lines.push(format!("line {line}, {peer}: assumed: {assumed}"));
        }
    }
    lines.extend(trace_file.map(|file| format!("trace: {file}")));
    lines
}

/// Returns one line for each deviation, with its place in the trace.
fn describe<'j>(
    judged: &Judged,
    findings: impl Iterator<Item = &'j (Finding, Option<usize>)>,
) -> String {
    let lines = findings.map(|(finding, _)| {
        let first = finding.first();
        format!(
            "{}, {}, line {} of the trace, at {} ms: {}",
            finding.rule, finding.peer, first.line, first.at, finding.message
        )
    });
    let lines: Vec<String> = lines.chain(judged.reason.clone()).collect();
    lines.join("\n")
}
