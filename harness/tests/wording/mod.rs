//! Words that plain English does not need, and where sources have them: in comments, messages,
//! documents, and descriptions of scenarios.

use std::ffi::OsStr;
use std::path::Path;

/// Words and phrases, each with what to write instead.
const WORDS: &[(&str, &str)] = &[
    ("albeit", "although"),
    ("all the same", "still"),
    ("amongst", "among"),
    ("anew", "again"),
    ("as it were", "leave it out"),
    ("asks", "checks, requires"),
    ("but for", "except"),
    ("can not be had", "is not available"),
    ("cannot be had", "is not available"),
    ("for ever", "forever"),
    ("for want of", "without"),
    ("forthwith", "at once"),
    ("hence", "so"),
    ("henceforth", "from now on"),
    ("held against", "compared with"),
    ("hitherto", "so far"),
    ("in vain", "without a result"),
    ("left standing", "left"),
    ("lest", "so that … not"),
    ("may well", "may"),
    ("naught", "nothing"),
    ("none the less", "nevertheless"),
    ("nothing of", "no part of"),
    ("nought", "nothing"),
    ("of its own accord", "by itself"),
    ("of their own accord", "by themselves"),
    ("said of", "reported about"),
    ("save for", "except"),
    ("save that", "except that"),
    ("says of", "reports about"),
    ("speak of", "mention"),
    ("speaks of", "mentions"),
    ("stand", "is"),
    ("stands", "is"),
    ("stood", "was"),
    ("taken for", "treated as"),
    ("taken to be", "treated as"),
    ("tell", "report, distinguish"),
    ("telling", "reporting, distinguishing"),
    ("tells", "reports, distinguishes"),
    ("thence", "from there"),
    ("thereby", "so"),
    ("therefrom", "from it"),
    ("therein", "in it"),
    ("thereof", "of it"),
    ("thereto", "to it"),
    ("thereupon", "then"),
    ("told", "reported, distinguished"),
    ("upon", "on"),
    ("whatsoever", "leave it out"),
    ("whence", "from where"),
    ("whereby", "by which"),
    ("wherein", "in which"),
    ("whereof", "of which"),
    ("whereupon", "and then"),
    ("whilst", "while"),
    ("whoever", "a person who"),
];

/// What may follow "is no": a comparison, which "is not a" does not replace.
const COMPARED: [&str; 7] = [
    "better", "fewer", "further", "less", "longer", "more", "worse",
];

/// How a language has comments, each with its beginning and its end, and texts in quotes.
struct Language {
    comments: &'static [(&'static str, &'static str)],
    quotes: &'static [char],
}

const RUST: Language = Language {
    comments: &[("//", "\n")],
    quotes: &['"'],
};

const JAVASCRIPT: Language = Language {
    comments: &[("//", "\n"), ("/*", "*/")],
    quotes: &['"', '\'', '`'],
};

const PYTHON: Language = Language {
    comments: &[("#", "\n"), ("\"\"\"", "\"\"\"")],
    quotes: &['"', '\''],
};

/// A word of prose in lower case, with its line, from 1. An empty word separates two sentences, or
/// takes the place of code.
type Word = (usize, String);

/// Returns a line for each place that should be worded in another way: the place, the words, and
/// what to write.
pub(crate) fn unplain(name: &str, text: &str) -> Vec<String> {
    let extension = Path::new(name).extension().and_then(OsStr::to_str);
    let prose = match extension.unwrap_or_default() {
        "rs" => prose_of(&RUST, text),
        "js" | "mjs" => prose_of(&JAVASCRIPT, text),
        "py" => prose_of(&PYTHON, text),
        _ => words(1, text),
    };
    let mut found = Vec::new();
    for place in 0..prose.len() {
        let (line, _) = prose[place];
        let here = &prose[place..];
        let written = WORDS.iter().filter(|(phrase, _)| begins(here, phrase));
        found.extend(
            written.map(|(phrase, other)| format!("{name}:{line}: `{phrase}`; write: {other}")),
        );
        let before = place.checked_sub(1).map(|place| prose[place].1.as_str());
        if before != Some("there") && denies_a_noun(here) {
            found.push(format!("{name}:{line}: `is no …`; write: is not a …"));
        }
    }
    found
}

fn begins(prose: &[Word], phrase: &str) -> bool {
    let mut here = prose.iter().map(|(_, word)| word.as_str());
    phrase.split(' ').all(|word| here.next() == Some(word))
}

fn denies_a_noun(prose: &[Word]) -> bool {
    let mut here = prose.iter().map(|(_, word)| word.as_str());
    let verb = here.next().unwrap_or_default();
    ["is", "are", "was", "were"].contains(&verb)
        && here.next() == Some("no")
        && here
            .next()
            .is_some_and(|next| !next.is_empty() && !COMPARED.contains(&next))
}

