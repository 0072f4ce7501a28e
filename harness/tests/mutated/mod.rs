//! Files that are almost right: trees that may have duplicate keys, and slips in them.

pub(crate) mod everything;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Number, Value, json};

/// A value of a file. Unlike JSON, it may have duplicate keys.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Scalar(Value),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Tree {
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => {
                let entry = |(key, value): (&String, &Value)| (key.clone(), Self::of(value));
                Self::Map(members.iter().map(entry).collect())
            }
            scalar => Self::Scalar(scalar.clone()),
        }
    }

    /// The value that a validator sees: of duplicate keys, the last.
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Scalar(value) => value.clone(),
            Self::List(items) => items.iter().map(Self::value).collect(),
            Self::Map(entries) => {
                let members = entries
                    .iter()
                    .map(|(key, tree)| (key.clone(), tree.value()));
                Value::Object(members.collect())
            }
        }
    }

    /// The text of a file, as JSON, which is also YAML.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Scalar(value) => ascii(value),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::text).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entry = |(key, tree): &(String, Self)| {
                    format!("{}: {}", ascii(&json!(key)), tree.text())
                };
                let entries: Vec<String> = entries.iter().map(entry).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    pub(crate) fn has_duplicate_keys(&self) -> bool {
        match self {
            Self::Scalar(_) => false,
            Self::List(items) => items.iter().any(Self::has_duplicate_keys),
            Self::Map(entries) => entries.iter().enumerate().any(|(place, (key, tree))| {
                entries[..place].iter().any(|(other, _)| other == key) || tree.has_duplicate_keys()
            }),
        }
    }

    /// Every key and every scalar below, which a slip may insert elsewhere.
    pub(crate) fn words(&self, found: &mut Vec<Tree>) {
        match self {
            Self::Scalar(_) => found.push(self.clone()),
            Self::List(items) => items.iter().for_each(|item| item.words(found)),
            Self::Map(entries) => {
                for (key, tree) in entries {
                    found.push(Self::Scalar(json!(key)));
                    tree.words(found);
                }
            }
        }
    }

    /// Every entry of every mapping below.
    pub(crate) fn entries(&self, found: &mut Vec<(String, Tree)>) {
        match self {
            Self::Scalar(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.entries(found)),
            Self::Map(entries) => {
                for (key, tree) in entries {
                    found.push((key.clone(), tree.clone()));
                    tree.entries(found);
                }
            }
        }
    }

    fn count(&self) -> usize {
        1 + match self {
            Self::Scalar(_) => 0,
            Self::List(items) => items.iter().map(Self::count).sum(),
            Self::Map(entries) => entries.iter().map(|(_, tree)| tree.count()).sum(),
        }
    }

    /// The tree at a place, counted from the root in the order of the text.
    fn at(&mut self, mut place: usize) -> Option<&mut Self> {
        if place == 0 {
            return Some(self);
        }
        place -= 1;
        let children: Vec<&mut Self> = match self {
            Self::Scalar(_) => Vec::new(),
            Self::List(items) => items.iter_mut().collect(),
            Self::Map(entries) => entries.iter_mut().map(|(_, tree)| tree).collect(),
        };
        for child in children {
            let count = child.count();
            if place < count {
                return child.at(place);
            }
            place -= count;
        }
        None
    }
}

/// Every tree that is one slip away: an item or entry left out or duplicated, a key misspelt, an
/// entry inserted that belongs elsewhere, a value replaced by another.
pub(crate) fn every_slip(tree: &Tree, entries: &[(String, Tree)], values: &[Tree]) -> Vec<Tree> {
    let mut slips = Vec::new();
    for place in 0..tree.count() {
        let mut put = |here: Tree| {
            let mut tree = tree.clone();
            if let Some(found) = tree.at(place) {
                *found = here;
            }
            slips.push(tree);
        };
        values.iter().cloned().for_each(&mut put);
        match tree.clone().at(place).cloned() {
            Some(Tree::List(items)) => {
                for index in 0..items.len() {
                    let mut less = items.clone();
                    let item = less.remove(index);
                    put(Tree::List(less));
                    put(Tree::List([&items[..], &[item]].concat()));
                }
            }
            Some(Tree::Map(own)) => {
                for index in 0..own.len() {
                    let mut less = own.clone();
                    let entry = less.remove(index);
                    put(Tree::Map(less));
                    put(Tree::Map([&own[..], &[entry]].concat()));
                    let mut misspelt = own.clone();
                    misspelt[index].0.pop();
                    put(Tree::Map(misspelt));
                }
                for entry in entries {
                    put(Tree::Map([&own[..], std::slice::from_ref(entry)].concat()));
                }
            }
            _ => {}
        }
    }
    slips
}

