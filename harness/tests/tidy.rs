//! What no compiler checks: the length of files, who may know what, and words that do not belong.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod wording;

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_LINES: usize = 500;

const CRATES: &[&str] = &[
    "model/src",
    "harness/src",
    "harness/sim/src",
    "harness/clock/src",
];

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

fn sources(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            let is_ours = !["target", "node_modules"].contains(&name) && !name.starts_with('.');
            if is_ours && !path.is_symlink() {
                sources(&path, extensions, found);
            }
        } else if path
            .extension()
            .is_some_and(|found| extensions.iter().any(|of| found == *of))
        {
            found.push(path);
        }
    }
}

fn named(folders: &[&str]) -> Vec<(String, String)> {
    named_with(folders, &["rs"])
}

/// The files below some folders by their paths from the root, with their texts.
fn named_with(folders: &[&str], extensions: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in folders {
        sources(&root().join(folder), extensions, &mut found);
    }
    found
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Comments, messages, documents and descriptions use plain words. The editions quote other texts.
#[test]
fn words_are_plain() {
    let mut texts = named_with(&["."], &["rs", "js", "mjs", "py", "md", "yaml"]);
    texts.retain(|(name, _)| {
        let is_quoted = name.starts_with("model/editions/") && !name.contains("/known-");
        !is_quoted && name != "harness/tests/wording/mod.rs"
    });
    assert!(texts.len() > 400, "{} texts were read", texts.len());
    let unplain = texts
        .iter()
        .flat_map(|(name, text)| wording::unplain(name, text));
    let unplain: Vec<String> = unplain.collect();
    assert!(unplain.is_empty(), "{}", unplain.join("\n"));
}

#[test]
fn files_are_short() {
    for (name, text) in named(CRATES) {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST_LINES,
            "{name} has {lines} lines, more than {LONGEST_LINES}: split it by concept"
        );
    }
}

#[test]
fn every_module_says_what_it_is() {
    for (name, text) in named(CRATES) {
        assert!(
            text.starts_with("//! ") || text.starts_with("#![doc"),
            "{name} has no documentation of its own"
        );
    }
}

/// A lookup that fails must not become "no value holds" or "law kept": what is empty is written out,
/// and what must be there is asserted (`invariant.rs`).
#[test]
fn the_checker_has_no_silent_default() {
    for (name, text) in named(&["model/src/lint", "model/src/rules", "model/src/editions"]) {
        let code = text.split("#[cfg(test)]").next().unwrap();
        assert!(!code.contains("unwrap_or_default"), "{name}");
    }
}

#[test]
fn the_model_does_no_io_and_has_no_clock() {
    let forbidden = [
        "std::fs",
        "std::io",
        "std::net",
        "std::thread",
        "std::env",
        "std::process",
        "Instant::now",
        "SystemTime",
        "async fn",
        "println!",
    ];
    for (name, text) in named(&["model/src"]) {
        for word in forbidden {
            assert!(!text.contains(word), "{name} uses {word}");
        }
    }
}

#[test]
fn libraries_are_known_where_they_should_be() {
    let rules: &[(&str, &[&str])] = &[
        ("serde_yaml::", &["model/src/input/yaml/"]),
        (
            "stateright::",
            &["model/src/machine/", "harness/src/cli/check.rs"],
        ),
        ("webrtc::", &["harness/src/implementations/webrtc_rs/"]),
        (
            "rtc::",
            &[
                "harness/src/implementations/webrtc_rs/",
                "harness/src/implementations/rtc/",
                "harness/src/implementations/rtc_types/",
                // Names the modules that are called as the libraries are.
                "harness/src/implementations/mod.rs",
            ],
        ),
        (
            "str0m::",
            &[
                "harness/src/implementations/str0m/",
                "harness/src/implementations/mod.rs",
            ],
        ),
        (
            "webrtc_017::",
            &[
                "harness/src/implementations/webrtc_017/",
                "harness/src/implementations/mod.rs",
            ],
        ),
        (
            "tokio::",
            &[
                "harness/src/implementations/webrtc_017/",
                "harness/src/implementations/webrtc_rs/real/",
            ],
        ),
        ("flate2::", &["harness/src/recordings/"]),
    ];
    for (name, text) in named(CRATES) {
        for (library, allowed) in rules {
            let fine = allowed.iter().any(|place| name.starts_with(place));
            let mut lines = code(&text).lines().filter(|line| !is_comment(line));
            let used = lines.find(|line| has_path(line, library));
            assert!(
                fine || used.is_none(),
                "{name} uses {library}: {}",
                used.unwrap_or_default()
            );
        }
    }
}

