//! Names in messages: the nearest known one, and a length that a terminal can bear.

use std::fmt;

/// The known name nearest to one that was read, shown as `, did you mean …?`; empty if none is
/// near.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestion(pub Option<String>);

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => write!(f, ", did you mean `{name}`?"),
            None => Ok(()),
        }
    }
}

/// The known name that `found` most likely misspells, if any is near enough.
///
/// Near enough: equal except for upper and lower case, or at most a third of its letters (and never
/// fewer than one) inserted, deleted, replaced or swapped.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Suggestion {
    let lower = shorten(found).to_lowercase();
    let limit = (lower.chars().count() / 3).max(1);
    // An empty name misspells no other.
    if lower.is_empty() {
        return Suggestion(None);
    }
    let best = known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&lower, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min();
    Suggestion(best.map(|(_, name)| name.to_owned()))
}

/// `text` cut to a length that fits a message, with `…` where it was cut, and fit to print.
#[must_use]
pub fn shorten(text: &str) -> String {
    const LONGEST_CHARS: usize = 60;
    match text.char_indices().nth(LONGEST_CHARS) {
        None => printable(text),
        Some((end, _)) => printable(text.get(..end).unwrap_or_default()) + "…",
    }
}

/// `text` as one line that a terminal only shows.
///
/// Every character that a terminal obeys, or that breaks or reorders the line, is escaped as Rust
/// writes it: `\n`, `\u{1b}`, `\u{202e}`. Of text that comes from a file (titles, notes, names,
/// errors, the file's own name) print only this.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_plain(character) {
            shown.push(character);
        } else {
            shown.extend(character.escape_default());
        }
    }
    shown
}

/// Whether a character is shown in its place and has no other effect.
const fn is_plain(character: char) -> bool {
    !matches!(
        character,
        // The control characters C0 and C1, and DEL between them.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Marks that say in which direction text runs, and overrides of it.
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // Separators of lines and paragraphs.
        | '\u{2028}' | '\u{2029}'
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_finds_none() {
        let known = ["alice", "bob"];
        assert_eq!(
            nearest("alcie", known),
            Suggestion(Some("alice".to_owned()))
        );
        assert_eq!(nearest("Bob", known), Suggestion(Some("bob".to_owned())));
        assert_eq!(nearest("zebra", known), Suggestion(None));
    }

    #[test]
    fn long_and_unprintable_text_is_made_fit_to_print() {
        assert_eq!(shorten("a\u{0}b"), "a\\u{0}b");
        assert_eq!(shorten(&"x".repeat(1000)).chars().count(), 61);
        assert_eq!(shorten(&"ü".repeat(60)), "ü".repeat(60));
    }

    #[rstest]
    #[case("ein Titel, “quoted” – 好", "ein Titel, “quoted” – 好")]
    #[case("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}")]
    #[case("two\nlines\r\tand a tab", "two\\nlines\\r\\tand a tab")]
    #[case("C1 \u{9b}31m", "C1 \\u{9b}31m")]
    #[case("\u{202e}gnp.exe", "\\u{202e}gnp.exe")]
    #[case("a\u{2028}b\u{2029}c\u{200f}d", "a\\u{2028}b\\u{2029}c\\u{200f}d")]
    fn what_a_terminal_would_obey_is_escaped(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(printable(text), shown);
    }
}
