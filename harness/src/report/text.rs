//! Text for every report: a number with a noun, text wrapped or cut to the available width, and
//! commands to copy.

use std::io::{self, Write};

use peerstate_model::input::names;
use peerstate_model::trace;

/// Writes an indented text, wrapped between words. Characters that a terminal would interpret are
/// escaped.
///
/// # Errors
///
/// If the output can not be written.
pub fn paragraph(out: &mut dyn Write, indent: usize, text: &str, width: usize) -> io::Result<()> {
    for line in trace::wrap(text, width.saturating_sub(indent)) {
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

/// Returns a word of a command line in printable form, quoted if a shell would split it.
#[must_use]
pub fn argument(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=,:@%".contains(c);
    let word = names::printable(word);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word;
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Returns a number and a noun, in the singular if the number is one.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

/// Returns a text cut to a number of columns, with `…` where it was cut.
#[must_use]
pub fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    match columns.checked_sub(1) {
        None => String::new(),
        Some(kept) => {
            let kept: String = text.chars().take(kept).collect();
            format!("{}…", kept.trim_end())
        }
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
    #[case("my scenarios/x.yaml", "'my scenarios/x.yaml'")]
    fn a_word_is_quoted_where_a_shell_needs_it(#[case] word: &str, #[case] quoted: &str) {
        assert_eq!(argument(word), quoted);
    }

    #[rstest]
    #[case("connected", 9, "connected")]
    #[case("connected", 8, "connect…")]
    #[case("is connected", 4, "is…")]
    #[case("connected", 1, "…")]
    #[case("connected", 0, "")]
    fn a_text_is_cut_to_its_columns(#[case] text: &str, #[case] columns: usize, #[case] cut: &str) {
        assert_eq!(super::cut(text, columns), cut);
    }

    #[test]
    fn a_paragraph_is_indented_and_wrapped() {
        let mut out = Vec::new();
        paragraph(&mut out, 2, "one two\u{7} three", 16).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(shown, "  one two\\u{7}\n    three\n");
    }
}