/// A file without the tests at its end.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Whether a line has a path that begins like this.
fn has_path(line: &str, beginning: &str) -> bool {
    let mut places = line.match_indices(beginning);
    places.any(|(place, _)| {
        let before = line[..place].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
    })
}

/// The rooms of a crate from the ground up. A room knows those beneath it, and those on its floor.
type Floors = &'static [&'static [&'static str]];

const FLOORS: [(&str, Floors); 2] = [
    (
        "model/src",
        &[
            &["input", "invariant"],
            &["states"],
            &["state_set", "transports"],
            &["editions", "trace", "known/counterexamples"],
            &["policies"],
            &["machine", "rules"],
            &["lint"],
            &["known"],
        ],
    ),
    (
        "harness/src",
        &[
            &["input", "parallel"],
            &["editions", "recordings"],
            &["implementation", "scenario"],
            &["relay", "run"],
            &["adapter", "implementations"],
            &["report"],
            &["schemas"],
            &["cli"],
        ],
    ),
];

/// The floor of a module, given as a path with slashes.
fn floor(floors: Floors, module: &str) -> Option<usize> {
    let is_in = |room: &str| {
        let rest = module.strip_prefix(room);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let holding = |floor: &&[&'static str]| {
        let rooms = floor.iter().filter(|room| is_in(room));
        rooms.map(|room| room.len()).max()
    };
    // `known/counterexamples` is one room, and `known` another.
    let all = floors.iter().enumerate();
    all.filter_map(|(place, floor)| Some((holding(floor)?, place)))
        .max()
        .map(|(_, place)| place)
}

/// The module of a file, as a path with slashes from the root of its crate.
fn module<'n>(name: &'n str, root: &str) -> &'n str {
    let path = name.strip_prefix(root).unwrap().trim_start_matches('/');
    let path = path.strip_suffix(".rs").unwrap();
    path.strip_suffix("/mod").unwrap_or(path)
}

/// The modules that a line names from the root of the crate, seen from one of them.
fn named_modules(line: &str, module: &str) -> Vec<String> {
    let mut found = Vec::new();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    for (place, _) in line.match_indices("::") {
        let start = line[..place].rfind(|c| !word(c) && c != ':');
        let start = start.map_or(0, |place| place + 1);
        let before = &line[start..place];
        let mut place_in: Vec<&str> = match before.split("::").next().unwrap() {
            "crate" => Vec::new(),
            "super" | "self" => module.split('/').collect(),
            _ => continue,
        };
        for segment in before.split("::") {
            match segment {
                "crate" | "self" => {}
                "super" => drop(place_in.pop()),
                name => place_in.push(name),
            }
        }
        let rest = &line[place + 2..];
        let name = rest.split(|c| !word(c)).next().unwrap();
        if rest[name.len()..].starts_with("::") {
            // The longer path comes next.
            continue;
        }
        if !["super", "self", ""].contains(&name) {
            place_in.push(name);
        }
        found.push(place_in.join("/"));
    }
    found
}

#[test]
fn paths_are_resolved_from_where_they_are() {
    let named = |line| named_modules(line, "machine/check");
    assert_eq!(named("use crate::lint::repairs;"), ["lint/repairs"]);
    assert_eq!(named("    super::super::rules::judge(x)"), ["rules/judge"]);
    assert_eq!(named("use self::laws::Law;"), ["machine/check/laws/Law"]);
    assert!(named("other::lint::x, std::fmt").is_empty());
}

#[test]
fn nothing_knows_what_is_above_it() {
    let mut looked_at = 0;
    for (root, floors) in FLOORS {
        for room in floors.iter().copied().flatten() {
            let path = self::root().join(root).join(room);
            let is_there = path.is_dir() || path.with_extension("rs").is_file();
            assert!(is_there, "{root} has no room `{room}`");
        }
        for (name, text) in named(&[root]) {
            let module = module(&name, root);
            if ["lib", "main"].contains(&module) {
                continue;
            }
            let own = floor(floors, module);
            let own = own.unwrap_or_else(|| panic!("{name} is on no floor"));
            for line in code(&text).lines().filter(|line| !is_comment(line)) {
                let is_grouped = line.contains("crate::{");
                assert!(!is_grouped, "{name} names modules in a group: {line}");
                for other in named_modules(line, module) {
                    // A function or a macro of the root of the crate is in no room.
                    let Some(floor) = floor(floors, &other) else {
                        continue;
                    };
                    assert!(floor <= own, "{name} knows `{other}`, above it: {line}");
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at > 500, "{looked_at} paths were looked at");
}
