//! The pages that people open in a browser: their structure, their links, and their colours.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use called::call;
use rstest::rstest;
use tempfile::TempDir;

const STYLE: &str = include_str!("../src/report/style.css");

/// The longest line of a page, in bytes, where it is not data.
const LONGEST_LINE: usize = 400;

/// The largest page of eight implementations, in bytes.
const LARGEST_PAGE: usize = 4_000_000;

/// The scenarios of these tests: one that passes, one with known deviations, and one whose
/// expectations do not hold.
const SCENARIOS: [&str; 3] = [
    "close/fresh",
    "connect/data-channel",
    "ice/cut-until-failed",
];

/// The elements that have no end tag.
const VOID: [&str; 2] = ["meta", "input"];

fn peerstate(arguments: &[&str]) -> String {
    let called = call(".", arguments, "");
    assert!(called.status <= 1, "{arguments:?}: {}", called.err);
    called.out
}

/// Returns a folder with the results of three implementations, of which one has no list of known
/// deviations.
fn results() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none.yaml");
    fs::write(&none, "[]\n").unwrap();
    for name in ["webrtc-rs", "rtc", "str0m"] {
        let out = folder.path().join("results").join(name);
        let mut arguments = vec!["run", "--impl", name, "--date", "2026-11-22", "--out"];
        arguments.push(out.to_str().unwrap());
        if name == "rtc" {
            arguments.extend(["--known", none.to_str().unwrap()]);
        }
        arguments.extend(SCENARIOS);
        peerstate(&arguments);
    }
    folder
}

fn report(folder: &Path, format: &str) -> String {
    let results = folder.join("results");
    peerstate(&["report", results.to_str().unwrap(), "--format", format])
}

/// A tag of a page.
#[derive(Debug)]
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
    /// The text up to the next tag.
    text: String,
}

/// Returns the start tags of a page; every one has its end tag, and only there.
fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap();
    while let Some(start) = rest.find('<') {
        let raw = open
            .last()
            .filter(|name| ["script", "style"].contains(name));
        let start = raw.map_or(start, |name| rest.find(&format!("</{name}>")).unwrap());
        let tag = &rest[start + 1..];
        let mut is_quoted = false;
        let end = tag.find(|c| {
            is_quoted ^= c == '"';
            c == '>' && !is_quoted
        });
        let (tag, after) = tag.split_at(end.unwrap());
        rest = &after[1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
            continue;
        }
        let (name, attributes) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
        if !VOID.contains(&name) {
            open.push(name);
        }
        tags.push(Tag {
            name: name.to_owned(),
            attributes: attributes_of(attributes),
            text: rest.split('<').next().unwrap().to_owned(),
        });
    }
    assert!(open.is_empty(), "{open:?} are not closed");
    tags
}

fn attributes_of(text: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap(),
            None => ("", after),
        };
        let is_first = attributes
            .insert(name.to_owned(), value.to_owned())
            .is_none();
        assert!(is_first, "{text} has {name} twice");
        rest = after.trim_start();
    }
    attributes
}

impl Tag {
    fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }
}

#[rstest]
#[case::matrix(report(results().path(), "html"))]
#[case::run(peerstate(&["run", "close/fresh", "ice/cut-until-failed", "--format", "html"]))]
#[case::lint(peerstate(&["lint", "w3c-rec-2021-01-26", "repaired", "--suggest", "--format", "html"]))]
fn a_page_is_whole_and_accessible(#[case] page: String) {
    let tags = tags(&page);
    let all = |name: &'static str| tags.iter().filter(move |tag| tag.name == name);
    assert_eq!(tags[0].get("lang"), Some("en"));
    assert_eq!(all("h1").count(), 1);
    assert_eq!(all("main").count(), 1);
    let mut level = 1;
    for tag in tags
        .iter()
        .filter(|tag| tag.name.len() == 2 && tag.name.starts_with('h'))
    {
        if let Ok(own) = tag.name[1..].parse::<u32>() {
            assert!(
                own <= level + 1,
                "h{own} comes after h{level}: {}",
                tag.text
            );
            level = own;
        }
    }
    assert!(all("th").count() > 5);
    for head in all("th") {
        assert!(head.get("scope").is_some(), "{head:?}");
    }
    for input in tags
        .iter()
        .filter(|tag| ["select", "input"].contains(&tag.name.as_str()))
    {
        let is_named = input.get("aria-label").is_some() || page.contains("<label>");
        assert!(is_named, "{input:?}");
    }
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        assert!(ids.insert(id), "two elements have the id {id}");
        assert!(!id.contains(char::is_whitespace), "{id}");
    }
    let links = all("a").map(|link| link.get("href").unwrap());
    for target in links.filter_map(|link| link.strip_prefix('#')) {
        assert!(ids.contains(target), "nothing has the id {target}");
    }
    for named in tags.iter().filter_map(|tag| tag.get("aria-labelledby")) {
        assert!(ids.contains(named), "nothing has the id {named}");
    }
}

