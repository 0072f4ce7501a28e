//! Lines for people: wrapped to the width that there is, and commands to copy.

use std::io::{self, Write};

use peerstate_model::input::names;
use peerstate_model::trace;

/// Writes a text behind an indent, wrapped between words; whatever a terminal would obey is escaped.
///
/// # Errors
///
/// When nothing can be written.
pub(crate) fn paragraph(
    out: &mut dyn Write,
    indent: usize,
    text: &str,
    width: usize,
) -> io::Result<()> {
    for line in trace::wrap(text, width.saturating_sub(indent)) {
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

/// The name of a file as an argument that can be copied into a shell.
pub(crate) fn argument(file: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    let shown = names::printable(file);
    if !shown.is_empty() && shown.chars().all(is_plain) {
        return shown;
    }
    format!("'{}'", shown.replace('\'', r"'\''"))
}

/// A number and a noun, in the singular where it is one.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("traces/ice/cut.jsonl", "traces/ice/cut.jsonl")]
    #[case("my trace.jsonl", "'my trace.jsonl'")]
    #[case("it's", r"'it'\''s'")]
    #[case("a\u{1b}b", r"'a\u{1b}b'")]
    #[case("", "''")]
    fn a_file_is_quoted_for_the_shell(#[case] file: &str, #[case] shown: &str) {
        assert_eq!(argument(file), shown);
    }

    #[test]
    fn a_paragraph_is_indented_and_wrapped() {
        let mut out = Vec::new();
        paragraph(&mut out, 2, "one two\u{7} three", 16).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(shown, "  one two\\u{7}\n    three\n");
    }
}
