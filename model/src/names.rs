//! Names in messages: the nearest known one, and a length that a terminal can bear.

use std::fmt;

/// The known name nearest to one that was read, shown as `, did you mean …?`, or as nothing.
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

/// The known name that `found` is most likely a slip of, if any is near enough.
///
/// Near enough: the same but for upper and lower case, or at most a third of its letters (and
/// never fewer than one) inserted, deleted, replaced or swapped.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Suggestion {
    let lower = shorten(found).to_lowercase();
    let limit = (lower.chars().count() / 3).max(1);
    // Nothing is no slip of anything.
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

/// `text` cut to a length that fits a message, with `…` where it was cut, and with control
/// characters escaped.
#[must_use]
pub fn shorten(text: &str) -> String {
    const LONGEST_CHARS: usize = 60;
    let mut shown: String = text.chars().take(LONGEST_CHARS).flat_map(escape).collect();
    if text.chars().nth(LONGEST_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// `text` with everything escaped that a terminal would obey instead of show: control characters,
/// line feeds among them, and the characters that end a line or turn the direction of writing.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().flat_map(escape).collect()
}

fn escape(character: char) -> Vec<char> {
    let is_obeyed = character.is_control()
        || matches!(
            character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        );
    if is_obeyed {
        character.escape_default().collect()
    } else {
        vec![character]
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            printable("\u{1b}[1m\n\u{9b}\u{202e}"),
            "\\u{1b}[1m\\n\\u{9b}\\u{202e}"
        );
        assert_eq!(printable("“été” 状態"), "“été” 状態");
    }
}