/// A page is one file, and its lines can be read.
#[rstest]
#[case::matrix(report(results().path(), "html"))]
#[case::lint(peerstate(&["lint", "w3c-rec-2021-01-26", "--format", "html"]))]
fn a_page_needs_nothing_else_and_has_short_lines(#[case] page: String) {
    for tag in tags(&page) {
        for attribute in ["src", "srcset", "data", "poster"] {
            assert_eq!(tag.get(attribute), None, "{tag:?}");
        }
        assert_ne!(tag.name, "link");
    }
    assert!(!page.contains("@import") && !page.contains("url(http"));
    let (before, data) = page
        .split_once("<script type=\"application/json\"")
        .unwrap_or((&page, ""));
    let after = data.split_once("</script>").map_or("", |(_, after)| after);
    for line in before.lines().chain(after.lines()) {
        assert!(line.len() <= LONGEST_LINE, "{} bytes: {line}", line.len());
    }
}

/// What is unexpected comes before the tables, and each cell opens what happened.
#[test]
fn the_matrix_leads_from_a_cell_to_the_cause() {
    let folder = results();
    let page = report(folder.path(), "html");
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(place("id=\"unexpected\"") < place("id=\"rules\""));
    assert!(place("id=\"rules\"") < place("id=\"scenarios\""));
    let tags = tags(&page);
    let cell = "#webrtc-rs/ice/cut-until-failed";
    let cells: Vec<&Tag> = tags
        .iter()
        .filter(|tag| tag.get("href") == Some(cell))
        .collect();
    assert!(
        cells[0]
            .get("aria-label")
            .unwrap()
            .starts_with("webrtc-rs: known")
    );
    assert!(["~", "≠"].contains(&cells[0].text.as_str()));
    let sheets = tags.iter().filter(|tag| tag.get("class") == Some("sheet"));
    let opened: BTreeSet<&str> = sheets.map(|sheet| sheet.get("id").unwrap()).collect();
    for scenario in SCENARIOS {
        for implementation in ["webrtc-rs", "rtc", "str0m"] {
            assert!(opened.contains(format!("{implementation}/{scenario}").as_str()));
        }
    }
    // A number of the timeline and its finding link to each other.
    let mark = tags
        .iter()
        .find(|tag| tag.get("id") == Some("webrtc-rs/ice/cut-until-failed/m1"));
    assert_eq!(
        mark.unwrap().get("href"),
        Some("#webrtc-rs/ice/cut-until-failed/f1")
    );
    let finding = tags
        .iter()
        .position(|tag| tag.get("id") == Some("webrtc-rs/ice/cut-until-failed/f1"));
    let number = &tags[finding.unwrap() + 1];
    assert_eq!(
        number.get("href"),
        Some("#webrtc-rs/ice/cut-until-failed/m1")
    );
    // The reason of a known deviation.
    assert!(page.contains("it never dispatches icegatheringstatechange"));
}

/// A timeline names its attributes and its time, and says where it is not to scale.
#[test]
fn a_timeline_has_lanes_and_an_axis() {
    let page = peerstate(&["run", "ice/cut-until-failed", "--format", "html"]);
    let (_, svg) = page.split_once("class=\"scroll timeline\"").unwrap();
    let svg = svg.split("</svg>").next().unwrap();
    for text in [
        ">alice</text>",
        ">bob</text>",
        ">connectionState</text>",
        ">events</text>",
        ">0 ms</text>",
    ] {
        assert!(svg.contains(text), "{text} is not in {svg}");
    }
    assert!(svg.contains("class=\"cut\""));
    for value in ["connecting", "connected", "disconnected", "failed"] {
        assert!(svg.contains(&format!("class=\"v {value}\"")), "{value}");
    }
    assert!(page.contains("✗ failed <span class=\"soft\">30406 ms</span>"));
}

