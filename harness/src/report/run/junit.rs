//! A run as JUnit XML, which CI systems read.

use std::io::{self, Write};
use std::time::Duration;

use peerstate_model::trace::Implementation;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Ran;
use crate::report::finding::deviations;
use crate::run::verdict::{Judged, Result};

/// Writes the XML document.
///
/// # Errors
///
/// When nothing can be written.
pub fn write(out: &mut dyn Write, ran: &Ran<'_>) -> io::Result<()> {
    let Implementation { name, version } = ran.implementation;
    let mut suite = TestSuite::new(format!("{name} {version} by {}", ran.edition));
    for judged in ran.judged {
        let mut case = TestCase::new(judged.scenario.clone(), status(judged));
        case.set_classname("peerstate");
        case.set_time(judged.elapsed);
        case.set_system_out(system_out(judged, ran.trace_file(judged)).join("\n"));
        suite.add_test_case(case);
    }
    for stale in ran.stale {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(stale.to_string());
        let name = format!("known: {}", stale.entry.name());
        suite.add_test_case(TestCase::new(name, status));
    }
    let elapsed: Duration = ran.judged.iter().map(|judged| judged.elapsed).sum();
    suite.set_time(elapsed);
    let mut report = Report::new("peerstate");
    report.set_time(elapsed);
    report.add_test_suite(suite);
    // Into memory first: its error would hide that a pipe was closed.
    let xml = report.to_string().map_err(io::Error::other)?;
    writeln!(out, "{xml}")
}

fn status(judged: &Judged) -> TestCaseStatus {
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
                .set_description(describe(judged, true));
            status
        }
        Result::Unsupported => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(judged.reason.clone().unwrap_or_default());
            status
        }
        Result::Fail | Result::Fixed => unexpected(judged, NonSuccessKind::Failure),
        Result::Inconclusive | Result::Error => unexpected(judged, NonSuccessKind::Error),
    }
}

fn unexpected(judged: &Judged, kind: NonSuccessKind) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status
        .set_message(judged.result.to_string())
        .set_description(describe(judged, false));
    status
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

/// The deviations that are known, or those that are not, and why the scenario has its result.
fn describe(judged: &Judged, is_known: bool) -> String {
    let mut lines = Vec::new();
    for deviation in deviations(&judged.findings_known(is_known)) {
        lines.push(deviation.finding.rule.to_owned());
        let see = deviation.spec().map(|spec| format!("see {spec}"));
        let said = deviation.said().into_iter().chain(see);
        let said = said.chain(deviation.consequences(false));
        lines.extend(said.map(|line| format!("  {line}")));
    }
    lines.extend(judged.reason.clone());
    lines.join("\n")
}