/// A value as JSON in ASCII: YAML treats some other characters as line breaks.
fn ascii(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().all(|character| matches!(character, ' '..='~')) {
        return text;
    }
    let escape = |character: char| match character {
        ' '..='~' => character.to_string(),
        other => format!("\\u{:04x}", u32::from(other)),
    };
    text.chars().map(escape).collect()
}

/// One slip, at some place of a tree.
#[derive(Debug, Clone)]
pub(crate) struct Slip {
    place: Index,
    child: Index,
    other: Index,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Drop,
    Rename,
    Misspell,
    Double,
    Replace,
    Insert,
    Copy,
}

pub(crate) fn slips() -> impl Strategy<Value = Vec<Slip>> {
    let kind = prop_oneof![
        1 => Just(Kind::Drop),
        1 => Just(Kind::Rename),
        1 => Just(Kind::Misspell),
        1 => Just(Kind::Double),
        3 => Just(Kind::Replace),
        2 => Just(Kind::Insert),
        2 => Just(Kind::Copy),
    ];
    let slip = (any::<Index>(), any::<Index>(), any::<Index>(), kind).prop_map(
        |(place, child, other, kind)| Slip {
            place,
            child,
            other,
            kind,
        },
    );
    prop::collection::vec(slip, 1..4)
}

/// Makes a slip in a tree; `words` are the texts that it may insert.
pub(crate) fn slip(tree: &mut Tree, slip: &Slip, words: &[Tree]) {
    let count = tree.count();
    let word = words[slip.other.index(words.len())].clone();
    let elsewhere = tree.at(slip.other.index(count)).cloned();
    let Some(here) = tree.at(slip.place.index(count)) else {
        return;
    };
    match (slip.kind, here) {
        (Kind::Replace, here) => *here = word,
        (Kind::Copy, here) => {
            if let Some(other) = elsewhere.filter(|other| other.count() < 40) {
                *here = other;
            }
        }
        (Kind::Insert, Tree::List(items)) => items.push(word),
        (Kind::Insert, Tree::Map(entries)) => {
            if let Tree::Scalar(Value::String(key)) = word {
                let value = words[slip.child.index(words.len())].clone();
                entries.push((key, value));
            }
        }
        (Kind::Drop, Tree::List(items)) if !items.is_empty() => {
            items.remove(slip.child.index(items.len()));
        }
        (Kind::Double, Tree::List(items)) if !items.is_empty() => {
            items.push(items[slip.child.index(items.len())].clone());
        }
        (Kind::Misspell, Tree::Scalar(Value::String(text))) => misspell(text, slip.child),
        (kind, Tree::Map(entries)) if !entries.is_empty() => {
            let place = slip.child.index(entries.len());
            match (kind, word) {
                (Kind::Drop, _) => _ = entries.remove(place),
                (Kind::Double, _) => entries.push(entries[place].clone()),
                (Kind::Rename, Tree::Scalar(Value::String(key))) => entries[place].0 = key,
                _ => misspell(&mut entries[place].0, slip.other),
            }
        }
        _ => {}
    }
}

/// Leaves a letter out.
fn misspell(text: &mut String, place: Index) {
    let letters: Vec<char> = text.chars().collect();
    if !letters.is_empty() {
        let place = place.index(letters.len());
        *text = letters[..place]
            .iter()
            .chain(&letters[place + 1..])
            .collect();
    }
}

/// Values that fit nowhere, or almost nowhere.
pub(crate) fn odd_values() -> Vec<Tree> {
    let mut odd = vec![
        json!(null),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!([[]]),
        json!(["alice", "bob"]),
        json!({ "alice": null }),
    ];
    odd.extend([-1, 0, 1, 2, 4, 5, 255, 256, 65535, 65536].map(|n| json!(n)));
    odd.extend([0.5, 1.0, 3.0, 1.5, -0.5, 1e20].map(|n| json!(Number::from_f64(n))));
    odd.push(json!(u64::MAX));
    odd.extend(
        [
            "",
            " ",
            "x",
            "A",
            "two words",
            "two_words",
            "a-b",
            "a--b",
            "5",
            "5s",
            "5 s",
            "5s ",
            " 5s",
            "5.s",
            ".5s",
            "1.5m",
            "-5s",
            "25h",
            "24h",
            "1441min",
            "5 fortnights",
            "1us",
            "1µs",
            "1e3s",
            "5S",
            "true",
            "yes",
            "null",
            "alice",
            "carol",
            "fails",
            "wait",
            "\u{1b}",
            "a\nb",
            "a\tb",
            "\u{9b}",
            "\u{202e}x",
            "[",
            "**",
            "a/*",
            "{",
            "\u{200b}",
            "ü",
        ]
        .map(|text| json!(text)),
    );
    odd.iter().map(Tree::of).collect()
}
