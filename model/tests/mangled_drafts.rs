//! Editions mangled at random: every refusal names a line, and nothing panics.

use peerstate_model::editions::load_draft;
use peerstate_model::lint::lint;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const TEXTS: [&str; 4] = [
    include_str!("../editions/repaired.yaml"),
    include_str!("../editions/w3c-2016-04-14.yaml"),
    include_str!("../editions/mdn-fr.yaml"),
    include_str!("../editions/devdocs-ice.yaml"),
];

/// Texts that may be typed into a file by mistake: marks of YAML, words of the format, control
/// characters.
const SLIPS: [&str; 26] = [
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "? ",
    "&a ",
    "*a ",
    "|",
    ">",
    "!x ",
    "#",
    "%",
    "\"",
    "'",
    "~",
    "true",
    "closed",
    "otherwise",
    "unspecified",
    "{is: one_task, quote: q}",
    "\n",
    "  ",
    "\u{2028}",
    "\u{7}",
];

/// One mistake in a text.
#[derive(Debug, Clone)]
enum Slip {
    /// Something is typed.
    Insert(Index, &'static str),
    /// A few characters are lost.
    Lose(Index, usize),
    /// A line is lost.
    LoseLine(Index),
    /// A line is pasted somewhere.
    PasteLine(Index, Index),
}

fn slip() -> impl Strategy<Value = Slip> {
    prop_oneof![
        (any::<Index>(), select(SLIPS.to_vec())).prop_map(|(at, what)| Slip::Insert(at, what)),
        (any::<Index>(), 1..20_usize).prop_map(|(at, count)| Slip::Lose(at, count)),
        any::<Index>().prop_map(Slip::LoseLine),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Slip::PasteLine(from, to)),
    ]
}

fn mangle(text: &str, slip: &Slip) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut lines: Vec<&str> = text.lines().collect();
    match slip {
        _ if characters.is_empty() || lines.is_empty() => String::new(),
        Slip::Insert(at, what) => {
            let (before, after) = characters.split_at(at.index(characters.len()));
            let (before, after): (String, String) =
                (before.iter().collect(), after.iter().collect());
            format!("{before}{what}{after}")
        }
        Slip::Lose(at, count) => {
            let at = at.index(characters.len());
            let kept = characters
                .iter()
                .take(at)
                .chain(characters.iter().skip(at + count));
            kept.collect()
        }
        Slip::LoseLine(at) => {
            lines.remove(at.index(lines.len()));
            lines.join("\n")
        }
        Slip::PasteLine(from, to) => {
            let line = lines[from.index(lines.len())];
            lines.insert(to.index(lines.len()), line);
            lines.join("\n")
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_mangled_edition_is_linted_or_refused_with_the_line(
        text in select(TEXTS.to_vec()),
        slips in prop::collection::vec(slip(), 1..4),
    ) {
        let text = slips.iter().fold(text.to_owned(), |text, slip| mangle(&text, slip));
        match load_draft("draft.yaml", &text) {
            Ok(edition) => {
                let connection = edition.connection_state.iter().flat_map(|d| &d.readings);
                let ice = edition.ice_connection_state.iter().flat_map(|d| &d.readings);
                prop_assert_eq!(lint(&edition, 1).enums.len(), connection.count() + ice.count());
            }
            Err(refused) => {
                prop_assert!(!refused.problems.is_empty());
                let lines = text.split(['\n', '\r']).count();
                for problem in &refused.problems {
                    let line = problem.position.map(|position| position.line);
                    prop_assert!(line.is_some_and(|line| line <= lines), "{refused}\n{text}");
                }
            }
        }
    }
}
