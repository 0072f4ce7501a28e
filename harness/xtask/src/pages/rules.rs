//! `docs/rules.md`: every rule, with a trace that breaks it.

use std::fmt::Write;

use peerstate_model::rules::{self, RULES};

/// Returns the page.
#[must_use]
pub(crate) fn page() -> String {
    let mut page =
        "# The rules\n\nGenerated from `model/src/rules`; `peerstate explain RULE` explains a rule.\n"
            .to_owned();
    // Writing to a string does not fail.
    for rule in RULES {
        let (id, requirement, editions) = (rule.id, rule.requirement, rule.editions.describe());
        let _ = write!(page, "\n## {id}\n\n{requirement} ({})\n\n", rule.level);
        let _ = write!(page, "Why: {}\n\nSection: <{}>\n\n", rule.why, rule.spec);
        let _ = writeln!(page, "Editions: {editions}.");
        if let Some(example) = rules::breaking_example(rule.id) {
            let _ = write!(page, "\nA trace that breaks it:\n\n```json\n{example}```\n");
        }
    }
    page
}