/// Eight implementations with as many deviations as webrtc-rs, all of whose traces are there.
#[test]
fn a_large_matrix_has_a_bounded_size() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("results/0");
    peerstate(&["run", "--out", out.to_str().unwrap()]);
    let text = fs::read_to_string(out.join("results.json")).unwrap();
    for place in 1..8 {
        let folder = folder.path().join(format!("results/{place}"));
        fs::create_dir(&folder).unwrap();
        let name = format!("\"name\": \"other-{place}\"");
        let text = text.replace("\"name\": \"webrtc-rs\"", &name);
        let text = text.replace("\"trace\": \"traces/", "\"trace\": \"../0/traces/");
        fs::write(folder.join("results.json"), text).unwrap();
    }
    let page = report(folder.path(), "html");
    assert!(page.contains("id=\"other-7/ice/cut-until-failed\""));
    assert!(page.contains("class=\"scroll timeline\""));
    assert!(page.len() < LARGEST_PAGE, "{} bytes", page.len());
}

#[test]
fn a_trace_that_is_gone_is_named() {
    let folder = results();
    fs::remove_dir_all(folder.path().join("results/webrtc-rs/traces")).unwrap();
    let page = report(folder.path(), "html");
    assert!(page.contains("<code>traces/ice/cut-until-failed.jsonl</code> was not found"));
}

/// The colours of a mode, by the names of their custom properties.
fn colours(block: &str) -> BTreeMap<&str, f64> {
    let declarations = block
        .split(';')
        .filter_map(|one| one.trim().split_once(": #"));
    declarations
        .map(|(name, hex)| (name.rsplit("--").next().unwrap(), luminance(hex.trim())))
        .collect()
}

/// The relative luminance of a colour (WCAG 2).
fn luminance(hex: &str) -> f64 {
    assert_eq!(hex.len(), 6, "{hex}");
    let channel = |place: usize| {
        let value = u8::from_str_radix(&hex[place..place + 2], 16).unwrap();
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The blocks of custom properties, for light and for dark, and the rest of the style.
fn modes() -> (
    BTreeMap<&'static str, f64>,
    BTreeMap<&'static str, f64>,
    &'static str,
) {
    let mut blocks = STYLE.split(":root {").skip(1);
    let [light, dark] = [blocks.next().unwrap(), blocks.next().unwrap()];
    let (dark, rest) = dark.split_once('}').unwrap();
    (
        colours(light.split('}').next().unwrap()),
        colours(dark),
        rest,
    )
}

/// The colours of text that may be on any surface, and the surfaces.
const TEXTS: [&str; 3] = ["ink", "soft", "link"];
const SURFACES: [&str; 3] = ["paper", "panel", "sunken"];

#[test]
fn text_has_enough_contrast_in_light_and_in_dark() {
    let (light, dark, _) = modes();
    assert!(
        light.keys().eq(dark.keys()),
        "light and dark have other colours"
    );
    let on = light
        .keys()
        .filter_map(|name| Some((*name, name.strip_prefix("on-")?)));
    let plain = TEXTS
        .iter()
        .flat_map(|text| SURFACES.map(|surface| (*text, surface)));
    let pairs: Vec<(&str, &str)> = on.chain(plain).collect();
    assert!(pairs.len() > 25, "{pairs:?}");
    for (mode, colours) in [("light", &light), ("dark", &dark)] {
        for (text, surface) in &pairs {
            let ratio = contrast(colours[text], colours[surface]);
            assert!(
                ratio >= 4.5,
                "{mode}: --{text} on --{surface} is {ratio:.2}"
            );
        }
    }
}

/// A rule that sets a background sets the text that belongs to it, and no colour is written out.
#[test]
fn every_background_has_its_text() {
    let (_, _, rules) = modes();
    assert!(!rules.contains(": #"), "a colour is written out");
    let mut backgrounds = 0;
    for rule in rules
        .split('}')
        .filter_map(|rule| Some(rule.rsplit_once('{')?.1))
    {
        let value = |name: &str| {
            let mut all = rule
                .split(';')
                .filter_map(|one| one.trim().split_once(": "));
            let (_, value) = all.find(|(property, _)| *property == name)?;
            value.strip_prefix("var(--")?.strip_suffix(')')
        };
        let Some(background) = value("background") else {
            continue;
        };
        let text = value("color").unwrap_or_else(|| panic!("no text for a background: {rule}"));
        let fits = text.strip_prefix("on-") == Some(background)
            || (SURFACES.contains(&background) && TEXTS.contains(&text));
        assert!(fits, "--{text} on --{background}");
        backgrounds += 1;
    }
    assert!(backgrounds > 20, "{backgrounds}");
    for name in rules.split("var(--").skip(1) {
        let name = name.split(')').next().unwrap();
        assert!(
            STYLE.contains(&format!("--{name}: #")),
            "--{name} has no value"
        );
    }
}
