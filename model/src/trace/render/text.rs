//! Text that fits into columns.

use unicode_width::UnicodeWidthChar;

use crate::input::names::printable;

/// `text` cut to so many columns, unprintable characters escaped; `…` marks the cut.
#[must_use]
pub fn fit(text: &str, columns: usize) -> String {
    cut(&printable(text), columns)
}

/// The most columns that a text takes: some terminals draw a sequence of characters as one.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(character: char) -> usize {
    /// This character makes the one before it an emoji, which is wider.
    const EMOJI_FOLLOWS: char = '\u{fe0f}';
    if character == EMOJI_FOLLOWS {
        return 1;
    }
    character.width().unwrap_or(1)
}

/// The text, cut to so many columns.
pub(super) fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let Some(before) = width.checked_sub(1) else {
        return String::new();
    };
    let (start, _) = split(text, before);
    format!("{start}…")
}

/// The text, filled with spaces up to so many columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(columns(text));
    format!("{text}{}", " ".repeat(missing))
}

/// `text` in lines of so many columns, unprintable characters escaped. Lines break between words
/// where there are any, and those after the first are indented.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    const INDENT: &str = "  ";
    let text = printable(text);
    // The widest character and the indent fit in any case.
    let width = columns.max(INDENT.len() + 2);
    let mut lines = Vec::new();
    let mut rest = text.as_str();
    loop {
        let indent = if lines.is_empty() { "" } else { INDENT };
        let room = width - indent.len();
        if self::columns(rest) <= room {
            lines.push(format!("{indent}{rest}"));
            return lines;
        }
        let (start, _) = split(rest, room);
        let words = rest.get(..=start.len()).unwrap_or(start).rfind(' ');
        let end = words.filter(|end| *end > 0).unwrap_or(start.len());
        let (line, after) = rest.split_at(end);
        lines.push(format!("{indent}{line}"));
        rest = after.trim_start_matches(' ');
    }
}

/// The longest start of the text that has at most so many columns, and the rest.
fn split(text: &str, width: usize) -> (&str, &str) {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, character)| {
        taken += columns_of(*character);
        taken > width
    });
    text.split_at(end.map_or(text.len(), |(place, _)| place))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("abc", 3, "abc")]
    #[case("abcd", 3, "ab…")]
    #[case("状態", 4, "状態")]
    #[case("状態", 3, "状…")]
    #[case("状態", 2, "…")]
    #[case("abc", 0, "")]
    #[case("a\nb", 9, "a\\nb")]
    fn text_is_cut_by_columns(#[case] text: &str, #[case] width: usize, #[case] shown: &str) {
        assert_eq!(fit(text, width), shown);
    }

    #[rstest]
    #[case("one two three", 20, &["one two three"])]
    #[case("one two three", 7, &["one two", "  three"])]
    #[case("one two three", 8, &["one two", "  three"])]
    #[case("abcdefghij", 6, &["abcdef", "  ghij"])]
    #[case("状態状態", 1, &["状態", "  状", "  態"])]
    #[case("a\nb c", 4, &["a\\nb", "  c"])]
    fn text_is_wrapped_between_words(
        #[case] text: &str,
        #[case] width: usize,
        #[case] lines: &[&str],
    ) {
        assert_eq!(wrap(text, width), lines);
    }
}
