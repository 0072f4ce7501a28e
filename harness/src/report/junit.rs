//! A run as JUnit XML, which CI systems read.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Event, Reporter};
use crate::verdict::{Judged, Result};

/// Collects the run and writes one XML document at its end.
pub struct Junit<W> {
    out: W,
    suite: TestSuite,
}

impl<W: Write> Junit<W> {
    /// A reporter to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            suite: TestSuite::new("peerstate"),
        }
    }
}

impl<W: Write> Reporter for Junit<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started {
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
            Event::Judged { judged, .. } => {
                let mut case = TestCase::new(judged.scenario.clone(), status(judged));
                case.set_classname("peerstate");
                self.suite.add_test_case(case);
                Ok(())
            }
            Event::Finished(finished) => {
                for entry in finished.stale {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message("listed as known, and happens no more");
                    let name = format!("known: {} in {}", entry.rule, entry.scenarios.join(", "));
                    self.suite.add_test_case(TestCase::new(name, status));
                }
                let mut report = Report::new("peerstate");
                report.add_test_suite(self.suite.clone());
                // Into memory first: its error would hide that a pipe was closed.
                let xml = report.to_string().map_err(io::Error::other)?;
                writeln!(self.out, "{xml}")
            }
        }
    }
}

fn status(judged: &Judged) -> TestCaseStatus {
    let told: Vec<String> = judged
        .findings
        .iter()
        .filter(|(_, known)| known.is_none())
        .map(|(finding, _)| {
            format!(
                "{} at {} ms, {}: {}",
                finding.rule, finding.at, finding.peer, finding.message
            )
        })
        .chain(judged.reason.clone())
        .collect();
    let told = told.join("\n");
    match judged.result {
        Result::Pass | Result::Known => TestCaseStatus::success(),
        Result::Unsupported => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(told);
            status
        }
        Result::Fail | Result::Fixed => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_message(judged.result.to_string())
                .set_description(told);
            status
        }
        Result::Inconclusive | Result::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status
                .set_message(judged.result.to_string())
                .set_description(told);
            status
        }
    }
}
