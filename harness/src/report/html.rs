//! The frame of every page: one file without anything from elsewhere, in lines that a diff can
//! show.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The style of every page.
const STYLE: &str = include_str!("style.css");

/// The width at which a line is broken.
const WIDTH: usize = 160;

/// The elements that begin a line.
const OWN_LINE: [&str; 34] = [
    "body", "circle", "details", "div", "fieldset", "figure", "footer", "g", "h1", "h2", "h3",
    "h4", "html", "label", "li", "main", "meta", "ol", "option", "p", "path", "rect", "script",
    "section", "style", "svg", "table", "tbody", "td", "text", "th", "title", "tr", "ul",
];

/// The elements whose white space means something.
const AS_IS: [&str; 3] = ["pre", "script", "style"];

/// A page.
#[derive(Debug)]
pub struct Page<'p> {
    /// Its title, and its first heading.
    pub title: &'p str,
    /// What it shows.
    pub main: Markup,
    /// What opens above it.
    pub sheets: Markup,
    /// What the script reads.
    pub data: Option<String>,
    /// Its script, without which it can be read as well.
    pub script: &'p str,
}

impl Page<'_> {
    /// Returns the page as text.
    #[must_use]
    pub fn text(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · peerstate" }
                    style { "\n" (PreEscaped(STYLE)) }
                }
                body {
                    (hatch())
                    main id="top" {
                        p class="eyebrow" { "peerstate" }
                        h1 { (self.title) }
                        (self.main)
                    }
                    (self.sheets)
                    @if let Some(data) = &self.data {
                        script type="application/json" id="data" { (PreEscaped(data)) }
                    }
                    script { "\n" (PreEscaped(self.script)) }
                }
            }
        };
        broken(&page.into_string())
    }
}

/// The pattern of what is not to scale.
fn hatch() -> Markup {
    html! {
        svg class="symbols" aria-hidden="true" {
            pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                path d="M0 0v5" {}
            }
        }
    }
}

/// Returns a link, if the address is one of the web; otherwise the text.
pub(crate) fn link(address: &str, text: &str) -> Markup {
    let is_web = ["https://", "http://"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    html! {
        @if is_web { a href=(address) { (text) } } @else { (text) @if text != address { " " (address) } }
    }
}

/// Returns a text with what is between backticks as code.
pub(crate) fn coded(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Returns a page with line breaks: before elements that begin a line, and at spaces of long lines,
/// but in no attribute and nowhere that white space means something.
fn broken(page: &str) -> String {
    let mut out = String::with_capacity(page.len() + page.len() / 20);
    let mut rest = page;
    let mut width = 0;
    while let Some(next) = rest.chars().next() {
        let end = if next == '<' {
            let name = name(rest);
            let as_is = AS_IS.iter().find(|as_is| **as_is == name);
            if width > 0 && (as_is.is_some() || OWN_LINE.contains(&name)) {
                out.push('\n');
                width = 0;
            }
            as_is.map_or_else(|| end_of_tag(rest), |as_is| end_of_element(rest, as_is))
        } else {
            rest.find([' ', '<']).unwrap_or(rest.len()).max(1)
        };
        let piece = rest.get(..end).unwrap_or(rest);
        let is_space = piece == " ";
        if is_space && width > WIDTH {
            out.push('\n');
            width = 0;
        } else {
            out.push_str(piece);
            width = match piece.rfind('\n') {
                Some(place) => piece.len() - place - 1,
                None => width + piece.len(),
            };
        }
        rest = rest.get(piece.len()..).unwrap_or_default();
    }
    out
}

/// Returns the name of the element that a tag opens; nothing for a closing tag.
fn name(tag: &str) -> &str {
    let name = tag.get(1..).unwrap_or_default();
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    name.get(..end.unwrap_or(name.len())).unwrap_or_default()
}

/// Returns where a tag ends. `>` may be part of a quoted value.
fn end_of_tag(text: &str) -> usize {
    let mut is_quoted = false;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'>' if !is_quoted => return place + 1,
            _ => {}
        }
    }
    text.len()
}

fn end_of_element(text: &str, name: &str) -> usize {
    let closing = format!("</{name}>");
    text.find(&closing)
        .map_or(text.len(), |place| place + closing.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_where_it_means_nothing() {
        let long = "word ".repeat(60);
        let page = format!("<p title=\"a > {long}\">{long}</p><pre>{long}</pre>");
        let broken = broken(&page);
        assert_eq!(
            broken.replace('\n', " "),
            page.replacen("<pre>", " <pre>", 1)
        );
        let paragraph = broken.split("</p>").next().unwrap();
        let longest = paragraph.lines().skip(1).map(str::len).max().unwrap();
        assert!(longest <= WIDTH + 6, "{longest}");
        let kept = [format!("\"a > {long}\""), format!("<pre>{long}</pre>")];
        assert!(kept.iter().all(|kept| broken.contains(kept)), "{broken}");
    }

    #[test]
    fn a_block_begins_a_line_and_a_word_does_not() {
        let page = "<ul><li>x <b>y</b></li><li></li></ul>";
        assert_eq!(broken(page), "<ul>\n<li>x <b>y</b></li>\n<li></li></ul>");
    }
}