/// The words of some lines, without the code in backticks.
fn words(first_line: usize, text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for (line, text) in (first_line..).zip(text.lines()) {
        for (place, part) in text.split('`').enumerate() {
            if place > 0 {
                words.push((line, String::new()));
            }
            if place % 2 == 1 {
                continue;
            }
            for word in part.split_whitespace() {
                let letters = word.trim_matches(|c: char| !c.is_alphanumeric());
                // A comment or quote that goes on begins its lines with a mark.
                if letters.is_empty()
                    && ["//", "///", "//!", "/**", "*", "#", ">", "\\"].contains(&word)
                {
                    continue;
                }
                words.push((line, letters.to_lowercase()));
                if word.ends_with(['.', ',', ';', ':', '!', '?', ')']) {
                    words.push((line, String::new()));
                }
            }
        }
    }
    words
}

/// The words of the comments and texts of a source. Places of formats, such as `{name}`, are left
/// out.
fn prose_of(language: &Language, source: &str) -> Vec<Word> {
    let mut prose = Vec::new();
    let (mut place, mut line) = (0, 1);
    while let Some(next) = source[place..].chars().next() {
        let rest = &source[place..];
        let after_name = source[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let length = if let Some(length) = comment_at(language, rest) {
            prose.extend(words(line, &rest[..length]));
            length
        } else if let Some((text, length)) = text_at(language, rest, after_name) {
            prose.extend(words(line, &without_places(text)));
            prose.push((line, String::new()));
            length
        } else if rest.starts_with("'\\") {
            let end = rest.get(3..).and_then(|rest| rest.find('\''));
            end.map_or(1, |end| end + 4)
        } else if rest.starts_with("'\"'") {
            3
        } else {
            next.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        place += length;
    }
    prose
}

/// How long the comment is with which the source begins, if it begins with one.
fn comment_at(language: &Language, source: &str) -> Option<usize> {
    let mut comments = language.comments.iter();
    let (begin, end) = comments.find(|(begin, _)| source.starts_with(begin))?;
    let text = &source[begin.len()..];
    let length = text
        .find(end)
        .map(|length| begin.len() + length + end.len());
    Some(length.unwrap_or(source.len()))
}

/// The text with which the source begins, if it begins with one, and how long it is with its quotes.
fn text_at<'s>(language: &Language, source: &'s str, after_name: bool) -> Option<(&'s str, usize)> {
    let raw = source.strip_prefix('r').filter(|_| !after_name);
    let hashes = raw.map_or(0, |raw| raw.len() - raw.trim_start_matches('#').len());
    if let Some(text) = raw.and_then(|raw| raw[hashes..].strip_prefix('"')) {
        let end = format!("\"{}", "#".repeat(hashes));
        let length = text.find(&end)?;
        return Some((&text[..length], 1 + hashes + 1 + length + end.len()));
    }
    let text = source.strip_prefix(language.quotes)?;
    let quote = source.chars().next()?;
    let mut is_escaped = false;
    let length = text.find(|c| {
        let ends = c == quote && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })?;
    Some((&text[..length], length + 2))
}

fn without_places(text: &str) -> String {
    let mut parts = text.split('{');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, after) = part.split_once('}').unwrap_or((part, ""));
        kept.push_str(" _ ");
        // Lines keep their numbers.
        kept.push_str(&"\n".repeat(place.matches('\n').count()));
        kept.push_str(after);
    }
    kept
}

#[test]
fn words_are_found_in_comments_texts_and_documents() {
    let found = |name: &str, text: &str| -> Vec<usize> {
        let found = unplain(name, text);
        let line = |found: &String| found.split(':').nth(1)?.parse().ok();
        found.iter().filter_map(line).collect()
    };
    for (line, text) in [
        (1, "/// Reads it anew."),
        (2, "let x = 1;\n// This is no answer."),
        (2, "//! It must not be\n//! taken\n// for another."),
        (1, "//! It is held\n//! against the model."),
        (
            3,
            "let x = \"a \\\"quoted\\\" text,\n \\\n which tells it\";",
        ),
        (1, "f(r#\"a \"raw\" text, whereby it\"#);"),
        (1, "f('\\'', \"for want of\")"),
        (1, "f('\"', \"for want of\")"),
    ] {
        assert_eq!(found("x.rs", text), [line], "{text}");
    }
    for (line, text) in [
        (2, "/**\n * This is\n * no answer.\n */"),
        (1, "const x = 'which tells it'; // fine"),
        (2, "const x = `a ${place}\nwhereby it`;"),
    ] {
        assert_eq!(found("x.mjs", text), [line], "{text}");
    }
    for (line, text) in [
        (3, "\"\"\"A document.\n\nIt is no \"answer\".\"\"\"\n"),
        (1, "x = 'a'  # Hence it is."),
    ] {
        assert_eq!(found("x.py", text), [line], "{text}");
    }
    assert_eq!(
        found("x.yaml", "title: x\nabout: >\n  All\n  the same.\n"),
        [3]
    );
    assert_eq!(found("x.md", "# A\n\nIt stands there, and asks."), [3, 3]);
}

#[test]
fn code_and_what_only_looks_alike_are_not_found() {
    for text in [
        "let told = asks(stands);",
        "assert!(x, \"{told}: {}\", told);",
        "/// `told` is what was `asked`, and `asks` too.",
        "// There is no answer. It is no longer there.",
        "// It is. No answer is there.",
        "let r = r\"x\"; let told = 'r'; // fine",
        "fn f<'a>(told: &'a str) {}",
    ] {
        assert_eq!(unplain("x.rs", text), [""; 0], "{text}");
    }
}
