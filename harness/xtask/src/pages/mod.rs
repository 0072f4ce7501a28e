//! The pages under `docs/` that are generated.

pub(crate) mod findings;
pub(crate) mod lint;
pub(crate) mod mutants;
pub(crate) mod policies;
pub(crate) mod rules;

/// Returns a link to a report such as `w3c/webrtc-pc#2817`, or to an address.
fn link(report: &str) -> String {
    if report.starts_with("https://") {
        return format!("<{report}>");
    }
    match report.split_once('#') {
        Some((repository, number)) => {
            format!("[{report}](https://github.com/{repository}/issues/{number})")
        }
        None => report.to_owned(),
    }
}
